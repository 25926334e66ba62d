/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-settings.h"
#include "setting-options.h"

#define HELP_COLUMN 34
#define SUMMARY_COLUMN 13

static const Option global_options[] = {
  { "json", 'j', NULL, N_("print JSON: one document, or a line for each event of what follows") },
  { "system", 0, NULL, N_("talk to the system's service") },
  { "session", 0, NULL, N_("talk to your own service") },
  { "host", 'H', N_("[USER@]HOST"), N_("do it on that machine, through ssh"), "admin@backup.example.com" },
  { "no-pager", 0, NULL, N_("never start a pager") },
  { "color", 0, N_("auto|always|never"), N_("colours; auto: on a terminal"), "never" },
  { "utc", 0, NULL, N_("exact times, in UTC") },
  { "iso", 0, NULL, N_("exact times, in the local zone") },
  { "quiet", 'q', NULL, N_("say only what was asked for") },
  { "help", 'h', NULL, N_("this text") },
  { "version", 0, NULL, N_("the version of this program") },
  { NULL },
};

#define REQUEST_ID { "request-id", 0, N_("ID"), N_("repeated with the same one, nothing is done twice"), "nightly-1" }

static const Option no_options[] = { { NULL } };
static const Option add_options[] = {
  { "no-check", 0, NULL, N_("do not look whether the program is there") },
  REQUEST_ID,
  { NULL },
};
static const Option set_options[] = {
  { "if-revision", 0, N_("N"), N_("refuse when somebody changed the job since this revision"), "3" },
  { NULL },
};
static const Option list_options[] = {
  { "tag", 't', N_("TAG"), N_("only jobs with this tag"), "nightly" },
  { "owner", 'o', N_("USER"), N_("only jobs of this user"), "alice" },
  { NULL },
};
static const Option remove_options[] = {
  { "history", 0, N_("keep|delete"), N_("what becomes of its runs; default keep"), "keep" },
  { NULL },
};
static const Option run_options[] = {
  { "wait", 'w', NULL, N_("wait for its end; the exit status is the job's") },
  { "follow", 'f', NULL, N_("show its output and wait for its end") },
  REQUEST_ID,
  { NULL },
};
static const Option active_options[] = {
  { "job", 0, N_("NAME"), N_("only runs of this job"), "backup" },
  { "owner", 'o', N_("USER"), N_("only runs of this user"), "alice" },
  { "tag", 't', N_("TAG"), N_("only runs of jobs with this tag"), "nightly" },
  { NULL },
};
static const Option history_options[] = {
  { "limit", 'n', N_("N"), N_("so many at most; default 20"), "100" },
  { "state", 's', N_("STATE"), N_("only runs in this state; may be repeated"), "failed" },
  { "trigger", 0, N_("TRIGGER"), N_("only runs started this way; may be repeated"), "manual" },
  { "since", 0, N_("TIME"), N_("only runs since then, or so long ago"), "yesterday" },
  { "until", 0, N_("TIME"), N_("only runs until then"), "2h" },
  { "owner", 'o', N_("USER"), N_("only runs of this user"), "alice" },
  { "tag", 't', N_("TAG"), N_("only runs of jobs with this tag"), "nightly" },
  { NULL },
};
static const Option log_options[] = {
  { "follow", 'f', NULL, N_("go on until the attempt ends") },
  { "tail", 'n', N_("N"), N_("only the last lines"), "20" },
  { "stream", 0, N_("stdout|stderr"), N_("only what came from this one"), "stderr" },
  { "attempt", 0, N_("N"), N_("only this attempt; default all, or the current one with --follow"), "1" },
  { "raw", 0, NULL, N_("lines as they are stored: time, stream, text; nothing escaped") },
  { NULL },
};
static const Option schedule_options[] = {
  { "timezone", 0, N_("ZONE"), N_("for wall times; default the system's"), "Europe/Berlin" },
  { "from", 0, N_("TIME"), N_("elapses after this; default now"), "2026-12-24" },
  { "count", 'n', N_("N"), N_("so many elapses, 0 to 1000; default 5"), "10" },
  { "batch", 0, NULL, N_("read JSON lines from stdin, answer each with one") },
  { NULL },
};
static const Option import_options[] = {
  { "dry-run", 0, NULL, N_("show what would be adopted, and change nothing") },
  { "with-user", 0, NULL, N_("FILE has a column for the user, as /etc/crontab has") },
  { "cron", 0, N_("debian|cronie"), N_("which cron the tables are for; default this machine's, or for FILE either"), "cronie" },
  { "user", 0, NULL, N_("timers of your own systemd, as with systemctl --user") },
  { "lossy", 0, NULL, N_("adopt also what would be another job; what is lost is said") },
  REQUEST_ID,
  { NULL },
};
static const Option export_options[] = {
  { "to", 0, N_("crontab|systemd"), N_("for what it is written"), "systemd" },
  { "output-folder", 0, N_("FOLDER"), N_("write files for each job there, instead of to stdout"), "/etc/cron.d" },
  { "with-user", 0, NULL, N_("with a column for the user, as /etc/crontab has") },
  { "cron", 0, N_("debian|cronie"), N_("which cron will read it; default either"), "cronie" },
  { "lossy", 0, NULL, N_("write what can be said, and the rest as comments, instead of refusing") },
  { NULL },
};
static const Option exec_options[] = {
  { "name", 0, N_("NAME"), N_("of the job; default the program's"), "nightly-build" },
  { "progress", 0, N_("auto|off"),
    /* xgettext:no-c-format */
    N_("read how far it is from its output: 37% or 12/80"), "off" },
  { "log", 0, N_("auto|off"), N_("keep its output"), "off" },
  { NULL },
};
static const Option track_options[] = {
  { "detached", 0, NULL, N_("the run outlives this command; what track start always does") },
  { "heartbeat-timeout", 0, N_("DURATION"), N_("lost after so much silence; default 1h"), "10min" },
  { "message", 'm', N_("TEXT"), N_("what it is doing"), "loading" },
  { "reason", 0, N_("TEXT"), N_("why it ended so"), "disk full" },
  { "stream", 0, N_("stdout|stderr"), N_("of the text for the log"), "stderr" },
  REQUEST_ID,
  { NULL },
};
static const Option ping_options[] = {
  { "log", 0, N_("TEXT|-"), N_("for the run's log, its last 64 KiB; -: what comes on stdin"), "='42 files'", TRUE },
  { "message", 'm', N_("TEXT"), N_("what it is doing"), "loading" },
  { "reason", 0, N_("TEXT"), N_("why it ended so"), "disk full" },
  REQUEST_ID,
  { NULL },
};
static const Option ack_options[] = {
  { "note", 0, N_("TEXT"), N_("what there is to say about it"), "disk replaced" },
  { NULL },
};
static const Option mute_options[] = {
  { "until", 0, N_("TIME"), N_("tell nothing of it until then"), "'tomorrow 08:00'" },
  { "off", 0, NULL, N_("tell of it again") },
  { NULL },
};
static const Option stats_options[] = {
  { "since", 0, N_("TIME"), N_("only runs that ended since then, or so long ago; default 30 days, by hour 7"), "7d" },
  { "until", 0, N_("TIME"), N_("only runs that ended before"), "yesterday" },
  { "by", 0, N_("job|tag|user|hour|day"), N_("a line for each of them"), "day" },
  { "tag", 't', N_("TAG"), N_("only jobs with this tag"), "nightly" },
  { "owner", 'o', N_("USER"), N_("only jobs of this user"), "alice" },
  { NULL },
};
static const Option graph_options[] = {
  { "dot", 0, NULL, N_("print it for graphviz(7): jobctl graph --dot | dot -Tsvg") },
  { NULL },
};
static const Option monitor_options[] = {
  { "job", 0, N_("NAME"), N_("only this job"), "backup" },
  { "after", 0, N_("SEQUENCE"), N_("begin with what happened after this event"), "4711" },
  { "limit", 'n', N_("N"), N_("end after so many events"), "1" },
  { NULL },
};

