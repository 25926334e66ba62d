/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* Statistics as they are asked for: a few hundred rollups for each job or owner at most, found by their keys; no run is looked at. */

/* (transfer full) (element-type JtStatsGroup) */
GPtrArray *jt_store_read_statistics (JtDb *db, const JtStatsQuery *query, GError **error);
