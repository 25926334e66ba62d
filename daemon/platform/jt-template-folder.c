/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-template-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-mustache.h"
#include "jt-template-name.h"

/* LANGUAGE/FAMILY/FILE */
#define MAX_DEPTH 3
#define MAX_PROBLEMS 100

typedef struct
{
  char       *folder;
  GHashTable *texts;    /* (owned) */
  GPtrArray  *problems; /* (element-type utf8) (owned) */
  guint       n_files;
} Reading;

static void
reading_free (Reading *reading)
{
  g_free (reading->folder);
  g_clear_pointer (&reading->texts, g_hash_table_unref);
  g_ptr_array_unref (reading->problems);
  g_free (reading);
}

static void
add_problem (Reading *reading, const char *name, const char *problem)
{
  if (reading->problems->len < MAX_PROBLEMS)
    g_ptr_array_add (reading->problems, g_strdup_printf ("%s/%s: %s", reading->folder, name, problem));
}

/* (transfer full) (nullable). No FIFO or device is waited for, and nothing larger than a template is read. */
static char *
read_file (Reading *reading, const char *name)
{
  g_autofree char *path = g_build_filename (reading->folder, name, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  char buffer[8192];
  struct stat status;
  gssize length;

  if (fd < 0 || fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    {
      add_problem (reading, name, fd < 0 ? g_strerror (errno) : "is not a file");
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  while (text->len <= JT_MUSTACHE_MAX_BYTES && (length = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, length);
  close (fd);
  if (text->len > JT_MUSTACHE_MAX_BYTES)
    {
      add_problem (reading, name, "is larger than 64 KiB");
      return NULL;
    }
  if (strlen (text->str) != text->len || !g_utf8_validate (text->str, (gssize) text->len, NULL))
    {
      add_problem (reading, name, "is not UTF-8 text");
      return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
take_file (Reading *reading, const char *name)
{
  g_autoptr (GError) error = NULL;
  char *text;

  if (!jt_template_name_check (name, &error))
    {
      add_problem (reading, name, error->message);
      return;
    }
  if (++reading->n_files > JT_TEMPLATE_FOLDER_MAX_FILES)
    {
      add_problem (reading, name, "more than 1000 templates are not read");
      return;
    }
  text = read_file (reading, name);
  if (text != NULL)
    g_hash_table_insert (reading->texts, g_strdup (name), text);
}

static void
read_folder (Reading *reading, const char *below, guint depth)
{
  g_autofree char *path = g_build_filename (reading->folder, below, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *entry;

  if (dir == NULL)
    {
      if (depth > 0 || !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        add_problem (reading, below, error->message);
      return;
    }
  while ((entry = g_dir_read_name (dir)) != NULL && reading->n_files <= JT_TEMPLATE_FOLDER_MAX_FILES)
    {
      g_autofree char *name = *below == '\0' ? g_strdup (entry) : g_strconcat (below, "/", entry, NULL);
      g_autofree char *full = g_build_filename (reading->folder, name, NULL);

      /* What editors and packages leave, and notes on what the folder is for. */
      if (*entry == '.' || g_str_has_suffix (entry, "~") || g_str_equal (entry, "README"))
        continue;
      if (g_file_test (full, G_FILE_TEST_IS_DIR) && depth + 1 < MAX_DEPTH)
        read_folder (reading, name, depth + 1);
      else
        take_file (reading, name);
    }
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  read_folder (data, "", 0);
  g_task_return_boolean (task, TRUE);
}

void
jt_template_folder_read_async (const char *folder, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, c, cb, data);
  Reading *reading = g_new0 (Reading, 1);

  reading->folder = g_strdup (folder);
  reading->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  reading->problems = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

GHashTable *
jt_template_folder_read_finish (GAsyncResult *result, char ***problems)
{
  Reading *reading = g_task_get_task_data (G_TASK (result));

  g_ptr_array_add (reading->problems, NULL);
  *problems = (char **) g_ptr_array_free (reading->problems, FALSE);
  reading->problems = g_ptr_array_new_with_free_func (g_free);
  return g_steal_pointer (&reading->texts);
}
