/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* What becomes of deliveries, line by line, until somebody ends it. Nothing signals them, so the latest are asked for each second; a
 * service that goes away is waited for. */

int delivery_follow (Context *context, GVariant *filter, guint64 limit, GError **error);
