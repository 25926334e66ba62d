/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "crontab-sources.h"
#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-settings.h"
#include "schedule-check.h"
#include "verbs.h"

typedef enum
{
  FATE_ADOPTED,
  FATE_THERE,    /* the same job is there already */
  FATE_LEFT_OUT, /* another user's, which only root may run */
} Fate;

typedef struct
{
  CrontabEntry *entry; /* (unowned) */
  Fate          fate;
  char         *path; /* (owned) (nullable) of the job */
} Adoption;

static void
adoption_free (Adoption *adoption)
{
  g_free (adoption->path);
  g_free (adoption);
}

static gboolean
read_entries (Context *context, GPtrArray *entries, GPtrArray *remarks, GError **error)
{
  gboolean has_user = options_has (context->options, "with-user");
  gboolean is_good = TRUE;

  if (context->n_arguments == 1)
    return crontab_read_machine ("", geteuid () == 0, entries, remarks, error);
  for (guint i = 1; i < context->n_arguments && is_good; i++)
    {
      const char *path = context->arguments[i];
      CrontabForm form = has_user || crontab_is_system_path (path) ? CRONTAB_OF_SYSTEM : CRONTAB_OF_USER;

      is_good = crontab_read_file (path, form, entries, error);
    }
  return is_good;
}

/* Settings as they are asked for: with the user, when root adopts what runs as somebody else. */
static GVariant *
settings_of (const CrontabEntry *entry)
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
note_doubts (GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const CrontabEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr (GPtrArray) doubts = schedule_list_doubts_of (entry->settings);

      for (guint j = 0; j < doubts->len; j++)
        g_ptr_array_add (entry->notes, g_strdup (g_ptr_array_index (doubts, j)));
    }
}

static GPtrArray *
make_adoptions (GPtrArray *entries)
{
  GPtrArray *adoptions = g_ptr_array_new_with_free_func ((GDestroyNotify) adoption_free);

  for (guint i = 0; i < entries->len; i++)
    {
      Adoption *adoption = g_new0 (Adoption, 1);

      adoption->entry = g_ptr_array_index (entries, i);
      if (geteuid () != 0 && adoption->entry->user != NULL && !g_str_equal (adoption->entry->user, g_get_user_name ()))
        adoption->fate = FATE_LEFT_OUT;
      g_ptr_array_add (adoptions, adoption);
    }
  return adoptions;
}

/* What makes a job the one of that line: when and what. The rest may have been tuned since. */
static gboolean
is_same (GVariant *row, const CrontabEntry *entry)
{
  g_autoptr (JtSettings) settings = jt_settings_new (entry->settings, NULL);
  g_autofree char *command = settings != NULL ? jt_settings_describe_command (settings) : NULL;
  g_auto (GStrv) there = NULL;
  g_auto (GStrv) wanted = NULL;

  g_variant_lookup (row, "schedule", "^as", &there);
  g_variant_lookup (entry->settings, "schedule", "^as", &wanted);
  return there != NULL && g_strv_equal ((const char *const *) there, (const char *const *) wanted)
         && g_strcmp0 (row_string (row, "command"), command) == 0;
}

static gboolean
compare_with_job (Adoption *adoption, GVariant *row, GError **error)
{
  const CrontabEntry *entry = adoption->entry;

  if (is_same (row, entry))
    {
      adoption->fate = FATE_THERE;
      adoption->path = g_strdup (row_string (row, "path"));
      return TRUE;
    }
  g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, _("%s:%u: a job '%s' is there already and runs something else, or at another time; "
                                                   "nothing was adopted. jobctl remove %s makes room"),
               entry->path, entry->line, entry->name, entry->name);
  return FALSE;
}

static gboolean
find_those_there (Context *context, GPtrArray *adoptions, GError **error)
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

      if (adoption->fate == FATE_ADOPTED && row != NULL && !compare_with_job (adoption, row, error))
        return FALSE;
    }
  return TRUE;
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

/* All or nothing, in one call. */
static gboolean
add_jobs (Context *context, GPtrArray *adoptions, GError **error)
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

/* --- what is shown --- */

static const char *
fate_word (const Adoption *adoption, gboolean is_dry)
{
  if (adoption->fate == FATE_THERE)
    return _("is there already");
  if (adoption->fate == FATE_LEFT_OUT)
    return _("left out: only root may");
  return is_dry ? _("would be adopted") : _("adopted");
}

static char *
source_of (const CrontabEntry *entry)
{
  return entry->line != 0 ? g_strdup_printf ("%s:%u", entry->path, entry->line) : g_strdup (entry->path);
}

