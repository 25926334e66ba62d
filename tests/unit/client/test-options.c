/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The words of a command line. */

#include "jt-error.h"
#include "options.h"

static const Option set[] = { { "wait", 'w', NULL, "help", NULL }, { "tail", 'n', "N", "help", "20" }, { "tag", 't', "TAG", "help", NULL }, { NULL } };
static const Option *const known[] = { set, NULL };

static Options *
parse (const char *line, GError **error)
{
  /* Kept for the test's life: options borrow from it. */
  static GPtrArray *kept;
  char **words = g_strsplit (line, " ", -1);
  Options *options = options_new ();

  if (kept == NULL)
    kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_ptr_array_add (kept, words);
  if (options_parse (options, words, known, error))
    return options;
  options_free (options);
  return NULL;
}

static void
test_forms (void)
{
  static const char *const lines[] = { "run a --wait --tail 5 b", "--tail=5 run -w a b", "-n5 run a b -w", "run a b -w -n 5" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (Options) options = parse (lines[i], NULL);

      g_assert_true (options_has (options, "wait"));
      g_assert_cmpstr (options_get (options, "tail"), ==, "5");
      g_assert_cmpstr (g_ptr_array_index (options->arguments, 0), ==, "run");
      g_assert_cmpuint (options->arguments->len, ==, 4);
      g_assert_null (g_ptr_array_index (options->arguments, 3));
    }
}

static void
test_command (void)
{
  g_autoptr (Options) options = parse ("add x -- ls --wait -- y", NULL);

  g_assert_false (options_has (options, "wait"));
  g_assert_cmpstr (options->command[0], ==, "ls");
  g_assert_cmpstr (options->command[1], ==, "--wait");
  g_assert_cmpstr (options->command[2], ==, "--");
}

static void
test_repeated (void)
{
  g_autoptr (Options) options = parse ("-t a --tag b --tag=c - -7", NULL);
  const char *const *values = options_get_all (options, "tag");

  g_assert_cmpstr (values[0], ==, "a");
  g_assert_cmpstr (values[2], ==, "c");
  g_assert_null (values[3]);
  g_assert_cmpstr (options_get (options, "tag"), ==, "c");
  g_assert_cmpstr (g_ptr_array_index (options->arguments, 0), ==, "-");
  /* A schedule may begin so. */
  g_assert_cmpstr (g_ptr_array_index (options->arguments, 1), ==, "-7");
  g_assert_null (options_get_all (options, "wait"));
}

static void
test_refused (void)
{
  static const char *const rows[][2] = {
    { "--wiat", "*did you mean '--wait'?" }, { "--qqqqqq", "*--help lists them" }, { "-x", "*put -- before the command" },
    { "--wait=1", "--wait takes no value" }, { "--tail", "--tail needs N, e.g. 20" }, { "--tail --wait", "--tail needs N*" },
    { "--tag", "--tag needs a value (TAG)" }, { "--tag -w", "--tag needs a value*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (rows[i][0], &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      if (!g_pattern_match_simple (rows[i][1], error->message))
        g_error ("%s: %s", rows[i][0], error->message);
    }
}

static void
test_counts (void)
{
  g_autoptr (Options) options = parse ("--tail 5 --tag -7", NULL);
  guint64 count = 42;
  g_autoptr (GError) error = NULL;

  g_assert_true (options_get_count (options, "tail", 1, 5, &count, NULL));
  g_assert_cmpuint (count, ==, 5);
  g_assert_true (options_get_count (options, "wait", 1, 5, &count, NULL));
  g_assert_cmpuint (count, ==, 5);
  g_assert_false (options_get_count (options, "tail", 6, 9, &count, &error));
  g_assert_cmpstr (error->message, ==, "--tail needs a whole number from 6 to 9");
  g_assert_false (options_get_count (options, "tag", 0, 9, &count, NULL));
}

static void
test_instants (void)
{
  g_autoptr (Options) options = parse ("--tag 2026-01-01T00:00:00Z --tail 2h", NULL);
  gint64 usec = 0;
  gint64 now = g_get_real_time ();

  g_assert_true (options_get_instant (options, "tag", &usec, NULL));
  g_assert_cmpint (usec, ==, G_GINT64_CONSTANT (1767225600000000));
  g_assert_true (options_get_instant (options, "tail", &usec, NULL));
  g_assert_cmpint (usec, >=, now - G_GINT64_CONSTANT (7200000000));
  g_assert_cmpint (usec, <, now);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/forms", test_forms);
  g_test_add_func ("/options/command", test_command);
  g_test_add_func ("/options/repeated", test_repeated);
  g_test_add_func ("/options/refused", test_refused);
  g_test_add_func ("/options/counts", test_counts);
  g_test_add_func ("/options/instants", test_instants);
  return g_test_run ();
}
