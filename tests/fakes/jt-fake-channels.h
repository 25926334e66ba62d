/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channels.h"

/* Channels that deliver to nobody: they note what they were handed, and a test says what becomes of it. Without a word a message is
 * delivered, from the main loop and never before jt_channels_deliver_async() returns. */

#define JT_TYPE_FAKE_CHANNELS (jt_fake_channels_get_type ())
G_DECLARE_FINAL_TYPE (JtFakeChannels, jt_fake_channels, JT, FAKE_CHANNELS, GObject)

/* With one channel, "email". */
JtChannels *jt_fake_channels_new (void);
/* There is one of that name from now on. (transfer none): to be changed as the test likes */
JtChannelInfo *jt_fake_channels_add (JtFakeChannels *self, const char *name, const char *type);
/* There is none of that name any more. */
void jt_fake_channels_remove (JtFakeChannels *self, const char *name);
/* How one is known, likewise; it must be there. */
JtChannelInfo *jt_fake_channels_find (JtFakeChannels *self, const char *name);
/* The batches since the last call, in order, as "email: 1 2 3", "ntfy: 4"; joined by ", ". (transfer full) */
char *jt_fake_channels_take_log (JtFakeChannels *self);
/* (transfer none) (nullable) the message with that id as it was handed over last */
JtMessage *jt_fake_channels_get_message (JtFakeChannels *self, guint64 id);
/* How many times the message with that id was handed over. */
guint jt_fake_channels_count (JtFakeChannels *self, guint64 id);
/* What becomes of messages to @address (NULL: to all that have no word of their own) from now on; @after_usec and @is_ambiguous of a
 * retry, @pauses of any. */
void jt_fake_channels_script (JtFakeChannels *self, const char *address, JtChannelOutcome outcome, const char *detail, gint64 after_usec,
                              gboolean is_ambiguous, gboolean pauses);
/* @channel as a whole does not work from now on, JT_ERROR_WRONG_STATE with @problem; NULL: it does again. */
void jt_fake_channels_break (JtFakeChannels *self, const char *channel, const char *problem);
/* From now on batches wait until they are let go; FALSE lets go of all that wait, in order. */
void jt_fake_channels_hold (JtFakeChannels *self, gboolean holds);
/* Batches that wait. */
guint jt_fake_channels_count_waiting (JtFakeChannels *self);
