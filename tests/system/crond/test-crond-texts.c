/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which texts Debian's cron takes, which itself is asked, and when what both take elapses. Where we differ it is on purpose: each
 * difference is one of those that are listed here and in jobtracker-schedule(7). JT_TEST_ROUNDS multiplies the random ones. */

#include <stdlib.h>
#include <string.h>

#include "random-cron.h"
#include "schedule-fixture.h"
#include "starts.h"

#define DAY (86400 * G_GINT64_CONSTANT (1000000))
/* The sanitizers look at memory, for which fewer do. */
#ifdef __SANITIZE_ADDRESS__
#define N_SLIPS 400
#else
#define N_SLIPS 2000
#endif
#define MOST_TOGETHER 25

/* What looks odd and is taken by both. */
static const char *const odd_texts[] = {
  "0 0 * * 7", "0 0 * * 0", "0 0 * * 00", "0 0 * * 07", "0 0 * * 0-7", "0 0 * * 5-7", "0 0 * * 7-7", "0 0 * * 0-0", "0 0 * * 1-7/2",
  "0 0 * * 0-7/2", "0 0 * * 0-7/7", "0 0 * * */7", "0 0 * * */6", "0 0 * * */2", "0 0 * * 7,1", "0 0 * * sun", "0 0 * * SUN",
  "0 0 * * sun-sat", "0 0 * * sun-sun", "0 0 * * sun-7", "0 0 * * sun-mon", "0 0 * * Mon-FRI", "0 0 * * mon,wed-fri/2", "0 0 * * 1-fri",
  "0 0 * * mon-5", "0 0 * * sun,7,0", "0 0 * jan-dec/2 *", "0 0 * DEC,1 *", "0 0 * dec-12 *", "5-5 * * * *", "5-5/3 * * * *",
  "0-59/59 * * * *", "*/59 * * * *", "*/45 * * * *", "*,5 1 * * *", "5,* 1 * * *", "00,005 01 * * *", "0 */23 * * *", "0 0 */31 * *",
  "0 0 */30 * *", "0 0 1-31 * 1", "0 0 1-31/1 * 1", "0 0 13 * 5", "0 0 */13 * 5", "0 0 13 * */5", "0 0 *,13 * 5", "0 0 13,* * 5",
  "0 0 13 * 5,*", "0 0 * */12 *", "  0\t0   *\t*  * ", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually",
};

typedef struct
{
  const char *text;
  gboolean    we_take;
  gboolean    cron_takes;
} Difference;

