/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-error.h"
#include "jt-file-limit.h"
#include "jt-orphan.h"
#include "jt-run-folder.h"
#include "platform-fixture.h"

static const char *mute_spawner;

static char *
count_line (Fixture *f, const char *rest)
{
  return g_strdup_printf ("echo ran >> %s; %s", f->witness, rest);
}

static void
assert_ran (Fixture *f, guint times)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  g_file_get_contents (f->witness, &text, &length, NULL);
  g_assert_cmpuint (length / strlen ("ran\n"), ==, times);
}

static void
recover (Fixture *f, const char *line, gboolean same_boot)
{
  g_autoptr (JtSettings) settings = fixture_settings (line, NULL);

  jt_executor_recover (f->executor, f->run, settings, same_boot);
}

static int
lock_state (Fixture *f)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *path = fixture_path (f, "1.state");
  int fd = open (path, O_RDWR | O_APPEND | O_CLOEXEC);

  g_assert_no_errno (fd);
  g_assert_no_errno (fcntl (fd, F_OFD_SETLK, &lock));
  return fd;
}

/* Whatever was handed to the pool is done: each of its answers wakes the loop. */
static void
wait_absent (Fixture *f, const char *name)
{
  g_autofree char *path = fixture_path (f, name);

  while (g_file_test (path, G_FILE_TEST_EXISTS))
    g_main_context_iteration (NULL, TRUE);
}

/* --- starting --- */

static void
note_removed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
test_start (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean is_removed = FALSE;
  g_autofree char *line = count_line (f, "echo out; exit 5");
  g_autofree char *folder = fixture_path (f, "");
  g_autofree char *state = NULL;
  struct stat st;

  fixture_start (f, line, NULL);
  fixture_wait_ended (f);
  g_assert_cmpuint (f->n_started, ==, 1);
  g_assert_cmpint (f->started.pid, >, 1);
  g_assert_cmpuint (f->started.pid_start_time, >, 0);
  g_assert_cmpuint (f->started.log_offset, ==, 0);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_cmpint (f->ended.exit_code, ==, 5);
  g_assert_cmpint (f->ended.signal, ==, 0);
  g_assert_false (f->ended.timed_out);
  g_assert_false (f->ended.was_stopped);
  g_assert_cmpint (f->ended.started_usec, ==, f->started.started_usec);
  g_assert_cmpint (f->ended.finished_usec, >=, f->ended.started_usec);
  g_assert_cmpuint (f->ended.log_size_bytes, ==, strlen ("2026-01-02T03:04:05.123456789Z stdout F out\n"));
  g_assert_null (f->reason);
  assert_ran (f, 1);
  g_assert_no_errno (g_stat (folder, &st));
  g_assert_cmpint (st.st_mode & 07777, ==, 0700);
  /* The end is durable: the state goes, the log stays; then the log. */
  jt_executor_forget (f->executor, 1001, 1);
  wait_absent (f, "1.state");
  state = fixture_read (f, "log");
  g_assert_nonnull (state);
  g_array_append_val (runs, f->run->id);
  jt_executor_remove_logs (f->executor, runs, note_removed, &is_removed);
  while (!is_removed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
test_variables (Fixture *f, gconstpointer data)
{
  g_autofree char *log = NULL;

  f->run->scheduled_usec = G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC;
  fixture_start (f, "echo $JOBTRACKER_JOB $JOBTRACKER_RUN $JOBTRACKER_ATTEMPT $JOBTRACKER_SCHEDULED_FOR $A",
                 "'environment': <['A=b', 'JOBTRACKER_RUN=7']>");
  fixture_wait_ended (f);
  log = fixture_read (f, "log");
  g_assert_nonnull (strstr (log, " stdout F backup 1001 1 2023-11-14T22:13:20Z b\n"));
}

/* The daemon may open many files; what a job may, is as if it had not asked for that, and the job's own setting counts. */
static void
test_file_limit (Fixture *f, gconstpointer own)
{
  struct rlimit before;
  struct rlimit during;
  g_autofree char *expected = NULL;
  g_autofree char *log = NULL;

  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &before));
  during = before;
  during.rlim_cur = 256;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &during));
  jt_file_limit_raise ();
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &during));
  g_assert_cmpuint (during.rlim_cur, ==, before.rlim_max);
  fixture_start (f, "echo $(ulimit -Sn) $(ulimit -Hn)", own);
  fixture_wait_ended (f);
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &before));
  log = fixture_read (f, "log");
  expected = own != NULL ? g_strdup (" stdout F 100 200\n")
                         : g_strdup_printf (" stdout F 256 %" G_GUINT64_FORMAT "\n", (guint64) before.rlim_max);
  g_test_message ("%s", log);
  g_assert_nonnull (strstr (log, expected));
}

