/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Where crontabs are found: a machine below a folder, the folders of run-parts(8), anacron. */

#include <string.h>

#include <glib/gstdio.h>

#include "crontab-anacron.h"
#include "crontab-folders.h"
#include "crontab-sources.h"
#include "jt-error.h"
#include "jt-settings.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

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

/* One machine: a folder that is its root, and what is found there. */
typedef struct
{
  char      *root;
  GPtrArray *entries;
  GPtrArray *complaints;
} Machine;

static void
set_up (Machine *machine, gconstpointer data)
{
  machine->root = g_dir_make_tmp ("jobtracker-crontab-XXXXXX", NULL);
  machine->entries = import_entries_new ();
  machine->complaints = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Machine *machine, gconstpointer data)
{
  g_ptr_array_unref (machine->complaints);
  g_ptr_array_unref (machine->entries);
  remove_folder (machine->root);
  g_free (machine->root);
}

/* "name|user|schedule" of each, a line for each. */
static void
check_found (Machine *machine, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  crontab_read_machine (machine->root, crontab_dialect_of_machine (machine->root), TRUE, machine->entries, machine->complaints, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < machine->entries->len; i++)
    {
      const ImportEntry *entry = g_ptr_array_index (machine->entries, i);
      g_auto (GStrv) schedules = NULL;

      g_variant_lookup (entry->settings, "schedule", "^as", &schedules);
      g_string_append_printf (found, "%s|%s|%s\n", entry->name, entry->user, schedules[0]);
    }
  for (guint i = 0; i < machine->complaints->len; i++)
    g_test_message ("complaint: %s", (const char *) g_ptr_array_index (machine->complaints, i));
  g_assert_cmpstr (found->str, ==, expected);
}

static void
check_complaint (Machine *machine, guint index, const char *needle)
{
  g_assert_cmpuint (machine->complaints->len, >, index);
  if (strstr (g_ptr_array_index (machine->complaints, index), needle) == NULL)
    g_error ("expected %s\n     got %s", needle, (const char *) g_ptr_array_index (machine->complaints, index));
}

static ImportEntry *
find_entry (Machine *machine, const char *name)
{
  for (guint i = 0; i < machine->entries->len; i++)
    if (g_str_equal (((ImportEntry *) g_ptr_array_index (machine->entries, i))->name, name))
      return g_ptr_array_index (machine->entries, i);
  g_error ("there is no %s", name);
}

static void
check_settings (Machine *machine, const char *name, const char *pattern)
{
  /* Whose keys are sorted. */
  g_autoptr (JtSettings) sorted = jt_settings_new (find_entry (machine, name)->settings, NULL);
  g_autoptr (GVariant) values = g_variant_ref_sink (jt_settings_to_variant (sorted));
  g_autofree char *settings = g_variant_print (values, FALSE);

  if (!g_pattern_match_simple (pattern, settings))
    g_error ("%s\nexpected %s\n     got %s", name, pattern, settings);
}

#define DAILY "test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }"