/* clang-format off */
static const Verb verbs[] = {
  { "status", "", 0, 0, N_("is the service well"), "jobctl status", TRUE, NO_SETTINGS, no_options, verb_status },
  { "list", "", 0, 0, N_("the jobs: when, how they are, what is next"), "jobctl list --tag nightly", TRUE, NO_SETTINGS, list_options, verb_list },
  { "show", N_("NAME|RUN"), 1, 1, N_("all of one job, or of one run"), "jobctl show backup", TRUE, NO_SETTINGS, no_options, verb_show },
  { "add", N_("NAME [SETTINGS] [-- COMMAND…]"), 1, 1, N_("define a job"), "jobctl add backup --schedule '30 2 * * *' --retries 2 -- tar -czf /srv/etc.tgz /etc", TRUE, ALL_SETTINGS, add_options, verb_add },
  { "set", N_("NAME KEY=VALUE…"), 2, ANY_NUMBER, N_("change settings; KEY= takes one back to its default"), "jobctl set backup retries=3 timeout=1h", TRUE, NO_SETTINGS, set_options, verb_set },
  { "remove", N_("NAME…"), 1, ANY_NUMBER, N_("remove jobs"), "jobctl remove backup --history keep", TRUE, NO_SETTINGS, remove_options, verb_remove },
  { "enable", N_("NAME…"), 1, ANY_NUMBER, N_("let schedules start jobs"), "jobctl enable backup", TRUE, NO_SETTINGS, no_options, verb_enable },
  { "disable", N_("NAME…"), 1, ANY_NUMBER, N_("keep schedules from starting jobs"), "jobctl disable backup", TRUE, NO_SETTINGS, no_options, verb_enable },
  { "run", N_("NAME"), 1, 1, N_("start a job now"), "jobctl run backup --follow", TRUE, NO_SETTINGS, run_options, verb_run },
  { "active", "", 0, 0, N_("what is queued, runs, or waits for a retry"), "jobctl active", TRUE, NO_SETTINGS, active_options, verb_active },
  { "history", N_("[NAME]"), 0, 1, N_("runs, newest first"), "jobctl history backup --state failed --since yesterday", TRUE, NO_SETTINGS, history_options, verb_history },
  { "log", N_("RUN|NAME"), 1, 1, N_("the output of a run, or of the last one of a job"), "jobctl log backup --tail 20", TRUE, NO_SETTINGS, log_options, verb_log },
  { "cancel", N_("RUN|NAME…"), 1, ANY_NUMBER, N_("end runs that are under way"), "jobctl cancel 42", TRUE, NO_SETTINGS, no_options, verb_cancel },
  { "retry", N_("RUN|NAME"), 1, 1, N_("run again what an ended run did"), "jobctl retry 42 --wait", TRUE, NO_SETTINGS, run_options, verb_retry },
  { "ack", N_("RUN|NAME…"), 1, ANY_NUMBER, N_("say that somebody has seen how runs ended"), "jobctl ack backup --note 'disk replaced'", TRUE, NO_SETTINGS, ack_options, verb_ack },
  { "mute", N_("NAME [DURATION]"), 1, 2, N_("tell nobody of a job for a while, an hour by default; it runs on"), "jobctl mute backup 2h", TRUE, NO_SETTINGS, mute_options, verb_mute },
  { "notify", N_("VERB [ARGUMENTS]"), 1, ANY_NUMBER, N_("who is told what, how, and what became of it"), "jobctl notify set email=alice@example.com quiet-hours=22:00-07:00", TRUE, NO_SETTINGS, no_options, NULL, notify_verbs },
  { "exec", N_("[SETTINGS] -- COMMAND…"), 0, 0, N_("run a command here, with a record of it"), "jobctl exec --name build -- make -j8", FALSE, REPORT_SETTINGS, exec_options, verb_exec },
  { "track", N_("start NAME | progress|log|heartbeat|finish [RUN] …"), 1, ANY_NUMBER, N_("record what a script does, step by step"), "RUN=$(jobctl track start etl --heartbeat-timeout 10min)", TRUE, REPORT_SETTINGS, track_options, verb_track },
  { "ping", N_("NAME [start|success|fail|CODE|log]"), 1, 2, N_("check in"), "jobctl ping backup start", TRUE, REPORT_SETTINGS, ping_options, verb_ping },
  { "stats", N_("[NAME…]"), 0, ANY_NUMBER, N_("how often, how well, how long: figures of jobs, users, hours and days"), "jobctl stats backup --since 90d --by day", TRUE, NO_SETTINGS, stats_options, verb_stats },
  { "graph", N_("[NAME…]"), 0, ANY_NUMBER, N_("which jobs come after which; of NAME those before and after it"), "jobctl graph backup", TRUE, NO_SETTINGS, graph_options, verb_graph },
  { "schedule", N_("EXPRESSION…"), 0, ANY_NUMBER, N_("what an expression means and when it elapses"), "jobctl schedule '*/5 9-17 * * 1-5' --count 3", FALSE, NO_SETTINGS, schedule_options, verb_schedule },
  { "import", N_("crontab [FILE]… | systemd [UNIT|FILE]…"), 1, ANY_NUMBER, N_("adopt what cron or systemd starts; without FILE or UNIT all of this machine"), "jobctl import crontab --dry-run", FALSE, NO_SETTINGS, import_options, verb_import },
  { "export", N_("[NAME…]"), 0, ANY_NUMBER, N_("write jobs for another scheduler; without NAME all of your own"), "jobctl export backup --to crontab", TRUE, NO_SETTINGS, export_options, verb_export },
  { "monitor", "", 0, 0, N_("events as they happen"), "jobctl monitor --json", TRUE, NO_SETTINGS, monitor_options, verb_monitor },
};
/* clang-format on */

