/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Random calendar expressions against systemd-analyze(1) of the machine: normalized text and the next elapses. Not asked
 * for: repetitions of minutes and fractions, and weekdays with days from the end, where systemd 252 is wrong (schedules).
 * Some repetitions over a change of the clock it gives up on ("infinite loop"): it has no answer then to compare with. */

#include <string.h>

#include "jt-when.h"
#include "schedule-fixture.h"

#define N_EXPRESSIONS 300
#define N_ELAPSES 5

static const struct
{
  const char *zone;
  const char *base; /* UTC, as systemd-analyze reads it */
} bases[] = {
  { "UTC", "2026-02-25 10:00:00 UTC" },           { "Europe/Berlin", "2026-03-28 10:00:00 UTC" },   { "Europe/Berlin", "2026-10-24 10:00:00 UTC" },
  { "America/New_York", "2026-03-07 10:00:00 UTC" }, { "America/New_York", "2026-10-31 10:00:00 UTC" }, { "Asia/Kathmandu", "2026-06-30 20:00:00 UTC" },
};

static void
add_list (GRand *rand, GString *text, int least, int most)
{
  int first = g_rand_int_range (rand, least, most + 1);
  int last = g_rand_int_range (rand, first, most + 1);

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      g_string_append_c (text, '*');
      break;
    case 1:
      g_string_append_printf (text, "%02d", first);
      break;
    case 2:
      g_string_append_printf (text, "%02d", first);
      if (last > first)
        {
          g_string_append (text, g_rand_boolean (rand) ? ".." : ",");
          g_string_append_printf (text, "%02d", last);
        }
      break;
    default:
      g_string_append_printf (text, "%02d", first);
      /* One that leaves the range at once is refused by both. */
      if (first + 2 <= most)
        g_string_append_printf (text, "/%d", g_rand_int_range (rand, 2, MIN (most - first, 7) + 1));
      break;
    }
}

static void
add_weekdays (GRand *rand, GString *text)
{
  static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  int first = g_rand_int_range (rand, 0, 7);
  int last = g_rand_int_range (rand, first, 7);

  g_string_append (text, names[first]);
  if (last > first)
    g_string_append_printf (text, "%s%s", g_rand_boolean (rand) ? ".." : ",", names[last]);
  g_string_append_c (text, ' ');
}

static char *
make_expression (GRand *rand)
{
  GString *text = g_string_new (NULL);
  gboolean from_end = g_rand_int_range (rand, 0, 6) == 0;

  if (!from_end && g_rand_boolean (rand))
    add_weekdays (rand, text);
  g_string_append (text, "*-");
  add_list (rand, text, 1, 12);
  g_string_append_c (text, from_end ? '~' : '-');
  if (from_end)
    g_string_append_printf (text, "%02d", g_rand_int_range (rand, 1, 28));
  else
    add_list (rand, text, 1, 28);
  g_string_append_c (text, ' ');
  add_list (rand, text, 0, 23);
  g_string_append_printf (text, ":%02d:%02d", g_rand_int_range (rand, 0, 60), g_rand_boolean (rand) ? 0 : g_rand_int_range (rand, 0, 60));
  return g_string_free (text, FALSE);
}

/* The answer of systemd-analyze; NULL: it has none. (transfer full) (nullable) */
static char *
ask (const char *zone, const char *base, const char *text)
{
  g_autofree char *base_argument = g_strdup_printf ("--base-time=%s", base);
  g_autofree char *iterations = g_strdup_printf ("--iterations=%d", N_ELAPSES);
  const char *arguments[] = { "systemd-analyze", "calendar", base_argument, iterations, text, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "TZ", zone, TRUE);
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status = 1;

  environment = g_environ_setenv (environment, "SYSTEMD_COLORS", "0", TRUE);
  g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_clear_pointer (&output, g_free);
  return output;
}

/* "Tue 2026-03-31 02:30:00 UTC" after the label: RFC 3339. */
static void
append_elapse (GString *list, const char *text)
{
  const char *date = strchr (text, ' ');

  if (list->len > 0)
    g_string_append_c (list, ' ');
  if (date == NULL || strlen (date) < 20)
    g_string_append (list, "never");
  else
    g_string_append_printf (list, "%.10sT%.8sZ", date + 1, date + 12);
}

/* What one block of the answer says: "NORMALIZED|ELAPSE ELAPSE …". Elapses are taken from "(in UTC):" lines where there are any. */
static char *
read_block (const char *block, gboolean is_utc)
{
  g_auto (GStrv) lines = g_strsplit (block, "\n", -1);
  g_autofree char *normalized = NULL;
  GString *elapses = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      const char *colon = strstr (line, ": ");

      if (g_str_has_prefix (line, "Normalized form: "))
        normalized = g_strdup (colon + 2);
      else if (g_str_has_prefix (line, "(in UTC): ") || (is_utc && (g_str_has_prefix (line, "Next elapse: ") || g_str_has_prefix (line, "Iter. #"))))
        append_elapse (elapses, colon + 2);
      else if (g_str_has_prefix (line, "Next elapse: never"))
        append_elapse (elapses, "never");
    }
  {
    char *both = g_strdup_printf ("%s|%s", normalized, elapses->str);

    g_string_free (elapses, TRUE);
    return both;
  }
}