static void
test_debian (Machine *machine, gconstpointer data)
{
  write_file (machine->root, "/etc/crontab", "PATH=/x:/bin\n5 7 * * * root " DAILY "\n1 1 * * * bob tool\n", 0644);
  write_file (machine->root, "/etc/cron.d/good", "2 2 * * * root x\n", 0644);
  write_file (machine->root, "/etc/cron.d/bad", "2 25 * * * root x\n", 0644);
  write_file (machine->root, "/etc/cron.d/open", "2 2 * * * root x\n", 0666);
  write_file (machine->root, "/etc/cron.d/old.dpkg-old", "2 2 * * * root x\n", 0644);
  write_file (machine->root, "/etc/cron.daily/script", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/etc/cron.daily/plain", "#!/bin/sh\n", 0644);
  write_file (machine->root, "/etc/cron.weekly/other", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/var/spool/cron/crontabs/eve", "3 3 * * * y\n", 0600);
  write_file (machine->root, "/var/spool/cron/crontabs/john.doe", "4 3 * * * z\n", 0600);
  write_file (machine->root, "/var/spool/cron/crontabs/tmp.x1", "5 3 * * * never\n", 0600);
  check_found (machine, "tool|bob|1 1 * * *\n"
                        "good|root|2 2 * * *\n"
                        "cron.daily.script|root|5 7 * * *\n"
                        "cron.weekly.other|root|47 6 * * 7\n"
                        "y|eve|3 3 * * *\n"
                        "z|john.doe|4 3 * * *\n");
  g_assert_cmpuint (machine->complaints->len, ==, 2);
  check_complaint (machine, 0, "bad:1:3: hour");
  check_complaint (machine, 1, "open is left alone");
  /* As cron runs it: nothing is made up for, in the folder and with the variables of the line. */
  check_settings (machine, "cron.daily.script", "*'catch-up': <'none'>*'PATH=/x:/bin'*");
  check_settings (machine, "cron.daily.script", "*'working-directory': <'/'>*");
  check_settings (machine, "cron.weekly.other", "*'catch-up': <'one'>*");
}

/* With anacron the same folder has its time from there, and is made up for. */
static void
test_debian_with_anacron (Machine *machine, gconstpointer data)
{
  write_file (machine->root, "/usr/sbin/anacron", "", 0755);
  write_file (machine->root, "/etc/crontab", "5 7 * * * root " DAILY "\n", 0644);
  write_file (machine->root, "/etc/anacrontab",
              "SHELL=/bin/sh\nHOME=/root\nLOGNAME=root\n1\t5\tcron.daily\trun-parts --report /etc/cron.daily\n"
              "7 10 cron.weekly \\\n run-parts --report /etc/cron.weekly\n@monthly 15 books /opt/books 100%\n",
              0644);
  write_file (machine->root, "/etc/cron.d/anacron", "30 7-23 * * * root invoke-rc.d anacron start\n", 0644);
  write_file (machine->root, "/etc/cron.daily/script", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/etc/cron.weekly/other", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/var/spool/anacron/cron.weekly", "20251217\n", 0600);
  check_found (machine, "books|root|45 7 1 * *\n"
                        "cron.daily.script|root|35 7 * * *\n"
                        "cron.weekly.other|root|40 7 * * 3\n");
  check_settings (machine, "cron.daily.script", "*'catch-up': <'one'>*");
  check_settings (machine, "books", "*'environment': <['HOME=/root', 'SHELL=/bin/sh']>*'shell': <'/opt/books 100%'>*'working-directory': <'/'>*");
  g_assert_cmpuint (machine->complaints->len, ==, 1);
  check_complaint (machine, 0, "it starts anacron, whose jobs are adopted themselves");
}

/* As RHEL and Fedora have it: cronie, its own anacron, tables with dots in their names and users' tables in another folder. */
static void
test_cronie (Machine *machine, gconstpointer data)
{
  write_file (machine->root, "/usr/sbin/crond", "", 0755);
  write_file (machine->root, "/usr/sbin/anacron", "", 0755);
  write_file (machine->root, "/etc/crontab", "SHELL=/bin/bash\nMAILTO=root\n", 0644);
  write_file (machine->root, "/etc/cron.d/0hourly", "SHELL=/bin/bash\n01 * * * * root run-parts /etc/cron.hourly\n", 0644);
  write_file (machine->root, "/etc/cron.d/site.cron", "2 2 * * * root x\n", 0644);
  write_file (machine->root, "/etc/cron.d/site.cron.rpmsave", "2 2 * * * root old\n", 0644);
  write_file (machine->root, "/etc/anacrontab", "RANDOM_DELAY=45\nSTART_HOURS_RANGE=3-22\n1 5 cron.daily nice run-parts /etc/cron.daily\n", 0644);
  write_file (machine->root, "/etc/cron.hourly/0anacron", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/etc/cron.hourly/mcelog", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/etc/cron.daily/logrotate", "#!/bin/sh\n", 0755);
  write_file (machine->root, "/var/spool/cron/eve", "3 3 * * * y\n", 0600);
  check_found (machine, "site.cron|root|2 2 * * *\n"
                        "cron.hourly.mcelog|root|01 * * * *\n"
                        "cron.daily.logrotate|root|5 3 * * *\n"
                        "y|eve|3 3 * * *\n");
  check_settings (machine, "cron.daily.logrotate", "*'jitter': <uint64 2700000000>, 'leftover': <'leave'>, 'nice': <10>, 'schedule'*");
  check_settings (machine, "cron.hourly.mcelog", "*'command': <['*/mcelog']>*'SHELL=/bin/bash'*");
  check_complaint (machine, 0, "0anacron is left alone");
}

/* A line is the folder's only when running it is all that it does. */
static void
test_folder_lines (void)
{
  static const struct
  {
    const char *line;
    const char *folder; /* NULL: it is a job like others */
    gboolean    is_for_anacron;
    gboolean    is_from_root;
    int         nice;
  } rows[] = {
    { "run-parts /etc/cron.hourly", "/etc/cron.hourly", FALSE, FALSE, 0 },
    { "cd / && run-parts --report /etc/cron.hourly", "/etc/cron.hourly", FALSE, TRUE, 0 },
    { "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )", "/etc/cron.daily", TRUE, TRUE, 0 },
    { DAILY, "/etc/cron.daily", TRUE, TRUE, 0 },
    { "[ -x /usr/sbin/anacron ] || (cd / && /usr/bin/run-parts --report --lsbsysinit /etc/cron.daily/)", "/etc/cron.daily", TRUE, TRUE, 0 },
    { "nice run-parts /etc/cron.daily", "/etc/cron.daily", FALSE, FALSE, 10 },
    { "nice -n 5 run-parts /etc/cron.daily", "/etc/cron.daily", FALSE, FALSE, 5 },
    { "run-parts /etc/cron.daily && /opt/more", NULL, FALSE, FALSE, 0 },
    { "run-parts /etc/cron.daily > /dev/null", NULL, FALSE, FALSE, 0 },
    { "run-parts $FOLDER", NULL, FALSE, FALSE, 0 },
    { "test -x /usr/sbin/backup || run-parts /etc/cron.daily", NULL, FALSE, FALSE, 0 },
    { "run-parts", NULL, FALSE, FALSE, 0 },
    { "nice", NULL, FALSE, FALSE, 0 },
    { "cd /", NULL, FALSE, FALSE, 0 },
    { "[ -x", NULL, FALSE, FALSE, 0 },
    { "", NULL, FALSE, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CrontabFolderHabits habits;
      g_autofree char *folder = crontab_folder_of_line (rows[i].line, &habits);

      g_assert_cmpstr (folder, ==, rows[i].folder);
      if (folder == NULL)
        continue;
      g_assert_cmpint (habits.is_for_anacron, ==, rows[i].is_for_anacron);
      g_assert_cmpint (habits.is_from_root, ==, rows[i].is_from_root);
      g_assert_cmpint (habits.nice, ==, rows[i].nice);
    }
}

static void
test_anacrontab (void)
{
  static const struct
  {
    const char *text;
    const char *expected; /* the schedule of the only entry, or what is wrong */
  } rows[] = {
    { "1 5 a x", "35 7 * * *" },
    { "@daily 0 a x", "30 7 * * *" },
    { "START_HOURS_RANGE=3-22\n7 65 a x", "5 4 * * 0" },
    { "@weekly 0 a x", "30 7 * * 0" },
    { "@monthly 0 a x", "30 7 1 * *" },
    { "@yearly 0 a x", "30 7 1 1 *" },
    { "3 5 a x", "every 3d from 2026-01-01T07:35:00+00:00" },
    { "  # nothing\n\n\t1\t5\ta\tx y", "35 7 * * *" },
    { "@hourly 0 a x", "tab:1:1: expected 1 to 3650 days, or @daily*" },
    { "0 0 a x", "tab:1:1: expected 1 to 3650 days*" },
    { "1 x a x", "tab:1:1: the delay is 0 to 1439 minutes*" },
    { "1 1440 a x", "tab:1:1: the delay is 0 to 1439 minutes*" },
    { "1 5 a/b x", "tab:1:1: the name of a job has no slash*" },
    { "1 5 a", "tab:1:6: the line ends; expected days*" },
    { "START_HOURS_RANGE=22-3\n", "tab:1:19: expected two hours*" },
    { "\n1 5 a \xff", "tab:2:7: not valid UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) schedules = NULL;
      const char *got;

      if (anacrontab_parse (rows[i].text, "tab", NULL, NOW, entries, &error))
        g_variant_lookup (((ImportEntry *) g_ptr_array_index (entries, 0))->settings, "schedule", "^as", &schedules);
      else
        g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      got = error != NULL ? error->message : schedules[0];
      if (error != NULL ? !g_pattern_match_simple (rows[i].expected, got) : !g_str_equal (rows[i].expected, got))
        g_error ("%s\nexpected %s\n     got %s", rows[i].text, rows[i].expected, got);
    }
}

static void
test_forms (void)
{
  g_assert_cmpint (crontab_form_of_path ("/etc/crontab"), ==, CRONTAB_OF_SYSTEM);
  g_assert_cmpint (crontab_form_of_path ("/etc/cron.d/x"), ==, CRONTAB_OF_SYSTEM);
  g_assert_cmpint (crontab_form_of_path ("/backup/etc/anacrontab"), ==, ANACRONTAB);
  g_assert_cmpint (crontab_form_of_path ("crontab"), ==, CRONTAB_OF_USER);
  g_assert_cmpint (crontab_form_of_path ("-"), ==, CRONTAB_OF_USER);
}

#define ADD(name, function) g_test_add ("/crontab-sources/" name, Machine, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("debian", test_debian);
  ADD ("debian-with-anacron", test_debian_with_anacron);
  ADD ("cronie", test_cronie);
  g_test_add_func ("/crontab-sources/folder-lines", test_folder_lines);
  g_test_add_func ("/crontab-sources/anacrontab", test_anacrontab);
  g_test_add_func ("/crontab-sources/forms", test_forms);
  return g_test_run ();
}
