/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Schedules said as calendars: what they become, what is refused, and, for random lines of cron in zones whose clocks change, that both
 * elapse at the same instants; systemd-analyze(1) of the machine is asked as well. */

#include <string.h>

#include "jt-as-calendar.h"
#include "jt-error.h"
#include "schedule-fixture.h"

#define NOW "2026-01-15T10:20:30Z"

/* "A | B", or "! why". */
static char *
say (const char *text, const char *zone_name, const char *from)
{
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  g_autoptr (JtSchedule) schedule = parse_schedule (text, zone_name, instant (from));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) calendars = jt_schedule_as_calendars (schedule, zone, zone_name, instant (from), &error);

  if (calendars != NULL)
    return g_strjoinv (" | ", calendars);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  return g_strdup_printf ("! %s", error->message);
}

static void
test_table (void)
{
  static const char *const rows[][3] = {
    /* cron where nothing is in the way */
    { "30 2 * * *", "UTC", "*-*-* 02:30:00 UTC" },
    { "30 2 * * *", "Asia/Tokyo", "*-*-* 02:30:00 Asia/Tokyo" },
    { "*/15 9-17 * * 1-5", "Europe/Berlin", "Mon,Tue,Wed,Thu,Fri *-*-* 09..17:00/15:00 Europe/Berlin" },
    { "0 5 1,15 * *", "UTC", "*-*-01,15 05:00:00 UTC" },
    { "0 5 1 */3 *", "UTC", "*-01/3-01 05:00:00 UTC" },
    { "*/7 * * * *", "UTC", "*-*-* *:00,07,14,21,28,35,42,49,56:00 UTC" },
    { "5/15 * * * *", "UTC", "*-*-* *:05,20,35,50:00 UTC" },
    { "10 30 4 * * *", "UTC", "*-*-* 04:30:10 UTC" },
    { "* * * * * *", "UTC", "*-*-* *:*:* UTC" },
    { "@weekly", "UTC", "Sun *-*-* 00:00:00 UTC" },
    /* either day field, and both */
    { "0 0 1,15 * 5", "UTC", "*-*-01,15 00:00:00 UTC | Fri *-*-* 00:00:00 UTC" },
    { "0 0 */2 * 5", "UTC", "Fri *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00 UTC" },
    { "0 0 1-7 * *", "UTC", "*-*-01..07 00:00:00 UTC" },
    /* Quartz's extras */
    { "0 8 L * *", "UTC", "*-*~01 08:00:00 UTC" },
    { "0 8 L-3 * *", "UTC", "*-*~04 08:00:00 UTC" },
    { "0 8 LW * *", "UTC", "Mon,Tue,Wed,Thu,Fri *-*~01 08:00:00 UTC | Fri *-*~02 08:00:00 UTC | Fri *-*~03 08:00:00 UTC" },
    { "0 8 15W * *", "UTC", "Mon,Tue,Wed,Thu,Fri *-*-15 08:00:00 UTC | Fri *-*-14 08:00:00 UTC | Mon *-*-16 08:00:00 UTC" },
    { "0 8 1W * *", "UTC", "Mon,Tue,Wed,Thu,Fri *-*-01 08:00:00 UTC | Mon *-*-03 08:00:00 UTC | Mon *-*-02 08:00:00 UTC" },
    { "0 8 30W * *", "UTC", "! a working day near the end of the month" },
    { "0 8 * * 5#2", "UTC", "Fri *-*-08..14 08:00:00 UTC" },
    { "0 8 * * 5L", "UTC", "Fri *-*~07/1 08:00:00 UTC" },
    { "0 8 1 * 5L", "UTC", "*-*-01 08:00:00 UTC | Fri *-*~07/1 08:00:00 UTC" },
    { "0 8 */2 * 5L", "UTC", "! days counted from the beginning and from the end of the month at once" },
    /* changes of the clock */
    { "30 2 * * *", "Europe/Berlin", "! when the clock goes forward over it, as on 2026-03-29, cron makes up for it and a calendar does not" },
    { "0 3 * * *", "Europe/Berlin", "*-*-* 03:00:00 Europe/Berlin" },
    { "59 1 * * *", "Europe/Berlin", "*-*-* 01:59:00 Europe/Berlin" },
    { "30 1 * * *", "America/New_York", "! when the clock goes back over it, as on 2026-11-01, cron and a calendar take different passes" },
    { "30 2 * 1,7 *", "Europe/Berlin", "*-01,07-* 02:30:00 Europe/Berlin" },
    { "30 2 * * 1-5", "Europe/Berlin", "Mon,Tue,Wed,Thu,Fri *-*-* 02:30:00 Europe/Berlin" },
    { "*/10 0-6 * * *", "Europe/Berlin", "! when the clock goes back over it, as on 2026-10-25, cron and a calendar take different passes" },
    /* minutes of every hour are the same in UTC */
    { "*/15 * * * *", "Europe/Berlin", "*-*-* *:00/15:00 UTC" },
    { "17 * * * *", "Europe/Berlin", "*-*-* *:17:00 UTC" },
    { "17 * * * *", "Asia/Kathmandu", "*-*-* *:17:00 Asia/Kathmandu" },
    { "17 * * * *", "America/St_Johns", "*-*-* *:47:00 UTC" },
    { "0 * * * *", "Australia/Lord_Howe", "*-*-* *:00:00 Australia/Lord_Howe" },
    { "45 * * * *", "Australia/Lord_Howe", "! when the clock goes back over it, as on 2026-04-05, cron and a calendar take different passes" },
    { "17 * * * 1", "Europe/Berlin", "Mon *-*-* *:17:00 Europe/Berlin" },
    { "17 * * * 0", "Europe/Berlin", "! when the clock goes back over it, as on *" },
    /* calendars are what they are */
    { "Mon..Fri 09:00", "Europe/Berlin", "Mon..Fri *-*-* 09:00:00 Europe/Berlin" },
    { "02:30", "Europe/Berlin", "*-*-* 02:30:00 Europe/Berlin" },
    { "02:30 UTC", "Europe/Berlin", "*-*-* 02:30:00 UTC" },
    { "daily", "", "*-*-* 00:00:00" },
    /* intervals */
    { "every 15min", "UTC", "*-*-* *:05,20,35,50:30 UTC" },
    { "every 15min from 2026-01-01T00:00:00Z", "Europe/Berlin", "*-*-* *:00/15:00 UTC" },
    { "every 1h", "Europe/Berlin", "*-*-* *:20:30 UTC" },
    { "every 6h from 2026-01-01T01:00:00Z", "UTC", "*-*-* 01,07,13,19:00:00 UTC" },
    { "every 90min from 2026-01-01T00:00:00Z", "UTC", "*-*-* 00/3:00:00 UTC | *-*-* 01,04,07,10,13,16,19,22:30:00 UTC" },
    { "every 45s from 2026-01-01T00:00:00Z", "UTC", "*-*-* *:00/3:00,45 UTC | *-*-* *:01,04,07,10,13,16,19,22,25,28,31,34,37,40,43,46,49,52,55,58:30 UTC"
                                                    " | *-*-* *:02,05,08,11,14,17,20,23,26,29,32,35,38,41,44,47,50,53,56,59:15 UTC" },
    { "every 1s", "UTC", "*-*-* *:*:* UTC" },
    { "every 1d", "UTC", "*-*-* 10:20:30 UTC" },
    { "every 1d from 2026-01-01T03:04:05.5Z", "UTC", "*-*-* 03:04:05.500000 UTC" },
    { "every 7d from 2026-01-01T03:04:05Z", "UTC", "Thu *-*-* 03:04:05 UTC" },
    { "every 7min", "UTC", "! the interval does not divide a day, and a calendar begins anew each day" },
    { "every 2d", "UTC", "! the interval does not divide a day, and a calendar begins anew each day" },
    { "every 1.5s", "UTC", "! the interval does not divide a day, and a calendar begins anew each day" },
    { "every 1h from 2027-01-01", "UTC", "! it begins only later, and a calendar begins at once" },
    { "every 10min after", "UTC", "! it has no instants of its own" },
    /* instants */
    { "at 2026-12-24 18:00", "Europe/Berlin", "2026-12-24 17:00:00 UTC" },
    { "at 2026-12-24T18:00:00.25Z", "UTC", "2026-12-24 18:00:00.250000 UTC" },
    { "at 2025-12-24 18:00", "UTC", "! it is past" },
    { "@reboot", "UTC", "! it has no instants of its own" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *said = say (rows[i][0], rows[i][1], NOW);

      if (*rows[i][2] == '!' ? !g_pattern_match_simple (rows[i][2], said) : !g_str_equal (rows[i][2], said))
        g_error ("'%s' in %s\nexpected %s\n     got %s", rows[i][0], rows[i][1], rows[i][2], said);
    }
}

/* An interval that meets another minute and second each time. */
static void
test_too_many (void)
{
  g_autofree char *said = say ("every 2min 8s", "UTC", NOW);

  g_assert_cmpstr (said, ==, "! it would take too many calendars");
}

/* --- random lines of cron --- */

static void
append_field (GRand *rand, GString *text, int least, int most, const char *extra)
{
  int first = g_rand_int_range (rand, least, most + 1);

  if (text->len > 0)
    g_string_append_c (text, ' ');
  switch (g_rand_int_range (rand, 0, extra != NULL ? 6 : 5))
    {
    case 0:
    case 1:
      g_string_append_c (text, '*');
      break;
    case 2:
      g_string_append_printf (text, "%d", first);
      break;
    case 3:
      g_string_append_printf (text, "*/%d", g_rand_int_range (rand, 2, MIN (most, 12) + 1));
      break;
    case 4:
      g_string_append_printf (text, "%d-%d", first, g_rand_int_range (rand, first, most + 1));
      break;
    default:
      g_string_append (text, extra);
    }
}

static char *
make_line (GRand *rand)
{
  static const char *const days[] = { "L", "L-2", "LW", "L-1W", "15W", "1W", "L,10" };
  static const char *const weekdays[] = { "5#2", "1L", "3#5", "2#1,5L" };
  GString *text = g_string_new (NULL);

  append_field (rand, text, 0, 59, NULL);
  append_field (rand, text, 0, 23, NULL);
  append_field (rand, text, 1, 28, days[g_rand_int_range (rand, 0, G_N_ELEMENTS (days))]);
  append_field (rand, text, 1, 12, NULL);
  append_field (rand, text, 0, 6, weekdays[g_rand_int_range (rand, 0, G_N_ELEMENTS (weekdays))]);
  return g_string_free (text, FALSE);
}

static GPtrArray *
parse_calendars (char **texts, JtZone *zone)
{
  GPtrArray *calendars = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_schedule_unref);

  for (; *texts != NULL; texts++)
    {
      g_autoptr (GError) error = NULL;
      JtSchedule *calendar = jt_schedule_parse_kind (*texts, JT_SCHEDULE_CALENDAR, zone, 0, NULL, &error);

      if (calendar == NULL)
        g_error ("%s: %s", *texts, error->message);
      g_ptr_array_add (calendars, calendar);
    }
  return calendars;
}

