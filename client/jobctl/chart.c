/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "chart.h"

#include <glib/gi18n-lib.h>

static const char *const lengths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
static const char *const heights[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

/* Of parts: good, bad, other. */
static const char *const fillings[] = { "█", "▒", "░" };
static const char *const plain_fillings[] = { "#", "x", "." };
static const Color colors[] = { COLOR_GOOD, COLOR_BAD, COLOR_FAINT };

#define N_PARTS G_N_ELEMENTS (fillings)

static gboolean
has_blocks (void)
{
  return g_get_charset (NULL);
}

static char *
repeat (const char *cell, int times)
{
  GString *out = g_string_new (NULL);

  for (int i = 0; i < times; i++)
    g_string_append (out, cell);
  return g_string_free (out, FALSE);
}

char *
chart_bar (double value, double most, int width)
{
  int eighths = most > 0 ? (int) (value / most * width * 8 + 0.5) : 0;
  g_autofree char *whole = NULL;

  if (value > 0)
    eighths = CLAMP (eighths, 1, width * 8);
  if (!has_blocks ())
    return repeat (plain_fillings[0], (eighths + 7) / 8);
  whole = repeat (lengths[8], eighths / 8);
  return g_strconcat (whole, lengths[eighths % 8], NULL);
}

/* --- stacks --- */

static void
list_parts (const ChartParts *parts, guint64 values[N_PARTS])
{
  values[0] = parts->good;
  values[1] = parts->bad;
  values[2] = parts->other;
}

/* Whole cells that end where the sum of the parts does; the good, of which there is most as a rule, gives way to the others. */
static void
divide (const guint64 values[N_PARTS], double most, int width, int cells[N_PARTS])
{
  double sum = 0;
  int whole;

  for (guint i = 0; i < N_PARTS; i++)
    sum += (double) values[i];
  whole = CLAMP ((int) (sum / MAX (most, 1) * width + 0.5), sum > 0 ? 1 : 0, width);
  cells[0] = whole;
  for (guint i = 1; i < N_PARTS; i++)
    {
      int least = values[i] > 0 ? 1 : 0;

      cells[i] = MIN (MAX ((int) ((double) values[i] / MAX (sum, 1) * whole + 0.5), least), cells[0]);
      cells[0] -= cells[i];
    }
}

char *
chart_stack (const Terminal *terminal, const ChartParts *parts, double most, int width)
{
  GString *bar = g_string_new (NULL);
  guint64 values[N_PARTS];
  int cells[N_PARTS];

  list_parts (parts, values);
  divide (values, most, width, cells);
  for (guint i = 0; i < N_PARTS; i++)
    {
      g_autofree char *text = repeat (has_blocks () ? fillings[i] : plain_fillings[i], cells[i]);
      g_autofree char *painted = terminal_paint (terminal, colors[i], text);

      g_string_append (bar, painted);
    }
  return g_string_free (bar, FALSE);
}

char *
chart_stack_legend (const Terminal *terminal, const ChartParts *parts)
{
  const char *const meanings[N_PARTS] = { _("succeeded"), _("failed, timed out or lost"), _("cancelled, skipped or missed") };
  GString *legend = g_string_new (NULL);
  guint64 values[N_PARTS];

  list_parts (parts, values);
  for (guint i = 0; i < N_PARTS; i++)
    {
      g_autofree char *sign = terminal_paint (terminal, colors[i], has_blocks () ? fillings[i] : plain_fillings[i]);

      if (values[i] > 0)
        g_string_append_printf (legend, "%s%s %s", legend->len > 0 ? "   " : "", sign, meanings[i]);
    }
  return g_string_free (legend, FALSE);
}

/* --- towers --- */

/* What of a column that is @eighths high is seen in @line, counted from the ground. */
static const char *
cell_of (int eighths, int line)
{
  int seen = CLAMP (eighths - line * 8, 0, 8);

  if (has_blocks ())
    return heights[seen];
  return seen >= 4 || (line == 0 && seen > 0) ? plain_fillings[0] : " ";
}

char *
chart_towers (const guint64 *values, guint n_values, int height)
{
  GString *out = g_string_new (NULL);
  guint64 most = 1;

  for (guint i = 0; i < n_values; i++)
    most = MAX (most, values[i]);
  for (int line = height - 1; line >= 0; line--)
    {
      for (guint i = 0; i < n_values; i++)
        {
          int eighths = (int) ((double) values[i] / (double) most * height * 8 + 0.5);

          g_string_append_printf (out, "%s ", cell_of (values[i] > 0 ? MAX (eighths, 1) : 0, line));
        }
      while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

/* --- plain letters --- */

char *
chart_plain (const char *text)
{
  static const char *const signs[][2] = { { "≤", "<=" }, { "µ", "u" }, { "…", "~" }, { "\u00a0", " " } };
  GString *plain = g_string_new (text);

  for (guint i = 0; i < G_N_ELEMENTS (signs) && !has_blocks (); i++)
    g_string_replace (plain, signs[i][0], signs[i][1], 0);
  return g_string_free (plain, FALSE);
}
