/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-rollup.h"

/* How statistics look on the bus: the keys that GetStatistics documents. Pure. */

/* Adds what @rollup tells to @builder (a{sv}). @with_histograms: for the whole, not for each group. */
void jt_statistics_put (GVariantBuilder *builder, const JtRollup *rollup, gboolean with_histograms);
