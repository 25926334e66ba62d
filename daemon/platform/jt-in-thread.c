/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-in-thread.h"

typedef struct
{
  GObject            *owner; /* (owned) */
  GAsyncReadyCallback done;
  gpointer            user_data;
} Return;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Return *back = user_data;

  back->done (NULL, result, back->user_data);
  g_object_unref (back->owner);
}

void
jt_in_thread (gpointer owner, GTaskThreadFunc func, gpointer data, GDestroyNotify free_data, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Return *back = g_new0 (Return, 1);

  back->owner = g_object_ref (owner);
  back->done = done;
  back->user_data = user_data;
  task = g_task_new (NULL, NULL, on_done, back);
  g_task_set_task_data (task, data, free_data);
  g_task_run_in_thread (task, func);
}
