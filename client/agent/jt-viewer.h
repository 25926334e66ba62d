/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* Shows what jobctl says in a window: in a terminal, which stays until it was read. */

char   **jt_viewer_make_command (const char *const *words);
gboolean jt_viewer_open (const char *const *words, const char *token, GError **error);
