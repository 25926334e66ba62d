/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "cli-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-names.h"
#include "jt-test-bus.h"

static struct
{
  char       *folder;
  char       *jobctl_folder;
  const char *daemon;
  const char *supervisor;
  JtTestBus  *bus;
  GPid        pid;
} world;

static gboolean
is_owned (void)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                                   g_variant_new ("(s)", JT_BUS_NAME), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean has_owner = FALSE;

  g_assert_nonnull (reply);
  g_variant_get (reply, "(b)", &has_owner);
  return has_owner;
}

static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
cli_start_service (void)
{
  g_autofree char *state = g_build_filename (world.folder, "state", NULL);
  g_autofree char *jobs = g_build_filename (world.folder, "jobs.d", NULL);
  const char *arguments[] = { world.daemon,      "--session",       "--state-directory", state, "--job-directory", jobs,
                              "--supervisor",    world.supervisor,  NULL };
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (jobs, 0755);
  g_spawn_async (NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_test, NULL, &world.pid, &error);
  g_assert_no_error (error);
  while (!is_owned ())
    {
      g_assert_cmpint (waitpid (world.pid, NULL, WNOHANG), ==, 0);
      g_usleep (2000);
    }
}

void
cli_kill_service (void)
{
  kill (world.pid, SIGKILL);
  g_assert_cmpint (waitpid (world.pid, NULL, 0), ==, world.pid);
  world.pid = 0;
}

/* Takes JOBCTL JOBTRACKERD JOBTRACKER-RUN from the arguments. */
void
cli_init (int *argc, char ***argv, gboolean with_service)
{
  g_autofree char *jobctl = NULL;
  g_autofree char *config = NULL;

  g_test_init (argc, argv, NULL);
  if (*argc < 4)
    g_error ("usage: %s JOBCTL JOBTRACKERD JOBTRACKER-RUN", (*argv)[0]);
  jobctl = g_canonicalize_filename ((*argv)[1], NULL);
  world.jobctl_folder = g_path_get_dirname (jobctl);
  world.daemon = (*argv)[2];
  world.supervisor = (*argv)[3];
  world.folder = g_dir_make_tmp ("jobtracker-cli-XXXXXX", NULL);
  world.bus = jt_test_bus_new ();
  config = g_build_filename (world.folder, "config", NULL);
  /* What this machine's own services would say, or whoever runs the tests has configured, is no part of a test. */
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  if (with_service)
    cli_start_service ();
}

static void
end_service (void)
{
  if (world.pid == 0)
    return;
  kill (world.pid, SIGTERM);
  waitpid (world.pid, NULL, 0);
}

static void
remove_folder (void)
{
  const char *arguments[] = { "rm", "-rf", "--", world.folder, NULL };

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

int
cli_run (void)
{
  int status = g_test_run ();

  end_service ();
  g_clear_pointer (&world.bus, jt_test_bus_free);
  remove_folder ();
  g_free (world.folder);
  g_free (world.jobctl_folder);
  return status;
}

/* Also $T in commands. Borrowed. */
const char *
cli_get_folder (void)
{
  return world.folder;
}

/* To be put into a PATH. Borrowed. */
const char *
cli_get_jobctl_folder (void)
{
  return world.jobctl_folder;
}

void
cli_write (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (world.folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static GSubprocessLauncher *
make_launcher (void)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *path = g_strdup_printf ("%s:%s", world.jobctl_folder, g_getenv ("PATH"));

  g_subprocess_launcher_set_cwd (launcher, world.folder);
  g_subprocess_launcher_setenv (launcher, "PATH", path, TRUE);
  g_subprocess_launcher_setenv (launcher, "T", world.folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "JOBTRACKER_BUS", "session", TRUE);
  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
  g_subprocess_launcher_unsetenv (launcher, "COLUMNS");
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  return launcher;
}

static char *
to_text (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strndup (length > 0 ? data : "", length);
}

/* (transfer full) */
CliResult *
cli_shell (const char *line)
{
  const char *arguments[] = { "/bin/sh", "-c", line, NULL };
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GBytes) complaint = NULL;
  CliResult *result = g_new0 (CliResult, 1);

  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &output, &complaint, &error);
  g_assert_no_error (error);
  result->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : 128 + g_subprocess_get_term_sig (process);
  result->output = to_text (output);
  result->error = to_text (complaint);
  return result;
}

void
cli_result_free (CliResult *result)
{
  if (result == NULL)
    return;
  g_free (result->output);
  g_free (result->error);
  g_free (result);
}

/* What a command that must succeed prints. (transfer full) */
char *
cli_output (const char *line)
{
  g_autoptr (CliResult) result = cli_shell (line);

  if (result->status != 0)
    g_error ("%s\nended with %d: %s%s", line, result->status, result->output, result->error);
  return g_steal_pointer (&result->output);
}

static void
test_row (gconstpointer data)
{
  const CliRow *row = data;
  g_autoptr (CliResult) result = cli_shell (row->line);
  gboolean is_good = result->status == row->status && (row->output == NULL || strstr (result->output, row->output) != NULL)
                     && (row->error == NULL || (*row->error == '\0' ? *result->error == '\0' : strstr (result->error, row->error) != NULL));

  if (is_good)
    return;
  g_test_message ("%s\nstatus %d, expected %d\nstdout: %s\nexpected: %s\nstderr: %s\nexpected: %s", row->line, result->status,
                  row->status, result->output, row->output, result->error, row->error);
  g_test_fail ();
}

/* @rows: ended by one without a name; run in order, one test each */
void
cli_add_rows (const char *prefix, const CliRow *rows)
{
  for (; rows->name != NULL; rows++)
    {
      g_autofree char *path = g_strdup_printf ("/cli/%s/%s", prefix, rows->name);

      g_test_add_data_func (path, rows, test_row);
    }
}