static void
print_json (GPtrArray *adoptions, gboolean is_dry)
{
  static const char *const fates[] = { "adopted", "there", "left-out" };
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < adoptions->len; i++)
    {
      const Adoption *adoption = g_ptr_array_index (adoptions, i);
      const CrontabEntry *entry = adoption->entry;
      JsonObject *object = json_object_new ();
      JsonArray *notes = json_array_new ();

      for (guint note = 0; note < entry->notes->len; note++)
        json_array_add_string_element (notes, g_ptr_array_index (entry->notes, note));
      json_object_set_string_member (object, "name", entry->name);
      json_object_set_string_member (object, "file", entry->path);
      json_object_set_int_member (object, "line", entry->line);
      json_object_set_string_member (object, "user", entry->user != NULL ? entry->user : g_get_user_name ());
      json_object_set_member (object, "settings", json_from_variant (entry->settings));
      json_object_set_array_member (object, "notes", notes);
      json_object_set_string_member (object, "fate", fates[adoption->fate]);
      json_object_set_boolean_member (object, "dry-run", is_dry);
      if (adoption->path != NULL)
        json_object_set_string_member (object, "path", adoption->path);
      json_array_add_object_element (array, object);
    }
  json_print (json_node_init_array (json_node_alloc (), array));
  json_array_unref (array);
}

static void
add_row (Table *table, const Adoption *adoption, gboolean is_dry)
{
  const CrontabEntry *entry = adoption->entry;
  g_autoptr (JtSettings) settings = jt_settings_new (entry->settings, NULL);
  g_autofree char *command = settings != NULL ? jt_settings_describe_command (settings) : g_strdup ("");
  g_autofree char *source = source_of (entry);
  g_auto (GStrv) schedules = NULL;

  g_variant_lookup (entry->settings, "schedule", "^as", &schedules);
  table_add (table, entry->name, schedules != NULL && schedules[0] != NULL ? schedules[0] : "-",
             entry->user != NULL ? entry->user : g_get_user_name (), command, source, fate_word (adoption, is_dry), NULL);
}

static void
print_text (Context *context, GPtrArray *adoptions, gboolean is_dry)
{
  static const TableColumn columns[] = {
    { N_("JOB"), .is_flexible = TRUE },     { N_("SCHEDULE"), .is_flexible = TRUE },
    { N_("USER"), .rank = 2 },              { N_("COMMAND"), .is_flexible = TRUE, .rank = 1 },
    { N_("FROM"), .is_flexible = TRUE, .rank = 3 }, { N_("WHAT"), .is_flexible = TRUE }, { NULL },
  };
  g_autoptr (Table) table = table_new (columns);

  if (adoptions->len == 0)
    {
      context_say (context, _("No jobs found in crontabs."));
      return;
    }
  if (context->is_quiet)
    return;
  for (guint i = 0; i < adoptions->len; i++)
    add_row (table, g_ptr_array_index (adoptions, i), is_dry);
  table_print (table, &context->terminal);
  for (guint i = 0; i < adoptions->len; i++)
    {
      const CrontabEntry *entry = ((const Adoption *) g_ptr_array_index (adoptions, i))->entry;

      for (guint note = 0; note < entry->notes->len; note++)
        {
          g_autofree char *shown = text_escape (g_ptr_array_index (entry->notes, note));

          printf (_("%s: %s\n"), entry->name, shown);
        }
    }
}

static gboolean
check_what (const char *what, GError **error)
{
  if (g_str_equal (what, "crontab"))
    return TRUE;
  if (g_str_equal (what, "systemd"))
    g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, _("import systemd is not built yet; import crontab is"));
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' cannot be imported; did you mean 'import crontab %s'?"), what, what);
  return FALSE;
}

int
verb_import (Context *context, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) crontab_entry_free);
  g_autoptr (GPtrArray) remarks = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) adoptions = NULL;
  gboolean is_dry = options_has (context->options, "dry-run");

  if (!check_what (context->arguments[0], error))
    return JT_EXIT_USAGE;
  if (!read_entries (context, entries, remarks, error))
    return JT_EXIT_USAGE;
  for (guint i = 0; i < remarks->len; i++)
    fprintf (stderr, "jobctl: %s\n", (const char *) g_ptr_array_index (remarks, i));
  crontab_make_names_unique (entries);
  note_doubts (entries);
  adoptions = make_adoptions (entries);
  if (!is_dry
      && (!context_connect (context, error) || !find_those_there (context, adoptions, error) || !add_jobs (context, adoptions, error)))
    return JT_EXIT_FAILED;
  if (context->is_json)
    print_json (adoptions, is_dry);
  else
    print_text (context, adoptions, is_dry);
  return JT_EXIT_DONE;
}
