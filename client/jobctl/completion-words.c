/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Where the words come from, by what the usage of a verb or an option calls them: NAME, RUN, TAG, STATE… */

#include "completion.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-run.h"
#include "jt-settings.h"
#include "jt-zone.h"
#include "unit-search.h"

/* The person waits with a finger on the key. */
#define PATIENCE_MSEC 1000
#define MAX_JOBS 5000
#define MAX_RUNS 30
#define MAX_WHAT_WIDTH 60

typedef void (*OfferFunc) (Completion *completion, const char *prefix);

/* @what: (nullable). A word that would break the line, or do things to a terminal, is left out. */
void
completion_offer (const char *prefix, const char *word, const char *what)
{
  g_autofree char *escaped = text_escape (word);
  g_autofree char *shown = NULL;
  g_autofree char *cut = NULL;

  if (!g_str_equal (escaped, word))
    return;
  if (what == NULL || *what == '\0')
    {
      printf ("%s%s\n", prefix, word);
      return;
    }
  shown = text_escape (what);
  cut = text_cut (shown, MAX_WHAT_WIDTH);
  printf ("%s%s\t%s\n", prefix, word, cut);
}

/* --- from the service --- */

gboolean
completion_reach_service (Completion *completion)
{
  if (completion->is_remote)
    return FALSE;
  if (completion->context.client != NULL)
    return TRUE;
  if (!context_connect (&completion->context, NULL))
    return FALSE;
  jt_client_set_modest (completion->context.client, PATIENCE_MSEC);
  return TRUE;
}

/* The rows that @method answers with; floating @parameters are taken. (transfer full) (nullable) */
static GVariant *
ask (Completion *completion, const char *method, GVariant *parameters)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);
  g_autoptr (GVariant) reply = completion_reach_service (completion) ? context_call_root (&completion->context, method, sunk, NULL) : NULL;

  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

static GVariant *
ask_for_jobs (Completion *completion)
{
  return ask (completion, "ListJobs", g_variant_new_parsed ("({'limit': <%u>},)", (guint32) MAX_JOBS));
}

static void
offer_jobs (Completion *completion, const char *prefix)
{
  /* A new job needs a new name. */
  g_autoptr (GVariant) rows = g_str_equal (completion->verb->name, "add") ? NULL : ask_for_jobs (completion);

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *name = row_job_name (row, "name");
      const char *description = row_string (row, "description");

      completion_offer (prefix, name, *description != '\0' ? description : row_string (row, "health"));
    }
}

static void
offer_tags (Completion *completion, const char *prefix)
{
  g_autoptr (GVariant) rows = ask_for_jobs (completion);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree const char **tags = NULL;

      g_variant_lookup (row, "tags", "^a&s", &tags);
      for (guint t = 0; tags != NULL && tags[t] != NULL; t++)
        if (g_hash_table_add (seen, g_strdup (tags[t])))
          completion_offer (prefix, tags[t], NULL);
    }
}

/* What is under way for those verbs that can do nothing with other runs, the latest for the rest. */
static void
offer_runs (Completion *completion, const char *prefix)
{
  gboolean is_active = g_str_equal (completion->verb->name, "cancel") || g_str_equal (completion->verb->name, "track");
  g_autoptr (GVariant) rows
    = is_active ? ask (completion, "ListActive", g_variant_new_parsed ("({'limit': <%u>},)", (guint32) MAX_RUNS))
                : ask (completion, "ListRuns", g_variant_new_parsed ("(@a{sv} {}, '', %u)", (guint32) MAX_RUNS));

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      guint64 ended = row_uint64 (row, "finished-at");
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));
      g_autofree char *job = row_job_name (row, "job-name");
      g_autofree char *when = context_time (&completion->context, (gint64) (ended != 0 ? ended : row_uint64 (row, "queued-at")));
      g_autofree char *what = g_strdup_printf ("%s, %s, %s", job, row_string (row, "state"), when);

      completion_offer (prefix, id, what);
    }
}

/* --- from tables --- */

static void
offer_words (const char *const *words, const char *prefix)
{
  for (; *words != NULL; words++)
    completion_offer (prefix, *words, NULL);
}

static void
offer_states (Completion *completion, const char *prefix)
{
  if (g_str_equal (completion->verb->name, "notify deliveries"))
    {
      completion_offer_delivery_states (prefix);
      return;
    }
  for (JtRunState state = 0; state < JT_N_RUN_STATES; state++)
    completion_offer (prefix, jt_run_state_to_string (state), NULL);
}

static void
offer_triggers (Completion *completion, const char *prefix)
{
  for (JtTrigger trigger = 0; trigger < JT_N_TRIGGERS; trigger++)
    completion_offer (prefix, jt_trigger_to_string (trigger), NULL);
}

