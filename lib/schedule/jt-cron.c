/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Cron expressions as cronie and Debian's cron read them (crontab(5)), with seconds in front if there are six fields, and with
 * Quartz's L, W and # in the day fields. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-scan.h"

#define MAX_FIELDS 6
#define MAX_ITEMS 100

typedef struct
{
  const char        *what;
  int                least;
  int                most;
  const char *const *names;
  int                first_name; /* the number of names[0] */
} FieldKind;

enum
{
  FIELD_SECOND,
  FIELD_MINUTE,
  FIELD_HOUR,
  FIELD_DAY,
  FIELD_MONTH,
  FIELD_WEEKDAY,
};

static const FieldKind kinds[] = {
  { N_("second"), 0, 59, NULL, 0 },           { N_("minute"), 0, 59, NULL, 0 },
  { N_("hour"), 0, 23, NULL, 0 },             { N_("day of month"), 1, 31, NULL, 0 },
  { N_("month"), 1, 12, jt_month_names, 1 },  { N_("weekday"), 0, 7, jt_weekday_names, 0 },
};

typedef struct
{
  const char *begin;
  const char *end;
} Span;

typedef struct
{
  JtScan    *scan;
  JtPattern *pattern;
  guint64    mask;
  gboolean   has_star; /* begins with it: crontab's rule for the day fields, and for wild times */
} Field;

static gboolean
parse_value (Field *field, const FieldKind *kind, gint64 *value)
{
  const char *begin = field->scan->at;
  int index;

  if (kind->names != NULL && jt_scan_name (field->scan, kind->names, kind->what, &index))
    {
      *value = index + kind->first_name;
      return TRUE;
    }
  if (field->scan->error != NULL || !jt_scan_number (field->scan, kind->what, value))
    return FALSE;
  if (*value < kind->least || *value > kind->most)
    return jt_scan_fail (field->scan, begin, _("%s %d-%d, not %d"), _(kind->what), kind->least, kind->most, (int) *value);
  return TRUE;
}

static gboolean
parse_step (Field *field, const FieldKind *kind, gint64 first, gint64 last, gint64 *step)
{
  const char *begin = ++field->scan->at;

  if (*begin == '-' || !jt_scan_number (field->scan, N_("step"), step) || *step < 1)
    {
      g_clear_error (&field->scan->error);
      return jt_scan_fail (field->scan, begin, _("step at least 1, as in */5"));
    }
  if (*step > kind->most - (kind->least == 0 ? 0 : kind->least - 1))
    /* Translators: the second is "minute", "day of month" and the like */
    return jt_scan_fail (field->scan, begin, _("step %d is larger than the range of the %s, %d-%d"), (int) *step, _(kind->what),
                         kind->least, kind->most);
  return TRUE;
}

static void
add_range (Field *field, const FieldKind *kind, gint64 first, gint64 last, gint64 step)
{
  for (gint64 value = first; value <= last; value += step)
    field->mask |= G_GUINT64_CONSTANT (1) << (kind == &kinds[FIELD_WEEKDAY] && value == 7 ? 0 : value);
}

static gboolean
add_special (Field *field, JtSpecialKind kind, gint64 value, gint64 nth)
{
  JtPattern *pattern = field->pattern;

  if (pattern->n_specials == JT_PATTERN_MAX_SPECIALS)
    return jt_scan_fail (field->scan, field->scan->at, _("too many of L, W and #, limit %d"), JT_PATTERN_MAX_SPECIALS);
  pattern->specials[pattern->n_specials++] = (JtSpecial) { kind, (int) value, (int) nth };
  return TRUE;
}

