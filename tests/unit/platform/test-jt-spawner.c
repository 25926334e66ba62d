/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-spawner.h"
#include "jt-state-file.h"
#include "platform-fixture.h"

/* --- through the daemon's side --- */

static gboolean
start_one (JtSpawner *spawner, JtSpawned *spawned, GError **error)
{
  g_autoptr (GByteArray) spec = g_byte_array_new ();
  int folder_fd = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean result;

  /* There is no state file 1001.state in that folder, so the supervisor gives up at once. */
  g_byte_array_append (spec, (const guint8 *) "user=x", 7);
  result = jt_spawner_start (spawner, folder_fd, spec, 1, 1001, spawned, error);
  close (folder_fd);
  return result;
}

static void
close_spawned (JtSpawned *spawned)
{
  close (spawned->pidfd);
  close (spawned->pipe_fd);
}

static void
test_ended (Fixture *f, gconstpointer data)
{
  JtSpawner *spawner = jt_spawner_new (fixture_supervisor, 60000);
  g_autoptr (GError) error = NULL;
  JtSpawned spawned;
  struct pollfd end;
  pid_t pid;
  char byte;

  g_assert_true (start_one (spawner, &spawned, &error));
  g_assert_no_error (error);
  pid = (pid_t) fixture_find_child (getpid ());
  g_assert_cmpint (pid, >, 0);
  end = (struct pollfd) { spawned.pidfd, POLLIN, 0 };
  g_assert_cmpint (poll (&end, 1, -1), ==, 1);
  g_assert_cmpint (read (spawned.pipe_fd, &byte, 1), ==, 0);
  close_spawned (&spawned);
  jt_spawner_free (spawner);
  /* It has been waited for. (Not "there is no child": what the leak checker forks in the spawner may be left to this process.) */
  g_assert_cmpint (waitpid (pid, NULL, WNOHANG), ==, -1);
}

/* One that is there and says nothing is not waited for for ever, and does not stay. */
static void
test_too_late (Fixture *f, gconstpointer data)
{
  g_autofree char *fake = g_build_filename (f->directory, "fake-spawner", NULL);
  g_autoptr (GError) error = NULL;
  JtSpawner *spawner;
  JtSpawned spawned;

  g_assert_true (g_file_set_contents_full (fake, "#!/bin/sh\nkill -STOP $$\n", -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  spawner = jt_spawner_new (fake, 10);
  g_assert_true (start_one (spawner, &spawned, &error));
  g_assert_no_error (error);
  g_assert_cmpint (spawned.pidfd, ==, -1);
  g_assert_cmpint (spawned.pipe_fd, ==, -1);
  g_assert_cmpint (fixture_find_child (getpid ()), ==, 0);
  jt_spawner_free (spawner);
}

/* Where it has no room for the descriptors, no process was made; the next request is served. */
static void
test_no_descriptors (Fixture *f, gconstpointer data)
{
  JtSpawner *spawner = jt_spawner_new (fixture_supervisor, 60000);
  g_autoptr (GError) error = NULL;
  struct rlimit before;
  struct rlimit few;
  JtSpawned spawned;
  pid_t pid;

  g_assert_true (start_one (spawner, &spawned, &error));
  close_spawned (&spawned);
  pid = (pid_t) fixture_find_child (getpid ());
  g_assert_no_errno (prlimit (pid, RLIMIT_NOFILE, NULL, &before));
  few = (struct rlimit) { JT_RUN_FD_PIPE, before.rlim_max };
  g_assert_no_errno (prlimit (pid, RLIMIT_NOFILE, &few, NULL));
  g_assert_false (start_one (spawner, &spawned, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_OVERLOADED);
  g_assert_cmpstr (error->message, ==, "could not start the supervisor: Too many open files");
  g_clear_error (&error);
  g_assert_no_errno (prlimit (pid, RLIMIT_NOFILE, &before, NULL));
  g_assert_true (start_one (spawner, &spawned, &error));
  g_assert_cmpint (spawned.pidfd, >=, 0);
  close_spawned (&spawned);
  g_assert_cmpint (fixture_find_child (getpid ()), ==, pid);
  jt_spawner_free (spawner);
}

/* --- the program alone --- */

static pid_t
execute_spawner (int *socket_fd)
{
  int fds[2];
  pid_t pid;

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
  pid = fork ();
  if (pid == 0)
    {
      dup2 (fds[1], JT_SPAWNER_FD_SOCKET);
      execl (fixture_supervisor, "jobtracker-run", "--spawner", NULL);
      _exit (98);
    }
  close (fds[1]);
  *socket_fd = fds[0];
  return pid;
}

static void
test_refuses (Fixture *f, gconstpointer data)
{
  JtSpawnRequest request = { .run = 1, .attempt = 1 };
  JtSpawnAnswer answer = { 0 };
  int socket_fd;
  int status;
  pid_t pid = execute_spawner (&socket_fd);

  /* without descriptors */
  g_assert_cmpint (send (socket_fd, &request, sizeof request, 0), ==, sizeof request);
  g_assert_cmpint (recv (socket_fd, &answer, sizeof answer, 0), ==, sizeof answer);
  g_assert_cmpint (answer.error, ==, EPROTO);
  /* of another size */
  answer.error = 0;
  g_assert_cmpint (send (socket_fd, &request, 3, 0), ==, 3);
  g_assert_cmpint (recv (socket_fd, &answer, sizeof answer, 0), ==, sizeof answer);
  g_assert_cmpint (answer.error, ==, EPROTO);
  /* and it goes with whoever started it, however that one went */
  close (socket_fd);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

#define ADD(path, function) g_test_add ("/spawner/" path, Fixture, NULL, fixture_setup, function, fixture_teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  fixture_supervisor = argv[1];
  ADD ("ended", test_ended);
  ADD ("too-late", test_too_late);
  ADD ("no-descriptors", test_no_descriptors);
  ADD ("refuses", test_refuses);
  return g_test_run ();
}