static void
test_signal (Fixture *f, gconstpointer data)
{
  fixture_start (f, "kill -9 $$", NULL);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_cmpint (f->ended.signal, ==, SIGKILL);
  g_assert_cmpint (f->ended.exit_code, ==, -1);
}

static void
test_timeout (Fixture *f, gconstpointer data)
{
  fixture_start (f, "sleep 1000", "'timeout': <uint64 50000>");
  fixture_wait_ended (f);
  g_assert_true (f->ended.timed_out);
  g_assert_cmpint (f->ended.signal, ==, SIGTERM);
}

static void
test_start_failed (Fixture *f, gconstpointer data)
{
  fixture_start (f, "true", "'working-directory': <'/nowhere'>");
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_START_FAILED);
  g_assert_cmpstr (f->reason, ==, "cannot enter /nowhere: No such file or directory");
}

/* The owner's number has been given to somebody else since. */
static void
test_other_owner (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "true");

  f->run->owner += 1;
  fixture_start (f, line, NULL);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_START_FAILED);
  g_assert_nonnull (strstr (f->reason, "is no longer the account that owns the job"));
  assert_ran (f, 0);
}

/* A second attempt goes on in the same log. */
static void
test_second_attempt (Fixture *f, gconstpointer data)
{
  g_autofree char *log = NULL;
  guint64 size;

  fixture_start (f, "echo out $JOBTRACKER_ATTEMPT", NULL);
  fixture_wait_ended (f);
  size = f->ended.log_size_bytes;
  f->run->attempt = 2;
  f->n_started = f->n_ended = 0;
  fixture_start (f, "echo out $JOBTRACKER_ATTEMPT", NULL);
  fixture_wait_ended (f);
  g_assert_cmpuint (f->started.log_offset, ==, size);
  log = fixture_read (f, "log");
  g_assert_nonnull (strstr (log, " out 1\n"));
  g_assert_nonnull (strstr (log, " out 2\n"));
}

/* A state file that nobody made for this attempt: nothing is started over it, nothing of it is believed. */
static void
test_foreign_state (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "true");

  fixture_write (f, "1.state", "started 1 2 3 4 5\nresult exit 0 9 0 0 0 0 -\n", -1);
  fixture_start (f, line, NULL);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_START_FAILED);
  g_assert_nonnull (strstr (f->reason, "there is one already"));
  assert_ran (f, 0);
}

