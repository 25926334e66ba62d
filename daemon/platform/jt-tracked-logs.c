/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-tracked-logs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-fd.h"
#include "jt-run-folder.h"
#include "jt-state-file.h"

#define WRITE_INTERVAL_USEC ((gint64) G_USEC_PER_SEC)
/* What may wait for a slow disk, of one run. */
#define WAITING_BYTES (1024 * 1024)
/* A line longer than this is written in pieces. */
#define LINE_BYTES (16 * 1024)

struct _JtTrackedLogs
{
  JtExecutor *executor; /* (unowned) */
  int         runs_fd;
  GHashTable *logs;     /* run id → Log (owned) */
};

typedef struct
{
  guint64         run;
  JtTrackedLogs  *logs;           /* (unowned) (nullable): gone */
  guint64         max_bytes;
  GString        *waiting;        /* whole CRI lines */
  guint64         waiting_output; /* bytes of output in them */
  GString        *partial[2];     /* stdout, stderr: a line without its end */
  guint64         size_bytes;     /* of the file, as far as is known */
  guint64         dropped_bytes;
  gint64          written_usec;   /* monotonic, of the latest write */
  gboolean        is_used;
  gboolean        is_writing;
  gboolean        is_closing;
  gboolean        is_removed;
  GSource        *timer;          /* (owned) (nullable) */
  JtLogClosedFunc closed;
  gpointer        user_data;
} Log;

/* One write on its way. */
typedef struct
{
  Log     *log;
  int      runs_fd;
  guint64  run;
  GString *text;
  guint64  output;
  gboolean removes;
  gboolean has_failed;
  guint64  size_bytes;
} Write;

static void
clear_timer (Log *log)
{
  if (log->timer == NULL)
    return;
  g_source_destroy (log->timer);
  g_clear_pointer (&log->timer, g_source_unref);
}

static void
log_free (gpointer data)
{
  Log *log = data;

  clear_timer (log);
  g_string_free (log->waiting, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (log->partial); i++)
    g_string_free (log->partial[i], TRUE);
  g_free (log);
}

static void
write_free (gpointer data)
{
  Write *write = data;

  g_string_free (write->text, TRUE);
  g_free (write);
}

/* --- the thread's part --- */

/* All of it or nothing: a line that was cut would be taken for one with the next. */
static void
append_file (Write *write, int fd)
{
  struct stat st;

  if (fstat (fd, &st) < 0 || !jt_fd_write_all (fd, write->text->str, write->text->len))
    {
      write->has_failed = TRUE;
      (void) !ftruncate (fd, st.st_size);
    }
  write->size_bytes = fstat (fd, &st) == 0 ? (guint64) st.st_size : 0;
}

static void
do_write (Write *write)
{
  int folder_fd;
  int fd;

  if (write->removes)
    {
      jt_run_folder_remove (write->runs_fd, write->run);
      return;
    }
  folder_fd = jt_run_folder_open (write->runs_fd, write->run, TRUE, NULL);
  fd = folder_fd < 0 ? -1 : openat (folder_fd, JT_LOG_FILE, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (folder_fd >= 0)
    close (folder_fd);
  write->has_failed = fd < 0;
  if (fd < 0)
    return;
  append_file (write, fd);
  close (fd);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  do_write (task_data);
  g_task_return_boolean (task, TRUE);
}

/* --- gathering --- */

static void
append_time (GString *text)
{
  struct timespec now;
  struct tm tm;
  char stamp[32];

  clock_gettime (CLOCK_REALTIME, &now);
  gmtime_r (&now.tv_sec, &tm);
  strftime (stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
  g_string_append_printf (text, "%s.%09ldZ ", stamp, now.tv_nsec);
}

static void
add_piece (Log *log, const char *stream, const char *content, gsize length, gboolean is_whole)
{
  guint64 output = length + (is_whole ? 1 : 0);

  if (log->size_bytes + log->waiting->len + length > log->max_bytes)
    {
      log->dropped_bytes += output;
      return;
    }
  append_time (log->waiting);
  g_string_append (log->waiting, stream);
  g_string_append (log->waiting, is_whole ? " F " : " P ");
  g_string_append_len (log->waiting, content, (gssize) length);
  g_string_append_c (log->waiting, '\n');
  log->waiting_output += output;
}

static void
add_text (Log *log, guint index, const char *text, gsize length)
{
  const char *stream = index == 0 ? "stdout" : "stderr";
  GString *partial = log->partial[index];
  const char *end = text + length;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));

      g_string_append_len (partial, text, (newline != NULL ? newline : end) - text);
      text = newline != NULL ? newline + 1 : end;
      while (partial->len > LINE_BYTES)
        {
          add_piece (log, stream, partial->str, LINE_BYTES, FALSE);
          g_string_erase (partial, 0, LINE_BYTES);
        }
      if (newline == NULL)
        return;
      add_piece (log, stream, partial->str, partial->len, TRUE);
      g_string_truncate (partial, 0);
    }
}

static void
add_marker (Log *log)
{
  append_time (log->waiting);
  g_string_append_printf (log->waiting, "system F [%" G_GUINT64_FORMAT " bytes of output were dropped here]\n", log->dropped_bytes);
}

static void begin_write (Log *log);

static gboolean
write_cb (gpointer user_data)
{
  Log *log = user_data;

  clear_timer (log);
  begin_write (log);
  return G_SOURCE_REMOVE;
}

