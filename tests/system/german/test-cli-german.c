/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* jobctl in German: what people read is translated and fits; what programs read, and what is said over the bus, is not. */

#include "cli-fixture.h"

#define PREVIEW \
  "gdbus call --session -d org.example.JobTracker -o /org/example/JobTracker -m org.example.JobTracker.PreviewSchedule '30 2 * * 1-5' UTC 0 1"
#define SAYS(name, text, sentence) { name, "jobctl schedule '" text "' --timezone Europe/Berlin --count 0", 0, sentence "\n", "" }
#define VERBS "$(jobctl --help | sed -n 's/^  \\([a-z][a-z]*\\) .*/\\1/p')"
#define PARTS "$(jobctl notify --help | sed -n 's/^  \\([a-z][a-z]*\\) .*/\\1/p')"

static const CliRow help_rows[] = {
  { "help", "jobctl --help", 0, "Aufruf: jobctl [OPTIONEN] VERB [ARGUMENTE]\n", "" },
  { "summary", "jobctl --help", 0, "\n  list       die Jobs: ", "" },
  { "verb", "jobctl add --help", 0, "Aufruf: jobctl [OPTIONEN] add NAME [EINSTELLUNGEN] [-- BEFEHL…]\n\neinen Job definieren\n", "" },
  { "columns", "jobctl add --help", 0, "\n      --log-max-size GRÖSSE       wie viel ", "" },
  { "wrapped", "COLUMNS=60 jobctl add --help", 0, "\n      --log-max-size GRÖSSE       wie viel Ausgabe eines\n                                  Versuchs ", "" },
  { "width", "export COLUMNS=80; test $({ jobctl --help; for verb in " VERBS "; do jobctl $verb --help; done; for part in " PARTS "; do jobctl notify $part --help; "
    "done; } | grep -v '^Beispiel: \\|^Aufruf: ' | wc -L) -le 80",
    0, "", "" },
  { "no-verb", "jobctl", 2, NULL, "jobctl --help zeigt die Verben" },
  { "service", "\"$(dirname \"$(command -v jobctl)\")/jobtrackerd\" --help", 0, "Plant Jobs, startet sie", "" },
  { "untranslated", "LC_ALL=C jobctl --help", 0, "Usage: jobctl [OPTIONS] VERB", "" },
  { NULL },
};

static const CliRow error_rows[] = {
  { "verb", "jobctl lsit", 2, "", "jobctl: unbekanntes Verb „lsit“; gemeint ist vielleicht „list“\n" },
  { "option", "jobctl add x --retires 3", 2, "", "unbekannte Option „--retires“; gemeint ist vielleicht „--retries“" },
  { "value", "jobctl add x --at", 2, "", "--at braucht ZEIT, z. B. 18:30" },
  { "usage", "jobctl show", 2, "", "Aufruf: jobctl show NAME|LAUF; siehe jobctl show --help" },
  { "setting", "jobctl add x --retries abc -- true", 2, "", "retries: erwartet wird eine ganze Zahl, nicht „abc“" },
  { "duration", "jobctl add x --timeout '5 fortnights' -- true", 2, "", "Spalte 3: unbekannte Einheit; " },
  { "schedule", "jobctl schedule '0 24 * * *'", 2, "", "    ^\njobctl: Spalte 3: Stunde 0-23, nicht 24; Mitternacht ist 0\n" },
  { "crontab", "printf '* 24 * * * true\\n' > $T/crontab; jobctl import crontab --dry-run $T/crontab", 2, "", "crontab:1:3: Stunde 0-23, nicht 24; Mitternacht ist 0\n" },
  { "interval", "jobctl schedule 'every 15'", 2, "", "Spalte 9: nach der Zahl fehlt die Einheit; richtig ist 'every 15min' für Minuten, 'every 15h' für Stunden\n" },
  { "name", "jobctl schedule '0 9 * * Mi'", 2, "", "Spalte 9: unbekannter Wochentag „MI“; gemeint ist vielleicht WED; es gibt SUN MON TUE WED THU FRI SAT\n" },
  { "month", "jobctl schedule '0 9 1 Mai *'", 2, "", "Spalte 7: unbekannter Monat „MAI“; gemeint ist vielleicht MAY; es gibt JAN " },
  { "fields", "jobctl schedule '*/15'", 2, "", "hat 1 Feld, nötig sind 5 oder 6: Minute Stunde Monatstag Monat Wochentag; richtig ist '*/15 * * * *'\n" },
  { "backwards", "jobctl schedule 'Fri..Mon'", 2, "", "Spalte 1: der Bereich läuft rückwärts; richtig ist Fri..Sun,Mon\n" },
  { "bus", "JOBTRACKER_BUS=unix:path=/nonexistent jobctl list", 7, "", "der Bus unter unix:path=/nonexistent (JOBTRACKER_BUS) ist nicht erreichbar: " },
  { NULL },
};