/* Whether a clock in @zone reads the same at another instant near @at: in an hour that comes twice. */
static gboolean
comes_twice (GDateTime *at, GTimeZone *zone)
{
  static const gint minutes[] = { -60, -30, 30, 60 };
  g_autoptr (GDateTime) local = g_date_time_to_timezone (at, zone);
  g_autofree char *wall = g_date_time_format (local, "%F %T");

  for (guint i = 0; i < G_N_ELEMENTS (minutes); i++)
    {
      g_autoptr (GDateTime) near = g_date_time_add_minutes (local, minutes[i]);
      g_autofree char *near_wall = g_date_time_format (near, "%F %T");

      if (g_str_equal (wall, near_wall))
        return TRUE;
    }
  return FALSE;
}

/* The elapses of "NORMALIZED|ELAPSE ELAPSE …" but for those in an hour that comes twice, and no more than are sure to be in both answers. */
static char *
list_sure_elapses (const char *answer, GTimeZone *zone)
{
  g_auto (GStrv) elapses = g_strsplit (strchr (answer, '|') + 1, " ", -1);
  GString *sure = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; elapses[i] != NULL && count < N_ELAPSES - 2; i++)
    {
      g_autoptr (GDateTime) at = g_date_time_new_from_iso8601 (elapses[i], NULL);

      if (at != NULL && comes_twice (at, zone))
        continue;
      g_string_append_printf (sure, "%s ", elapses[i]);
      count++;
    }
  return g_string_free (sure, FALSE);
}

/* Which pass of an hour that comes twice systemd 252 takes, or that it passes the hour over, hangs for some expressions on what mktime(3)
 * guesses from the call before. We always take the first pass, as systemd does nearly always: the tables say so. */
static gboolean
differ_in_repeated_hour_only (const char *ours, const char *theirs, const char *zone_name)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  g_autofree char *our_sure = list_sure_elapses (ours, zone);
  g_autofree char *their_sure = list_sure_elapses (theirs, zone);
  gsize normalized = (gsize) (strchr (ours, '|') - ours);

  return strncmp (ours, theirs, normalized + 1) == 0 && g_str_equal (our_sure, their_sure);
}

static guint n_guessed;

static void
check_block (const char *text, const char *block, const char *zone, gint64 base_usec)
{
  g_autoptr (JtSchedule) schedule = parse_schedule (text, zone, base_usec);
  g_autofree char *theirs = read_block (block, g_str_equal (zone, "UTC"));
  g_autofree char *elapses = list_elapses (schedule, base_usec, N_ELAPSES);
  g_autofree char *ours = NULL;

  if (g_str_has_suffix (elapses, " never"))
    elapses[strlen (elapses) - strlen (" never")] = '\0';
  ours = g_strdup_printf ("%s|%s", jt_schedule_get_normalized (schedule), elapses);
  if (g_str_equal (ours, theirs))
    return;
  if (!differ_in_repeated_hour_only (ours, theirs, zone))
    g_error ("'%s' in %s\nsystemd  %s\nwe       %s", text, zone, theirs, ours);
  n_guessed++;
}

/* FALSE: systemd has no answer. */
static gboolean
check_expression (GRand *rand, guint number)
{
  const char *zone = bases[number % G_N_ELEMENTS (bases)].zone;
  const char *base = bases[number % G_N_ELEMENTS (bases)].base;
  g_autofree char *base_text = g_strdup_printf ("%.10sT%.8sZ", base, base + 11);
  g_autofree char *text = make_expression (rand);
  g_autofree char *answer = ask (zone, base, text);

  if (answer != NULL)
    check_block (text, answer, zone, instant (base_text));
  return answer != NULL;
}

static void
test_same_as_systemd (void)
{
  g_autofree char *program = g_find_program_in_path ("systemd-analyze");
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  guint answered = 0;

  if (program == NULL)
    {
      g_test_skip ("systemd-analyze is not here");
      return;
    }
  for (guint i = 0; i < N_EXPRESSIONS; i++)
    answered += check_expression (rand, i) ? 1 : 0;
  g_assert_cmpuint (answered, >, N_EXPRESSIONS / 2);
  g_assert_cmpuint (n_guessed, <, N_EXPRESSIONS / 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/calendar/same-as-systemd", test_same_as_systemd);
  return g_test_run ();
}
