/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "unit-name.h"

/* One unit as its files say it: assignments in the order in which they count, the file's first, then those of its drop-ins. Whoever
 * asks for a key has dealt with it; what nobody asked for is what is left, so that nothing is passed over in silence. */

#define UNIT_MAX_FILE (1024 * 1024)
#define UNIT_MAX_LINES 10000

typedef struct
{
  char       *section;
  char       *key;
  char       *value;
  const char *path; /* of unit->paths */
  guint       line;
  gboolean    is_taken;
} UnitLine;

typedef struct
{
  char      *name;   /* "backup@home.timer" */
  UnitName  *parts;
  GPtrArray *paths;  /* (element-type utf8) what was read */
  GPtrArray *lines;  /* (element-type UnitLine) */
  GPtrArray *doubts; /* (element-type utf8) what systemd passes over, with the place */
} Unit;

Unit    *unit_new (const char *name);
void     unit_free (Unit *unit);
gboolean unit_read_text (Unit *unit, const char *text, gsize length, const char *path, GError **error);

const UnitLine *unit_find (Unit *unit, const char *section, const char *key);
const UnitLine *unit_find_any (Unit *unit, const char *section, const char *const *keys);
const char     *unit_get (Unit *unit, const char *section, const char *key);
gboolean        unit_get_flag (Unit *unit, const char *section, const char *key, gboolean fallback);
GPtrArray      *unit_list (Unit *unit, const char *section, const char *const *keys);
GPtrArray      *unit_list_left (Unit *unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Unit, unit_free)
