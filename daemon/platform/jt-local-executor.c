/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-local-executor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-error.h"
#include "jt-log-archive.h"
#include "jt-log-reader.h"
#include "jt-orphan.h"
#include "jt-run-folder.h"
#include "jt-run-housekeeping.h"
#include "jt-run-spec.h"
#include "jt-spawner.h"
#include "jt-tracked-logs.h"

#define POOL_THREADS 2
#define MAX_SPAWNS 3
/* A spawner answers within a millisecond; one that does not for so long is stopped or broken. */
#define SPAWNER_TIMEOUT_MSEC 10000
/* A held lock over a file without a pid: a supervisor between its first two steps. */
#define LOOK_AGAIN_MSEC 10
#define LOOK_AGAIN_TIMES 500
#define LOOK_AGAIN_SLOW_MSEC 1000
#define LINE_BYTES 2048

struct _JtLocalExecutor
{
  GObject      parent;
  JtSpawner   *spawner;  /* (owned) */
  JtClock     *clock;    /* (owned) */
  int          runs_fd;
  int          inotify_fd;     /* -1: none to be had */
  GSource     *inotify_source; /* (owned) (nullable) */
  GThreadPool *pool;           /* (owned) */
  GHashTable  *attempts; /* make_key() → Attempt (owned): those that have not ended, or whose supervisor has not */
  JtLogArchive *archive; /* (owned) */
  JtTrackedLogs *logs;   /* (owned) of runs that others do */
  GHashTable  *watches;  /* inotify watch → Attempt (unowned): of those adopted */
};

typedef struct
{
  gatomicrefcount  ref_count;
  JtLocalExecutor *executor; /* (unowned): outlives its attempts, but for those a thread still holds */
  guint64          key;
  guint64          run;
  guint            number;
  GByteArray      *spec;
  gboolean         same_boot;
  gboolean         is_recovered; /* its state file was made in an earlier life */
  gboolean         is_unstarted; /* on record it is committed and no more */
  gboolean         is_spawning;  /* the answer to that is still to come, and what was seen before it is old */
  guint            spawns;
  guint            looks;
  int              watch;        /* -1: its state file is not watched */
  char            *failure;      /* (owned) (nullable) it is being given up for this reason */
  JtSpawned        process;   /* no pipe: adopted */
  GSource         *pipe_source;
  GSource         *end_source;
  GSource         *look_source;
  char             line[LINE_BYTES];
  gsize            line_length;
  JtStateRecord    record;
  gboolean         has_told_start;
  gboolean         has_told_end;
  gboolean         wants_stop;
  gboolean         is_disposed;
} Attempt;

typedef enum
{
  TASK_SPAWN,
  TASK_INSPECT,
  TASK_ABANDON,
  TASK_FORGET,
} TaskKind;

/* One piece of work for the pool, and its answer. */
typedef struct
{
  TaskKind         kind;
  JtLocalExecutor *executor; /* (owned) */
  Attempt         *attempt;  /* (owned) (nullable) */
  guint64          run;
  guint            number;
  gboolean         same_boot;
  gboolean         creates;   /* the state file must not be there yet */
  gboolean         is_foreign;/* but it was */
  int              watch;
  JtAbandonResult  abandoned;
  JtSpawned        process;
  JtStateRecord    record;
  GError          *error;    /* (owned) */
} Task;

static void submit (Attempt *attempt, TaskKind kind);

/* A retry may begin before the supervisor of the attempt before has ended. Attempts number at most 101. */
static guint64
make_key (guint64 run, guint number)
{
  return run * 128 + number;
}

