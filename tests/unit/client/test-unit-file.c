/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Unit files: lines, sections, what adds and what takes back; names and their parts. */

#include <string.h>

#include "jt-error.h"
#include "unit-file.h"

static Unit *
read_text (const char *text, GError **error)
{
  g_autoptr (Unit) unit = unit_new ("a.service");

  return unit_read_text (unit, text, strlen (text), "file", error) ? g_steal_pointer (&unit) : NULL;
}

static char *
show_lines (const Unit *unit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < unit->lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (unit->lines, i);

      g_string_append_printf (text, "%s%u %s.%s=%s", i > 0 ? "|" : "", line->line, line->section, line->key, line->value);
    }
  for (guint i = 0; i < unit->doubts->len; i++)
    g_string_append_printf (text, "? %s", (const char *) g_ptr_array_index (unit->doubts, i));
  return g_string_free (text, FALSE);
}

static void
test_lines (void)
{
  static const char *const rows[][2] = {
    { "", "" },
    { "[Unit]\nA=b", "2 Unit.A=b" },
    { "  [Unit]  \n  A  =  b c  \n", "2 Unit.A=b c" },
    { "[Unit]\r\nA=b\r\nC=d", "2 Unit.A=b|3 Unit.C=d" },
    { "[Unit]\rA=b\rC=d", "2 Unit.A=b|3 Unit.C=d" },
    { "\xef\xbb\xbf[Unit]\nA=b", "2 Unit.A=b" },
    { "[Unit]\n#A=b\n;C=d\n  # x\nE=f", "5 Unit.E=f" },
    { "[Unit]\nA=b # c", "2 Unit.A=b # c" },
    { "[Unit]\nA=b=c", "2 Unit.A=b=c" },
    { "[Unit]\nA=", "2 Unit.A=" },
    { "[Service]\nA=one \\\n  two\\\nthree\nB=c", "2 Service.A=one    two three|5 Service.B=c" },
    { "[Service]\nA=one \\\n# not this\n;nor this\ntwo", "2 Service.A=one  two" },
    { "[Service]\nA=one\\\\\nB=c", "2 Service.A=one\\\\|3 Service.B=c" },
    { "[Service]\nA=one\\\\\\\ntwo", "2 Service.A=one\\\\ two" },
    { "[Service]\nA=b\\", "2 Service.A=b" },
    { "[Service]\nA=b\\\n\nC=d", "2 Service.A=b|4 Service.C=d" },
    { "[Service]\n# comment \\\nA=b", "3 Service.A=b" },
    { "[Unit]\nA=b\n[X-Own]\nC=d\n[Timer]\nE=f", "2 Unit.A=b|6 Timer.E=f" },
    { "[Unit]\nA=b\n[Own]\nC=d", "2 Unit.A=b? file:3: an unknown section" },
    { "A=b\n[Unit]", "? file:1: stands before any section" },
    { "[Unit]\nnonsense", "? file:2: no assignment: '=' is missing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Unit) unit = read_text (rows[i][0], &error);
      g_autofree char *shown = NULL;

      g_assert_no_error (error);
      shown = show_lines (unit);
      g_assert_cmpstr (shown, ==, rows[i][1]);
    }
}

static void
test_refused (void)
{
  static const char *const rows[][2] = {
    { "[Unit]\n[Service\nA=b", "file:2: '[Service' is not a section; write [Service]" },
    { "[Unit]\nA=\xff", "file:2: invalid UTF-8 at byte 3" },
  };
  g_autoptr (Unit) unit = unit_new ("a.service");
  g_autoptr (GError) nul = NULL;
  g_autoptr (GError) large = NULL;
  g_autofree char *long_text = g_strnfill (UNIT_MAX_FILE + 1, '#');

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_text (rows[i][0], &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      g_assert_cmpstr (error->message, ==, rows[i][1]);
    }
  g_assert_false (unit_read_text (unit, "a\0b", 3, "file", &nul));
  g_assert_error (nul, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  g_assert_false (unit_read_text (unit, long_text, UNIT_MAX_FILE + 1, "file", &large));
  g_assert_error (large, JT_ERROR, JT_ERROR_TOO_LARGE);
}

static void
test_many_lines (void)
{
  g_autoptr (GString) text = g_string_new ("[Service]\n");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= UNIT_MAX_LINES; i++)
    g_string_append (text, "A=b\n");
  g_assert_null (read_text (text->str, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* A line may be as long as a file, in as many pieces as fit; looked at once each, or this takes very long. */
static void
test_many_pieces (void)
{
  g_autoptr (GString) text = g_string_new ("[Service]\nA=");
  g_autoptr (Unit) unit = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "x\\\n");
  unit = read_text (text->str, NULL);
  g_assert_nonnull (unit);
  g_assert_cmpuint (strlen (unit_get (unit, "Service", "A")), ==, 199999);
}

static void
test_values (void)
{
  static const char *const both[] = { "TimeoutSec", "TimeoutStopSec", NULL };
  static const char *const lists[] = { "Environment", NULL };
  g_autoptr (Unit) unit = read_text ("[Service]\nUser=a\nUser=b\nGroup=c\nGroup=\nTimeoutStopSec=1\nTimeoutSec=2\n"
                                     "Environment=A=1\nEnvironment=\nEnvironment=B=2\nEnvironment=C=3\nDynamicUser=yes\nPrivateTmp=what\n"
                                     "Nice=\n[Unit]\nUser=x\n",
                                     NULL);
  g_autoptr (GPtrArray) list = unit_list (unit, "Service", lists);
  g_autoptr (GPtrArray) left = NULL;

  g_assert_cmpstr (unit_get (unit, "Service", "User"), ==, "b");
  g_assert_null (unit_get (unit, "Service", "Group"));
  g_assert_null (unit_get (unit, "Service", "Type"));
  g_assert_cmpstr (unit_find_any (unit, "Service", both)->value, ==, "2");
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((const UnitLine *) g_ptr_array_index (list, 0))->value, ==, "B=2");
  g_assert_true (unit_get_flag (unit, "Service", "DynamicUser", FALSE));
  g_assert_true (unit_get_flag (unit, "Service", "PrivateTmp", TRUE));
  left = unit_list_left (unit);
  g_assert_cmpuint (left->len, ==, 2);
  g_assert_cmpstr (((const UnitLine *) g_ptr_array_index (left, 0))->key, ==, "Nice");
  g_assert_cmpstr (((const UnitLine *) g_ptr_array_index (left, 1))->section, ==, "Unit");
}

static void
test_names (void)
{
  static const char *const rows[][2] = {
    { "a.timer", "a - timer" },
    { "a-b.c.timer", "a-b.c - timer" },
    { "a@.timer", "a  timer" },
    { "a@b.timer", "a b timer" },
    { "a@b@c.d.timer", "a b@c.d timer" },
    { "a\\x2db.timer", "a\\x2db - timer" },
    { "a:b_c.timer", "a:b_c - timer" },
    { "", NULL },
    { "timer", NULL },
    { ".timer", NULL },
    { "a.", NULL },
    { "@b.timer", NULL },
    { "a b.timer", NULL },
    { "a/b.timer", NULL },
    { "a\xc3\xa4.timer", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (UnitName) name = unit_name_parse (rows[i][0]);
      g_autofree char *shown
          = name != NULL ? g_strdup_printf ("%s %s %s", name->prefix, name->instance != NULL ? name->instance : "-", name->type) : NULL;

      g_assert_cmpstr (shown, ==, rows[i][1]);
    }
}

static void
test_unescape (void)
{
  static const char *const rows[][2] = {
    { "srv-www", "srv/www" }, { "a\\x2db", "a-b" }, { "a\\x2", "a\\x2" }, { "\\x00", "\\x00" }, { "\\xc3\\xa4", "\xc3\xa4" }, { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = unit_name_unescape (rows[i][0]);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unit-file/lines", test_lines);
  g_test_add_func ("/unit-file/refused", test_refused);
  g_test_add_func ("/unit-file/many-lines", test_many_lines);
  g_test_add_func ("/unit-file/many-pieces", test_many_pieces);
  g_test_add_func ("/unit-file/values", test_values);
  g_test_add_func ("/unit-file/names", test_names);
  g_test_add_func ("/unit-file/unescape", test_unescape);
  return g_test_run ();
}
