/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-filter-reader.h"

#include <string.h>

#include "jt-error.h"
#include "jt-names.h"
#include "jt-vardict.h"

/* A job that no id names: a filter with it matches nothing. */
#define NO_JOB G_MAXUINT64
#define MAX_TAG_BYTES 128

#define COMMON { "job", "s" }, { "owner", "s" }, { "tag", "s" }
#define RUN_KEYS { "state", "as" }, { "trigger", "as" }

static const JtVardictKey job_keys[] = { COMMON, { "health", "s" }, { "limit", "u" }, { "after", "t" }, { NULL, NULL } };
static const JtVardictKey active_keys[]
  = { COMMON, RUN_KEYS, { "since", "t" }, { "until", "t" }, { "limit", "u" }, { "after", "t" }, { NULL, NULL } };
static const JtVardictKey run_keys[] = { COMMON, RUN_KEYS, { "since", "t" }, { "until", "t" }, { NULL, NULL } };
static const JtVardictKey subscribe_keys[] = { COMMON, RUN_KEYS, { "after", "t" }, { NULL, NULL } };
static const JtVardictKey statistics_keys[]
  = { COMMON, { "since", "t" }, { "until", "t" }, { "by", "s" }, { NULL, NULL } };

static const JtVardictKey *
keys_of (JtFilterUse use)
{
  switch (use)
    {
    case JT_FILTER_JOBS:
      return job_keys;
    case JT_FILTER_ACTIVE:
      return active_keys;
    case JT_FILTER_RUNS:
      return run_keys;
    case JT_FILTER_STATISTICS:
      return statistics_keys;
    case JT_FILTER_SUBSCRIBE:
    default:
      return subscribe_keys;
    }
}

/* The looser forms that people and programs write, in the one that is checked: an uid as text, one word as a list. */
static GVariant *
normalize (GVariant *dict)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      gboolean is_word = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);

      if (is_word && (g_str_equal (key, "state") || g_str_equal (key, "trigger")))
        {
          const char *words[] = { g_variant_get_string (value, NULL), NULL };

          g_variant_builder_add (&builder, "{sv}", key, g_variant_new_strv (words, -1));
        }
      else if (g_str_equal (key, "owner") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
        {
          g_autofree char *digits = g_strdup_printf ("%u", g_variant_get_uint32 (value));

          g_variant_builder_add (&builder, "{sv}", key, g_variant_new_string (digits));
        }
      else
        g_variant_builder_add (&builder, "{sv}", key, value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* Of another user, for uid 0. Names of users are compared with those that own jobs, so nothing needs to be looked up. */
static const JtJobEntry *
find_of_owner (JtTracker *tracker, const char *owner_name, const char *name)
{
  g_autoptr (JtFilter) filter = jt_filter_new (0);
  g_autoptr (GPtrArray) jobs = NULL;

  filter->job_name = g_strdup (name);
  jobs = jt_tracker_list_jobs (tracker, filter, G_MAXUINT);
  for (guint i = 0; i < jobs->len; i++)
    {
      const JtJobEntry *entry = g_ptr_array_index (jobs, i);

      if (g_strcmp0 (entry->job->owner_name, owner_name) == 0)
        return entry;
    }
  return NULL;
}

const JtJobEntry *
jt_filter_find_job (JtTracker *tracker, guint32 viewer, const char *viewer_name, const char *name)
{
  const char *slash = strchr (name, '/');
  g_autofree char *owner = NULL;

  if (slash == NULL)
    return jt_tracker_find_job (tracker, viewer, name);
  owner = g_strndup (name, (gsize) (slash - name));
  if (g_str_equal (owner, viewer_name))
    return jt_tracker_find_job (tracker, viewer, slash + 1);
  return viewer == 0 ? find_of_owner (tracker, owner, slash + 1) : NULL;
}

static gboolean
check_job_text (const char *text, GError **error)
{
  const char *slash = strchr (text, '/');

  if (slash == text || (slash != NULL && slash - text > 128))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                           "filter key 'job': expected NAME, OWNER/NAME or the object path of a job");
      return FALSE;
    }
  if (jt_job_name_check (slash != NULL ? slash + 1 : text, error))
    return TRUE;
  g_prefix_error (error, "filter key 'job': ");
  return FALSE;
}

static gboolean
read_job (JtFilter *filter, JtTracker *tracker, const char *viewer_name, const char *text, GError **error)
{
  const JtJobEntry *entry;

  if (g_str_has_prefix (text, JT_JOBS_PATH "/"))
    {
      if (jt_job_id_from_path (text, &filter->job))
        return TRUE;
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "filter key 'job': not the object path of a job");
      return FALSE;
    }
  if (!check_job_text (text, error))
    return FALSE;
  entry = jt_filter_find_job (tracker, filter->viewer, viewer_name, text);
  if (entry != NULL)
    filter->job = entry->job->id;
  else if (is_number (text) && g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT64, &filter->job, NULL))
    return TRUE;
  else if (strchr (text, '/') == NULL)
    filter->job_name = g_strdup (text); /* history outlives jobs */
  else
    filter->job = NO_JOB;
  return TRUE;
}

