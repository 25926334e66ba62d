/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* How single values read. */

#include "text.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */
#define SECOND G_GINT64_CONSTANT (1000000)

static void
test_escape (void)
{
  static const char *const rows[][2] = {
    { "plain", "plain" },
    { "a\033[2Jb", "a\\x1b[2Jb" },
    { "tab\tline\n", "tab\\tline\\n" },
    { "\xc3\xa4\xe4\xb8\xad", "\xc3\xa4\xe4\xb8\xad" },
    { "a\xff" "b", "a\\xffb" },
    { "\xc2\x9b" "31m", "\\x9b31m" },                  /* a C1 control: CSI in one character */
    { "a\xe2\x80\xae" "b", "a\\u202eb" },              /* right-to-left override */
    { "a\xe2\x80\x8b" "b", "a\\u200bb" },              /* zero width space */
    { "\x7f", "\\x7f" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = text_escape (rows[i][0]);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_escape_log (void)
{
  static const char *const rows[][2] = {
    { "a\tb\n", "a\tb\n" },
    { "\033[1;31mred\033[0m", "\033[1;31mred\033[0m" },
    { "\033[2J", "\\x1b[2J" },
    { "\033]0;title\a", "\\x1b]0;title\\x07" },
    { "\033[31", "\\x1b[31" },
    { "50%\r100%\n", "50%\\x0d100%\n" },
    { "\xff", "\xff" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = text_escape_log (rows[i][0], strlen (rows[i][0]));

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_width (void)
{
  g_autofree char *cut = text_cut ("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 4);
  g_autofree char *whole = text_cut ("abcd", 4);
  g_autofree char *ascii = text_cut ("abcde", 4);
  g_autofree char *none = text_cut ("abcde", 0);

  g_assert_cmpint (text_width ("abc"), ==, 3);
  g_assert_cmpint (text_width ("\xe4\xb8\xad"), ==, 2);
  g_assert_cmpint (text_width ("e\xcc\x81"), ==, 1); /* a combining accent */
  g_assert_cmpstr (cut, ==, "\xe4\xb8\xad…");
  g_assert_cmpstr (whole, ==, "abcd");
  g_assert_cmpstr (ascii, ==, "abc…");
  g_assert_cmpstr (none, ==, "");
}

/* By what is seen: letters of two bytes take one column, those of the far east two. */
static void
test_padded (void)
{
  g_autofree char *plain = text_pad ("abc", 5);
  g_autofree char *umlaut = text_pad ("\xc3\xa4", 3);
  g_autofree char *wide = text_pad ("\xe4\xb8\xad", 3);
  g_autofree char *full = text_pad ("abcdef", 5);
  const char *const texts[] = { "ab", "\xc3\xa4\xc3\xa4\xc3\xa4", "", NULL };

  g_assert_cmpstr (plain, ==, "abc  ");
  g_assert_cmpstr (umlaut, ==, "\xc3\xa4  ");
  g_assert_cmpstr (wide, ==, "\xe4\xb8\xad ");
  g_assert_cmpstr (full, ==, "abcdef");
  g_assert_cmpint (text_widest (texts), ==, 3);
}

static void
test_wrapped (void)
{
  static const struct
  {
    const char *text;
    int         indent;
    int         width;
    const char *wrapped;
  } rows[] = {
    { "one two three", 0, 80, "one two three" },
    { "one two three", 0, 7, "one two\nthree" },
    { "one two three", 2, 9, "one two\n  three" },
    { "one two three", 2, 8, "one\n  two\n  three" },
    { "\xc3\xa4\xc3\xa4\xc3\xa4 two", 0, 7, "\xc3\xa4\xc3\xa4\xc3\xa4 two" },
    { "longer-than-that a", 1, 5, "longer-than-that\n a" },
    { "a b", 10, 5, "a\n          b" },
    { "", 3, 5, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = text_wrap (rows[i].text, rows[i].indent, rows[i].width);

      g_assert_cmpstr (text, ==, rows[i].wrapped);
    }
}

static void
test_time (void)
{
  static const struct
  {
    gint64      usec;
    TimeStyle   style;
    const char *text;
  } rows[] = {
    { 0, TIMES_RELATIVE, "-" },
    { NOW, TIMES_RELATIVE, "now" },
    { NOW - 59 * SECOND, TIMES_RELATIVE, "59 s ago" },
    { NOW - 60 * SECOND, TIMES_RELATIVE, "1 min ago" },
    { NOW + 3600 * SECOND, TIMES_RELATIVE, "in 1 h" },
    { NOW + 47 * 3600 * SECOND, TIMES_RELATIVE, "in 47 h" },
    { NOW + 49 * 3600 * SECOND, TIMES_RELATIVE, "in 2 d" },
    { NOW + 5, TIMES_UTC, "2026-01-01T00:00:00Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = text_time (rows[i].usec, NOW, rows[i].style);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    guint64     usec;
    const char *text;
  } rows[] = {
    { 0, "0 µs" },           { 999, "999 µs" },         { 1000, "1 ms" },         { 999999, "999 ms" },     { 1200000, "1.2 s" },
    { 10000000, "10 s" },    { 61000000, "1 min 1 s" }, { 3600000000, "1 h 0 min" }, { 172800000000, "2 d 0 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = text_duration (rows[i].usec);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_small (void)
{
  g_autofree char *spark = text_spark ("SFTLCMK");
  g_autofree char *kebab = text_kebab ("NextElapse");
  g_autofree char *already = text_kebab ("next-elapse");

  g_assert_cmpstr (spark, ==, "▁█▆▅▃··");
  g_assert_cmpstr (kebab, ==, "next-elapse");
  g_assert_cmpstr (already, ==, "next-elapse");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/escape", test_escape);
  g_test_add_func ("/text/escape-log", test_escape_log);
  g_test_add_func ("/text/width", test_width);
  g_test_add_func ("/text/padded", test_padded);
  g_test_add_func ("/text/wrapped", test_wrapped);
  g_test_add_func ("/text/time", test_time);
  g_test_add_func ("/text/duration", test_duration);
  g_test_add_func ("/text/small", test_small);
  return g_test_run ();
}
