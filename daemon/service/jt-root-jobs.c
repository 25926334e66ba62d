/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-filter-reader.h"
#include "jt-run-as.h"
#include "jt-schedule.h"
#include "jt-service-private.h"

/* AddJob, AddJobs, FindJob and PreviewSchedule. */

#define MAX_JOBS_AT_ONCE 10000
#define MAX_PREVIEW 1000

/* Jobs on their way from the arguments to the tracker. */
typedef struct
{
  GPtrArray *drafts;     /* (element-type JtJobDraft) (owned) */
  GPtrArray *settings;   /* (element-type JtSettings) (owned) of the drafts */
  char      *request_id; /* (nullable) */
  char      *digest;     /* (nullable) */
  gboolean   is_list;    /* AddJobs answers `ao`, AddJob `o` */
} Addition;

static void
addition_free (Addition *addition)
{
  g_ptr_array_unref (addition->drafts);
  g_ptr_array_unref (addition->settings);
  g_free (addition->request_id);
  g_free (addition->digest);
  g_free (addition);
}

static Addition *
addition_new (JtCall *call, const char *request_id, gboolean is_list)
{
  Addition *addition = g_new0 (Addition, 1);

  addition->drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  addition->settings = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_settings_unref);
  addition->request_id = g_strdup (request_id);
  addition->digest = request_id != NULL ? jt_call_digest (call) : NULL;
  addition->is_list = is_list;
  jt_call_set_data (call, addition, (GDestroyNotify) addition_free);
  return addition;
}

static gboolean
add_draft (JtCall *call, const char *name, GVariant *settings_dict, GError **error)
{
  Addition *addition = call->data;
  g_autoptr (JtSettings) settings = NULL;

  if (!jt_job_name_check (name, error))
    return FALSE;
  settings = jt_settings_new (settings_dict, error);
  if (settings == NULL)
    return FALSE;
  g_ptr_array_add (addition->drafts, jt_job_draft_new (call->peer->uid, call->peer->name, name, settings));
  g_ptr_array_add (addition->settings, g_steal_pointer (&settings));
  return TRUE;
}

static GVariant *
path_list (GArray *ids)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ao"));
  for (guint i = 0; i < ids->len; i++)
    {
      g_autofree char *path = jt_job_path (g_array_index (ids, guint64, i));

      g_variant_builder_add (&builder, "o", path);
    }
  return g_variant_builder_end (&builder);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Addition *addition = call->data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = jt_tracker_add_jobs_finish (JT_TRACKER (source), result, &error);
  g_autofree char *path = NULL;

  if (ids == NULL)
    {
      jt_call_take_error (call, g_steal_pointer (&error));
      return;
    }
  if (addition->is_list)
    {
      jt_call_return (call, g_variant_new ("(@ao)", path_list (ids)));
      return;
    }
  path = jt_job_path (g_array_index (ids, guint64, 0));
  jt_call_return (call, g_variant_new ("(o)", path));
}

static void
on_run_as_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Addition *addition = call->data;
  g_autoptr (GError) error = NULL;

  if (!jt_run_as_check_finish (JT_ACCOUNTS (source), result, &error))
    {
      jt_call_take_error (call, g_steal_pointer (&error));
      return;
    }
  jt_tracker_add_jobs_async (call->service->tracker, call->peer->uid, addition->drafts, addition->request_id,
                             addition->digest, NULL, on_added, call);
}

static void
add_all (JtCall *call)
{
  const Addition *addition = call->data;

  jt_run_as_check_async (call->service->accounts, call->peer, addition->settings, on_run_as_checked, call);
}

/* AddJob has no options of its own, so its request-id stands among the settings and is taken out of them.
 * FALSE: refused, the call is gone. */
static gboolean
split_request_id (JtCall *call, GVariant **settings, GVariant **options)
{
  static const JtVardictKey keys[] = { { "request-id", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) given = g_variant_lookup_value (*settings, "request-id", NULL);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (given != NULL)
    g_variant_dict_insert_value (&dict, "request-id", given);
  *options = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (given == NULL)
    return TRUE;
  g_variant_dict_init (&dict, *settings);
  g_variant_dict_remove (&dict, "request-id");
  g_variant_unref (*settings);
  *settings = g_variant_ref_sink (g_variant_dict_end (&dict));
  return jt_call_check_options (call, *options, keys);
}

void
jt_root_handle_add_job (JtCall *call)
{
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *name, *request_id;
  GError *error = NULL;

  g_variant_get (jt_call_get_parameters (call), "(&s@a{sv})", &name, &settings);
  if (!split_request_id (call, &settings, &options) || !jt_call_read_request_id (call, options, &request_id))
    return;
  addition_new (call, request_id, FALSE);
  if (add_draft (call, name, settings, &error))
    add_all (call);
  else
    jt_call_take_error (call, error);
}

/* FALSE: refused, the call is gone. */
static gboolean
read_jobs (JtCall *call, GVariant *jobs)
{
  GVariantIter iter;
  const char *name;
  GVariant *next;
  guint number = 0;
  GError *error = NULL;

  g_variant_iter_init (&iter, jobs);
  while (error == NULL && g_variant_iter_next (&iter, "(&s@a{sv})", &name, &next))
    {
      g_autoptr (GVariant) settings = next;

      number++;
      if (!add_draft (call, name, settings, &error))
        g_prefix_error (&error, "job number %u, '%.128s': ", number, name);
    }
  if (error == NULL)
    return TRUE;
  jt_call_take_error (call, error);
  return FALSE;
}

void
jt_root_handle_add_jobs (JtCall *call)
{
  static const JtVardictKey keys[] = { { "request-id", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) jobs = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *request_id;

  g_variant_get (jt_call_get_parameters (call), "(@a(sa{sv})@a{sv})", &jobs, &options);
  if (!jt_call_check_options (call, options, keys) || !jt_call_read_request_id (call, options, &request_id))
    return;
  if (g_variant_n_children (jobs) > MAX_JOBS_AT_ONCE)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "%zu jobs, limit %d in one call", g_variant_n_children (jobs),
                            MAX_JOBS_AT_ONCE);
      return;
    }
  if (g_variant_n_children (jobs) == 0)
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "no jobs are given");
      return;
    }
  addition_new (call, request_id, TRUE);
  if (read_jobs (call, jobs))
    add_all (call);
}