/* L, L-3, LW, L-3W */
static gboolean
parse_last (Field *field)
{
  JtScan *scan = field->scan;
  gint64 distance = 0;
  const char *begin = scan->at + 1;

  scan->at++;
  if (*scan->at == '-')
    {
      begin = ++scan->at;
      if (!jt_scan_number (scan, N_("distance from the last day"), &distance))
        return FALSE;
      if (distance > 30)
        return jt_scan_fail (scan, begin, _("distance from the last day 0-30"));
    }
  if (g_ascii_toupper (*scan->at) != 'W')
    return add_special (field, JT_DAY_LAST, distance, 0);
  scan->at++;
  return add_special (field, JT_DAY_LAST_WEEKDAY, distance, 0);
}

/* What may stand behind a number: W in the days, L or #N in the weekdays. TRUE in *@taken. */
static gboolean
parse_suffix (Field *field, int which, gint64 value, gboolean *taken)
{
  JtScan *scan = field->scan;
  char c = g_ascii_toupper (*scan->at);
  const char *begin;
  gint64 nth;

  *taken = TRUE;
  if (which == FIELD_DAY && c == 'W')
    {
      scan->at++;
      return add_special (field, JT_DAY_NEAR_WEEKDAY, value, 0);
    }
  if (which == FIELD_WEEKDAY && c == 'L')
    {
      scan->at++;
      return add_special (field, JT_DAY_LAST_OF, value % 7, 0);
    }
  if (which == FIELD_WEEKDAY && c == '#')
    {
      begin = ++scan->at;
      if (!jt_scan_number (scan, N_("number of the weekday in the month"), &nth))
        return FALSE;
      if (nth < 1 || nth > 5)
        return jt_scan_fail (scan, begin, _("number of the weekday in the month 1-5"));
      return add_special (field, JT_DAY_NTH, value % 7, nth);
    }
  *taken = FALSE;
  return TRUE;
}

static gboolean
parse_range_end (Field *field, const FieldKind *kind, const char *begin, gint64 first, gint64 *last)
{
  field->scan->at++;
  if (!parse_value (field, kind, last))
    return FALSE;
  /* Sunday may close a range as 7. */
  if (kind->names == jt_weekday_names && *last == 0 && first > 0)
    *last = 7;
  if (*last < first)
    return jt_scan_fail (field->scan, begin, _("range runs backwards; use %d-%d,%d-%d"), (int) first,
                         kind->most - (kind->most == 7 ? 1 : 0), kind->least, (int) *last);
  return TRUE;
}

static gboolean
parse_item (Field *field, int which, const char *end)
{
  const FieldKind *kind = &kinds[which];
  JtScan *scan = field->scan;
  const char *begin = scan->at;
  gint64 first = kind->least;
  gint64 last = kind->most;
  gint64 step = 1;
  gboolean taken = FALSE;

  if (scan->at == end || *scan->at == ',')
    return jt_scan_fail (scan, scan->at, _("empty list item"));
  if (*scan->at == '*' || (*scan->at == '?' && (which == FIELD_DAY || which == FIELD_WEEKDAY)))
    scan->at++;
  else if (which == FIELD_DAY && g_ascii_toupper (*scan->at) == 'L')
    return parse_last (field);
  else
    {
      if (!parse_value (field, kind, &first) || !parse_suffix (field, which, first, &taken))
        return FALSE;
      if (taken)
        return TRUE;
      if (*scan->at == '-' && !parse_range_end (field, kind, begin, first, &last))
        return FALSE;
      if (*scan->at != '/' && memchr (begin, '-', (gsize) (scan->at - begin)) == NULL)
        last = first;
    }
  if (*scan->at == '/' && !parse_step (field, kind, first, last, &step))
    return FALSE;
  add_range (field, kind, first, last, step);
  return TRUE;
}

