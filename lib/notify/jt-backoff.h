/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How long to wait after the nth failure in a row of a delivery, or of a channel, before the next try: a minute, doubled each time, up to an
 * hour, give or take a tenth. */

/* @n_failures: from 1. @seed: the same number finds the same jitter again. */
gint64 jt_backoff_get_delay (guint n_failures, guint64 seed);
