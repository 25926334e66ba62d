/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "preview.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-when.h"

#define DEFAULT_COUNT 5

void
preview_clear (Preview *preview)
{
  g_clear_pointer (&preview->schedule, jt_schedule_unref);
  g_clear_pointer (&preview->elapses, g_array_unref);
  g_clear_pointer (&preview->note, g_free);
  g_clear_pointer (&preview->warnings, g_strfreev);
}

static gboolean
read_kind (const char *text, JtScheduleKind *kind, GError **error)
{
  static const char *const names[] = { "cron", "calendar", "every", "at", NULL };
  const char *nearest;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (text, names[i]))
      {
        *kind = (JtScheduleKind) i;
        return TRUE;
      }
  nearest = jt_nearest (text, names);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("kind '%.32s' is not cron, calendar, every or at; did you mean '%s'?"), text,
                 nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("kind '%.32s' is not cron, calendar, every or at"), text);
  return FALSE;
}

static JtSchedule *
parse (Preview *preview, const PreviewRequest *request, JtZone *zone, GError **error)
{
  JtScheduleKind kind;

  if (request->kind == NULL)
    return jt_schedule_parse (request->expression, zone, request->from_usec, &preview->column, error);
  if (!read_kind (request->kind, &kind, error))
    return NULL;
  return jt_schedule_parse_kind (request->expression, kind, zone, request->from_usec, &preview->column, error);
}

/**
 * preview_make:
 * @preview: (out): to be cleared, also after a failure, when it has the column of the error
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_SCHEDULE, %JT_ERROR_INVALID_ARGUMENT or %JT_ERROR_TOO_LARGE
 */
gboolean
preview_make (Preview *preview, const PreviewRequest *request, GError **error)
{
  g_autoptr (JtZone) zone = jt_zone_get (request->timezone, error);
  gint64 at = request->from_usec;

  if (zone == NULL)
    return FALSE;
  preview->schedule = parse (preview, request, zone, error);
  if (preview->schedule == NULL)
    return FALSE;
  preview->elapses = g_array_new (FALSE, FALSE, sizeof (gint64));
  while (preview->elapses->len < request->count && (at = jt_schedule_next (preview->schedule, at)) != JT_INSTANT_NEVER)
    g_array_append_val (preview->elapses, at);
  preview->note = jt_schedule_get_note (preview->schedule, request->from_usec);
  preview->warnings = jt_schedule_get_warnings (preview->schedule, request->from_usec);
  return TRUE;
}

/* Adds kind, normalized, description, next; a note where nothing is next, and warnings where there are any. */
void
preview_to_json (const Preview *preview, JsonObject *object)
{
  g_autofree char *description = jt_schedule_describe (preview->schedule);
  JsonArray *next = json_array_new ();

  for (guint i = 0; i < preview->elapses->len; i++)
    {
      g_autofree char *instant = jt_when_format (g_array_index (preview->elapses, gint64, i));

      json_array_add_string_element (next, instant);
    }
  json_object_set_string_member (object, "kind", jt_schedule_kind_to_string (jt_schedule_get_kind (preview->schedule)));
  json_object_set_string_member (object, "normalized", jt_schedule_get_normalized (preview->schedule));
  json_object_set_string_member (object, "description", description);
  json_object_set_array_member (object, "next", next);
  if (preview->note != NULL)
    json_object_set_string_member (object, "note", preview->note);
  if (preview->warnings[0] != NULL)
    {
      JsonArray *warnings = json_array_new ();

      for (guint i = 0; preview->warnings[i] != NULL; i++)
        json_array_add_string_element (warnings, preview->warnings[i]);
      json_object_set_array_member (object, "warnings", warnings);
    }
}

/* --- a line of a batch --- */

static gboolean
fail_type (const char *key, const char *wanted, GError **error)
{
  /* Translators: a key, and "a string" or the like */
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' must be %s"), key, wanted);
  return FALSE;
}

static gboolean
read_text (JsonObject *object, const char *key, const char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return fail_type (key, _("a string"), error);
  *text = json_node_get_string (node);
  return TRUE;
}

static gboolean
read_count (JsonObject *object, guint *count, GError **error)
{
  JsonNode *node = json_object_get_member (object, "count");
  gint64 number;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  number = json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
  if (number < 0 || number > PREVIEW_MAX_COUNT)
    return fail_type ("count", _("a whole number from 0 to 1000"), error);
  *count = (guint) number;
  return TRUE;
}

