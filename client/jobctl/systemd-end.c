/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-settings.h"
#include "unit-words.h"

/* What kind of service it is and how it ends: Type=, time limits, signals, what counts as success, Restart=. */

#define USUAL_STOP (90 * G_USEC_PER_SEC)
#define MOST_GRACE (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define MOST_RETRIES 100
#define USUAL_RESTART (G_USEC_PER_SEC / 10)

/* --- kind --- */

static void
take_type (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "Type");
  const char *type = line != NULL ? line->value : "simple";

  job->is_oneshot = g_str_equal (type, "oneshot") || (line == NULL && unit_find (job->service, "Service", "ExecStart") == NULL);
  if (line == NULL)
    return;
  if (g_str_equal (type, "oneshot") || g_str_equal (type, "simple") || g_str_equal (type, "exec"))
    systemd_job_say (job, REMARK_SAME, line, _("a run lasts as long as its command"));
  else if (g_str_equal (type, "idle"))
    systemd_job_say (job, REMARK_DIFFERS, line, _("it does not wait for others that are starting"));
  else
    systemd_job_say (job, REMARK_BLOCKS, line, _("the service says itself when it has started, and stays; a job is its command, and ends with it"));
}

/* Active for ever after its first run, such a service is started once. */
static void
take_remaining (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "RemainAfterExit");

  if (unit_get_flag (job->service, "Service", "RemainAfterExit", FALSE))
    systemd_job_say (job, REMARK_BLOCKS, line, _("systemd starts it once and then no more while it counts as active"));
}

/* --- time --- */

/* 0 and infinity are no limit. */
static gboolean
is_limit (SystemdJob *job, const UnitLine *line, gint64 *usec)
{
  return line != NULL && systemd_job_get_span (job, line, usec) && *usec != 0 && *usec != UNIT_SPAN_INFINITE;
}

/* A oneshot is starting as long as it runs; the others have RuntimeMaxSec= for that. */
static void
take_timeout (SystemdJob *job)
{
  static const char *const keys[] = { "TimeoutStartSec", "TimeoutSec", NULL };
  const UnitLine *start = unit_find_any (job->service, "Service", keys);
  const UnitLine *runtime = unit_find (job->service, "Service", "RuntimeMaxSec");
  const UnitLine *line = job->is_oneshot ? start : runtime;
  const UnitLine *other = job->is_oneshot ? runtime : start;
  gint64 usec;

  if (is_limit (job, line, &usec))
    systemd_job_carry (job, line, "timeout", g_variant_new_uint64 ((guint64) usec));
  else if (line != NULL)
    systemd_job_say (job, REMARK_SAME, line, _("no time limit"));
  if (other == NULL)
    return;
  if (job->is_oneshot)
    systemd_job_say (job, REMARK_SAME, other, _("systemd does not look at it with Type=oneshot"));
  else
    systemd_job_say (job, REMARK_DIFFERS, other, _("what runs before the command has no time limit of its own"));
}

static void
take_grace (SystemdJob *job)
{
  static const char *const keys[] = { "TimeoutStopSec", "TimeoutSec", NULL };
  const UnitLine *line = unit_find_any (job->service, "Service", keys);
  gint64 usec = USUAL_STOP;

  if (line == NULL || !systemd_job_get_span (job, line, &usec))
    systemd_job_put (job, "kill-grace", g_variant_new_uint64 (USUAL_STOP));
  else if (usec != 0 && usec <= MOST_GRACE)
    systemd_job_carry (job, line, "kill-grace", g_variant_new_uint64 ((guint64) usec));
  else
    {
      systemd_job_put (job, "kill-grace", g_variant_new_uint64 (MOST_GRACE));
      systemd_job_say (job, REMARK_DIFFERS, line, _("kill-grace=1d, which is the most there is"));
    }
}

/* --- signals --- */

static void
take_signal (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "KillSignal");
  g_autofree char *name = NULL;

  if (line == NULL)
    return;
  name = g_str_has_prefix (line->value, "SIG") ? g_strdup (line->value) : g_strconcat ("SIG", line->value, NULL);
  if (jt_setting_signal_number (name) != 0)
    systemd_job_carry (job, line, "kill-signal", g_variant_new_string (name));
  else
    systemd_job_say (job, REMARK_DIFFERS, line, _("kill-signal=SIGTERM; a job cannot be sent that one"));
}

