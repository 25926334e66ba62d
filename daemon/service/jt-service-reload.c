/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "jt-job-files.h"
#include "jt-log.h"
#include "jt-service-private.h"

/* Reload: configuration and job files, read on a pool thread, then taken over by whoever uses them. */

typedef struct
{
  char       *config_path; /* (nullable) */
  gboolean    is_system;
  guint32     owner;
  char       *owner_name;
  char       *state_directory; /* (nullable) overrides, these three */
  char       *job_directory;
  char       *supervisor;
  char       *present_directory; /* the job directory in force, read when the new configuration is bad */
  /* Found */
  JtConfig   *config; /* (nullable): it has a problem, the old one stays */
  JtJobFiles *files;
} Reading;

static void
reading_free (Reading *reading)
{
  g_free (reading->config_path);
  g_free (reading->owner_name);
  g_free (reading->state_directory);
  g_free (reading->job_directory);
  g_free (reading->supervisor);
  g_free (reading->present_directory);
  g_clear_pointer (&reading->config, jt_config_unref);
  g_clear_pointer (&reading->files, jt_job_files_free);
  g_free (reading);
}

/* "path:LINE: message", as the reader of the configuration says it, in its parts. */
static void
add_config_problem (JtJobFiles *files, const char *path, const char *text)
{
  const char *rest = g_str_has_prefix (text, path) ? text + strlen (path) : text;
  guint64 line = 0;
  char *end = NULL;

  if (rest != text && *rest == ':' && g_ascii_isdigit (rest[1]))
    {
      line = g_ascii_strtoull (rest + 1, &end, 10);
      rest = end;
    }
  if (rest != text && g_str_has_prefix (rest, ": "))
    rest += 2;
  jt_job_files_add_problem (files, path, (guint) line, rest);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) loaded = jt_config_load (reading->config_path, reading->is_system, &error);
  g_autofree char *directory = NULL;

  if (loaded != NULL)
    reading->config
      = jt_config_override (loaded, reading->state_directory, reading->job_directory, reading->supervisor);
  directory = g_strdup (reading->config != NULL ? reading->config->job_directory : reading->present_directory);
  reading->files = jt_job_files_read (directory, reading->owner, reading->owner_name);
  if (error != NULL)
    add_config_problem (reading->files, reading->config_path, error->message);
  g_task_return_boolean (task, TRUE);
}

static void
take_config (JtService *self, JtConfig *config)
{
  jt_config_unref (self->config);
  self->config = jt_config_ref (config);
  jt_buckets_configure (self->buckets, config->max_calls_per_second, config->max_call_burst);
  if (self->subscribers != NULL)
    jt_subscribers_set_max_per_user (self->subscribers, config->max_subscribers_per_user);
  jt_tracker_set_config (self->tracker, config);
  jt_service_emit_configured (self);
}

/* "path: message", as the tracker says it. */
static void
add_tracker_problem (JtJobFiles *files, const char *text)
{
  const char *colon = strstr (text, ": ");
  g_autofree char *path = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : g_strdup ("");

  jt_job_files_add_problem (files, path, 0, colon != NULL ? colon + 2 : text);
}

static void
finish (GTask *task)
{
  JtService *self = g_task_get_source_object (task);
  const Reading *reading = g_task_get_task_data (task);
  GPtrArray *problems = reading->files->problems;

  self->is_reloading = FALSE;
  for (guint i = 0; i < problems->len; i++)
    {
      const JtFileProblem *problem = g_ptr_array_index (problems, i);

      jt_log_event (G_LOG_LEVEL_WARNING, JT_MESSAGE_BAD_FILE, "%s: %s", problem->file, problem->message);
    }
  jt_log_event (G_LOG_LEVEL_INFO, JT_MESSAGE_RELOADED, "configuration and %u job files read, %u problems",
                reading->files->drafts->len, problems->len);
  g_task_return_pointer (task, g_variant_ref_sink (jt_job_files_problems_to_variant (reading->files)),
                         (GDestroyNotify) g_variant_unref);
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JtService *self = g_task_get_source_object (task);
  const Reading *reading = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = jt_tracker_sync_files_finish (JT_TRACKER (source), result, &error);

  if (problems == NULL)
    {
      self->is_reloading = FALSE;
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  for (guint i = 0; i < problems->len; i++)
    add_tracker_problem (reading->files, g_ptr_array_index (problems, i));
  finish (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JtService *self = JT_SERVICE (source);
  const Reading *reading = g_task_get_task_data (G_TASK (result));

  if (reading->config != NULL)
    take_config (self, reading->config);
  if (reading->files->is_unreadable)
    {
      finish (task);
      return;
    }
  jt_tracker_sync_files_async (self->tracker, reading->files->drafts,
                               (const char *const *) reading->files->keep_paths->pdata, g_task_get_cancellable (task),
                               on_synced, g_object_ref (task));
}

static Reading *
reading_new (JtService *self, const JtAccount *account)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->config_path = g_strdup (self->config->path);
  reading->is_system = self->is_system;
  reading->owner = self->is_system ? 0 : self->bus_owner;
  reading->owner_name = account != NULL ? g_strdup (account->name) : g_strdup_printf ("%u", reading->owner);
  reading->state_directory = g_strdup (self->state_directory);
  reading->job_directory = g_strdup (self->job_directory);
  reading->supervisor = g_strdup (self->supervisor);
  reading->present_directory = g_strdup (self->config->job_directory);
  return reading;
}

static void
on_owner_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  JtService *self = g_task_get_source_object (task);
  g_autoptr (JtAccount) account = jt_accounts_lookup_finish (JT_ACCOUNTS (source), result, NULL);
  g_autoptr (GTask) reader = g_task_new (self, NULL, on_read, task);
  Reading *reading = reading_new (self, account);

  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_set_task_data (reader, reading, NULL);
  g_task_run_in_thread (reader, read_in_thread);
}

void
jt_service_reload_async (JtService *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);

  g_task_set_source_tag (task, jt_service_reload_async);
  if (self->is_reloading)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "a reload is under way; try again");
      return;
    }
  self->is_reloading = TRUE;
  jt_accounts_lookup_async (self->accounts, NULL, self->is_system ? 0 : self->bus_owner, NULL, on_owner_found,
                            g_steal_pointer (&task));
}

GVariant *
jt_service_reload_finish (JtService *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