static gboolean
read_from (JsonObject *object, gint64 *usec, GError **error)
{
  const char *text = NULL;
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);
  JtScan scan = { 0 };

  if (!read_text (object, "from", &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  scan.text = scan.at = text;
  if (strchr (text, 'T') != NULL && jt_when_parse (&scan, utc, *usec, usec))
    return TRUE;
  g_clear_error (&scan.error);
  return fail_type ("from", _("an RFC 3339 instant, e.g. 2026-12-24T17:00:00Z"), error);
}

/* Borrows the texts from @object. */
static gboolean
read_request (JsonObject *object, PreviewRequest *request, GError **error)
{
  static const char *const keys[] = { "id", "kind", "expr", "timezone", "from", "count", NULL };
  JsonObjectIter iter;
  const char *key;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, NULL))
    if (!g_strv_contains (keys, key))
      {
        const char *nearest = jt_nearest (key, keys);

        if (nearest != NULL)
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown key '%.32s'; did you mean '%s'?"), key, nearest);
        else
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown key '%.32s'; there are id, kind, expr, timezone, from, count"), key);
        return FALSE;
      }
  if (!read_text (object, "expr", &request->expression, error) || !read_text (object, "kind", &request->kind, error)
      || !read_text (object, "timezone", &request->timezone, error) || !read_count (object, &request->count, error)
      || !read_from (object, &request->from_usec, error))
    return FALSE;
  return request->expression != NULL || fail_type ("expr", _("given"), error);
}

static void
put_error (JsonObject *answer, const GError *error, guint column)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "message", error->message);
  json_object_set_int_member (object, "column", column);
  json_object_set_object_member (answer, "error", object);
}

static void
answer_object (JsonObject *question, JsonObject *answer, gint64 now_usec)
{
  PreviewRequest request = { .from_usec = now_usec, .count = DEFAULT_COUNT };
  g_auto (Preview) preview = { 0 };
  g_autoptr (GError) error = NULL;

  if (json_object_has_member (question, "id"))
    json_object_set_member (answer, "id", json_object_dup_member (question, "id"));
  if (read_request (question, &request, &error) && preview_make (&preview, &request, &error))
    preview_to_json (&preview, answer);
  else
    put_error (answer, error, preview.column);
}

/* The answer to a line that cannot be read. (transfer full) */
JsonNode *
preview_refuse_line (const char *message)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = g_error_new_literal (JT_ERROR, JT_ERROR_INVALID_ARGUMENT, message);

  json_object_set_null_member (answer, "id");
  put_error (answer, error, 0);
  return json_node_init_object (json_node_alloc (), answer);
}

static const char *
skip_blanks (const char *at)
{
  return at + strspn (at, " \t\r\n");
}

/* Behind the object that begins at @at, or at the end of what is none. json-glib takes a second one and loses it. */
static const char *
skip_object (const char *at)
{
  gboolean is_in_string = FALSE;
  guint depth = 0;

  for (; *at != '\0'; at++)
    {
      if (is_in_string && *at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"')
        is_in_string = !is_in_string;
      else if (!is_in_string && *at == '{')
        depth++;
      else if (!is_in_string && *at == '}' && --depth == 0)
        return at + 1;
    }
  return at;
}

/**
 * preview_answer_line:
 * @line: a JSON object: id, kind, expr, timezone, from, count
 *
 * Returns: (transfer full): the answer of `schedule --batch`, with the same id; an error as one of its members
 */
JsonNode *
preview_answer_line (const char *line, gint64 now_usec)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonObject) answer = NULL;

  if (!g_utf8_validate (line, -1, NULL))
    return preview_refuse_line (_("the line is not valid UTF-8"));
  if (*skip_blanks (line) != '{')
    return preview_refuse_line (_("the line is not a JSON object"));
  if (*skip_blanks (skip_object (skip_blanks (line))) != '\0')
    return preview_refuse_line (_("there is more behind the JSON object; each has a line of its own"));
  node = json_from_string (line, &error);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return preview_refuse_line (error != NULL ? error->message : _("the line is not a JSON object"));
  answer = json_object_new ();
  answer_object (json_node_get_object (node), answer, now_usec);
  return json_node_init_object (json_node_alloc (), answer);
}
