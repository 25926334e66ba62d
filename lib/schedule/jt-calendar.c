/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Calendar events as systemd reads them (systemd.time(7), "CALENDAR EVENTS"), and their normal form. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-scan.h"

#define MAX_ITEMS 100
#define USEC G_USEC_PER_SEC

typedef struct
{
  const char *what;
  gint64      least;
  gint64      most;
  gint64      scale; /* 1, or microseconds */
  const char *hint;  /* to who leaves the range */
} Part;

static const Part year_part = { N_("year"), 1970, 2199, 1, N_("with four digits, or two for 1970 to 2069") };
static const Part month_part = { N_("month"), 1, 12, 1, N_("1 is January") };
static const Part day_part = { N_("day"), 1, 31, 1, N_("the last one is ~1") };
/* Counted from the end of the month: those that each month has. */
static const Part end_day_part = { N_("day from the end"), 1, 28, 1, N_("which every month has") };
static const Part hour_part = { N_("hour"), 0, 23, 1, N_("midnight is 00:00") };
static const Part minute_part = { N_("minute"), 0, 59, 1, N_("the full hour is 00") };
static const Part second_part = { N_("second"), 0, 59, USEC, N_("the full minute is 00") };

static const struct
{
  const char *word;
  const char *text;
} words[] = {
  { "minutely", "*-*-* *:*:00" },      { "hourly", "*-*-* *:00:00" },          { "daily", "*-*-* 00:00:00" },
  { "weekly", "Mon *-*-* 00:00:00" },  { "monthly", "*-*-01 00:00:00" },       { "yearly", "*-01-01 00:00:00" },
  { "annually", "*-01-01 00:00:00" },  { "anually", "*-01-01 00:00:00" },      { "quarterly", "*-01,04,07,10-01 00:00:00" },
  { "semiannually", "*-01,07-01 00:00:00" }, { "semi-annually", "*-01,07-01 00:00:00" },
  { "biannually", "*-01,07-01 00:00:00" },   { "bi-annually", "*-01,07-01 00:00:00" },
};

/* --- numbers and lists --- */

/* A number of @part, whatever its size. */
static gboolean
parse_value (JtScan *scan, const Part *part, gint64 *value)
{
  const char *begin = scan->at;
  gint64 number;

  if (!g_ascii_isdigit (*begin) && *begin != '-' && *begin != ' ' && *begin != '\0')
    return jt_scan_fail (scan, begin, _("%s: expected a number %d-%d, '*' or a range %d..%d, not '%.*s'"), _(part->what), (int) part->least,
                         (int) part->most, (int) part->least, (int) part->least + 5, (int) (g_utf8_next_char (begin) - begin), begin);
  if (!jt_scan_number (scan, part->what, &number))
    return FALSE;
  /* Two-digit years: 70 to 99 are of the last century. */
  if (part == &year_part && number < 100)
    number += number < 70 ? 2000 : 1900;
  *value = number * part->scale;
  if (part->scale > 1 && *scan->at == '.' && g_ascii_isdigit (scan->at[1]))
    for (gint64 place = part->scale / 10, digits = 1; g_ascii_isdigit (*++scan->at); place /= 10, digits++)
      {
        *value += (*scan->at - '0') * place;
        /* The seventh digit rounds the microseconds. */
        *value += digits == 7 && *scan->at >= '5' ? 1 : 0;
      }
  return *value <= G_MAXINT32 || jt_scan_fail (scan, begin, _("%s is too large"), _(part->what));
}

static gboolean
check_value (JtScan *scan, const char *begin, const Part *part, gint64 value)
{
  if (value >= part->least * part->scale && value < (part->most + 1) * part->scale)
    return TRUE;
  /* Translators: "minute 0-59, not 60; the full hour is 00" */
  return jt_scan_fail (scan, begin, _("%s %d-%d, not %d; %s"), _(part->what), (int) part->least, (int) part->most, (int) (value / part->scale),
                       _(part->hint));
}

