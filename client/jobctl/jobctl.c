/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jobctl.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-names.h"
#include "jt-nearest.h"

#define PAGE 1000
#define MAX_JOBS_FOR_NEAREST 5000

/* Once; verbs that need no service for some of what they do call it when they need one. */
gboolean
context_connect (Context *context, GError **error)
{
  if (context->client == NULL)
    context->client = jt_client_new (context->bus, error);
  return context->client != NULL;
}

/* Calls the root object; results as jt_client_call() has them. */
GVariant *
context_call_root (Context *context, const char *method, GVariant *parameters, GError **error)
{
  return jt_client_call (context->client, JT_ROOT_PATH, JT_ROOT_INTERFACE, method, parameters, error);
}

/* Of the user's own, or one made up: that a call without an answer can be repeated safely. (transfer full) */
char *
context_request_id (Context *context)
{
  const char *given = options_get (context->options, "request-id");

  return given != NULL ? g_strdup (given) : g_uuid_string_random ();
}

/**
 * context_call_creating:
 *
 * A call that carries @request_id in its parameters: when no answer comes, the message says how to repeat it.
 *
 * Returns: (transfer full) (nullable): as jt_client_call()
 */
GVariant *
context_call_creating (Context *context, const char *path, const char *interface, const char *method, GVariant *parameters,
                       const char *request_id, GError **error)
{
  g_autoptr (GError) local = NULL;
  GVariant *reply = jt_client_call (context->client, path, interface, method, parameters, &local);

  if (reply != NULL)
    return reply;
  if (jt_client_exit_status (local) == JT_EXIT_UNKNOWN)
    {
      g_clear_error (&local);
      g_set_error (&local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   _("no answer in time, so the outcome is unknown; repeat the command with --request-id %s"), request_id);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/**
 * context_list_all:
 * @method: ListJobs or ListActive
 * @filter: (nullable): `a{sv}` without limit and after; a floating one is taken
 *
 * All rows, page by page.
 *
 * Returns: (transfer full) (nullable) (element-type GVariant): the rows
 */
GPtrArray *
context_list_all (Context *context, const char *method, GVariant *filter, GError **error)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (filter != NULL ? filter : g_variant_new ("a{sv}", NULL));
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  guint64 after = 0;
  gsize got = PAGE;

  while (got == PAGE)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (wanted);
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariant) page = NULL;

      g_variant_dict_insert (&dict, "limit", "u", PAGE);
      g_variant_dict_insert (&dict, "after", "t", after);
      reply = context_call_root (context, method, g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), error);
      if (reply == NULL)
        return NULL;
      page = g_variant_get_child_value (reply, 0);
      got = g_variant_n_children (page);
      for (gsize i = 0; i < got; i++)
        g_ptr_array_add (rows, g_variant_get_child_value (page, i));
      if (got > 0)
        after = row_uint64 (g_ptr_array_index (rows, rows->len - 1), "id");
    }
  return g_steal_pointer (&rows);
}

/* Those of the options @keys that were given, as keys of a filter. */
void
context_put_words (Context *context, GVariantDict *filter, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    if (options_has (context->options, *keys))
      g_variant_dict_insert (filter, *keys, "s", options_get (context->options, *keys));
}

/* A job that is not there may be misspelt: the message names the nearest there is. */
static void
name_nearest (Context *context, const char *name, GError **error)
{
  g_autoptr (GPtrArray) rows = context_list_all (context, "ListJobs", NULL, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *shown = text_escape (name);
  const char *nearest;

  for (guint i = 0; rows != NULL && i < MIN (rows->len, MAX_JOBS_FOR_NEAREST); i++)
    g_ptr_array_add (names, (char *) row_string (g_ptr_array_index (rows, i), "name"));
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (name, (const char *const *) names->pdata);
  if (nearest == NULL || g_str_equal (nearest, name))
    return;
  g_clear_error (error);
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("no such job: '%s'; did you mean '%s'?"), shown, nearest);
}

/**
 * context_find_job:
 * @name: of the caller's own, or OWNER/NAME
 *
 * Returns: (transfer full) (nullable): its object path
 */
char *
context_find_job (Context *context, const char *name, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) local = NULL;
  char *path = NULL;

  reply = context_call_root (context, "FindJob", g_variant_new ("(s)", name), &local);
  if (reply != NULL)
    {
      g_variant_get (reply, "(o)", &path);
      return path;
    }
  if (g_error_matches (local, JT_ERROR, JT_ERROR_NOT_FOUND))
    name_nearest (context, name, &local);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* The object path of the run whose number @text is, or NULL when it is no number. (transfer full) */
char *
context_run_path (const char *text)
{
  guint64 id;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL) ? g_strdup_printf (JT_RUNS_PATH "/%" G_GUINT64_FORMAT, id)
                                                                         : NULL;
}

