/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Random calendar expressions against systemd-analyze(1) of the machine: what is refused, the normal form, and the next elapses, around
 * changes of the clock and over days without one.
 *
 * Where systemd 252 is wrong, it has to say so itself: nothing is excused by its looks. An elapse that it passed over is its fault only
 * when it names that elapse, asked from the microsecond before; one that it has more, when it then does not name it. Which pass of an hour that comes twice it takes hangs on what mktime(3)
 * guesses from the call before; the wall time has to be the same. What it gives up on ("infinite loop") is confirmed elapse by elapse.
 * Every excuse is counted, and the comparison goes on behind it.
 *
 * JT_TEST_ROUNDS multiplies the expressions. */

#include <stdlib.h>
#include <string.h>

#include "jt-when.h"
#include "libc-clock.h"
#include "random-calendar.h"
#include "schedule-fixture.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define DAY (86400 * SECOND)
#define N_ELAPSES 5
#define N_TOGETHER 40

typedef struct
{
  const char *zone;
  const char *from;
  int         days;
  gboolean    lacks_day; /* soon, a whole one: days from the end of its month are others in systemd */
} Season;

static const Season seasons[] = {
  { "UTC", "2026-02-20T00:00:00Z", 20, FALSE },
  { "UTC", "2026-12-20T00:00:00Z", 20, FALSE },
  { "Asia/Kathmandu", "2026-06-25T00:00:00Z", 20, FALSE },
  { "Europe/Berlin", "2026-03-25T00:00:00Z", 6, FALSE },
  { "Europe/Berlin", "2026-10-22T00:00:00Z", 6, FALSE },
  { "America/New_York", "2026-03-05T00:00:00Z", 5, FALSE },
  { "America/New_York", "2026-10-29T00:00:00Z", 5, FALSE },
  { "Australia/Lord_Howe", "2026-04-02T00:00:00Z", 5, FALSE }, /* half an hour */
  { "Australia/Lord_Howe", "2026-10-01T00:00:00Z", 5, FALSE },
  { "Asia/Kathmandu", "1985-12-28T00:00:00Z", 6, FALSE }, /* a quarter, at the beginning of a year */
  { "Pacific/Apia", "2011-12-27T00:00:00Z", 5, TRUE }, /* no 30 December */
  { "Pacific/Apia", "2011-09-20T00:00:00Z", 6, TRUE },
  { "America/Sao_Paulo", "2018-11-01T00:00:00Z", 6, FALSE }, /* at midnight */
  { "America/Sao_Paulo", "2018-02-15T00:00:00Z", 6, FALSE },
  { "Africa/Casablanca", "2026-02-12T00:00:00Z", 6, FALSE }, /* an hour less in Ramadan */
  { "Africa/Casablanca", "2026-03-19T00:00:00Z", 6, FALSE },
  { "Pacific/Chatham", "2026-04-02T00:00:00Z", 5, FALSE }, /* at a quarter to three */
  { "Pacific/Chatham", "2026-09-24T00:00:00Z", 5, FALSE },
  { "Europe/Dublin", "2026-03-25T00:00:00Z", 6, FALSE }, /* summer is standard time, winter an hour less */
  { "Europe/Dublin", "2026-10-22T00:00:00Z", 6, FALSE },
  { "America/Santiago", "2026-04-02T00:00:00Z", 6, FALSE },
  { "America/Santiago", "2026-09-03T00:00:00Z", 6, FALSE },
  { "Antarctica/Troll", "2026-03-25T00:00:00Z", 6, FALSE }, /* two hours */
  { "Antarctica/Troll", "2026-10-22T00:00:00Z", 6, FALSE },
  { "Asia/Tehran", "2022-03-18T00:00:00Z", 6, FALSE },
  { "Asia/Tehran", "2022-09-18T00:00:00Z", 6, FALSE },
  { "Africa/Cairo", "2026-04-21T00:00:00Z", 6, FALSE },
  { "Africa/Cairo", "2026-10-27T00:00:00Z", 6, FALSE },
  { "America/Havana", "2026-03-05T00:00:00Z", 6, FALSE },
  { "America/Havana", "2026-10-29T00:00:00Z", 6, FALSE },
  { "Asia/Gaza", "2026-03-25T00:00:00Z", 6, FALSE },
  { "Asia/Gaza", "2026-10-20T00:00:00Z", 6, FALSE },
  { "Asia/Pyongyang", "2018-05-01T00:00:00Z", 6, FALSE }, /* standard time itself moves */
  { "Asia/Pyongyang", "2015-08-11T00:00:00Z", 6, FALSE },
  { "America/Caracas", "2016-04-27T00:00:00Z", 6, FALSE },
  { "Antarctica/Casey", "2010-03-02T00:00:00Z", 6, FALSE }, /* three hours back */
  { "Asia/Beirut", "2026-03-26T00:00:00Z", 6, FALSE },
  { "Pacific/Easter", "2026-09-03T00:00:00Z", 6, FALSE },
};