void
jt_root_handle_find_job (JtCall *call)
{
  const JtJobEntry *entry;
  g_autofree char *path = NULL;
  const char *name, *slash;
  GError *error = NULL;

  g_variant_get (jt_call_get_parameters (call), "(&s)", &name);
  slash = strchr (name, '/');
  if (!jt_job_name_check (slash != NULL ? slash + 1 : name, &error))
    {
      jt_call_take_error (call, error);
      return;
    }
  entry = jt_filter_find_job (call->service->tracker, call->peer->uid, call->peer->name, name);
  if (entry == NULL)
    {
      jt_call_return_error (call, JT_ERROR_NOT_FOUND, "no such job: '%.260s'", name);
      return;
    }
  path = jt_job_path (entry->job->id);
  jt_call_return (call, g_variant_new ("(o)", path));
}

/* PreviewSchedule, on a pool thread: a zone may have to be read from the disk. */

typedef struct
{
  char  *schedule;
  char  *timezone;
  gint64 from_usec;
  guint  count;
} Preview;

static void
preview_free (Preview *preview)
{
  g_free (preview->schedule);
  g_free (preview->timezone);
  g_free (preview);
}

static GVariant *
list_elapses (JtSchedule *schedule, gint64 from_usec, guint count)
{
  GVariantBuilder builder;
  gint64 at_usec = from_usec;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("at"));
  for (guint i = 0; i < count; i++)
    {
      at_usec = jt_schedule_next (schedule, at_usec);
      if (at_usec == JT_INSTANT_NEVER)
        break;
      g_variant_builder_add (&builder, "t", (guint64) at_usec);
    }
  return g_variant_builder_end (&builder);
}

/* The sentence; then, a line each, why it never elapses and what is doubtful. (transfer full) */
static char *
describe (JtSchedule *schedule, gint64 from_usec)
{
  g_autofree char *sentence = jt_schedule_describe (schedule);
  g_autofree char *note = jt_schedule_get_note (schedule, from_usec);
  g_auto (GStrv) warnings = jt_schedule_get_warnings (schedule, from_usec);
  GString *text = g_string_new (sentence);

  if (note != NULL)
    g_string_append_printf (text, "\n%s", note);
  for (guint i = 0; warnings[i] != NULL; i++)
    g_string_append_printf (text, "\n%s", warnings[i]);
  return g_string_free (text, FALSE);
}

static void
preview_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Preview *preview = task_data;
  GError *error = NULL;
  g_autoptr (JtZone) zone = jt_zone_get (preview->timezone, &error);
  g_autoptr (JtSchedule) schedule = NULL;
  g_autofree char *description = NULL;

  if (zone != NULL)
    schedule = jt_schedule_parse (preview->schedule, zone, preview->from_usec, NULL, &error);
  if (schedule == NULL)
    {
      g_prefix_error (&error, zone == NULL ? "timezone '%.64s': " : "schedule '%.64s': ", zone == NULL ? preview->timezone : preview->schedule);
      g_task_return_error (task, error);
      return;
    }
  description = describe (schedule, preview->from_usec);
  g_task_return_pointer (
    task,
    g_variant_ref_sink (g_variant_new ("(ss@at)", jt_schedule_get_normalized (schedule), description,
                                       list_elapses (schedule, preview->from_usec, preview->count))),
    (GDestroyNotify) g_variant_unref);
}

static void
on_previewed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_task_propagate_pointer (G_TASK (result), &error);

  if (reply != NULL)
    jt_call_return (call, reply);
  else
    jt_call_take_error (call, error);
}

void
jt_root_handle_preview_schedule (JtCall *call)
{
  g_autoptr (GTask) task = NULL;
  const char *schedule, *timezone;
  guint64 from;
  guint count;
  Preview *preview;

  g_variant_get (jt_call_get_parameters (call), "(&s&stu)", &schedule, &timezone, &from, &count);
  /* The schedule's parser has limits of its own, and says more about what it refuses. */
  if (!jt_call_check_text (call, "timezone", timezone, 256))
    return;
  if (count > MAX_PREVIEW || from > G_MAXINT64)
    {
      jt_call_return_error (call, count > MAX_PREVIEW ? JT_ERROR_TOO_LARGE : JT_ERROR_INVALID_ARGUMENT,
                            count > MAX_PREVIEW ? "count is above 1000" : "from is no instant: above 2^63-1");
      return;
    }
  preview = g_new0 (Preview, 1);
  preview->schedule = g_strdup (schedule);
  preview->timezone = g_strdup (timezone);
  preview->from_usec = from != 0 ? (gint64) from : jt_clock_get_realtime (jt_tracker_get_clock (call->service->tracker));
  preview->count = count;
  task = g_task_new (call->service, NULL, on_previewed, call);
  g_task_set_task_data (task, preview, (GDestroyNotify) preview_free);
  g_task_run_in_thread (task, preview_in_thread);
}
