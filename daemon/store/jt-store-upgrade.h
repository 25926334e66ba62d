/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"

/* What becomes of a record of an older version beyond what its migrations say in SQL. A JtDbUpgradeFunc. */

gboolean jt_store_upgrade (JtDb *db, gint64 from, GError **error);
