/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-path-watcher.h"

/* The watchers of paths, one for each user who watches any, and the mounts, which inotify does not tell of. Main loop only. */

typedef struct _JtPaths JtPaths;

JtPaths *jt_paths_new (void);
void     jt_paths_free (JtPaths *self);
/* It stays as long as something is watched by it. (transfer full) */
JtPathWatcher *jt_paths_get_watcher (JtPaths *self, guint32 uid);
/* Whether @paths (setting watch-path) can be watched for @uid. JT_ERROR_TOO_LARGE: there are too many folders below one;
 * JT_ERROR_NOT_SUPPORTED: inotify is not to be had. Blocks: for the pool. */
gboolean jt_paths_check (const char *const *paths, guint32 uid, GError **error);