/* Spawners that go without an answer, and no supervisor to take the lock: three, then its way is barred and that is the end. */
static void
test_three_spawns (Fixture *f, gconstpointer data)
{
  g_autofree char *fake = g_build_filename (f->directory, "fake-supervisor", NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho ran >> %s\n", f->witness);
  g_autofree char *state = NULL;

  g_assert_true (g_file_set_contents_full (fake, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  fixture_make_executor (f, fake);
  fixture_start (f, "true", NULL);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_START_FAILED);
  g_assert_cmpstr (f->reason, ==, "no supervisor came up in three tries");
  assert_ran (f, 3);
  state = fixture_read (f, "1.state");
  g_assert_cmpstr (state, ==, "abandoned\n");
}

/* A spawner that is no program: nothing was started, and nothing can be. */
static void
test_no_spawn (Fixture *f, gconstpointer data)
{
  g_autofree char *fake = g_build_filename (f->directory, "fake-supervisor", NULL);
  g_autofree char *state = NULL;

  g_assert_true (g_file_set_contents_full (fake, "#!/nowhere/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  fixture_make_executor (f, fake);
  fixture_start (f, "true", NULL);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_START_FAILED);
  g_assert_nonnull (strstr (f->reason, "could not start the supervisor"));
  state = fixture_read (f, "1.state");
  g_assert_cmpstr (state, ==, "abandoned\n");
}

static void
test_no_supervisor (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_local_executor_new (f->directory, "/nowhere/jobtracker-run", f->clock, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
}

static void
test_no_room (Fixture *f, gconstpointer data)
{
  g_autofree char *shard = g_build_filename (f->directory, "runs", "1", NULL);

  /* A file where the folder should be. */
  g_assert_true (g_file_set_contents (shard, "", 0, NULL));
  fixture_start (f, "true", NULL);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_START_FAILED);
  g_assert_nonnull (strstr (f->reason, "could not open the folder of run 1001"));
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
run_once_more (Fixture *f, const char *line)
{
  f->run->attempt++;
  f->n_started = f->n_ended = 0;
  fixture_start (f, line, NULL);
  fixture_wait_ended (f);
}

/* Nothing of many runs stays open, and no process unreaped. */
static void
test_no_leaks (Fixture *f, gconstpointer data)
{
  gint64 spawner = 0;
  guint before = 0;

  f->run->attempt = 0;
  for (guint i = 1; i <= 20; i++)
    {
      run_once_more (f, "true");
      if (i == 1)
        spawner = fixture_find_child (getpid ());
      g_assert_cmpint (spawner, >, 0);
      /* By the spawner or not at all: it does so of itself. */
      while (fixture_find_child (spawner) != 0)
        g_main_context_iteration (NULL, FALSE);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      if (i == 1)
        before = count_descriptors ();
    }
  g_assert_cmpint (fixture_find_child (getpid ()), ==, spawner);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

/* --- the spawner --- */

/* What a supervisor is known by, and what a job finds: as if each had been executed on its own. */
static void
test_surroundings (Fixture *f, gconstpointer data)
{
  g_autofree char *log = NULL;
  g_autoptr (GString) said = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;

  run_once_more (f, "true");
  run_once_more (f, "tr '\\0' ' ' < /proc/$PPID/cmdline; echo; cat /proc/$PPID/comm; ls -l /proc/$PPID/fd | grep -c socket: ; "
                    /* posix_spawn(3) leaves the C library's own two, 32 and 33, ignored */
                    "sed -n 's/^\\(SigIgn:.0000000\\)18/\\100/; /^Sig[BI]/p' /proc/self/status; "
                    /* 3 is the folder that it looks through */
                    "exec ls /proc/self/fd");
  g_assert_cmpint (f->ended.exit_code, ==, 0);
  log = fixture_read (f, "log");
  lines = g_strsplit (log, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_string_append_printf (said, "%s\n", g_strchomp (strstr (lines[i], " F ") + 3));
  g_assert_cmpstr (said->str, ==,
                   "jobtracker-run 1001 3\njobtracker-run\n0\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n1\n2\n3\n");
}

/* The next attempt brings another. */
static void
test_spawner_killed (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "exit 5");
  gint64 first;
  gint64 second;

  run_once_more (f, line);
  first = fixture_find_child (getpid ());
  g_assert_no_errno (kill ((pid_t) first, SIGKILL));
  while (fixture_is_alive (first))
    g_thread_yield ();
  run_once_more (f, line);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_cmpint (f->ended.exit_code, ==, 5);
  assert_ran (f, 2);
  second = fixture_find_child (getpid ());
  g_assert_cmpint (second, >, 0);
  g_assert_cmpint (second, !=, first);
  g_assert_cmpint (kill ((pid_t) first, 0), ==, -1);
}

/* Those it made do not need it. */
static void
test_spawner_killed_running (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo ran >> %s; read word < %s; exit 5", f->witness, f->fifo);

  fixture_start (f, line, NULL);
  fixture_wait_started (f);
  g_assert_no_errno (kill ((pid_t) fixture_find_child (getpid ()), SIGKILL));
  fixture_write_word (f);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.exit_code, ==, 5);
  assert_ran (f, 1);
}

/* With a request that it never took. */
static void
test_spawner_killed_asked (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "exit 5");
  g_autofree char *path = fixture_path (f, "3.state");
  gint64 spawner;

  run_once_more (f, "true");
  spawner = fixture_find_child (getpid ());
  g_assert_no_errno (kill ((pid_t) spawner, SIGSTOP));
  f->run->attempt = 3;
  f->n_started = f->n_ended = 0;
  fixture_start (f, line, NULL);
  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_thread_yield ();
  g_assert_no_errno (kill ((pid_t) spawner, SIGKILL));
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.exit_code, ==, 5);
  assert_ran (f, 1);
}

/* Killed when the supervisor was made, but before it said so. */
static void
test_spawner_mute (Fixture *f, gconstpointer data)
{
  g_autofree char *wait = g_strdup_printf ("echo 1 > %s; sleep 1000", f->fifo);
  g_autofree char *line = count_line (f, data != NULL ? wait : "exit 5");

  fixture_make_executor (f, mute_spawner);
  fixture_start (f, line, NULL);
  if (data != NULL)
    {
      fixture_wait_started (f);
      fixture_read_number (f);
      jt_executor_stop (f->executor, 1001, 1);
    }
  fixture_wait_ended (f);
  g_assert_cmpint (f->n_started, ==, 1);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_cmpint (f->ended.exit_code, ==, data != NULL ? -1 : 5);
  assert_ran (f, 1);
}

/* --- stopping --- */

static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("trap 'exit 9' TERM; echo 1 > %s; sleep 1000 & wait", f->fifo);

  fixture_start (f, line, NULL);
  fixture_wait_started (f);
  fixture_read_number (f);
  jt_executor_stop (f->executor, 1001, 1);
  jt_executor_stop (f->executor, 1001, 1);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_true (f->ended.was_stopped);
  g_assert_cmpint (f->ended.exit_code, ==, 9);
  /* Over: harmless. */
  jt_executor_stop (f->executor, 1001, 1);
  jt_executor_abandon (f->executor, 1001, 1);
}

/* At once after the start: it never ran, or it was stopped; there is one end. */
static void
test_abandon_at_once (Fixture *f, gconstpointer data)
{
  g_autofree char *state = NULL;

  fixture_start (f, "sleep 1000", NULL);
  if (data != NULL)
    jt_executor_stop (f->executor, 1001, 1);
  else
    jt_executor_abandon (f->executor, 1001, 1);
  fixture_wait_ended (f);
  state = fixture_read (f, "1.state");
  if (f->ended.end == JT_END_ABANDONED)
    g_assert_cmpstr (state, ==, "abandoned\n");
  else
    g_assert_true (f->ended.was_stopped);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_ended, ==, 1);
}

