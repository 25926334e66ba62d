/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-nearest.h"

#include <string.h>

/* Longer words are not compared: nobody types them by mistake, and the work is quadratic. */
#define MAX_LENGTH 64

/* Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours; case counts for nothing. */
static guint
measure_distance (const char *a, gsize a_length, const char *b, gsize b_length)
{
  guint rows[3][MAX_LENGTH + 1];
  guint *before = rows[0];
  guint *above = rows[1];
  guint *row = rows[2];

  for (gsize j = 0; j <= b_length; j++)
    above[j] = (guint) j;
  for (gsize i = 1; i <= a_length; i++)
    {
      guint *oldest = before;

      row[0] = (guint) i;
      for (gsize j = 1; j <= b_length; j++)
        {
          gboolean is_same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]);
          guint best = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (is_same ? 0 : 1));

          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            best = MIN (best, before[j - 2] + 1);
          row[j] = best;
        }
      before = above;
      above = row;
      row = oldest;
    }
  return above[b_length];
}

const char *
jt_nearest (const char *word, const char *const *candidates)
{
  const char *nearest = NULL;
  gsize length = strlen (word);
  guint least = G_MAXUINT;

  if (length == 0 || length > MAX_LENGTH)
    return NULL;
  for (guint i = 0; candidates[i] != NULL; i++)
    {
      gsize other = strlen (candidates[i]);
      guint distance;

      if (other > MAX_LENGTH)
        continue;
      distance = measure_distance (word, length, candidates[i], other);
      if (distance < least)
        {
          least = distance;
          nearest = candidates[i];
        }
    }
  /* A third of the letters may be wrong, at least one, at most three. */
  return least <= CLAMP (length / 3, 1, 3) || (length > 2 && least <= 2) ? nearest : NULL;
}