static void
clear_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static Attempt *
attempt_ref (Attempt *attempt)
{
  g_atomic_ref_count_inc (&attempt->ref_count);
  return attempt;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
attempt_unref (Attempt *attempt)
{
  if (!g_atomic_ref_count_dec (&attempt->ref_count))
    return;
  g_byte_array_unref (attempt->spec);
  g_free (attempt->failure);
  g_free (attempt);
}

static void
stop_watching (Attempt *attempt)
{
  if (attempt->watch < 0)
    return;
  g_hash_table_remove (attempt->executor->watches, GINT_TO_POINTER (attempt->watch));
  inotify_rm_watch (attempt->executor->inotify_fd, attempt->watch);
  attempt->watch = -1;
}

static void
close_process (Attempt *attempt)
{
  stop_watching (attempt);
  clear_source (&attempt->pipe_source);
  clear_source (&attempt->end_source);
  clear_source (&attempt->look_source);
  clear_fd (&attempt->process.pipe_fd);
  clear_fd (&attempt->process.pidfd);
}

static void
attempt_dispose (gpointer data)
{
  Attempt *attempt = data;

  attempt->is_disposed = TRUE;
  close_process (attempt);
  attempt_unref (attempt);
}

/* --- telling --- */

static JtAttemptReport
make_report (const JtStateRecord *record)
{
  JtAttemptReport report = {
    .started_usec = record->started_usec,
    .pid = record->pid,
    .pid_start_time = record->pid_start_time,
    .log_offset = record->log_offset,
    .exit_code = -1,
  };

  return report;
}

static void
tell_start (Attempt *attempt)
{
  JtAttemptReport report = make_report (&attempt->record);

  if (attempt->has_told_start || attempt->has_told_end || attempt->record.pid == 0)
    return;
  attempt->has_told_start = TRUE;
  jt_executor_emit_started (JT_EXECUTOR (attempt->executor), attempt->run, attempt->number, &report);
}

static void
tell_end (Attempt *attempt, JtAttemptReport *report)
{
  if (attempt->has_told_end)
    return;
  attempt->has_told_end = TRUE;
  jt_executor_emit_ended (JT_EXECUTOR (attempt->executor), attempt->run, attempt->number, report);
}

static void
tell_failure (Attempt *attempt, JtAttemptEnd end, const char *reason)
{
  JtAttemptReport report = make_report (&attempt->record);

  report.end = end;
  report.reason = reason;
  report.finished_usec = jt_clock_get_realtime (attempt->executor->clock);
  tell_end (attempt, &report);
}

static void
tell_result (Attempt *attempt)
{
  const JtStateRecord *record = &attempt->record;
  JtAttemptReport report = make_report (record);

  report.end = g_str_equal (record->kind, "start-failed") ? JT_END_START_FAILED : JT_END_RESULT;
  if (g_str_equal (record->kind, "signal"))
    report.signal = record->code;
  else if (g_str_equal (record->kind, "exit"))
    report.exit_code = record->code;
  report.finished_usec = record->finished_usec;
  report.timed_out = strchr (record->flags, 't') != NULL;
  report.was_stopped = strchr (record->flags, 's') != NULL;
  report.cpu_usec = record->cpu_usec;
  report.memory_peak_bytes = record->memory_bytes;
  report.log_size_bytes = record->log_size_bytes;
  report.log_dropped_bytes = record->dropped_bytes;
  report.reason = *record->reason != '\0' ? record->reason : NULL;
  tell_end (attempt, &report);
}

/* --- following a supervisor --- */

static void
take_line (Attempt *attempt, const char *line)
{
  jt_state_record_take_line (&attempt->record, line);
  if (attempt->record.state == JT_FILE_STARTED)
    tell_start (attempt);
  else if (attempt->record.state == JT_FILE_RESULT)
    {
      tell_start (attempt);
      tell_result (attempt);
    }
}

static gboolean
drain_pipe (Attempt *attempt)
{
  gssize n = -1;

  while (attempt->process.pipe_fd >= 0 &&
         (n = read (attempt->process.pipe_fd, attempt->line + attempt->line_length, sizeof attempt->line - 1 - attempt->line_length)) > 0)
    {
      char *newline;

      attempt->line_length += (gsize) n;
      attempt->line[attempt->line_length] = '\0';
      while ((newline = strchr (attempt->line, '\n')) != NULL)
        {
          *newline = '\0';
          take_line (attempt, attempt->line);
          attempt->line_length -= (gsize) (newline + 1 - attempt->line);
          memmove (attempt->line, newline + 1, attempt->line_length + 1);
        }
    }
  return n != 0;
}

static gboolean
pipe_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GObject) keep = g_object_ref (G_OBJECT (((Attempt *) user_data)->executor));
  Attempt *attempt = attempt_ref (user_data);
  gboolean goes_on = drain_pipe (attempt);

  if (!goes_on)
    g_clear_pointer (&attempt->pipe_source, g_source_unref);
  attempt_unref (attempt);
  return goes_on ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
