/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channel-batch.h"

#include "jt-channel-lines.h"

typedef struct
{
  JtChannelVerdict *verdict; /* (nullable) (owned) */
  guint64           offset;  /* of its line in what the program was fed */
} Entry;

struct _JtChannelBatch
{
  GTask      *task;     /* (owned) */
  GPtrArray  *messages; /* (element-type JtMessage) (owned) */
  Entry      *entries;  /* (owned) as many as messages */
  GHashTable *places;   /* (owned) id → place + 1 */
  guint       next;
  guint       answered;
};

static void
verdict_free (JtChannelVerdict *verdict)
{
  if (verdict == NULL)
    return;
  g_free (verdict->detail);
  g_free (verdict);
}

JtChannelBatch *
jt_channel_batch_new (GPtrArray *messages, GTask *task)
{
  JtChannelBatch *self = g_new0 (JtChannelBatch, 1);

  self->task = task;
  self->messages = g_ptr_array_ref (messages);
  self->entries = g_new0 (Entry, messages->len);
  self->places = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < messages->len; i++)
    g_hash_table_insert (self->places, &((JtMessage *) g_ptr_array_index (messages, i))->id, GUINT_TO_POINTER (i + 1));
  return self;
}

void
jt_channel_batch_free (JtChannelBatch *self)
{
  for (guint i = 0; i < self->messages->len; i++)
    verdict_free (self->entries[i].verdict);
  g_free (self->entries);
  g_hash_table_unref (self->places);
  g_ptr_array_unref (self->messages);
  g_clear_object (&self->task);
  g_free (self);
}

char *
jt_channel_batch_next (JtChannelBatch *self, guint64 offset)
{
  if (self->next == self->messages->len)
    return NULL;
  self->entries[self->next].offset = offset;
  return jt_channel_lines_notification (g_ptr_array_index (self->messages, self->next++));
}

void
jt_channel_batch_rewind (JtChannelBatch *self)
{
  self->next = 0;
}

gboolean
jt_channel_batch_take (JtChannelBatch *self, guint64 id, JtChannelVerdict *verdict)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->places, &id));

  if (place == 0 || place > self->next || self->entries[place - 1].verdict != NULL)
    {
      verdict_free (verdict);
      return FALSE;
    }
  self->entries[place - 1].verdict = verdict;
  self->answered++;
  return TRUE;
}

guint
jt_channel_batch_count_answered (JtChannelBatch *self)
{
  return self->answered;
}

gboolean
jt_channel_batch_is_complete (JtChannelBatch *self)
{
  return self->answered == self->messages->len;
}

static gboolean
is_taken (JtChannelBatch *self, guint place, guint64 taken)
{
  return place < self->next && self->entries[place].offset < taken;
}

gboolean
jt_channel_batch_is_touched (JtChannelBatch *self, guint64 taken)
{
  return is_taken (self, 0, taken);
}

void
jt_channel_batch_settle (JtChannelBatch *self, guint64 taken, const char *why, gboolean pauses)
{
  GPtrArray *verdicts = jt_channel_verdicts_new ();

  for (guint i = 0; i < self->messages->len; i++)
    {
      JtChannelVerdict *verdict = g_steal_pointer (&self->entries[i].verdict);

      if (verdict == NULL)
        {
          verdict = jt_channel_verdict_new (JT_OUTCOME_RETRY, why);
          verdict->is_ambiguous = is_taken (self, i, taken);
          verdict->pauses = pauses;
        }
      g_ptr_array_add (verdicts, verdict);
    }
  g_task_return_pointer (self->task, verdicts, (GDestroyNotify) g_ptr_array_unref);
}

void
jt_channel_batch_fail (JtChannelBatch *self, GError *error)
{
  g_task_return_error (self->task, error);
}

GCancellable *
jt_channel_batch_get_cancellable (JtChannelBatch *self)
{
  return g_task_get_cancellable (self->task);
}
