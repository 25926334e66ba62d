/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "stats-text.h"

/* A line for each job, tag, user, hour or day. */

void stats_append_groups (GString *out, GVariant *statistics, const StatsLook *look);