static const Difference differences[] = {
  /* beside what cron has */
  { "5/15 * * * *", TRUE, FALSE }, /* as cronie has it */
  { "0 0 * * monday", TRUE, FALSE },
  { "0 0 * january *", TRUE, FALSE },
  { "0 0 ? * 1", TRUE, FALSE },
  { "0 0 1 * ?", TRUE, FALSE },
  { "0 0 L * *", TRUE, FALSE },
  { "0 0 15W * *", TRUE, FALSE },
  { "0 0 * * 5#2", TRUE, TRUE }, /* each Friday to cron, which passes over the sign and what is behind it */
  { "0 0 * * 5L", TRUE, FALSE },
  { "@Daily", TRUE, FALSE },
  /* never in cron, or other than it looks */
  { "5-1 * * * *", FALSE, TRUE },
  { "0 22-2 * * *", FALSE, TRUE },
  { "0 0 * * 7-1", FALSE, TRUE },
  { "0 0 * * sat-mon", FALSE, TRUE },
  { "0 0 * dec-feb *", FALSE, TRUE },
  { "*/90 * * * *", FALSE, TRUE },
  { "1-5/60 * * * *", FALSE, TRUE },
  { "0 */24 * * *", FALSE, TRUE },
  { "0 0 */32 * *", FALSE, TRUE },
  { "0 0 * */13 *", FALSE, TRUE },
  { "0 0 * * */8", FALSE, TRUE },
  { "4294967297 * * * *", FALSE, TRUE },
  { "*/4294967298 * * * *", FALSE, TRUE },
  /* signs that cron passes over */
  { "1.5 * * * *", FALSE, TRUE },
  { "1:30 * * * *", FALSE, TRUE },
  { "0~59 * * * *", FALSE, TRUE }, /* cronie draws a value */
  { "*5 * * * *", FALSE, TRUE },
  { "** * * * *", FALSE, TRUE },
  { "*-5 * * * *", FALSE, TRUE },
  { "*/5-10 * * * *", FALSE, TRUE },
  { "*/5/2 * * * *", FALSE, TRUE },
  { "1-2-3 * * * *", FALSE, TRUE },
  /* none of them */
  { "60 * * * *", FALSE, FALSE },
  { "0 24 * * *", FALSE, FALSE },
  { "0 0 0 * *", FALSE, FALSE },
  { "0 0 32 * *", FALSE, FALSE },
  { "0 0 * 0 *", FALSE, FALSE },
  { "0 0 * 13 *", FALSE, FALSE },
  { "0 0 * * 8", FALSE, FALSE },
  { "0 0 * * mom", FALSE, FALSE },
  { "*/0 * * * *", FALSE, FALSE },
  { "*/-5 * * * *", FALSE, FALSE },
  { "*/ * * * *", FALSE, FALSE },
  { "1- * * * *", FALSE, FALSE },
  { "-5 * * * *", FALSE, FALSE },
  { "1-* * * * *", FALSE, FALSE },
  { "1,,2 * * * *", FALSE, FALSE },
  { "1, * * * *", FALSE, FALSE },
  { ",1 * * * *", FALSE, FALSE },
  { "1x * * * *", FALSE, FALSE },
  { "0x5 * * * *", FALSE, FALSE },
  { "1-5x * * * *", FALSE, FALSE },
  { "99999999999999999999 * * * *", FALSE, FALSE },
  { "@fortnightly", FALSE, FALSE },
};

static Crond *crond;

static gboolean
skip_without_cron (void)
{
  if (crond == NULL)
    g_test_skip ("Debian's cron is not here");
  return crond == NULL;
}

static gboolean
do_we_take (const char *text)
{
  g_autoptr (JtZone) zone = jt_zone_get ("UTC", NULL);
  g_autoptr (JtSchedule) schedule = jt_schedule_parse (text, zone, 0, NULL, NULL);

  return schedule != NULL;
}

static void
test_odd (void)
{
  const char *texts[G_N_ELEMENTS (odd_texts) + 1] = { NULL };
  gboolean accepted[G_N_ELEMENTS (odd_texts)];
  gint64 from_usec = instant ("2025-10-20T09:30:00Z");

  if (skip_without_cron ())
    return;
  memcpy (texts, odd_texts, sizeof odd_texts);
  crond_accepts (crond, texts, accepted);
  for (guint i = 0; i < G_N_ELEMENTS (odd_texts); i++)
    if (!accepted[i] || !do_we_take (texts[i]))
      g_error ("'%s' is refused by %s", texts[i], accepted[i] ? "JobTracker" : "cron");
  /* Berlin's clock goes back on the 26th, Havana's a week later. */
  check_starts (crond, "Europe/Berlin", from_usec, from_usec + 75 * DAY, texts);
  check_starts (crond, "America/Havana", from_usec, from_usec + 15 * DAY, texts);
  from_usec = instant ("2026-03-28T09:30:00Z");
  check_starts (crond, "Europe/Berlin", from_usec, from_usec + 5 * DAY, texts);
}

