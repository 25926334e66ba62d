/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-error.h"
#include "jt-fd.h"
#include "jt-in-thread.h"
#include "jt-log-filter.h"
#include "jt-log-source.h"
#include "jt-run-folder.h"
#include "jt-state-file.h"

#define SLICE_BYTES (64 * 1024)
#define SMALL_BYTES (1024 * 1024)
#define NO_END G_MAXUINT64
/* Where inotify has run out of watches. */
#define LOOK_AGAIN_MSEC 200

static guint n_open;

/* One log that somebody opened. Used by one thread at a time: the task's, or between tasks the main loop. */
typedef struct
{
  GObject        *owner;      /* (owned) */
  int             runs_fd;
  guint64         run;
  guint           attempt;    /* the one that is followed */
  gboolean        follows;
  gint64          tail_lines; /* -1: all */
  guint64         begin;      /* part of the file that is asked for */
  guint64         end;
  JtLogFilter     filter;
  JtLogActiveFunc is_active;
  gpointer        active_data;
  JtLogSource    *log;        /* (owned) (nullable) there is none */
  int             write_fd;
  int             inotify_fd;
  GString        *waiting;    /* made, not yet taken by the pipe */
  guint64         position;
  gboolean        is_at_end;
  gboolean        has_told_damage;
  gboolean        was_active; /* when the latest look at the file began */
  gulong          ended_id;
  gulong          closed_id;
  GSource        *source;      /* (owned) (nullable) what it waits for */
  GSource        *gone_source; /* (owned) (nullable) whoever reads going away meanwhile */
} Reader;

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  n_open--;
  clear_source (&reader->source);
  clear_source (&reader->gone_source);
  g_clear_signal_handler (&reader->ended_id, reader->owner);
  g_clear_signal_handler (&reader->closed_id, reader->owner);
  jt_log_source_free (reader->log);
  jt_fd_clear (&reader->write_fd);
  jt_fd_clear (&reader->inotify_fd);
  jt_log_filter_clear (&reader->filter);
  g_string_free (reader->waiting, TRUE);
  g_object_unref (reader->owner);
  g_free (reader);
}

/* The part of the file that one attempt wrote: from its offset to that of the next. */
static void
set_attempt (Reader *reader, JtRun *run, guint wanted)
{
  for (guint i = 0; i < run->attempts->len; i++)
    {
      JtAttempt *attempt = g_ptr_array_index (run->attempts, i);

      if (attempt->number == wanted)
        reader->begin = attempt->log_offset;
      else if (attempt->number == wanted + 1 && attempt->started_usec != 0)
        reader->end = attempt->log_offset;
    }
}

static Reader *
reader_new (GObject *owner, int runs_fd, JtRun *run, GVariant *options, JtLogActiveFunc is_active, gpointer active_data)
{
  Reader *reader = g_new0 (Reader, 1);
  const char *stream = "";
  gboolean is_raw = FALSE;
  guint64 from = 0;
  guint64 tail = 0;
  guint32 attempt = 0;

  g_variant_lookup (options, "stream", "&s", &stream);
  g_variant_lookup (options, "raw", "b", &is_raw);
  g_variant_lookup (options, "from", "t", &from);
  g_variant_lookup (options, "attempt", "u", &attempt);
  g_variant_lookup (options, "follow", "b", &reader->follows);
  reader->tail_lines = g_variant_lookup (options, "tail", "t", &tail) ? (gint64) MIN (tail, G_MAXINT64) : -1;
  reader->owner = g_object_ref (owner);
  reader->runs_fd = runs_fd;
  reader->run = run->id;
  reader->attempt = attempt != 0 ? attempt : run->attempt;
  reader->end = NO_END;
  reader->is_active = is_active;
  reader->active_data = active_data;
  reader->write_fd = reader->inotify_fd = -1;
  reader->waiting = g_string_new (NULL);
  jt_log_filter_init (&reader->filter, stream, is_raw, from);
  if (attempt != 0)
    set_attempt (reader, run, attempt);
  n_open++;
  /* What is over gets no longer. */
  reader->follows = reader->follows && is_active (reader->run, reader->attempt, active_data);
  return reader;
}

/* What is lost is told once, at the end of what there is. */
static gboolean
tell_damage (Reader *reader, GString *out)
{
  if (out == NULL || reader->has_told_damage || !jt_log_source_is_damaged (reader->log))
    return FALSE;
  reader->has_told_damage = TRUE;
  jt_log_filter_note (&reader->filter, "[the kept log is damaged here; what came behind is lost]", out);
  return TRUE;
}

