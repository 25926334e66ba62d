/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A time zone with its transitions read once and cached: immutable, reference-counted, may be
 * shared between threads. Names are IANA names; anything that is not one never opens a file. */

typedef struct _JtZone JtZone;

/* @name NULL or "": the system's zone (/etc/localtime, or TZ). (transfer full) Fails with
 * JT_ERROR_INVALID_SCHEDULE naming the nearest zone. Zones are kept in a process-wide cache. */
JtZone *jt_zone_get (const char *name, GError **error);
/* The names there are. (transfer full) */
char      **jt_zone_list_names (void);
/* Forgets the cache, after zone data or the system's zone changed. Zones in use stay valid. */
void        jt_zone_forget_all (void);
JtZone     *jt_zone_ref (JtZone *zone);
void        jt_zone_unref (JtZone *zone);
const char *jt_zone_get_name (JtZone *zone); /* "Europe/Berlin"; of the system's zone its real name */
/* Seconds east of UTC in force at @usec, and the abbreviation (borrowed). */
int jt_zone_offset_at (JtZone *zone, gint64 usec, const char **abbreviation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtZone, jt_zone_unref)
