/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "export.h"
#include "jt-error.h"
#include "jt-names.h"
#include "verbs.h"

/* --- the jobs --- */

static gboolean
add_job (Context *context, const char *path, GPtrArray *jobs, GError **error)
{
  g_autoptr (GVariant) properties = jt_client_get_all (context->client, path, JT_JOB_INTERFACE, error);
  g_autoptr (GVariant) values = properties == NULL ? NULL : g_variant_lookup_value (properties, "Settings", G_VARIANT_TYPE_VARDICT);
  g_autoptr (JtSettings) settings = values == NULL ? NULL : jt_settings_new (values, error);

  if (settings == NULL)
    {
      if (values != NULL)
        g_prefix_error (error, _("could not read the job '%s': "), row_string (properties, "Name"));
      return FALSE;
    }
  g_ptr_array_add (jobs, export_job_new (row_string (properties, "Name"), row_string (properties, "OwnerName"), settings));
  return TRUE;
}

/* All of the caller's own; those of others, which root sees too, are exported by name. */
static gboolean
add_own_jobs (Context *context, GPtrArray *jobs, GError **error)
{
  g_autoptr (GPtrArray) rows = context_list_all (context, "ListJobs", NULL, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      GVariant *row = g_ptr_array_index (rows, i);

      if (row_uint32 (row, "owner") == getuid () && !add_job (context, row_string (row, "path"), jobs, error))
        return FALSE;
    }
  return rows != NULL;
}

static gboolean
find_jobs (Context *context, GPtrArray *jobs, GError **error)
{
  if (context->n_arguments == 0)
    return add_own_jobs (context, jobs, error);
  for (guint i = 0; i < context->n_arguments; i++)
    {
      g_autofree char *path = context_find_job (context, context->arguments[i], error);

      if (path == NULL || !add_job (context, path, jobs, error))
        return FALSE;
    }
  return TRUE;
}

/* --- what is said about them --- */

/* To stderr: stdout has the text. */
static void
say_remarks (Context *context, GPtrArray *jobs, RemarkKind least)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const ExportJob *job = g_ptr_array_index (jobs, i);
      gboolean is_named = FALSE;

      for (guint r = 0; r < job->remarks->len; r++)
        {
          const Remark *remark = g_ptr_array_index (job->remarks, r);
          g_autofree char *text = remark_format (remark, &context->terminal);

          if (remark->kind < least)
            continue;
          if (!is_named)
            fprintf (stderr, "%s:\n", job->name);
          is_named = TRUE;
          fprintf (stderr, "%s\n", text);
        }
    }
}

static guint
count_lossy (GPtrArray *jobs)
{
  guint count = 0;

  for (guint i = 0; i < jobs->len; i++)
    count += remarks_count (((const ExportJob *) g_ptr_array_index (jobs, i))->remarks, REMARK_LOST) > 0;
  return count;
}

static gboolean
check_nothing_is_lost (Context *context, GPtrArray *jobs, const ExportTarget *target, GError **error)
{
  guint count = count_lossy (jobs);

  if (count == 0)
    return TRUE;
  say_remarks (context, jobs, REMARK_LOST);
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
               g_dngettext (GETTEXT_PACKAGE,
                            "%u of %u jobs would not mean the same in %s, so nothing was written; --lossy writes what can be said, and the rest as comments",
                            "%u of %u jobs would not mean the same in %s, so nothing was written; --lossy writes what can be said, and the rest as comments",
                            count),
               count, jobs->len, target->word);
  return FALSE;
}

/* --- where the files go --- */