static void
schedule_write (Log *log)
{
  gint64 wait_usec = log->written_usec + WRITE_INTERVAL_USEC - g_get_monotonic_time ();

  if (log->is_writing || log->timer != NULL || log->waiting->len == 0)
    return;
  if (log->written_usec == 0 || wait_usec <= 0)
    {
      begin_write (log);
      return;
    }
  log->timer = g_timeout_source_new ((guint) (wait_usec / 1000 + 1));
  g_source_set_callback (log->timer, write_cb, log, NULL);
  g_source_attach (log->timer, NULL);
}

static void
end_log (Log *log)
{
  JtTrackedLogs *self = log->logs;
  JtTrackedLog result = { log->size_bytes, log->dropped_bytes };
  JtLogClosedFunc closed = log->closed;
  gpointer user_data = log->user_data;
  gboolean is_used = log->is_used;
  guint64 run = log->run;

  g_hash_table_remove (self->logs, &run);
  log_free (log);
  jt_executor_emit_log_closed (self->executor, run);
  closed (is_used ? &result : NULL, user_data);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Write *write = g_task_get_task_data (G_TASK (result));
  Log *log = write->log;

  log->is_writing = FALSE;
  if (log->logs == NULL)
    {
      log_free (log);
      return;
    }
  log->written_usec = g_get_monotonic_time ();
  log->size_bytes = write->size_bytes;
  if (write->has_failed)
    log->dropped_bytes += write->output;
  if (log->is_closing && (log->waiting->len > 0 || log->is_removed != write->removes))
    begin_write (log);
  else if (log->is_closing)
    end_log (log);
  else
    schedule_write (log);
}

static Write *
take_waiting (Log *log)
{
  Write *write = g_new0 (Write, 1);

  write->log = log;
  write->runs_fd = log->logs->runs_fd;
  write->run = log->run;
  write->removes = log->is_removed;
  write->text = log->waiting;
  write->output = log->waiting_output;
  log->waiting = g_string_new (NULL);
  log->waiting_output = 0;
  return write;
}

static void
begin_write (Log *log)
{
  g_autoptr (GTask) task = g_task_new (log->logs->executor, NULL, on_written, NULL);

  log->is_writing = TRUE;
  g_task_set_task_data (task, take_waiting (log), write_free);
  g_task_run_in_thread (task, write_in_thread);
}

gboolean
jt_tracked_logs_has (JtTrackedLogs *self, guint64 run)
{
  return g_hash_table_contains (self->logs, &run);
}

void
jt_tracked_logs_add (JtTrackedLogs *self, guint64 run, guint64 max_bytes)
{
  Log *log;

  if (jt_tracked_logs_has (self, run))
    return;
  log = g_new0 (Log, 1);
  log->run = run;
  log->logs = self;
  log->max_bytes = max_bytes;
  log->waiting = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (log->partial); i++)
    log->partial[i] = g_string_new (NULL);
  g_hash_table_insert (self->logs, &log->run, log);
}

gboolean
jt_tracked_logs_append (JtTrackedLogs *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error)
{
  Log *log = g_hash_table_lookup (self->logs, &run);
  gsize length;
  const char *bytes = g_bytes_get_data (text, &length);

  if (log == NULL || log->is_closing)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is already finished", run);
      return FALSE;
    }
  if (log->waiting->len + length > WAITING_BYTES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, "more than %d bytes wait to be written to this log; wait a second",
                   WAITING_BYTES);
      return FALSE;
    }
  log->is_used = TRUE;
  add_text (log, is_stderr ? 1 : 0, bytes, length);
  schedule_write (log);
  return TRUE;
}

void
jt_tracked_logs_close (JtTrackedLogs *self, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data)
{
  Log *log = g_hash_table_lookup (self->logs, &run);

  if (log == NULL)
    {
      closed (NULL, user_data);
      return;
    }
  clear_timer (log);
  log->is_closing = TRUE;
  log->is_removed = !keeps;
  log->closed = closed;
  log->user_data = user_data;
  for (guint i = 0; i < G_N_ELEMENTS (log->partial); i++)
    if (log->partial[i]->len > 0)
      add_piece (log, i == 0 ? "stdout" : "stderr", log->partial[i]->str, log->partial[i]->len, FALSE);
  if (log->dropped_bytes > 0 && keeps)
    add_marker (log);
  if (log->is_writing)
    return;
  if (log->waiting->len > 0 || log->is_removed)
    begin_write (log);
  else
    end_log (log);
}

JtTrackedLogs *
jt_tracked_logs_new (JtExecutor *executor, int runs_fd)
{
  JtTrackedLogs *self = g_new0 (JtTrackedLogs, 1);

  self->executor = executor;
  self->runs_fd = runs_fd;
  self->logs = g_hash_table_new (g_int64_hash, g_int64_equal);
  return self;
}

/* The service stops: what its reporters were told was taken is written, here and now. */
static void
flush_now (Log *log)
{
  Write *write;

  if (log->waiting->len == 0)
    return;
  write = take_waiting (log);
  do_write (write);
  write_free (write);
}

void
jt_tracked_logs_free (JtTrackedLogs *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Log *log = value;

      flush_now (log);
      clear_timer (log);
      log->logs = NULL;
      /* A write on its way frees it. */
      if (!log->is_writing)
        log_free (log);
    }
  g_hash_table_unref (self->logs);
  g_free (self);
}
