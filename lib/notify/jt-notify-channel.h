/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* One entry of a list of channels: the NAME of a channel ("desktop", "email", or what jobtracker.conf calls one), or a recipient
 * ("email:ops@example.com", "webhook:NAME"). */

#define JT_CHANNEL_DESKTOP "desktop"
#define JT_CHANNEL_EMAIL "email"

/* NULL: it is well. Else what is wrong with it, as a sentence that goes on after the entry. @takes_users: whether "user:NAME" is one too,
 * as it is where trouble escalates to. (transfer none) */
const char *jt_notify_channel_find_fault (const char *text, gboolean takes_users);
