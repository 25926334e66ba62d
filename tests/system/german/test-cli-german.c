/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* jobctl in German: what people read is translated and fits; what programs read, and what is said over the bus, is not. */

#include "cli-fixture.h"

#define PREVIEW \
  "gdbus call --session -d org.example.JobTracker -o /org/example/JobTracker -m org.example.JobTracker.PreviewSchedule '30 2 * * 1-5' UTC 0 1"
#define VERBS "$(jobctl --help | sed -n 's/^  \\([a-z][a-z]*\\) .*/\\1/p')"

static const CliRow help_rows[] = {
  { "help", "jobctl --help", 0, "Aufruf: jobctl [OPTIONEN] VERB [ARGUMENTE]\n", "" },
  { "summary", "jobctl --help", 0, "\n  list       die Jobs: ", "" },
  { "verb", "jobctl add --help", 0, "Aufruf: jobctl [OPTIONEN] add NAME [EINSTELLUNGEN] [-- BEFEHL…]\n\neinen Job definieren\n", "" },
  { "columns", "jobctl add --help", 0, "\n      --log-max-size GRÖSSE       wie viel ", "" },
  { "wrapped", "COLUMNS=60 jobctl add --help", 0, "\n      --log-max-size GRÖSSE       wie viel Ausgabe eines\n                                  Versuchs ", "" },
  { "width", "export COLUMNS=80; test $({ jobctl --help; for verb in " VERBS "; do jobctl $verb --help | grep -v '^Beispiel: \\|^Aufruf: '; done; } | wc -L) -le 80",
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
  { "schedule", "jobctl schedule '0 24 * * *'", 2, "", "    ^\njobctl: Spalte 3: Stunde 0-23, nicht 24\n" },
  { "crontab", "printf '* 24 * * * true\\n' > $T/crontab; jobctl import crontab --dry-run $T/crontab", 2, "", "crontab:1:3: Stunde 0-23, nicht 24\n" },
  { "interval", "jobctl schedule 'every 15'", 2, "", "Spalte 9: nach der Zahl fehlt die Einheit; " },
  { "bus", "JOBTRACKER_BUS=unix:path=/nonexistent jobctl list", 7, "", "der Bus unter unix:path=/nonexistent (JOBTRACKER_BUS) ist nicht erreichbar: " },
  { NULL },
};

static const CliRow schedule_rows[] = {
  { "weekdays", "jobctl schedule '30 2 * * 1-5' --timezone Europe/Berlin", 0, "Um 02:30, Montag bis Freitag, Ortszeit Berlin\n", "" },
  { "numbered", "jobctl schedule '0 0 * * 5#2'", 0, "Um 00:00, am 2. Freitag des Monats, UTC\n", "" },
  { "one-day", "jobctl schedule '0 0 1 1,7 *'", 0, "Um 00:00, am 1. des Monats, im Januar, Juli, UTC\n", "" },
  { "days", "jobctl schedule '0 0 1,15 * *'", 0, "Um 00:00, an den Tagen 1, 15 des Monats, UTC\n", "" },
  { "hours", "jobctl schedule '5,35 */2 * * *'", 0, "In Minute 5, 35 jeder 2. Stunde, UTC\n", "" },
  { "labels", "jobctl schedule '0 0 13 * 5' --count 1", 0, "\n  fraglich      Beide Tagesfelder ", "" },
  { "elapse", "jobctl schedule '0 0 13 * 5' --from 2100-01-01 --count 1", 0, "\n  als Nächstes  Fr 2100-01-08 00:00:00 +00:00, in ", "" },
  { "json", "jobctl schedule --json '30 2 * * 1-5' '0 0 13 * 5'", 0, "\"description\" : \"At 02:30, Monday to Friday, UTC\"", "" },
  { "json-warning", "jobctl schedule --json '0 0 13 * 5'", 0, "Both day fields are given", "" },
  { "batch", "echo '{\"id\":1,\"expr\":\"0 24 * * *\"}' | jobctl schedule --batch", 0, "\"message\":\"column 3: hour 0-23, not 24\"", "" },
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
  { "bus-error", "jobctl add x --schedule '0 24 * * *' -- true", 2, "", "column 3: hour 0-23, not 24" },
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
  cli_add_rows ("german/install", install_rows);
  status = cli_run ();
  run_tool (removal);
  return status;
}
