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
  const char        *hint;       /* to who leaves the range */
  const char        *unit;       /* (nullable) of "every", for steps that do not fit */
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
  { N_("second"), 0, 59, NULL, 0, N_("the full minute is 0"), "s" },
  { N_("minute"), 0, 59, NULL, 0, N_("the full hour is 0"), "min" },
  { N_("hour"), 0, 23, NULL, 0, N_("midnight is 0"), "h" },
  { N_("day of month"), 1, 31, NULL, 0, N_("the last one is L"), "d" },
  { N_("month"), 1, 12, jt_month_names, 1, N_("or a name, JAN to DEC"), NULL },
  { N_("weekday"), 0, 7, jt_weekday_names, 0, N_("0 and 7 are Sunday, or write SUN to SAT"), NULL },
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
  const char *begin;
} Field;

/* What stands where a value was expected. */
static gboolean
fail_value (Field *field, const FieldKind *kind)
{
  JtScan *scan = field->scan;
  const char *at = scan->at;

  if (*at == '\0' || *at == ' ' || *at == '\t')
    /* Translators: "minute", "day of month" and the like, and its range */
    return jt_scan_fail (scan, at, _("%s is missing; expected %d-%d"), _(kind->what), kind->least, kind->most);
  if (*at == ',')
    return jt_scan_fail (scan, at, _("%s is missing before ','; expected %d-%d"), _(kind->what), kind->least, kind->most);
  if (*at == '-')
    return jt_scan_fail (scan, at, _("%s %d-%d cannot be negative, and a range needs its beginning, as %d-%d"), _(kind->what), kind->least,
                         kind->most, kind->least, kind->least + 5);
  if (*at == '?')
    return jt_scan_fail (scan, at, _("'?' is for the day fields; write '*'"));
  return jt_scan_fail (scan, at, _("%s: expected a number %d-%d, '*', a range %d-%d or a step */5, not '%.*s'"), _(kind->what),
                       kind->least, kind->most, kind->least, kind->least + 5, (int) (g_utf8_next_char (at) - at), at);
}

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
  if (field->scan->error != NULL)
    return FALSE;
  if (!g_ascii_isdigit (*begin))
    return fail_value (field, kind);
  if (!jt_scan_number (field->scan, kind->what, value))
    {
      g_clear_error (&field->scan->error);
      /* Translators: "minute", "day of month" and the like, and its range */
      return jt_scan_fail (field->scan, begin, _("%s is too large; expected %d-%d"), _(kind->what), kind->least, kind->most);
    }
  if (*value < kind->least || *value > kind->most)
    /* Translators: "minute 0-59, not 60; the full hour is 0" */
    return jt_scan_fail (field->scan, begin, _("%s %d-%d, not %d; %s"), _(kind->what), kind->least, kind->most, (int) *value, _(kind->hint));
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
  if (*step <= kind->most - (kind->least == 0 ? 0 : kind->least - 1))
    return TRUE;
  if (kind->unit == NULL)
    /* Translators: the second is "month" or "weekday" */
    return jt_scan_fail (field->scan, begin, _("step %d is larger than the range of the %s, %d-%d; write one value"), (int) *step, _(kind->what),
                         kind->least, kind->most);
  /* Translators: the second is "minute", "day of month" and the like */
  return jt_scan_fail (field->scan, begin, _("step %d is larger than the range of the %s, %d-%d; write 'every %d%s'"), (int) *step, _(kind->what),
                       kind->least, kind->most, (int) *step, kind->unit);
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
        return jt_scan_fail (scan, begin, _("distance from the last day 0-30, as in L-3"));
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
        return jt_scan_fail (scan, begin, _("number of the weekday in the month 1-5, as in 5#2"));
      return add_special (field, JT_DAY_NTH, value % 7, nth);
    }
  *taken = FALSE;
  return TRUE;
}

/* What a range that runs backwards was to be: "22-23,0-2"; with a step (it comes next) each of its values. (transfer full) */
static char *
turn_range (const JtScan *scan, const FieldKind *kind, int first, int last)
{
  /* The 7 of the weekdays is their 0. */
  int most = kind->most == 7 ? 6 : kind->most;
  int count = most - kind->least + 1;
  GString *out = g_string_new (NULL);
  int step = *scan->at == '/' ? (int) CLAMP (g_ascii_strtoll (scan->at + 1, NULL, 10), 1, count) : 1;

  if (first > most)
    g_string_append_printf (out, last > 0 ? "0-%d" : "%d", last);
  else if (step == 1)
    {
      g_string_append_printf (out, first < most ? "%d-%d," : "%d,", first, most);
      g_string_append_printf (out, kind->least < last ? "%d-%d" : "%d", kind->least, last);
    }
  for (int value = first; first <= most && step > 1 && value <= last + count; value += step)
    g_string_append_printf (out, "%s%d", out->len > 0 ? "," : "", (value - kind->least) % count + kind->least);
  return g_string_free (out, FALSE);
}

