/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "starts.h"

#include <string.h>

#include "jt-when.h"
#include "libc-clock.h"
#include "schedule-fixture.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
/* cron takes a clock that goes forward by this, or back by more, for a corrected one. */
#define CORRECTION (3 * HOUR)

StartCounts start_counts;

/* --- what we say --- */

/* How often cron starts what is due at @usec. Of fixed times that a gap holds it starts each, where they are one to us. */
static guint64
count_starts (const char *zone, gboolean is_fixed, JtSchedule *of_wall, gint64 usec)
{
  gint64 before = libc_wall (zone, usec - 1);
  gint64 after = libc_wall (zone, usec);
  gint64 first, last;

  if (!is_fixed || after - before >= CORRECTION || before - after > CORRECTION)
    return 1;
  return jt_schedule_count (of_wall, before, after, &first, &last);
}

/* As cron tells fixed times from wild ones. */
static gboolean
is_fixed_time (const char *text)
{
  const char *hour = strpbrk (text, " \t");

  return *text != '*' && !g_str_equal (text, "@hourly") && (hour == NULL || hour[strspn (hour, " \t")] != '*');
}

static void
add_starts (const char *zone, gint64 from_usec, gint64 until_usec, const char *text, GArray *starts)
{
  g_autoptr (JtSchedule) schedule = parse_schedule (text, zone, from_usec);
  g_autoptr (JtSchedule) of_wall = parse_schedule (text, "UTC", from_usec);
  gboolean is_fixed = is_fixed_time (text);
  gint64 usec = from_usec;

  while ((usec = jt_schedule_next (schedule, usec)) < until_usec)
    {
      guint64 count = count_starts (zone, is_fixed, of_wall, usec);
      gint64 minute = usec / MINUTE;

      g_assert_cmpint (usec % MINUTE, ==, 0);
      if (count == 0)
        g_error ("'%s' in %s elapses at %" G_GINT64_FORMAT ", which it does not show", text, zone, usec);
      start_counts.together += (guint) count - 1;
      for (guint64 i = 0; i < count; i++)
        g_array_append_val (starts, minute);
    }
}

/* --- both --- */

static int
compare_instants (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

/* The first minute that one of them has more often; -1: none. */
static gint64
find_difference (GArray *ours, GArray *theirs, gboolean *is_ours)
{
  for (guint i = 0; i < MAX (ours->len, theirs->len); i++)
    {
      gint64 our = i < ours->len ? g_array_index (ours, gint64, i) : G_MAXINT64;
      gint64 their = i < theirs->len ? g_array_index (theirs, gint64, i) : G_MAXINT64;

      *is_ours = our < their;
      if (our != their)
        return MIN (our, their);
    }
  return -1;
}

static gint64
compare_starts (Crond *crond, const char *zone, gint64 from_usec, gint64 until_usec, const char *const *texts, gboolean *is_ours)
{
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) theirs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) seconds = crond_list_starts (crond, zone, from_usec, until_usec, texts);

  for (guint i = 0; texts[i] != NULL; i++)
    add_starts (zone, from_usec, until_usec, texts[i], ours);
  g_array_sort (ours, compare_instants);
  for (guint i = 0; i < seconds->len; i++)
    {
      gint64 minute = g_array_index (seconds, gint64, i) / 60;

      if (minute * MINUTE < until_usec)
        g_array_append_val (theirs, minute);
    }
  start_counts.starts += theirs->len;
  return find_difference (ours, theirs, is_ours);
}

void
check_starts (Crond *crond, const char *zone, gint64 from_usec, gint64 until_usec, const char *const *texts)
{
  g_autofree char *from = jt_when_format (from_usec);
  gboolean is_ours;

  start_counts.lines += g_strv_length ((char **) texts);
  if (compare_starts (crond, zone, from_usec, until_usec, texts, &is_ours) < 0)
    return;
  g_test_fail ();
  for (guint i = 0; texts[i] != NULL; i++)
    {
      const char *const alone[] = { texts[i], NULL };
      gint64 minute = compare_starts (crond, zone, from_usec, until_usec, alone, &is_ours);
      g_autofree char *at = minute < 0 ? NULL : jt_when_format (minute * MINUTE);

      if (minute >= 0)
        g_test_message ("FAULT '%s' in %s from %s: %s starts it at %s", texts[i], zone, from, is_ours ? "only JobTracker" : "cron", at);
    }
  g_test_message ("FAULT in %s from %s", zone, from);
}
