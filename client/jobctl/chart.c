/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "chart.h"

static const char *const lengths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
static const char *const heights[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

static gboolean
has_blocks (void)
{
  return g_get_charset (NULL);
}

char *
chart_bar (double value, double most, int width)
{
  GString *bar = g_string_new (NULL);
  int eighths = most > 0 ? (int) (value / most * width * 8 + 0.5) : 0;

  if (value > 0)
    eighths = CLAMP (eighths, 1, width * 8);
  if (!has_blocks ())
    {
      for (int i = 0; i < (eighths + 7) / 8; i++)
        g_string_append_c (bar, '#');
      return g_string_free (bar, FALSE);
    }
  for (int i = 0; i < eighths / 8; i++)
    g_string_append (bar, lengths[8]);
  g_string_append (bar, lengths[eighths % 8]);
  return g_string_free (bar, FALSE);
}

char *
chart_columns (const guint64 *values, guint n_values)
{
  static const char plain[] = "_.-=+*#@";
  GString *line = g_string_new (NULL);
  guint64 most = 1;

  for (guint i = 0; i < n_values; i++)
    most = MAX (most, values[i]);
  for (guint i = 0; i < n_values; i++)
    {
      guint height = values[i] == 0 ? 0 : 1 + (guint) ((double) values[i] / (double) most * (G_N_ELEMENTS (heights) - 1));

      if (height == 0)
        g_string_append_c (line, ' ');
      else if (has_blocks ())
        g_string_append (line, heights[MIN (height, G_N_ELEMENTS (heights)) - 1]);
      else
        g_string_append_c (line, plain[MIN (height, G_N_ELEMENTS (heights)) - 1]);
    }
  return g_string_free (line, FALSE);
}
