/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Entries of `condition` and `on-event`: what each means, and what is said about those that mean nothing. */

#include "jt-condition.h"

#include "jt-error.h"
#include "jt-occasion.h"

typedef struct
{
  const char *text;
  JtFact      fact;
  gboolean    is_negated;
  const char *path;
  double      load;
} GoodCondition;

static const GoodCondition good_conditions[] = {
  { "ac-power", JT_FACT_AC_POWER, FALSE, NULL, 0 },     { "!ac-power", JT_FACT_AC_POWER, TRUE, NULL, 0 },
  { "network", JT_FACT_NETWORK, FALSE, NULL, 0 },       { "unmetered", JT_FACT_UNMETERED, FALSE, NULL, 0 },
  { "!idle", JT_FACT_IDLE, TRUE, NULL, 0 },             { "path:/mnt/a b", JT_FACT_PATH, FALSE, "/mnt/a b", 0 },
  { "!path:/run/lock", JT_FACT_PATH, TRUE, "/run/lock", 0 }, { "load<4", JT_FACT_LOAD, FALSE, NULL, 4 },
  { "!load<0.5", JT_FACT_LOAD, TRUE, NULL, 0.5 },
};

static const struct
{
  const char *text;
  const char *message; /* a part of it */
} bad_conditions[] = {
  { "", "there is ac-power, network" },       { "!", "there is ac-power, network" },     { "ac-powr", "did you mean 'ac-power'" },
  { "!!idle", "unknown '!idle'" },            { "path:mnt", "'mnt' is not absolute" },   { "path:", "'' is not absolute" },
  { "load<", "'' is not a load average" },    { "load<0", "'0' is not a load" },         { "load<-1", "'-1' is not a load" },
  { "load<nan", "'nan' is not a load" },      { "load<inf", "'inf' is not a load" },     { "load<4x", "'4x' is not a load" },
  { "load>4", "did you mean 'load<'" },
};

static const struct
{
  const char    *text;
  JtOccasionKind kind;
  const char    *unit;
  const char    *state;
} good_occasions[] = {
  { "startup", JT_OCCASION_STARTUP, NULL, NULL },
  { "login", JT_OCCASION_LOGIN, NULL, NULL },
  { "resume", JT_OCCASION_RESUME, NULL, NULL },
  { "network-up", JT_OCCASION_NETWORK_UP, NULL, NULL },
  { "ac-power", JT_OCCASION_AC_POWER, NULL, NULL },
  { "unit:backup.service:failed", JT_OCCASION_UNIT, "backup.service", "failed" },
  { "unit:getty@tty1.service:inactive", JT_OCCASION_UNIT, "getty@tty1.service", "inactive" },
  { "unit:dev-disk-by\\x2dlabel-A.device:active", JT_OCCASION_UNIT, "dev-disk-by\\x2dlabel-A.device", "active" },
};

static const struct
{
  const char *text;
  const char *message;
} bad_occasions[] = {
  { "", "there is startup, login" },
  { "start-up", "did you mean 'startup'" },
  { "Login", "did you mean 'login'" },
  { "unit:", "'' is not the name of a unit" },
  { "unit:backup.service", "'' is no state of a unit" },
  { "unit:backup:failed", "'backup' is not the name of a unit" },
  { "unit:../x.service:failed", "is not the name of a unit" },
  { "unit:a b.service:failed", "is not the name of a unit" },
  { "unit:getty@.service:failed", "'getty@.service' is not the name of a unit" },
  { "unit:backup.service:broken", "'broken' is no state of a unit" },
  { "unit:backup.service:", "'' is no state of a unit" },
};

static void
test_good_conditions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_conditions); i++)
    {
      const GoodCondition *row = &good_conditions[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (JtCondition) condition = jt_condition_parse (row->text, &error);

      g_assert_no_error (error);
      g_assert_cmpint (condition->fact, ==, row->fact);
      g_assert_cmpint (condition->is_negated, ==, row->is_negated);
      g_assert_cmpstr (condition->path, ==, row->path);
      g_assert_cmpfloat (condition->load, ==, row->load);
      g_assert_cmpstr (condition->text, ==, row->text);
    }
}

static void
expect_refusal (GError *error, const char *text, const char *message)
{
  if (error == NULL)
    g_error ("'%s' was taken", text);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  if (strstr (error->message, message) == NULL)
    g_error ("'%s': \"%s\" does not say \"%s\"", text, error->message, message);
}

static void
test_bad_conditions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_conditions); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_condition_parse (bad_conditions[i].text, &error));
      expect_refusal (error, bad_conditions[i].text, bad_conditions[i].message);
    }
}

static void
test_good_occasions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_occasions); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JtOccasion) occasion = jt_occasion_parse (good_occasions[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpint (occasion->kind, ==, good_occasions[i].kind);
      g_assert_cmpstr (occasion->unit, ==, good_occasions[i].unit);
      g_assert_cmpstr (occasion->state, ==, good_occasions[i].state);
      g_assert_cmpstr (occasion->text, ==, good_occasions[i].text);
    }
}

static void
test_bad_occasions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_occasions); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_occasion_parse (bad_occasions[i].text, &error));
      expect_refusal (error, bad_occasions[i].text, bad_occasions[i].message);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/condition/good", test_good_conditions);
  g_test_add_func ("/condition/bad", test_bad_conditions);
  g_test_add_func ("/occasion/good", test_good_occasions);
  g_test_add_func ("/occasion/bad", test_bad_occasions);
  return g_test_run ();
}
