/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-settings-table.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define OFFERED JT_SETTING_OFFERED
#define PROMISED JT_SETTING_PROMISED
#define YEAR_USEC (366.0 * 24 * 3600 * 1e6)

#define TEXT(key, status, help, value, fallback, check) { { key, "s", status, FALSE, FALSE, help, value }, fallback, 0, 0, check }
#define LIST(key, status, help, value, most, check) { { key, "as", status, FALSE, FALSE, help, value }, NULL, 0, most, check }
#define FLAG(key, status, help, fallback) { { key, "b", status, FALSE, FALSE, help, N_("yes|no") }, fallback, 0, 0, NULL }
#define TIME(key, status, help, fallback, least, most) { { key, "t", status, TRUE, FALSE, help, N_("DURATION") }, fallback, least, most, NULL }
#define SIZE(key, status, help, fallback, least, most) { { key, "t", status, FALSE, TRUE, help, N_("SIZE") }, fallback, least, most, NULL }
#define COUNT(key, status, help, fallback, least, most) { { key, "u", status, FALSE, FALSE, help, N_("N") }, fallback, least, most, NULL }
#define CODES(key, status, help, fallback) { { key, "ai", status, FALSE, FALSE, help, N_("CODES") }, fallback, 0, 64, jt_setting_check_codes }
#define LATER(key, type) { { key, type, PROMISED, FALSE, FALSE, NULL, NULL }, NULL, 0, 0, NULL }