static void
offer_zones (Completion *completion, const char *prefix)
{
  g_auto (GStrv) names = jt_zone_list_names ();

  offer_words ((const char *const *) names, prefix);
}

/* Timers, which is what is adopted. */
static void
offer_units (Completion *completion, const char *prefix)
{
  g_auto (GStrv) folders = unit_search_list_folders (geteuid () == 0 ? UNIT_MANAGER_SYSTEM : UNIT_MANAGER_USER);
  g_autoptr (UnitSearch) search = completion->is_remote ? NULL : unit_search_new ((const char *const *) folders, NULL);
  g_auto (GStrv) names = search != NULL ? unit_search_list_all (search, "timer") : NULL;

  if (names != NULL)
    offer_words ((const char *const *) names, prefix);
}

/* --- from the shell --- */

static void
offer_files (Completion *completion, const char *prefix)
{
  completion_offer ("", ":files", prefix);
}

static void
offer_folders (Completion *completion, const char *prefix)
{
  completion_offer ("", ":folders", prefix);
}

static void
offer_users (Completion *completion, const char *prefix)
{
  completion_offer ("", ":users", prefix);
}

static void
offer_groups (Completion *completion, const char *prefix)
{
  completion_offer ("", ":groups", prefix);
}

static void
offer_hosts (Completion *completion, const char *prefix)
{
  completion_offer ("", ":hosts", prefix);
}

/* --- all of them --- */

static const struct
{
  const char *name;
  OfferFunc   offer;
} kinds[] = {
  { "NAME", offer_jobs },         { "RUN", offer_runs },       { "TAG", offer_tags },     { "STATE", offer_states },
  { "TRIGGER", offer_triggers },  { "ZONE", offer_zones },     { "FILE", offer_files },   { "FOLDER", offer_folders },
  { "USER", offer_users },        { "GROUP", offer_groups },   { "[USER@]HOST", offer_hosts }, { "UNIT", offer_units },
  { "EVENT", completion_offer_events },       { "SEVERITY", completion_offer_severities },
  { "CHANNEL", completion_offer_channels },   { "TEMPLATE", completion_offer_templates },
  { "ID", completion_offer_deliveries },      { "PREFERENCE", completion_offer_preferences },
};

/* Nothing for a name that says nothing about what it stands for. */
void
completion_offer_kind (Completion *completion, const char *name, const char *prefix)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      kinds[i].offer (completion, prefix);
}

/* "keep|delete", "NAME|RUN": what is not in capitals stands for itself. */
static void
offer_alternatives (Completion *completion, const char *text, const char *prefix)
{
  g_auto (GStrv) alternatives = g_strsplit (text, "|", -1);

  for (guint i = 0; alternatives[i] != NULL; i++)
    if (g_ascii_islower (*alternatives[i]))
      completion_offer (prefix, alternatives[i], NULL);
    else
      completion_offer_kind (completion, alternatives[i], prefix);
}

static void
offer_setting_value (Completion *completion, const JtSettingInfo *info, const char *prefix)
{
  const char *const *words = jt_setting_info_get_words (info);

  if (words != NULL)
    offer_words (words, prefix);
  else if (info->value_name != NULL)
    offer_alternatives (completion, info->value_name, prefix);
}

/* "retries=", and when that is there, what may follow. */
static void
offer_setting (Completion *completion)
{
  const char *equals = strchr (completion->current, '=');
  g_autofree char *key = equals != NULL ? g_strndup (completion->current, (gsize) (equals - completion->current)) : NULL;
  const JtSettingInfo *known = key != NULL ? jt_setting_info_find (key) : NULL;
  g_autofree char *prefix = g_strconcat (key != NULL ? key : "", "=", NULL);

  if (known != NULL)
    offer_setting_value (completion, known, prefix);
  if (key != NULL)
    return;
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    {
      g_autofree char *word = g_strconcat (info->key, "=", NULL);

      if (info->status == JT_SETTING_OFFERED)
        completion_offer ("", word, _(info->help));
    }
}

/* @prefix: what of the typed word is before the value, "--history=" */
void
completion_offer_option_value (Completion *completion, const Option *option, const char *prefix)
{
  const JtSettingInfo *info = jt_setting_info_find (option->name);

  if (info != NULL && completion->verb != NULL && completion->verb->settings != NO_SETTINGS)
    offer_setting_value (completion, info, prefix);
  else
    offer_alternatives (completion, option->value_name, prefix);
}

/* @slot: a place of a verb's usage, "RUN|NAME" */
void
completion_offer_slot (Completion *completion, const char *slot)
{
  if (g_str_equal (slot, "KEY=VALUE") && g_str_equal (completion->verb->name, "notify set"))
    completion_offer_preference_value (completion);
  else if (g_str_equal (slot, "KEY=VALUE"))
    offer_setting (completion);
  else
    offer_alternatives (completion, slot, "");
}