static const char *const no_zones[] = { NULL };
static const char *const some_zones[] = { "UTC", "utc", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham", "Nowhere/Atlantis", NULL };

static struct
{
  guint expressions;
  guint refused;
  guint elapses;
  guint passed_over;
  guint denied;
  guint gave_up;
  guint other_pass;
} counts;

/* --- systemd-analyze --- */

typedef struct
{
  gboolean is_refused;
  gboolean gave_up; /* "infinite loop" */
  char    *normalized;
  gint64   elapses[N_ELAPSES];
  guint    n_elapses;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->normalized, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
run_systemd (const char *zone, gint64 base_usec, guint n_elapses, const char *const *texts, char **output, char **complaints)
{
  g_autofree char *base = g_strdup_printf ("--base-time=@%" G_GINT64_FORMAT ".%06d", base_usec / SECOND, (int) (base_usec % SECOND));
  g_autofree char *iterations = g_strdup_printf ("--iterations=%u", n_elapses);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "TZ", zone, TRUE);
  g_autoptr (GError) error = NULL;

  environment = g_environ_setenv (environment, "SYSTEMD_COLORS", "0", TRUE);
  environment = g_environ_setenv (environment, "LC_ALL", "C", TRUE);
  g_ptr_array_add (arguments, (char *) "systemd-analyze");
  g_ptr_array_add (arguments, (char *) "calendar");
  g_ptr_array_add (arguments, base);
  g_ptr_array_add (arguments, iterations);
  g_ptr_array_add (arguments, (char *) "--");
  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (arguments, (char *) texts[i]);
  g_ptr_array_add (arguments, NULL);
  g_spawn_sync (NULL, (char **) arguments->pdata, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, output, complaints, NULL, &error);
  g_assert_no_error (error);
}

/* "Tue 2026-03-31 02:30:00 UTC": its second. */
static gint64
read_elapse (const char *text)
{
  g_autofree char *utc = strlen (text) < 23 ? g_strdup ("") : g_strdup_printf ("%.10sT%.8sZ", text + 4, text + 15);

  return instant (utc);
}

static void
read_line (Answer *answer, const char *line, gboolean is_utc)
{
  const char *value = strstr (line, ": ");
  gboolean is_elapse = g_str_has_prefix (line, "(in UTC): ") ||
                       (is_utc && (g_str_has_prefix (line, "Next elapse: ") || g_str_has_prefix (line, "Iter. #")));

  if (g_str_has_prefix (line, "Normalized form: "))
    answer->normalized = g_strdup (value + 2);
  if (!is_elapse || g_str_has_suffix (line, "never"))
    return;
  g_assert_cmpuint (answer->n_elapses, <, N_ELAPSES);
  answer->elapses[answer->n_elapses++] = read_elapse (value + 2);
}

/* One answer for each text; they are kept apart by empty lines, and what failed has said nothing. */
static void
ask (const char *zone, gint64 base_usec, guint n_elapses, const char *const *texts, Answer *answers)
{
  g_autofree char *output = NULL;
  g_autofree char *complaints = NULL;
  g_auto (GStrv) lines = NULL;
  guint at = 0;

  run_systemd (zone, base_usec, n_elapses, texts, &output, &complaints);
  lines = g_strsplit (output, "\n", -1);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *complaint = g_strdup_printf ("Failed to parse calendar specification '%s':", texts[i]);

      answers[i] = (Answer) { .is_refused = strstr (complaints, complaint) != NULL };
      for (; lines[at] != NULL && *lines[at] != '\0'; at++)
        read_line (&answers[i], g_strstrip (lines[at]), g_str_equal (zone, "UTC"));
      at += lines[at] != NULL ? 1 : 0;
      answers[i].gave_up = !answers[i].is_refused && answers[i].normalized == NULL;
      g_assert_true (!answers[i].is_refused || answers[i].normalized == NULL);
    }
}

/* --- the comparison --- */

typedef struct
{
  const Season *season;
  const char   *text;
  const char   *zone; /* that the elapses are of */
  JtSchedule   *schedule;
} Case;

static void
complain (const Case *with, gint64 base_usec, const Answer *theirs, const char *what)
{
  g_autofree char *from = jt_when_format (base_usec);
  g_autofree char *ours = list_elapses (with->schedule, base_usec, N_ELAPSES);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < theirs->n_elapses; i++)
    {
      g_autofree char *elapse = jt_when_format (theirs->elapses[i]);

      g_string_append_printf (list, "%s ", elapse);
    }
  g_error ("'%s' in %s from %s: %s\nsystemd  %s\nwe       %s", with->text, with->season->zone, from, what, list->str, ours);
}