static gint64
next_of_all (GPtrArray *calendars, gint64 after_usec)
{
  gint64 earliest = JT_INSTANT_NEVER;

  for (guint i = 0; i < calendars->len; i++)
    earliest = MIN (earliest, jt_schedule_next (g_ptr_array_index (calendars, i), after_usec));
  return earliest;
}

static void
compare (JtSchedule *schedule, GPtrArray *calendars, gint64 from_usec, guint count, const char *text, const char *zone)
{
  for (gint64 at = from_usec; count > 0; count--)
    {
      gint64 next = jt_schedule_next (schedule, at);
      gint64 theirs = next_of_all (calendars, at);

      if (next != theirs)
        g_error ("'%s' in %s: after %" G_GINT64_FORMAT " cron %" G_GINT64_FORMAT ", calendars %" G_GINT64_FORMAT, text, zone, at, next, theirs);
      if (next == JT_INSTANT_NEVER)
        return;
      at = next;
    }
}

static gboolean
check_line (const char *text, const char *zone_name)
{
  static const char *const bases[] = { "2026-01-15T10:20:30Z", "2026-03-28T20:00:00Z", "2026-04-04T10:00:00Z", "2026-10-24T20:00:00Z",
                                       "2026-10-31T20:00:00Z", "2028-02-28T00:00:00Z" };
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  g_autoptr (JtSchedule) schedule = parse_schedule (text, zone_name, instant (bases[0]));
  g_auto (GStrv) texts = jt_schedule_as_calendars (schedule, zone, zone_name, instant (bases[0]), NULL);
  g_autoptr (GPtrArray) calendars = texts != NULL ? parse_calendars (texts, zone) : NULL;

  for (guint i = 0; calendars != NULL && i < G_N_ELEMENTS (bases); i++)
    compare (schedule, calendars, instant (bases[i]), 120, text, zone_name);
  return calendars != NULL;
}