static void
test_differences (void)
{
  const char *texts[G_N_ELEMENTS (differences) + 1] = { NULL };
  gboolean accepted[G_N_ELEMENTS (differences)];

  if (skip_without_cron ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (differences); i++)
    texts[i] = differences[i].text;
  crond_accepts (crond, texts, accepted);
  for (guint i = 0; i < G_N_ELEMENTS (differences); i++)
    if (accepted[i] != differences[i].cron_takes || do_we_take (texts[i]) != differences[i].we_take)
      {
        g_test_message ("FAULT '%s' is %s by cron", texts[i], accepted[i] ? "taken" : "refused");
        g_test_fail ();
      }
}

/* Sunday as 0 at the end of a range: Friday to Sunday to cronie and to us, never to Debian's cron. */
static void
test_until_sunday (void)
{
  const char *const texts[] = { "0 0 * * 5-0", "0 0 * * fri-sun", NULL };
  gint64 from_usec = instant ("2025-12-01T00:00:00Z");
  gboolean accepted[2];
  g_autoptr (GArray) starts = NULL;

  if (skip_without_cron ())
    return;
  crond_accepts (crond, texts, accepted);
  g_assert_true (accepted[0] && accepted[1]);
  starts = crond_list_starts (crond, "UTC", from_usec, from_usec + 14 * DAY, texts);
  g_assert_cmpuint (starts->len, ==, 0);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (texts[i], "UTC", from_usec);

      g_assert_cmpstr (jt_schedule_get_normalized (schedule), ==, "0 0 * * 0,5,6");
    }
}

/* --- slips --- */

/* A sign of a field is another one, or gone, or has one in front. No field comes or goes, and no line is a comment. */
static void
make_slip (GRand *rand, GString *text)
{
  static const char signs[] = "0123456789012345678901234567890123456789*****/////-----,,,,,.;:+?LWx~";
  gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) text->len);
  char sign = signs[g_rand_int_range (rand, 0, sizeof signs - 1)];
  gboolean is_alone = (at == 0 || text->str[at - 1] == ' ') && (text->str[at + 1] == ' ' || text->str[at + 1] == '\0');

  if (g_ascii_isspace (text->str[at]))
    return;
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0:
      g_string_insert_c (text, (gssize) at, sign);
      break;
    case 1:
      text->str[at] = sign;
      break;
    default:
      if (!is_alone)
        g_string_erase (text, (gssize) at, 1);
      break;
    }
}

static char *
make_text (GRand *rand)
{
  CronExpression expression;
  int n_slips = g_rand_int_range (rand, 1, 4);
  char *text;

  random_crontab (rand, &expression);
  g_strdelimit (expression.text->str, "\t", ' ');
  for (int i = 0; i < n_slips; i++)
    make_slip (rand, expression.text);
  text = g_strdup (expression.text->str);
  cron_expression_clear (&expression);
  return text;
}

static int
value_of (const char *text)
{
  static const char names[] = "sun0mon1tue2wed3thu4fri5sat6jan1feb2mar3apr4may5jun6jul7aug8sep9oct10nov11dec12";
  g_autofree char *name = g_ascii_strdown (text, -1);
  const char *found = g_ascii_isdigit (*text) ? NULL : strstr (names, name);

  return (int) g_ascii_strtoll (found != NULL ? found + 3 : text, NULL, 10);
}

/* An item that cron takes and we refuse for a reason: it has signs that cron passes over, a range that runs backwards, a step that leads out
 * of the field. */
static gboolean
is_refused_on_purpose (const char *item, int most)
{
  static GRegex *shape;
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  g_autofree char *step = NULL;

  if (shape == NULL)
    shape = g_regex_new ("^(?:\\*|([0-9]+|[a-z]{3})(?:-([0-9]+|[a-z]{3}))?)(?:/([0-9]+))?$", G_REGEX_CASELESS, 0, NULL);
  if (!g_regex_match (shape, item, 0, &match))
    return TRUE;
  first = g_match_info_fetch (match, 1);
  last = g_match_info_fetch (match, 2);
  step = g_match_info_fetch (match, 3);
  return (last != NULL && *last != '\0' && value_of (first) > value_of (last)) || (step != NULL && atoi (step) > most);
}