drop_attempt (Attempt *attempt)
{
  if (!attempt->is_disposed && g_hash_table_lookup (attempt->executor->attempts, &attempt->key) == attempt)
    g_hash_table_remove (attempt->executor->attempts, &attempt->key);
}

static gboolean
supervisor_ended_cb (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GObject) keep = g_object_ref (G_OBJECT (((Attempt *) user_data)->executor));
  Attempt *attempt = attempt_ref (user_data);

  drain_pipe (attempt);
  close_process (attempt);
  /* Without a result on the pipe, the file has the last word. */
  if (attempt->has_told_end)
    drop_attempt (attempt);
  else
    submit (attempt, TASK_INSPECT);
  attempt_unref (attempt);
  return G_SOURCE_REMOVE;
}

static void
follow_pipe (Attempt *attempt)
{
  attempt->pipe_source = g_unix_fd_source_new (attempt->process.pipe_fd, G_IO_IN | G_IO_HUP);
  g_source_set_callback (attempt->pipe_source, G_SOURCE_FUNC (pipe_ready_cb), attempt, NULL);
  g_source_attach (attempt->pipe_source, NULL);
}

static void
follow_end (Attempt *attempt)
{
  attempt->end_source = g_unix_fd_source_new (attempt->process.pidfd, G_IO_IN);
  g_source_set_callback (attempt->end_source, G_SOURCE_FUNC (supervisor_ended_cb), attempt, NULL);
  g_source_attach (attempt->end_source, NULL);
}

static void
send_to_supervisor (Attempt *attempt, int signal_number)
{
  if (attempt->process.pidfd >= 0)
    pidfd_send_signal (attempt->process.pidfd, signal_number, NULL, 0);
}

/* --- recovery: what the file and its lock say --- */

static gboolean
look_again_cb (gpointer user_data)
{
  Attempt *attempt = user_data;

  g_clear_pointer (&attempt->look_source, g_source_unref);
  submit (attempt, TASK_INSPECT);
  return G_SOURCE_REMOVE;
}

static void
look_again (Attempt *attempt)
{
  guint delay_msec = attempt->looks++ < LOOK_AGAIN_TIMES ? LOOK_AGAIN_MSEC : LOOK_AGAIN_SLOW_MSEC;

  clear_source (&attempt->look_source);
  attempt->look_source = g_timeout_source_new (delay_msec);
  g_source_set_callback (attempt->look_source, look_again_cb, attempt, NULL);
  g_source_attach (attempt->look_source, NULL);
}

/* The lock is held, and by whom is known for certain: that supervisor is followed as if we had started it. */
static void
adopt (Attempt *attempt, int *pidfd)
{
  tell_start (attempt);
  clear_source (&attempt->look_source);
  if (attempt->process.pidfd >= 0)
    return;
  attempt->process.pidfd = *pidfd;
  *pidfd = -1;
  follow_end (attempt);
  if (attempt->wants_stop)
    send_to_supervisor (attempt, SIGTERM);
}

/* A supervisor that was sent may yet come: its way is barred before the failure is told. */
static void
give_up (Attempt *attempt, const char *reason)
{
  g_free (attempt->failure);
  attempt->failure = g_strdup (reason);
  submit (attempt, TASK_ABANDON);
}

static void
on_spawned (Attempt *attempt, Task *task)
{
  attempt->is_spawning = FALSE;
  if (task->is_foreign)
    {
      tell_failure (attempt, JT_END_START_FAILED, task->error->message);
      drop_attempt (attempt);
      return;
    }
  if (task->error != NULL)
    {
      give_up (attempt, task->error->message);
      return;
    }
  if (task->process.pidfd >= 0)
    {
      close_process (attempt);
      attempt->process = task->process;
      task->process.pipe_fd = task->process.pidfd = -1;
      follow_pipe (attempt);
      follow_end (attempt);
    }
  else
    /* Nobody knows whether a supervisor is on its way: the file and its lock will tell, as after a restart. */
    look_again (attempt);
  if (attempt->wants_stop)
    submit (attempt, TASK_ABANDON);
}