static void
test_send_signal (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("trap 'exit 7' USR2; echo 1 > %s; sleep 1000 & wait", f->fifo);
  g_autoptr (GError) error = NULL;

  fixture_start (f, line, NULL);
  g_assert_false (jt_executor_send_signal (f->executor, 1001, 1, SIGUSR2, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  fixture_wait_started (f);
  fixture_read_number (f);
  g_assert_true (jt_executor_send_signal (f->executor, 1001, 1, SIGUSR2, &error));
  g_assert_no_error (error);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.exit_code, ==, 7);
}

/* --- the recovery table --- */

typedef struct
{
  const char  *state;     /* NULL: absent */
  gboolean     same_boot;
  JtAttemptEnd end;
  const char  *reason;
  guint        ran;
  int          exit_code;
  JtRunState   on_record; /* what the record says; anything but starting: the file was there */
} Row;

#define RESULT "started 2147483647 2 3000000 2147483646 0\nresult exit 4 4000000 5 6 7 8 -\n"
#define STARTED "started 2147483647 2 3000000 2147483646 0\n"

static const Row rows[] = {
  { RESULT, FALSE, JT_END_RESULT, NULL, 0, 4 },
  { STARTED, FALSE, JT_END_LOST, "exit-unknown", 0, -1 },
  { "", FALSE, JT_END_LOST, "start-unknown", 0, -1 },
  { NULL, FALSE, JT_END_LOST, "start-unknown", 0, -1 },
  { "abandoned\n", FALSE, JT_END_LOST, "start-unknown", 0, -1 },
  { RESULT, TRUE, JT_END_RESULT, NULL, 0, 4 },
  { STARTED, TRUE, JT_END_LOST, "exit-unknown", 0, -1 },
  { "star", TRUE, JT_END_LOST, "exit-unknown", 0, -1 },
  { "", TRUE, JT_END_RESULT, NULL, 1, 0 },
  { NULL, TRUE, JT_END_LOST, "start-unknown", 0, -1 },
  { NULL, TRUE, JT_END_RESULT, NULL, 1, 0, JT_RUN_STARTING },
  { NULL, FALSE, JT_END_LOST, "start-unknown", 0, -1, JT_RUN_STARTING },
  { STARTED, TRUE, JT_END_LOST, "exit-unknown", 0, -1, JT_RUN_STARTING },
  { "abandoned\n", TRUE, JT_END_ABANDONED, NULL, 0, -1 },
  { "result start-failed 0 4000000 0 0 0 0 - cannot execute /x: \033[1m\377\n", TRUE, JT_END_START_FAILED,
    "cannot execute /x:  [1m\357\277\275", 0, -1 },
};

static void
test_row (Fixture *f, gconstpointer data)
{
  const Row *row = data;
  g_autofree char *line = count_line (f, "exit 0");

  if (row->state != NULL)
    fixture_write (f, "1.state", row->state, -1);
  if (row->on_record != JT_RUN_QUEUED)
    f->run->state = row->on_record;
  recover (f, line, row->same_boot);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, row->end);
  g_assert_cmpstr (f->reason, ==, row->reason);
  g_assert_cmpint (f->ended.exit_code, ==, row->exit_code);
  assert_ran (f, row->ran);
  if (g_strcmp0 (row->state, RESULT) != 0)
    return;
  g_assert_cmpint (f->ended.started_usec, ==, 3000000);
  g_assert_cmpint (f->ended.finished_usec, ==, 4000000);
  g_assert_cmpuint (f->ended.cpu_usec, ==, 5);
  g_assert_cmpuint (f->ended.memory_peak_bytes, ==, 6);
  g_assert_cmpuint (f->ended.log_size_bytes, ==, 7);
  g_assert_cmpuint (f->ended.log_dropped_bytes, ==, 8);
}

