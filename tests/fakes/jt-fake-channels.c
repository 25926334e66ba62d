/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-channels.h"

#include "jt-error.h"

typedef struct
{
  JtMessage *message; /* (owned) */
  guint      count;
} Seen;

typedef struct
{
  char      *channel;
  GPtrArray *messages; /* (element-type JtMessage) (owned) */
} Batch;

struct _JtFakeChannels
{
  GObject     parent;
  GPtrArray  *infos;    /* (element-type JtChannelInfo) */
  GHashTable *scripts;  /* address, "" for all others → JtChannelVerdict */
  GHashTable *problems; /* channel → text */
  GHashTable *seen;     /* id → Seen */
  GString    *log;
  GQueue      waiting;  /* (element-type GTask) */
  gboolean    holds;
};

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  jt_message_unref (seen->message);
  g_free (seen);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_free (batch->channel);
  g_ptr_array_unref (batch->messages);
  g_free (batch);
}

static void
verdict_free (gpointer data)
{
  JtChannelVerdict *verdict = data;

  g_free (verdict->detail);
  g_free (verdict);
}

static JtChannelInfo *
find_info (JtFakeChannels *self, const char *name)
{
  for (guint i = 0; i < self->infos->len; i++)
    if (g_str_equal (((JtChannelInfo *) g_ptr_array_index (self->infos, i))->name, name))
      return g_ptr_array_index (self->infos, i);
  return NULL;
}

static GPtrArray *
list (JtChannels *channels)
{
  JtFakeChannels *self = JT_FAKE_CHANNELS (channels);
  GPtrArray *infos = jt_channel_infos_new ();

  for (guint i = 0; i < self->infos->len; i++)
    {
      const JtChannelInfo *each = g_ptr_array_index (self->infos, i);
      const char *problem = g_hash_table_lookup (self->problems, each->name);
      JtChannelInfo *info = jt_channel_info_new (each->name, each->type, each->program, problem != NULL ? problem : each->problem);

      info->max_batch = each->max_batch;
      info->max_age_usec = each->max_age_usec;
      g_ptr_array_add (infos, info);
    }
  return infos;
}

static void
set_config (JtChannels *channels, JtConfig *config)
{
}

static void
note (JtFakeChannels *self, const char *channel, GPtrArray *messages)
{
  g_string_append_printf (self->log, "%s%s:", self->log->len > 0 ? ", " : "", channel);
  for (guint i = 0; i < messages->len; i++)
    {
      JtMessage *message = g_ptr_array_index (messages, i);
      const Seen *before = g_hash_table_lookup (self->seen, &message->id);
      Seen *seen = g_new0 (Seen, 1);

      g_string_append_printf (self->log, " %" G_GUINT64_FORMAT, message->id);
      seen->count = before != NULL ? before->count + 1 : 1;
      seen->message = jt_message_ref (message);
      g_hash_table_replace (self->seen, g_memdup2 (&message->id, sizeof message->id), seen);
    }
}

static JtChannelVerdict *
judge (JtFakeChannels *self, const JtMessage *message)
{
  const JtChannelVerdict *script = g_hash_table_lookup (self->scripts, message->address != NULL ? message->address : "");
  JtChannelVerdict *verdict;

  if (script == NULL)
    script = g_hash_table_lookup (self->scripts, "");
  if (script == NULL)
    return jt_channel_verdict_new (JT_OUTCOME_DELIVERED, "ok");
  verdict = jt_channel_verdict_new (script->outcome, script->detail);
  verdict->after_usec = script->after_usec;
  verdict->is_ambiguous = script->is_ambiguous;
  verdict->pauses = script->pauses;
  return verdict;
}

static void
answer (GTask *task)
{
  JtFakeChannels *self = g_task_get_source_object (task);
  const Batch *batch = g_task_get_task_data (task);
  const char *problem = g_hash_table_lookup (self->problems, batch->channel);
  GPtrArray *verdicts;

  if (find_info (self, batch->channel) == NULL)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_FOUND, "there is no channel '%s'", batch->channel);
      return;
    }
  if (problem != NULL)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_WRONG_STATE, "%s", problem);
      return;
    }
  verdicts = jt_channel_verdicts_new ();
  for (guint i = 0; i < batch->messages->len; i++)
    g_ptr_array_add (verdicts, judge (self, g_ptr_array_index (batch->messages, i)));
  g_task_return_pointer (task, verdicts, (GDestroyNotify) g_ptr_array_unref);
}