/* The table, one after the other: NULL after the last. */
const Verb *
verb_get (guint index)
{
  return index < G_N_ELEMENTS (verbs) ? &verbs[index] : NULL;
}

/* All that may be given with @verb, or without one (NULL). */
void
verb_list_options (const Verb *verb, const Option *sets[VERB_OPTION_SETS])
{
  gboolean has_settings = verb != NULL && verb->settings != NO_SETTINGS;
  guint count = 0;

  sets[count++] = verb != NULL ? verb->options : no_options;
  sets[count++] = has_settings ? setting_shorthands_get () : no_options;
  sets[count++] = has_settings ? setting_options_get () : no_options;
  sets[count++] = global_options;
  sets[count] = NULL;
}

/* The one that tells a verb from others: of "notify set" the second. Borrowed. */
const char *
verb_get_last_word (const Verb *verb)
{
  const char *blank = strrchr (verb->name, ' ');

  return blank != NULL ? blank + 1 : verb->name;
}

/* @before: what stands before @word, "notify ", or "" */
static const Verb *
find_in (const Verb *rows, guint n_rows, const char *before, const char *word, GError **error)
{
  g_autofree const char **words = g_new0 (const char *, n_rows + 1);
  g_autofree char *shown = text_escape (word);
  const char *nearest;

  for (guint i = 0; i < n_rows; i++)
    {
      words[i] = verb_get_last_word (&rows[i]);
      if (g_str_equal (words[i], word))
        return &rows[i];
    }
  nearest = jt_nearest (word, words);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown verb '%s%s'; did you mean '%s%s'?"), before, shown, before, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown verb '%s%s'; jobctl %s--help lists them"), before, shown, before);
  return NULL;
}

