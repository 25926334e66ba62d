/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "export-crontab.h"

/* Which settings a crontab can say, and what becomes of those that it cannot. */

/* What is in the line, in the lines above it, or in a comment. */
static const char *const said[] = { "command", "shell",       "user", "working-directory", "environment", "stdin", "schedule",
                                    "timezone", "description", "tags", "notify",            "jitter",      "jitter-fixed", NULL };

/* Of no use to a job that cron runs: it takes no notice of how a run ends, and ends none. */
static const char *const idle[] = { "success-exit-codes", "kill-signal", "kill-grace", "rerun-lost", "retry-delay", "retry-backoff",
                                    "retry-max-delay", "retry-jitter", "retry-on", "no-retry-on", NULL };

/* How much of the record is kept that cron does not make. */
static const char *const of_record[] = { "log-max-size", "log-keep", "keep-runs", "keep-for", "keep-failed-runs", NULL };

static const struct
{
  const char *key;
  const char *value; /* what cron does */
  const char *why;
} habits[] = {
  { "catch-up", "none", N_("cron makes up for nothing; catch-up=none says so") },
  { "leftover", "leave", N_("cron leaves alone what outlives the command; leftover=leave says so") },
  { "overlap", "allow", N_("cron starts a second one beside the first; overlap=allow says so") },
};

/* One has a value that means something else to cron than its default does, which holds where none is given. */
static void
check_habits (ExportJob *job)
{
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    {
      const char *value = jt_settings_get_string (job->settings, habits[i].key);
      g_autofree char *what = g_strdup_printf ("%s=%s", habits[i].key, value);

      if (g_strcmp0 (value, habits[i].value) != 0)
        remarks_add (job->remarks, REMARK_LOST, what, "%s", _(habits[i].why));
    }
}

static gboolean
is_habit (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (g_str_equal (habits[i].key, key))
      return TRUE;
  return FALSE;
}

/* @info: of a setting that the job has, with another value than its default */
static void
check_setting (ExportJob *job, const JtSettingInfo *info)
{
  g_autofree char *text = export_job_get_text (job, info->key);
  g_autofree char *what = g_strdup_printf ("%s=%s", info->key, text);

  if (g_str_equal (info->key, "enabled"))
    remarks_add (job->remarks, REMARK_DIFFERS, what, "%s", _("the line is written as a comment"));
  else if (g_strv_contains (idle, info->key))
    remarks_add (job->remarks, REMARK_DIFFERS, what, "%s", _("cron takes no notice of how a run ends, and ends none"));
  else if (g_strv_contains (of_record, info->key))
    remarks_add (job->remarks, REMARK_DIFFERS, what, "%s", _("cron keeps no record"));
  else
    remarks_add (job->remarks, REMARK_LOST, what, "%s", _("cron has nothing like it"));
}

static void
check_user (ExportJob *job, const ExportOptions *options)
{
  const char *user = export_job_get_user (job);
  g_autofree char *what = g_strdup_printf ("user=%s", user);

  if (!options->with_user && !g_str_equal (user, options->user))
    remarks_add (job->remarks, REMARK_LOST, what, "%s", _("a user's own crontab has no column for it; --with-user writes one for /etc/cron.d"));
}

/* cronie delays all by one share of RANDOM_DELAY, in minutes, as long as it runs. */
static void
check_jitter (ExportJob *job, const ExportOptions *options)
{
  guint64 usec = jt_settings_get_uint64 (job->settings, "jitter");
  g_autofree char *text = usec > 0 ? export_job_get_text (job, "jitter") : NULL;
  g_autofree char *what = g_strdup_printf ("jitter=%s", text);

  if (usec == 0)
    return;
  if (!jt_settings_get_boolean (job->settings, "jitter-fixed"))
    remarks_add (job->remarks, REMARK_LOST, what, "%s", _("cron delays by the same every time, if at all; jitter-fixed=yes says so"));
  else if (usec % (60 * G_USEC_PER_SEC) != 0)
    remarks_add (job->remarks, REMARK_LOST, what, "%s", _("cron counts in whole minutes"));
  else if (options->cron == CRON_DEBIAN)
    remarks_add (job->remarks, REMARK_LOST, what, "%s", _("Debian's cron starts everything at the exact time"));
  else if (options->cron == CRON_UNKNOWN)
    remarks_add (job->remarks, REMARK_DIFFERS, what, "%s", _("RANDOM_DELAY of cronie; Debian's cron takes no notice of it"));
}

/* Adds to the job's remarks what the table of settings has to say about it. */
void
crontab_check_settings (ExportJob *job, const ExportOptions *options)
{
  check_user (job, options);
  check_habits (job);
  check_jitter (job, options);
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    if (!g_strv_contains (said, info->key) && !is_habit (info->key) && !export_job_has_default (job, info->key))
      check_setting (job, info);
}