static const CliRow notify_rows[] = {
  { "help", "jobctl notify --help", 0, "\nVerben:\n  prefs      wovon, wie und wann ", "" },
  { "part", "jobctl notify sets", 2, "", "unbekanntes Verb „notify sets“; gemeint ist vielleicht „notify set“\n" },
  { "key", "jobctl notify set quiet-hour=22:00-07:00", 2, "", "Benachrichtigungswunsch „quiet-hour“ ist unbekannt; gemeint ist vielleicht „quiet-hours“\n" },
  { "value", "jobctl notify set quiet-hours=22:00-25:00", 2, "", "quiet-hours: Spalte 7: " },
  { "rule", "jobctl notify rule add --events faild --channels email", 2, "", "Regel 1: events: das Ereignis „faild“ ist unbekannt; gemeint ist vielleicht „failed“\n" },
  { "prefs", "jobctl notify prefs", 0, "desktop,email  Vorgabe", "" },
  { "prefs-json", "jobctl notify prefs --json | tr -d ' \\n'", 0, "\"default-channels\":[\"desktop\",\"email\"]", "" },
  { "channels", "jobctl notify channels", 0, "niemand da", "" },
  { "why", "jobctl -q add told -- false; jobctl -q run told --wait; until jobctl notify deliveries | grep -q told; do sleep 0.02; done; jobctl notify why told",
    0, ": gescheitert\n  gescheitert, an ", "" },
  { "deliveries-json", "jobctl notify deliveries --json | tr -d ' \\n'", 0, "\"event\":\"failed\"", "" },
  { "mute", "jobctl mute told 1h", 0, "von told erfährt niemand bis 20", "" },
  { "test", "jobctl notify test desktop --wait", 1, "", "jobctl: niemand zeigt jetzt Meldungen auf dem Bildschirm" },
  { NULL },
};

