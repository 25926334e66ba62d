/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "import-entry.h"
#include "unit-specifiers.h"

/* A timer of systemd with its service, as a job. Units are only read. */

ImportEntry *systemd_import_timer (UnitSearch *search, UnitManager manager, const char *name, gint64 now_usec, GError **error);
