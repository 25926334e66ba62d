/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "waiter.h"

/* What `run` and `retry` do with the run they started: name it, or wait for it and end as it ended. */

gboolean run_result_prepare (Context *context, Waiter **waiter, GError **error);
int      run_result_show (Context *context, Waiter *waiter, const char *run_path, GError **error);
