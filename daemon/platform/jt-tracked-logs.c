/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-tracked-logs.h"

#include <string.h>
#include <time.h>

#include "jt-error.h"
#include "jt-in-thread.h"
#include "jt-log-writer.h"
#include "jt-run-folder.h"

#define WRITE_INTERVAL_USEC ((gint64) G_USEC_PER_SEC)
/* So much is written at once, however short ago the last time was: it would only take up memory. */
#define MUCH_BYTES (256 * 1024)
/* What may wait for a slow disk, of one run and of all. */
#define WAITING_BYTES (1024 * 1024)
#define ALL_WAITING_BYTES (8 * 1024 * 1024)
/* A line longer than this, or than this part of what is kept, is written in pieces. */
#define LINE_BYTES (16 * 1024)
#define LEAST_LINE_BYTES 256
#define LINE_PART 8

struct _JtTrackedLogs
{
  JtExecutor *executor; /* (unowned) */
  int         runs_fd;
  GHashTable *logs;          /* run id → Log (owned) */
  gsize       waiting_bytes; /* of all logs, on their way to the disk included */
};

typedef struct _Write Write;

typedef struct
{
  guint64         run;
  JtTrackedLogs  *logs;           /* (unowned) (nullable): gone */
  guint64         max_bytes;
  gsize           line_bytes;
  GString        *waiting;        /* whole CRI lines */
  GString        *partial[2];     /* stdout, stderr: a line without its end */
  guint64         dropped_bytes;  /* of output that the disk refused */
  gint64          written_usec;   /* monotonic, of the latest write */
  gboolean        is_used;        /* there may be a file */
  gboolean        is_closing;
  gboolean        is_removed;
  Write          *write;          /* (unowned) (nullable) the one on its way */
  GSource        *timer;          /* (owned) (nullable) */
  JtLogClosedFunc closed;
  gpointer        user_data;
} Log;

typedef enum
{
  WRITE_WAITS,
  WRITE_TAKEN,
  WRITE_DONE,
} WriteState;

/* One write on its way. */
struct _Write
{
  Log         *log;
  int          runs_fd;
  guint64      run;
  guint64      max_bytes;
  guint64      dropped_bytes;
  GString     *text;
  gboolean     removes;
  gboolean     finishes;
  WriteState   state;    /* under the mutex */
  JtLogMeasure measure;
};

static GMutex write_mutex;
static GCond write_cond;

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

static void
write_files (Write *write)
{
  if (write->removes)
    {
      jt_run_folder_remove (write->runs_fd, write->run);
      return;
    }
  if (write->text->len > 0)
    jt_log_writer_append (write->runs_fd, write->run, write->max_bytes, write->text->str, write->text->len, &write->measure);
  if (write->finishes)
    jt_log_writer_finish (write->runs_fd, write->run, write->dropped_bytes + write->measure.dropped_bytes, &write->measure);
}

static gboolean
take (Write *write)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&write_mutex);

  if (write->state != WRITE_WAITS)
    return FALSE;
  write->state = WRITE_TAKEN;
  return TRUE;
}

static void
do_write (Write *write)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (!take (write))
    return;
  write_files (write);
  locker = g_mutex_locker_new (&write_mutex);
  write->state = WRITE_DONE;
  g_cond_broadcast (&write_cond);
}

/* Done when this returns, by whomever. */
static void
finish_write (Write *write)
{
  g_autoptr (GMutexLocker) locker = NULL;

  do_write (write);
  locker = g_mutex_locker_new (&write_mutex);
  while (write->state != WRITE_DONE)
    g_cond_wait (&write_cond, &write_mutex);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  do_write (task_data);
  g_task_return_boolean (task, TRUE);
}

/* --- gathering --- */

/* Of all lines of one call. */
static void
make_stamp (char stamp[64])
{
  struct timespec now;
  struct tm tm;
  char seconds[32];

  clock_gettime (CLOCK_REALTIME, &now);
  gmtime_r (&now.tv_sec, &tm);
  strftime (seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &tm);
  g_snprintf (stamp, 64, "%s.%09ldZ", seconds, now.tv_nsec);
}

static void
add_piece (Log *log, const char *stamp, guint index, gsize length, gboolean is_whole)
{
  gsize before = log->waiting->len;

  g_string_append (log->waiting, stamp);
  g_string_append (log->waiting, index == 0 ? " stdout " : " stderr ");
  g_string_append (log->waiting, is_whole ? "F " : "P ");
  g_string_append_len (log->waiting, log->partial[index]->str, (gssize) length);
  g_string_append_c (log->waiting, '\n');
  g_string_erase (log->partial[index], 0, (gssize) length);
  log->logs->waiting_bytes += log->waiting->len - before;
}

static void
add_text (Log *log, const char *stamp, guint index, const char *text, gsize length)
{
  GString *partial = log->partial[index];
  const char *end = text + length;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));

      g_string_append_len (partial, text, (newline != NULL ? newline : end) - text);
      text = newline != NULL ? newline + 1 : end;
      while (partial->len > log->line_bytes)
        add_piece (log, stamp, index, log->line_bytes, FALSE);
      if (newline != NULL)
        add_piece (log, stamp, index, partial->len, TRUE);
    }
}

