/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-notification.h"
#include "channel-settings.h"

/* The frame of a channel program: JSON lines in, JSON lines out, as jobtracker-channel(7) has it. It reads the settings
 * and one notification after the other, hands them on, and writes the verdicts down. It reads no further than the channel
 * has room for, so that a service which writes faster than mails go is held up by the pipe. One thread, one main loop; a
 * channel may do its work in notify() or go on later and answer then. */

#define CHANNEL_MAX_OUTSTANDING 1000

#define CHANNEL_EXIT_PROBLEM 1 /* said in a line of its own */
#define CHANNEL_EXIT_MISUSED 2

typedef struct _Channel Channel;

typedef struct
{
  const char *name; /* of the program, for what it says about itself: "channel-email" */
  /* What is wrong with a setting is said to SETTINGS; unknown settings are found by the frame afterwards. */
  void (*configure) (Channel *channel, ChannelSettings *settings, gpointer user_data);
  /* To be answered exactly once, now or later. (transfer full) */
  void (*notify) (Channel *channel, ChannelNotification *notification, gpointer user_data);
  /* All have been answered and no more will come. Nullable. */
  void (*finish) (gpointer user_data);
} ChannelKind;

/* The whole program: the status to end with. */
int  channel_main (const ChannelKind *kind, gpointer user_data, int argc, char *const *argv);
/* How many notifications the channel takes before it has answered; CHANNEL_MAX_OUTSTANDING if nothing is said. */
void channel_set_room (Channel *channel, guint room);

void channel_delivered (Channel *channel, const char *id, const char *detail);
/* AFTER_SECONDS: not before then; 0 if the service may decide. */
/* PAUSES: it is not about this one, the whole channel does not work for now. */
void channel_retry (Channel *channel, const char *id, const char *reason, gint64 after_seconds, gboolean is_ambiguous, gboolean pauses);
/* PAUSES: the whole channel is not to be used any more. */
void channel_refused (Channel *channel, const char *id, const char *reason, gboolean pauses);

/* Text of others for a verdict: valid UTF-8, on one line, at most 1 KiB. (transfer full) */
char *channel_clean_text (const char *text, gssize length);
