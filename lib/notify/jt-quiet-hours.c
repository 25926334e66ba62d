/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-quiet-hours.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-civil.h"
#include "jt-error.h"
#include "jt-pattern.h"
#include "jt-weekdays.h"
#include "jt-zone-data.h"

#define MAX_WINDOWS 16
#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define MINUTES_PER_DAY (24 * 60)
#define MINUTES_PER_WEEK (7 * MINUTES_PER_DAY)

typedef struct
{
  guint days;  /* bits of weekdays on which it begins */
  int   begin; /* minute of the day */
  int   end;   /* minutes after the midnight before begin: above a day when it ends on the next */
} Window;

struct _JtQuietHours
{
  gatomicrefcount ref_count;
  char  *text; /* (owned) normal form */
  guint  n_windows;
  Window windows[MAX_WINDOWS];
};

JtQuietHours *
jt_quiet_hours_ref (JtQuietHours *quiet)
{
  g_atomic_ref_count_inc (&quiet->ref_count);
  return quiet;
}

void
jt_quiet_hours_unref (JtQuietHours *quiet)
{
  if (quiet == NULL || !g_atomic_ref_count_dec (&quiet->ref_count))
    return;
  g_free (quiet->text);
  g_free (quiet);
}

const char *
jt_quiet_hours_get_text (JtQuietHours *quiet)
{
  return quiet->text;
}

/* --- reading --- */

static gboolean
refuse (const char *text, const char *at, const char *what, GError **error)
{
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("column %u: %s"), (guint) (at - text) + 1, what);
  return FALSE;
}

static void
skip_blanks (const char **at)
{
  *at += strspn (*at, " \t");
}

/* [DAYS] HH:MM-HH:MM */
static gboolean
scan_window (Window *window, const char *text, const char **at, GError **error)
{
  window->days = JT_ALL_WEEKDAYS;
  if (g_ascii_isalpha (**at))
    {
      window->days = jt_weekdays_scan (at);
      if (window->days == 0)
        return refuse (text, *at, _("expected a day of the week, as in mon-fri or sat,sun"), error);
      if (**at != ' ' && **at != '\t')
        return refuse (text, *at, _("expected a blank and a time after the days, as in mon-fri 22:00-07:00"), error);
      skip_blanks (at);
    }
  window->begin = jt_minute_scan (at, FALSE);
  if (window->begin < 0)
    return refuse (text, *at, _("expected a time from 00:00 to 23:59, as in 22:00-07:00"), error);
  skip_blanks (at);
  if (**at != '-')
    return refuse (text, *at, _("expected - and the time at which it ends, as in 22:00-07:00"), error);
  (*at)++;
  skip_blanks (at);
  window->end = jt_minute_scan (at, TRUE);
  if (window->end < 0)
    return refuse (text, *at, _("expected a time from 00:00 to 24:00, as in 22:00-07:00"), error);
  if (window->end == window->begin)
    return refuse (text, *at, _("it ends when it begins; write 00:00-24:00 for a whole day"), error);
  if (window->end < window->begin)
    window->end += MINUTES_PER_DAY;
  return TRUE;
}

static gboolean
scan_windows (JtQuietHours *quiet, const char *text, GError **error)
{
  const char *at = text;

  for (skip_blanks (&at); *at != '\0'; skip_blanks (&at))
    {
      if (quiet->n_windows == MAX_WINDOWS)
        return refuse (text, at, _("more than 16 windows"), error);
      if (!scan_window (&quiet->windows[quiet->n_windows], text, &at, error))
        return FALSE;
      quiet->n_windows++;
      skip_blanks (&at);
      if (*at == '\0')
        break;
      if (*at != ';')
        return refuse (text, at, _("expected ; before the next window"), error);
      at++;
    }
  return TRUE;
}

/* Whether some minute of an ordinary week is left. */
static gboolean
leaves_a_minute (JtQuietHours *quiet)
{
  g_autofree guint8 *is_quiet = g_new0 (guint8, MINUTES_PER_WEEK);

  for (guint i = 0; i < quiet->n_windows; i++)
    for (int day = 0; day < 7; day++)
      for (int minute = quiet->windows[i].begin; quiet->windows[i].days & (1u << day) && minute < quiet->windows[i].end; minute++)
        is_quiet[(day * MINUTES_PER_DAY + minute) % MINUTES_PER_WEEK] = 1;
  return memchr (is_quiet, 0, MINUTES_PER_WEEK) != NULL;
}