static gboolean
parse_repeat (JtScan *scan, const Part *part, gint64 *repeat)
{
  static const Part steps = { N_("repetition"), 0, G_MAXINT32, 1 };
  static const Part usec_steps = { N_("repetition"), 0, G_MAXINT32, USEC };
  const char *begin = ++scan->at;

  if (!parse_value (scan, part->scale > 1 ? &usec_steps : &steps, repeat))
    return FALSE;
  return *repeat > 0 || jt_scan_fail (scan, begin, _("repetition at least 1, as in 0/15"));
}

/* As systemd has it: the end of a range is its last value that is met, and a repetition without an end must be met once more. */
static gboolean
close_item (JtItem *item, const Part *part)
{
  if (item->repeat <= 0)
    return TRUE;
  if (item->stop < 0)
    return item->is_end ? item->start - item->repeat >= part->least : item->start + item->repeat < (part->most + 1) * part->scale;
  item->stop -= (item->stop - item->start) % item->repeat;
  if (item->stop != item->start)
    return TRUE;
  item->stop = -1;
  item->repeat = 0;
  return TRUE;
}

/* What the range was to be: 22..23,0..2; where there is nothing to go round, its ends the other way. */
static gboolean
fail_backwards (JtScan *scan, const char *begin, const Part *part, const JtItem *item)
{
  int start = (int) (item->start / part->scale);
  int stop = (int) (item->stop / part->scale);

  if (part == &year_part || item->is_end)
    return jt_scan_fail (scan, begin, _("range runs backwards; use %d..%d"), stop, start);
  return jt_scan_fail (scan, begin, _("range runs backwards; use %d..%d,%d..%d"), start, (int) part->most, (int) part->least, stop);
}

/* "..STOP", and what it asks for: that it runs forwards, and of seconds that it is a second long where it has no repetition. Days
 * from the end are counted from the last one too, 3..7. */
static gboolean
parse_range_end (JtScan *scan, const char *begin, const Part *part, JtItem *item)
{
  const char *end = scan->at += 2;

  if (!parse_value (scan, part, &item->stop))
    return FALSE;
  if (item->stop < item->start)
    return check_value (scan, end, part, item->stop) && fail_backwards (scan, begin, part, item);
  item->repeat = part->scale;
  if (part->scale > 1 && *scan->at != '/' && item->stop - item->start < part->scale)
    return jt_scan_fail (scan, begin, _("a range of less than a second needs a repetition, as in 0..0.5/0.1"));
  return TRUE;
}

static gboolean
parse_item (JtScan *scan, const Part *part, gboolean is_end, GArray **items)
{
  JtItem item = { .stop = -1, .is_end = is_end };
  const char *begin = scan->at;
  const char *stop = begin;

  if (!parse_value (scan, part, &item.start) || !check_value (scan, begin, part, item.start))
    return FALSE;
  if (scan->at[0] == '.' && scan->at[1] == '.')
    {
      stop = scan->at + 2;
      if (!parse_range_end (scan, begin, part, &item))
        return FALSE;
    }
  if (*scan->at == '/' && !parse_repeat (scan, part, &item.repeat))
    return FALSE;
  if (!close_item (&item, part))
    /* Translators: "minute", "day" and the like */
    return jt_scan_fail (scan, begin, _("the repetition leaves the %s after its first time; write the one value"), _(part->what));
  if (item.stop >= 0 && !check_value (scan, stop, part, item.stop))
    return FALSE;
  jt_items_add (items, item);
  return TRUE;
}

/* A lone star leaves @items NULL: every value; of the seconds it is each full one. */
static gboolean
parse_list (JtScan *scan, const Part *part, gboolean is_end, GArray **items)
{
  if (*scan->at == '*')
    {
      scan->at++;
      if (*scan->at == '/' || *scan->at == ',')
        return jt_scan_fail (scan, scan->at, _("'*' stands alone; a repetition needs its first value, as in %d/5"), (int) part->least);
      if (part->scale > 1)
        jt_items_add (items, (JtItem) { .stop = -1, .repeat = part->scale });
      return TRUE;
    }
  for (guint n_items = 1;; n_items++)
    {
      if (n_items > MAX_ITEMS)
        return jt_scan_fail_items (scan, scan->at, MAX_ITEMS);
      if (*scan->at == ',')
        return jt_scan_fail (scan, scan->at, _("empty list item; write one ',' between two values"));
      if (*scan->at == '\0')
        return jt_scan_fail (scan, scan->at, _("%s is missing; expected %d-%d"), _(part->what), (int) part->least, (int) part->most);
      if (!parse_item (scan, part, is_end, items))
        return FALSE;
      if (*scan->at != ',')
        return TRUE;
      scan->at++;
    }
}