/* Reads one slice at the position; FALSE at the end of what there is. */
static gboolean
read_slice (Reader *reader, GString *out)
{
  char slice[SLICE_BYTES];
  guint64 left = reader->end - reader->position;
  gsize n = reader->log == NULL ? 0 : jt_log_source_read (reader->log, reader->position, slice, (gsize) MIN (sizeof slice, left));

  if (n == 0)
    return reader->log != NULL && left > 0 && tell_damage (reader, out);
  reader->position += n;
  jt_log_filter_feed (&reader->filter, slice, n, out);
  return TRUE;
}

/* Anything else is trouble that says nothing about the log. */
static gboolean
is_absence (int number)
{
  return number == ENOENT || number == ENOTDIR || number == ELOOP;
}

/* Followed before the first attempt began: the file is made, empty, as its supervisor would make it. */
static gboolean
open_file (Reader *reader, GError **error)
{
  int folder_fd = jt_run_folder_open (reader->runs_fd, reader->run, reader->follows, NULL);
  int saved_errno;

  if (folder_fd >= 0)
    reader->log = jt_log_source_open (folder_fd, reader->follows);
  saved_errno = errno;
  jt_fd_clear (&folder_fd);
  if (reader->log != NULL || is_absence (saved_errno))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, "could not open the log of run %" G_GUINT64_FORMAT ": %s", reader->run,
               g_strerror (saved_errno));
  return FALSE;
}

/* FALSE: not one byte of it. */
static gboolean
check_readable (Reader *reader, GError **error)
{
  char byte;

  if (reader->log == NULL || jt_log_source_read (reader->log, 0, &byte, 1) > 0 || !jt_log_source_is_damaged (reader->log))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not open the log of run %" G_GUINT64_FORMAT ": the kept file is damaged",
               reader->run);
  return FALSE;
}

/* For `tail`, lines are counted first. */
static void
skip_to_tail (Reader *reader)
{
  if (reader->tail_lines < 0)
    return;
  while (read_slice (reader, NULL))
    ;
  jt_log_filter_restart (&reader->filter, (guint64) reader->tail_lines);
  reader->position = reader->begin;
}

/* The whole of it in a file in memory, if it is small; else what was read so far waits for the pipe, and -1. */
static int
copy_to_memory (Reader *reader)
{
  int fd;

  while (reader->waiting->len <= SMALL_BYTES && read_slice (reader, reader->waiting))
    ;
  if (reader->waiting->len > SMALL_BYTES)
    return -1;
  fd = memfd_create ("jobtracker-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd >= 0 && jt_fd_write_all (fd, reader->waiting->str, reader->waiting->len) && lseek (fd, 0, SEEK_SET) == 0 &&
      fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
    return fd;
  jt_fd_clear (&fd);
  return -1;
}

static void
open_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reader *reader = task_data;
  GError *error = NULL;
  int fd = -1;

  reader->position = reader->begin;
  if (open_file (reader, &error) && check_readable (reader, &error))
    {
      skip_to_tail (reader);
      if (!reader->follows)
        fd = copy_to_memory (reader);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, fd);
}

/* --- through a pipe --- */

static void fill_pipe (Reader *reader);

static void
wake (Reader *reader)
{
  clear_source (&reader->source);
  clear_source (&reader->gone_source);
  fill_pipe (reader);
}

static gboolean
wake_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Reader *reader = user_data;
  char events[4096];

  if (fd == reader->inotify_fd)
    while (read (fd, events, sizeof events) > 0)
      ;
  wake (reader);
  return G_SOURCE_REMOVE;
}

static gboolean
gone_cb (int fd, GIOCondition condition, gpointer user_data)
{
  reader_free (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
look_again_cb (gpointer user_data)
{
  wake (user_data);
  return G_SOURCE_REMOVE;
}

/* The last bytes may have come with the end, or before it unnoticed. */
static void
on_ended (JtExecutor *executor, guint64 run, guint attempt, JtAttemptReport *report, Reader *reader)
{
  if (run == reader->run && attempt == reader->attempt && reader->gone_source != NULL)
    wake (reader);
}

static void
on_log_closed (JtExecutor *executor, guint64 run, Reader *reader)
{
  if (run == reader->run && reader->gone_source != NULL)
    wake (reader);
}

static GSource *
attach_fd (int fd, GIOCondition condition, GUnixFDSourceFunc callback, Reader *reader)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), reader, NULL);
  g_source_attach (source, NULL);
  return source;
}