static void
test_random (void)
{
  static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
                                       "Africa/Casablanca" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260115);
  guint n_said = 0;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *line = make_line (rand);

      n_said += check_line (line, zones[i % G_N_ELEMENTS (zones)]);
    }
  /* Most of them can be said, or nothing much was compared. */
  g_test_message ("%u of 3000 can be said", n_said);
  g_assert_cmpuint (n_said, >, 1500);
}

static void
test_random_intervals (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint n_said = 0;

  for (guint i = 0; i < 300; i++)
    {
      static const int divisors[] = { 1, 5, 30, 45, 60, 75, 90, 300, 600, 675, 720, 900, 1800, 2400, 3600, 5400, 21600, 43200, 86400, 604800 };
      g_autofree char *text = g_strdup_printf ("every %ds from 2026-01-%02dT%02d:%02d:%02dZ", divisors[g_rand_int_range (rand, 0, G_N_ELEMENTS (divisors))],
                                               g_rand_int_range (rand, 1, 15), g_rand_int_range (rand, 0, 24), g_rand_int_range (rand, 0, 60),
                                               g_rand_int_range (rand, 0, 60));

      n_said += check_line (text, "Europe/Berlin");
    }
  g_assert_cmpuint (n_said, >, 250);
}

/* --- systemd's own reading --- */