static void
respawn (Attempt *attempt)
{
  if (attempt->wants_stop)
    submit (attempt, TASK_ABANDON);
  else if (attempt->spawns >= MAX_SPAWNS)
    give_up (attempt, "no supervisor came up in three tries");
  else
    submit (attempt, TASK_SPAWN);
}

static void
take_watch (Attempt *attempt, int watch)
{
  if (watch < 0 || attempt->watch >= 0)
    return;
  attempt->watch = watch;
  g_hash_table_insert (attempt->executor->watches, GINT_TO_POINTER (watch), attempt);
}

/* The recovery table of the design, row by row. */
static void
on_inspected (Attempt *attempt, Task *task)
{
  if (attempt->is_spawning)
    return;
  /* Its file may be gone by now, which says nothing any more. */
  if (attempt->has_told_end)
    {
      if (attempt->process.pidfd < 0)
        drop_attempt (attempt);
      return;
    }
  if (task->record.state == JT_FILE_UNKNOWN)
    {
      attempt->looks = MAX (attempt->looks, LOOK_AGAIN_TIMES);
      look_again (attempt);
      return;
    }
  attempt->record = task->record;
  if (attempt->record.state != JT_FILE_ABSENT)
    attempt->is_unstarted = FALSE;
  take_watch (attempt, task->watch);
  if (attempt->record.state == JT_FILE_RESULT)
    {
      tell_start (attempt);
      tell_result (attempt);
    }
  else if (!attempt->same_boot)
    tell_failure (attempt, JT_END_LOST, attempt->record.state == JT_FILE_STARTED ? "exit-unknown" : "start-unknown");
  else if (attempt->record.state == JT_FILE_ABANDONED)
    tell_failure (attempt, JT_END_ABANDONED, NULL);
  else if (attempt->record.is_locked && (task->process.pidfd >= 0 || attempt->process.pidfd >= 0))
    {
      adopt (attempt, &task->process.pidfd);
      return;
    }
  else if (attempt->record.is_locked)
    {
      look_again (attempt);
      return;
    }
  else if (attempt->record.state == JT_FILE_EMPTY)
    {
      respawn (attempt);
      return;
    }
  else if (attempt->record.state == JT_FILE_ABSENT && attempt->is_unstarted)
    {
      /* Killed between the commit and the file: within one boot no file is unlinked before its result is on record, so there
       * never was one. It is made as for a first start, which fails should it have come to be. */
      attempt->is_recovered = FALSE;
      respawn (attempt);
      return;
    }
  else
    tell_failure (attempt, JT_END_LOST, attempt->record.state == JT_FILE_STARTED ? "exit-unknown" : "start-unknown");
  /* A supervisor that has written its result is still to end. */
  if (attempt->process.pidfd < 0)
    drop_attempt (attempt);
}

static void
on_abandoned (Attempt *attempt, Task *task)
{
  g_autofree char *failure = g_steal_pointer (&attempt->failure);

  if (task->abandoned == JT_ABANDON_DONE || task->abandoned == JT_ABANDON_ABSENT)
    {
      tell_failure (attempt, failure != NULL ? JT_END_START_FAILED : JT_END_ABANDONED, failure);
      if (attempt->process.pidfd < 0)
        drop_attempt (attempt);
      return;
    }
  if (task->abandoned == JT_ABANDON_FAILED)
    attempt->looks = MAX (attempt->looks, LOOK_AGAIN_TIMES);
  /* A supervisor was first: it stops what it began. */
  if (task->abandoned == JT_ABANDON_TAKEN && attempt->process.pidfd >= 0)
    send_to_supervisor (attempt, SIGTERM);
  else
    look_again (attempt);
}

static gboolean
inotify_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  JtLocalExecutor *self = user_data;
  char buffer[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  gssize length;

  while ((length = read (fd, buffer, sizeof buffer)) > 0)
    for (gssize at = 0; at < length;)
      {
        struct inotify_event *event = (struct inotify_event *) (gpointer) (buffer + at);
        Attempt *attempt = g_hash_table_lookup (self->watches, GINT_TO_POINTER (event->wd));

        if (attempt != NULL && (event->mask & IN_MODIFY) != 0)
          submit (attempt, TASK_INSPECT);
        at += (gssize) (sizeof *event + event->len);
      }
  return G_SOURCE_CONTINUE;
}

