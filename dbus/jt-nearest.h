/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The entry of @candidates (NULL-terminated) that a person most likely meant by @word, by edit
 * distance (optimal string alignment); NULL when nothing is near enough. Borrowed from @candidates. */
const char *jt_nearest (const char *word, const char *const *candidates);