/* --- weekdays --- */

static gboolean
parse_weekdays (JtScan *scan, guint32 *mask)
{
  int first;
  int last;

  *mask = 0;
  while (g_ascii_isalpha (*scan->at))
    {
      const char *begin = scan->at;

      if (!jt_scan_name (scan, jt_weekday_names, N_("weekday"), &first))
        return FALSE;
      last = first;
      if ((scan->at[0] == '.' && scan->at[1] == '.') || *scan->at == '-')
        {
          const char *end = scan->at += *scan->at == '.' ? 2 : 1;

          if (!jt_scan_name (scan, jt_weekday_names, N_("weekday"), &last))
            return jt_scan_fail (scan, end, _("weekday is missing; write Mon..Fri"));
          /* Weeks begin on Monday: Fri..Mon would run backwards. */
          if ((last + 6) % 7 < (first + 6) % 7)
            return jt_scan_fail (scan, begin, _("range runs backwards; use %.3s%s,Mon%s%.3s"), jt_weekday_names[first], first == 0 ? "" : "..Sun",
                                 last == 1 ? "" : "..", last == 1 ? "" : jt_weekday_names[last]);
        }
      for (int day = (first + 6) % 7; day <= (last + 6) % 7; day++)
        *mask |= 1u << ((day + 1) % 7);
      if (*scan->at == ',')
        {
          scan->at++;
          if (*scan->at == ' ' || *scan->at == '\0')
            break;
          if (!g_ascii_isalpha (*scan->at))
            return jt_scan_fail (scan, scan->at, _("empty list item; write one ',' between two values"));
          continue;
        }
      break;
    }
  if (*scan->at != '\0' && *scan->at != ' ')
    return jt_scan_fail (scan, scan->at, _("unexpected '%.*s' after the weekday; write Mon..Fri or Mon,Fri, and a blank before the time"),
                         (int) (g_utf8_next_char (scan->at) - scan->at), scan->at);
  scan->at += strspn (scan->at, " ");
  return TRUE;
}

/* --- date and time --- */

typedef struct
{
  guint32  weekdays; /* 0: any */
  gboolean has_time;
  gboolean is_instant; /* @N: of UTC, whatever zone is named */
  GArray  *years; /* (element-type JtItem), this and those that follow: NULL is any */
  GArray  *months;
  GArray  *days;
  GArray  *hours;
  GArray  *minutes;
  GArray  *seconds; /* never NULL when parsed */
} Spec;