static void
begin_watching (JtLocalExecutor *self)
{
  self->inotify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->inotify_fd < 0)
    return;
  self->inotify_source = g_unix_fd_source_new (self->inotify_fd, G_IO_IN);
  g_source_set_callback (self->inotify_source, G_SOURCE_FUNC (inotify_ready_cb), self, NULL);
  g_source_attach (self->inotify_source, NULL);
}

/* --- the pool --- */

static void
task_free (Task *task)
{
  clear_fd (&task->process.pipe_fd);
  clear_fd (&task->process.pidfd);
  g_clear_pointer (&task->attempt, attempt_unref);
  g_clear_object (&task->executor);
  g_clear_error (&task->error);
  g_free (task);
}

static gboolean
task_done_cb (gpointer user_data)
{
  Task *task = user_data;
  Attempt *attempt = task->attempt;

  if (attempt == NULL || attempt->is_disposed)
    ; /* nobody waits for the answer */
  else if (task->kind == TASK_SPAWN)
    on_spawned (attempt, task);
  else if (task->kind == TASK_INSPECT)
    on_inspected (attempt, task);
  else if (task->kind == TASK_ABANDON)
    on_abandoned (attempt, task);
  task_free (task);
  return G_SOURCE_REMOVE;
}

static void
spawn_in_pool (Task *task)
{
  int folder_fd = jt_run_folder_open (task->executor->runs_fd, task->run, task->creates, &task->error);

  if (folder_fd < 0)
    return;
  if (!task->creates || jt_run_folder_create_state (folder_fd, task->number, &task->error))
    jt_spawner_start (task->executor->spawner, folder_fd, task->attempt->spec, task->run, task->number, &task->process, &task->error);
  task->is_foreign = g_error_matches (task->error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  close (folder_fd);
}

static void
inspect_in_pool (Task *task)
{
  const JtStateRecord *record = &task->record;

  jt_run_folder_inspect (task->executor->runs_fd, task->run, task->number, task->executor->inotify_fd, &task->record,
                         &task->process.pidfd, &task->watch);
  if (task->same_boot && !record->is_locked && record->state == JT_FILE_STARTED)
    jt_orphan_kill (record->pid, record->pid_start_time);
}

/* On the main loop, always: g_main_context_invoke() would call from this thread while the loop is not running yet. */
static void
answer (Task *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, task_done_cb, task, NULL);
  g_source_attach (source, NULL);
}

static void
run_task (gpointer data, gpointer user_data)
{
  Task *task = data;

  switch (task->kind)
    {
    case TASK_SPAWN:
      spawn_in_pool (task);
      break;
    case TASK_INSPECT:
      inspect_in_pool (task);
      break;
    case TASK_ABANDON:
      task->abandoned = jt_run_folder_abandon (task->executor->runs_fd, task->run, task->number);
      break;
    case TASK_FORGET:
      jt_run_folder_forget (task->executor->runs_fd, task->run, task->number);
      break;
    default:
      break;
    }
  answer (task);
}

static void
push_task (JtLocalExecutor *self, TaskKind kind, Attempt *attempt, guint64 run, guint number)
{
  Task *task = g_new0 (Task, 1);

  task->kind = kind;
  task->executor = g_object_ref (self);
  task->attempt = attempt == NULL ? NULL : attempt_ref (attempt);
  task->run = run;
  task->number = number;
  task->same_boot = attempt != NULL && attempt->same_boot;
  task->creates = attempt != NULL && !attempt->is_recovered && attempt->spawns == 1;
  task->process.pipe_fd = -1;
  task->process.pidfd = -1;
  task->watch = -1;
  g_thread_pool_push (self->pool, task, NULL);
}

static void
submit (Attempt *attempt, TaskKind kind)
{
  if (kind == TASK_SPAWN)
    {
      attempt->spawns++;
      attempt->is_spawning = TRUE;
    }
  push_task (attempt->executor, kind, attempt, attempt->run, attempt->number);
}

/* --- the interface --- */

