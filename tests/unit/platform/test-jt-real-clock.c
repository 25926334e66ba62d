/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gstdio.h>

#include "jt-real-clock.h"

typedef struct
{
  char    *folder;
  JtClock *clock;
  guint    n_alarms;
  guint    n_changes;
} Fixture;

static void
on_alarm (JtClock *clock, Fixture *f)
{
  f->n_alarms++;
}

static void
on_changed (JtClock *clock, Fixture *f)
{
  f->n_changes++;
}

static void
make_clock (Fixture *f)
{
  f->clock = jt_real_clock_new ();
  g_signal_connect (f->clock, "alarm", G_CALLBACK (on_alarm), f);
  g_signal_connect (f->clock, "changed", G_CALLBACK (on_changed), f);
  jt_real_clock_watch_zones (f->clock);
  jt_real_clock_watch_each_zone (f->clock);
}

static void
setup (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("jt-clock-XXXXXX", NULL);
  g_setenv ("TZDIR", f->folder, TRUE);
  make_clock (f);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_autofree char *area = g_build_filename (f->folder, "Europe", NULL);
  g_autofree char *table = g_build_filename (f->folder, "zone.tab", NULL);
  g_autofree char *zone = g_build_filename (area, "Berlin", NULL);

  g_assert_finalize_object (f->clock);
  g_remove (table);
  g_remove (zone);
  g_rmdir (area);
  g_rmdir (f->folder);
  g_free (f->folder);
}

static void
test_alarm (Fixture *f, gconstpointer data)
{
  gint64 ahead_usec = GPOINTER_TO_INT (data);
  gint64 at = ahead_usec == 0 ? 0 : jt_clock_get_realtime (f->clock) + ahead_usec;

  jt_clock_set_alarm (f->clock, at);
  g_assert_cmpuint (f->n_alarms, ==, 0);
  while (f->n_alarms == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (jt_clock_get_realtime (f->clock), >=, at);
  /* It rings once. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_alarms, ==, 1);
  g_assert_cmpuint (f->n_changes, ==, 0);
}

/* The latest one counts; the end of time can be had, and unsets. */
static void
test_replaced (Fixture *f, gconstpointer data)
{
  jt_clock_set_alarm (f->clock, 1);
  jt_clock_set_alarm (f->clock, G_MAXINT64);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_alarms, ==, 0);
  jt_clock_set_alarm (f->clock, G_MAXINT64 - 1);
  jt_clock_set_alarm (f->clock, G_GINT64_CONSTANT (253402300799) * G_USEC_PER_SEC);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_alarms, ==, 0);
  jt_clock_set_alarm (f->clock, 1);
  while (f->n_alarms == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* New zone data, file by file: told once. */
static void
test_zones (Fixture *f, gconstpointer data)
{
  g_autofree char *zone = g_build_filename (f->folder, "zone.tab", NULL);

  for (guint i = 0; i < 20; i++)
    g_assert_true (g_file_set_contents (zone, "words", -1, NULL));
  while (f->n_changes == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_assert_cmpuint (f->n_alarms, ==, 0);
}

static void
wait_for_change (Fixture *f)
{
  for (guint n_before = f->n_changes; f->n_changes == n_before;)
    g_main_context_iteration (NULL, TRUE);
}

/* One zone, by whoever compiles their own: in a folder that was there, and in one that came later. */
static void
test_one_zone (Fixture *f, gconstpointer data)
{
  g_autofree char *area = g_build_filename (f->folder, "Europe", NULL);
  g_autofree char *zone = g_build_filename (area, "Berlin", NULL);

  g_assert_cmpint (g_mkdir (area, 0755), ==, 0);
  wait_for_change (f);
  g_assert_true (g_file_set_contents (zone, "TZif", -1, NULL));
  wait_for_change (f);
  g_clear_object (&f->clock);
  make_clock (f);
  g_assert_true (g_file_set_contents (zone, "TZif2", -1, NULL));
  wait_for_change (f);
}

#define ADD(path, data, function) g_test_add ("/real-clock/" path, Fixture, data, setup, function, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("past", GINT_TO_POINTER (-1000000), test_alarm);
  ADD ("epoch", GINT_TO_POINTER (0), test_alarm);
  ADD ("soon", GINT_TO_POINTER (2000), test_alarm);
  ADD ("replaced", NULL, test_replaced);
  ADD ("zones", NULL, test_zones);
  ADD ("one-zone", NULL, test_one_zone);
  return g_test_run ();
}
