/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-condition.h"
#include "jt-error.h"
#include "jt-in-thread.h"
#include "jt-machine-private.h"
#include "jt-occasion.h"

/* Somebody without whom an entry means nothing here. */
typedef struct
{
  char   *entry; /* "on-event: 'login'" */
  JtPeer *peer;  /* (owned) */
} Need;

typedef struct
{
  GTask    *task; /* (unowned): we are its data */
  GPtrArray *needs; /* (element-type Need) (owned) */
  char    **paths;
  gboolean  wants_wake;
  char     *sysfs;
  guint32   uid;
  gboolean  is_overdue;
  guint     deadline_id;
} Check;

static void
need_free (gpointer data)
{
  Need *need = data;

  g_free (need->entry);
  g_object_unref (need->peer);
  g_free (need);
}

static void
check_free (gpointer data)
{
  Check *check = data;

  g_ptr_array_unref (check->needs);
  g_strfreev (check->paths);
  g_free (check->sysfs);
  g_free (check);
}

/* Who is needed */

static void
add_need (Check *check, const char *key, const char *entry, JtPeer *peer)
{
  Need *need = g_new (Need, 1);

  need->entry = g_strdup_printf ("%s: '%s'", key, entry);
  need->peer = g_object_ref (peer);
  g_ptr_array_add (check->needs, need);
  jt_peer_use (peer);
}

/* What is not here has another who can say, the kernel most of all. */
static JtPeer *
peer_of_condition (JtMachine *self, JtFact fact)
{
  switch (fact)
    {
    case JT_FACT_IDLE:
      return jt_logind_get_peer (self->logind);
    case JT_FACT_UNMETERED:
      return jt_network_get_peer (self->network);
    case JT_FACT_AC_POWER:
    case JT_FACT_NETWORK:
    case JT_FACT_PATH:
    case JT_FACT_LOAD:
    default:
      return NULL;
    }
}

static JtPeer *
peer_of_occasion (JtMachine *self, JtOccasionKind kind)
{
  switch (kind)
    {
    case JT_OCCASION_LOGIN:
    case JT_OCCASION_RESUME:
      return jt_logind_get_peer (self->logind);
    case JT_OCCASION_AC_POWER:
      return jt_power_get_peer (self->power);
    case JT_OCCASION_UNIT:
      return jt_units_get_peer (self->units);
    case JT_OCCASION_STARTUP:
    case JT_OCCASION_NETWORK_UP:
    default:
      return NULL;
    }
}

static void
need_for_conditions (JtMachine *self, Check *check, JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "condition");

  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autoptr (JtCondition) condition = jt_condition_parse (entries[i], NULL);
      JtPeer *peer = condition != NULL ? peer_of_condition (self, condition->fact) : NULL;

      if (peer != NULL)
        add_need (check, "condition", entries[i], peer);
    }
}

static void
need_for_occasions (JtMachine *self, Check *check, JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "on-event");

  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autoptr (JtOccasion) occasion = jt_occasion_parse (entries[i], NULL);
      JtPeer *peer = occasion != NULL ? peer_of_occasion (self, occasion->kind) : NULL;

      if (peer != NULL)
        add_need (check, "on-event", entries[i], peer);
    }
}

static void
need_for_inhibitors (JtMachine *self, Check *check, JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "inhibit");

  for (guint i = 0; entries[i] != NULL; i++)
    add_need (check, "inhibit", entries[i], jt_logind_get_peer (self->logind));
}

/* Answering */

static gboolean
check_files (Check *check, GError **error)
{
  if (!jt_paths_check ((const char *const *) check->paths, check->uid, error))
    return FALSE;
  if (!check->wants_wake || jt_wake_alarm_check (check->sysfs, error))
    return TRUE;
  g_prefix_error (error, "wake: ");
  return FALSE;
}

static void
check_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (check_files (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_files_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* (nullable) (transfer none) the first that is not there, or not known to be */
static Need *
find_missing (Check *check)
{
  for (guint i = 0; i < check->needs->len; i++)
    {
      Need *need = g_ptr_array_index (check->needs, i);

      if (jt_peer_get_presence (need->peer) != JT_PRESENCE_PRESENT)
        return need;
    }
  return NULL;
}

static void
refuse (GTask *task, Need *need)
{
  g_autofree char *absence = NULL;

  if (jt_peer_get_presence (need->peer) == JT_PRESENCE_ABSENT)
    absence = jt_peer_describe_absence (need->peer);
  else
    absence = g_strdup_printf ("%s does not answer", jt_peer_get_name (need->peer));
  g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "%s: %s", need->entry, absence);
}

/* TRUE: it waits no longer. */
static gboolean
proceed (JtMachine *self, Check *check)
{
  Need *missing = find_missing (check);
  g_autoptr (GTask) task = NULL;

  if (missing != NULL && jt_peer_get_presence (missing->peer) == JT_PRESENCE_UNKNOWN && !check->is_overdue)
    return FALSE;
  task = check->task;
  g_clear_handle_id (&check->deadline_id, g_source_remove);
  g_ptr_array_remove_fast (self->checks, check);
  if (missing != NULL)
    refuse (task, missing);
  else if (check->paths[0] != NULL || check->wants_wake)
    jt_in_thread (task, check_in_thread, check, NULL, on_files_checked, g_object_ref (task));
  else
    g_task_return_boolean (task, TRUE);
  return TRUE;
}

void
jt_machine_resume_checks (JtMachine *self)
{
  for (guint i = self->checks->len; i > 0; i--)
    proceed (self, g_ptr_array_index (self->checks, i - 1));
}

static gboolean
on_deadline (gpointer user_data)
{
  Check *check = user_data;

  check->deadline_id = 0;
  check->is_overdue = TRUE;
  proceed (g_task_get_source_object (check->task), check);
  return G_SOURCE_REMOVE;
}

void
jt_machine_check_async (JtSurroundings *surroundings, JtSettings *settings, guint32 uid, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  JtMachine *self = JT_MACHINE (surroundings);
  Check *check = g_new0 (Check, 1);

  check->task = g_task_new (self, cancellable, callback, user_data);
  check->needs = g_ptr_array_new_with_free_func (need_free);
  check->paths = jt_settings_get_strv (settings, "watch-path");
  check->wants_wake = jt_settings_get_boolean (settings, "wake");
  check->sysfs = g_strdup (self->sysfs);
  check->uid = uid;
  g_task_set_task_data (check->task, check, check_free);
  need_for_conditions (self, check, settings);
  need_for_occasions (self, check, settings);
  need_for_inhibitors (self, check, settings);
  g_ptr_array_add (self->checks, check);
  if (!proceed (self, check))
    check->deadline_id = g_timeout_add (self->answer_msec, on_deadline, check);
}

gboolean
jt_machine_check_finish (JtSurroundings *surroundings, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
