/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-histogram.h"

#define SECOND G_GUINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Buckets that are aimed at when they are even. */
#define EVEN_BUCKETS 12
/* Sketches do not tell apart what is nearer than this part of a number. */
#define LEAST_WIDTH 0.04
/* What is further apart than this is cut by ratio. */
#define EVEN_RATIO 10
#define ROUND_IN_GROUP 6

/* Round numbers in groups of six: all of a group, every second or third, or the first make a series that is round again. */
static const guint64 groups[][ROUND_IN_GROUP] = {
  { 1, 2, 3, 4, 5, 7 },
  { 10, 15, 20, 30, 50, 70 },
  { 100, 150, 200, 300, 500, 700 },
  { 1000, 1500, 2000, 3000, 5000, 7000 },
  { 10000, 15000, 20000, 30000, 50000, 70000 },
  { 100000, 150000, 200000, 300000, 500000, 700000 },
  { SECOND, 1500000, 2 * SECOND, 3 * SECOND, 5 * SECOND, 7 * SECOND },
  { 10 * SECOND, 15 * SECOND, 20 * SECOND, 30 * SECOND, 40 * SECOND, 50 * SECOND },
  { MINUTE, 90 * SECOND, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 7 * MINUTE },
  { 10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE, 40 * MINUTE, 50 * MINUTE },
  { HOUR, 90 * MINUTE, 2 * HOUR, 3 * HOUR, 5 * HOUR, 7 * HOUR },
  { 10 * HOUR, 12 * HOUR, 15 * HOUR, 18 * HOUR, 20 * HOUR, 22 * HOUR },
  { DAY, 36 * HOUR, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY },
  { 10 * DAY, 15 * DAY, 20 * DAY, 30 * DAY, 50 * DAY, 70 * DAY },
  { 100 * DAY, 150 * DAY, 200 * DAY, 300 * DAY, 500 * DAY, 700 * DAY },
  { 1000 * DAY, 1500 * DAY, 2000 * DAY, 3000 * DAY, 5000 * DAY, 7000 * DAY },
};

#define N_ROUND (G_N_ELEMENTS (groups) * ROUND_IN_GROUP)

static guint64
get_round (guint index)
{
  return index < N_ROUND ? groups[index / ROUND_IN_GROUP][index % ROUND_IN_GROUP] : G_MAXUINT64;
}

/* The first round number that is not below @usec. */
static guint
find_round (guint64 usec)
{
  guint index = 0;

  while (get_round (index) < usec)
    index++;
  return index;
}

static void
cut_by_ratio (guint64 least_usec, guint64 most_usec, GArray *bounds)
{
  static const guint steps[] = { 1, 2, 3, ROUND_IN_GROUP };
  guint first = find_round (least_usec);
  guint last = find_round (most_usec);
  guint step = ROUND_IN_GROUP;

  for (guint i = G_N_ELEMENTS (steps); i > 0; i--)
    if ((last - first) / steps[i - 1] + 2 <= JT_HISTOGRAM_MAX - 4)
      step = steps[i - 1];
  /* From the start of all, so that what is left out is what is less round. */
  for (guint index = (first + step - 1) / step * step; bounds->len < JT_HISTOGRAM_MAX; index += step)
    {
      guint64 bound = index < N_ROUND ? get_round (index) : most_usec;

      g_array_append_val (bounds, bound);
      if (bound >= most_usec)
        return;
    }
}

/* Widths that divide the next longer unit come first to mind. */
static guint64
round_width (double width_usec)
{
  static const guint64 widths[] = { SECOND,      2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE,   2 * MINUTE,
                                    5 * MINUTE,  10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,      2 * HOUR,    3 * HOUR, 6 * HOUR,
                                    12 * HOUR,   DAY,        2 * DAY,    7 * DAY,     14 * DAY,    30 * DAY,    100 * DAY };
  guint64 width = 1;

  for (guint i = 0; width < width_usec && width < SECOND; i++)
    width = i % 3 == 1 ? width / 2 * 5 : width * 2;
  for (guint i = 0; width < width_usec && i < G_N_ELEMENTS (widths); i++)
    width = widths[i];
  while (width < width_usec)
    width *= 2;
  return width;
}

static void
cut_evenly (guint64 least_usec, guint64 most_usec, GArray *bounds)
{
  double range = (double) (most_usec - least_usec);
  guint64 width = round_width (MAX (range / EVEN_BUCKETS, (double) least_usec * LEAST_WIDTH));
  guint64 bound = (least_usec + width - 1) / width * width;

  /* The shortest is not alone in its bucket for being round. */
  if (bound == least_usec && least_usec != most_usec)
    bound += width;
  g_array_append_val (bounds, bound);
  while (bound < most_usec && bounds->len < JT_HISTOGRAM_MAX)
    {
      bound += width;
      g_array_append_val (bounds, bound);
    }
}

GArray *
jt_histogram_cut (guint64 least_usec, guint64 most_usec)
{
  GArray *bounds = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 least = CLAMP (least_usec, 1, G_MAXINT64);
  guint64 most = CLAMP (most_usec, least, G_MAXINT64);

  if (most / least >= EVEN_RATIO)
    cut_by_ratio (least, most, bounds);
  else
    cut_evenly (least, most, bounds);
  /* However far they reach. */
  if (g_array_index (bounds, guint64, bounds->len - 1) < most)
    g_array_index (bounds, guint64, bounds->len - 1) = most;
  return bounds;
}
