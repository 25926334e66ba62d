/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Patterns over names: * for any text, ? for one character, [a-z] and [!a-z] for one of some; a backslash takes what follows as it is.
 * Characters are those of UTF-8; case counts. The work is bounded by the product of the lengths, whatever the pattern. */

/* NULL: it is well. Else what is wrong, as a sentence that goes on after the pattern. (transfer none) */
const char *jt_glob_find_fault (const char *pattern);
/* @pattern: without a fault. Whether it matches the whole of @text. */
gboolean    jt_glob_matches (const char *pattern, const char *text);