static Attempt *
new_attempt (JtLocalExecutor *self, JtRun *run, JtSettings *settings, gboolean same_boot)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  g_atomic_ref_count_init (&attempt->ref_count);
  attempt->executor = self;
  attempt->key = make_key (run->id, run->attempt);
  attempt->run = run->id;
  attempt->number = run->attempt;
  attempt->spec = jt_run_spec_build (run, settings);
  attempt->same_boot = same_boot;
  attempt->watch = -1;
  attempt->process.pipe_fd = -1;
  attempt->process.pidfd = -1;
  g_hash_table_replace (self->attempts, &attempt->key, attempt);
  return attempt;
}

static Attempt *
find_attempt (JtExecutor *executor, guint64 run, guint number)
{
  guint64 key = make_key (run, number);

  return g_hash_table_lookup (JT_LOCAL_EXECUTOR (executor)->attempts, &key);
}

static void
local_start (JtExecutor *executor, JtRun *run, JtSettings *settings)
{
  submit (new_attempt (JT_LOCAL_EXECUTOR (executor), run, settings, TRUE), TASK_SPAWN);
}

static void
local_recover (JtExecutor *executor, JtRun *run, JtSettings *settings, gboolean same_boot)
{
  Attempt *attempt = new_attempt (JT_LOCAL_EXECUTOR (executor), run, settings, same_boot);

  attempt->is_recovered = TRUE;
  attempt->is_unstarted = run->state == JT_RUN_STARTING;
  submit (attempt, TASK_INSPECT);
}

static void
local_abandon (JtExecutor *executor, guint64 run, guint number)
{
  Attempt *attempt = find_attempt (executor, run, number);

  if (attempt == NULL || attempt->wants_stop)
    return;
  attempt->wants_stop = TRUE;
  if (attempt->has_told_start)
    send_to_supervisor (attempt, SIGTERM);
  else if (attempt->process.pidfd >= 0)
    submit (attempt, TASK_ABANDON);
}

static void
local_stop (JtExecutor *executor, guint64 run, guint number)
{
  Attempt *attempt = find_attempt (executor, run, number);

  if (attempt == NULL)
    return;
  attempt->wants_stop = TRUE;
  send_to_supervisor (attempt, SIGTERM);
}

static gboolean
local_send_signal (JtExecutor *executor, guint64 run, guint number, int signal_number, GError **error)
{
  Attempt *attempt = find_attempt (executor, run, number);
  siginfo_t info = { 0 };

  info.si_signo = SIGRTMIN;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid ();
  info.si_uid = getuid ();
  info.si_value.sival_int = signal_number;
  if (attempt != NULL && attempt->has_told_start && attempt->process.pidfd >= 0 &&
      pidfd_send_signal (attempt->process.pidfd, SIGRTMIN, &info, 0) == 0)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is not running", run);
  return FALSE;
}

static void
local_forget (JtExecutor *executor, guint64 run, guint number)
{
  push_task (JT_LOCAL_EXECUTOR (executor), TASK_FORGET, NULL, run, number);
}

static void
local_remove_logs (JtExecutor *executor, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data)
{
  jt_run_housekeeping_remove (executor, JT_LOCAL_EXECUTOR (executor)->runs_fd, runs, removed, user_data);
}

static void
local_list_folders (JtExecutor *executor, guint64 from, JtFoldersFunc listed, gpointer user_data)
{
  jt_run_housekeeping_list (executor, JT_LOCAL_EXECUTOR (executor)->runs_fd, from, listed, user_data);
}

static void
local_seal_log (JtExecutor *executor, guint64 run, guint64 size_bytes)
{
  /* Most logs are short: no thread is woken to find that out. */
  if (size_bytes >= JT_LOG_ARCHIVE_LEAST_BYTES)
    jt_log_archive_add (JT_LOCAL_EXECUTOR (executor)->archive, run);
}

static gboolean
is_active (guint64 run, guint number, gpointer user_data)
{
  Attempt *attempt = find_attempt (user_data, run, number);

  return attempt != NULL ? !attempt->has_told_end : jt_tracked_logs_has (JT_LOCAL_EXECUTOR (user_data)->logs, run);
}

static void
local_track_log (JtExecutor *executor, guint64 run, guint64 max_bytes, gboolean may_exist)
{
  jt_tracked_logs_add (JT_LOCAL_EXECUTOR (executor)->logs, run, max_bytes, may_exist);
}

