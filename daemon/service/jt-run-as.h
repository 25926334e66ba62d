/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-peers.h"
#include "jt-settings.h"

/* May this caller have jobs with these settings run as whom they say? `user` and `group` other than the caller's own are for
 * uid 0, and only to uid 0 it is told whether such an account exists. Settings that name nobody pass at once. */

/* @settings: (element-type JtSettings), borrowed until the end, the whole of each job, not only what changes: who may not
 * set `user` may not edit the command of a job that has it either. */
void     jt_run_as_check_async (JtAccounts *accounts, const JtPeer *peer, GPtrArray *settings, GAsyncReadyCallback cb,
                                gpointer data);
/* JT_ERROR_NOT_AUTHORIZED, JT_ERROR_INVALID_SETTINGS. */
gboolean jt_run_as_check_finish (JtAccounts *accounts, GAsyncResult *result, GError **error);
