/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Tables in a terminal of any width. */

#include <string.h>

#include "table.h"
#include "text.h"

static const TableColumn columns[] = {
  { "NAME", .is_flexible = TRUE }, { "STATE", .is_state = TRUE }, { "N", .is_right = TRUE, .rank = 1 }, { "WHY", .is_flexible = TRUE, .rank = 2 }, { NULL },
};

static void
test_aligned (void)
{
  Terminal terminal = { .columns = 80 };
  g_autoptr (Table) table = table_new (columns);
  g_autofree char *text = NULL;

  table_add (table, "a", "failed", "1", "because", NULL);
  table_add (table, "\xe4\xb8\xad\xe4\xb8\xad", "ok", "12", "", NULL);
  table_add (table, "e\033c", "ok", "3", NULL);
  text = table_format (table, &terminal);
  g_assert_cmpstr (text, ==,
                   "NAME    STATE    N  WHY\n"
                   "a       failed   1  because\n"
                   "\xe4\xb8\xad\xe4\xb8\xad    ok      12\n"
                   "e\\x1bc  ok       3\n");
}

/* Long cells are cut first, then the columns of the highest rank go; what has rank 0 stays. */
static void
test_narrow (void)
{
  g_autoptr (Table) table = table_new (columns);

  table_add (table, "a-name-of-thirty-characters---", "failed", "1", "a-reason-of-thirty-characters-", NULL);
  for (int width = 10; width < 90; width++)
    {
      Terminal terminal = { .columns = width };
      g_autofree char *text = table_format (table, &terminal);
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

      g_assert_nonnull (strstr (text, "NAME"));
      g_assert_nonnull (strstr (text, "failed"));
      for (guint i = 0; lines[i] != NULL && width >= 16; i++)
        g_assert_cmpint (text_width (lines[i]), <=, width);
      g_assert_true ((strstr (text, "WHY") != NULL) == (width >= 29));
    }
}

static void
test_coloured (void)
{
  Terminal terminal = { .columns = 80, .has_color = TRUE };
  g_autoptr (Table) table = table_new (columns);
  g_autofree char *text = NULL;

  table_add (table, "failed", "failed", "1", "", NULL);
  text = table_format (table, &terminal);
  g_assert_nonnull (strstr (text, "failed  \033[31mfailed\033[0m  "));
}

static void
test_columns_of_text (void)
{
  static const struct
  {
    const char *text;
    int         columns;
  } rows[] = { { "120", 120 }, { NULL, 80 }, { "", 80 }, { "0", 80 }, { "-1", 80 }, { "1e3", 80 }, { "100000000000000000000", 80 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (terminal_columns_from_text (rows[i].text), ==, rows[i].columns);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/aligned", test_aligned);
  g_test_add_func ("/table/narrow", test_narrow);
  g_test_add_func ("/table/coloured", test_coloured);
  g_test_add_func ("/table/columns-of-text", test_columns_of_text);
  return g_test_run ();
}
