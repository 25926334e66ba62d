/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <unistd.h>

#include "jt-error.h"
#include "jt-machine-private.h"

/* Of one run. */
typedef struct
{
  JtMachine    *machine; /* (unowned): it owns us */
  guint64       run;
  int           fd;      /* (owned) -1: not held yet */
  GTask        *task;    /* (owned) (nullable) who waits for it */
  char         *what;    /* "sleep:shutdown" */
  char         *why;
  GCancellable *cancellable; /* (owned) of the call */
  gboolean      is_called;
  guint         deadline_id;
} Inhibitor;

static void
inhibitor_free (gpointer data)
{
  Inhibitor *inhibitor = data;

  g_cancellable_cancel (inhibitor->cancellable);
  g_clear_handle_id (&inhibitor->deadline_id, g_source_remove);
  if (inhibitor->task != NULL)
    g_task_return_new_error (inhibitor->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "it is not wanted any more");
  g_clear_object (&inhibitor->task);
  g_object_unref (inhibitor->cancellable);
  if (inhibitor->fd >= 0)
    close (inhibitor->fd);
  g_free (inhibitor->what);
  g_free (inhibitor->why);
  g_free (inhibitor);
}

GHashTable *
jt_machine_new_inhibitors (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, inhibitor_free);
}

static void
fail (Inhibitor *inhibitor, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&inhibitor->task);

  g_prefix_error (&error, "inhibit: could not put off %s: ", inhibitor->what);
  g_hash_table_remove (inhibitor->machine->inhibitors, &inhibitor->run);
  g_task_return_error (task, error);
}

typedef struct
{
  JtMachine    *machine;     /* (owned) */
  GCancellable *cancellable; /* (owned) tells which inhibitor, for a run may have had another before */
  guint64       run;
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->machine);
  g_object_unref (call->cancellable);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  int fd = jt_logind_inhibit_finish (JT_LOGIND (source), result, &error);
  Inhibitor *inhibitor = call->machine->inhibitors != NULL ? g_hash_table_lookup (call->machine->inhibitors, &call->run) : NULL;

  if (inhibitor == NULL || inhibitor->cancellable != call->cancellable)
    {
      if (fd >= 0)
        close (fd);
      g_clear_error (&error);
      return;
    }
  if (fd < 0)
    {
      fail (inhibitor, error);
      return;
    }
  inhibitor->fd = fd;
  g_clear_handle_id (&inhibitor->deadline_id, g_source_remove);
  task = g_steal_pointer (&inhibitor->task);
  g_task_return_boolean (task, TRUE);
}

/* Waits until logind is known to be there, or not. */
static void
call_if_known (JtMachine *self, Inhibitor *inhibitor)
{
  Call *call;

  if (inhibitor->is_called || jt_peer_get_presence (jt_logind_get_peer (self->logind)) == JT_PRESENCE_UNKNOWN)
    return;
  inhibitor->is_called = TRUE;
  call = g_new (Call, 1);
  call->machine = g_object_ref (self);
  call->cancellable = g_object_ref (inhibitor->cancellable);
  call->run = inhibitor->run;
  jt_logind_inhibit_async (self->logind, inhibitor->what, inhibitor->why, inhibitor->cancellable, on_inhibited, call);
}

void
jt_machine_resume_inhibitors (JtMachine *self)
{
  GHashTableIter iter;
  gpointer inhibitor;

  if (self->inhibitors == NULL)
    return;
  g_hash_table_iter_init (&iter, self->inhibitors);
  while (g_hash_table_iter_next (&iter, NULL, &inhibitor))
    call_if_known (self, inhibitor);
}

static gboolean
on_deadline (gpointer user_data)
{
  Inhibitor *inhibitor = user_data;

  inhibitor->deadline_id = 0;
  fail (inhibitor, g_error_new_literal (JT_ERROR, JT_ERROR_OVERLOADED, "logind does not answer"));
  return G_SOURCE_REMOVE;
}

void
jt_machine_inhibit_async (JtSurroundings *surroundings, guint64 run, JtSettings *settings, const char *why, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  JtMachine *self = JT_MACHINE (surroundings);
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "inhibit");
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Inhibitor *inhibitor;

  if (entries[0] == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  inhibitor = g_new0 (Inhibitor, 1);
  inhibitor->machine = self;
  inhibitor->run = run;
  inhibitor->fd = -1;
  inhibitor->task = g_steal_pointer (&task);
  inhibitor->what = g_strjoinv (":", entries);
  inhibitor->why = g_strdup (why);
  inhibitor->cancellable = g_cancellable_new ();
  inhibitor->deadline_id = g_timeout_add (self->answer_msec, on_deadline, inhibitor);
  g_hash_table_replace (self->inhibitors, &inhibitor->run, inhibitor);
  jt_peer_use (jt_logind_get_peer (self->logind));
  call_if_known (self, inhibitor);
}

gboolean
jt_machine_inhibit_finish (JtSurroundings *surroundings, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
jt_machine_release (JtSurroundings *surroundings, guint64 run)
{
  g_hash_table_remove (JT_MACHINE (surroundings)->inhibitors, &run);
}
