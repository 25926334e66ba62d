/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-job-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-error.h"

#define SUFFIX ".job"
#define MAX_FILES 10000
#define MAX_FILE_BYTES (64 * 1024)
#define MAX_PROBLEMS 1000

static void
problem_free (JtFileProblem *problem)
{
  g_free (problem->file);
  g_free (problem->message);
  g_free (problem);
}

void
jt_job_files_free (JtJobFiles *files)
{
  if (files == NULL)
    return;
  g_ptr_array_unref (files->drafts);
  g_ptr_array_unref (files->keep_paths);
  g_ptr_array_unref (files->problems);
  g_free (files);
}

void
jt_job_files_add_problem (JtJobFiles *files, const char *file, guint line, const char *message)
{
  JtFileProblem *problem;

  if (files->problems->len >= MAX_PROBLEMS)
    return;
  problem = g_new0 (JtFileProblem, 1);
  problem->file = g_strdup (file);
  problem->line = line;
  problem->message = g_utf8_make_valid (message, -1);
  g_ptr_array_add (files->problems, problem);
}

GVariant *
jt_job_files_problems_to_variant (const JtJobFiles *files)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < files->problems->len; i++)
    {
      const JtFileProblem *problem = g_ptr_array_index (files->problems, i);
      g_autofree char *file = g_utf8_make_valid (problem->file, -1);
      GVariantDict row;

      g_variant_dict_init (&row, NULL);
      g_variant_dict_insert (&row, "path", "s", file);
      if (problem->line != 0)
        g_variant_dict_insert (&row, "line", "u", problem->line);
      g_variant_dict_insert (&row, "message", "s", problem->message);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
    }
  return g_variant_builder_end (&builder);
}

static gboolean
check_file (const struct stat *info, GError **error)
{
  if (!S_ISREG (info->st_mode))
    g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "not a regular file");
  else if ((info->st_mode & 0022) != 0)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "mode %04o, want 0644 or less", info->st_mode & 07777);
  else if (info->st_uid != 0 && info->st_uid != geteuid ())
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "owned by uid %u, want 0 or %u", info->st_uid, geteuid ());
  else if (info->st_size > MAX_FILE_BYTES)
    g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "%" G_GINT64_FORMAT " bytes, limit %d", (gint64) info->st_size,
                 MAX_FILE_BYTES);
  else
    return TRUE;
  return FALSE;
}

static char *
read_open_file (int fd, GError **error)
{
  g_autofree char *data = g_malloc (MAX_FILE_BYTES + 1);
  gsize used = 0;
  gssize n;

  while ((n = read (fd, data + used, MAX_FILE_BYTES - used)) > 0)
    used += (gsize) n;
  if (n < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not read: %s", g_strerror (errno));
      return NULL;
    }
  data[used] = '\0';
  if (strlen (data) != used || !g_utf8_validate (data, -1, NULL))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "not UTF-8 text");
      return NULL;
    }
  return g_steal_pointer (&data);
}

/* A FIFO or a device in the folder must not hold the thread up, nor a link lead out of it. */
static char *
read_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
  struct stat info;
  char *data = NULL;

  if (fd < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not open: %s",
                   errno == ELOOP ? "symbolic links are not followed" : g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &info) < 0)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not look at: %s", g_strerror (errno));
  else if (check_file (&info, error))
    data = read_open_file (fd, error);
  close (fd);
  return data;
}

/* GKeyFile knows no lines. The one that an error is about is the first whose key the message names, or whose text it quotes. */
static guint
find_line (const char *data, const char *message)
{
  g_auto (GStrv) lines = g_strsplit (data, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *key = g_strndup (lines[i], strcspn (lines[i], "="));
      g_autofree char *quoted = NULL;

      g_strstrip (key);
      if (*key == '\0' || *key == '#' || *key == '[')
        continue;
      quoted = g_strdup_printf ("'%s'", key);
      if (strstr (message, quoted) != NULL
          || (g_str_has_prefix (message, key) && message[strlen (key)] == ':')
          || (strlen (lines[i]) > 2 && strstr (message, lines[i]) != NULL))
        return i + 1;
    }
  return 0;
}

