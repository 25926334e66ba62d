/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "export.h"

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "setting-options.h"

static const ExportTarget targets[] = {
  { "crontab", export_crontab_write },
  { "systemd", export_systemd_write, "/etc/systemd/system", "~/.config/systemd/user",
    N_("Where they belong, systemctl daemon-reload makes them known, and systemctl enable --now NAME.timer starts them; jobctl disable NAME goes before.") },
  { NULL, NULL },
};

/* NULL with JT_ERROR_INVALID_ARGUMENT that names those there are. @word: (nullable) */
const ExportTarget *
export_target_find (const char *word, GError **error)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (const ExportTarget *target = targets; target->word != NULL; target++)
    {
      if (g_strcmp0 (target->word, word) == 0)
        return target;
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", target->word);
    }
  if (word == NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--to is missing: for what the jobs are written; there is: %s"), words->str);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--to: '%s' is nothing that jobs are written for; there is: %s"), word, words->str);
  return NULL;
}

/* @settings is borrowed. */
ExportJob *
export_job_new (const char *name, const char *owner, JtSettings *settings)
{
  ExportJob *job = g_new0 (ExportJob, 1);

  job->name = g_strdup (name);
  job->owner = g_strdup (owner);
  job->settings = jt_settings_ref (settings);
  job->remarks = remarks_new ();
  return job;
}

void
export_job_free (ExportJob *job)
{
  if (job == NULL)
    return;
  g_free (job->name);
  g_free (job->owner);
  jt_settings_unref (job->settings);
  g_ptr_array_unref (job->remarks);
  g_free (job);
}

/* (transfer full) (element-type ExportJob) */
GPtrArray *
export_jobs_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) export_job_free);
}

/* Whom it runs as. Borrowed. */
const char *
export_job_get_user (const ExportJob *job)
{
  const char *user = jt_settings_get_string (job->settings, "user");

  return user != NULL ? user : job->owner;
}

/* Whether the setting is not given, or says what it would say if it were not. */
gboolean
export_job_has_default (const ExportJob *job, const char *key)
{
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (JtSettings) defaults = jt_settings_new (nothing, NULL);
  const char *type = jt_setting_info_find (key)->type;

  if (!jt_settings_has (job->settings, key))
    return TRUE;
  if (g_str_equal (type, "s"))
    return g_strcmp0 (jt_settings_get_string (job->settings, key), jt_settings_get_string (defaults, key)) == 0;
  if (g_str_equal (type, "b"))
    return jt_settings_get_boolean (job->settings, key) == jt_settings_get_boolean (defaults, key);
  if (g_str_equal (type, "t"))
    return jt_settings_get_uint64 (job->settings, key) == jt_settings_get_uint64 (defaults, key);
  if (g_str_equal (type, "u"))
    return jt_settings_get_uint32 (job->settings, key) == jt_settings_get_uint32 (defaults, key);
  if (g_str_equal (type, "i"))
    return jt_settings_get_int32 (job->settings, key) == jt_settings_get_int32 (defaults, key);
  if (g_str_equal (type, "as"))
    {
      g_auto (GStrv) entries = jt_settings_get_strv (job->settings, key);

      return entries[0] == NULL;
    }
  return FALSE;
}

/* A setting that is given, as people write it. (transfer full) */
char *
export_job_get_text (const ExportJob *job, const char *key)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (jt_settings_to_variant (job->settings));
  g_autoptr (GVariant) value = g_variant_lookup_value (values, key, NULL);

  return setting_to_text (key, value);
}

static void
export_file_free (ExportFile *file)
{
  g_free (file->name);
  g_free (file->text);
  g_free (file);
}

/* (transfer full) (element-type ExportFile) */
GPtrArray *
export_files_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) export_file_free);
}

void
export_files_add (GPtrArray *files, const char *name, const char *text)
{
  ExportFile *file = g_new0 (ExportFile, 1);

  file->name = g_strdup (name);
  file->text = g_strdup (text);
  g_ptr_array_add (files, file);
}
