/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-tracker-private.h"

/* What is on the disk against what is on record, a thousand ids at a time, once after the start and then once a day: a folder whose
 * run is gone (the disk failed when it should have been removed) goes, and a log that the service did not come to compress before it
 * ended is compressed.
 *
 * Folders are listed before the record is asked, and made only after their run is on record: one that the record does not know is
 * not new. Those above the highest id that was ever given are somebody else's, of a record that was moved away perhaps. */

#define FIRST_USEC (120 * (gint64) G_USEC_PER_SEC)
#define NEXT_STEP_USEC ((gint64) G_USEC_PER_SEC / 20)
#define NEXT_ROUND_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

static void
plan (JtTracker *self, gint64 wait_usec)
{
  if (!self->is_stopping)
    jt_scheduler_arm (self->scheduler, &self->leftovers_timer, jt_clock_get_realtime (self->clock) + wait_usec);
}

void
jt_tracker_begin_leftovers (JtTracker *self)
{
  self->leftovers_timer.kind = TIMER_LEFTOVERS;
  self->leftovers_from = 0;
  if (!self->is_looking)
    plan (self, FIRST_USEC);
}

/* Takes the reference that the step held. */
static void
end_step (JtTracker *self)
{
  self->is_looking = FALSE;
  plan (self, self->leftovers_from != 0 ? NEXT_STEP_USEC : NEXT_ROUND_USEC);
  g_object_unref (self);
}

static void
on_removed (gpointer user_data)
{
  end_step (user_data);
}

static GArray *
list_strays (JtTracker *self, const JtStoreKnown *known)
{
  GArray *strays = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < known->absent->len; i++)
    if (g_array_index (known->absent, guint64, i) <= self->last_run_id)
      g_array_append_val (strays, g_array_index (known->absent, guint64, i));
  return strays;
}

static void
on_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtTracker *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreKnown) known = jt_store_list_known_finish (JT_STORE (source), result, &error);
  g_autoptr (GArray) strays = NULL;

  if (known == NULL || self->is_broken || self->is_stopping)
    {
      self->leftovers_from = 0;
      end_step (self);
      return;
    }
  for (guint i = 0; i < known->final->len; i++)
    jt_executor_seal_log (self->executor, g_array_index (known->final, guint64, i), G_MAXUINT64);
  strays = list_strays (self, known);
  if (strays->len == 0)
    {
      end_step (self);
      return;
    }
  g_info ("folders of runs that are not on record are removed: %u", strays->len);
  jt_executor_remove_logs (self->executor, strays, on_removed, self);
}

static void
on_listed (GArray *runs, guint64 next, gpointer user_data)
{
  JtTracker *self = user_data;

  self->leftovers_from = next;
  if (runs->len == 0)
    end_step (self);
  else
    jt_store_list_known_async (self->store, runs, NULL, on_known, self);
}

void
jt_tracker_on_leftovers_due (JtTracker *self)
{
  if (self->is_broken || self->is_looking || self->is_stopping)
    {
      plan (self, NEXT_ROUND_USEC);
      return;
    }
  self->is_looking = TRUE;
  jt_executor_list_folders (self->executor, self->leftovers_from, on_listed, g_object_ref (self));
}