static void
wait_for_more (Reader *reader)
{
  reader->gone_source = attach_fd (reader->write_fd, G_IO_ERR | G_IO_HUP, gone_cb, reader);
  if (reader->inotify_fd >= 0)
    {
      reader->source = attach_fd (reader->inotify_fd, G_IO_IN, wake_cb, reader);
      return;
    }
  reader->source = g_timeout_source_new (LOOK_AGAIN_MSEC);
  g_source_set_callback (reader->source, look_again_cb, reader, NULL);
  g_source_attach (reader->source, NULL);
}

static void
fill_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reader *reader = task_data;
  gssize n;

  reader->is_at_end = FALSE;
  for (;;)
    {
      if (reader->waiting->len == 0 && !read_slice (reader, reader->waiting))
        {
          reader->is_at_end = TRUE;
          break;
        }
      n = write (reader->write_fd, reader->waiting->str, reader->waiting->len);
      if (n < 0 && errno != EAGAIN && errno != EINTR)
        {
          jt_fd_clear (&reader->write_fd);
          break;
        }
      if (n < 0 && errno == EAGAIN)
        break;
      g_string_erase (reader->waiting, 0, MAX (n, 0));
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_filled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reader *reader = user_data;

  if (reader->write_fd < 0)
    reader_free (reader);
  else if (!reader->is_at_end)
    reader->source = attach_fd (reader->write_fd, G_IO_OUT, wake_cb, reader);
  else if (!reader->was_active)
    reader_free (reader);
  else if (reader->is_active (reader->run, reader->attempt, reader->active_data))
    wait_for_more (reader);
  else
    fill_pipe (reader);
}

static void
fill_pipe (Reader *reader)
{
  /* Asked before the file is read: only of what was over by then is the end of the file the end. */
  reader->was_active = reader->follows && reader->is_active (reader->run, reader->attempt, reader->active_data);
  jt_in_thread (reader->owner, fill_in_thread, reader, NULL, on_filled, reader);
}

static int
open_pipe (Reader *reader, GError **error)
{
  g_autofree char *path = reader->log == NULL ? NULL : g_strdup_printf ("/proc/self/fd/%d", jt_log_source_get_fd (reader->log));
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return -1;
  g_unix_set_fd_nonblocking (fds[1], TRUE, NULL);
  reader->write_fd = fds[1];
  if (reader->follows)
    {
      reader->ended_id = g_signal_connect (reader->owner, "ended", G_CALLBACK (on_ended), reader);
      reader->closed_id = g_signal_connect (reader->owner, "log-closed", G_CALLBACK (on_log_closed), reader);
      reader->inotify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
    }
  if (reader->inotify_fd >= 0 && (path == NULL || inotify_add_watch (reader->inotify_fd, path, IN_MODIFY) < 0))
    jt_fd_clear (&reader->inotify_fd);
  fill_pipe (reader);
  return fds[0];
}

/* --- opening --- */

typedef struct
{
  Reader *reader; /* (owned) until it goes through a pipe */
  GTask  *task;   /* (owned) the caller's */
} Opening;

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Opening *opening = user_data;
  g_autoptr (GTask) task = opening->task;
  Reader *reader = opening->reader;
  GError *error = NULL;
  int fd = (int) g_task_propagate_int (G_TASK (result), &error);

  if (error == NULL && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error) && fd >= 0)
    close (fd);
  if (error == NULL && fd < 0)
    {
      fd = open_pipe (reader, &error);
      if (error == NULL)
        reader = NULL;
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, fd);
  if (reader != NULL)
    reader_free (reader);
}

void
jt_log_reader_open_async (GObject *owner, int runs_fd, JtRun *run, GVariant *options, JtLogActiveFunc is_active, gpointer active_data,
                          GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (owner, c, cb, data);
  Opening *opening;

  /* A descriptor that was made is always handed over, or nobody would close it. */
  g_task_set_check_cancellable (task, FALSE);
  if (n_open >= JT_LOG_READER_MAX)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "%u logs are being read, the limit; try again later", n_open);
      return;
    }
  opening = g_new0 (Opening, 1);
  opening->reader = reader_new (owner, runs_fd, run, options, is_active, active_data);
  opening->task = g_steal_pointer (&task);
  jt_in_thread (owner, open_in_thread, opening->reader, NULL, on_opened, opening);
}

int
jt_log_reader_open_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}
