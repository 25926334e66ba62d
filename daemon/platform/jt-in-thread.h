/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* Runs @func on a thread of GLib's pool, with @data as its task data, and then @done on the main loop. @owner stays until @done has
 * returned. GLib may drop a task on the pool's thread, last of all who hold it, and the source object with it: an object of the main loop
 * would then go while the main loop is in the middle of it. So these tasks have none, and @done gets NULL as its source. */
void jt_in_thread (gpointer owner, GTaskThreadFunc func, gpointer data, GDestroyNotify free_data, GAsyncReadyCallback done, gpointer user_data);
