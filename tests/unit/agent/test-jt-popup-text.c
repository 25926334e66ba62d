/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-popup-text.h"

typedef struct
{
  const char *name;
  const char *text;
  guint       most;
  const char *wanted;
} Row;

static const Row line_rows[] = {
  { "plain", "backup failed", 99, "backup failed" },
  { "line-ends", "a\nb\r\nc\td\xe2\x80\xa8" "e", 99, "a b c d e" },
  { "controls", "a\001b\033[31mc\177d\xc2\x9b" "e", 99, "ab[31mcde" },
  { "bidi", "\xe2\x80\xaegnp.exe\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9\xd8\x9c\xe2\x80\x8f", 99, "gnp.exe x" },
  { "zero-width", "a\xe2\x80\x8b" "b\xef\xbb\xbf" "c\xc2\xad" "d\xe2\x81\xa0", 99, "abcd" },
  { "tags", "a\xf3\xa0\x81\x81" "b", 99, "ab" },
  { "not-utf-8", "a\xff" "b\xc3", 99, "a\xef\xbf\xbd" "b\xef\xbf\xbd" },
  { "undefined", "a\xf0\x9f\xbf\xbf" "b", 99, "a\xef\xbf\xbd" "b" },
  { "blanks", "  a  ", 99, "a" },
  { "empty", "", 99, "" },
  { "hidden-only", "\001\xe2\x80\x8b", 99, "" },
  { "exact", "12345", 5, "12345" },
  { "cut", "123456", 5, "1234…" },
  /* e with an acute accent, as two */
  { "cut-marks", "xe\xcc\x81" "yz!", 5, "xe\xcc\x81" "yz!" },
  { "cut-marks-inside", "e\xcc\x81" "e\xcc\x81" "e\xcc\x81" "e\xcc\x81", 3, "e\xcc\x81" "e\xcc\x81…" },
  /* a family of three, joined */
  { "cut-joined", "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7" "abc", 3,
    "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7" "a…" },
  /* thumbs up, of a colour */
  { "cut-coloured", "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xf0\x9f\x91\x8d", 2,
    "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd…" },
  /* two flags and a half of a third: letters D E F R I */
  { "cut-flags", "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7\xf0\x9f\x87\xae", 2,
    "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa…" },
  /* Hangul in parts: one syllable, then another */
  { "cut-hangul", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80\xe1\x85\xb3\xe1\x86\xaf" "ab", 3,
    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80\xe1\x85\xb3\xe1\x86\xaf…" },
};

static void
test_line (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *line = jt_popup_text_line (row->text, row->most);

  g_assert_cmpstr (line, ==, row->wanted);
}

static void
test_lines (void)
{
  g_autofree char *text = jt_popup_text_lines ("a\r\nb\rc\n\td\xe2\x80\xa9" "e\n", 99);

  g_assert_cmpstr (text, ==, "a\nb\nc\n d\ne");
}

static void
test_escape (void)
{
  g_autofree char *text = jt_popup_text_escape ("<img src=\"x\" onerror='y'> &amp; <b>&</b>");

  g_assert_cmpstr (text, ==, "&lt;img src=\"x\" onerror='y'&gt; &amp;amp; &lt;b&gt;&amp;&lt;/b&gt;");
}

/* However large and however made: short, valid, and soon done. */
static void
test_large (void)
{
  g_autofree char *plain = g_strnfill (10 * 1024, 'x');
  GString *marks = g_string_new ("e");
  g_autofree char *cut_plain = jt_popup_text_lines (plain, 1000);
  g_autofree char *cut_marks = NULL;

  g_assert_cmpint (g_utf8_strlen (cut_plain, -1), ==, 1000);
  g_assert_true (g_str_has_suffix (cut_plain, "…"));
  for (int i = 0; i < 100000; i++)
    g_string_append (marks, "\xcc\x81");
  cut_marks = jt_popup_text_lines (marks->str, 1000);
  g_assert_true (g_utf8_validate (cut_marks, -1, NULL));
  g_assert_cmpuint (strlen (cut_marks), <=, 1000 * 2 * 33);
  g_string_free (marks, TRUE);
}

/* What comes out of any bytes can be sent over a bus and has nothing in it that is not seen. */
static void
test_random (void)
{
  for (int i = 0; i < 20000; i++)
    {
      char bytes[64];
      g_autofree char *text = NULL;
      gsize length = (gsize) g_test_rand_int_range (0, sizeof bytes - 1);

      for (gsize j = 0; j < length; j++)
        bytes[j] = (char) g_test_rand_int_range (1, 256);
      bytes[length] = '\0';
      text = jt_popup_text_line (bytes, 20);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (line_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/popup-text/line/%s", line_rows[i].name);

      g_test_add_data_func (path, &line_rows[i], test_line);
    }
  g_test_add_func ("/popup-text/lines", test_lines);
  g_test_add_func ("/popup-text/escape", test_escape);
  g_test_add_func ("/popup-text/large", test_large);
  g_test_add_func ("/popup-text/random", test_random);
  return g_test_run ();
}
