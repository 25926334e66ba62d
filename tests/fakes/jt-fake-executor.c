/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-executor.h"

#include <unistd.h>

#include <glib-unix.h>

#include "jt-error.h"

typedef struct
{
  guint64  run;
  guint    attempt;
  gboolean has_begun;
} Asked;

struct _JtFakeExecutor
{
  GObject parent;
  GArray *asked; /* (element-type Asked) */
  GArray *folders; /* (element-type guint64) by id */
  GString *log;
  JtClock *clock; /* (owned) (nullable) */
};

static void
note (JtFakeExecutor *self, const char *what, guint64 run, guint attempt, const char *more)
{
  g_string_append_printf (self->log, "%s%s %" G_GUINT64_FORMAT "/%u%s", self->log->len > 0 ? ", " : "", what, run, attempt,
                          more);
}

static void
fake_start (JtExecutor *executor, JtRun *run, JtSettings *settings)
{
  JtFakeExecutor *self = JT_FAKE_EXECUTOR (executor);
  Asked asked = { run->id, run->attempt, FALSE };

  note (self, "start", run->id, run->attempt, "");
  g_array_append_val (self->asked, asked);
}

static void
fake_recover (JtExecutor *executor, JtRun *run, JtSettings *settings, gboolean same_boot)
{
  JtFakeExecutor *self = JT_FAKE_EXECUTOR (executor);
  Asked asked = { run->id, run->attempt, FALSE };

  note (self, "recover", run->id, run->attempt, same_boot ? " same" : " other");
  g_array_append_val (self->asked, asked);
}

static void
fake_remove_logs (JtExecutor *executor, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data)
{
  for (guint i = 0; i < runs->len; i++)
    note (JT_FAKE_EXECUTOR (executor), "remove", g_array_index (runs, guint64, i), 0, "");
  removed (user_data);
}

static void
fake_seal_log (JtExecutor *executor, guint64 run, guint64 size_bytes)
{
  if (JT_FAKE_EXECUTOR (executor)->folders->len > 0)
    note (JT_FAKE_EXECUTOR (executor), "seal", run, 0, "");
}

/* One at a time. */
static void
fake_list_folders (JtExecutor *executor, guint64 from, JtFoldersFunc listed, gpointer user_data)
{
  JtFakeExecutor *self = JT_FAKE_EXECUTOR (executor);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 next = 0;

  for (guint i = 0; i < self->folders->len; i++)
    {
      guint64 run = g_array_index (self->folders, guint64, i);

      if (run >= from && found->len == 0)
        {
          g_array_append_val (found, run);
          next = run + 1;
        }
    }
  listed (found, next, user_data);
}

static void
fake_track_log (JtExecutor *executor, guint64 run, guint64 max_bytes, gboolean may_exist)
{
}

static gboolean
fake_append_log (JtExecutor *executor, guint64 run, gboolean is_stderr, GBytes *text, GError **error)
{
  g_autofree char *more = g_strdup_printf (" %s", is_stderr ? "stderr" : "stdout");

  note (JT_FAKE_EXECUTOR (executor), "append", run, 1, more);
  return TRUE;
}

static void
fake_close_log (JtExecutor *executor, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data)
{
  JtTrackedLog log = { 100, 7 };

  note (JT_FAKE_EXECUTOR (executor), "close", run, 1, keeps ? "" : " removed");
  closed (keeps ? &log : NULL, user_data);
}

static void
fake_stop (JtExecutor *executor, guint64 run, guint attempt)
{
  note (JT_FAKE_EXECUTOR (executor), "stop", run, attempt, "");
}

static void
fake_abandon (JtExecutor *executor, guint64 run, guint attempt)
{
  note (JT_FAKE_EXECUTOR (executor), "abandon", run, attempt, "");
}

static gboolean
fake_send_signal (JtExecutor *executor, guint64 run, guint attempt, int signal_number, GError **error)
{
  g_autofree char *more = g_strdup_printf (" %d", signal_number);

  note (JT_FAKE_EXECUTOR (executor), "signal", run, attempt, more);
  return TRUE;
}

static void
fake_forget (JtExecutor *executor, guint64 run, guint attempt)
{
  note (JT_FAKE_EXECUTOR (executor), "forget", run, attempt, "");
}

