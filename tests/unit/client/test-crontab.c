/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Crontabs as crontab(5) describes them. */

#include <string.h>

#include <glib/gstdio.h>

#include "crontab-sources.h"
#include "jt-error.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

static char *
print_entry (const ImportEntry *entry)
{
  g_autofree char *settings = g_variant_print (entry->settings, FALSE);

  return g_strdup_printf ("%s %u %s %s", entry->name, entry->line, entry->user != NULL ? entry->user : "-", settings);
}

static void
test_lines (void)
{
  static const struct
  {
    CrontabForm form;
    const char *text;
    const char *pattern; /* of the only entry */
  } rows[] = {
    { CRONTAB_OF_USER, "1 2 * * * /a/b c", "b 1 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_USER, "\n# c\n \t1\t2\t*\t*\t* /a/b", "b 3 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_USER, "1 2 * * * echo 50\\% done", "echo * *'shell': <'echo 50% done'>*" },
    { CRONTAB_OF_USER, "1 2 * * * mail -s x bob%Dear Bob%bye", "mail * *'stdin': <'Dear Bob\\nbye\\n'>*" },
    { CRONTAB_OF_USER, "SHELL=/bin/bash\n1 2 * * * x", "x 2 - *'command': <['/bin/bash', '-c', 'x']>*" },
    { CRONTAB_OF_USER, "SHELL=/bin/sh\n1 2 * * * x", "x 2 - *'shell': <'x'>*" },
    { CRONTAB_OF_USER, " A = 'b c' \n\"Q\"=1\n1 2 * * * x", "x 3 - *'environment': <['A=b c', 'Q=1']>*" },
    { CRONTAB_OF_USER, "HOME=/srv\n1 2 * * * x", "x 2 - *'working-directory': <'/srv'>*" },
    { CRONTAB_OF_USER, "CRON_TZ=Asia/Tokyo\n1 2 * * * x", "x 2 - *'timezone': <'Asia/Tokyo'>*" },
    { CRONTAB_OF_USER, "LOGNAME=eve\nUSER=eve\n1 2 * * * x", "x 3 - *'shell': <'x'>*" },
    { CRONTAB_OF_USER, "@Daily x=1 /a/b", "b 1 - *'schedule': <['@Daily']>*" },
    { CRONTAB_OF_USER, "@reboot x", "x 1 - *'schedule': <['@reboot']>*" },
    { CRONTAB_OF_USER, "-1 2 * * * x", "x 1 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_USER, "1 2 * * * x\r\n", "x 1 - *'shell': <'x'>*" },
    { CRONTAB_OF_USER, "0 22 * * 1-5 A=B x", "x 1 - *'shell': <'A=B x'>*" },
    { CRONTAB_OF_SYSTEM, "1 2 * * * bob x y", "x 1 bob *'shell': <'x y'>*" },
    { CRONTAB_OF_SYSTEM, "@weekly\tbob\tx y", "x 1 bob *'shell': <'x y'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x", "* *'leftover': <'leave'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x", "* *'catch-up': <'none'>*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      crontab_parse (rows[i].text, "tab", rows[i].form, NOW, entries, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (entries->len, ==, 1);
      text = print_entry (g_ptr_array_index (entries, 0));
      if (!g_pattern_match_simple (rows[i].pattern, text))
        g_error ("%s\nexpected %s\n     got %s", rows[i].text, rows[i].pattern, text);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    CrontabForm form;
    const char *text;
    const char *pattern;
  } rows[] = {
    { CRONTAB_OF_USER, "\n1 24 * * * x", "tab:2:3: hour 0-23*" },
    { CRONTAB_OF_USER, "  1 24 * * * x", "tab:1:5: hour 0-23*" },
    { CRONTAB_OF_USER, "1 2 3", "tab:1:6: the line ends after 3 of 5 fields*" },
    { CRONTAB_OF_USER, "1 2 * * *", "tab:1:10: the line ends after 5 of 5 fields*" },
    { CRONTAB_OF_USER, "@dialy x", "tab:1:*@daily*" },
    { CRONTAB_OF_USER, "@daily", "tab:1:7: the line ends*" },
    { CRONTAB_OF_USER, "0 0 30 2 * x", "tab:1:1: '0 0 30 2 *' never occurs*" },
    { CRONTAB_OF_USER, "0 0 * * * \xff", "tab:1:11: not valid UTF-8" },
    { CRONTAB_OF_USER, "nonsense", "tab:1:9: the line ends after 1 of 5 fields*" },
    { CRONTAB_OF_USER, "CRON_TZ=Mars/Base\n0 0 * * * x", "tab:2:1: *Mars/Base*" },
    { CRONTAB_OF_SYSTEM, "0 0 * * * root", "tab:1:*user*" },
    { CRONTAB_OF_USER, "61 * * * * a\n1 1 1 1 1 b\n* 25 * * * c", "tab:1:1: *\ntab:3:3: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (crontab_parse (rows[i].text, "tab", rows[i].form, NOW, entries, &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      if (!g_pattern_match_simple (rows[i].pattern, error->message))
        g_error ("%s\nexpected %s\n     got %s", rows[i].text, rows[i].pattern, error->message);
    }
}

static void
test_names (void)
{
  static const char *const rows[][2] = {
    { "/opt/backup.sh -v", "backup.sh" },
    { "cd / && nice -n 19 /opt/backup.sh", "backup.sh" },
    { "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )", "cron.daily" },
    { "[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi", "sessionclean" },
    { "A=1 B=2 env C=3 tool", "tool" },
    { "\"$EXAMPLES/backup\" /x", "backup" },
    { "python3 -m http.server", "python3" },
    { "~/bin/x >/dev/null 2>&1", "x" },
    { ":", "cron" },
    { "", "cron" },
    { "'/opt/w\xc3\xa4rme'", "w-rme" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = crontab_name_of_command (rows[i][0]);

      g_assert_cmpstr (name, ==, rows[i][1]);
    }
}

static void
test_unique (void)
{
  g_autoptr (GPtrArray) entries = import_entries_new ();

  crontab_parse ("1 1 * * * a\n2 1 * * * a\n3 1 * * * a-2\n4 1 * * * a\n", "tab", CRONTAB_OF_USER, NOW, entries, NULL);
  import_names_make_unique (entries);
  g_assert_cmpstr (((ImportEntry *) g_ptr_array_index (entries, 1))->name, ==, "a-2");
  g_assert_cmpstr (((ImportEntry *) g_ptr_array_index (entries, 2))->name, ==, "a-2-2");
  g_assert_cmpstr (((ImportEntry *) g_ptr_array_index (entries, 3))->name, ==, "a-3");
}

/* A note holds for the lines below its variable, until the variable is emptied. */
static void
test_notes (void)
{
  g_autoptr (GPtrArray) entries = import_entries_new ();

  crontab_parse ("1 1 * * * a\nMAILTO=bob\n1 1 * * * b\nMAILTO=\"\"\n1 1 * * * c\n", "tab", CRONTAB_OF_USER, NOW, entries, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (((ImportEntry *) g_ptr_array_index (entries, i))->remarks->len, ==, i == 1 ? 1 : 0);
}

/* --- a machine below a folder --- */

static void
write_file (const char *root, const char *path, const char *text, int mode)
{
  g_autofree char *full = g_build_filename (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_mkdir_with_parents (folder, 0755);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
  g_assert_cmpint (g_chmod (full, mode), ==, 0);
}

static void
remove_folder (const char *path)
{
  const char *arguments[] = { "rm", "-rf", "--", path, NULL };

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

static void
test_machine (void)
{
  g_autofree char *root = g_dir_make_tmp ("jobtracker-crontab-XXXXXX", NULL);
  g_autoptr (GPtrArray) entries = import_entries_new ();
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  GString *found = g_string_new (NULL);

  write_file (root, "/etc/crontab", "5 7 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n1 1 * * * bob tool\n", 0644);
  write_file (root, "/etc/cron.d/good", "2 2 * * * root x\n", 0644);
  write_file (root, "/etc/cron.d/bad", "2 25 * * * root x\n", 0644);
  write_file (root, "/etc/cron.d/open", "2 2 * * * root x\n", 0666);
  write_file (root, "/etc/cron.d/old.dpkg-old", "2 2 * * * root x\n", 0644);
  write_file (root, "/etc/cron.daily/script", "#!/bin/sh\n", 0755);
  write_file (root, "/etc/cron.daily/plain", "#!/bin/sh\n", 0644);
  write_file (root, "/etc/cron.weekly/other", "#!/bin/sh\n", 0755);
  write_file (root, "/var/spool/cron/crontabs/eve", "3 3 * * * y\n", 0600);
  g_assert_true (crontab_read_machine (root, TRUE, entries, complaints, NULL));
  for (guint i = 0; i < entries->len; i++)
    {
      const ImportEntry *entry = g_ptr_array_index (entries, i);
      g_auto (GStrv) schedules = NULL;

      g_variant_lookup (entry->settings, "schedule", "^as", &schedules);
      g_string_append_printf (found, "%s|%s|%s\n", entry->name, entry->user, schedules[0]);
    }
  g_assert_cmpstr (found->str, ==,
                   "tool|bob|1 1 * * *\n"
                   "good|root|2 2 * * *\n"
                   "cron.daily.script|root|5 7 * * *\n"
                   "cron.weekly.other|root|47 6 * * 7\n"
                   "y|eve|3 3 * * *\n");
  g_assert_cmpuint (complaints->len, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (complaints, 0), "bad:1:3: hour"));
  g_assert_nonnull (strstr (g_ptr_array_index (complaints, 1), "open is left alone"));
  g_string_free (found, TRUE);
  remove_folder (root);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crontab/lines", test_lines);
  g_test_add_func ("/crontab/refused", test_refused);
  g_test_add_func ("/crontab/names", test_names);
  g_test_add_func ("/crontab/unique", test_unique);
  g_test_add_func ("/crontab/notes", test_notes);
  g_test_add_func ("/crontab/machine", test_machine);
  return g_test_run ();
}