static gboolean
write_file (int folder, const char *folder_name, const ExportFile *file, GError **error)
{
  int fd = openat (folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  gsize length = strlen (file->text);
  gsize done = 0;
  gssize n = 0;

  while (fd >= 0 && done < length && (n = write (fd, file->text + done, length - done)) > 0)
    done += (gsize) n;
  if (fd >= 0 && close (fd) == 0 && done == length)
    return TRUE;
  g_set_error (error, JT_ERROR, errno == EEXIST ? JT_ERROR_EXISTS : JT_ERROR_INVALID_ARGUMENT, _("could not write %s/%s: %s"), folder_name,
               file->name, g_strerror (errno));
  return FALSE;
}

/* All or nothing: those that were written go again when a later one cannot be. */
static gboolean
write_folder (const char *name, GPtrArray *files, GError **error)
{
  int folder = -1;
  guint n_written = 0;
  gboolean is_good = g_mkdir_with_parents (name, 0755) == 0 && (folder = open (name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0;

  if (!is_good)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("could not open the folder %s: %s"), name, g_strerror (errno));
  while (is_good && n_written < files->len)
    {
      is_good = write_file (folder, name, g_ptr_array_index (files, n_written), error);
      n_written += is_good;
    }
  while (!is_good && n_written > 0)
    unlinkat (folder, ((const ExportFile *) g_ptr_array_index (files, --n_written))->name, 0);
  if (folder >= 0)
    close (folder);
  return is_good;
}

static void
print_json (GPtrArray *jobs, GPtrArray *files, const ExportTarget *target)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *job_array = json_array_new ();
  JsonArray *file_array = json_array_new ();

  for (guint i = 0; i < jobs->len; i++)
    {
      const ExportJob *job = g_ptr_array_index (jobs, i);
      JsonObject *row = json_object_new ();

      json_object_set_string_member (row, "name", job->name);
      json_object_set_string_member (row, "owner", job->owner);
      json_object_set_array_member (row, "remarks", remarks_to_json (job->remarks));
      json_array_add_object_element (job_array, row);
    }
  for (guint i = 0; i < files->len; i++)
    {
      const ExportFile *file = g_ptr_array_index (files, i);
      JsonObject *row = json_object_new ();

      json_object_set_string_member (row, "name", file->name);
      json_object_set_string_member (row, "text", file->text);
      json_array_add_object_element (file_array, row);
    }
  json_object_set_string_member (object, "to", target->word);
  json_object_set_array_member (object, "jobs", job_array);
  json_object_set_array_member (object, "files", file_array);
  json_print (json_node_init_object (json_node_alloc (), object));
}

/* One file is its text; of several each says its name first, as systemctl cat does. */
static void
print_text (GPtrArray *files, const char *folder)
{
  for (guint i = 0; i < files->len; i++)
    {
      const ExportFile *file = g_ptr_array_index (files, i);

      if (files->len > 1)
        printf ("%s# %s%s%s\n", i > 0 ? "\n" : "", folder != NULL ? folder : "", folder != NULL ? "/" : "", file->name);
      fputs (file->text, stdout);
    }
}

int
verb_export (Context *context, GError **error)
{
  const ExportTarget *target = export_target_find (options_get (context->options, "to"), error);
  const char *folder = options_get (context->options, "output-folder");
  g_autoptr (GPtrArray) jobs = export_jobs_new ();
  g_autoptr (GPtrArray) files = export_files_new ();
  ExportOptions options = { .user = g_get_user_name (), .now_usec = g_get_real_time () };

  if (target == NULL || !crontab_dialect_parse (options_get (context->options, "cron"), &options.cron, error))
    return JT_EXIT_USAGE;
  if (!context_connect (context, error) || !find_jobs (context, jobs, error))
    return JT_EXIT_USAGE;
  options.is_session = g_str_equal (jt_client_get_bus_description (context->client), "session");
  options.is_lossy = options_has (context->options, "lossy");
  options.is_split = folder != NULL;
  options.with_user = options_has (context->options, "with-user") || options.is_split;
  target->write (jobs, &options, files);
  if (!options.is_lossy && !check_nothing_is_lost (context, jobs, target, error))
    return JT_EXIT_FAILED;
  if (folder != NULL && !write_folder (folder, files, error))
    return JT_EXIT_FAILED;
  if (!context->is_quiet)
    say_remarks (context, jobs, REMARK_DIFFERS);
  if (context->is_json)
    print_json (jobs, files, target);
  else if (folder == NULL)
    print_text (files, options.is_session ? target->user_folder : target->folder);
  for (guint i = 0; folder != NULL && i < files->len; i++)
    context_say (context, _("wrote %s/%s"), folder, ((const ExportFile *) g_ptr_array_index (files, i))->name);
  if (folder != NULL && !context->is_json && files->len > 0 && target->advice != NULL)
    context_say (context, "%s", _(target->advice));
  return JT_EXIT_DONE;
}
