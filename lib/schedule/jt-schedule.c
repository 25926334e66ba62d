/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-schedule.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-describe.h"
#include "jt-duration.h"
#include "jt-error.h"
#include "jt-scan.h"
#include "jt-schedule-private.h"
#include "jt-slips.h"
#include "jt-when.h"

#define MAX_TEXT 4096
#define LEAST_INTERVAL G_USEC_PER_SEC
#define MOST_INTERVAL (10 * G_GINT64_CONSTANT (31557600) * G_USEC_PER_SEC)

static const char *const kind_names[] = { "cron", "calendar", "every", "at" };

JtSchedule *
jt_schedule_ref (JtSchedule *schedule)
{
  g_atomic_ref_count_inc (&schedule->ref_count);
  return schedule;
}

void
jt_schedule_unref (JtSchedule *schedule)
{
  if (schedule == NULL || !g_atomic_ref_count_dec (&schedule->ref_count))
    return;
  g_clear_pointer (&schedule->zone, jt_zone_unref);
  g_clear_pointer (&schedule->pattern, jt_pattern_free);
  g_free (schedule->normalized);
  g_free (schedule);
}

/* --- parsing --- */

static gboolean
parse_cron (JtSchedule *self, JtScan *scan)
{
  gsize length = strcspn (scan->at, " \t");

  if (length == strlen ("@reboot") && g_ascii_strncasecmp (scan->at, "@reboot", length) == 0)
    {
      const char *rest = scan->at + length + strspn (scan->at + length, " \t");

      if (*rest != '\0')
        return jt_scan_fail (scan, rest, _("trailing text after @reboot; write @reboot alone"));
      self->is_reboot = TRUE;
      self->normalized = g_strdup ("@reboot");
      return TRUE;
    }
  self->pattern = jt_pattern_new ();
  return jt_cron_parse (scan, self->pattern);
}

static gboolean
parse_calendar (JtSchedule *self, JtScan *scan)
{
  g_autoptr (GString) normalized = g_string_new (NULL);

  if (*scan->at == '\0')
    return jt_scan_fail (scan, scan->at, _("an expression is missing; write *-*-* 02:30"));
  self->pattern = jt_pattern_new ();
  if (!jt_calendar_parse (scan, self->pattern, &self->zone, normalized))
    return FALSE;
  self->normalized = g_strdup (normalized->str);
  return TRUE;
}

static gboolean
parse_interval (JtScan *scan, const char *end, gint64 least, gint64 *interval)
{
  g_autofree char *text = g_strndup (scan->at, (gsize) (end - scan->at));
  const char *what;
  guint column;

  g_strchomp (text);
  if (*text == '\0')
    return jt_scan_fail (scan, scan->at, _("an interval is missing; write every 15min"));
  if (!jt_duration_scan (text, interval, &column, &what))
    /* Translators: what is wrong, as in "expected a number" */
    return jt_scan_fail (scan, scan->at + column - 1, _("%s; write 15min, 1h 30min or PT15M"), what);
  if (*interval < least || *interval > MOST_INTERVAL)
    return jt_scan_fail (scan, scan->at, _("an interval is 1 s to 10 y; write 15min, 1h 30min or PT15M"));
  return TRUE;
}

static const char *
find_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  for (const char *at = strchr (text, ' '); at != NULL; at = strchr (at + 1, ' '))
    if (g_ascii_strncasecmp (at + 1, word, length) == 0 && (at[length + 1] == ' ' || at[length + 1] == '\0'))
      return at;
  return NULL;
}

static gboolean
parse_every (JtSchedule *self, JtScan *scan, gint64 base_usec)
{
  const char *from = find_word (scan->at, "from");
  const char *after = find_word (scan->at, "after");
  const char *end = from != NULL ? from : after != NULL ? after : scan->at + strlen (scan->at);
  g_autofree char *length = NULL;
  g_autofree char *anchor = NULL;

  if (!parse_interval (scan, end, LEAST_INTERVAL, &self->interval))
    return FALSE;
  length = jt_duration_format (self->interval);
  self->is_after = from == NULL && after != NULL;
  if (self->is_after)
    {
      const char *rest = after + strlen (" after");

      rest += strspn (rest, " ");
      if (*rest != '\0')
        return jt_scan_fail (scan, rest, _("unexpected '%.32s' after the interval; 'after' is the last word"), rest);
      self->normalized = g_strdup_printf ("every %s after", length);
      return TRUE;
    }
  self->anchor = base_usec;
  if (from != NULL)
    {
      scan->at = from + strlen (" from");
      if (scan->at[strspn (scan->at, " ")] == '\0')
        return jt_scan_fail (scan, scan->at, _("an instant is missing after 'from'; write from 2026-01-01 05:00"));
      if (!jt_when_parse (scan, self->zone, base_usec, &self->anchor))
        return FALSE;
    }
  anchor = jt_when_format (self->anchor);
  self->normalized = g_strdup_printf ("every %s from %s", length, anchor);
  return TRUE;
}

