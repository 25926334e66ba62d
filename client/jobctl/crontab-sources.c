/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-sources.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "jt-error.h"

#define MAX_FILE (1024 * 1024)

/* Debian's times for the folders of run-parts(8), for machines without /etc/crontab. */
static const struct
{
  const char *folder;
  const char *schedule;
} folders[] = {
  { "/etc/cron.hourly", "17 * * * *" },
  { "/etc/cron.daily", "25 6 * * *" },
  { "/etc/cron.weekly", "47 6 * * 7" },
  { "/etc/cron.monthly", "52 6 1 * *" },
};

typedef struct
{
  const char *root;    /* before every path: "" on the machine itself */
  GPtrArray  *entries; /* (element-type ImportEntry) (unowned) */
  GPtrArray  *complaints; /* (element-type utf8) (unowned) what was left alone, and why */
} Machine;

/* In which form a file is that somebody names. */
gboolean
crontab_is_system_path (const char *path)
{
  return g_str_equal (path, "/etc/crontab") || g_str_has_prefix (path, "/etc/cron.d/");
}

static char *
read_descriptor (int fd, const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (65536);
  gssize got;

  while ((got = read (fd, chunk, 65536)) > 0 && bytes->len <= MAX_FILE)
    g_byte_array_append (bytes, chunk, (guint) got);
  if (got < 0)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("cannot read %s: %s"), path, g_strerror (errno));
  else if (bytes->len > MAX_FILE)
    g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("%s is larger than 1 MiB"), path);
  else if (bytes->len > 0 && memchr (bytes->data, '\0', bytes->len) != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s is no text: it has a NUL byte"), path);
  else
    return g_strndup (bytes->len > 0 ? (const char *) bytes->data : "", bytes->len);
  return NULL;
}

static char *
read_text (const char *path, GError **error)
{
  gboolean is_stdin = g_str_equal (path, "-");
  int fd = is_stdin ? STDIN_FILENO : g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
  char *text;

  if (fd < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("cannot read %s: %s"), path, g_strerror (errno));
      return NULL;
    }
  text = read_descriptor (fd, path, error);
  if (!is_stdin)
    close (fd);
  return text;
}

/* @path: "-" is stdin. FALSE with JT_ERROR_INVALID_ARGUMENT or JT_ERROR_TOO_LARGE. */
gboolean
crontab_read_file (const char *path, CrontabForm form, GPtrArray *entries, GError **error)
{
  g_autofree char *text = read_text (path, error);

  return text != NULL && crontab_parse (text, path, form, g_get_real_time (), entries, error);
}