static void
fake_open_log_async (JtExecutor *executor, JtRun *run, GVariant *options, GCancellable *c, GAsyncReadyCallback cb,
                     gpointer data)
{
  g_autoptr (GTask) task = g_task_new (executor, c, cb, data);
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], "log\n", 4), ==, 4);
  close (fds[1]);
  g_task_return_int (task, fds[0]);
}

static int
fake_open_log_finish (JtExecutor *executor, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
executor_iface_init (JtExecutorInterface *iface)
{
  iface->start = fake_start;
  iface->recover = fake_recover;
  iface->stop = fake_stop;
  iface->abandon = fake_abandon;
  iface->send_signal = fake_send_signal;
  iface->forget = fake_forget;
  iface->remove_logs = fake_remove_logs;
  iface->list_folders = fake_list_folders;
  iface->seal_log = fake_seal_log;
  iface->track_log = fake_track_log;
  iface->append_log = fake_append_log;
  iface->close_log = fake_close_log;
  iface->open_log_async = fake_open_log_async;
  iface->open_log_finish = fake_open_log_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtFakeExecutor, jt_fake_executor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_EXECUTOR, executor_iface_init))

static void
jt_fake_executor_finalize (GObject *object)
{
  JtFakeExecutor *self = JT_FAKE_EXECUTOR (object);

  g_clear_object (&self->clock);
  g_array_unref (self->asked);
  g_array_unref (self->folders);
  g_string_free (self->log, TRUE);
  G_OBJECT_CLASS (jt_fake_executor_parent_class)->finalize (object);
}

static void
jt_fake_executor_class_init (JtFakeExecutorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_fake_executor_finalize;
}

static void
jt_fake_executor_init (JtFakeExecutor *self)
{
  self->asked = g_array_new (FALSE, FALSE, sizeof (Asked));
  self->folders = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->log = g_string_new (NULL);
}

JtExecutor *
jt_fake_executor_new (void)
{
  return g_object_new (JT_TYPE_FAKE_EXECUTOR, NULL);
}

char *
jt_fake_executor_take_log (JtFakeExecutor *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}

void
jt_fake_executor_add_folder (JtFakeExecutor *self, guint64 run)
{
  g_array_append_val (self->folders, run);
}

static Asked *
find_asked (JtFakeExecutor *self, guint64 run, guint attempt)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      Asked *asked = &g_array_index (self->asked, Asked, i);

      if (asked->run == run && asked->attempt == attempt)
        return asked;
    }
  g_error ("run %" G_GUINT64_FORMAT "/%u was never asked for", run, attempt);
}

void
jt_fake_executor_set_clock (JtFakeExecutor *self, JtClock *clock)
{
  g_set_object (&self->clock, clock);
}

void
jt_fake_executor_begin (JtFakeExecutor *self, guint64 run, guint attempt)
{
  JtAttemptReport report = { .started_usec = 1, .pid = 4711, .pid_start_time = 1, .exit_code = -1 };
  gint64 now_usec = self->clock != NULL ? jt_clock_get_realtime (self->clock) : 0;
  Asked *asked = find_asked (self, run, attempt);

  if (asked->has_begun)
    return;
  asked->has_begun = TRUE;
  report.started_usec = MAX (now_usec, report.started_usec);
  jt_executor_emit_started (JT_EXECUTOR (self), run, attempt, &report);
}

void
jt_fake_executor_start_all (JtFakeExecutor *self)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      Asked asked = g_array_index (self->asked, Asked, i);

      jt_fake_executor_begin (self, asked.run, asked.attempt);
    }
}

void
jt_fake_executor_end (JtFakeExecutor *self, guint64 run, guint attempt, const JtAttemptReport *report)
{
  Asked *asked = find_asked (self, run, attempt);

  g_array_remove_index (self->asked, (guint) (asked - (Asked *) (gpointer) self->asked->data));
  jt_executor_emit_ended (JT_EXECUTOR (self), run, attempt, report);
}

void
jt_fake_executor_finish (JtFakeExecutor *self, guint64 run, guint attempt, int exit_code)
{
  JtAttemptReport report = { .started_usec = 1, .pid = 4711, .pid_start_time = 1, .end = JT_END_RESULT, .exit_code = exit_code };

  jt_fake_executor_begin (self, run, attempt);
  jt_fake_executor_end (self, run, attempt, &report);
}

guint
jt_fake_executor_count (JtFakeExecutor *self)
{
  return self->asked->len;
}
