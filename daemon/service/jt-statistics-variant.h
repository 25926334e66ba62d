/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-rollup.h"
#include "jt-row-writer.h"

/* How statistics look on the bus: the keys that GetStatistics documents. Pure. */

/* Adds all that @rollup tells to @builder (a{sv}). */
void jt_statistics_put_whole (GVariantBuilder *builder, const JtRollup *rollup);
/* Adds to the row under way what a line of a table or a point of a series needs. */
void jt_statistics_add_group (JtRowWriter *rows, const JtRollup *rollup);
