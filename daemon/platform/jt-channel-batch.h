/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channels.h"

/* What was handed to a channel at a time: which messages its program has been told of, and what it has answered. Main loop only. */

typedef struct _JtChannelBatch JtChannelBatch;

/* @task: (transfer full) returned to when the batch is over, with a GPtrArray of JtChannelVerdict or an error. */
JtChannelBatch *jt_channel_batch_new (GPtrArray *messages, GTask *task);
void            jt_channel_batch_free (JtChannelBatch *self);
/* The line of the next message, which begins at @offset of what the program has been fed. (transfer full) (nullable): no more */
char *jt_channel_batch_next (JtChannelBatch *self, guint64 offset);
/* As if no program had been told of it. */
void jt_channel_batch_rewind (JtChannelBatch *self);
/* (transfer full): the verdict. Whether the program was told of that message and has not answered before. */
gboolean jt_channel_batch_take (JtChannelBatch *self, guint64 id, JtChannelVerdict *verdict);
guint    jt_channel_batch_count_answered (JtChannelBatch *self);
gboolean jt_channel_batch_is_complete (JtChannelBatch *self);
/* Whether of the @taken bytes that the program took some were of a message of this batch. */
gboolean jt_channel_batch_is_touched (JtChannelBatch *self, guint64 taken);
/* Those without an answer are to be tried again because of @why, and are in doubt if any of their line was taken. Returns to the task;
 * the batch is of no use any more. */
void jt_channel_batch_settle (JtChannelBatch *self, guint64 taken, const char *why, gboolean pauses);
/* (transfer full): nothing at all was delivered. */
void jt_channel_batch_fail (JtChannelBatch *self, GError *error);
/* (nullable) (transfer none) */
GCancellable *jt_channel_batch_get_cancellable (JtChannelBatch *self);
