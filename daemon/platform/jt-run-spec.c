/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-spec.h"

#include <string.h>

#include "jt-file-limit.h"

static void
put (GByteArray *spec, const char *key, const char *value)
{
  g_byte_array_append (spec, (const guint8 *) key, (guint) strlen (key));
  g_byte_array_append (spec, (const guint8 *) "=", 1);
  g_byte_array_append (spec, (const guint8 *) value, (guint) strlen (value) + 1);
}

static void
put_number (GByteArray *spec, const char *key, gint64 value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  put (spec, key, text);
}

static void
put_text_setting (GByteArray *spec, JtSettings *settings, const char *key, const char *as)
{
  const char *value = jt_settings_get_string (settings, key);

  if (value != NULL)
    put (spec, as, value);
}

static void
put_list_setting (GByteArray *spec, JtSettings *settings, const char *key, const char *as)
{
  g_auto (GStrv) values = jt_settings_get_strv (settings, key);

  for (guint i = 0; values[i] != NULL; i++)
    put (spec, as, values[i]);
}

static void
put_command (GByteArray *spec, JtSettings *settings)
{
  const char *shell = jt_settings_get_string (settings, "shell");

  if (shell == NULL)
    {
      put_list_setting (spec, settings, "command", "argv");
      return;
    }
  put (spec, "argv", "/bin/sh");
  put (spec, "argv", "-c");
  put (spec, "argv", shell);
}

/* The job's own variables come last: what the service promises about a run cannot be overridden. */
static void
put_environment (GByteArray *spec, const JtRun *run, JtSettings *settings)
{
  g_autofree char *job = g_strdup_printf ("JOBTRACKER_JOB=%s", run->job_name);
  g_autofree char *id = g_strdup_printf ("JOBTRACKER_RUN=%" G_GUINT64_FORMAT, run->id);
  g_autofree char *attempt = g_strdup_printf ("JOBTRACKER_ATTEMPT=%u", run->attempt);

  put_list_setting (spec, settings, "environment", "env");
  put (spec, "env", job);
  put (spec, "env", id);
  put (spec, "env", attempt);
  if (run->scheduled_usec != 0)
    {
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (run->scheduled_usec / G_USEC_PER_SEC);
      g_autofree char *text = at == NULL ? NULL : g_date_time_format (at, "JOBTRACKER_SCHEDULED_FOR=%Y-%m-%dT%H:%M:%SZ");

      if (text != NULL)
        put (spec, "env", text);
    }
}

/* The owner by name and number both: an account that was given another name, or a number that was given to another
 * account since, is not the owner. */
static void
put_user (GByteArray *spec, const JtRun *run, JtSettings *settings)
{
  if (jt_settings_has (settings, "user"))
    {
      put_text_setting (spec, settings, "user", "user");
      return;
    }
  if (run->owner_name != NULL && *run->owner_name != '\0')
    put (spec, "user", run->owner_name);
  else
    put_number (spec, "user", run->owner);
  put_number (spec, "expected-uid", run->owner);
}

/* What the daemon changed for itself first: the job's own come after it. */
static void
put_limits (GByteArray *spec, JtSettings *settings)
{
  const char *files = jt_file_limit_get_original ();
  g_autofree char *limit = files != NULL ? g_strconcat ("nofile=", files, NULL) : NULL;

  if (limit != NULL)
    put (spec, "limit", limit);
  put_list_setting (spec, settings, "limits", "limit");
}

GByteArray *
jt_run_spec_build (const JtRun *run, JtSettings *settings)
{
  GByteArray *spec = g_byte_array_new ();
  g_autoptr (GArray) codes = jt_settings_get_ints (settings, "success-exit-codes");

  put_command (spec, settings);
  put_environment (spec, run, settings);
  put_user (spec, run, settings);
  put_number (spec, "owner", run->owner);
  put_text_setting (spec, settings, "group", "group");
  put_text_setting (spec, settings, "working-directory", "directory");
  put_text_setting (spec, settings, "environment-file", "environment-file");
  put_text_setting (spec, settings, "stdin", "stdin");
  put_text_setting (spec, settings, "kill-signal", "kill-signal");
  put_text_setting (spec, settings, "leftover", "leftover");
  put_text_setting (spec, settings, "log-keep", "log-keep");
  put_limits (spec, settings);
  put_number (spec, "timeout", (gint64) jt_settings_get_uint64 (settings, "timeout"));
  put_number (spec, "kill-grace", (gint64) jt_settings_get_uint64 (settings, "kill-grace"));
  put_number (spec, "nice", jt_settings_get_int32 (settings, "nice"));
  put_number (spec, "log-max-size", (gint64) jt_settings_get_uint64 (settings, "log-max-size"));
  for (guint i = 0; i < codes->len; i++)
    put_number (spec, "success", g_array_index (codes, gint, i));
  return spec;
}
