/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Names of units, systemd.unit(5): PREFIX.TYPE, PREFIX@INSTANCE.TYPE, and PREFIX@.TYPE for a template of the latter. */

typedef struct
{
  char *prefix;   /* (owned) */
  char *instance; /* (owned) (nullable): no "@"; "": a template */
  char *type;     /* (owned) "service" */
} UnitName;

UnitName *unit_name_parse (const char *text);
void      unit_name_free (UnitName *name);
char     *unit_name_of_template (const UnitName *name);
char     *unit_name_with_type (const UnitName *name, const char *type);
char     *unit_name_unescape (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UnitName, unit_name_free)