static gboolean
parse_range_end (Field *field, const FieldKind *kind, const char *begin, gint64 first, gint64 *last)
{
  g_autofree char *instead = NULL;

  field->scan->at++;
  if (!parse_value (field, kind, last))
    return FALSE;
  /* Sunday may close a range as 7. */
  if (kind->names == jt_weekday_names && *last == 0 && first > 0)
    *last = 7;
  if (*last >= first)
    return TRUE;
  instead = turn_range (field->scan, kind, (int) first, (int) *last);
  return jt_scan_fail (field->scan, begin, _("range runs backwards; use %s"), instead);
}

/* A comma too many: the field without it. */
static gboolean
fail_empty (Field *field, const char *end)
{
  g_autofree char *text = g_strndup (field->begin, (gsize) (end - field->begin));
  g_auto (GStrv) items = g_strsplit (text, ",", -1);
  g_autoptr (GString) instead = g_string_new (NULL);

  for (guint i = 0; items[i] != NULL; i++)
    if (*items[i] != '\0')
      g_string_append_printf (instead, "%s%s", instead->len > 0 ? "," : "", items[i]);
  if (instead->len == 0)
    g_string_append_c (instead, '*');
  return jt_scan_fail (field->scan, field->scan->at, _("empty list item; write '%.32s'"), instead->str);
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
    return fail_empty (field, end);
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
  field->begin = scan->at = span->begin;
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
        return jt_scan_fail (scan, scan->at, _("unexpected '%.*s' in the %s; expected whole numbers as 1,2 or 1-5 or */5"),
                             (int) (g_utf8_next_char (scan->at) - scan->at), scan->at,
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
          return jt_scan_fail (scan, scan->at + length + strspn (scan->at + length, " \t"), _("trailing text after %s; write %s alone"),
                               nicknames[i].name, nicknames[i].name);
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
        return jt_scan_fail (scan, at,
                             _("has more than %d fields; write five, minute hour day-of-month month weekday, or six with seconds in front"),
                             MAX_FIELDS);
      spans[*n_spans] = (Span) { at, at + length };
      at += length;
    }
  if (*n_spans >= 5)
    return TRUE;
  return jt_scan_fail (scan, at,
                       g_dngettext (GETTEXT_PACKAGE, "has %u field, needs 5 or 6: minute hour day-of-month month weekday, as 30 2 * * *",
                                    "has %u fields, needs 5 or 6: minute hour day-of-month month weekday, as 30 2 * * *", *n_spans),
                       *n_spans);
}

static void
set_seconds (JtPattern *pattern, guint64 mask)
{
  for (; mask != 0; mask &= mask - 1)
    jt_items_add (&pattern->seconds, (JtItem) { .start = __builtin_ctzll (mask) * G_USEC_PER_SEC, .stop = -1 });
}

static gboolean
parse_fields (JtScan *scan, JtPattern *pattern, const Span *spans, guint n_spans)
{
  Field field = { .scan = scan, .pattern = pattern, .mask = 1 };
  guint64 masks[MAX_FIELDS] = { 1 };
  guint8 stars = 0;

  for (guint i = 0; i < n_spans; i++)
    {
      int which = (int) (i + MAX_FIELDS - n_spans);

      if (!parse_field (&field, which, &spans[i]))
        return FALSE;
      masks[which] = field.mask;
      stars |= field.has_star ? 1 << which : 0;
    }
  set_seconds (pattern, masks[FIELD_SECOND]);
  pattern->minutes = masks[FIELD_MINUTE];
  pattern->hours = (guint32) masks[FIELD_HOUR];
  pattern->days = (guint32) masks[FIELD_DAY];
  pattern->months = (guint32) masks[FIELD_MONTH];
  pattern->weekdays = (guint32) masks[FIELD_WEEKDAY];
  pattern->stars = stars;
  pattern->has_seconds = n_spans == MAX_FIELDS;
  pattern->any_day_field = (stars & (1 << FIELD_DAY | 1 << FIELD_WEEKDAY)) == 0;
  pattern->zone_rule = (stars & (1 << FIELD_MINUTE | 1 << FIELD_HOUR)) != 0 ? JT_FOLLOW_CLOCK : JT_GAP_FIRST;
  return TRUE;
}

gboolean
jt_cron_parse (JtScan *scan, JtPattern *pattern)
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
      return jt_cron_parse (&inner, pattern);
    }
  return split_fields (scan, spans, &n_spans) && parse_fields (scan, pattern, spans, n_spans);
}