static char *
ask (const char *zone, const char *text)
{
  const char *arguments[] = { "systemd-analyze", "calendar", "--base-time=2026-01-15 10:20:30 UTC", "--iterations=8", text, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "TZ", zone, TRUE);
  char *output = NULL;
  int status = 1;

  environment = g_environ_setenv (environment, "SYSTEMD_COLORS", "0", TRUE);
  if (!g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, NULL) || status != 0)
    g_clear_pointer (&output, g_free);
  return output;
}

/* The instants in an answer, added to @instants. */
static void
read_answer (const char *answer, GArray *instants)
{
  g_auto (GStrv) lines = g_strsplit (answer, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      const char *date = strstr (line, " 20");
      g_autofree char *text = date != NULL && g_str_has_suffix (line, " UTC") ? g_strdup_printf ("%.10sT%.8sZ", date + 1, date + 12) : NULL;

      if (text != NULL && !g_str_has_prefix (line, "Normalized") && !g_str_has_prefix (line, "Original"))
        {
          gint64 at = instant (text);

          g_array_append_val (instants, at);
        }
    }
}

static int
compare_instants (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a;
  gint64 other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

static gboolean
ask_about_line (const char *line, const char *zone_name)
{
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  g_autoptr (JtSchedule) schedule = parse_schedule (line, zone_name, instant (NOW));
  g_auto (GStrv) texts = jt_schedule_as_calendars (schedule, zone, zone_name, instant (NOW), NULL);
  g_autoptr (GArray) instants = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 at = instant (NOW);

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      g_autofree char *answer = ask (zone_name, texts[i]);

      if (answer == NULL)
        g_error ("systemd-analyze does not understand '%s'", texts[i]);
      read_answer (answer, instants);
    }
  g_array_sort (instants, compare_instants);
  for (guint i = 0, n_found = 0; texts != NULL && i < instants->len && n_found < 8; i++)
    {
      gint64 theirs = g_array_index (instants, gint64, i);

      if (theirs == at)
        continue;
      at = jt_schedule_next (schedule, at);
      if (at != theirs)
        g_error ("'%s' in %s: cron %" G_GINT64_FORMAT ", systemd %" G_GINT64_FORMAT, line, zone_name, at, theirs);
      n_found++;
    }
  return texts != NULL;
}

static void
test_systemd (void)
{
  static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu" };
  g_autofree char *program = g_find_program_in_path ("systemd-analyze");
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);
  guint n_said = 0;

  if (program == NULL)
    {
      g_test_skip ("no systemd-analyze");
      return;
    }
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *line = make_line (rand);

      n_said += ask_about_line (line, zones[i % G_N_ELEMENTS (zones)]);
    }
  g_assert_cmpuint (n_said, >, 60);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/as-calendar/table", test_table);
  g_test_add_func ("/as-calendar/too-many", test_too_many);
  g_test_add_func ("/as-calendar/random", test_random);
  g_test_add_func ("/as-calendar/random-intervals", test_random_intervals);
  g_test_add_func ("/as-calendar/systemd", test_systemd);
  return g_test_run ();
}
