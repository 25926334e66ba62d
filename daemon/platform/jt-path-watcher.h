/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-answer.h"

/* Watches paths for one user, with an inotify of that user's own: nobody's flood of changes is another's loss, nor is a file system
 * that does not answer. Paths are walked on the pool, one at a time, and again when something on the way to them changes. Main loop
 * only. */

/* Folders in all that are watched for one user. */
#define JT_PATH_MAX_MARKS 8192

#define JT_TYPE_PATH_WATCHER (jt_path_watcher_get_type ())
G_DECLARE_FINAL_TYPE (JtPathWatcher, jt_path_watcher, JT, PATH_WATCHER, GObject)

typedef struct _JtPathWatch JtPathWatch;
typedef void (*JtPathFunc) (JtPathWatch *watch, gpointer user_data);

JtPathWatcher *jt_path_watcher_new (guint32 uid);
guint          jt_path_watcher_count (JtPathWatcher *self); /* watches */
/* All paths are walked again: something was mounted. */
void jt_path_watcher_refresh (JtPathWatcher *self);

/* Of whether something is there (a symbolic link that leads nowhere is nothing): @func when that is known, or another. It stays with
 * the watcher, which it keeps alive. */
JtPathWatch *jt_path_watch_new_for_presence (JtPathWatcher *watcher, const char *path, JtPathFunc func, gpointer user_data);
/* Of changes: of a file, of a folder and the files in it, and all below when two stars are its end; also that it comes, goes or is
 * replaced. @func when all has been quiet for @settle_usec. What could not be told counts as a change. */
JtPathWatch *jt_path_watch_new_for_changes (JtPathWatcher *watcher, const char *path, guint64 settle_usec, JtPathFunc func,
                                            gpointer user_data);
void         jt_path_watch_free (JtPathWatch *watch);
const char  *jt_path_watch_get_path (JtPathWatch *watch); /* as it was given */
JtAnswer     jt_path_watch_get_presence (JtPathWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPathWatch, jt_path_watch_free)