static const CliRow schedule_rows[] = {
  SAYS ("weekdays", "30 2 * * 1-5", "Um 02:30, Montag bis Freitag, Ortszeit Berlin"),
  SAYS ("every-day", "30 2,14 * * *", "Jeden Tag um 02:30 und 14:30, Ortszeit Berlin"),
  SAYS ("weekly", "0 10 * * 6,0", "Um 10:00, samstags und sonntags, Ortszeit Berlin"),
  SAYS ("spans", "*/15 9-17 * * 1-5", "Alle 15 Minuten von 09:00 bis 17:45, Montag bis Freitag, Ortszeit Berlin"),
  SAYS ("two-spans", "*/5 9,10,17 * * *", "Alle 5 Minuten von 09:00 bis 10:55 und von 17:00 bis 17:55, Ortszeit Berlin"),
  SAYS ("hour-steps", "*/5 */2 * * *", "Alle 5 Minuten in jeder 2. Stunde von 00:00 bis 22:55, Ortszeit Berlin"),
  SAYS ("full-hours", "0 * * * *", "Zu jeder vollen Stunde, Ortszeit Berlin"),
  SAYS ("minute", "5 * * * *", "Jede Stunde in Minute 5, Ortszeit Berlin"),
  SAYS ("minutes", "5,35 * * * *", "In den Minuten 5 und 35 jeder Stunde, Ortszeit Berlin"),
  SAYS ("uneven", "*/7 * * * *", "Alle 7 Minuten von Minute 0 bis 56 jeder Stunde, Ortszeit Berlin"),
  SAYS ("seconds", "*/5 * * * * *", "Alle 5 Sekunden, Ortszeit Berlin"),
  SAYS ("numbered", "0 12 * * 1#2", "Um 12:00, am zweiten Montag des Monats, Ortszeit Berlin"),
  SAYS ("last", "0 0 L * *", "Um 00:00, am letzten Tag des Monats, Ortszeit Berlin"),
  SAYS ("before-last", "0 0 L-1 * *", "Um 00:00, am vorletzten Tag des Monats, Ortszeit Berlin"),
  SAYS ("last-days", "*-*~01..07", "Um 00:00, an den letzten 7 Tagen des Monats, Ortszeit Berlin"),
  SAYS ("working-day", "0 0 15W * *", "Um 00:00, am Werktag, der dem 15. des Monats am nächsten ist, Ortszeit Berlin"),
  SAYS ("days", "0 6 1,15 * *", "Um 06:00, am 1. und 15. des Monats, Ortszeit Berlin"),
  SAYS ("odd-days", "0 0 */2 * *", "Um 00:00, am 1., 3., 5. … 31. des Monats, Ortszeit Berlin"),
  SAYS ("dates", "0 0 1 1,7 *", "Um 00:00, am 1. Januar und 1. Juli, Ortszeit Berlin"),
  SAYS ("months", "0 8 * 1-3,7 *", "Jeden Tag um 08:00, von Januar bis März und im Juli, Ortszeit Berlin"),
  SAYS ("years", "2026..2028-*-* *:0/10", "Alle 10 Minuten, in den Jahren 2026 bis 2028, Ortszeit Berlin"),
  SAYS ("either", "0 9 13 * 5", "Um 09:00, am 13. des Monats und außerdem freitags, Ortszeit Berlin"),
  SAYS ("both", "Mon,Fri *-*-13 10:00", "Um 10:00, am 13. des Monats, falls das auf Montag oder Freitag fällt, Ortszeit Berlin"),
  SAYS ("reboot", "@reboot", "Einmal nach jedem Start des Rechners"),
  SAYS ("long-interval", "every 2h 30min from 2026-01-01 00:00", "Alle 2 Stunden und 30 Minuten, gerechnet ab 1. Januar 2026 um 00:00, Ortszeit Berlin"),
  SAYS ("interval", "every 1h 30min from 2026-01-01 00:00", "Alle 90 Minuten, gerechnet ab 1. Januar 2026 um 00:00, Ortszeit Berlin"),
  SAYS ("after", "every 10min after", "10 Minuten nach dem Ende jedes Laufs"),
  SAYS ("once", "at 2036-12-24 18:00", "Einmal, am 24. Dezember 2036 um 18:00, Ortszeit Berlin"),
  { "labels", "jobctl schedule '0 0 13 * 5' --count 1", 0, "\n  fraglich      Beide Tagesfelder sind angegeben: cron tritt ein, wenn eines davon passt. Müssen beide passen", "" },
  { "gap", "jobctl schedule '30 2 * * *' --timezone Europe/Berlin --from 2026-01-01 --count 0", 0,
    "  fraglich      Am 29. März 2026 gibt es kein 02:30, weil die Uhr vorgestellt wird: dann tritt er um 03:00 ein.\n", "" },
  { "never", "jobctl schedule '0 0 30 2 *'", 0,
    "  Hinweis       tritt nie ein: keiner der Monate hat einen 30.; der letzte Tag eines Monats ist L\n", "" },
  { "elapse", "jobctl schedule '0 0 13 * 5' --from 2100-01-01 --count 1", 0, "\n  als Nächstes  Fr 2100-01-08 00:00:00 +00:00, in ", "" },
  { "json", "jobctl schedule --json '30 2 * * 1-5' '0 0 13 * 5'", 0, "\"description\" : \"At 02:30, Monday to Friday, UTC\"", "" },
  { "json-warning", "jobctl schedule --json '0 0 13 * 5'", 0, "Both day fields are given", "" },
  { "batch", "echo '{\"id\":1,\"expr\":\"0 24 * * *\"}' | jobctl schedule --batch", 0, "\"message\":\"column 3: hour 0-23, not 24; midnight is 0\"", "" },
  { NULL },
};