static void
take_kill_mode (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "KillMode");
  const UnitLine *exit_line = unit_find (job->service, "Service", "ExitType");
  const char *mode = line != NULL ? line->value : "control-group";

  if (exit_line != NULL && g_str_equal (exit_line->value, "cgroup"))
    systemd_job_carry (job, exit_line, "leftover", g_variant_new_string ("wait"));
  else if (exit_line != NULL)
    systemd_job_say (job, REMARK_SAME, exit_line, _("a run lasts as long as its command"));
  if (line == NULL)
    return;
  if (g_str_equal (mode, "control-group"))
    systemd_job_say (job, REMARK_SAME, line, "leftover=kill");
  else if (g_str_equal (mode, "mixed"))
    systemd_job_say (job, REMARK_DIFFERS, line, _("leftover=kill; the first signal goes to all processes, not only to the command"));
  else if (g_str_equal (mode, "process") || g_str_equal (mode, "none"))
    {
      systemd_job_put (job, "leftover", g_variant_new_string ("leave"));
      systemd_job_say (job, REMARK_DIFFERS, line, _("leftover=leave; at a time limit and when it is cancelled all processes are ended, not only the command"));
    }
  else
    systemd_job_say (job, REMARK_LOST, line, _("this is no mode, and systemd passes it over as well"));
}

static void
take_kill_details (SystemdJob *job)
{
  static const char *const signals[] = { "RestartKillSignal", "FinalKillSignal", "WatchdogSignal", NULL };
  const UnitLine *line = unit_find (job->service, "Service", "SendSIGKILL");

  if (!unit_get_flag (job->service, "Service", "SendSIGKILL", TRUE))
    systemd_job_say (job, REMARK_DIFFERS, line, _("what does not end within kill-grace is killed"));
  line = unit_find (job->service, "Service", "SendSIGHUP");
  if (unit_get_flag (job->service, "Service", "SendSIGHUP", FALSE))
    systemd_job_say (job, REMARK_LOST, line, _("only kill-signal is sent"));
  for (guint i = 0; signals[i] != NULL; i++)
    if ((line = unit_find (job->service, "Service", signals[i])) != NULL)
      systemd_job_say (job, REMARK_LOST, line, _("only kill-signal is sent, and SIGKILL at last"));
}

/* --- exit codes --- */

static const struct
{
  const char *name;
  int         code;
} exit_names[] = {
  { "SUCCESS", 0 },        { "FAILURE", 1 },     { "INVALIDARGUMENT", 2 }, { "NOTIMPLEMENTED", 3 }, { "NOPERMISSION", 4 }, { "NOTINSTALLED", 5 },
  { "NOTCONFIGURED", 6 },  { "NOTRUNNING", 7 },  { "USAGE", 64 },          { "DATAERR", 65 },       { "NOINPUT", 66 },     { "NOUSER", 67 },
  { "NOHOST", 68 },        { "UNAVAILABLE", 69 }, { "SOFTWARE", 70 },      { "OSERR", 71 },         { "OSFILE", 72 },      { "CANTCREAT", 73 },
  { "IOERR", 74 },         { "TEMPFAIL", 75 },   { "PROTOCOL", 76 },       { "NOPERM", 77 },        { "CONFIG", 78 },      { "CHDIR", 200 },
  { "NICE", 201 },         { "FDS", 202 },       { "EXEC", 203 },          { "MEMORY", 204 },       { "LIMITS", 205 },     { "USER", 217 },
  { "GROUP", 216 },        { "EXCEPTION", 255 },
};

/* An exit code by number or name; -1: none. */
static int
read_code (const char *word)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (word, 10, 0, 255, &number, NULL))
    return (int) number;
  for (guint i = 0; i < G_N_ELEMENTS (exit_names); i++)
    if (g_str_equal (exit_names[i].name, word))
      return exit_names[i].code;
  return -1;
}

/* The codes of a line, added to @codes, whose text begins with @first; signals are no codes, which is said. */
static guint
read_code_line (SystemdJob *job, const UnitLine *line, const char *setting, const char *first, GVariantBuilder *codes)
{
  g_auto (GStrv) words = unit_words_split (line->value, UNIT_ESCAPES_KEPT, NULL);
  g_autoptr (GString) text = g_string_new (first);
  gboolean is_good = words != NULL;
  guint count = 0;

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      int code = read_code (words[i]);

      is_good = is_good && code >= 0;
      if (code <= 0)
        continue;
      count++;
      g_variant_builder_add (codes, "i", code);
      g_string_append_printf (text, "%s%d", text->len > 0 ? ";" : "", code);
    }
  if (is_good)
    systemd_job_say (job, REMARK_SAME, line, "%s=%s", setting, text->str);
  else
    systemd_job_say (job, REMARK_DIFFERS, line, _("%s=%s; only exit codes are looked at, no signals"), setting, text->str);
  return count;
}

