/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "import.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-schedule.h"
#include "jt-settings.h"
#include "remarks.h"
#include "verbs.h"

static void
adoption_free (Adoption *adoption)
{
  g_free (adoption->path);
  g_free (adoption);
}

/* Settings as they are asked for: with the user, when root adopts what runs as somebody else. */
static GVariant *
settings_of (const ImportEntry *entry)
{
  GVariantDict settings;

  if (entry->user == NULL || g_str_equal (entry->user, g_get_user_name ()))
    return g_variant_ref (entry->settings);
  g_variant_dict_init (&settings, entry->settings);
  g_variant_dict_insert (&settings, "user", "s", entry->user);
  return g_variant_ref_sink (g_variant_dict_end (&settings));
}

/* Who moves here hears what may never have been meant so. */
static void
note_doubts_of (ImportEntry *entry)
{
  g_auto (GStrv) schedules = NULL;
  const char *timezone = NULL;
  g_autoptr (JtZone) zone = NULL;
  gint64 now_usec = g_get_real_time ();

  g_variant_lookup (entry->settings, "schedule", "^as", &schedules);
  g_variant_lookup (entry->settings, "timezone", "&s", &timezone);
  zone = jt_zone_get (timezone, NULL);
  for (guint i = 0; zone != NULL && schedules != NULL && schedules[i] != NULL; i++)
    {
      g_autoptr (JtSchedule) schedule = jt_schedule_parse (schedules[i], zone, now_usec, NULL, NULL);
      g_auto (GStrv) warnings = schedule == NULL ? NULL : jt_schedule_get_warnings (schedule, now_usec);

      for (guint j = 0; warnings != NULL && warnings[j] != NULL; j++)
        remarks_add (entry->remarks, REMARK_DOUBTFUL, schedules[i], "%s", warnings[j]);
    }
}

static void
note_doubts (GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    note_doubts_of (g_ptr_array_index (entries, i));
}

/* What nobody is there to run, cron and systemd pass over as well; the service would refuse all for it. */
static gboolean
has_user (const ImportEntry *entry)
{
  guint64 uid;

  if (entry->user == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (entry->user, 10, 0, G_MAXUINT32 - 1, &uid, NULL))
    return getpwuid ((uid_t) uid) != NULL;
  return getpwnam (entry->user) != NULL;
}

static GPtrArray *
make_adoptions (GPtrArray *entries, gboolean is_lossy)
{
  GPtrArray *adoptions = g_ptr_array_new_with_free_func ((GDestroyNotify) adoption_free);

  for (guint i = 0; i < entries->len; i++)
    {
      Adoption *adoption = g_new0 (Adoption, 1);

      adoption->entry = g_ptr_array_index (entries, i);
      if (geteuid () != 0 && adoption->entry->user != NULL && !g_str_equal (adoption->entry->user, g_get_user_name ()))
        adoption->fate = FATE_LEFT_OUT;
      else if (!has_user (adoption->entry))
        adoption->fate = FATE_NO_USER;
      else if (!is_lossy && remarks_count (adoption->entry->remarks, REMARK_BLOCKS) > 0)
        adoption->fate = FATE_REFUSED;
      g_ptr_array_add (adoptions, adoption);
    }
  return adoptions;
}

/* The service writes down from when on an interval counts; the text of the import does not say. */
static gboolean
are_same_schedules (char *const *there, char *const *wanted)
{
  for (; *there != NULL && *wanted != NULL; there++, wanted++)
    if (!g_str_equal (*there, *wanted) && !(g_str_has_prefix (*there, *wanted) && g_str_has_prefix (*there + strlen (*wanted), " from ")))
      return FALSE;
  return *there == NULL && *wanted == NULL;
}

/* What makes a job the one of that line: when and what. The rest may have been tuned since. */
static gboolean
is_same (GVariant *row, const ImportEntry *entry)
{
  g_autoptr (JtSettings) settings = jt_settings_new (entry->settings, NULL);
  g_autofree char *command = settings != NULL ? jt_settings_describe_command (settings) : NULL;
  g_auto (GStrv) there = NULL;
  g_auto (GStrv) wanted = NULL;

  g_variant_lookup (row, "schedule", "^as", &there);
  g_variant_lookup (entry->settings, "schedule", "^as", &wanted);
  return there != NULL && wanted != NULL && are_same_schedules (there, wanted)
         && g_strcmp0 (row_string (row, "command"), command) == 0;
}

static gboolean
compare_with_job (Adoption *adoption, GVariant *row, GError **error)
{
  const ImportEntry *entry = adoption->entry;
  g_autofree char *source = NULL;

  if (is_same (row, entry))
    {
      adoption->fate = FATE_THERE;
      adoption->path = g_strdup (row_string (row, "path"));
      return TRUE;
    }
  source = import_entry_get_source (entry);
  g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, _("%s: a job '%s' is there already and runs something else, or at another time; "
                                                   "nothing was adopted. jobctl remove %s makes room"),
               source, entry->name, entry->name);
  return FALSE;
}