/* A repeated key or group would silently win in GKeyFile. */
static gboolean
check_repeats (const char *data, guint *line, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (data, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *text = g_strstrip (lines[i]);
      g_autofree char *key = NULL;

      if (*text == '\0' || *text == '#')
        continue;
      key = g_strndup (text, strcspn (text, "="));
      g_strchomp (key);
      if (g_hash_table_contains (seen, key))
        {
          *line = i + 1;
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "'%.64s' is given twice; first in line %u", key,
                       GPOINTER_TO_UINT (g_hash_table_lookup (seen, key)));
          return FALSE;
        }
      g_hash_table_insert (seen, g_steal_pointer (&key), GUINT_TO_POINTER (i + 1));
    }
  return TRUE;
}

static JtSettings *
parse_settings (char *data, guint *line, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  GError *local_error = NULL;
  JtSettings *settings = NULL;

  if (!check_repeats (data, line, error))
    return NULL;
  if (g_key_file_load_from_data (file, data, (gsize) -1, G_KEY_FILE_NONE, &local_error))
    settings = jt_settings_new_from_key_file (file, &local_error);
  if (settings != NULL)
    return settings;
  *line = find_line (data, local_error->message);
  g_propagate_error (error, local_error);
  return NULL;
}

static gboolean
check_accounts (JtSettings *settings, guint32 owner, const char *owner_name, GError **error)
{
  const char *user = jt_settings_has (settings, "user") ? jt_settings_get_string (settings, "user") : owner_name;

  if (owner == 0 || (g_strcmp0 (user, owner_name) == 0 && !jt_settings_has (settings, "group")))
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_AUTHORIZED,
                       "settings 'user' and 'group' are for job files of the system service");
  return FALSE;
}

static JtJobDraft *
read_draft (const char *path, const char *name, guint32 owner, const char *owner_name, guint *line, GError **error)
{
  g_autofree char *data = NULL;
  g_autoptr (JtSettings) settings = NULL;
  JtJobDraft *draft;

  if (!jt_job_name_check (name, error))
    {
      g_prefix_error (error, "the file's name is no job name: ");
      return NULL;
    }
  data = read_file (path, error);
  if (data == NULL)
    return NULL;
  settings = parse_settings (g_str_has_prefix (data, "\xef\xbb\xbf") ? data + 3 : data, line, error);
  if (settings == NULL || !check_accounts (settings, owner, owner_name, error))
    return NULL;
  draft = jt_job_draft_new (owner, owner_name, name, settings);
  draft->origin = JT_ORIGIN_FILE;
  draft->origin_path = g_strdup (path);
  return draft;
}

static void
take_file (JtJobFiles *files, const char *directory, const char *file_name, guint32 owner, const char *owner_name)
{
  g_autofree char *path = g_build_filename (directory, file_name, NULL);
  g_autofree char *name = g_strndup (file_name, strlen (file_name) - strlen (SUFFIX));
  g_autoptr (GError) error = NULL;
  guint line = 0;
  JtJobDraft *draft = read_draft (path, name, owner, owner_name, &line, &error);

  if (draft != NULL)
    {
      g_ptr_array_add (files->drafts, draft);
      return;
    }
  g_ptr_array_add (files->keep_paths, g_strdup (path));
  jt_job_files_add_problem (files, path, line, error->message);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (nullable): the folder cannot be read. */
static GPtrArray *
list_names (const char *directory, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (*name == '.' || !g_str_has_suffix (name, SUFFIX))
        continue;
      if (names->len >= MAX_FILES)
        {
          g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "more than %d job files", MAX_FILES);
          return NULL;
        }
      g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

JtJobFiles *
jt_job_files_read (const char *directory, guint32 owner, const char *owner_name)
{
  JtJobFiles *files = g_new0 (JtJobFiles, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = list_names (directory, &error);

  files->drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  files->keep_paths = g_ptr_array_new_with_free_func (g_free);
  files->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) problem_free);
  for (guint i = 0; names != NULL && i < names->len; i++)
    take_file (files, directory, g_ptr_array_index (names, i), owner, owner_name);
  g_ptr_array_add (files->keep_paths, NULL);
  /* A folder that cannot be read says nothing about its jobs: they stay. */
  if (names == NULL && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      jt_job_files_add_problem (files, directory, 0, error->message);
      files->is_unreadable = TRUE;
    }
  return files;
}
