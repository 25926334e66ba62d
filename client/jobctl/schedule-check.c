/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "schedule-check.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-schedule.h"

/**
 * schedule_point_at:
 *
 * Where in the expression: a caret under the column, as compilers do, on stderr.
 */
void
schedule_point_at (const char *expression, guint column)
{
  g_autofree char *shown = text_escape (expression);

  /* Under an expression that comes out escaped, a column would point at something else. */
  if (column == 0 || !g_str_equal (shown, expression))
    return;
  fprintf (stderr, "  %s\n  ", shown);
  for (guint i = 1; i < column && *expression != '\0'; i++, expression = g_utf8_next_char (expression))
    if (g_unichar_iswide (g_utf8_get_char (expression)))
      fputs ("  ", stderr);
    else if (!g_unichar_iszerowidth (g_utf8_get_char (expression)))
      fputc (' ', stderr);
  fputs ("^\n", stderr);
}

/* As the service looks at it: it must parse, and elapse. FALSE: it is wrong. */
static gboolean
check (const char *text, JtZone *zone, guint *column, GError **error)
{
  gint64 now_usec = g_get_real_time ();
  g_autoptr (JtSchedule) schedule = jt_schedule_parse (text, zone, now_usec, column, error);

  return schedule != NULL && jt_schedule_check_elapses (schedule, text, now_usec, column, error);
}

static JtZone *
find_zone (GVariant *settings)
{
  const char *timezone = NULL;

  g_variant_lookup (settings, "timezone", "&s", &timezone);
  return jt_zone_get (timezone, NULL);
}

/**
 * schedule_explain_refusal:
 * @settings: `a{sv}`, what was sent
 * @error: (inout): what the service answered
 *
 * When it has refused a schedule, points at the place; the message is ours then, which is the same in the user's language.
 */
void
schedule_explain_refusal (GVariant *settings, GError **error)
{
  g_auto (GStrv) texts = NULL;
  g_autoptr (JtZone) zone = NULL;

  if (error == NULL || !g_error_matches (*error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE) || !g_variant_lookup (settings, "schedule", "^as", &texts))
    return;
  zone = find_zone (settings);
  for (guint i = 0; zone != NULL && texts[i] != NULL; i++)
    {
      g_autoptr (GError) found = NULL;
      guint column = 0;

      if (check (texts[i], zone, &column, &found))
        continue;
      schedule_point_at (texts[i], column);
      g_clear_error (error);
      /* Translators: a schedule, and what is wrong with it, with its column */
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("schedule '%s': %s"), texts[i], found->message);
      return;
    }
}

/**
 * schedule_list_doubts:
 * @timezone: (nullable): "" and %NULL are the system's
 *
 * Returns: (transfer full) (element-type utf8): a sentence each, naming the schedule; empty without doubts
 */
GPtrArray *
schedule_list_doubts (char **schedules, const char *timezone)
{
  GPtrArray *doubts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JtZone) zone = jt_zone_get (timezone, NULL);
  gint64 now_usec = g_get_real_time ();

  for (guint i = 0; zone != NULL && schedules != NULL && schedules[i] != NULL; i++)
    {
      g_autoptr (JtSchedule) schedule = jt_schedule_parse (schedules[i], zone, now_usec, NULL, NULL);
      g_auto (GStrv) warnings = schedule == NULL ? NULL : jt_schedule_get_warnings (schedule, now_usec);

      for (guint j = 0; warnings != NULL && warnings[j] != NULL; j++)
        /* Translators: a schedule, and what is doubtful about it */
        g_ptr_array_add (doubts, g_strdup_printf (_("schedule '%s': %s"), schedules[i], warnings[j]));
    }
  return doubts;
}

/* The same of the schedules in @settings, `a{sv}`. */
GPtrArray *
schedule_list_doubts_of (GVariant *settings)
{
  g_auto (GStrv) schedules = NULL;
  const char *timezone = NULL;

  g_variant_lookup (settings, "schedule", "^as", &schedules);
  g_variant_lookup (settings, "timezone", "&s", &timezone);
  return schedule_list_doubts (schedules, timezone);
}

/* On stderr: they are not what was asked for. In JSON they are a part of the document. */
void
schedule_warn (Context *context, GPtrArray *doubts)
{
  for (guint i = 0; i < doubts->len && !context->is_quiet && !context->is_json; i++)
    {
      g_autofree char *shown = text_escape (g_ptr_array_index (doubts, i));

      fprintf (stderr, _("jobctl: warning: %s\n"), shown);
    }
}

/* @node: (transfer full): an object, with "warnings" added where there are any */
JsonNode *
schedule_add_doubts_to_json (JsonNode *node, GPtrArray *doubts)
{
  JsonArray *array;

  if (doubts->len == 0 || !JSON_NODE_HOLDS_OBJECT (node))
    return node;
  array = json_array_new ();
  for (guint i = 0; i < doubts->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (doubts, i));
  json_object_set_array_member (json_node_get_object (node), "warnings", array);
  return node;
}
