/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What a person most likely meant. */

#include "jt-nearest.h"

static void
test_words (void)
{
  static const char *const candidates[] = { "list", "retries", "retry-delay", "status", "set", "show", NULL };
  static const char *const rows[][2] = {
    { "lsit", "list" }, { "retires", "retries" }, { "retry-dealy", "retry-delay" }, { "satus", "status" }, { "LIST", "list" }, { "shwo", "show" },
  };
  static const char *const far[] = { "frobnicate", "", "xyzzy", "a" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (jt_nearest (rows[i][0], candidates), ==, rows[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    g_assert_null (jt_nearest (far[i], candidates));
}

/* A hostile word costs no more than a long one may. */
static void
test_long (void)
{
  static const char *const candidates[] = { "list", NULL };
  g_autofree char *word = g_strnfill (1000000, 'x');

  g_assert_null (jt_nearest (word, candidates));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearest/words", test_words);
  g_test_add_func ("/nearest/long", test_long);
  return g_test_run ();
}