/* No descriptor was left to look with: that says nothing about the file. */
static void
test_no_descriptors (Fixture *f, gconstpointer data)
{
  g_autofree char *runs = g_build_filename (f->directory, "runs", NULL);
  int runs_fd = open (runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct rlimit before, none;
  JtStateRecord record;
  int pidfd, watch;

  fixture_write (f, "1.state", RESULT, -1);
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &before));
  none = before;
  none.rlim_cur = 3;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &none));
  jt_run_folder_inspect (runs_fd, 1001, 1, -1, &record, &pidfd, &watch);
  g_assert_cmpint (jt_run_folder_abandon (runs_fd, 1001, 1), ==, JT_ABANDON_FAILED);
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &before));
  g_assert_cmpint (record.state, ==, JT_FILE_UNKNOWN);
  close (runs_fd);
}

/* Recovery twice: nothing is started twice. */
static void
test_recover_twice (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "exit 0");

  fixture_write (f, "1.state", "", 0);
  recover (f, line, TRUE);
  fixture_wait_ended (f);
  fixture_make_executor (f, fixture_supervisor);
  recover (f, line, TRUE);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  assert_ran (f, 1);
}

/* Somebody holds the lock over a file without a pid: looked at again until it says more. */
static void
test_held_empty (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "exit 0");
  int fd;

  fixture_write (f, "1.state", "", 0);
  fd = lock_state (f);
  recover (f, line, TRUE);
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->n_started + f->n_ended, ==, 0);
  g_assert_cmpint (write (fd, RESULT, strlen (RESULT)), ==, strlen (RESULT));
  close (fd);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.exit_code, ==, 4);
  assert_ran (f, 0);
}

