/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "preview.h"
#include "schedule-check.h"
#include "verbs.h"

#define DEFAULT_COUNT 5
#define MAX_LINE (64 * 1024)
#define LABEL_GAP 2

/* ".25", where the expression asks for it: what an interval has, since it counts from now, is of no interest. (transfer full) */
static char *
format_fraction (gint64 usec, JtSchedule *schedule)
{
  g_autofree char *digits = g_strdup_printf (".%06d", (int) (usec % 1000000));
  gsize length = strlen (digits);

  while (length > 1 && digits[length - 1] == '0')
    length--;
  return jt_schedule_get_kind (schedule) == JT_SCHEDULE_CALENDAR && length > 1 ? g_strndup (digits, length) : g_strdup ("");
}

/* An elapse in the zone of the expression, with its offset. */
static char *
format_elapse (gint64 usec, JtSchedule *schedule, const char *timezone, TimeStyle style)
{
  g_autofree char *fraction = format_fraction (usec, schedule);
  g_autofree char *format = g_strdup_printf ("%%a %%Y-%%m-%%d %%H:%%M:%%S%s %%:z", fraction);

  g_autoptr (GTimeZone) zone = timezone == NULL ? g_time_zone_new_local () : g_time_zone_new_identifier (timezone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (usec / 1000000);
  g_autoptr (GDateTime) local = NULL;

  if (style == TIMES_UTC || zone == NULL || utc == NULL)
    return text_time (usec, 0, TIMES_UTC);
  local = g_date_time_to_timezone (utc, zone);
  return local == NULL ? g_strdup ("-") : g_date_time_format (local, format);
}

/* @label: "" for a line that belongs to the one above */
static void
print_pair (Context *context, const char *label, const char *value)
{
  static const char *const labels[] = {
    /* Translators: the labels of jobctl schedule: the expression in its normal form */
    N_("normalized"),
    /* Translators: what may not be meant so */
    N_("doubtful"),
    /* Translators: the next instants */
    N_("next"),
    /* Translators: why nothing is next */
    N_("note"), NULL,
  };
  int width = text_widest (labels) + LABEL_GAP;
  g_autofree char *padded = text_pad (*label != '\0' ? _(label) : "", width);
  g_autofree char *wrapped = text_wrap (value, width + 2, context->terminal.columns);

  printf ("  %s%s\n", padded, wrapped);
}

static void
print_text (Context *context, const Preview *preview, const PreviewRequest *request)
{
  g_autofree char *description = jt_schedule_describe (preview->schedule);
  gint64 now_usec = g_get_real_time ();

  printf ("%s\n", description);
  print_pair (context, "normalized", jt_schedule_get_normalized (preview->schedule));
  for (guint i = 0; preview->warnings[i] != NULL; i++)
    print_pair (context, "doubtful", preview->warnings[i]);
  for (guint i = 0; i < preview->elapses->len; i++)
    {
      gint64 usec = g_array_index (preview->elapses, gint64, i);
      g_autofree char *exact = format_elapse (usec, preview->schedule, request->timezone, context->times);
      g_autofree char *relative = text_time (usec, now_usec, TIMES_RELATIVE);
      g_autofree char *both = g_strdup_printf ("%s, %s", exact, relative);

      print_pair (context, i == 0 ? "next" : "", both);
    }
  if (preview->elapses->len == 0 && request->count > 0)
    print_pair (context, "next", _("never"));
  if (preview->note != NULL)
    print_pair (context, "note", preview->note);
}

static gboolean
preview_one (Context *context, PreviewRequest *request, const char *expression, JsonArray *array, GError **error)
{
  g_auto (Preview) preview = { 0 };

  request->expression = expression;
  if (!preview_make (&preview, request, error))
    {
      schedule_point_at (expression, preview.column);
      return FALSE;
    }
  if (array == NULL)
    print_text (context, &preview, request);
  else
    {
      JsonObject *object = json_object_new ();

      preview_to_json (&preview, object);
      json_array_add_object_element (array, object);
    }
  return TRUE;
}

static gboolean
is_blank (const char *line)
{
  return line[strspn (line, " \t\r\n")] == '\0';
}

/* The rest of a line that did not fit is no question of its own. */
static void
skip_line (void)
{
  int byte;

  do
    byte = getchar_unlocked ();
  while (byte != '\n' && byte != EOF);
}

/* Each answer leaves before the next question is read, for whoever asks one by one. */
static int
answer_batch (void)
{
  g_autofree char *line = g_malloc (MAX_LINE + 2);

  while (fgets (line, MAX_LINE + 2, stdin) != NULL && !ferror (stdout))
    {
      gboolean is_long = strlen (line) > MAX_LINE;

      if (is_long)
        skip_line ();
      if (is_blank (line))
        continue;
      json_print_line (is_long ? preview_refuse_line (_("the line is longer than 64 KiB"))
                               : preview_answer_line (line, g_get_real_time ()));
      fflush (stdout);
    }
  return JT_EXIT_DONE;
}

static gboolean
read_request (Context *context, PreviewRequest *request, GError **error)
{
  guint64 count = DEFAULT_COUNT;

  if (!options_get_count (context->options, "count", 0, PREVIEW_MAX_COUNT, &count, error)
      || !options_get_instant (context->options, "from", &request->from_usec, error))
    return FALSE;
  request->count = (guint) count;
  request->timezone = options_get (context->options, "timezone");
  return TRUE;
}

int
verb_schedule (Context *context, GError **error)
{
  PreviewRequest request = { .from_usec = g_get_real_time () };
  g_autoptr (JsonArray) array = context->is_json ? json_array_new () : NULL;

  if (options_has (context->options, "batch") && context->n_arguments == 0)
    return answer_batch ();
  if (options_has (context->options, "batch") || context->n_arguments == 0)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                           options_has (context->options, "batch") ? _("--batch reads expressions from stdin and takes none here")
                                                                   : _("an expression is missing, e.g. jobctl schedule '30 2 * * *'"));
      return JT_EXIT_USAGE;
    }
  if (!read_request (context, &request, error))
    return JT_EXIT_USAGE;
  for (guint i = 0; i < context->n_arguments; i++)
    if (!preview_one (context, &request, context->arguments[i], array, error))
      return JT_EXIT_USAGE;
  if (array != NULL)
    json_print (json_node_init_array (json_node_alloc (), array));
  return JT_EXIT_DONE;
}
