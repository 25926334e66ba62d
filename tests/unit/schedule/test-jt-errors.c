/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What is refused, where the fault is, and what is said about it (reliability: bad input, schedule expressions). */

#include <string.h>

#include "jt-error.h"
#include "schedule-fixture.h"

#define BASE G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

typedef struct
{
  const char *text;
  int         column; /* -1: any */
  const char *needle;
} ErrorRow;

static const ErrorRow rows[] = {
  { "", 0, "empty" },
  { "   ", 0, "empty" },
  { "60 * * * *", 1, "minute 0-59" },
  { "* 24 * * *", 3, "hour 0-23" },
  { "* * 0 * *", 5, "day" },
  { "* * 32 * *", 5, "1-31" },
  { "* * * 13 *", 7, "month" },
  { "* * * * 8", 9, "weekday 0-7" },
  { "1 2 3", -1, "3 fields, needs 5 or 6" },
  { "1 2 3 4 5 6 7", -1, "more than 6 fields" },
  { "*/0 * * * *", 3, "step" },
  { "*/-5 * * * *", 3, "" },
  { "*/99 * * * *", 3, "larger than the range" },
  { "5-1 * * * *", -1, "backwards" },
  { "1- * * * *", 3, "" },
  { "-1 * * * *", 1, "" },
  { "1,,2 * * * *", 3, "empty list item" },
  { "1, * * * *", 3, "empty list item" },
  { "a b c d e", 1, "" },
  { "* * * * MOM", 9, "did you mean MON" },
  { "@fortnightly", 1, "@weekly" },
  { "@reboot now", 9, "trailing text" },
  { "1.5 * * * *", 2, "" },
  { "1e3 * * * *", 2, "" },
  { "\xd9\xa3 * * * *", 1, "digits 0-9" },
  { "1\xc2\xa0* * * *", -1, "U+00A0 is not a space" },
  { "99999999999999999999 * * * *", 1, "too large" },
  { "2024-13-01", -1, "month 1-12" },
  { "Mon..Foo", 6, "" },
  { "00:00:60", 7, "second 0-59" },
  { "daily 02:30 xyz", -1, "" },
  { "every 0.5s", -1, "" },
  { "every 500y", -1, "" },
  { "every 0s", -1, "" },
  { "every -5m", -1, "" },
  { "every 15", -1, "unit" },
  { "at 25:00", -1, "hour 0-23" },
  { "at 2026-02-30 10:00", -1, "" },
  { "at", -1, "" },
  { "in 5", -1, "unit" },
  { "cron:", -1, "" },
  { "calendar:", 10, "missing" },
  { "cron:every 5min", -1, "" },
  { "15", -1, "" },
  { "*/90 * * * *", 3, "" },
  { "*-12/6-01", 3, "leaves the month" },
  { "*:0/60", 3, "leaves the minute" },
  { "*-*~3/5", 5, "leaves the day" },
  { "0 22-2 * * *", -1, "backwards" },
  { "Fri..Mon 10:00:00 foo", -1, "" },
  { "0 0 L-99 * *", -1, "" },
  { "0 0 * * 5#6", -1, "" },
  { "0 0 15W-3 * *", -1, "" },
};

/* All faults of a table at once. */
static void G_GNUC_PRINTF (1, 2)
complain (const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("FAULT %s", text);
  g_test_fail ();
}

static void
check_row (const ErrorRow *row)
{
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);
  g_autoptr (GError) error = NULL;
  guint column = 12345;
  JtSchedule *schedule = jt_schedule_parse (row->text, utc, BASE, &column, &error);
  g_autofree char *prefix = NULL;

  if (schedule != NULL)
    {
      complain ("'%s' is not refused", row->text);
      jt_schedule_unref (schedule);
      return;
    }
  g_test_message ("'%s': %s", row->text, error->message);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
  if (row->column >= 0 && (guint) row->column != column)
    complain ("'%s': column %u, expected %d: %s", row->text, column, row->column, error->message);
  if (column > 0)
    {
      prefix = g_strdup_printf ("column %u: ", column);
      g_assert_true (g_str_has_prefix (error->message, prefix));
      g_assert_cmpuint (column, <=, strlen (row->text) + 1);
    }
  if (strstr (error->message, row->needle) == NULL)
    complain ("'%s': '%s' is not in: %s", row->text, row->needle, error->message);
  g_assert_cmpuint (strlen (error->message), <, 400);
}

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_row (&rows[i]);
}

static void
check_too_large (const char *text)
{
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_schedule_parse (text, utc, BASE, NULL, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

static void
test_too_large (void)
{
  g_autofree char *long_text = g_strnfill (8192, '*');
  GString *list = g_string_new ("0");

  check_too_large (long_text);
  for (guint i = 1; i < 1000; i++)
    g_string_append_printf (list, ",%u", i % 60);
  g_string_append (list, " * * * *");
  check_too_large (list->str);
  g_string_free (list, TRUE);
}

/* Well formed, and yet no time will come: a preview says so, who defines a job refuses it. */
static void
test_never (void)
{
  static const char *const texts[] = { "0 0 30 2 *", "0 0 31 4,6 *", "*-02-30", "2020-01-01", "at 2020-01-01 10:00", "0 0 0 30 2 *" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (texts[i], "UTC", BASE);

      if (jt_schedule_next (schedule, BASE) != JT_INSTANT_NEVER)
        complain ("'%s' elapses", texts[i]);
    }
}

static void
test_zones (void)
{
  static const char *const rows_of_zones[][2]
    = { { "Europe/Atlantis", "Europe/Athens" }, { "../../etc/passwd", "not a zone name" }, { "/etc/passwd", "not a zone name" }, { "Europe/", "" }, { "europe/berlin", "Europe/Berlin" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows_of_zones); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_zone_get (rows_of_zones[i][0], &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
      if (strstr (error->message, rows_of_zones[i][1]) == NULL)
        complain ("%s: %s", rows_of_zones[i][0], error->message);
    }
}

/* Valid but doubtful: accepted, and said. */
static void
test_warnings (void)
{
  static const struct
  {
    const char *text;
    const char *zone;
    const char *needle; /* NULL: no doubt */
  } doubts[] = {
    { "30 2 * * *", "Europe/Berlin", "" },  { "30 2 * * *", "UTC", NULL },      { "30 12 * * *", "Europe/Berlin", NULL },
    { "*-*-* 02:30", "Europe/Berlin", "" }, { "0 0 31 * *", "UTC", "Not every month" },      { "0 0 13 * 5", "UTC", "" },
    { "* * * * * *", "UTC", "second" },     { "0 0 1 * *", "UTC", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (doubts); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (doubts[i].text, doubts[i].zone, BASE);
      g_auto (GStrv) warnings = jt_schedule_get_warnings (schedule, BASE);
      g_autofree char *all = g_strjoinv ("; ", warnings);

      g_test_message ("'%s': %s", doubts[i].text, all);
      if ((warnings[0] != NULL) != (doubts[i].needle != NULL))
        complain ("'%s' in %s: warnings are '%s'", doubts[i].text, doubts[i].zone, all);
      if (doubts[i].needle != NULL && strstr (all, doubts[i].needle) == NULL)
        complain ("'%s': '%s' is not in '%s'", doubts[i].text, doubts[i].needle, all);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/errors/rows", test_rows);
  g_test_add_func ("/schedule/errors/too-large", test_too_large);
  g_test_add_func ("/schedule/errors/never", test_never);
  g_test_add_func ("/schedule/errors/zones", test_zones);
  g_test_add_func ("/schedule/errors/warnings", test_warnings);
  return g_test_run ();
}