static void
spec_clear (Spec *spec)
{
  GArray **all[] = { &spec->years, &spec->months, &spec->days, &spec->hours, &spec->minutes, &spec->seconds };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_clear_pointer (all[i], g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spec, spec_clear)

/* Whether a date stands here: something with - or ~ before the next space or colon. */
static gboolean
looks_like_date (const char *at)
{
  gsize length = strcspn (at, " :");

  return memchr (at, '-', length) != NULL || memchr (at, '~', length) != NULL;
}

static gboolean
parse_date (JtScan *scan, Spec *spec)
{
  /* MONTH-DAY or YEAR-MONTH-DAY: how many separators there are decides. */
  gsize length = strcspn (scan->at, " ");
  guint n_separators = 0;
  gboolean is_end;

  for (gsize i = 0; i < length; i++)
    n_separators += scan->at[i] == '-' || scan->at[i] == '~';
  if (n_separators > 2)
    return jt_scan_fail (scan, scan->at, _("a date is YEAR-MONTH-DAY or MONTH-DAY; a range in it has '..', as *-*-1..7"));
  if (n_separators == 2)
    {
      if (!parse_list (scan, &year_part, FALSE, &spec->years))
        return FALSE;
      if (*scan->at != '-')
        return jt_scan_fail (scan, scan->at, _("expected '-' after the year, as in 2026-12-24"));
      scan->at++;
    }
  if (!parse_list (scan, &month_part, FALSE, &spec->months))
    return FALSE;
  is_end = *scan->at == '~';
  if (*scan->at != '-' && !is_end)
    return jt_scan_fail (scan, scan->at, _("expected '-' or '~' after the month, as in *-12-24"));
  scan->at++;
  if (!parse_list (scan, is_end ? &end_day_part : &day_part, is_end, &spec->days))
    return FALSE;
  if (*scan->at == 'T' && g_ascii_isdigit (scan->at[1]))
    {
      scan->at++;
      return TRUE;
    }
  if (*scan->at != '\0' && *scan->at != ' ')
    return jt_scan_fail (scan, scan->at, _("unexpected '%.*s' in the date; write 2026-12-24 18:00, a range as 1..7"),
                         (int) (g_utf8_next_char (scan->at) - scan->at), scan->at);
  scan->at += strspn (scan->at, " ");
  return TRUE;
}

static gboolean
parse_time (JtScan *scan, Spec *spec)
{
  spec->has_time = TRUE;
  if (!parse_list (scan, &hour_part, FALSE, &spec->hours))
    return FALSE;
  if (*scan->at != ':')
    return jt_scan_fail (scan, scan->at, _("expected ':' and the minute after the hour, as in 02:30"));
  scan->at++;
  if (!parse_list (scan, &minute_part, FALSE, &spec->minutes))
    return FALSE;
  if (*scan->at == ':')
    {
      scan->at++;
      if (!parse_list (scan, &second_part, FALSE, &spec->seconds))
        return FALSE;
    }
  if (*scan->at != '\0' && *scan->at != ' ')
    return jt_scan_fail (scan, scan->at, _("unexpected '%.*s' in the time; write 02:30 or 02:30:15, a range as 9..17:00"),
                         (int) (g_utf8_next_char (scan->at) - scan->at), scan->at);
  scan->at += strspn (scan->at, " ");
  return TRUE;
}

static gboolean
parse_instant (JtScan *scan, Spec *spec)
{
  const char *begin = ++scan->at;
  guint64 seconds;
  JtDate date;

  if (!g_ascii_isdigit (*begin))
    return jt_scan_fail (scan, begin, _("expected seconds since 1970 after @, as in @1767225600"));
  /* Too many digits are the greatest number there is. */
  seconds = g_ascii_strtoull (begin, (char **) &scan->at, 10);
  if (seconds >= (guint64) jt_civil_to_days (year_part.most + 1, 1, 1) * 86400)
    return jt_scan_fail (scan, begin, _("seconds since 1970 end with the year %d"), (int) year_part.most);
  spec->is_instant = TRUE;
  spec->has_time = TRUE;
  date = jt_civil_from_days ((gint64) (seconds / 86400));
  jt_items_add (&spec->years, (JtItem) { .start = date.year, .stop = -1 });
  jt_items_add (&spec->months, (JtItem) { .start = date.month, .stop = -1 });
  jt_items_add (&spec->days, (JtItem) { .start = date.day, .stop = -1 });
  jt_items_add (&spec->hours, (JtItem) { .start = (gint64) (seconds / 3600 % 24), .stop = -1 });
  jt_items_add (&spec->minutes, (JtItem) { .start = (gint64) (seconds / 60 % 60), .stop = -1 });
  jt_items_add (&spec->seconds, (JtItem) { .start = (gint64) (seconds % 60) * USEC, .stop = -1 });
  return TRUE;
}

/* --- normal form --- */

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const JtItem *item_a = a;
  const JtItem *item_b = b;

  if (item_a->start != item_b->start)
    return item_a->start < item_b->start ? -1 : 1;
  if (item_a->stop != item_b->stop)
    return item_a->stop < item_b->stop ? -1 : 1;
  return item_a->repeat < item_b->repeat ? -1 : item_a->repeat > item_b->repeat ? 1 : 0;
}

/* A repetition of every second covers whatever else is listed. */
static gboolean
is_any (GArray *items, const Part *part)
{
  for (guint i = 0; part->scale > 1 && items != NULL && i < items->len; i++)
    {
      const JtItem *item = &g_array_index (items, JtItem, i);

      if (item->start == 0 && item->stop < 0 && item->repeat == part->scale)
        return TRUE;
    }
  return items == NULL;
}

