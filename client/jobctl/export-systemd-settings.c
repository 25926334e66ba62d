/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "export-systemd.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* What a job has besides when and what it runs, as a service: bounds, its end, conditions. */

/* --- bounds --- */

static void
put_limits (SystemdDraft *draft)
{
  g_auto (GStrv) limits = jt_settings_get_strv (draft->job->settings, "limits");
  gint32 nice = jt_settings_get_int32 (draft->job->settings, "nice");

  if (nice != 0)
    g_string_append_printf (draft->service, "Nice=%d\n", nice);
  for (guint i = 0; limits[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (limits[i], "=", 2);
      g_autofree char *name = g_ascii_strup (parts[0], -1);

      g_string_append_printf (draft->service, "Limit%s=%s\n", name, parts[1]);
    }
}

/* --- the end --- */

static void
put_times (SystemdDraft *draft, gboolean waits)
{
  JtSettings *settings = draft->job->settings;
  guint64 timeout_usec = jt_settings_get_uint64 (settings, "timeout");
  guint64 grace_usec = jt_settings_get_uint64 (settings, "kill-grace");

  if (timeout_usec > 0)
    systemd_draft_put_span (draft->service, waits ? "RuntimeMaxSec" : "TimeoutStartSec", timeout_usec);
  /* 0 would be for ever. */
  systemd_draft_put_span (draft->service, "TimeoutStopSec", MAX (grace_usec, 1));
}

static void
put_leftover (SystemdDraft *draft)
{
  const char *rule = jt_settings_get_string (draft->job->settings, "leftover");

  if (g_str_equal (rule, "wait"))
    {
      systemd_draft_put (draft->service, "ExitType", "cgroup");
      systemd_draft_differ (draft, "leftover", _("a command that SIGHUP, SIGINT, SIGTERM or SIGPIPE ended counts as a success"));
    }
  else if (g_str_equal (rule, "leave"))
    {
      systemd_draft_put (draft->service, "KillMode", "process");
      systemd_draft_differ (draft, "leftover", _("at a time limit and when it is stopped only the command is ended"));
    }
}

static void
put_codes (SystemdDraft *draft)
{
  g_autoptr (GArray) codes = jt_settings_get_ints (draft->job->settings, "success-exit-codes");
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean has_zero = FALSE;

  for (guint i = 0; i < codes->len; i++)
    {
      int code = g_array_index (codes, gint, i);

      has_zero = has_zero || code == 0;
      if (code != 0)
        g_string_append_printf (text, "%s%d", text->len > 0 ? " " : "", code);
    }
  if (!has_zero)
    systemd_draft_lose (draft, "success-exit-codes", _("0 is always a success with systemd"));
  if (text->len > 0)
    systemd_draft_put (draft->service, "SuccessExitStatus", text->str);
}

static void
put_end (SystemdDraft *draft)
{
  const char *signal = jt_settings_get_string (draft->job->settings, "kill-signal");
  gboolean waits = g_str_equal (jt_settings_get_string (draft->job->settings, "leftover"), "wait");

  put_times (draft, waits);
  if (!g_str_equal (signal, "SIGTERM"))
    systemd_draft_put (draft->service, "KillSignal", signal);
  put_leftover (draft);
  put_codes (draft);
}

/* --- conditions --- */

static gboolean
put_condition (SystemdDraft *draft, const char *condition)
{
  gboolean is_negated = *condition == '!';
  const char *word = condition + is_negated;
  g_autofree char *path = NULL;

  if (g_str_equal (word, "ac-power"))
    {
      systemd_draft_put (draft->unit, "ConditionACPower", is_negated ? "false" : "true");
      return TRUE;
    }
  if (!g_str_has_prefix (word, "path:"))
    return FALSE;
  path = g_strconcat (is_negated ? "!" : "", word + strlen ("path:"), NULL);
  systemd_draft_put_text (draft, draft->unit, "ConditionPathExists", "condition", path);
  return TRUE;
}

static void
put_conditions (SystemdDraft *draft)
{
  g_auto (GStrv) conditions = NULL;

  if (!jt_settings_has (draft->job->settings, "condition"))
    return;
  conditions = jt_settings_get_strv (draft->job->settings, "condition");
  for (guint i = 0; conditions[i] != NULL; i++)
    if (!put_condition (draft, conditions[i]))
      {
        g_autofree char *what = g_strdup_printf ("condition=%s", conditions[i]);

        systemd_draft_lose (draft, what, _("systemd does not look at it before it starts a service"));
      }
}

/* --- what is left --- */

/* Said by other parts, or by nothing because it says nothing to systemd. */
static const char *const said[] = {
  "description", "command",  "shell",         "user",        "group",      "working-directory", "environment",  "environment-file",
  "stdin",       "schedule", "timezone",      "enabled",     "catch-up",   "jitter",            "jitter-fixed", "overlap",
  "wake",        "nice",     "limits",        "timeout",     "kill-signal", "kill-grace",       "leftover",     "success-exit-codes",
  "condition",   NULL,
};

/* Of no use to a run that is made once. */
static const char *const of_retries[] = { "retry-delay", "retry-backoff", "retry-max-delay", "retry-jitter", "retry-on", "no-retry-on", NULL };

static const char *const of_record[] = { "tags", "log-max-size", "log-keep", "keep-runs", "keep-for", "keep-failed-runs", NULL };

static void
check_setting (SystemdDraft *draft, const char *key)
{
  if (g_strv_contains (of_retries, key))
    return;
  if (g_strv_contains (of_record, key))
    systemd_draft_differ (draft, key, _("systemd keeps no record of runs; their output is in the journal"));
  else if (g_str_equal (key, "retries"))
    systemd_draft_lose (draft, key, _("systemd restarts without counting, or counts the starts by schedule as well"));
  else if (g_str_equal (key, "start-deadline"))
    systemd_draft_lose (draft, key, _("a timer is never too late"));
  else
    systemd_draft_lose (draft, key, _("systemd's timers and services have nothing like it"));
}

void
systemd_draft_take_settings (SystemdDraft *draft)
{
  put_limits (draft);
  put_end (draft);
  put_conditions (draft);
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    if (!g_strv_contains (said, info->key) && !export_job_has_default (draft->job, info->key))
      check_setting (draft, info->key);
}