/* (transfer none) NULL with JT_ERROR_INVALID_ARGUMENT that names the nearest verb. */
const Verb *
verb_find (const char *name, GError **error)
{
  return find_in (verbs, G_N_ELEMENTS (verbs), "", name, error);
}

/* The same for the second word of a verb that has parts. */
const Verb *
verb_find_part (const Verb *verb, const char *word, GError **error)
{
  g_autofree char *before = g_strconcat (verb->name, " ", NULL);
  guint n_parts = 0;

  while (verb->parts[n_parts].name != NULL)
    n_parts++;
  return find_in (verb->parts, n_parts, before, word, error);
}

/* Whether @verb takes that setting. What has no help is not built yet. */
gboolean
verb_takes_setting (const Verb *verb, const Option *setting)
{
  return setting->help != NULL && (verb->settings == ALL_SETTINGS || jt_setting_is_for_reports (setting->name));
}

static void
print_option (const Option *option, const Terminal *terminal)
{
  g_autofree char *letter = option->letter != 0 ? g_strdup_printf ("-%c, ", option->letter) : g_strdup ("    ");
  g_autofree char *left = g_strdup_printf ("  %s--%s%s%s", letter, option->name, option->value_name != NULL ? " " : "",
                                           option->value_name != NULL ? _(option->value_name) : "");
  int column = MAX (HELP_COLUMN, text_width (left) + 2);
  g_autofree char *padded = text_pad (left, column);
  g_autofree char *help = text_wrap (_(option->help), column, terminal->columns);

  printf ("%s%s\n", padded, help);
}