static const CliRow service_rows[] = {
  { "none", "jobctl list", 0, "Keine Jobs. Beispiel: ", "" },
  { "add", "jobctl add good --schedule '30 2 * * *' -- true", 0, "good hinzugefügt; nächster Lauf: in ", "" },
  { "add-bad", "jobctl -q add bad -- false", 0, "", "" },
  { "run", "jobctl run good --wait", 0, "Lauf 1: erfolgreich nach ", "" },
  { "run-bad", "jobctl run bad --wait", 1, "Lauf 2: gescheitert nach ", "" },
  { "nearest", "jobctl show bda", 3, "", "kein solcher Job: „bda“; gemeint ist vielleicht „bad“" },
  { "list", "jobctl list", 0, "NAME  ZEITPLAN    LAGE       ZULETZT ", "" },
  { "list-words", "jobctl list", 0, "\nbad   -           scheitert  gescheitert ", "" },
  { "list-coloured", "jobctl list --color always | grep -c '\\[31mgescheitert'", 0, "1\n", "" },
  { "list-json", "jobctl list --json", 0, "\"health\" : \"failing\"", "" },
  { "history", "jobctl history", 0, "LAUF  JOB   ZUSTAND ", "" },
  { "history-words", "jobctl history | tr -s ' '", 0, " 1/1 1 von Hand\n", "" },
  { "history-filter", "jobctl history --state failed", 0, "gescheitert", "" },
  { "history-json", "jobctl history --json", 0, "\"state\" : \"failed\"", "" },
  { "show", "jobctl show bad", 0, "\n  Lage                scheitert\n  letzter Lauf        gescheitert\n", "" },
  { "status", "jobctl status", 0, "jobtrackerd " PACKAGE_VERSION " antwortet auf dem Sitzungsbus\n  Aufzeichnung   antwortet\n", "" },
  { "status-one", "jobctl status", 0, "  Probleme       1 scheitert: bad\n", "" },
  { "status-two", "jobctl -q add worse -- false; jobctl -q run worse --wait; jobctl status", 0, "2 scheitern: ", "" },
  { "add-refused", "jobctl add x --schedule '0 24 * * *' -- true", 2, "",
    "  0 24 * * *\n    ^\njobctl: Zeitplan '0 24 * * *': Spalte 3: Stunde 0-23, nicht 24; Mitternacht ist 0\n" },
  { "add-doubtful", "jobctl add doubtful --schedule '0 0 31 * *' -- true; jobctl remove doubtful", 0, NULL,
    "jobctl: Warnung: Zeitplan '0 0 31 * *': Nicht jeder Monat hat einen 31.; L als Monatstag ist der letzte.\n" },
  { "bus-error", "gdbus call --session -d org.example.JobTracker -o /org/example/JobTracker -m org.example.JobTracker.PreviewSchedule '0 24 * * *' UTC 0 1", 1,
    "", "schedule '0 24 * * *': column 3: hour 0-23, not 24; midnight is 0" },
  { "bus-description", PREVIEW, 0, "'At 02:30, Monday to Friday, UTC'", "" },
  { "record", "jobctl add gone --no-check -- no-such-program; jobctl run gone --wait; jobctl show gone --json", 0, "\"last-state\" : \"failed\"", NULL },
  { NULL },
};

/* What is compiled into the programs that are installed, and where the translations go, are one place. */
static const CliRow install_rows[] = {
  { "translations", "meson introspect --installed \"$JOBTRACKER_BUILD\"", 0, "\"" JT_LOCALEDIR "/de/LC_MESSAGES/jobtracker.mo\"", NULL },
  { "jobctl", "grep -c '" JT_LOCALEDIR "' \"$JOBTRACKER_BUILD/client/jobctl/jobctl\"", 0, NULL, "" },
  { "jobtrackerd", "grep -c '" JT_LOCALEDIR "' \"$JOBTRACKER_BUILD/daemon/jobtrackerd\"", 0, NULL, "" },
  { NULL },
};

static void
run_tool (const char *const *words)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s; packages.list names what is needed", words[0], error->message);
}

/* The machine need not know the language: the locale is made in @folder. Before there is a second thread. */
static void
speak_german (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "de_DE.UTF-8", NULL);
  const char *const words[] = { "localedef", "-i", "de_DE", "-f", "UTF-8", path, NULL };

  run_tool (words);
  g_setenv ("LOCPATH", folder, TRUE);
  g_setenv ("LC_ALL", "de_DE.UTF-8", TRUE);
  g_setenv ("LANGUAGE", "de", TRUE);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("jobtracker-german-XXXXXX", NULL);
  const char *const removal[] = { "rm", "-rf", "--", folder, NULL };
  int status;

  speak_german (folder);
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("german/help", help_rows);
  cli_add_rows ("german/error", error_rows);
  cli_add_rows ("german/schedule", schedule_rows);
  cli_add_rows ("german/service", service_rows);
  cli_add_rows ("german/notify", notify_rows);
  cli_add_rows ("german/install", install_rows);
  status = cli_run ();
  run_tool (removal);
  return status;
}
