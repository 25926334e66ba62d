/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Words, quotes, escapes, flags, time spans and sizes as systemd.syntax(7) and systemd.time(7) have them. */

#include <string.h>

#include "jt-error.h"
#include "unit-words.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static char *
show_words (const char *text, UnitEscapes escapes)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = unit_words_split (text, escapes, &error);
  g_autofree char *joined = words != NULL ? g_strjoinv ("][", words) : NULL;

  if (words == NULL)
    {
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      return g_strdup_printf ("! %s", error->message);
    }
  return words[0] != NULL ? g_strdup_printf ("[%s]", joined) : g_strdup ("");
}

static void
test_words (void)
{
  static const char *const rows[][2] = {
    { "", "" },
    { "  \t ", "" },
    { "a b\tc", "[a][b][c]" },
    { "a  b ", "[a][b]" },
    { "\"a b\" 'c d'", "[a b][c d]" },
    { "a\"b c\"d", "[ab cd]" },
    { "''", "[]" },
    { "a '' b", "[a][][b]" },
    { "\"it's\"", "[it's]" },
    { "'say \"x\"'", "[say \"x\"]" },
    { "'a\\'b'", "[a'b]" },
    { "a\\ b", "! unknown escape '\\ '" },
    { "a\\sb", "[a b]" },
    { "\\x41\\102\\u00e4\\U0001f600", "[AB\xc3\xa4\xf0\x9f\x98\x80]" },
    { "a\\tb\\nc", "[a\tb\nc]" },
    { "\\\\ \\\" \\'", "[\\][\"][']" },
    { "\\x00", "! unknown escape '\\x'" },
    { "\\000", "! unknown escape '\\0'" },
    { "\\ud800", "! unknown escape '\\u'" },
    { "\\777", "! unknown escape '\\7'" },
    { "\\d", "! unknown escape '\\d'" },
    { "a\\", "! it ends with a backslash" },
    { "\"a b", "! the quote \" is not closed" },
    { "it's", "! the quote ' is not closed" },
    { "$x %i ; # a", "[$x][%i][;][#][a]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = show_words (rows[i][0], UNIT_ESCAPES_STRICT);

      g_assert_cmpstr (shown, ==, rows[i][1]);
    }
}

static void
test_kept_escapes (void)
{
  static const char *const rows[][2] = {
    { "\\d+ '\\w'", "[\\d+][\\w]" },
    { "\\\xc3\xa4", "[\\\xc3\xa4]" },
    { "\\; \\x4 \\08", "[\\;][\\x4][\\08]" },
    { "a\\", "! it ends with a backslash" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = show_words (rows[i][0], UNIT_ESCAPES_KEPT);

      g_assert_cmpstr (shown, ==, rows[i][1]);
    }
}

static void
test_unescape (void)
{
  g_autofree char *text = unit_text_unescape ("a\\tb \"c\" \\q\\");

  g_assert_cmpstr (text, ==, "a\tb \"c\" \\q\\");
}

/* What is written comes back as the same one word, whatever it is. */
static void
test_quote (void)
{
  static const char *const words[] = { "", "plain", "a b", "it's", "\"", "\\", "\\d", "a\nb\tc", "$x", "%i", ";", "#", "\x01\x7f", "\xc3\xa4 \xe2\x82\xac", "-", " " };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < G_N_ELEMENTS (words) + 2000; i++)
    {
      g_autofree char *made = g_malloc0 (12);
      g_autofree char *quoted = NULL;
      g_auto (GStrv) back = NULL;
      const char *word = i < G_N_ELEMENTS (words) ? words[i] : made;

      for (guint c = 0; c < 11; c++)
        made[c] = "a\\\"' \t\nx41;#sn0"[g_rand_int_range (random, 0, 15)];
      quoted = unit_word_quote (word);
      back = unit_words_split (quoted, UNIT_ESCAPES_STRICT, NULL);
      g_assert_nonnull (back);
      g_assert_cmpuint (g_strv_length (back), ==, 1);
      g_assert_cmpstr (back[0], ==, word);
      g_assert_null (strchr (quoted, '\n'));
    }
}

static void
test_flags (void)
{
  static const char *const yes[] = { "1", "yes", "Y", "TRUE", "t", "on" };
  static const char *const no[] = { "0", "no", "N", "false", "f", "Off" };
  gboolean value;

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (unit_parse_flag (yes[i], &value) && value);
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_true (unit_parse_flag (no[i], &value) && !value);
  g_assert_false (unit_parse_flag ("", &value));
  g_assert_false (unit_parse_flag ("full", &value));
}

static void
test_spans (void)
{
  static const struct
  {
    const char *text;
    gint64      usec; /* -1: none */
  } rows[] = {
    { "90", 90 * SECOND },
    { " 90 ", 90 * SECOND },
    { "1.5", SECOND * 3 / 2 },
    { "15min", 900 * SECOND },
    { "15 min", 900 * SECOND },
    { "1h 30", 3630 * SECOND },
    { "1h30", 3630 * SECOND },
    { "2 hours 5m", 7500 * SECOND },
    { "1w", 7 * 86400 * SECOND },
    { "55s500ms", 55 * SECOND + 500000 },
    { "300\xc2\xb5s", 300 },
    { "300\xce\xbcs", 300 },
    { "0", 0 },
    { "infinity", UNIT_SPAN_INFINITE },
    { " infinity ", UNIT_SPAN_INFINITE },
    { "", -1 },
    { "-5", -1 },
    { "soon", -1 },
    { "PT15M", -1 },
    { "5 parsecs", -1 },
    { "5min!", -1 },
    { "1..5", -1 },
    { "infinity 5", -1 },
    { "99999999999999999999", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 usec = -1;

      if (unit_parse_span (rows[i].text, &usec) != (rows[i].usec >= 0) || (rows[i].usec >= 0 && usec != rows[i].usec))
        g_error ("'%s' is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, rows[i].text, usec, rows[i].usec);
    }
}

static void
test_sizes (void)
{
  guint64 bytes;

  g_assert_true (unit_parse_size ("1024", &bytes) && bytes == 1024);
  g_assert_true (unit_parse_size ("4K", &bytes) && bytes == 4096);
  g_assert_true (unit_parse_size ("1.5G", &bytes) && bytes == G_GUINT64_CONSTANT (1610612736));
  g_assert_true (unit_parse_size ("2 M", &bytes) && bytes == 2097152);
  g_assert_true (unit_parse_size ("7B", &bytes) && bytes == 7);
  g_assert_false (unit_parse_size ("", &bytes));
  g_assert_false (unit_parse_size ("M", &bytes));
  g_assert_false (unit_parse_size ("-1", &bytes));
  g_assert_false (unit_parse_size ("1X", &bytes));
  g_assert_false (unit_parse_size ("9999E", &bytes));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unit-words/words", test_words);
  g_test_add_func ("/unit-words/kept-escapes", test_kept_escapes);
  g_test_add_func ("/unit-words/unescape", test_unescape);
  g_test_add_func ("/unit-words/quote", test_quote);
  g_test_add_func ("/unit-words/flags", test_flags);
  g_test_add_func ("/unit-words/spans", test_spans);
  g_test_add_func ("/unit-words/sizes", test_sizes);
  return g_test_run ();
}
