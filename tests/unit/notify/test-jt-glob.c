/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What a pattern matches, and which are none. */

#include "jt-glob.h"

#include <string.h>

static const struct
{
  const char *pattern;
  const char *text;
  gboolean    matches;
} rows[] = {
  { "db-backup", "db-backup", TRUE },
  { "db-backup", "db-backup2", FALSE },
  { "db", "db-backup", FALSE },
  { "*", "anything", TRUE },
  { "*", "", TRUE },
  { "?", "", FALSE },
  { "db-*", "db-", TRUE },
  { "db-*", "xdb-a", FALSE },
  { "*backup", "db-backup", TRUE },
  { "*backup", "db-backups", FALSE },
  { "*a*b*", "xxaxxbxx", TRUE },
  { "*a*b*", "xxbxxaxx", FALSE },
  { "a*a", "a", FALSE },
  { "a**a", "aa", TRUE },
  { "web?", "web1", TRUE },
  { "web?", "web12", FALSE },
  { "tür?", "türe", TRUE },
  { "t?r", "tür", TRUE }, /* a character, not a byte */
  { "web[12]", "web2", TRUE },
  { "web[12]", "web3", FALSE },
  { "web[0-9]", "web7", TRUE },
  { "web[0-9]", "webx", FALSE },
  { "web[!0-9]", "webx", TRUE },
  { "web[^0-9]", "web7", FALSE },
  { "web[!0-9]", "web", FALSE },
  { "[]a]", "]", TRUE },
  { "[]a]", "a", TRUE },
  { "[a-]", "-", TRUE },
  { "[ä-ü]", "ö", TRUE },
  { "[\\]]", "]", TRUE },
  { "\\*", "*", TRUE },
  { "\\*", "x", FALSE },
  { "*[0-9]", "a1b2", TRUE },
  { "root/*", "root/db", TRUE },
  { "DB", "db", FALSE },
};

static const struct
{
  const char *pattern;
  const char *message;
} bad[] = {
  { "", "write * for all" },      { "a[", "[ without its ]" },      { "[]", "[ without its ]" }, { "[!]", "[ without its ]" },
  { "[a\\", "[ without its ]" },  { "a\\", "ends with a backslash" }, { "a\nb", "control" },
};

static void
test_matches (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_null (jt_glob_find_fault (rows[i].pattern));
      if (jt_glob_matches (rows[i].pattern, rows[i].text) != rows[i].matches)
        g_error ("'%s' and '%s'", rows[i].pattern, rows[i].text);
    }
}

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *fault = jt_glob_find_fault (bad[i].pattern);

      if (fault == NULL || strstr (fault, bad[i].message) == NULL)
        g_error ("'%s': %s", bad[i].pattern, fault);
    }
}

/* What takes exponential time where every star is tried again. */
static void
test_bounded (void)
{
  g_autofree char *text = g_strnfill (4000, 'a');
  GString *pattern = g_string_new (NULL);
  gint64 begin_usec = g_get_monotonic_time ();

  for (guint i = 0; i < 64; i++)
    g_string_append (pattern, "a*[a]");
  g_string_append_c (pattern, 'b');
  g_assert_false (jt_glob_matches (pattern->str, text));
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, <, G_USEC_PER_SEC);
  g_string_free (pattern, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glob/matches", test_matches);
  g_test_add_func ("/glob/faults", test_faults);
  g_test_add_func ("/glob/bounded", test_bounded);
  return g_test_run ();
}