static gboolean
answer_cb (gpointer user_data)
{
  answer (user_data);
  return G_SOURCE_REMOVE;
}

static void
deliver_async (JtChannels *channels, const char *channel, GPtrArray *messages, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeChannels *self = JT_FAKE_CHANNELS (channels);
  GTask *task = g_task_new (self, NULL, cb, data);
  Batch *batch = g_new0 (Batch, 1);

  note (self, channel, messages);
  batch->channel = g_strdup (channel);
  batch->messages = g_ptr_array_ref (messages);
  g_task_set_task_data (task, batch, batch_free);
  if (self->holds)
    g_queue_push_tail (&self->waiting, task);
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, task, g_object_unref);
}

static GPtrArray *
deliver_finish (JtChannels *channels, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
channels_iface_init (JtChannelsInterface *iface)
{
  iface->list = list;
  iface->set_config = set_config;
  iface->deliver_async = deliver_async;
  iface->deliver_finish = deliver_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtFakeChannels, jt_fake_channels, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_CHANNELS, channels_iface_init))

static void
jt_fake_channels_finalize (GObject *object)
{
  JtFakeChannels *self = JT_FAKE_CHANNELS (object);

  g_ptr_array_unref (self->infos);
  g_hash_table_unref (self->scripts);
  g_hash_table_unref (self->problems);
  g_hash_table_unref (self->seen);
  g_string_free (self->log, TRUE);
  g_queue_clear_full (&self->waiting, g_object_unref);
  G_OBJECT_CLASS (jt_fake_channels_parent_class)->finalize (object);
}

static void
jt_fake_channels_class_init (JtFakeChannelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_fake_channels_finalize;
}

static void
jt_fake_channels_init (JtFakeChannels *self)
{
  self->infos = jt_channel_infos_new ();
  self->scripts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, verdict_free);
  self->problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, seen_free);
  self->log = g_string_new (NULL);
}

JtChannels *
jt_fake_channels_new (void)
{
  JtFakeChannels *self = g_object_new (JT_TYPE_FAKE_CHANNELS, NULL);

  jt_fake_channels_add (self, "email", "email");
  return JT_CHANNELS (self);
}

JtChannelInfo *
jt_fake_channels_add (JtFakeChannels *self, const char *name, const char *type)
{
  JtChannelInfo *info = jt_channel_info_new (name, type, "/bin/true", NULL);

  g_ptr_array_add (self->infos, info);
  return info;
}

void
jt_fake_channels_remove (JtFakeChannels *self, const char *name)
{
  g_ptr_array_remove (self->infos, jt_fake_channels_find (self, name));
}

JtChannelInfo *
jt_fake_channels_find (JtFakeChannels *self, const char *name)
{
  JtChannelInfo *info = find_info (self, name);

  g_assert_nonnull (info);
  return info;
}

char *
jt_fake_channels_take_log (JtFakeChannels *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}

JtMessage *
jt_fake_channels_get_message (JtFakeChannels *self, guint64 id)
{
  const Seen *seen = g_hash_table_lookup (self->seen, &id);

  return seen != NULL ? seen->message : NULL;
}

guint
jt_fake_channels_count (JtFakeChannels *self, guint64 id)
{
  const Seen *seen = g_hash_table_lookup (self->seen, &id);

  return seen != NULL ? seen->count : 0;
}

void
jt_fake_channels_script (JtFakeChannels *self, const char *address, JtChannelOutcome outcome, const char *detail, gint64 after_usec,
                         gboolean is_ambiguous, gboolean pauses)
{
  JtChannelVerdict *verdict = jt_channel_verdict_new (outcome, detail);

  verdict->after_usec = after_usec;
  verdict->is_ambiguous = is_ambiguous;
  verdict->pauses = pauses;
  g_hash_table_replace (self->scripts, g_strdup (address != NULL ? address : ""), verdict);
}

void
jt_fake_channels_break (JtFakeChannels *self, const char *channel, const char *problem)
{
  if (problem != NULL)
    g_hash_table_replace (self->problems, g_strdup (channel), g_strdup (problem));
  else
    g_hash_table_remove (self->problems, channel);
}

void
jt_fake_channels_hold (JtFakeChannels *self, gboolean holds)
{
  self->holds = holds;
  while (!holds && !g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

      answer (task);
    }
}

guint
jt_fake_channels_count_waiting (JtFakeChannels *self)
{
  return self->waiting.length;
}
