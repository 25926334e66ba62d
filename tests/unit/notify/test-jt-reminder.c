/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* When trouble that goes on is spoken of again, and to whom. */

#include "jt-reminder.h"

#include "notify-fixture.h"

#define MINUTE G_GINT64_CONSTANT (60000000)
#define TOLD (28000000 * MINUTE)
#define REMIND "'remind-every': <uint64 3600000000>"
#define ESCALATE "'escalate-after': <uint64 1800000000>, 'escalate-to': <['user:bob']>"

/* All in minutes after it was told; 0: not yet. */
static const struct
{
  const char *preferences;
  gint64      reminded;
  gint64      escalated;
  gint64      muted_until;
  gboolean    is_acknowledged;
  gint64      next; /* 0: nothing follows */
  gboolean    escalates;
} rows[] = {
  { "", 0, 0, 0, FALSE, 0, FALSE },
  { "{" REMIND "}", 0, 0, 0, FALSE, 60, FALSE },
  { "{" REMIND "}", 60, 0, 0, FALSE, 120, FALSE },
  { "{" REMIND "}", 75, 0, 0, FALSE, 135, FALSE },
  { "{" REMIND "}", 60, 0, 0, TRUE, 0, FALSE },
  { "{" REMIND "}", 0, 0, 600, FALSE, 600, FALSE },
  { "{" REMIND "}", 0, 0, 30, FALSE, 60, FALSE },
  { "{" ESCALATE "}", 0, 0, 0, FALSE, 30, TRUE },
  { "{" ESCALATE "}", 0, 31, 0, FALSE, 0, FALSE },
  { "{" ESCALATE "}", 0, 0, 0, TRUE, 0, FALSE },
  { "{" ESCALATE "}", 0, 0, 45, FALSE, 45, TRUE },
  { "{'escalate-after': <uint64 1800000000>}", 0, 0, 0, FALSE, 0, FALSE },
  { "{'escalate-to': <['user:bob']>}", 0, 0, 0, FALSE, 0, FALSE },
  { "{" REMIND ", " ESCALATE "}", 0, 0, 0, FALSE, 30, TRUE },
  { "{" REMIND ", " ESCALATE "}", 0, 30, 0, FALSE, 60, FALSE },
  { "{" REMIND ", 'escalate-after': <uint64 3600000000>, 'escalate-to': <['user:bob']>}", 0, 0, 0, FALSE, 60, TRUE },
  { "{" REMIND ", 'escalate-after': <uint64 7200000000>, 'escalate-to': <['user:bob']>}", 0, 0, 0, FALSE, 60, FALSE },
  { "{" REMIND ", 'escalate-after': <uint64 7200000000>, 'escalate-to': <['user:bob']>}", 0, 0, 180, FALSE, 180, TRUE },
  { "{" REMIND ", " ESCALATE ", 'enabled': <false>}", 0, 0, 0, FALSE, 0, FALSE },
};

static gint64
after (gint64 minutes)
{
  return minutes == 0 ? 0 : TOLD + minutes * MINUTE;
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtPreferences) some = preferences (rows[i].preferences);
      JtTrouble trouble = {
        .told_usec = TOLD,
        .reminded_usec = after (rows[i].reminded),
        .escalated_usec = after (rows[i].escalated),
        .muted_until_usec = after (rows[i].muted_until),
        .is_acknowledged = rows[i].is_acknowledged,
      };
      gboolean escalates = !rows[i].escalates;
      gint64 next = jt_reminder_next (some, &trouble, &escalates);

      if (next != after (rows[i].next) || escalates != rows[i].escalates)
        g_error ("row %u: %" G_GINT64_FORMAT " min, %d", i, next == 0 ? 0 : (next - TOLD) / MINUTE, escalates);
      g_assert_cmpint (jt_reminder_next (some, &trouble, NULL), ==, next);
    }
}

static void
test_untold (void)
{
  g_autoptr (JtPreferences) some = preferences ("{" REMIND ", " ESCALATE "}");
  JtTrouble trouble = { 0 };
  gboolean escalates = TRUE;

  g_assert_cmpint (jt_reminder_next (some, &trouble, &escalates), ==, 0);
  g_assert_false (escalates);
}

/* Driven as the service does: each instant comes true. A day of trouble is reminded of hourly, and escalates once. */
static void
test_a_day (void)
{
  g_autoptr (JtPreferences) some = preferences ("{" REMIND ", " ESCALATE "}");
  JtTrouble trouble = { .told_usec = TOLD };
  guint n_reminders = 0;
  guint n_escalations = 0;

  for (;;)
    {
      gboolean escalates;
      gint64 next = jt_reminder_next (some, &trouble, &escalates);

      if (next > TOLD + 24 * 60 * MINUTE)
        break;
      if (escalates)
        {
          trouble.escalated_usec = next;
          n_escalations++;
        }
      else
        {
          trouble.reminded_usec = next;
          n_reminders++;
        }
    }
  g_assert_cmpuint (n_reminders, ==, 24);
  g_assert_cmpuint (n_escalations, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reminder/table", test_table);
  g_test_add_func ("/reminder/untold", test_untold);
  g_test_add_func ("/reminder/a-day", test_a_day);
  return g_test_run ();
}
