/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channels.h"

#define DEFAULT_MAX_BATCH 100
#define DEFAULT_MAX_AGE_USEC (48 * 3600 * (gint64) G_USEC_PER_SEC)

static const char *const outcomes[] = { "delivered", "retry", "refused" };

G_DEFINE_INTERFACE (JtChannels, jt_channels, G_TYPE_OBJECT)

static void
jt_channels_default_init (JtChannelsInterface *iface)
{
}

GPtrArray *
jt_channels_list (JtChannels *self)
{
  return JT_CHANNELS_GET_IFACE (self)->list (self);
}

void
jt_channels_set_config (JtChannels *self, JtConfig *config)
{
  JT_CHANNELS_GET_IFACE (self)->set_config (self, config);
}

void
jt_channels_deliver_async (JtChannels *self, const char *channel, GPtrArray *messages, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_CHANNELS_GET_IFACE (self)->deliver_async (self, channel, messages, c, cb, data);
}

GPtrArray *
jt_channels_deliver_finish (JtChannels *self, GAsyncResult *result, GError **error)
{
  return JT_CHANNELS_GET_IFACE (self)->deliver_finish (self, result, error);
}

static void
info_free (gpointer data)
{
  JtChannelInfo *info = data;

  g_free (info->name);
  g_free (info->type);
  g_free (info->program);
  g_free (info->problem);
  g_free (info);
}

static void
verdict_free (gpointer data)
{
  JtChannelVerdict *verdict = data;

  g_free (verdict->detail);
  g_free (verdict);
}

GPtrArray *
jt_channel_infos_new (void)
{
  return g_ptr_array_new_with_free_func (info_free);
}

JtChannelInfo *
jt_channel_info_new (const char *name, const char *type, const char *program, const char *problem)
{
  JtChannelInfo *info = g_new0 (JtChannelInfo, 1);

  info->name = g_strdup (name);
  info->type = g_strdup (type);
  info->program = g_strdup (program);
  info->problem = g_strdup (problem);
  info->max_batch = DEFAULT_MAX_BATCH;
  info->max_age_usec = DEFAULT_MAX_AGE_USEC;
  return info;
}

GPtrArray *
jt_channel_verdicts_new (void)
{
  return g_ptr_array_new_with_free_func (verdict_free);
}

JtChannelVerdict *
jt_channel_verdict_new (JtChannelOutcome outcome, const char *detail)
{
  JtChannelVerdict *verdict = g_new0 (JtChannelVerdict, 1);

  verdict->outcome = outcome;
  verdict->detail = g_strdup (detail != NULL ? detail : "");
  return verdict;
}

const char *
jt_channel_outcome_to_string (JtChannelOutcome outcome)
{
  return outcomes[outcome];
}

gboolean
jt_channel_outcome_from_string (const char *text, JtChannelOutcome *outcome)
{
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    if (g_str_equal (text, outcomes[i]))
      {
        *outcome = (JtChannelOutcome) i;
        return TRUE;
      }
  return FALSE;
}
