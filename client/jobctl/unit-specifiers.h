/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "unit-search.h"

/* The "%i" of unit files, systemd.unit(5), "SPECIFIERS". What is another thing at each boot, upgrade or start is not resolved: a job
 * would keep what it was today. */

char *unit_expand (const Unit *unit, UnitManager manager, const char *text, GError **error);