/* Its holder goes without a word: it never ran, so it is started. */
static void
test_held_then_free (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "exit 0");
  int fd;

  fixture_write (f, "1.state", "", 0);
  fd = lock_state (f);
  recover (f, line, TRUE);
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, TRUE);
  close (fd);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  assert_ran (f, 1);
}

/* Cancelled before the service came back: the empty file is barred, nothing runs. */
static void
test_recover_abandon (Fixture *f, gconstpointer data)
{
  g_autofree char *line = count_line (f, "exit 0");
  g_autofree char *state = NULL;

  fixture_write (f, "1.state", "", 0);
  recover (f, line, TRUE);
  jt_executor_abandon (f->executor, 1001, 1);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_ABANDONED);
  assert_ran (f, 0);
  state = fixture_read (f, "1.state");
  g_assert_cmpstr (state, ==, "abandoned\n");
}

static void
start_waiting_job (Fixture *f, const char *end)
{
  g_autofree char *line = g_strdup_printf ("echo ran >> %s; trap 'exit 9' TERM; read word < %s; %s", f->witness, f->fifo, end);

  fixture_start (f, line, NULL);
  fixture_wait_started (f);
}

static void
test_adopt (Fixture *f, gconstpointer data)
{
  JtAttemptReport first;

  start_waiting_job (f, "echo said; exit 5");
  first = f->started;
  fixture_make_executor (f, fixture_supervisor);
  recover (f, "exit 0", TRUE);
  fixture_wait_started (f);
  g_assert_cmpint (f->started.pid, ==, first.pid);
  g_assert_cmpuint (f->started.pid_start_time, ==, first.pid_start_time);
  g_assert_cmpint (f->started.started_usec, ==, first.started_usec);
  fixture_write_word (f);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_cmpint (f->ended.exit_code, ==, 5);
  assert_ran (f, 1);
}

static void
test_adopt_stop (Fixture *f, gconstpointer data)
{
  start_waiting_job (f, "exit 5");
  fixture_make_executor (f, fixture_supervisor);
  recover (f, "exit 0", TRUE);
  /* Before it is known that it runs. */
  jt_executor_abandon (f->executor, 1001, 1);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_RESULT);
  g_assert_true (f->ended.was_stopped);
}

static void
test_adopt_signal (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  start_waiting_job (f, "exit 5");
  fixture_make_executor (f, fixture_supervisor);
  recover (f, "exit 0", TRUE);
  fixture_wait_started (f);
  g_assert_true (jt_executor_send_signal (f->executor, 1001, 1, SIGKILL, &error));
  g_assert_no_error (error);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.signal, ==, SIGKILL);
}

