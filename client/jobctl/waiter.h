/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* Waiting for a run: by the service's signals, and by asking now and then in case one was missed. The service may be
 * restarted meanwhile; the run does not mind, so neither does the waiter. */

typedef struct _Waiter Waiter;

Waiter   *waiter_new (Context *context, GError **error);
void      waiter_free (Waiter *waiter);
GVariant *waiter_wait (Waiter *waiter, const char *run_path, GError **error);
GVariant *waiter_follow (Waiter *waiter, const char *run_path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiter, waiter_free)