/* run-parts(8) and cron(8): names of letters, digits, '_' and '-' only, so that backups of editors are left alone. */
static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen (name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) (element-type utf8): sorted, so that two imports of one machine give the same names */
static GPtrArray *
list_folder (Machine *machine, const char *folder)
{
  g_autofree char *path = g_build_filename ("/", machine->root, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_plain_name (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* cron reads no table that somebody else could have written. */
static gboolean
is_safe (Machine *machine, const char *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return FALSE;
  if (S_ISREG (info.st_mode) && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return TRUE;
  g_ptr_array_add (machine->complaints, g_strdup_printf (_("%s is left alone: not a file that only its owner may write"), path));
  return FALSE;
}

/* A table that cannot be read, or has a bad line, is left alone as a whole: it says which, the others go on. */
static void
read_table (Machine *machine, const char *path, CrontabForm form, const char *user)
{
  g_autoptr (GError) error = NULL;
  guint before = machine->entries->len;

  if (!is_safe (machine, path))
    return;
  if (!crontab_read_file (path, form, machine->entries, &error))
    {
      g_ptr_array_set_size (machine->entries, (int) before);
      g_ptr_array_add (machine->complaints, g_strdup_printf (_("%s is left alone:\n%s"), path, error->message));
      return;
    }
  for (guint i = before; user != NULL && i < machine->entries->len; i++)
    {
      ImportEntry *entry = g_ptr_array_index (machine->entries, i);

      entry->user = g_strdup (user);
    }
}

static void
read_system_tables (Machine *machine)
{
  g_autofree char *table = g_build_filename ("/", machine->root, "/etc/crontab", NULL);
  g_autoptr (GPtrArray) names = list_folder (machine, "/etc/cron.d");

  if (g_file_test (table, G_FILE_TEST_EXISTS))
    read_table (machine, table, CRONTAB_OF_SYSTEM, NULL);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename ("/", machine->root, "/etc/cron.d", name, NULL);
      guint before = machine->entries->len;

      read_table (machine, path, CRONTAB_OF_SYSTEM, NULL);
      for (guint at = before; at < machine->entries->len; at++)
        {
          ImportEntry *entry = g_ptr_array_index (machine->entries, at);

          g_free (entry->name);
          entry->name = import_name_clean (name, "cron");
        }
    }
}

static void
read_user_tables (Machine *machine)
{
  g_autoptr (GPtrArray) users = list_folder (machine, "/var/spool/cron/crontabs");

  for (guint i = 0; i < users->len; i++)
    {
      const char *user = g_ptr_array_index (users, i);
      g_autofree char *path = g_build_filename ("/", machine->root, "/var/spool/cron/crontabs", user, NULL);

      read_table (machine, path, CRONTAB_OF_USER, user);
    }
}

/* The caller's own, through crontab(1), which alone may read it. Without cron there is none. */
static gboolean
read_own_table (Machine *machine, GError **error)
{
  const char *arguments[] = { "crontab", "-l", NULL };
  g_autofree char *text = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL,
                     &status, NULL)
      || status != 0)
    return TRUE;
  return crontab_parse (text, "crontab -l", CRONTAB_OF_USER, g_get_real_time (), machine->entries, error);
}

/* --- folders of scripts --- */

static void
add_script (Machine *machine, const char *folder, const char *name, const char *schedule, const char *user)
{
  g_autofree char *path = g_build_filename ("/", machine->root, folder, name, NULL);
  g_autofree char *folder_name = g_path_get_basename (folder);
  const char *command[] = { path, NULL };
  const char *schedules[] = { schedule, NULL };
  GVariantDict settings;
  ImportEntry *entry;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || access (path, X_OK) != 0)
    return;
  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert (&settings, "command", "^as", command);
  g_variant_dict_insert (&settings, "schedule", "^as", schedules);
  g_variant_dict_insert (&settings, "leftover", "s", "leave");
  /* As anacron(8) does with these folders, the usual companion of cron on machines that are switched off. */
  g_variant_dict_insert (&settings, "catch-up", "s", "one");
  g_variant_dict_insert (&settings, "working-directory", "s", "/");
  entry = import_entry_new (path, 0);
  entry->name = g_strdup_printf ("%s.%s", folder_name, name);
  entry->user = g_strdup (user);
  entry->settings = g_variant_ref_sink (g_variant_dict_end (&settings));
  g_ptr_array_add (machine->entries, entry);
}

/* The line that runs the scripts of @folder, taken out of the entries: each script becomes a job of its own instead. */
static ImportEntry *
take_run_parts_line (Machine *machine, const char *folder)
{
  for (guint i = 0; i < machine->entries->len; i++)
    {
      ImportEntry *entry = g_ptr_array_index (machine->entries, i);
      g_autofree char *named = crontab_find_run_parts_folder (entry);

      if (g_strcmp0 (named, folder) == 0)
        return g_ptr_array_steal_index (machine->entries, i);
    }
  return NULL;
}

static void
read_folder (Machine *machine, const char *folder, const char *default_schedule)
{
  g_autoptr (ImportEntry) line = take_run_parts_line (machine, folder);
  g_autoptr (GPtrArray) names = list_folder (machine, folder);
  g_auto (GStrv) schedules = NULL;

  if (line != NULL)
    g_variant_lookup (line->settings, "schedule", "^as", &schedules);
  for (guint i = 0; i < names->len; i++)
    add_script (machine, folder, g_ptr_array_index (names, i), schedules != NULL ? schedules[0] : default_schedule,
                line != NULL ? line->user : "root");
}

/**
 * crontab_read_machine:
 * @root: a folder before every path, "" on the machine itself
 * @is_administrator: whether the tables of all users are wanted, or only the caller's own
 * @entries: (element-type ImportEntry): what is found is added
 * @complaints: (element-type utf8): what was left alone, and why
 *
 * /etc/crontab, /etc/cron.d, the folders of run-parts(8) script by script, and the tables of users.
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT when the caller's own table has a bad line
 */
gboolean
crontab_read_machine (const char *root, gboolean is_administrator, GPtrArray *entries, GPtrArray *complaints, GError **error)
{
  Machine machine = { root, entries, complaints };

  read_system_tables (&machine);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    read_folder (&machine, folders[i].folder, folders[i].schedule);
  if (!is_administrator)
    return read_own_table (&machine, error);
  read_user_tables (&machine);
  return TRUE;
}
