/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channel-config.h"

/* The secrets of a channel, as its program is told them when it starts. Blocks: for the pool. */

/* (element-type utf8) (transfer full): keys and values in turn; it wipes them when it goes. NULL: JT_ERROR_WRONG_STATE names key and path. */
GPtrArray *jt_channel_secrets_read (const JtChannelConfig *config, GError **error);
/* For an array like that. */
GPtrArray *jt_channel_secrets_new (void);
/* Every secret in @text becomes "***". (transfer full) */
char *jt_channel_secrets_hide (GPtrArray *secrets, const char *text);