static gboolean
parse_field (Field *field, int which, const Span *span)
{
  JtScan *scan = field->scan;
  guint n_items = 0;

  field->mask = 0;
  field->has_star = *span->begin == '*' || *span->begin == '?';
  scan->at = span->begin;
  for (;;)
    {
      if (++n_items > MAX_ITEMS)
        return jt_scan_fail_items (scan, scan->at, MAX_ITEMS);
      if (!parse_item (field, which, span->end))
        return FALSE;
      if (scan->at == span->end)
        return TRUE;
      if (*scan->at != ',')
        /* Translators: the second is "minute", "day of month" and the like */
        return jt_scan_fail (scan, scan->at, _("unexpected '%.*s' in the %s"), (int) (g_utf8_next_char (scan->at) - scan->at), scan->at,
                             _(kinds[which].what));
      scan->at++;
    }
}

static const struct
{
  const char *name;
  const char *fields;
} nicknames[] = {
  { "@hourly", "0 * * * *" },  { "@daily", "0 0 * * *" },  { "@midnight", "0 0 * * *" }, { "@weekly", "0 0 * * 0" },
  { "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 1 *" }, { "@annually", "0 0 1 1 *" },
};

static gboolean
find_nickname (JtScan *scan, const char **fields)
{
  gsize length = strcspn (scan->at, " \t");

  for (guint i = 0; i < G_N_ELEMENTS (nicknames); i++)
    if (strlen (nicknames[i].name) == length && g_ascii_strncasecmp (nicknames[i].name, scan->at, length) == 0)
      {
        if (scan->at[length + strspn (scan->at + length, " \t")] != '\0')
          return jt_scan_fail (scan, scan->at + length + 1, _("trailing text after %s"), nicknames[i].name);
        *fields = nicknames[i].fields;
        return TRUE;
      }
  return jt_scan_fail (scan, scan->at,
                       _("unknown '%.32s'; there are @hourly @daily @midnight @weekly @monthly @yearly @annually @reboot"), scan->at);
}

static gboolean
split_fields (JtScan *scan, Span *spans, guint *n_spans)
{
  const char *at = scan->at;

  for (*n_spans = 0; *(at += strspn (at, " \t")) != '\0'; (*n_spans)++)
    {
      gsize length = strcspn (at, " \t");

      if (*n_spans == MAX_FIELDS)
        return jt_scan_fail (scan, at, _("has more than %d fields; five, or six with seconds in front"), MAX_FIELDS);
      spans[*n_spans] = (Span) { at, at + length };
      at += length;
    }
  if (*n_spans >= 5)
    return TRUE;
  return jt_scan_fail (scan, at,
                       g_dngettext (GETTEXT_PACKAGE, "has %u field, needs 5 or 6: minute hour day-of-month month weekday",
                                    "has %u fields, needs 5 or 6: minute hour day-of-month month weekday", *n_spans),
                       *n_spans);
}

/* Numbers, in order, ranges where they are longer than two. */
static void
append_mask (GString *out, guint64 mask, int least, int most)
{
  gboolean is_first = TRUE;

  for (int value = least; value <= most; value++)
    {
      int last = value;

      if (!(mask & (G_GUINT64_CONSTANT (1) << value)))
        continue;
      while (last < most && (mask & (G_GUINT64_CONSTANT (1) << (last + 1))))
        last++;
      g_string_append_printf (out, last > value + 1 ? "%s%d-%d" : "%s%d", is_first ? "" : ",", value, last);
      value = last > value + 1 ? last : value;
      is_first = FALSE;
    }
}

static void
append_specials (GString *out, const JtPattern *pattern, guint from)
{
  for (guint i = from; i < pattern->n_specials; i++)
    {
      const JtSpecial *special = &pattern->specials[i];

      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ',');
      switch (special->kind)
        {
        case JT_DAY_LAST:
        case JT_DAY_LAST_WEEKDAY:
          g_string_append_c (out, 'L');
          if (special->value > 0)
            g_string_append_printf (out, "-%d", special->value);
          if (special->kind == JT_DAY_LAST_WEEKDAY)
            g_string_append_c (out, 'W');
          break;
        case JT_DAY_NEAR_WEEKDAY:
          g_string_append_printf (out, "%dW", special->value);
          break;
        case JT_DAY_NTH:
          g_string_append_printf (out, "%d#%d", special->value, special->nth);
          break;
        default:
          g_string_append_printf (out, "%dL", special->value);
          break;
        }
    }
}