/* Whether systemd itself says that @usec is an elapse, asked from the microsecond before. */
static gboolean
is_confirmed (const Case *with, gint64 usec)
{
  const char *const texts[] = { with->text, NULL };
  g_auto (Answer) answer = { 0 };

  ask (with->season->zone, usec - 1, 1, texts, &answer);
  return answer.n_elapses > 0 && libc_wall (with->zone, answer.elapses[0]) == libc_wall (with->zone, usec / SECOND * SECOND);
}

/* It lost itself on the way to one of the elapses: they are asked for one by one. */
static void
check_given_up (const Case *with, gint64 base_usec)
{
  gint64 at = base_usec;

  counts.gave_up++;
  for (guint i = 0; i < 2 && at != JT_INSTANT_NEVER; i++)
    {
      at = jt_schedule_next (with->schedule, at);
      if (at != JT_INSTANT_NEVER && !is_confirmed (with, at))
        g_error ("'%s' in %s: systemd gave up, and does not confirm %" G_GINT64_FORMAT, with->text, with->season->zone, at);
    }
}

static void compare (const Case *with, gint64 base_usec, const Answer *theirs, guint count);

static void
compare_anew (const Case *with, gint64 base_usec, guint count)
{
  const char *const texts[] = { with->text, NULL };
  g_auto (Answer) theirs = { 0 };

  ask (with->season->zone, base_usec, N_ELAPSES, texts, &theirs);
  compare (with, base_usec, &theirs, count);
}

/* The next @count of ours from @base_usec on against what systemd says for the same. Elapses are compared by the second that they lie in:
 * more is not shown. */
static void
compare (const Case *with, gint64 base_usec, const Answer *theirs, guint count)
{
  gint64 at = base_usec;

  if (theirs->gave_up)
    {
      check_given_up (with, base_usec);
      return;
    }
  for (guint i = 0; i < count; i++)
    {
      gint64 next = jt_schedule_next (with->schedule, at);
      gint64 second = next == JT_INSTANT_NEVER ? next : next / SECOND * SECOND;
      gint64 their = i < theirs->n_elapses ? theirs->elapses[i] : JT_INSTANT_NEVER;

      if (second == their && their == JT_INSTANT_NEVER)
        return;
      counts.elapses++;
      at = next;
      if (second == their)
        continue;
      if (their != JT_INSTANT_NEVER && next != JT_INSTANT_NEVER && libc_comes_twice (with->zone, second) &&
          libc_wall (with->zone, their) == libc_wall (with->zone, second))
        {
          counts.other_pass++;
          continue;
        }
      if (their < second && is_confirmed (with, their))
        complain (with, base_usec, theirs, "an elapse that is not ours");
      if (next != JT_INSTANT_NEVER && !is_confirmed (with, next))
        complain (with, base_usec, theirs, "an elapse that is not theirs");
      if (their < second)
        counts.denied++;
      else
        counts.passed_over++;
      if (next != JT_INSTANT_NEVER)
        compare_anew (with, next, count - i - 1);
      return;
    }
}

/* The zone that the expression itself names, or that of the season. */
static const char *
find_zone (const char *text, const char *zone)
{
  const char *space = strrchr (text, ' ');

  if (strchr (text, '@') != NULL)
    return "UTC";
  for (guint i = 0; space != NULL && some_zones[i] != NULL; i++)
    if (g_str_equal (some_zones[i], space + 1))
      return g_str_equal (some_zones[i], "utc") ? "UTC" : some_zones[i];
  return zone;
}

/* Not from within a second pass: systemd still elapses there at times that the first pass had; we elapsed then. */
static void
check_expression (const Season *season, const char *text, gint64 base_usec, const Answer *theirs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtZone) zone = jt_zone_get (season->zone, NULL);
  g_autoptr (JtSchedule) schedule = jt_schedule_parse_kind (text, JT_SCHEDULE_CALENDAR, zone, base_usec, NULL, &error);
  const Case with = { season, text, find_zone (text, season->zone), schedule };

  counts.expressions++;
  if (theirs->is_refused != (schedule == NULL))
    g_error ("'%s' is refused by %s: %s", text, schedule == NULL ? "us" : "systemd", error != NULL ? error->message : "");
  if (schedule == NULL)
    {
      counts.refused++;
      return;
    }
  if (!theirs->gave_up && !g_str_equal (theirs->normalized, jt_schedule_get_normalized (schedule)))
    g_error ("'%s'\nsystemd  %s\nwe       %s", text, theirs->normalized, jt_schedule_get_normalized (schedule));
  if (!libc_is_second_pass (with.zone, base_usec))
    compare (&with, base_usec, theirs, N_ELAPSES);
}