static void
print_options (const Option *options, const Terminal *terminal)
{
  for (; options->name != NULL; options++)
    print_option (options, terminal);
}

static void
print_settings (const Verb *verb, const Option *settings, const Terminal *terminal)
{
  for (; settings->name != NULL; settings++)
    if (verb_takes_setting (verb, settings))
      print_option (settings, terminal);
}

static void
print_summary (const Verb *verb, const Terminal *terminal, FILE *out)
{
  g_autofree char *summary = text_wrap (_(verb->summary), SUMMARY_COLUMN, terminal->columns);

  fprintf (out, "  %-10s %s\n", verb_get_last_word (verb), summary);
}

void
verb_print_help (const Verb *verb, const Terminal *terminal)
{
  if (*verb->arguments != '\0')
    printf (_("Usage: jobctl [OPTIONS] %s %s\n"), verb->name, _(verb->arguments));
  else
    printf (_("Usage: jobctl [OPTIONS] %s\n"), verb->name);
  printf ("\n%s\n", _(verb->summary));
  printf (_("\nExample: %s\n"), verb->example);
  if (verb->parts != NULL)
    {
      printf (_("\nVerbs:\n"));
      for (const Verb *part = verb->parts; part->name != NULL; part++)
        print_summary (part, terminal, stdout);
    }
  if (verb->options->name != NULL)
    printf (_("\nOptions:\n"));
  print_options (verb->options, terminal);
  if (verb->settings != NO_SETTINGS)
    {
      printf (_("\nSettings, as in job files; lists by giving the option again:\n"));
      print_settings (verb, setting_shorthands_get (), terminal);
      print_settings (verb, setting_options_get (), terminal);
    }
  printf (_("\nFor every verb:\n"));
  print_options (global_options, terminal);
}

/* @is_short: what somebody sees who gave no verb at all. */
void
verbs_print_help (const Terminal *terminal, gboolean is_short)
{
  FILE *out = is_short ? stderr : stdout;

  fprintf (out, _("Usage: jobctl [OPTIONS] VERB [ARGUMENTS]\n"));
  if (is_short)
    {
      fprintf (out, _("jobctl --help lists the verbs; try jobctl list\n"));
      return;
    }
  fprintf (out, _("\nEvery job of this machine: its schedule, history and output.\n\nVerbs:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    print_summary (&verbs[i], terminal, out);
  fprintf (out, _("\nOptions:\n"));
  print_options (global_options, terminal);
  fprintf (out, _("\njobctl VERB --help tells more.\n\nExample: jobctl add report --every 1h -- df -h\n"));
  fputs (_("\nManual: man jobctl, and the pages that it names\n"), out);
}