static gboolean
has_reason (const char *text)
{
  static const int most[] = { 59, 23, 31, 12, 7 };
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint field = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) items = g_strsplit (words[i], ",", -1);

      for (guint j = 0; items[j] != NULL; j++)
        if (is_refused_on_purpose (items[j], most[field]))
          return TRUE;
      field += *words[i] != '\0';
    }
  return FALSE;
}

/* What we take beside cron: L, W and ? in the day fields, and a step behind a single value. */
static gboolean
is_beside_cron (const char *text)
{
  return strpbrk (text, "LW?") != NULL || g_regex_match_simple ("(^|[ ,])([0-9]+|[a-z]{3})/", text, G_REGEX_CASELESS, 0);
}

static gboolean
is_until_sunday (const char *text)
{
  return g_regex_match_simple ("[ ,]([1-7]|[a-z]{3})-(0+|sun)(/[0-9]+)?(,[^ ]*)?$", text, G_REGEX_CASELESS, 0);
}

typedef struct
{
  guint both;
  guint neither;
  guint only_cron;
  guint only_we;
} SlipCounts;

/* Returns whether both take it and mean the same. */
static gboolean
check_slip (const char *text, gboolean cron_takes, SlipCounts *slips)
{
  gboolean we_take = do_we_take (text);

  if (we_take && cron_takes)
    slips->both++;
  else if (!we_take && !cron_takes)
    slips->neither++;
  else if (cron_takes)
    slips->only_cron++;
  else
    slips->only_we++;
  if (we_take != cron_takes && !(cron_takes ? has_reason (text) : is_beside_cron (text)))
    {
      g_test_message ("FAULT '%s' is taken by %s alone", text, cron_takes ? "cron" : "JobTracker");
      g_test_fail ();
    }
  return we_take && cron_takes && !is_until_sunday (text);
}

static void
check_slips (GRand *rand, guint count, SlipCounts *slips)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree gboolean *accepted = g_new0 (gboolean, count);
  g_autoptr (GPtrArray) same = g_ptr_array_new ();
  gint64 from_usec = instant ("2025-01-01T00:00:00Z") + g_rand_int_range (rand, 0, 360) * DAY;

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (texts, make_text (rand));
  g_ptr_array_add (texts, NULL);
  crond_accepts (crond, (const char *const *) texts->pdata, accepted);
  for (guint i = 0; i < count; i++)
    {
      if (check_slip (texts->pdata[i], accepted[i], slips))
        g_ptr_array_add (same, texts->pdata[i]);
      if (same->len == MOST_TOGETHER || (i == count - 1 && same->len > 0))
        {
          g_ptr_array_add (same, NULL);
          check_starts (crond, "Europe/Berlin", from_usec, from_usec + 3 * DAY, (const char *const *) same->pdata);
          g_ptr_array_set_size (same, 0);
        }
    }
}

static void
test_slips (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  const char *times = g_getenv ("JT_TEST_ROUNDS");
  guint rounds = times != NULL ? (guint) MAX (atoi (times), 1) : 1;
  SlipCounts slips = { 0 };

  if (skip_without_cron ())
    return;
  for (guint i = 0; i < rounds; i++)
    check_slips (rand, N_SLIPS, &slips);
  g_test_message ("both take %u, none %u, cron alone %u, JobTracker alone %u; %u starts", slips.both, slips.neither, slips.only_cron,
                  slips.only_we, start_counts.starts);
  g_assert_cmpuint (MIN (MIN (slips.both, slips.neither), MIN (slips.only_cron, slips.only_we)), >, rounds);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  crond = crond_new (argv[1]);
  g_test_add_func ("/crond/odd", test_odd);
  g_test_add_func ("/crond/differences", test_differences);
  g_test_add_func ("/crond/until-sunday", test_until_sunday);
  g_test_add_func ("/crond/slips", test_slips);
  status = g_test_run ();
  g_clear_pointer (&crond, crond_free);
  return status;
}