/* The result is taken from the file as soon as it is written, though the supervisor stays. */
static void
test_adopt_watch (Fixture *f, gconstpointer data)
{
  g_autofree char *started = g_strdup_printf ("started %d 2 3000000 %d 0\n", getpid (), getpid ());
  int fd;

  fixture_write (f, "1.state", started, -1);
  fd = lock_state (f);
  recover (f, "exit 0", TRUE);
  fixture_wait_started (f);
  g_assert_cmpint (write (fd, "result exit 4 4000000 5 6 7 8 -\n", 32), ==, 32);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.exit_code, ==, 4);
  close (fd);
}

static gint64
read_supervisor (Fixture *f)
{
  g_autofree char *state = fixture_read (f, "1.state");
  long supervisor = 0;

  g_assert_cmpint (sscanf (state, "started %*d %*u %*u %ld", &supervisor), ==, 1);
  return supervisor;
}

static void
test_supervisor_killed (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo ran >> %s; echo $$ > %s; sleep 1000; exit 5", f->witness, f->fifo);
  gint64 job;

  fixture_start (f, line, NULL);
  fixture_wait_started (f);
  job = fixture_read_number (f);
  g_assert_cmpint (job, ==, f->started.pid);
  if (data != NULL)
    {
      fixture_make_executor (f, fixture_supervisor);
      recover (f, "exit 0", TRUE);
      fixture_wait_started (f);
    }
  g_assert_no_errno (kill ((pid_t) read_supervisor (f), SIGKILL));
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_LOST);
  g_assert_cmpstr (f->reason, ==, "exit-unknown");
  /* What nobody watches any more does not go on. */
  while (fixture_is_alive (job))
    g_thread_yield ();
  assert_ran (f, 1);
}

/* The pid belongs to another process by now: that is left alone. */
static void
test_orphan_is_another (Fixture *f, gconstpointer data)
{
  g_autofree char *started = NULL;
  char *argv[] = { (char *) "/bin/sleep", (char *) "1000", NULL };
  GPid other;

  g_assert_true (g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &other, NULL));
  started = g_strdup_printf ("started %d %" G_GUINT64_FORMAT " 3000000 2147483646 0\n", other, jt_process_read_start_time (other) + 1);
  fixture_write (f, "1.state", started, -1);
  recover (f, "exit 0", TRUE);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.end, ==, JT_END_LOST);
  g_assert_cmpint (waitpid (other, NULL, WNOHANG), ==, 0);
  kill (other, SIGKILL);
  waitpid (other, NULL, 0);
}

/* --- files --- */