/* A field that begins with a star keeps it: it decides how the day fields and the clock's changes are treated. */
static void
append_field (GString *out, int which, const Field *field, const JtPattern *pattern, guint first_special)
{
  int least = kinds[which].least;
  int most = which == FIELD_WEEKDAY ? 6 : kinds[which].most;
  guint64 all = ((G_GUINT64_CONSTANT (2) << most) - 1) & ~((G_GUINT64_CONSTANT (1) << least) - 1);

  if (out->len > 0)
    g_string_append_c (out, ' ');
  if (field->has_star && field->mask == all)
    {
      g_string_append_c (out, '*');
      append_specials (out, pattern, first_special);
      return;
    }
  for (int step = 2; field->has_star && step <= most; step++)
    {
      guint64 stepped = 0;

      for (int value = least; value <= most; value += step)
        stepped |= G_GUINT64_CONSTANT (1) << value;
      if (stepped != field->mask)
        continue;
      g_string_append_printf (out, "*/%d", step);
      append_specials (out, pattern, first_special);
      return;
    }
  if (field->has_star)
    {
      /* A list that begins with a star matches what its first step does and more. */
      g_string_append_printf (out, "*/%d,", most - (least == 0 ? 0 : least - 1));
    }
  append_mask (out, field->mask, least, most);
  append_specials (out, pattern, first_special);
}

static void
set_seconds (JtPattern *pattern, guint64 mask)
{
  for (int second = 0; second < 60; second++)
    if (mask & (G_GUINT64_CONSTANT (1) << second))
      jt_items_add (&pattern->seconds, (JtItem) { .start = second * G_USEC_PER_SEC, .stop = -1 });
}

static gboolean
parse_fields (JtScan *scan, JtPattern *pattern, GString *normalized, const Span *spans, guint n_spans)
{
  Field field = { .scan = scan, .pattern = pattern, .mask = 1 };
  guint64 masks[MAX_FIELDS] = { 1 };
  gboolean stars[MAX_FIELDS] = { FALSE };

  for (guint i = 0; i < n_spans; i++)
    {
      int which = (int) (i + MAX_FIELDS - n_spans);
      guint first_special = pattern->n_specials;

      if (!parse_field (&field, which, &spans[i]))
        return FALSE;
      masks[which] = field.mask;
      stars[which] = field.has_star;
      append_field (normalized, which, &field, pattern, first_special);
    }
  set_seconds (pattern, masks[FIELD_SECOND]);
  pattern->minutes = masks[FIELD_MINUTE];
  pattern->hours = (guint32) masks[FIELD_HOUR];
  pattern->days = (guint32) masks[FIELD_DAY];
  pattern->months = (guint32) masks[FIELD_MONTH];
  pattern->weekdays = (guint32) masks[FIELD_WEEKDAY];
  pattern->any_day_field = !stars[FIELD_DAY] && !stars[FIELD_WEEKDAY];
  pattern->zone_rule = stars[FIELD_MINUTE] || stars[FIELD_HOUR] ? JT_FOLLOW_CLOCK : JT_GAP_FIRST;
  return TRUE;
}

gboolean
jt_cron_parse (JtScan *scan, JtPattern *pattern, GString *normalized)
{
  Span spans[MAX_FIELDS];
  guint n_spans;

  if (*scan->at == '@')
    {
      const char *fields = NULL;
      JtScan inner;

      if (!find_nickname (scan, &fields))
        return FALSE;
      inner = (JtScan) { .text = fields, .at = fields };
      return jt_cron_parse (&inner, pattern, normalized);
    }
  return split_fields (scan, spans, &n_spans) && parse_fields (scan, pattern, normalized, spans, n_spans);
}
