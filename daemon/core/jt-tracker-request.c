/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-tracker-private.h"

/* One call with a request-id on its way: asked of the record first, after every like call before it has ended. */
typedef struct
{
  JtTracker       *tracker; /* (owned) */
  GTask           *task;    /* (owned) */
  guint32          uid;
  char            *request_id;
  char            *digest;
  JtRequestReplay  replay;
  JtRequestProceed proceed;
  gpointer         user_data;
  GDestroyNotify   destroy;
} RequestStep;

static void
step_free (RequestStep *step)
{
  if (step->destroy != NULL && step->user_data != NULL)
    step->destroy (step->user_data);
  g_clear_object (&step->tracker);
  g_clear_object (&step->task);
  g_free (step->request_id);
  g_free (step->digest);
  g_free (step);
}

static char *
request_key (guint32 uid, const char *request_id)
{
  return g_strdup_printf ("%u/%s", uid, request_id);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RequestStep *step = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreRequest) request = jt_store_find_request_finish (step->tracker->store, result, &error);

  if (request != NULL && !request->found)
    {
      step->proceed (step->tracker, step->task, g_steal_pointer (&step->user_data));
      step_free (step);
      return;
    }
  jt_request_end (step->tracker, step->uid, step->request_id);
  if (request == NULL)
    g_task_return_error (step->task, g_steal_pointer (&error));
  else if (g_strcmp0 (request->digest, step->digest) != 0)
    g_task_return_new_error (step->task, JT_ERROR, JT_ERROR_EXISTS,
                             "request-id '%s' was used for another call; take a new one", step->request_id);
  else
    step->replay (step->task, request->first_id, request->count);
  step_free (step);
}

static void
ask_store (RequestStep *step)
{
  jt_store_find_request_async (step->tracker->store, step->uid, step->request_id, NULL, on_found, step);
}

void
jt_request_begin (JtTracker *self, guint32 uid, const char *request_id, const char *digest, GTask *task,
                  JtRequestReplay replay, JtRequestProceed proceed, gpointer user_data, GDestroyNotify destroy)
{
  g_autofree char *key = NULL;
  RequestStep *step;
  GQueue *waiting;

  if (request_id == NULL || *request_id == '\0')
    {
      proceed (self, task, user_data);
      return;
    }
  step = g_new0 (RequestStep, 1);
  step->tracker = g_object_ref (self);
  step->task = g_object_ref (task);
  step->uid = uid;
  step->request_id = g_strdup (request_id);
  step->digest = g_strdup (digest);
  step->replay = replay;
  step->proceed = proceed;
  step->user_data = user_data;
  step->destroy = destroy;

  key = request_key (uid, request_id);
  waiting = g_hash_table_lookup (self->requests, key);
  if (waiting != NULL)
    {
      g_queue_push_tail (waiting, step);
      return;
    }
  g_hash_table_insert (self->requests, g_steal_pointer (&key), g_queue_new ());
  ask_store (step);
}

/* The call is answered: the next like it may ask the record. */
void
jt_request_end (JtTracker *self, guint32 uid, const char *request_id)
{
  g_autofree char *key = NULL;
  GQueue *waiting;

  if (request_id == NULL || *request_id == '\0')
    return;
  key = request_key (uid, request_id);
  waiting = g_hash_table_lookup (self->requests, key);
  if (waiting == NULL)
    return;
  if (g_queue_is_empty (waiting))
    {
      g_hash_table_remove (self->requests, key);
      return;
    }
  ask_store (g_queue_pop_head (waiting));
}
