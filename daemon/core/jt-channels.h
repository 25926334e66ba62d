/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-config.h"
#include "jt-message.h"

/* The ways out of the house, as the outbox wants them: channels by name, batches handed over, a verdict for each message. Platform runs
 * the programs that they are. The channel "desktop" is none of these: its popups go over the bus. Main loop only; nothing blocks. */

typedef struct
{
  char   *name;
  char   *type;         /* "email", "webhook", "program" */
  char   *program;
  char   *problem;      /* (nullable) why it cannot be used, or could not when it was last tried: "no program at /x" */
  guint   max_batch;    /* messages that one batch may have */
  gint64  max_age_usec; /* what has not been delivered by then has expired */
} JtChannelInfo;

typedef enum
{
  JT_OUTCOME_DELIVERED,
  JT_OUTCOME_RETRY,   /* not now */
  JT_OUTCOME_REFUSED, /* never */
} JtChannelOutcome;

/* What became of one message. */
typedef struct
{
  JtChannelOutcome outcome;
  char     *detail;       /* "250 2.0.0 Ok", "550 5.1.1 no such user", one line of UTF-8; never NULL */
  gint64    after_usec;   /* of a retry: not before so much time has passed; 0: as the outbox likes */
  gboolean  is_ambiguous; /* of a retry: it may have been delivered all the same */
  gboolean  pauses;       /* it is the channel as a whole that does not work, and that is to be left alone: of a retry for a while, until
                           * somebody has put it right else */
} JtChannelVerdict;

#define JT_TYPE_CHANNELS (jt_channels_get_type ())
G_DECLARE_INTERFACE (JtChannels, jt_channels, JT, CHANNELS, GObject)

struct _JtChannelsInterface
{
  GTypeInterface parent;
  GPtrArray *(*list) (JtChannels *self);
  void (*set_config) (JtChannels *self, JtConfig *config);
  void (*deliver_async) (JtChannels *self, const char *channel, GPtrArray *messages, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*deliver_finish) (JtChannels *self, GAsyncResult *result, GError **error);
};

/* (element-type JtChannelInfo) (transfer full), by name. A copy as of now. */
GPtrArray *jt_channels_list (JtChannels *self);
/* The channels of @config from now on. What is under way ends as it began. */
void jt_channels_set_config (JtChannels *self, JtConfig *config);
/* @messages: (element-type JtMessage), at least one, no id twice; max_batch is for the caller to keep. Batches of one channel go one
 * after the other. A cancelled one is stopped, and its verdicts say what became of it. */
void jt_channels_deliver_async (JtChannels *self, const char *channel, GPtrArray *messages, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
/* (element-type JtChannelVerdict) (transfer full): one for each message, in the same order. NULL: the channel as a whole does not work
 * and nothing at all was delivered, nor may have been: JT_ERROR_NOT_FOUND (there is none of that name), JT_ERROR_NOT_SUPPORTED (it cannot
 * be started), JT_ERROR_WRONG_STATE (it says so itself: bad settings). */
GPtrArray *jt_channels_deliver_finish (JtChannels *self, GAsyncResult *result, GError **error);

/* For implementations. (element-type JtChannelInfo), (element-type JtChannelVerdict): arrays that free what they hold. */
GPtrArray        *jt_channel_infos_new (void);
JtChannelInfo    *jt_channel_info_new (const char *name, const char *type, const char *program, const char *problem);
GPtrArray        *jt_channel_verdicts_new (void);
JtChannelVerdict *jt_channel_verdict_new (JtChannelOutcome outcome, const char *detail);

const char *jt_channel_outcome_to_string (JtChannelOutcome outcome);
gboolean    jt_channel_outcome_from_string (const char *text, JtChannelOutcome *outcome);