/* Nothing more comes, for now or for ever: a line without an end is written as one. */
static void
end_lines (Log *log)
{
  char stamp[64];

  make_stamp (stamp);
  for (guint i = 0; i < G_N_ELEMENTS (log->partial); i++)
    if (log->partial[i]->len > 0)
      add_piece (log, stamp, i, log->partial[i]->len, FALSE);
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

  if (log->write != NULL || log->waiting->len == 0)
    return;
  if (log->written_usec == 0 || wait_usec <= 0 || log->waiting->len >= MUCH_BYTES)
    {
      clear_timer (log);
      begin_write (log);
      return;
    }
  if (log->timer != NULL)
    return;
  log->timer = g_timeout_source_new ((guint) (wait_usec / 1000 + 1));
  g_source_set_callback (log->timer, write_cb, log, NULL);
  g_source_attach (log->timer, NULL);
}

static void
end_log (Log *log, const JtLogMeasure *measure)
{
  JtTrackedLogs *self = log->logs;
  JtTrackedLog result = { 0 };
  JtLogClosedFunc closed = log->closed;
  gpointer user_data = log->user_data;
  gboolean is_used = log->is_used;
  guint64 run = log->run;

  if (measure != NULL)
    result = (JtTrackedLog){ measure->size_bytes, measure->dropped_bytes };
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

  log->write = NULL;
  if (log->logs == NULL)
    {
      log_free (log);
      return;
    }
  log->logs->waiting_bytes -= write->text->len;
  log->written_usec = g_get_monotonic_time ();
  if (write->removes || write->finishes)
    {
      end_log (log, &write->measure);
      return;
    }
  log->dropped_bytes += write->measure.dropped_bytes;
  if (log->is_closing)
    begin_write (log);
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
  write->max_bytes = log->max_bytes;
  write->dropped_bytes = log->dropped_bytes;
  write->removes = log->is_removed;
  write->finishes = log->is_closing && !log->is_removed;
  write->text = log->waiting;
  log->waiting = g_string_new (NULL);
  return write;
}

static void
begin_write (Log *log)
{
  log->write = take_waiting (log);
  jt_in_thread (log->logs->executor, write_in_thread, log->write, write_free, on_written, NULL);
}

gboolean
jt_tracked_logs_has (JtTrackedLogs *self, guint64 run)
{
  return g_hash_table_contains (self->logs, &run);
}

void
jt_tracked_logs_add (JtTrackedLogs *self, guint64 run, guint64 max_bytes, gboolean may_exist)
{
  Log *log;

  if (jt_tracked_logs_has (self, run))
    return;
  log = g_new0 (Log, 1);
  log->run = run;
  log->logs = self;
  log->max_bytes = max_bytes;
  log->line_bytes = (gsize) CLAMP (max_bytes / LINE_PART, LEAST_LINE_BYTES, LINE_BYTES);
  log->is_used = may_exist;
  log->waiting = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (log->partial); i++)
    log->partial[i] = g_string_new (NULL);
  g_hash_table_insert (self->logs, &log->run, log);
}

static gboolean
check_room (JtTrackedLogs *self, Log *log, gsize length, GError **error)
{
  if (log->waiting->len + length > WAITING_BYTES)
    g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, "more than %d bytes wait to be written to this log; wait a second", WAITING_BYTES);
  else if (self->waiting_bytes + length > ALL_WAITING_BYTES)
    g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, "more than %d bytes wait to be written to logs; wait a second", ALL_WAITING_BYTES);
  else
    return TRUE;
  return FALSE;
}

gboolean
jt_tracked_logs_append (JtTrackedLogs *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error)
{
  Log *log = g_hash_table_lookup (self->logs, &run);
  gsize length;
  const char *bytes = g_bytes_get_data (text, &length);
  char stamp[64];

  if (log == NULL || log->is_closing)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is already finished", run);
      return FALSE;
    }
  if (!check_room (self, log, length, error))
    return FALSE;
  if (length == 0)
    return TRUE;
  log->is_used = TRUE;
  make_stamp (stamp);
  add_text (log, stamp, is_stderr ? 1 : 0, bytes, length);
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
  end_lines (log);
  log->is_closing = TRUE;
  log->is_removed = !keeps;
  log->closed = closed;
  log->user_data = user_data;
  if (log->write != NULL)
    return;
  if (log->is_used)
    begin_write (log);
  else
    end_log (log, NULL);
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

/* The service stops: what its reporters were told was taken is written, here and now, after what is on its way already. */
static void
flush_now (Log *log)
{
  Write *write;

  if (log->write != NULL)
    finish_write (log->write);
  end_lines (log);
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
      if (log->write == NULL)
        log_free (log);
    }
  g_hash_table_unref (self->logs);
  g_free (self);
}