static gboolean
parse_at (JtSchedule *self, JtScan *scan, gint64 base_usec, gboolean is_relative)
{
  g_autofree char *when = NULL;
  gint64 distance;

  if (is_relative)
    {
      if (!parse_interval (scan, scan->at + strlen (scan->at), 0, &distance))
        return FALSE;
      self->anchor = base_usec + distance;
    }
  else if (*scan->at == '\0')
    return jt_scan_fail (scan, scan->at, _("a time is missing; write at 18:30"));
  else if (!jt_when_parse (scan, self->zone, base_usec, &self->anchor))
    return FALSE;
  else
    self->wall = scan->wall;
  when = jt_when_format (self->anchor);
  self->normalized = g_strdup_printf ("at %s", when);
  return TRUE;
}

/* "word" or "word:" at the beginning, any case. */
static gboolean
take_prefix (const char **at, const char *word, gboolean with_space)
{
  gsize length = strlen (word);

  if (g_ascii_strncasecmp (*at, word, length) != 0)
    return FALSE;
  if ((*at)[length] != ':' && !(with_space && ((*at)[length] == ' ' || (*at)[length] == '\0')))
    return FALSE;
  *at += length + ((*at)[length] == ':' ? 1 : 0);
  *at += strspn (*at, " \t");
  return TRUE;
}

/* Five fields of cron have at least four gaps and no colon; a calendar has a colon, a date, or words. */
static JtScheduleKind
guess_kind (const char *text)
{
  guint n_fields = 0;

  if (*text == '@')
    return g_ascii_isdigit (text[1]) ? JT_SCHEDULE_CALENDAR : JT_SCHEDULE_CRON;
  for (const char *at = text; *(at += strspn (at, " \t")) != '\0'; at += strcspn (at, " \t"))
    n_fields++;
  if (n_fields >= 5)
    return JT_SCHEDULE_CRON;
  if (strchr (text, ':') != NULL || g_ascii_isalpha (*text) || strstr (text, "-") != NULL || strchr (text, '~') != NULL)
    {
      /* "* * *-5" and the like are cron with fields missing. */
      return n_fields >= 3 && strchr (text, ':') == NULL && !g_ascii_isalpha (*text) ? JT_SCHEDULE_CRON : JT_SCHEDULE_CALENDAR;
    }
  return JT_SCHEDULE_CRON;
}

static gboolean
parse_rest (JtSchedule *self, JtScan *scan, gint64 base_usec, gboolean is_relative)
{
  switch (self->kind)
    {
    case JT_SCHEDULE_CRON:
      return parse_cron (self, scan);
    case JT_SCHEDULE_CALENDAR:
      return parse_calendar (self, scan);
    case JT_SCHEDULE_EVERY:
      return parse_every (self, scan, base_usec);
    default:
      return parse_at (self, scan, base_usec, is_relative);
    }
}

static gboolean
check_text (JtScan *scan)
{
  const char *bad;

  if (strlen (scan->text) > MAX_TEXT)
    {
      g_set_error (&scan->error, JT_ERROR, JT_ERROR_TOO_LARGE, _("schedule has %zu bytes, limit %d; a job may have several schedules"),
                   strlen (scan->text), MAX_TEXT);
      return FALSE;
    }
  if (!g_utf8_validate (scan->text, -1, &bad))
    {
      g_set_error (&scan->error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("invalid UTF-8 at byte %d"), (int) (bad - scan->text) + 1);
      return FALSE;
    }
  if (!jt_scan_check_characters (scan))
    return FALSE;
  return scan->text[strspn (scan->text, " \t")] != '\0' || jt_scan_fail (scan, NULL, _("schedule is empty; write '30 2 * * *' or 'every 15min'"));
}

