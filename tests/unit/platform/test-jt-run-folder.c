/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* The folders of runs as a tree on the disk: what is found there, and what is left when they go. */

typedef struct
{
  char *directory;
  int   runs_fd;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("jt-folders-XXXXXX", NULL);
  g_assert_nonnull (f->directory);
  f->runs_fd = open (f->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_no_errno (f->runs_fd);
}

/* Whatever the test left must be gone: the last assertion of each. */
static void
tear_down (Fixture *f, gconstpointer data)
{
  close (f->runs_fd);
  g_assert_no_errno (g_rmdir (f->directory));
  g_free (f->directory);
}

static void
make (Fixture *f, guint64 run)
{
  g_autoptr (GError) error = NULL;
  int fd = jt_run_folder_open (f->runs_fd, run, TRUE, &error);

  g_assert_no_error (error);
  close (fd);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* All that is there, step by step: "1 2 | 1001". */
static char *
list (Fixture *f)
{
  GString *words = g_string_new (NULL);
  guint64 from = 0;
  guint64 next;

  do
    {
      g_autoptr (GArray) runs = jt_run_folder_list (f->runs_fd, from, &next);

      g_array_sort (runs, compare_ids);
      if (runs->len > 0 && words->len > 0)
        g_string_append (words, " |");
      for (guint i = 0; i < runs->len; i++)
        g_string_append_printf (words, "%s%" G_GUINT64_FORMAT, words->len > 0 ? " " : "", g_array_index (runs, guint64, i));
      g_assert_true (next == 0 || next > from);
      from = next;
    }
  while (next != 0);
  return g_string_free (words, FALSE);
}

static void
touch (Fixture *f, const char *path)
{
  int fd = openat (f->runs_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_no_errno (fd);
  close (fd);
}

static void
test_list (Fixture *f, gconstpointer data)
{
  static const guint64 runs[] = { 1, 999, 1000, 1001, 4002, 123456789000 };
  static const char *const foreign[] = { "0/x", "0/01", "0/-1", "0/1000", "1/5", "lost+found", "0/99999999999999999999" };
  g_autofree char *nothing = list (f);
  g_autofree char *all = NULL;
  g_autofree char *none = NULL;

  g_assert_cmpstr (nothing, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    make (f, runs[i]);
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    touch (f, foreign[i]);
  all = list (f);
  g_assert_cmpstr (all, ==, "1 999 | 1000 1001 | 4002 | 123456789000");
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    g_assert_no_errno (unlinkat (f->runs_fd, foreign[i], 0));
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    jt_run_folder_remove (f->runs_fd, runs[i]);
  none = list (f);
  g_assert_cmpstr (none, ==, "");
}

/* An empty shard goes when it is looked at, and not before. */
static void
test_remove (Fixture *f, gconstpointer data)
{
  make (f, 7);
  make (f, 8);
  touch (f, "0/7/log");
  touch (f, "0/7/log.zst.tmp");
  jt_run_folder_remove (f->runs_fd, 7);
  g_assert_cmpint (faccessat (f->runs_fd, "0/7", F_OK, 0), ==, -1);
  g_assert_no_errno (faccessat (f->runs_fd, "0/8", F_OK, 0));
  jt_run_folder_remove (f->runs_fd, 7);
  g_free (list (f));
  g_assert_no_errno (faccessat (f->runs_fd, "0/8", F_OK, 0));
  jt_run_folder_remove (f->runs_fd, 8);
  g_free (list (f));
  g_assert_cmpint (faccessat (f->runs_fd, "0", F_OK, 0), ==, -1);
}

static gpointer
list_often (gpointer data)
{
  for (guint i = 0; i < 500; i++)
    g_free (list (data));
  return NULL;
}

/* A shard that is removed while another of its runs is made keeps nobody from it. */
static void
test_race (Fixture *f, gconstpointer data)
{
  GThread *other = g_thread_new ("list", list_often, f);

  for (guint i = 0; i < 500; i++)
    {
      make (f, 1);
      jt_run_folder_remove (f->runs_fd, 1);
    }
  g_thread_join (other);
  g_free (list (f));
}

#define TEST(path, function) g_test_add ("/run-folder/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("list", test_list);
  TEST ("remove", test_remove);
  TEST ("race", test_race);
  return g_test_run ();
}
