/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* A cron expression in its canonical form, from what was read of it. Made only for those who want to see it: schedules are read far more
 * often than shown. */

#include "jt-scan.h"

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

/* L and W belong to the days, # and the L behind a number to the weekdays. */
static gboolean
is_of_weekdays (const JtSpecial *special)
{
  return special->kind == JT_DAY_NTH || special->kind == JT_DAY_LAST_OF;
}

static void
append_special (GString *out, const JtSpecial *special)
{
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

static void
append_specials (GString *out, const JtPattern *pattern, gboolean of_weekdays)
{
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      if (is_of_weekdays (&pattern->specials[i]) != of_weekdays)
        continue;
      if (out->str[out->len - 1] != ' ')
        g_string_append_c (out, ',');
      append_special (out, &pattern->specials[i]);
    }
}

static guint64
mask_of_step (int least, int most, int step)
{
  guint64 mask = 0;

  for (int value = least; value <= most; value += step)
    mask |= G_GUINT64_CONSTANT (1) << value;
  return mask;
}

/* A field that begins with a star keeps it: it decides how the day fields and the clock's changes are treated. The star has the smallest step
 * that the field has all values of, and what is left follows. */
static void
append_values (GString *out, guint64 mask, int least, int most, gboolean has_star)
{
  int step = 1;

  if (has_star)
    {
      while ((mask_of_step (least, most, step) & ~mask) != 0)
        step++;
      mask &= ~mask_of_step (least, most, step);
      g_string_append_c (out, '*');
      if (step > 1)
        g_string_append_printf (out, "/%d", step);
      if (mask != 0)
        g_string_append_c (out, ',');
    }
  append_mask (out, mask, least, most);
}

static guint64
mask_of_seconds (const JtPattern *pattern)
{
  guint64 mask = 0;

  for (guint i = 0; i < pattern->seconds->len; i++)
    mask |= G_GUINT64_CONSTANT (1) << (g_array_index (pattern->seconds, JtItem, i).start / G_USEC_PER_SEC);
  return mask;
}

char *
jt_cron_format (const JtPattern *pattern)
{
  const struct
  {
    guint64 mask;
    int     least;
    int     most;
  } fields[] = {
    { mask_of_seconds (pattern), 0, 59 }, { pattern->minutes, 0, 59 }, { pattern->hours, 0, 23 },
    { pattern->days, 1, 31 },             { pattern->months, 1, 12 },  { pattern->weekdays, 0, 6 },
  };
  GString *out = g_string_new (NULL);

  for (guint i = pattern->has_seconds ? 0 : 1; i < G_N_ELEMENTS (fields); i++)
    {
      if (out->len > 0)
        g_string_append_c (out, ' ');
      append_values (out, fields[i].mask, fields[i].least, fields[i].most, (pattern->stars & 1 << i) != 0);
      if (i == 3 || i == 5)
        append_specials (out, pattern, i == 5);
    }
  return g_string_free (out, FALSE);
}
