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

#include "crontab-anacron.h"
#include "crontab-folders.h"
#include "jt-error.h"
#include "remarks.h"

#define MAX_FILE (1024 * 1024)

typedef struct
{
  const char *root;    /* before every path: "" on the machine itself */
  CrontabDialect dialect;
  GPtrArray  *entries; /* (element-type ImportEntry) (unowned) */
  GPtrArray  *complaints; /* (element-type utf8) (unowned) what was left alone, and why */
} Machine;

/* In which form a file is that somebody names. */
CrontabForm
crontab_form_of_path (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_equal (name, "anacrontab"))
    return ANACRONTAB;
  return g_str_equal (path, "/etc/crontab") || g_str_has_prefix (path, "/etc/cron.d/") ? CRONTAB_OF_SYSTEM : CRONTAB_OF_USER;
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

/* cron goes on where it happens to be when the folder is not there, cronie gives up, as a job does. */
static void
check_folder (ImportEntry *entry)
{
  const char *folder = NULL;

  if (g_variant_lookup (entry->settings, "working-directory", "&s", &folder) && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    remarks_add (entry->remarks, REMARK_DIFFERS, "HOME", _("%s is no folder here, so the job would fail; Debian's cron runs it elsewhere"), folder);
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

/* Where anacron notes what it ran: beside its own table only. (transfer full) (nullable) */
static char *
find_stamps (const char *path)
{
  gsize length = strlen (path);

  if (!g_str_has_suffix (path, "/etc/anacrontab"))
    return NULL;
  return g_strdup_printf ("%.*s/var/spool/anacron", (int) (length - strlen ("/etc/anacrontab")), path);
}

/* @path: "-" is stdin. FALSE with JT_ERROR_INVALID_ARGUMENT or JT_ERROR_TOO_LARGE. */
gboolean
crontab_read_file (const char *path, CrontabForm form, CrontabDialect dialect, GPtrArray *entries, GError **error)
{
  g_autofree char *text = read_text (path, error);
  g_autofree char *stamps = find_stamps (path);
  guint before = entries->len;

  if (text == NULL)
    return FALSE;
  if (form == ANACRONTAB ? !anacrontab_parse (text, path, stamps, g_get_real_time (), entries, error)
                         : !crontab_parse (text, path, form, dialect, g_get_real_time (), entries, error))
    return FALSE;
  for (guint i = before; i < entries->len; i++)
    check_folder (g_ptr_array_index (entries, i));
  return TRUE;
}

/* --- the tables of a machine --- */

/* run-parts(8) and Debian's cron(8): names of letters, digits, '_' and '-' only, so that backups of editors are left alone. */
gboolean
crontab_is_plain_name (const char *name)
{
  return *name != '\0' && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-") == strlen (name);
}

/* cronie leaves out hidden files, backups, and what a package manager saved. */
static gboolean
is_cronie_name (const char *name)
{
  static const char *const endings[] = { "~", ".rpmsave", ".rpmorig", ".rpmnew", ".cfsaved" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return FALSE;
  return *name != '.' && *name != '#';
}

/* An account's table is called as the account is. */
static gboolean
is_account_name (const char *name)
{
  return *name != '.' && !g_str_has_prefix (name, "tmp.") && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.@$") == strlen (name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) (element-type utf8): sorted, so that two imports of one machine give the same names */
GPtrArray *
crontab_list_folder (const char *root, const char *folder, CrontabNameFilter is_wanted)
{
  g_autofree char *path = g_build_filename ("/", root, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_wanted (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
is_there (const char *root, const char *path, GFileTest test)
{
  g_autofree char *full = g_build_filename ("/", root, path, NULL);

  return g_file_test (full, test);
}

/* By the name of the daemon. */
CrontabDialect
crontab_dialect_of_machine (const char *root)
{
  if (is_there (root, "/usr/sbin/cron", G_FILE_TEST_IS_EXECUTABLE))
    return CRON_DEBIAN;
  return is_there (root, "/usr/sbin/crond", G_FILE_TEST_IS_EXECUTABLE) ? CRON_CRONIE : CRON_UNKNOWN;
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

/* A table that cannot be read, or has a bad line, is left alone as a whole: it says which, the others go on. Returns: how many entries
 * were there before. */
static guint
read_table (Machine *machine, const char *path, CrontabForm form)
{
  g_autoptr (GError) error = NULL;
  guint before = machine->entries->len;

  if (!is_safe (machine, path) || crontab_read_file (path, form, machine->dialect, machine->entries, &error))
    return before;
  g_ptr_array_set_size (machine->entries, (int) before);
  g_ptr_array_add (machine->complaints, g_strdup_printf (_("%s is left alone:\n%s"), path, error->message));
  return before;
}

/* What anacron is started by goes when its own jobs are adopted, or they would run twice. */
static void
leave_out_starters (Machine *machine, guint from)
{
  for (guint i = from; i < machine->entries->len;)
    {
      const ImportEntry *entry = g_ptr_array_index (machine->entries, i);

      if (!g_str_has_suffix (entry->path, "/etc/cron.d/anacron") && !g_str_has_suffix (entry->path, "/etc/cron.hourly/0anacron"))
        {
          i++;
          continue;
        }
      g_ptr_array_add (machine->complaints, g_strdup_printf (_("%s is left alone: it starts anacron, whose jobs are adopted themselves"), entry->path));
      g_ptr_array_remove_index (machine->entries, i);
    }
}

static void
read_system_tables (Machine *machine)
{
  g_autofree char *table = g_build_filename ("/", machine->root, "/etc/crontab", NULL);
  g_autoptr (GPtrArray) names = crontab_list_folder (machine->root, "/etc/cron.d", machine->dialect == CRON_CRONIE ? is_cronie_name : crontab_is_plain_name);

  if (g_file_test (table, G_FILE_TEST_EXISTS))
    read_table (machine, table, CRONTAB_OF_SYSTEM);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename ("/", machine->root, "/etc/cron.d", name, NULL);

      for (guint at = read_table (machine, path, CRONTAB_OF_SYSTEM); at < machine->entries->len; at++)
        {
          ImportEntry *entry = g_ptr_array_index (machine->entries, at);

          g_free (entry->name);
          entry->name = import_name_clean (name, "cron");
        }
    }
}

/* anacron's jobs, if it is there to run them, then those of cron, then the scripts in place of the lines that run their folders. */
static void
read_system (Machine *machine)
{
  g_autofree char *table = g_build_filename ("/", machine->root, "/etc/anacrontab", NULL);
  gboolean has_anacron = is_there (machine->root, "/usr/sbin/anacron", G_FILE_TEST_IS_EXECUTABLE) && g_file_test (table, G_FILE_TEST_EXISTS);
  guint n_of_anacron;

  if (has_anacron)
    read_table (machine, table, ANACRONTAB);
  n_of_anacron = machine->entries->len;
  read_system_tables (machine);
  crontab_read_folders (machine->root, has_anacron, machine->entries);
  if (n_of_anacron > 0)
    leave_out_starters (machine, 0);
}

/* Debian's folder, or that of cronie. */
static void
read_user_tables (Machine *machine)
{
  const char *folder = is_there (machine->root, "/var/spool/cron/crontabs", G_FILE_TEST_IS_DIR) ? "/var/spool/cron/crontabs" : "/var/spool/cron";
  g_autoptr (GPtrArray) users = crontab_list_folder (machine->root, folder, is_account_name);

  for (guint i = 0; i < users->len; i++)
    {
      const char *user = g_ptr_array_index (users, i);
      g_autofree char *path = g_build_filename ("/", machine->root, folder, user, NULL);

      for (guint at = read_table (machine, path, CRONTAB_OF_USER); at < machine->entries->len; at++)
        ((ImportEntry *) g_ptr_array_index (machine->entries, at))->user = g_strdup (user);
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
  return crontab_parse (text, "crontab -l", CRONTAB_OF_USER, machine->dialect, g_get_real_time (), machine->entries, error);
}

/**
 * crontab_read_machine:
 * @root: a folder before every path, "" on the machine itself
 * @dialect: which cron reads the tables
 * @is_administrator: whether the tables of all users are wanted, or only the caller's own
 * @entries: (element-type ImportEntry): what is found is added
 * @complaints: (element-type utf8): what was left alone, and why
 *
 * /etc/anacrontab, /etc/crontab, /etc/cron.d, the folders of run-parts(8) script by script, and the tables of users.
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT when the caller's own table has a bad line
 */
gboolean
crontab_read_machine (const char *root, CrontabDialect dialect, gboolean is_administrator, GPtrArray *entries, GPtrArray *complaints,
                      GError **error)
{
  Machine machine = { root, dialect, entries, complaints };

  read_system (&machine);
  if (!is_administrator)
    return read_own_table (&machine, error);
  read_user_tables (&machine);
  return TRUE;
}