static guint
read_codes (SystemdJob *job, const char *key, const char *setting, const char *first, GVariantBuilder *codes)
{
  const char *keys[] = { key, NULL };
  g_autoptr (GPtrArray) lines = unit_list (job->service, "Service", keys);
  guint count = 0;

  for (guint i = 0; i < lines->len; i++)
    count += read_code_line (job, g_ptr_array_index (lines, i), setting, first, codes);
  return count;
}

static void
take_success (SystemdJob *job)
{
  GVariantBuilder codes;

  g_variant_builder_init (&codes, G_VARIANT_TYPE ("ai"));
  g_variant_builder_add (&codes, "i", 0);
  if (read_codes (job, "SuccessExitStatus", "success-exit-codes", "0", &codes) > 0)
    systemd_job_put (job, "success-exit-codes", g_variant_builder_end (&codes));
  else
    g_variant_builder_clear (&codes);
}

/* --- restarts --- */

/* systemd goes on until its limit of starts stops it; what is reached only by that is not a number of retries. */
static guint
count_retries (SystemdJob *job, gint64 delay_usec)
{
  static const char *const intervals[] = { "StartLimitIntervalSec", "StartLimitInterval", NULL };
  const UnitLine *burst = unit_find (job->service, "Unit", "StartLimitBurst");
  const UnitLine *interval = unit_find_any (job->service, "Unit", intervals);
  gint64 interval_usec = 10 * G_USEC_PER_SEC;
  guint64 starts = 5;

  if (burst != NULL)
    g_ascii_string_to_unsigned (burst->value, 10, 0, G_MAXUINT, &starts, NULL);
  if (interval != NULL)
    unit_parse_span (interval->value, &interval_usec);
  if (starts == 0 || interval_usec == 0 || delay_usec > interval_usec / (gint64) starts)
    return MOST_RETRIES;
  return MIN ((guint) starts - 1, MOST_RETRIES);
}

static void
put_retries (SystemdJob *job, const UnitLine *line)
{
  const UnitLine *delay = unit_find (job->service, "Service", "RestartSec");
  gint64 usec = USUAL_RESTART;
  GVariantBuilder codes;
  guint retries;

  if (delay != NULL && systemd_job_get_span (job, delay, &usec) && usec != UNIT_SPAN_INFINITE)
    systemd_job_carry (job, delay, "retry-delay", g_variant_new_uint64 ((guint64) usec));
  else
    systemd_job_put (job, "retry-delay", g_variant_new_uint64 (USUAL_RESTART));
  retries = count_retries (job, usec);
  systemd_job_put (job, "retries", g_variant_new_uint32 (retries));
  systemd_job_put (job, "retry-backoff", g_variant_new_string ("constant"));
  systemd_job_put (job, "retry-jitter", g_variant_new_double (0));
  systemd_job_say (job, REMARK_DIFFERS, line, _("retries=%u; systemd does not count restarts, but starts in a span of time"), retries);
  g_variant_builder_init (&codes, G_VARIANT_TYPE ("ai"));
  if (read_codes (job, "RestartPreventExitStatus", "no-retry-on", NULL, &codes) > 0)
    systemd_job_put (job, "no-retry-on", g_variant_builder_end (&codes));
  else
    g_variant_builder_clear (&codes);
}

static void
take_restart (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "Restart");

  if (line == NULL)
    return;
  if (g_str_equal (line->value, "no"))
    systemd_job_say (job, REMARK_SAME, line, "retries=0");
  else if (g_str_equal (line->value, "on-failure"))
    put_retries (job, line);
  else if (g_str_equal (line->value, "always") || g_str_equal (line->value, "on-success"))
    systemd_job_say (job, REMARK_BLOCKS, line, _("systemd keeps it running; a job that ends has ended"));
  else
    systemd_job_say (job, REMARK_LOST, line, _("a run is not tried again by the way in which it failed"));
}

void
systemd_job_take_end (SystemdJob *job)
{
  take_type (job);
  take_remaining (job);
  take_timeout (job);
  take_grace (job);
  take_signal (job);
  take_kill_mode (job);
  take_kill_details (job);
  take_success (job);
  take_restart (job);
}