static char *
format_windows (JtQuietHours *quiet)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < quiet->n_windows; i++)
    {
      const Window *window = &quiet->windows[i];
      g_autofree char *days = window->days == JT_ALL_WEEKDAYS ? NULL : jt_weekdays_format (window->days);
      int end = window->end > MINUTES_PER_DAY ? window->end - MINUTES_PER_DAY : window->end;

      g_string_append_printf (text, "%s%s%s%02d:%02d-%02d:%02d", i > 0 ? "; " : "", days != NULL ? days : "", days != NULL ? " " : "",
                              window->begin / 60, window->begin % 60, end / 60, end % 60);
    }
  return g_string_free (text, FALSE);
}

JtQuietHours *
jt_quiet_hours_parse (const char *text, GError **error)
{
  g_autoptr (JtQuietHours) quiet = g_new0 (JtQuietHours, 1);

  g_atomic_ref_count_init (&quiet->ref_count);
  if (!scan_windows (quiet, text, error))
    return NULL;
  if (!leaves_a_minute (quiet))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("they never end, so nothing would ever be told; set enabled to false for that"));
      return NULL;
    }
  quiet->text = format_windows (quiet);
  return g_steal_pointer (&quiet);
}

/* --- asking --- */

/* The last instant that shows @wall_usec; where none does, the first after the gap. */
static gint64
wall_to_last_instant (JtZone *zone, gint64 wall_usec)
{
  gint64 first_usec = jt_wall_to_instant (zone, wall_usec, NULL);
  JtZoneSpan span = jt_zone_find_span (zone, jt_floor_div (first_usec, G_USEC_PER_SEC));
  gint64 again_usec;

  if (span.end == G_MAXINT64)
    return first_usec;
  /* An hour comes twice when the next offset shows it once more. */
  span = jt_zone_find_span (zone, span.end);
  again_usec = wall_usec - span.offset * (gint64) G_USEC_PER_SEC;
  return again_usec >= span.begin * (gint64) G_USEC_PER_SEC ? MAX (again_usec, first_usec) : first_usec;
}

/* The latest end of a window that holds @at_usec; 0: none does. */
static gint64
find_end (JtQuietHours *quiet, JtZone *zone, gint64 at_usec)
{
  gint64 wall_usec = at_usec + (gint64) jt_zone_offset_at (zone, at_usec, NULL) * G_USEC_PER_SEC;
  gint64 today = jt_floor_div (wall_usec, JT_USEC_PER_DAY);
  gint64 latest_usec = 0;

  /* A window begins today or yesterday; a zone may have left a day out. */
  for (gint64 day = today - 2; day <= today; day++)
    for (guint i = 0; i < quiet->n_windows; i++)
      {
        const Window *window = &quiet->windows[i];
        gint64 begin_usec;
        gint64 end_usec;

        if (!(window->days & (1u << jt_civil_weekday (day))))
          continue;
        begin_usec = jt_wall_to_instant (zone, day * JT_USEC_PER_DAY + window->begin * MINUTE, NULL);
        end_usec = wall_to_last_instant (zone, day * JT_USEC_PER_DAY + window->end * MINUTE);
        if (begin_usec <= at_usec && at_usec < end_usec)
          latest_usec = MAX (latest_usec, end_usec);
      }
  return latest_usec;
}

gint64
jt_quiet_hours_get_end (JtQuietHours *quiet, JtZone *zone, gint64 at_usec)
{
  gint64 end_usec = 0;

  /* Each turn moves on by a window, and some minute of the week is in none. */
  for (guint turn = 0; turn < 8 * 2 * MAX_WINDOWS; turn++)
    {
      gint64 next_usec = find_end (quiet, zone, end_usec > 0 ? end_usec : at_usec);

      if (next_usec == 0)
        break;
      end_usec = next_usec;
    }
  return end_usec;
}