static gboolean
find_those_there (Context *context, GPtrArray *adoptions, gboolean is_dry, GError **error)
{
  g_autoptr (GPtrArray) rows = context_list_all (context, "ListJobs", NULL, error);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      GVariant *row = g_ptr_array_index (rows, i);

      if (row_uint32 (row, "owner") == getuid ())
        g_hash_table_insert (by_name, (char *) row_string (row, "name"), row);
    }
  for (guint i = 0; i < adoptions->len; i++)
    {
      Adoption *adoption = g_ptr_array_index (adoptions, i);
      GVariant *row = g_hash_table_lookup (by_name, adoption->entry->name);

      if (adoption->fate != FATE_ADOPTED || row == NULL || compare_with_job (adoption, row, is_dry ? NULL : error))
        continue;
      if (!is_dry)
        return FALSE;
      adoption->fate = FATE_TAKEN;
    }
  return TRUE;
}

/* A dry run does without the service, which may not be installed yet. */
static void
look_for_those_there (Context *context, GPtrArray *adoptions)
{
  g_autoptr (GError) error = NULL;

  if (!context_connect (context, &error) || !find_those_there (context, adoptions, TRUE, &error))
    context_say (context, _("Which of the names are in use is not known: %s"), error->message);
}

static GVariant *
make_jobs (GPtrArray *adoptions)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sa{sv})"));
  for (guint i = 0; i < adoptions->len; i++)
    {
      const Adoption *adoption = g_ptr_array_index (adoptions, i);
      g_autoptr (GVariant) settings = settings_of (adoption->entry);

      if (adoption->fate == FATE_ADOPTED)
        g_variant_builder_add (&builder, "(s@a{sv})", adoption->entry->name, settings);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Which machines can be woken only the service knows. That this one cannot is no reason to adopt nothing. */
static gboolean
take_wake_away (GPtrArray *adoptions, const GError *refusal)
{
  gboolean is_taken = FALSE;

  if (!g_error_matches (refusal, JT_ERROR, JT_ERROR_NOT_SUPPORTED) || strstr (refusal->message, "wake: ") == NULL)
    return FALSE;
  for (guint i = 0; i < adoptions->len; i++)
    {
      ImportEntry *entry = ((const Adoption *) g_ptr_array_index (adoptions, i))->entry;
      GVariantDict settings;

      g_variant_dict_init (&settings, entry->settings);
      if (g_variant_dict_remove (&settings, "wake"))
        {
          is_taken = TRUE;
          remarks_add (entry->remarks, REMARK_LOST, "wake", "%s", refusal->message);
        }
      g_variant_unref (entry->settings);
      entry->settings = g_variant_ref_sink (g_variant_dict_end (&settings));
    }
  return is_taken;
}

/* All or nothing, in one call. */
static gboolean
call_add_jobs (Context *context, GPtrArray *adoptions, GError **error)
{
  g_autoptr (GVariant) jobs = make_jobs (adoptions);
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char **paths = NULL;
  GVariantDict options;
  guint next = 0;

  if (g_variant_n_children (jobs) == 0)
    return TRUE;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "request-id", "s", request_id);
  reply = context_call_creating (context, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJobs",
                                 g_variant_new ("(@a(sa{sv})@a{sv})", jobs, g_variant_dict_end (&options)), request_id, error);
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(^a&o)", &paths);
  for (guint i = 0; i < adoptions->len; i++)
    {
      Adoption *adoption = g_ptr_array_index (adoptions, i);

      if (adoption->fate == FATE_ADOPTED && paths[next] != NULL)
        adoption->path = g_strdup (paths[next++]);
    }
  return TRUE;
}

static gboolean
add_jobs (Context *context, GPtrArray *adoptions, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (call_add_jobs (context, adoptions, &refusal))
    return TRUE;
  if (take_wake_away (adoptions, refusal))
    return call_add_jobs (context, adoptions, error);
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static const ImportSource sources[] = {
  { "crontab", import_crontab_read,
    N_("What cron mails is kept as the output of each run: jobctl log NAME. What is adopted has to be turned off in cron, or it runs twice.") },
  { "systemd", import_systemd_read,
    N_("Output is kept with each run (jobctl log NAME) and not in the journal. What falls due while a job still runs is skipped, where systemd would "
       "start the service once more at its end.") },
};

static const ImportSource *
find_source (const char *word, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (g_str_equal (sources[i].word, word))
      return &sources[i];
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' cannot be imported; did you mean 'import crontab %s'?"), word, word);
  return NULL;
}

int
verb_import (Context *context, GError **error)
{
  g_autoptr (GPtrArray) entries = import_entries_new ();
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) adoptions = NULL;
  const ImportSource *source = find_source (context->arguments[0], error);
  gboolean is_dry = options_has (context->options, "dry-run");

  if (source == NULL || !source->read (context, context->arguments + 1, entries, complaints, error))
    return JT_EXIT_USAGE;
  for (guint i = 0; i < complaints->len; i++)
    fprintf (stderr, "jobctl: %s\n", (const char *) g_ptr_array_index (complaints, i));
  if (entries->len == 0 && !context->is_json)
    {
      context_say (context, _("No jobs found to adopt."));
      return JT_EXIT_DONE;
    }
  import_names_make_unique (entries);
  note_doubts (entries);
  adoptions = make_adoptions (entries, options_has (context->options, "lossy"));
  if (is_dry)
    look_for_those_there (context, adoptions);
  else if (!context_connect (context, error) || !find_those_there (context, adoptions, FALSE, error) || !add_jobs (context, adoptions, error))
    return JT_EXIT_FAILED;
  adoptions_print (context, adoptions, source->advice, is_dry);
  return JT_EXIT_DONE;
}