static gboolean
local_append_log (JtExecutor *executor, guint64 run, gboolean is_stderr, GBytes *text, GError **error)
{
  return jt_tracked_logs_append (JT_LOCAL_EXECUTOR (executor)->logs, run, is_stderr, text, error);
}

static void
local_close_log (JtExecutor *executor, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data)
{
  jt_tracked_logs_close (JT_LOCAL_EXECUTOR (executor)->logs, run, keeps, closed, user_data);
}

static void
local_open_log_async (JtExecutor *executor, JtRun *run, GVariant *options, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtLocalExecutor *self = JT_LOCAL_EXECUTOR (executor);

  jt_log_reader_open_async (G_OBJECT (self), self->runs_fd, run, options, is_active, self, c, cb, data);
}

static int
local_open_log_finish (JtExecutor *executor, GAsyncResult *result, GError **error)
{
  return jt_log_reader_open_finish (result, error);
}

static void
executor_iface_init (JtExecutorInterface *iface)
{
  iface->start = local_start;
  iface->recover = local_recover;
  iface->stop = local_stop;
  iface->abandon = local_abandon;
  iface->send_signal = local_send_signal;
  iface->forget = local_forget;
  iface->remove_logs = local_remove_logs;
  iface->list_folders = local_list_folders;
  iface->seal_log = local_seal_log;
  iface->track_log = local_track_log;
  iface->append_log = local_append_log;
  iface->close_log = local_close_log;
  iface->open_log_async = local_open_log_async;
  iface->open_log_finish = local_open_log_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtLocalExecutor, jt_local_executor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_EXECUTOR, executor_iface_init))

static void
jt_local_executor_dispose (GObject *object)
{
  JtLocalExecutor *self = JT_LOCAL_EXECUTOR (object);

  g_hash_table_remove_all (self->attempts);
  clear_source (&self->inotify_source);
  g_clear_pointer (&self->logs, jt_tracked_logs_free);
  G_OBJECT_CLASS (jt_local_executor_parent_class)->dispose (object);
}

static void
jt_local_executor_finalize (GObject *object)
{
  JtLocalExecutor *self = JT_LOCAL_EXECUTOR (object);

  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, TRUE);
  g_clear_pointer (&self->archive, jt_log_archive_free);
  g_hash_table_unref (self->attempts);
  g_hash_table_unref (self->watches);
  clear_fd (&self->inotify_fd);
  clear_fd (&self->runs_fd);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->spawner, jt_spawner_free);
  G_OBJECT_CLASS (jt_local_executor_parent_class)->finalize (object);
}

static void
jt_local_executor_class_init (JtLocalExecutorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_local_executor_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_local_executor_finalize;
  /* Whoever reads a log may close it at any time. */
  signal (SIGPIPE, SIG_IGN);
}

static void
jt_local_executor_init (JtLocalExecutor *self)
{
  self->runs_fd = -1;
  begin_watching (self);
  self->watches = g_hash_table_new (NULL, NULL);
  self->attempts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, attempt_dispose);
}

JtExecutor *
jt_local_executor_new (const char *state_directory, const char *supervisor_path, JtClock *clock, GError **error)
{
  g_autoptr (JtLocalExecutor) self = g_object_new (JT_TYPE_LOCAL_EXECUTOR, NULL);
  g_autofree char *runs = g_build_filename (state_directory, "runs", NULL);

  self->spawner = jt_spawner_new (supervisor_path, SPAWNER_TIMEOUT_MSEC);
  self->clock = g_object_ref (clock);
  if (access (supervisor_path, X_OK) < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not use the supervisor %s: %s", supervisor_path,
                   g_strerror (errno));
      return NULL;
    }
  if (mkdir (runs, 0700) < 0 && errno != EEXIST)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not make %s: %s", runs, g_strerror (errno));
      return NULL;
    }
  self->runs_fd = open (runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (self->runs_fd < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not open %s: %s", runs, g_strerror (errno));
      return NULL;
    }
  self->archive = jt_log_archive_new (self->runs_fd);
  self->logs = jt_tracked_logs_new (JT_EXECUTOR (self), self->runs_fd);
  self->pool = g_thread_pool_new (run_task, NULL, POOL_THREADS, FALSE, error);
  return self->pool == NULL ? NULL : JT_EXECUTOR (g_steal_pointer (&self));
}
