/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crond.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#define PROGRAM "/usr/sbin/cron"
#define SECOND G_GINT64_CONSTANT (1000000)

struct _Crond
{
  char *world;
  char *folder;
};

static const char *const folders[] = { "etc", "etc/cron.d", "var", "var/run", "var/spool", "var/spool/cron", "var/spool/cron/crontabs", "run" };

static void
make_folders (Crond *crond)
{
  g_autoptr (GError) error = NULL;

  crond->folder = g_dir_make_tmp ("jobtracker-crond-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (crond->folder, folders[i], NULL);

      g_assert_no_errno (g_mkdir (path, 0755));
    }
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_remove (child) != 0)
        remove_folder (child);
    }
  g_remove (path);
}

void
crond_free (Crond *crond)
{
  remove_folder (crond->folder);
  g_free (crond->folder);
  g_free (crond->world);
  g_free (crond);
}

/* GLib's own would wait for the disk. */
static void
write_table (Crond *crond, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (crond->folder, "etc", name, NULL);
  FILE *file = g_fopen (path, "w");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_no_errno (fchmod (fileno (file), 0644));
  g_assert_no_errno (fclose (file));
}

static char *
read_record (Crond *crond, const char *name)
{
  g_autofree char *path = g_build_filename (crond->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
set_instant (char ***environment, const char *name, gint64 usec)
{
  g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, usec / SECOND);

  *environment = g_environ_setenv (*environment, name, value, TRUE);
}

/* That files of the machine's own daemon were left alone shows in where its lock is. */
static void
check_world (Crond *crond)
{
  g_autofree char *lock = g_build_filename (crond->folder, "var/run/crond.pid", NULL);

  g_assert_true (g_file_test (lock, G_FILE_TEST_IS_REGULAR));
}

static void
run (Crond *crond, const char *program, const char *zone, gint64 from_usec, gint64 until_usec)
{
  const char *const arguments[] = { program, "-f", NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "TZ", zone, TRUE);
  g_autoptr (GError) error = NULL;
  int status;

  environment = g_environ_setenv (environment, "LD_PRELOAD", crond->world, TRUE);
  environment = g_environ_setenv (environment, "JT_WORLD", crond->folder, TRUE);
  set_instant (&environment, "JT_WORLD_FROM", from_usec);
  set_instant (&environment, "JT_WORLD_UNTIL", until_usec);
  g_spawn_sync (crond->folder, (char **) arguments, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    {
      g_autofree char *log = read_record (crond, "log");

      g_error ("%s ended with status %d: %s", program, status, log);
    }
}

Crond *
crond_new (const char *world)
{
  Crond *crond;
  g_autofree char *record = NULL;

  if (!g_file_test (PROGRAM, G_FILE_TEST_IS_EXECUTABLE))
    return NULL;
  crond = g_new0 (Crond, 1);
  crond->world = g_canonicalize_filename (world, NULL);
  make_folders (crond);
  /* Without that world around it the daemon would be the machine's own: something harmless goes first, and has to have been in it. */
  run (crond, "true", "UTC", 0, 0);
  record = read_record (crond, "starts");
  return crond;
}

GArray *
crond_list_starts (Crond *crond, const char *zone, gint64 from_usec, gint64 until_usec, const char *const *texts)
{
  g_autoptr (GString) table = g_string_new (NULL);
  g_autofree char *log = NULL;
  g_autofree char *record = NULL;
  g_auto (GStrv) lines = NULL;
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; texts[i] != NULL; i++)
    g_string_append_printf (table, "%s root job\n", texts[i]);
  write_table (crond, "crontab", table->str);
  run (crond, PROGRAM, zone, from_usec, until_usec);
  check_world (crond);
  log = read_record (crond, "log");
  if (strstr (log, "rror") != NULL)
    g_error ("cron does not read\n%s%s", table->str, log);
  record = read_record (crond, "starts");
  lines = g_strsplit (record, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      gint64 second = g_ascii_strtoll (lines[i], NULL, 10);

      g_array_append_val (starts, second);
    }
  return starts;
}

/* The names of the tables that it complains of. (transfer full) (element-type utf8) */
static GHashTable *
read_complaints (Crond *crond)
{
  static const char mark[] = "; while reading /etc/cron.d/";
  g_autofree char *log = read_record (crond, "log");
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_ignored = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *found = strstr (lines[i], mark);

      if (found != NULL)
        g_hash_table_add (names, g_strdup (found + strlen (mark)));
      else if (strstr (lines[i], "ERROR (Syntax error") != NULL)
        n_ignored++;
    }
  /* Each table that is ignored has been complained of, so none was overlooked. */
  g_assert_cmpuint (n_ignored, ==, g_hash_table_size (names));
  return names;
}

/* A table for each, as a fault in one line of a table is the end of it. */
void
crond_accepts (Crond *crond, const char *const *texts, gboolean *accepted)
{
  g_autoptr (GHashTable) complaints = NULL;

  write_table (crond, "crontab", "");
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("cron.d/t%u", i);
      g_autofree char *table = g_strdup_printf ("%s root job\n", texts[i]);

      write_table (crond, name, table);
    }
  run (crond, PROGRAM, "UTC", 0, 0);
  check_world (crond);
  complaints = read_complaints (crond);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("t%u", i);
      g_autofree char *path = g_build_filename (crond->folder, "etc/cron.d", name, NULL);

      accepted[i] = !g_hash_table_contains (complaints, name);
      g_assert_no_errno (g_remove (path));
    }
}
