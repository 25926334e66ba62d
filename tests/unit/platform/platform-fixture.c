/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "platform-fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-fake-clock.h"

const char *fixture_supervisor;

static void
on_started (JtExecutor *executor, guint64 run, guint attempt, JtAttemptReport *report, Fixture *f)
{
  g_assert_cmpuint (run, ==, f->run->id);
  g_assert_cmpuint (attempt, ==, f->run->attempt);
  g_assert_cmpuint (f->n_ended, ==, 0);
  f->n_started++;
  f->started = *report;
}

static void
on_ended (JtExecutor *executor, guint64 run, guint attempt, JtAttemptReport *report, Fixture *f)
{
  g_assert_cmpuint (run, ==, f->run->id);
  g_assert_cmpuint (attempt, ==, f->run->attempt);
  f->n_ended++;
  f->ended = *report;
  g_free (f->reason);
  f->reason = g_strdup (report->reason);
}

void
fixture_make_executor (Fixture *f, const char *supervisor)
{
  g_autoptr (GError) error = NULL;

  if (f->executor != NULL)
    {
      g_signal_handlers_disconnect_by_data (f->executor, f);
      g_assert_finalize_object (f->executor);
    }
  f->executor = jt_local_executor_new (f->directory, supervisor, f->clock, &error);
  g_assert_no_error (error);
  g_signal_connect (f->executor, "started", G_CALLBACK (on_started), f);
  g_signal_connect (f->executor, "ended", G_CALLBACK (on_ended), f);
  f->n_started = f->n_ended = 0;
}

void
fixture_setup (Fixture *f, gconstpointer data)
{
  JtAttempt *attempt = jt_attempt_new ();

  /* Supervisors come to us when their spawner goes. */
  g_assert_no_errno (prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  f->directory = g_dir_make_tmp ("jt-platform-XXXXXX", NULL);
  g_assert_nonnull (f->directory);
  f->fifo = g_build_filename (f->directory, "fifo", NULL);
  f->witness = g_build_filename (f->directory, "witness", NULL);
  g_assert_no_errno (mkfifo (f->fifo, 0600));
  f->clock = jt_fake_clock_new (G_GINT64_CONSTANT (1700000000000000));
  f->run = jt_run_new ();
  f->run->id = 1001;
  f->run->job_name = g_strdup ("backup");
  f->run->owner = geteuid ();
  f->run->owner_name = g_strdup (g_get_user_name ());
  f->run->attempt = 1;
  attempt->number = 1;
  g_ptr_array_add (f->run->attempts, attempt);
  fixture_make_executor (f, fixture_supervisor);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
fixture_teardown (Fixture *f, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (f->executor, f);
  /* It lives for as long as its pool has work, and its spawner with it. */
  g_object_add_weak_pointer (G_OBJECT (f->executor), (gpointer *) &f->executor);
  g_object_unref (f->executor);
  while (g_atomic_pointer_get (&f->executor) != NULL)
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  /* Supervisors that had told their result but not ended when their executor went. */
  while (waitpid (-1, NULL, 0) > 0)
    ;
  g_object_unref (f->clock);
  jt_run_unref (f->run);
  remove_tree (f->directory);
  g_free (f->directory);
  g_free (f->fifo);
  g_free (f->witness);
  g_free (f->reason);
}

JtSettings *
fixture_settings (const char *line, const char *more)
{
  g_autofree char *text = g_strdup_printf ("{%s%s}", more != NULL ? more : "", more != NULL ? ", 'shell': <'LINE'>" : "'shell': <'LINE'>");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_auto (GVariantDict) dict = { 0 };
  g_autoptr (GVariant) asv = NULL;
  JtSettings *settings;

  g_assert_no_error (error);
  g_variant_dict_init (&dict, parsed);
  g_variant_dict_insert (&dict, "shell", "s", line);
  asv = g_variant_ref_sink (g_variant_dict_end (&dict));
  settings = jt_settings_new (asv, &error);
  g_assert_no_error (error);
  return settings;
}

void
fixture_start (Fixture *f, const char *line, const char *more)
{
  g_autoptr (JtSettings) settings = fixture_settings (line, more);

  jt_executor_start (f->executor, f->run, settings);
}

void
fixture_wait_started (Fixture *f)
{
  while (f->n_started == 0)
    g_main_context_iteration (NULL, TRUE);
}

void
fixture_wait_ended (Fixture *f)
{
  while (f->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
}

gint64
fixture_read_number (Fixture *f)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (f->fifo, &text, NULL, NULL));
  return g_ascii_strtoll (text, NULL, 10);
}

void
fixture_write_word (Fixture *f)
{
  int fd = open (f->fifo, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (write (fd, "go\n", 3), ==, 3);
  close (fd);
}

char *
fixture_path (Fixture *f, const char *name)
{
  return g_strdup_printf ("%s/runs/1/1001/%s", f->directory, name);
}

char *
fixture_read (Fixture *f, const char *name)
{
  g_autofree char *path = fixture_path (f, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

void
fixture_write (Fixture *f, const char *name, const char *content, gssize length)
{
  g_autofree char *path = fixture_path (f, name);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents_full (path, content, length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

gboolean
fixture_is_alive (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  return strstr (text, ") Z ") == NULL;
}

gint64
fixture_find_child (gint64 parent)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (proc)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/stat", name);
      g_autofree char *text = NULL;
      const char *after_name;
      int of = 0;

      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &text, NULL, NULL) || (after_name = strrchr (text, ')')) == NULL)
        continue;
      if (sscanf (after_name, ") %*c %d", &of) == 1 && of == parent)
        return g_ascii_strtoll (name, NULL, 10);
    }
  return 0;
}
