/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-bus-fixture.h"
#include "jt-interfaces.h"
#include "jt-log.h"
#include "jt-names.h"

/* Job files come and go with Reload; a bad one is told with file and line, and what it defined before stays. */

/* Warnings end a test, but for those about bad files, which these provoke. */
static guint warning_count;

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE_ID") && g_str_equal (fields[i].value, JT_MESSAGE_BAD_FILE))
      {
        warning_count++;
        return G_LOG_WRITER_HANDLED;
      }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static GVariant *
reload (Client *client)
{
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Reload", NULL);

  return g_variant_get_child_value (reply, 0);
}

static void
assert_problem (GVariant *problems, gsize index, const char *file_end, guint line, const char *words)
{
  g_autoptr (GVariant) row = g_variant_get_child_value (problems, index);
  const char *path = "", *message = "";
  guint found = 0;

  g_assert_true (g_variant_lookup (row, "path", "&s", &path));
  g_assert_true (g_variant_lookup (row, "message", "&s", &message));
  g_variant_lookup (row, "line", "u", &found);
  g_test_message ("%s:%u: %s", path, found, message);
  g_assert_true (g_str_has_suffix (path, file_end));
  g_assert_nonnull (strstr (message, words));
  g_assert_cmpuint (found, ==, line);
}

static void
test_come_and_go (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autofree char *path = g_build_filename (fixture->job_directory, "nightly.job", NULL);
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) bad = NULL;
  g_autoptr (GVariant) gone = NULL;
  g_autoptr (GVariant) found = NULL;
  const char *job;
  g_autofree char *message = NULL;

  bus_fixture_write_job_file (fixture, "nightly.job", "[Job]\ncommand=true\ntimeout=15min\n");
  bus_fixture_write_job_file (fixture, "README", "not a job\n");
  first = reload (root);
  g_assert_cmpuint (g_variant_n_children (first), ==, 0);
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 1);
  found = client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", "nightly"));
  g_variant_get (found, "(&o)", &job);
  /* read-only on the bus */
  message = client_refused (root, job, JT_JOB_INTERFACE, "SetEnabled", g_variant_new ("(b)", FALSE), "WrongState");
  bus_fixture_write_job_file (fixture, "nightly.job", "[Job]\ncommand=true\n\ntimeut=15min\n");
  bad = reload (root);
  g_assert_cmpuint (g_variant_n_children (bad), ==, 1);
  assert_problem (bad, 0, "nightly.job", 4, "timeout");
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 1);
  g_assert_cmpint (g_remove (path), ==, 0);
  gone = reload (root);
  g_assert_cmpuint (g_variant_n_children (gone), ==, 0);
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 0);
}

static void
test_bad_files (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autofree char *large = g_strnfill (64 * 1024 + 1, '\n');
  g_autofree char *open_to_all = g_build_filename (fixture->job_directory, "d.job", NULL);
  g_autofree char *link = g_build_filename (fixture->job_directory, "e.job", NULL);
  g_autofree char *fifo = g_build_filename (fixture->job_directory, "f.job", NULL);
  g_autoptr (GVariant) problems = NULL;

  warning_count = 0;
  bus_fixture_write_job_file (fixture, "a b.job", "[Job]\ncommand=true\n");
  bus_fixture_write_job_file (fixture, "b.job", large);
  bus_fixture_write_job_file (fixture, "c.job", "[Job]\ncommand=true\ncommand=false\n");
  bus_fixture_write_job_file (fixture, "d.job", "[Job]\ncommand=true\n");
  g_assert_cmpint (g_chmod (open_to_all, 0666), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  bus_fixture_write_job_file (fixture, "g.job", "[Job]\ncommand=true\nretries=many\n");
  bus_fixture_write_job_file (fixture, "h.job", "[Job]\ncommand=true\n");
  problems = reload (root);
  g_assert_cmpuint (g_variant_n_children (problems), ==, 7);
  g_assert_cmpuint (warning_count, ==, 7);
  assert_problem (problems, 0, "a b.job", 0, "job name");
  assert_problem (problems, 1, "b.job", 0, "limit 65536");
  assert_problem (problems, 2, "c.job", 3, "first in line 2");
  assert_problem (problems, 3, "d.job", 0, "mode 0666");
  assert_problem (problems, 4, "e.job", 0, "symbolic links");
  assert_problem (problems, 5, "f.job", 0, "regular file");
  assert_problem (problems, 6, "g.job", 3, "retries");
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 1);
}

static void
test_bad_configuration (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, "[Limits]\nmax-jobs-per-user=1\n");
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) bad = NULL;
  g_autoptr (GVariant) good = NULL;
  g_autofree char *job1 = client_add_job (alice, "a", settings_of_command (NULL));
  g_autofree char *job2 = NULL;

  g_assert_true (g_file_set_contents (fixture->config_path, "[Limits]\nmax-job-per-user=5\n", -1, NULL));
  bus_fixture_write_job_file (fixture, "x.job", "[Job]\ncommand=true\n");
  bad = reload (root);
  g_assert_cmpuint (g_variant_n_children (bad), ==, 1);
  assert_problem (bad, 0, "jobtracker.conf", 2, "max-jobs-per-user");
  /* The old limits hold; the job files were read all the same. */
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "b", settings_of_command (NULL)), "QuotaExceeded"));
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 2);
  g_assert_true (g_file_set_contents (fixture->config_path, "[Limits]\nmax-jobs-per-user=5\n", -1, NULL));
  good = reload (root);
  g_assert_cmpuint (g_variant_n_children (good), ==, 0);
  job2 = client_add_job (alice, "b", settings_of_command (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_add_func ("/job-files/come-and-go", test_come_and_go);
  g_test_add_func ("/job-files/bad", test_bad_files);
  g_test_add_func ("/job-files/configuration", test_bad_configuration);
  return g_test_run ();
}
