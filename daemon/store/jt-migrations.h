/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <stddef.h>

/* The schema, as the ordered list of steps that make it: file N brings user_version to N. NULL-terminated. */
extern const char *const jt_migrations[];