static void
append_number (GString *out, const Part *part, gint64 value)
{
  if (part == &year_part)
    {
      g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
      return;
    }
  g_string_append_printf (out, "%02" G_GINT64_FORMAT, value / part->scale);
  if (part->scale > 1 && value % part->scale != 0)
    g_string_append_printf (out, ".%06" G_GINT64_FORMAT, value % part->scale);
}

static void
append_items (GString *out, GArray *items, const Part *part)
{
  if (is_any (items, part))
    {
      g_string_append_c (out, '*');
      return;
    }
  g_array_sort (items, compare_items);
  for (guint i = 0; i < items->len; i++)
    {
      const JtItem *item = &g_array_index (items, JtItem, i);

      if (i > 0 && compare_items (item, item - 1) == 0)
        continue;
      if (i > 0)
        g_string_append_c (out, ',');
      append_number (out, part, item->start);
      if (item->stop >= 0)
        {
          g_string_append (out, "..");
          append_number (out, part, item->stop);
        }
      if (item->repeat > 0 && !(item->stop >= 0 && item->repeat == part->scale))
        {
          g_string_append_printf (out, "/%" G_GINT64_FORMAT, item->repeat / part->scale);
          if (item->repeat % part->scale != 0)
            g_string_append_printf (out, ".%06" G_GINT64_FORMAT, item->repeat % part->scale);
        }
    }
}

static void
append_weekdays (GString *out, guint32 mask)
{
  gboolean is_first = TRUE;

  for (int day = 0; day < 7; day++)
    {
      int last = day;

      if (!(mask & (1u << ((day + 1) % 7))))
        continue;
      while (last < 6 && (mask & (1u << ((last + 2) % 7))))
        last++;
      g_string_append_printf (out, "%s%.3s", is_first ? "" : ",", jt_weekday_names[(day + 1) % 7]);
      if (last > day)
        g_string_append_printf (out, "%s%.3s", last == day + 1 ? "," : "..", jt_weekday_names[(last + 1) % 7]);
      is_first = FALSE;
      day = last;
    }
  g_string_append_c (out, ' ');
}

static void
append_spec (GString *out, Spec *spec, const char *zone)
{
  gboolean is_end = spec->days != NULL && g_array_index (spec->days, JtItem, 0).is_end;

  if (spec->weekdays != 0 && spec->weekdays != 0x7f)
    append_weekdays (out, spec->weekdays);
  append_items (out, spec->years, &year_part);
  g_string_append_c (out, '-');
  append_items (out, spec->months, &month_part);
  g_string_append_c (out, is_end ? '~' : '-');
  append_items (out, spec->days, &day_part);
  g_string_append_c (out, ' ');
  append_items (out, spec->hours, &hour_part);
  g_string_append_c (out, ':');
  append_items (out, spec->minutes, &minute_part);
  g_string_append_c (out, ':');
  append_items (out, spec->seconds, &second_part);
  if (zone != NULL)
    g_string_append_printf (out, " %s", zone);
}

/* --- to the pattern --- */

static guint64
to_mask (GArray *items, const Part *part)
{
  guint64 mask = 0;

  for (gint64 value = jt_items_next (items, part->least, part->most); value >= 0; value = jt_items_next (items, value + 1, part->most))
    mask |= G_GUINT64_CONSTANT (1) << value;
  return mask;
}

static void
fill_pattern (Spec *spec, JtPattern *pattern)
{
  pattern->years = spec->years == NULL ? NULL : g_array_ref (spec->years);
  pattern->months = (guint32) to_mask (spec->months, &month_part);
  if (spec->days != NULL && g_array_index (spec->days, JtItem, 0).is_end)
    pattern->end_days = g_array_ref (spec->days);
  else
    pattern->days = (guint32) to_mask (spec->days, &day_part);
  pattern->weekdays = spec->weekdays != 0 ? spec->weekdays : 0x7f;
  pattern->hours = (guint32) to_mask (spec->hours, &hour_part);
  pattern->minutes = to_mask (spec->minutes, &minute_part);
  pattern->seconds = g_array_ref (spec->seconds);
  pattern->zone_rule = JT_GAP_SKIP;
}

