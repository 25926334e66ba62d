/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What is refused, where the fault is, and what is said about it. */

#include <string.h>

#include "jt-error.h"
#include "refused-rows.h"
#include "schedule-fixture.h"

#define BASE G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */
#define N_ROUNDS 2000
#define MAX_MESSAGE 400

/* FALSE with the error and column that somebody would get who defines a job with it. */
static gboolean
define (const RefusedRow *row, const char *text, guint *column, GError **error)
{
  g_autoptr (JtZone) zone = jt_zone_get (row->timezone != NULL ? row->timezone : "UTC", error);
  g_autoptr (JtSchedule) schedule = NULL;

  *column = 0;
  if (zone == NULL)
    return FALSE;
  schedule = jt_schedule_parse (text, zone, BASE, column, error);
  if (row->refusal != NEVER)
    return schedule != NULL;
  g_assert_nonnull (schedule);
  return jt_schedule_check_elapses (schedule, text, BASE, column, error);
}

static void
test_refused (gconstpointer data)
{
  const RefusedRow *row = data;
  g_autofree char *text = row->text != NULL ? g_strdup (row->text) : make_large_text (row);
  JtError code = row->refusal == TOO_LARGE ? JT_ERROR_TOO_LARGE : JT_ERROR_INVALID_SCHEDULE;
  g_autoptr (GError) error = NULL;
  g_autofree char *prefix = NULL;
  guint column;

  g_assert_false (define (row, text, &column, &error));
  prefix = row->column > 0 ? g_strdup_printf ("column %u: ", row->column) : g_strdup ("");
  if (g_error_matches (error, JT_ERROR, (int) code) && column == row->column && g_str_has_prefix (error->message, prefix)
      && strstr (error->message + strlen (prefix), row->needle) != NULL && strlen (error->message) < MAX_MESSAGE)
    return;
  g_test_message ("column %u: %s\nexpected column %u: %s", column, error->message, row->column, row->needle);
  g_test_fail ();
}

/* Well formed, and yet no time will come: a preview says why, who defines a job refuses it. */
static void
test_never (gconstpointer data)
{
  const RefusedRow *row = data;
  g_autoptr (JtSchedule) schedule = parse_schedule (row->text, row->timezone != NULL ? row->timezone : "UTC", BASE);
  g_autofree char *note = jt_schedule_get_note (schedule, BASE);
  g_auto (GStrv) warnings = jt_schedule_get_warnings (schedule, BASE);

  g_assert_cmpint (jt_schedule_next (schedule, BASE), ==, JT_INSTANT_NEVER);
  g_assert_nonnull (note);
  g_assert_nonnull (strstr (note, row->needle));
  g_assert_null (warnings[0]);
}