static gint64
make_base (GRand *rand, const Season *season)
{
  for (;;)
    {
      gint64 base_usec = instant (season->from) + (gint64) g_rand_int_range (rand, 0, season->days * 86400) * SECOND +
                         (g_rand_boolean (rand) ? g_rand_int_range (rand, 0, SECOND) : 0);

      if (!libc_is_second_pass (season->zone, base_usec))
        return base_usec;
    }
}

/* What systemd 252 reads by accident, or refuses by one, and what we take beside it (jobtracker-schedule(7)): later ones of a list of days
 * from the end have to lie three days nearer to it each; a T between date and time; blanks at the ends, twice, and after @; signs after @. */
static gboolean
is_asked_for (const Season *season, const char *text)
{
  const char *end = strchr (text, '~');
  const char *at = strchr (text, '@');
  const char *joint = strpbrk (text, "0123456789*");

  if (end != NULL && (season->lacks_day || memchr (end, ',', strcspn (end, " :")) != NULL))
    return FALSE;
  if (at != NULL && !g_ascii_isdigit (at[1]))
    return FALSE;
  return !g_str_has_prefix (text, " ") && !g_str_has_suffix (text, " ") && strstr (text, "  ") == NULL &&
         (joint == NULL || strchr (joint, 'T') == NULL);
}

static char *
make_text (GRand *rand, const Season *season, const char *const *zones, gboolean with_slips)
{
  for (;;)
    {
      g_autofree char *text = random_calendar (rand, atoi (season->from), zones);

      if (with_slips)
        random_slips (rand, text);
      if (is_asked_for (season, text))
        return g_steal_pointer (&text);
    }
}

static void
check_together (GRand *rand, const Season *season, const char *const *zones, gboolean with_slips)
{
  char *texts[N_TOGETHER + 1] = { NULL };
  Answer answers[N_TOGETHER];
  gint64 base_usec = make_base (rand, season);

  for (guint i = 0; i < N_TOGETHER; i++)
    texts[i] = make_text (rand, season, zones, with_slips);
  ask (season->zone, base_usec, N_ELAPSES, (const char *const *) texts, answers);
  for (guint i = 0; i < N_TOGETHER; i++)
    {
      check_expression (season, texts[i], base_usec, &answers[i]);
      g_free (texts[i]);
      answer_clear (&answers[i]);
    }
}

static void
check_seasons (guint rounds, const char *const *zones, gboolean with_slips)
{
  g_autofree char *program = g_find_program_in_path ("systemd-analyze");
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  const char *times = g_getenv ("JT_TEST_ROUNDS");

  if (program == NULL)
    {
      g_test_skip ("systemd-analyze is not here");
      return;
    }
  memset (&counts, 0, sizeof counts);
  rounds *= times != NULL ? (guint) MAX (atoi (times), 1) : 1;
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < G_N_ELEMENTS (seasons); i++)
      check_together (rand, &seasons[i], zones, with_slips);
  g_test_message ("%u expressions, %u refused by both; %u elapses: systemd passed over %u and denies %u, takes the other pass of %u; it gave up %u times",
                  counts.expressions, counts.refused, counts.elapses, counts.passed_over, counts.denied, counts.other_pass, counts.gave_up);
  g_assert_cmpuint (counts.refused, <, counts.expressions / (with_slips ? 1 : 5));
  g_assert_cmpuint (counts.elapses, >, counts.expressions / (with_slips ? 4 : 1));
  /* Some five times as many as there are. */
  g_assert_cmpuint (counts.passed_over, <, counts.elapses / 1000 + 20);
  g_assert_cmpuint (counts.denied, <, counts.elapses / 10000 + 10);
  g_assert_cmpuint (counts.other_pass, <, counts.elapses / 1000 + 40);
  g_assert_cmpuint (counts.gave_up, <, counts.expressions / 150 + 20);
}

static void
test_seasons (void)
{
  check_seasons (24, no_zones, FALSE);
}

/* With a zone at the end systemd has a child for each elapse, so there are fewer of these. */
static void
test_named_zones (void)
{
  check_seasons (4, some_zones, FALSE);
}

/* A slip or two in each: most are refused by both then. */
static void
test_slips (void)
{
  check_seasons (6, no_zones, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/calendar/same-as-systemd", test_seasons);
  g_test_add_func ("/schedule/calendar/same-as-systemd-with-zones", test_named_zones);
  g_test_add_func ("/schedule/calendar/same-as-systemd-with-slips", test_slips);
  return g_test_run ();
}