/* Whose user name that is, by the jobs there are; a user without jobs is as good as none. */
static gboolean
read_owner (JtFilter *filter, JtTracker *tracker, const char *viewer_name, const char *text, GError **error)
{
  g_autoptr (JtFilter) all = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  guint64 uid = 0;

  if (is_number (text))
    {
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &uid, NULL))
        {
          g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "filter key 'owner': no such uid");
          return FALSE;
        }
      filter->owner = (guint32) uid;
      return TRUE;
    }
  if (g_str_equal (text, viewer_name))
    {
      filter->owner = filter->viewer;
      return TRUE;
    }
  all = jt_filter_new (filter->viewer);
  jobs = jt_tracker_list_jobs (tracker, all, G_MAXUINT);
  for (guint i = 0; i < jobs->len && filter->owner == JT_ANY_OWNER; i++)
    {
      const JtJobEntry *entry = g_ptr_array_index (jobs, i);

      if (g_strcmp0 (entry->job->owner_name, text) == 0)
        filter->owner = entry->job->owner;
    }
  if (filter->owner == JT_ANY_OWNER)
    filter->job = NO_JOB;
  return TRUE;
}

static gboolean
fail_word (const char *key, const char *word, GError **error)
{
  g_autofree char *cut = g_strndup (word, 64);
  g_autofree char *shown = g_utf8_make_valid (cut, -1);

  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "filter key '%s': no such %s '%s'", key, key, shown);
  return FALSE;
}

static gboolean
read_states (JtFilter *filter, GVariant *dict, GError **error)
{
  g_auto (GStrv) words = jt_vardict_get_strv (dict, "state");
  JtRunState state;

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      if (!jt_run_state_from_string (words[i], &state))
        return fail_word ("state", words[i], error);
      filter->states |= 1u << state;
    }
  return TRUE;
}

static gboolean
read_triggers (JtFilter *filter, GVariant *dict, GError **error)
{
  g_auto (GStrv) words = jt_vardict_get_strv (dict, "trigger");
  JtTrigger trigger;

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      if (!jt_trigger_from_string (words[i], &trigger))
        return fail_word ("trigger", words[i], error);
      filter->triggers |= 1u << trigger;
    }
  return TRUE;
}

static gboolean
read_health (JtFilter *filter, GVariant *dict, GError **error)
{
  static const char *const words[] = { "new", "ok", "failing", "late", "paused", NULL };
  const char *word = jt_vardict_get_string (dict, "health", NULL);

  if (word != NULL && !g_strv_contains (words, word))
    return fail_word ("health", word, error);
  filter->health = g_strdup (word);
  return TRUE;
}

static gboolean
read_instants (JtFilter *filter, GVariant *dict, GError **error)
{
  guint64 since = jt_vardict_get_uint64 (dict, "since", 0);
  guint64 until = jt_vardict_get_uint64 (dict, "until", 0);

  if (since > G_MAXINT64 || until > G_MAXINT64)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                   "filter key '%s': out of range; expected microseconds since 1970", since > G_MAXINT64 ? "since" : "until");
      return FALSE;
    }
  if (until != 0 && since > until)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "filter key 'since' lies after 'until'");
      return FALSE;
    }
  filter->since_usec = (gint64) since;
  filter->until_usec = (gint64) until;
  return TRUE;
}

static gboolean
read_limits (JtFilter *filter, GVariant *dict, JtFilterUse use, GError **error)
{
  const char *tag = jt_vardict_get_string (dict, "tag", NULL);

  if (tag != NULL && strlen (tag) > MAX_TAG_BYTES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "filter key 'tag' has %zu bytes, limit %d", strlen (tag),
                   MAX_TAG_BYTES);
      return FALSE;
    }
  filter->tag = g_strdup (tag);
  filter->limit = jt_vardict_get_uint32 (dict, "limit", 0);
  if (filter->limit > JT_FILTER_MAX_LIMIT)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "filter key 'limit' is %u, at most %d", filter->limit,
                   JT_FILTER_MAX_LIMIT);
      return FALSE;
    }
  if (use == JT_FILTER_JOBS || use == JT_FILTER_ACTIVE)
    filter->after = jt_vardict_get_uint64 (dict, "after", 0);
  return TRUE;
}

JtFilter *
jt_filter_read (JtTracker *tracker, guint32 viewer, const char *viewer_name, GVariant *given, JtFilterUse use,
                GError **error)
{
  g_autoptr (JtFilter) filter = jt_filter_new (viewer);
  g_autoptr (GVariant) dict = normalize (given);
  const char *job, *owner;

  if (!jt_vardict_check (dict, keys_of (use), "filter key", error))
    return NULL;
  owner = jt_vardict_get_string (dict, "owner", NULL);
  if (owner != NULL && !read_owner (filter, tracker, viewer_name, owner, error))
    return NULL;
  job = jt_vardict_get_string (dict, "job", NULL);
  if (job != NULL && filter->job != NO_JOB && !read_job (filter, tracker, viewer_name, job, error))
    return NULL;
  if (!read_health (filter, dict, error) || !read_states (filter, dict, error) || !read_triggers (filter, dict, error) || !read_instants (filter, dict, error)
      || !read_limits (filter, dict, use, error))
    return NULL;
  return g_steal_pointer (&filter);
}

char *
jt_filter_fingerprint (const JtFilter *filter)
{
  return g_strdup_printf ("%u %u %" G_GUINT64_FORMAT " %u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %zu:%s %zu:%s",
                          filter->viewer, filter->owner, filter->job, filter->states, filter->triggers, filter->since_usec,
                          filter->until_usec, filter->job_name != NULL ? strlen (filter->job_name) : 0,
                          filter->job_name != NULL ? filter->job_name : "", filter->tag != NULL ? strlen (filter->tag) : 0,
                          filter->tag != NULL ? filter->tag : "");
}
