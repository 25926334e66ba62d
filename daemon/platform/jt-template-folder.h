/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The administrator's templates: files below one folder, whose paths are their names ("email/failed.subject", "de/email/failed.text").
 * Read on the pool. */

#define JT_TEMPLATE_FOLDER_MAX_FILES 1000

void jt_template_folder_read_async (const char *folder, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
/* (element-type utf8 utf8) (transfer full): text by name; never NULL, and empty when there is no folder. What cannot be used is passed
 * over; @problems (out) (transfer full): a sentence for each, NULL-terminated. */
GHashTable *jt_template_folder_read_finish (GAsyncResult *result, char ***problems);