static void
test_notes (void)
{
  static const char *const rows[][2] = { { "@reboot", "after each start of the machine" },
                                         { "every 10min after", "when the job's runs end" },
                                         { "Mon 2027-02-01..07 UTC", NULL },
                                         { "@daily", NULL },
                                         { "every 1h", NULL },
                                         { "at 2027-01-01 00:00", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (rows[i][0], "UTC", BASE);
      g_autofree char *note = jt_schedule_get_note (schedule, BASE);

      g_assert_true (jt_schedule_check_elapses (schedule, rows[i][0], BASE, NULL, NULL));
      g_assert_cmpint (note != NULL, ==, rows[i][1] != NULL);
      if (note != NULL)
        g_assert_nonnull (strstr (note, rows[i][1]));
    }
}

/* Behind the end of all reckoning it is not the expression that is at fault. */
static void
test_note_of_the_end (void)
{
  static const char *const rows[] = { "30 2 * * *", "*-*-* 02:30", "every 1h" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (rows[i], "UTC", BASE);
      g_autofree char *note = jt_schedule_get_note (schedule, G_MAXINT64 - 1);

      g_assert_cmpstr (note, ==, "never occurs again: that is too far ahead");
    }
}

/* Where nothing but the whole is at fault, the beginning of it is pointed at; prefixes count. */
static void
test_columns_of_never (void)
{
  static const struct
  {
    const char *text;
    guint       column;
  } rows[] = { { "cron: 0 0 30 2 *", 11 },      { "0 0 0 30 2 *", 7 }, { "calendar: Mon *-02-30 10:00", 20 }, { "at: 2020-01-01", 5 },
               { "Sun 2027-02-01", 5 },         { "*-04-31T10:00", 6 }, { "  0 0 31 2 *", 7 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (rows[i].text, "UTC", BASE);
      g_autoptr (GError) error = NULL;
      guint column = 0;

      g_assert_false (jt_schedule_check_elapses (schedule, rows[i].text, BASE, &column, &error));
      g_test_message ("'%s': %s", rows[i].text, error->message);
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
      g_assert_cmpuint (column, ==, rows[i].column);
    }
}

static void
test_zones (void)
{
  static const char *const rows[][2] = { { "Europe/Atlantis", "did you mean 'Europe/Athens'" }, { "../../etc/passwd", "not a zone name" },
                                         { "/etc/passwd", "not a zone name" },                  { "Europe/", "zones have names like Europe/Berlin" },
                                         { "europe/berlin", "did you mean 'Europe/Berlin'" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_zone_get (rows[i][0], &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
      g_assert_nonnull (strstr (error->message, rows[i][1]));
    }
}

/* The kind given from outside holds, and what is said is about that kind. */
static void
test_given_kind (void)
{
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);
  g_autoptr (GError) error = NULL;
  guint column = 0;

  g_assert_null (jt_schedule_parse_kind ("61 * * * *", JT_SCHEDULE_CRON, utc, BASE, &column, &error));
  g_assert_cmpuint (column, ==, 1);
  g_assert_cmpstr (error->message, ==, "column 1: minute 0-59, not 61; the full hour is 0");
}

/* (transfer full) */
static char *
make_random_text (void)
{
  static const char *const pieces[]
    = { "*", "/", "-", ",", "..", ":", "~", "#", "L", "W", "?", " ", " ", " ", "\t", "0", "5", "59", "60", "2026", "99999999999", "Mon", "Fri", "Mai", "every",
        "every ", "at ", "in ", "@", "daily", "am", "pm", "min", "h", "15", "T", "Z", "+01:00", "Europe/Berlin", "\xc3\xa4", "\xe2\x80\x93", "'", "(", "=",
        "root", "tomorrow", "cron:", "calendar:", "from", "after", ".", "\\", "H", "st", "P", "x" };
  GString *text = g_string_new (NULL);

  for (int i = g_test_rand_int_range (0, 24); i > 0; i--)
    g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

/* Whatever is written, the message is whole letters, short, and points into the text. */
static void
test_any_text (void)
{
  g_autoptr (JtZone) berlin = jt_zone_get ("Europe/Berlin", NULL);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree char *text = make_random_text ();
      g_autoptr (GError) error = NULL;
      guint column = 0;
      g_autoptr (JtSchedule) schedule = jt_schedule_parse (text, berlin, BASE, &column, &error);

      if (schedule != NULL)
        {
          g_auto (GStrv) warnings = jt_schedule_get_warnings (schedule, BASE);
          g_autofree char *description = jt_schedule_describe (schedule);
          g_autofree char *note = jt_schedule_get_note (schedule, BASE);

          g_assert_cmpuint (strlen (description), >, 0);
          g_assert_cmpint (jt_schedule_check_elapses (schedule, text, BASE, &column, &error), ==, error == NULL);
        }
      if (error == NULL)
        continue;
      if (!g_utf8_validate (error->message, -1, NULL) || strlen (error->message) >= MAX_MESSAGE || column > (guint) g_utf8_strlen (text, -1) + 1)
        g_error ("'%s': column %u: %s", text, column, error->message);
    }
}

static void
add_rows (const char *group, const RefusedRow *rows, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *path = g_strdup_printf ("/schedule/errors/%s/%s", group, rows[i].name);
      g_autofree char *never = g_strdup_printf ("/schedule/errors/never/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_refused);
      if (rows[i].refusal == NEVER)
        g_test_add_data_func (never, &rows[i], test_never);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_rows ("bad-input", bad_input_rows, G_N_ELEMENTS (bad_input_rows));
  add_rows ("slips", slip_rows, G_N_ELEMENTS (slip_rows));
  g_test_add_func ("/schedule/errors/notes", test_notes);
  g_test_add_func ("/schedule/errors/note-of-the-end", test_note_of_the_end);
  g_test_add_func ("/schedule/errors/columns-of-never", test_columns_of_never);
  g_test_add_func ("/schedule/errors/zones", test_zones);
  g_test_add_func ("/schedule/errors/given-kind", test_given_kind);
  g_test_add_func ("/schedule/errors/any-text", test_any_text);
  return g_test_run ();
}
