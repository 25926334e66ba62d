/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-pacer.h"

#define TICK_MSEC 50
/* Three ticks lie at least 100 ms apart, wherever in the first one the event came. */
#define TICKS_BETWEEN 3

typedef struct
{
  guint64  key;
  guint    ticks;
  gboolean is_held;
  JtEvent *event; /* (owned) (nullable) */
} Entry;

struct _JtPacer
{
  JtPacerFunc func;
  gpointer    user_data;
  GHashTable *entries; /* guint64 * (of the Entry) → Entry */
  GSource    *timer;   /* (owned) (nullable) */
};

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->event, jt_event_unref);
  g_free (entry);
}

static void
stop_timer (JtPacer *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* Those whose time has come and that hold something; those that hold nothing are forgotten. */
static GPtrArray *
take_due (JtPacer *self)
{
  GPtrArray *due = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (++entry->ticks < TICKS_BETWEEN)
        continue;
      if (!entry->is_held)
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      entry->is_held = FALSE;
      entry->ticks = 0;
      g_ptr_array_add (due, g_steal_pointer (&entry->event));
    }
  return due;
}

static gboolean
on_tick (gpointer user_data)
{
  JtPacer *self = user_data;
  g_autoptr (GPtrArray) due = take_due (self);

  if (g_hash_table_size (self->entries) == 0)
    stop_timer (self);
  for (guint i = 0; i < due->len; i++)
    {
      JtEvent *event = g_ptr_array_index (due, i);

      self->func (event, self->user_data);
      jt_event_unref (event);
    }
  return G_SOURCE_CONTINUE;
}

static void
start_timer (JtPacer *self)
{
  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new (TICK_MSEC);
  g_source_set_callback (self->timer, on_tick, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

gboolean
jt_pacer_may_pass (JtPacer *self, guint64 key, JtEvent *event)
{
  Entry *entry = g_hash_table_lookup (self->entries, &key);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->key = key;
      g_hash_table_insert (self->entries, &entry->key, entry);
      start_timer (self);
      return TRUE;
    }
  entry->is_held = TRUE;
  g_clear_pointer (&entry->event, jt_event_unref);
  if (event != NULL)
    entry->event = jt_event_ref (event);
  return FALSE;
}

void
jt_pacer_forget (JtPacer *self, guint64 key)
{
  g_hash_table_remove (self->entries, &key);
}

JtPacer *
jt_pacer_new (JtPacerFunc func, gpointer user_data)
{
  JtPacer *self = g_new0 (JtPacer, 1);

  self->func = func;
  self->user_data = user_data;
  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) entry_free);
  return self;
}

void
jt_pacer_free (JtPacer *self)
{
  if (self == NULL)
    return;
  stop_timer (self);
  g_hash_table_unref (self->entries);
  g_free (self);
}