static const JtSettingRow rows[] = {
  TEXT ("description", OFFERED, N_("what the job is for"), N_("TEXT"), NULL, jt_setting_check_text),
  LIST ("tags", OFFERED, N_("words for filters"), N_("TAG"), 32, jt_setting_check_tags),
  LIST ("command", OFFERED, N_("program and arguments; not a shell line"), N_("ARG"), 1024, jt_setting_check_command),
  TEXT ("shell", OFFERED, N_("a line for /bin/sh -c, instead of a command"), N_("LINE"), NULL, jt_setting_check_shell),
  TEXT ("user", OFFERED, N_("whom it runs as (root only)"), N_("USER"), NULL, jt_setting_check_account),
  TEXT ("group", OFFERED, N_("the group it runs as (root only)"), N_("GROUP"), NULL, jt_setting_check_account),
  TEXT ("working-directory", OFFERED, N_("where it runs; default the user's home"), N_("FOLDER"), NULL, jt_setting_check_path),
  LIST ("environment", OFFERED, N_("NAME=VALUE, on top of a small clean environment"), N_("NAME=VALUE"), 256, jt_setting_check_environment),
  TEXT ("environment-file", OFFERED, N_("a file of NAME=VALUE lines, read when it starts"), N_("FILE"), NULL, jt_setting_check_path),
  TEXT ("stdin", OFFERED, N_("text given to the command"), N_("TEXT"), NULL, jt_setting_check_stdin),
  LIST ("schedule", OFFERED, N_("when it runs: cron, calendar, 'every 15min', 'at 18:00'"), N_("SCHEDULE"), 32, jt_setting_check_schedules),
  TEXT ("timezone", OFFERED, N_("IANA zone of its schedules; default the system's"), N_("ZONE"), NULL, jt_setting_check_text),
  FLAG ("enabled", OFFERED, N_("whether its schedules start it"), "true"),
  TIME ("jitter", OFFERED, N_("its starts are spread over so long, at random"), NULL, 0, YEAR_USEC),
  FLAG ("jitter-fixed", OFFERED, N_("jitter is the same each time, for one job on one machine"), "false"),
  TEXT ("catch-up", OFFERED, N_("what fell due while the service was down: none, one or all"), N_("RULE"), "'one'", jt_setting_check_choice),
  TIME ("start-deadline", OFFERED, N_("so long after it was due it is not started any more"), NULL, G_USEC_PER_SEC, YEAR_USEC),
  TEXT ("overlap", OFFERED, N_("when it is due while it runs: skip, queue, replace or allow"), N_("RULE"), "'skip'", jt_setting_check_choice),
  TEXT ("leftover", OFFERED, N_("processes that outlive the command: kill, wait or leave"), N_("RULE"), "'kill'", jt_setting_check_choice),
  COUNT ("max-parallel", OFFERED, N_("with overlap=allow: so many at once, more of them wait; 0 no limit"), "uint32 0", 0, 10000),
  LIST ("after", OFFERED, N_("it comes after these: NAME, NAME:failed or NAME:finished"), N_("NAME[:STATE]"), 32, jt_setting_check_after),
  LIST ("watch-path", OFFERED, N_("a file or folder whose changes start it; /** at the end: all below"), N_("PATH"), 32, jt_setting_check_watched),
  TIME ("watch-settle", OFFERED, N_("how long all must be quiet after a change"), "uint64 2000000", 0, 86400e6),
  LIST ("on-event", OFFERED, N_("starts it: startup, login, resume, network-up, ac-power, unit:NAME.service:failed"), N_("EVENT"), 32, jt_setting_check_occasions),
  LIST ("condition", OFFERED, N_("wanted for a start: ac-power, network, unmetered, idle, path:/x, load<4, ! negates"), N_("CONDITION"), 32, jt_setting_check_conditions),
  TIME ("condition-wait", OFFERED, N_("how long it waits for its conditions; default not at all"), NULL, G_USEC_PER_SEC, YEAR_USEC),
  TIME ("timeout", OFFERED, N_("how long one attempt may run; default no limit"), NULL, 1000, YEAR_USEC),
  TEXT ("kill-signal", OFFERED, N_("how it is asked to stop"), N_("SIGNAL"), "'SIGTERM'", jt_setting_check_signal),
  TIME ("kill-grace", OFFERED, N_("how long it may take to stop before SIGKILL"), "uint64 10000000", 0, 86400e6),
  CODES ("success-exit-codes", OFFERED, N_("exit codes that are a success"), "[0]"),
  COUNT ("retries", OFFERED, N_("further attempts after the first"), "uint32 0", 0, 100),
  TIME ("retry-delay", OFFERED, N_("wait before the second attempt"), "uint64 30000000", 0, YEAR_USEC),
  TEXT ("retry-backoff", OFFERED, N_("how the wait grows: constant, linear or exponential"), N_("RULE"), "'exponential'", jt_setting_check_choice),
  TIME ("retry-max-delay", OFFERED, N_("the longest wait"), "uint64 3600000000", 0, YEAR_USEC),
  { { "retry-jitter", "d", OFFERED, FALSE, FALSE, N_("random part of the wait, 0 to 1"), N_("FRACTION") }, "0.1", 0, 1, NULL },
  CODES ("retry-on", OFFERED, N_("retry only after these exit codes (128+N: signal N)"), NULL),
  CODES ("no-retry-on", OFFERED, N_("never retry after these exit codes"), NULL),
  FLAG ("rerun-lost", OFFERED, N_("start again when it is unknown how an attempt ended"), "false"),
  TEXT ("executor", OFFERED, N_("what runs it: local"), N_("ENGINE"), "'local'", jt_setting_check_choice),
  { { "nice", "i", OFFERED, FALSE, FALSE, N_("scheduling priority, -20 to 19"), N_("N") }, "0", -20, 19, NULL },
  LATER ("io-class", "s"),
  LATER ("cpu-quota", "d"),
  LATER ("memory-max", "t"),
  LATER ("tasks-max", "u"),
  LIST ("limits", OFFERED, N_("resource limits, NAME=SOFT[:HARD] (nofile=1024)"), N_("LIMIT"), 16, jt_setting_check_limits),
  LATER ("unit-properties", "as"),
  LIST ("inhibit", OFFERED, N_("what is put off while it runs: sleep, shutdown, idle"), N_("WHAT"), 3, jt_setting_check_inhibitors),
  FLAG ("wake", OFFERED, N_("wake the machine from suspend when it is due"), "false"),
  SIZE ("log-max-size", OFFERED, N_("how much output is kept of one attempt, head and tail"), "uint64 16777216", 4096, 1099511627776.0),
  TEXT ("log-keep", OFFERED, N_("when the output is kept: always, on-failure or never"), N_("RULE"), "'always'", jt_setting_check_choice),
  COUNT ("keep-runs", OFFERED, N_("how many of its runs are kept; default as the service is configured"), NULL, 1, 10000000),
  TIME ("keep-for", OFFERED, N_("how long its runs are kept; default as the service is configured"), NULL, 60e6, 100 * YEAR_USEC),
  TIME ("expect-every", OFFERED, N_("dead-man's switch: late when it has not checked in for so long"), NULL, 1e6, YEAR_USEC),
  TIME ("expect-grace", OFFERED, N_("how much later than that is not late yet"), NULL, 0, YEAR_USEC),
  { { "slow-factor", "d", OFFERED, FALSE, FALSE, N_("told while it still runs for so many times what it usually takes; 0 not at all"), N_("FACTOR") }, "0.0", 0, 1000,
    jt_setting_check_factor },
  LIST ("notify", OFFERED, N_("who is told besides: user:NAME, email:ADDRESS, webhook:NAME; or none"), N_("RECIPIENT"), 32, jt_setting_check_recipients),
  LATER ("pool", "as"),
  LATER ("calendar", "as"),
  LATER ("not-calendar", "as"),
  LATER ("not-before", "t"),
  LATER ("not-after", "t"),
  LATER ("every-nth", "u"),
  LATER ("require", "as"),
  LATER ("warning-exit-codes", "ai"),
  LATER ("success-match", "s"),
  LATER ("warn-match", "s"),
  LATER ("fail-match", "s"),
  LATER ("warn-after", "t"),
  LATER ("warn-memory", "t"),
  LATER ("fast-factor", "d"),
  LATER ("min-duration", "t"),
  TIME ("start-grace", OFFERED, N_("late as well when no run has begun so long after it was expected"), NULL, 0, YEAR_USEC),
  LATER ("notify-after", "s"),
  LATER ("mute-with", "s"),
  LATER ("credentials", "as"),
  LATER ("parameters", "aa{sv}"),
  LATER ("retry-total-timeout", "t"),
  LATER ("disable-after", "u"),
  LATER ("queue-max", "u"),
  LATER ("queue-expire", "t"),
  LATER ("boot-delay", "t"),
  LATER ("keep-failed-runs", "u"),
  LATER ("heartbeat-url", "s"),
};

