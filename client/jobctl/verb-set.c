/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-settings.h"
#include "schedule-check.h"
#include "setting-options.h"
#include "verbs.h"

typedef struct
{
  GVariantDict    settings;
  GStrvBuilder   *reset; /* (owned) */
  GHashTable     *given; /* (owned) set of keys: the last one does not win silently */
} Changes;

/* "KEY=" returns a key to its default. */
static gboolean
take_word (Changes *changes, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *key = equals == NULL ? NULL : g_strndup (word, (gsize) (equals - word));
  g_autofree char *shown = text_escape (word);

  if (key == NULL || *key == '\0')
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is not KEY=VALUE, e.g. retries=3"), shown);
      return FALSE;
    }
  if (g_hash_table_contains (changes->given, key))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s is given twice; items of a list are separated by ';'"), key);
      return FALSE;
    }
  g_hash_table_add (changes->given, g_strdup (key));
  if (equals[1] != '\0' || jt_setting_info_find (key) == NULL)
    return setting_put_text (&changes->settings, key, equals + 1, error);
  g_strv_builder_add (changes->reset, key);
  return TRUE;
}

static GVariant *
read_update_options (Context *context, Changes *changes, GError **error)
{
  g_auto (GStrv) reset = g_strv_builder_end (changes->reset);
  guint64 revision = 0;
  GVariantDict options;

  if (!options_get_count (context->options, "if-revision", 1, G_MAXINT64, &revision, error))
    return NULL;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "reset", "^as", reset);
  if (revision != 0)
    g_variant_dict_insert (&options, "if-revision", "t", revision);
  return g_variant_ref_sink (g_variant_dict_end (&options));
}

/* Doubts about the schedules as they are now. */
static GPtrArray *
list_doubts (GVariant *job, GVariant *changes)
{
  g_auto (GStrv) schedules = NULL;

  /* As they were written, where they were; the job has intervals in normal form. */
  if (!g_variant_lookup (changes, "schedule", "^as", &schedules))
    g_variant_lookup (job, "Schedule", "^as", &schedules);
  return schedule_list_doubts (schedules, row_string (job, "Timezone"));
}

static int
show_changed (Context *context, const char *path, GVariant *changes, GError **error)
{
  g_autoptr (GVariant) schedule = g_variant_lookup_value (changes, "schedule", NULL);
  g_autoptr (GVariant) timezone = g_variant_lookup_value (changes, "timezone", NULL);
  gboolean may_be_doubtful = schedule != NULL || timezone != NULL;
  g_autoptr (GVariant) job = NULL;
  g_autoptr (GPtrArray) doubts = NULL;

  if (!may_be_doubtful && !context->is_json)
    return JT_EXIT_DONE;
  job = jt_client_get_all (context->client, path, JT_JOB_INTERFACE, error);
  if (job == NULL)
    return JT_EXIT_FAILED;
  doubts = may_be_doubtful ? list_doubts (job, changes) : schedule_list_doubts (NULL, NULL);
  schedule_warn (context, doubts);
  if (context->is_json)
    json_print (schedule_add_doubts_to_json (json_from_variant (job), doubts));
  return JT_EXIT_DONE;
}

static int
update (Context *context, Changes *changes, GError **error)
{
  g_autoptr (GVariant) settings = g_variant_ref_sink (g_variant_dict_end (&changes->settings));
  g_autoptr (GVariant) options = read_update_options (context, changes, error);
  g_autofree char *path = options == NULL ? NULL : context_find_job (context, context->arguments[0], error);
  g_autoptr (GVariant) reply = NULL;

  if (path == NULL)
    return JT_EXIT_FAILED;
  reply = jt_client_call (context->client, path, JT_JOB_INTERFACE, "Update", g_variant_new ("(@a{sv}@a{sv})", settings, options), error);
  if (reply == NULL)
    {
      schedule_explain_refusal (settings, error);
      return JT_EXIT_FAILED;
    }
  context_say (context, _("changed %s"), context->arguments[0]);
  return show_changed (context, path, settings, error);
}

int
verb_set (Context *context, GError **error)
{
  g_autoptr (GStrvBuilder) reset = g_strv_builder_new ();
  g_autoptr (GHashTable) given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Changes changes = { .reset = reset, .given = given };
  int status = JT_EXIT_USAGE;
  gboolean is_good = TRUE;

  g_variant_dict_init (&changes.settings, NULL);
  for (guint i = 1; i < context->n_arguments && is_good; i++)
    is_good = take_word (&changes, context->arguments[i], error);
  if (is_good)
    status = update (context, &changes, error);
  g_variant_dict_clear (&changes.settings);
  return status;
}
