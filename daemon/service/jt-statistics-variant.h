/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-rollup.h"

/* How statistics look on the bus: the keys that GetStatistics documents. Pure. */

typedef enum
{
  JT_STATISTICS_WHOLE,
  JT_STATISTICS_GROUP, /* without histograms and hours: there may be thousands */
} JtStatisticsOf;

/* Adds what @rollup tells to @builder (a{sv}). */
void jt_statistics_put (GVariantBuilder *builder, const JtRollup *rollup, JtStatisticsOf of);
