/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "import.h"
#include "json.h"
#include "jt-settings.h"
#include "remarks.h"

/* What import says about each job: where it came from, what it became, what is otherwise than there. */

static const char *
get_user (const ImportEntry *entry)
{
  return entry->user != NULL ? entry->user : g_get_user_name ();
}

static void
print_json (GPtrArray *adoptions, gboolean is_dry)
{
  static const char *const fates[] = { "adopted", "there", "left-out", "no-user", "taken", "refused" };
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < adoptions->len; i++)
    {
      const Adoption *adoption = g_ptr_array_index (adoptions, i);
      const ImportEntry *entry = adoption->entry;
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", entry->name);
      json_object_set_string_member (object, "file", entry->path);
      json_object_set_int_member (object, "line", entry->line);
      json_object_set_string_member (object, "user", get_user (entry));
      json_object_set_member (object, "settings", json_from_variant (entry->settings));
      json_object_set_array_member (object, "remarks", remarks_to_json (entry->remarks));
      json_object_set_string_member (object, "fate", fates[adoption->fate]);
      json_object_set_boolean_member (object, "dry-run", is_dry);
      if (entry->turn_off != NULL)
        json_object_set_string_member (object, "turn-off", entry->turn_off);
      if (adoption->path != NULL)
        json_object_set_string_member (object, "path", adoption->path);
      json_array_add_object_element (array, object);
    }
  json_print (json_node_init_array (json_node_alloc (), array));
  json_array_unref (array);
}

static const char *
fate_word (const Adoption *adoption, gboolean is_dry)
{
  if (adoption->fate == FATE_THERE)
    return _("is there already");
  if (adoption->fate == FATE_LEFT_OUT)
    return _("left out: only root may");
  if (adoption->fate == FATE_NO_USER)
    return _("left out: there is no such user");
  if (adoption->fate == FATE_TAKEN)
    return _("the name is in use, so nothing would be adopted");
  if (adoption->fate == FATE_REFUSED)
    return _("left out: would be another job");
  return is_dry ? _("would be adopted") : _("adopted");
}

static void
add_row (Table *table, const Adoption *adoption, gboolean is_dry)
{
  const ImportEntry *entry = adoption->entry;
  g_autoptr (JtSettings) settings = jt_settings_new (entry->settings, NULL);
  g_autofree char *command = settings != NULL ? jt_settings_describe_command (settings) : g_strdup ("");
  g_autofree char *source = import_entry_get_source (entry);
  g_auto (GStrv) schedules = NULL;

  g_variant_lookup (entry->settings, "schedule", "^as", &schedules);
  table_add (table, entry->name, schedules != NULL && schedules[0] != NULL ? schedules[0] : "-", get_user (entry), command, source,
             fate_word (adoption, is_dry), NULL);
}

/* In a dry run all that becomes of the job's parts, afterwards only what is not as it was. */
static void
print_remarks (Context *context, const ImportEntry *entry, gboolean is_dry)
{
  if (remarks_count (entry->remarks, REMARK_SAME) == entry->remarks->len && !is_dry)
    return;
  printf ("\n%s:\n", entry->name);
  for (guint i = 0; i < entry->remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (entry->remarks, i);
      g_autofree char *text = NULL;

      if (remark->kind == REMARK_SAME && !is_dry)
        continue;
      text = remark_format (remark, &context->terminal);
      printf ("%s\n", text);
    }
}

/* What has a job now must not run by the other scheduler too. */
static void
print_turn_off (GPtrArray *adoptions)
{
  gboolean is_first = TRUE;

  for (guint i = 0; i < adoptions->len; i++)
    {
      const Adoption *adoption = g_ptr_array_index (adoptions, i);

      if (adoption->entry->turn_off == NULL || (adoption->fate != FATE_ADOPTED && adoption->fate != FATE_THERE))
        continue;
      if (is_first)
        printf ("\n%s\n", _("Afterwards turn off what was adopted, or it runs twice:"));
      printf ("  %s\n", adoption->entry->turn_off);
      is_first = FALSE;
    }
}

static void
print_text (Context *context, GPtrArray *adoptions, const char *advice, gboolean is_dry)
{
  static const TableColumn columns[] = {
    { N_("JOB"), .is_flexible = TRUE },     { N_("SCHEDULE"), .is_flexible = TRUE },
    { N_("USER"), .rank = 2 },              { N_("COMMAND"), .is_flexible = TRUE, .rank = 1 },
    { N_("FROM"), .is_flexible = TRUE, .rank = 3 }, { N_("WHAT"), .is_flexible = TRUE }, { NULL },
  };
  g_autoptr (Table) table = table_new (columns);

  if (context->is_quiet)
    return;
  for (guint i = 0; i < adoptions->len; i++)
    add_row (table, g_ptr_array_index (adoptions, i), is_dry);
  table_print (table, &context->terminal);
  for (guint i = 0; i < adoptions->len; i++)
    print_remarks (context, ((const Adoption *) g_ptr_array_index (adoptions, i))->entry, is_dry);
  if (advice != NULL)
    {
      g_autofree char *wrapped = text_wrap (_(advice), 0, context->terminal.columns);

      printf ("\n%s\n", wrapped);
    }
  print_turn_off (adoptions);
}

/* @advice: (nullable): what somebody who adopts from there should know besides */
void
adoptions_print (Context *context, GPtrArray *adoptions, const char *advice, gboolean is_dry)
{
  if (context->is_json)
    print_json (adoptions, is_dry);
  else
    print_text (context, adoptions, advice, is_dry);
}