/* An empty state file is never taken away: somebody may still be sent to it. */
static void
test_forget_empty (Fixture *f, gconstpointer data)
{
  g_autofree char *state = NULL;
  int runs_fd;
  g_autofree char *runs = g_build_filename (f->directory, "runs", NULL);

  fixture_write (f, "1.state", "", 0);
  runs_fd = open (runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  jt_run_folder_forget (runs_fd, 1001, 1);
  state = fixture_read (f, "1.state");
  g_assert_cmpstr (state, ==, "");
  fixture_write (f, "1.state", "abandoned\n", -1);
  jt_run_folder_forget (runs_fd, 1001, 1);
  g_clear_pointer (&state, g_free);
  state = fixture_read (f, "1.state");
  g_assert_null (state);
  close (runs_fd);
}

static void
test_remove_all (Fixture *f, gconstpointer data)
{
  g_autofree char *runs = g_build_filename (f->directory, "runs", NULL);
  g_autofree char *folder = fixture_path (f, "");
  int runs_fd = open (runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int lock;

  fixture_write (f, "1.state", "", 0);
  fixture_write (f, "2.tail", "tail of one that was killed", -1);
  fixture_write (f, "log", "log", -1);
  lock = lock_state (f);
  jt_run_folder_remove (runs_fd, 1001);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  close (lock);
  jt_run_folder_remove (runs_fd, 1001);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  close (runs_fd);
}

static void
test_abandon_results (Fixture *f, gconstpointer data)
{
  g_autofree char *runs = g_build_filename (f->directory, "runs", NULL);
  int runs_fd = open (runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int lock;

  g_assert_cmpint (jt_run_folder_abandon (runs_fd, 1001, 1), ==, JT_ABANDON_ABSENT);
  fixture_write (f, "1.state", "", 0);
  lock = lock_state (f);
  g_assert_cmpint (jt_run_folder_abandon (runs_fd, 1001, 1), ==, JT_ABANDON_TAKEN);
  close (lock);
  g_assert_cmpint (jt_run_folder_abandon (runs_fd, 1001, 1), ==, JT_ABANDON_DONE);
  g_assert_cmpint (jt_run_folder_abandon (runs_fd, 1001, 1), ==, JT_ABANDON_TAKEN);
  close (runs_fd);
}

#define ADD(path, data, function) g_test_add ("/local-executor/" path, Fixture, data, fixture_setup, function, fixture_teardown)

static void
add_recovery_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/local-executor/recovery/row-%u", i);

      g_test_add (path, Fixture, &rows[i], fixture_setup, test_row, fixture_teardown);
    }
  ADD ("recovery/no-descriptors", NULL, test_no_descriptors);
  ADD ("recovery/twice", NULL, test_recover_twice);
  ADD ("recovery/held-empty", NULL, test_held_empty);
  ADD ("recovery/held-then-free", NULL, test_held_then_free);
  ADD ("recovery/abandon", NULL, test_recover_abandon);
  ADD ("adopt/result", NULL, test_adopt);
  ADD ("adopt/stop", NULL, test_adopt_stop);
  ADD ("adopt/signal", NULL, test_adopt_signal);
  ADD ("adopt/watch", NULL, test_adopt_watch);
  ADD ("lost/supervisor-killed", NULL, test_supervisor_killed);
  ADD ("lost/adopted-supervisor-killed", "adopted", test_supervisor_killed);
  ADD ("lost/orphan-is-another", NULL, test_orphan_is_another);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  fixture_supervisor = argv[1];
  mute_spawner = argv[2];
  ADD ("start/result", NULL, test_start);
  ADD ("start/variables", NULL, test_variables);
  ADD ("start/signal", NULL, test_signal);
  ADD ("start/timeout", NULL, test_timeout);
  ADD ("start/failed", NULL, test_start_failed);
  ADD ("start/other-owner", NULL, test_other_owner);
  ADD ("start/second-attempt", NULL, test_second_attempt);
  ADD ("start/foreign-state", NULL, test_foreign_state);
  ADD ("start/three-spawns", NULL, test_three_spawns);
  ADD ("start/no-spawn", NULL, test_no_spawn);
  ADD ("start/no-supervisor", NULL, test_no_supervisor);
  ADD ("start/no-room", NULL, test_no_room);
  ADD ("start/no-leaks", NULL, test_no_leaks);
  ADD ("spawner/surroundings", NULL, test_surroundings);
  ADD ("spawner/killed", NULL, test_spawner_killed);
  ADD ("spawner/killed-running", NULL, test_spawner_killed_running);
  ADD ("spawner/killed-asked", NULL, test_spawner_killed_asked);
  ADD ("spawner/mute", NULL, test_spawner_mute);
  ADD ("spawner/mute-stop", "stop", test_spawner_mute);
  ADD ("stop/running", NULL, test_stop);
  ADD ("stop/abandon-at-once", NULL, test_abandon_at_once);
  ADD ("stop/stop-at-once", "stop", test_abandon_at_once);
  ADD ("stop/send-signal", NULL, test_send_signal);
  add_recovery_tests ();
  ADD ("files/forget-empty", NULL, test_forget_empty);
  ADD ("files/remove-all", NULL, test_remove_all);
  ADD ("files/abandon-results", NULL, test_abandon_results);
  /* Last, for what it changes stays. */
  ADD ("limits/files", NULL, test_file_limit);
  ADD ("limits/files-own", "'limits': <['nofile=100:200']>", test_file_limit);
  return g_test_run ();
}
