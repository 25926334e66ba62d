/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Debian's cron daemon, run as it is installed, in the world that fake-world.c makes for it: months pass in a second and no job is
 * started. What it is asked is below a temporary folder; the machine's own tables, lock and log are not touched. */

typedef struct _Crond Crond;

/* NULL: there is no such daemon here. @world: the library to preload. */
Crond *crond_new (const char *world);
void   crond_free (Crond *crond);

/* The seconds at which it starts something of @texts, in order: as often as it does so. It is started at @from_usec and ends soon after
 * @until_usec. (transfer full) (element-type gint64) */
GArray *crond_list_starts (Crond *crond, const char *zone, gint64 from_usec, gint64 until_usec, const char *const *texts);
/* Whether it takes each of @texts. */
void crond_accepts (Crond *crond, const char *const *texts, gboolean *accepted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Crond, crond_free)