/* The kind that the text says outright, or @kind. Given from outside it holds: a word of another kind is a fault then. */
static int
take_kind (JtScan *scan, int kind, gboolean *is_relative)
{
  static const struct
  {
    const char *word;
    gboolean    is_word; /* a blank will do instead of the colon */
    int         kind;
  } prefixes[] = {
    { "cron", FALSE, JT_SCHEDULE_CRON }, { "calendar", FALSE, JT_SCHEDULE_CALENDAR }, { "every", TRUE, JT_SCHEDULE_EVERY },
    { "at", TRUE, JT_SCHEDULE_AT },      { "in", TRUE, JT_SCHEDULE_AT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if ((kind < 0 || kind == prefixes[i].kind) && take_prefix (&scan->at, prefixes[i].word, prefixes[i].is_word))
      {
        *is_relative = g_str_equal (prefixes[i].word, "in");
        return prefixes[i].kind;
      }
  return kind;
}

static JtSchedule *
parse (const char *text, int kind, JtZone *zone, gint64 base_usec, guint *column, GError **error)
{
  g_autoptr (JtSchedule) self = g_new0 (JtSchedule, 1);
  /* Blanks are blanks, of every kind of schedule; places stay what they are. */
  g_autofree char *trimmed = g_strdelimit (g_strchomp (g_strdup (text)), "\t", ' ');
  JtScan scan = { .text = trimmed, .at = trimmed };
  gboolean is_relative = FALSE;
  gboolean is_well;

  g_atomic_ref_count_init (&self->ref_count);
  self->zone = jt_zone_ref (zone);
  self->wall = JT_WALL_NEVER;
  is_well = check_text (&scan);
  if (is_well)
    {
      scan.at += strspn (scan.at, " \t");
      kind = take_kind (&scan, kind, &is_relative);
      self->kind = kind >= 0 ? (JtScheduleKind) kind : guess_kind (scan.at);
      is_well = parse_rest (self, &scan, base_usec, is_relative);
    }
  if (is_well)
    return g_steal_pointer (&self);
  jt_slips_explain (&scan);
  if (column != NULL)
    *column = scan.column;
  g_propagate_error (error, scan.error);
  return NULL;
}

JtSchedule *
jt_schedule_parse (const char *text, JtZone *zone, gint64 base_usec, guint *column, GError **error)
{
  return parse (text, -1, zone, base_usec, column, error);
}

JtSchedule *
jt_schedule_parse_kind (const char *text, JtScheduleKind kind, JtZone *zone, gint64 base_usec, guint *column, GError **error)
{
  return parse (text, (int) kind, zone, base_usec, column, error);
}

/* --- elapses --- */

static gint64
next_interval (JtSchedule *self, gint64 after_usec)
{
  gint64 n_passed = after_usec < self->anchor ? 0 : (after_usec - self->anchor) / self->interval;
  gint64 next;

  if (__builtin_mul_overflow (n_passed + 1, self->interval, &next) || __builtin_add_overflow (next, self->anchor, &next))
    return JT_INSTANT_NEVER;
  return next;
}

gint64
jt_schedule_next (JtSchedule *self, gint64 after_usec)
{
  if (self->is_reboot || self->is_after)
    return JT_INSTANT_NEVER;
  if (self->pattern != NULL)
    return jt_pattern_next (self->pattern, self->zone, after_usec);
  if (self->kind == JT_SCHEDULE_EVERY)
    return next_interval (self, after_usec);
  return self->anchor > after_usec ? self->anchor : JT_INSTANT_NEVER;
}

/* The greatest elapse <= @until_usec, given one at @first_usec: by halving, since elapses can only be asked for forwards. */
gint64
jt_schedule_find_last (JtSchedule *self, gint64 first_usec, gint64 until_usec)
{
  gint64 low = first_usec;
  gint64 high = until_usec;

  while (low < high)
    {
      gint64 middle = low + (high - low) / 2 + (high - low) % 2;
      gint64 next = jt_schedule_next (self, middle - 1);

      if (next <= until_usec)
        low = next;
      else
        high = middle - 1;
    }
  return low;
}

guint64
jt_schedule_count (JtSchedule *self, gint64 after_usec, gint64 until_usec, gint64 *first_usec, gint64 *last_usec)
{
  *first_usec = jt_schedule_next (self, after_usec);
  *last_usec = JT_INSTANT_NEVER;
  if (*first_usec > until_usec)
    {
      *first_usec = JT_INSTANT_NEVER;
      return 0;
    }
  *last_usec = jt_schedule_find_last (self, *first_usec, until_usec);
  if (self->pattern != NULL)
    return jt_pattern_count (self->pattern, self->zone, after_usec, until_usec);
  return self->kind == JT_SCHEDULE_EVERY ? (guint64) ((*last_usec - *first_usec) / self->interval) + 1 : 1;
}

/* --- about it --- */

JtScheduleKind
jt_schedule_get_kind (JtSchedule *self)
{
  return self->kind;
}

const char *
jt_schedule_kind_to_string (JtScheduleKind kind)
{
  return kind_names[kind];
}

gboolean
jt_schedule_is_reboot (JtSchedule *self)
{
  return self->is_reboot;
}

gint64
jt_schedule_get_after_end (JtSchedule *self)
{
  return self->is_after ? self->interval : 0;
}

const char *
jt_schedule_get_normalized (JtSchedule *self)
{
  char *text = g_atomic_pointer_get (&self->normalized);

  if (text != NULL)
    return text;
  text = jt_cron_format (self->pattern);
  if (g_atomic_pointer_compare_and_exchange (&self->normalized, NULL, text))
    return text;
  g_free (text);
  return g_atomic_pointer_get (&self->normalized);
}

char *
jt_schedule_describe (JtSchedule *self)
{
  if (self->is_reboot)
    return g_strdup (_("Once after each start of the machine"));
  if (self->pattern != NULL)
    return jt_describe_pattern (self->pattern, self->zone);
  if (self->kind == JT_SCHEDULE_EVERY)
    return jt_describe_interval (self->interval, self->anchor, self->is_after, self->zone);
  return jt_describe_once (self->anchor, self->zone);
}