/* --- the whole --- */

/* A zone at the end: "UTC" or a name with a slash. What is left of it is the expression. */
static gboolean
take_zone (JtScan *scan, GString *text, JtZone **zone, gboolean *has_zone)
{
  const char *space = strrchr (text->str, ' ');
  const char *name = space == NULL ? text->str : space + 1;
  g_autoptr (GError) error = NULL;
  JtZone *found;
  int index;

  *has_zone = FALSE;
  if (space == NULL || !g_ascii_isalpha (*name) || strpbrk (name, ",.") != NULL)
    return TRUE;
  {
    JtScan weekday = { .text = name, .at = name };
    gboolean is_weekday = jt_scan_name (&weekday, jt_weekday_names, N_("weekday"), &index);

    g_clear_error (&weekday.error);
    if (is_weekday)
      return TRUE;
  }
  found = jt_zone_get (g_ascii_strcasecmp (name, "UTC") == 0 ? "UTC" : name, &error);
  if (found == NULL)
    {
      const char *at = scan->at + MIN ((gsize) (name - text->str), strlen (scan->at));

      if (strchr (name, '/') != NULL)
        return jt_scan_fail (scan, at, "%s", error->message);
      return jt_scan_fail (scan, at, _("unexpected '%.32s'; at the end only a zone may stand, UTC or a name like Europe/Berlin"), name);
    }
  jt_zone_unref (*zone);
  *zone = found;
  *has_zone = TRUE;
  g_string_truncate (text, (gsize) (space - text->str));
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  return TRUE;
}

static gboolean
parse_spec (JtScan *scan, Spec *spec)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (scan->at, words[i].word) == 0)
      {
        JtScan inner = { .text = words[i].text, .at = words[i].text };

        return parse_spec (&inner, spec);
      }
  if (g_ascii_isalpha (*scan->at) && !parse_weekdays (scan, &spec->weekdays))
    return FALSE;
  if (*scan->at == '@')
    {
      if (!parse_instant (scan, spec))
        return FALSE;
    }
  else if (*scan->at != '\0' && looks_like_date (scan->at) && !parse_date (scan, spec))
    return FALSE;
  if (*scan->at != '\0' && !spec->is_instant && !parse_time (scan, spec))
    return FALSE;
  return *scan->at == '\0' ||
         jt_scan_fail (scan, scan->at, _("unexpected '%.32s'; a calendar is WEEKDAYS YEAR-MONTH-DAY HOUR:MINUTE:SECOND ZONE"), scan->at);
}

gboolean
jt_calendar_parse (JtScan *scan, JtPattern *pattern, JtZone **zone, GString *normalized)
{
  g_autoptr (GString) text = g_string_new (scan->at);
  g_auto (Spec) spec = { 0 };
  gboolean has_zone;
  gboolean is_well;
  JtScan inner;

  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  if (!take_zone (scan, text, zone, &has_zone))
    return FALSE;
  inner = (JtScan) { .text = text->str, .at = text->str };
  is_well = parse_spec (&inner, &spec);
  if (!is_well)
    {
      /* Columns count from the beginning of the whole text. */
      const char *message = inner.error->message;
      const char *colon = inner.column > 0 ? strstr (message, ": ") : NULL;

      jt_scan_fail (scan, inner.column > 0 ? g_utf8_offset_to_pointer (scan->at, (glong) inner.column - 1) : NULL, "%s",
                    colon != NULL ? colon + 2 : message);
      scan->error->code = inner.error->code;
      g_error_free (inner.error);
      return FALSE;
    }
  if (spec.is_instant)
    {
      jt_zone_unref (*zone);
      *zone = jt_zone_get ("UTC", NULL);
      has_zone = TRUE;
    }
  if (!spec.has_time)
    {
      jt_items_add (&spec.hours, (JtItem) { .stop = -1 });
      jt_items_add (&spec.minutes, (JtItem) { .stop = -1 });
    }
  if (spec.seconds == NULL)
    jt_items_add (&spec.seconds, (JtItem) { .stop = -1 });
  append_spec (normalized, &spec, has_zone ? jt_zone_get_name (*zone) : NULL);
  fill_pattern (&spec, pattern);
  return TRUE;
}