static char *
find_active_of (Context *context, const char *job_path, GError **error)
{
  GVariantDict filter;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) row = NULL;
  gsize count;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "job", "s", job_path);
  reply = context_call_root (context, "ListActive", g_variant_new ("(@a{sv})", g_variant_dict_end (&filter)), error);
  if (reply == NULL)
    return NULL;
  rows = g_variant_get_child_value (reply, 0);
  count = g_variant_n_children (rows);
  if (count == 0)
    return NULL;
  row = g_variant_get_child_value (rows, count - 1);
  return g_strdup (row_string (row, "path"));
}

static char *
find_last_of (Context *context, const char *job_path, const char *name, GError **error)
{
  g_autoptr (GVariant) properties = jt_client_get_all (context->client, job_path, JT_JOB_INTERFACE, error);
  const char *last = properties == NULL ? NULL : row_string (properties, "LastRun");

  if (last == NULL)
    return NULL;
  if (g_str_has_prefix (last, JT_RUNS_PATH "/"))
    return g_strdup (last);
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("'%s' has not run yet"), name);
  return NULL;
}

/**
 * context_find_run:
 * @text: the number of a run, or the name of a job, whose active run it is then, or else its last
 *
 * Returns: (transfer full) (nullable): its object path
 */
char *
context_find_run (Context *context, const char *text, GError **error)
{
  g_autofree char *path = context_run_path (text);
  g_autofree char *job = NULL;
  g_autoptr (GError) local = NULL;

  if (path != NULL)
    return g_steal_pointer (&path);
  job = context_find_job (context, text, error);
  if (job == NULL)
    return NULL;
  path = find_active_of (context, job, &local);
  if (local == NULL)
    return path != NULL ? g_steal_pointer (&path) : find_last_of (context, job, text, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/**
 * context_find_ended_run:
 * @text: the number of a run, or the name of a job, whose last one that has ended it is then
 *
 * Returns: (transfer full) (nullable): its object path
 */
char *
context_find_ended_run (Context *context, const char *text, GError **error)
{
  g_autofree char *path = context_run_path (text);
  g_autofree char *job = path != NULL ? NULL : context_find_job (context, text, error);

  if (path != NULL || job == NULL)
    return g_steal_pointer (&path);
  return find_last_of (context, job, text, error);
}

/* An instant as the options ask for it. (transfer full) */
char *
context_time (Context *context, gint64 usec)
{
  return text_time (usec, g_get_real_time (), context->times);
}

/* A word about what was done, unless --quiet or --json. */
void
context_say (Context *context, const char *format, ...)
{
  va_list arguments;

  if (context->is_quiet || context->is_json)
    return;
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
}

/* "" when it is not there. Borrowed from @row. */
const char *
row_string (GVariant *row, const char *key)
{
  g_autoptr (GVariant) value = NULL;

  /* One made of parts would be laid out anew by a later look, and what was borrowed from a part would be gone. */
  (void) g_variant_get_data (row);
  value = g_variant_lookup_value (row, key, NULL);
  if (value == NULL || (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) && !g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)))
    return "";
  return g_variant_get_string (value, NULL);
}

guint64
row_uint64 (GVariant *row, const char *key)
{
  guint64 number = 0;

  g_variant_lookup (row, key, "t", &number);
  return number;
}

gint32
row_int32 (GVariant *row, const char *key)
{
  gint32 number = -1;

  g_variant_lookup (row, key, "i", &number);
  return number;
}

guint32
row_uint32 (GVariant *row, const char *key)
{
  guint32 number = 0;

  g_variant_lookup (row, key, "u", &number);
  return number;
}

/* One's own jobs by name; of others, which root sees, with the owner before it, as FindJob takes it. (transfer full) */
char *
row_job_name (GVariant *row, const char *key)
{
  const char *owner = row_string (row, "owner-name");

  if (*owner == '\0' || g_str_equal (owner, g_get_user_name ()))
    return g_strdup (row_string (row, key));
  return g_strdup_printf ("%s/%s", owner, row_string (row, key));
}

/* What Get answers, with the keys that rows have. (transfer full) */
GVariant *
row_from_properties (GVariant *properties)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *key = text_kebab (name);

      g_variant_builder_add (&builder, "{sv}", key, value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* The exit status that tells how @run (a row) ended: the job's own, 128+N for a signal, 124 for a timeout, 125 for lost
 * and for one that never started. */
int
run_exit_status (GVariant *run)
{
  const char *state = row_string (run, "state");
  gint32 exit_code = row_int32 (run, "exit-code");
  gint32 signal = row_int32 (run, "signal");

  if (g_str_equal (state, "timed-out"))
    return JT_EXIT_TIMED_OUT;
  if (g_str_equal (state, "lost"))
    return JT_EXIT_LOST;
  if (signal > 0)
    return JT_EXIT_SIGNAL_BASE + signal;
  return exit_code >= 0 ? exit_code : JT_EXIT_LOST;
}
