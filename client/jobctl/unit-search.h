/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "unit-file.h"

/* Where a manager of systemd finds units, systemd.unit(5): its folders in their order, aliases, templates, drop-ins, what is masked
 * and what is enabled. The folders are listed once, and what lies there is only read. */

typedef struct _UnitSearch UnitSearch;

typedef enum
{
  UNIT_MANAGER_SYSTEM,
  UNIT_MANAGER_USER, /* the caller's own */
} UnitManager;

char      **unit_search_list_folders (UnitManager manager);
UnitSearch *unit_search_new (const char *const *folders, GError **error);
void        unit_search_free (UnitSearch *search);

Unit  *unit_search_load (UnitSearch *search, const char *name, GError **error);
char **unit_search_list_enabled (UnitSearch *search, const char *type);
char **unit_search_list_all (UnitSearch *search, const char *type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UnitSearch, unit_search_free)