G_STATIC_ASSERT (G_N_ELEMENTS (rows) < JT_N_SETTING_ROWS_MAX);

/* One look-up table for all, made at the first question: keys are asked for with every start of a run. */
static GHashTable *
get_index (void)
{
  static gsize is_made = 0;
  static GHashTable *table;

  if (g_once_init_enter (&is_made))
    {
      table = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        g_hash_table_insert (table, (char *) rows[i].info.key, (gpointer) &rows[i]);
      g_once_init_leave (&is_made, 1);
    }
  return table;
}

const JtSettingRow *
jt_setting_row_find (const char *key)
{
  return g_hash_table_lookup (get_index (), key);
}

const JtSettingInfo *
jt_setting_info_find (const char *key)
{
  const JtSettingRow *row = jt_setting_row_find (key);

  return row == NULL ? NULL : &row->info;
}

gboolean
jt_setting_is_for_reports (const char *key)
{
  static const char *const keys[] = { "description",  "tags",         "timeout",    "kill-signal",  "kill-grace",
                                      "log-max-size", "log-keep",     "keep-runs",  "keep-for",     "success-exit-codes",
                                      "expect-every", "expect-grace", "start-grace", NULL };

  return g_strv_contains (keys, key);
}

const JtSettingInfo *
jt_settings_get_table (void)
{
  static gsize is_made = 0;
  static JtSettingInfo table[JT_N_SETTING_ROWS_MAX];

  if (g_once_init_enter (&is_made))
    {
      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        table[i] = rows[i].info;
      g_once_init_leave (&is_made, 1);
    }
  return table;
}

static GVariant *
zero_value (const char *type)
{
  switch (*type)
    {
    case 's':
      return g_variant_new_string ("");
    case 'b':
      return g_variant_new_boolean (FALSE);
    case 't':
      return g_variant_new_uint64 (0);
    case 'u':
      return g_variant_new_uint32 (0);
    case 'i':
      return g_variant_new_int32 (0);
    case 'd':
      return g_variant_new_double (0);
    default:
      return g_variant_new_array (G_VARIANT_TYPE (type + 1), NULL, 0);
    }
}

static GVariant *
parse_default (const JtSettingRow *row)
{
  GVariant *value;

  if (row->fallback == NULL)
    return g_variant_ref_sink (zero_value (row->info.type));
  value = g_variant_parse (G_VARIANT_TYPE (row->info.type), row->fallback, NULL, NULL, NULL);
  g_assert (value != NULL);
  return value;
}

const JtSettingBytes *
jt_setting_row_get_default (const JtSettingRow *row)
{
  static struct
  {
    gsize          is_made;
    JtSettingBytes bytes;
  } defaults[G_N_ELEMENTS (rows)];
  gsize *is_made = &defaults[row - rows].is_made;
  JtSettingBytes *bytes = &defaults[row - rows].bytes;

  if (g_once_init_enter (is_made))
    {
      g_autoptr (GVariant) value = parse_default (row);

      bytes->key = row->info.key;
      bytes->type = row->info.type;
      bytes->type_length = strlen (row->info.type);
      bytes->length = g_variant_get_size (value);
      bytes->value = g_memdup2 (g_variant_get_data (value), bytes->length);
      g_once_init_leave (is_made, 1);
    }
  return bytes;
}
