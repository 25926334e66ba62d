/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "unit-specifiers.h"

/* Lines such as ExecStart=, systemd.service(5), "COMMAND LINES": what they run, before any variable is put in. */

typedef enum
{
  UNIT_EXEC_MAY_FAIL = 1 << 0,   /* - */
  UNIT_EXEC_NO_VARIABLES = 1 << 1, /* : */
  UNIT_EXEC_AS_ROOT = 1 << 2,    /* + ! !! */
} UnitExecFlags;

typedef struct
{
  UnitExecFlags flags;
  char         *path;   /* (owned) absolute, or a bare name */
  char        **argv;   /* (owned) with its own name first */
} UnitCommand;

gboolean unit_exec_parse (const Unit *unit, UnitManager manager, const char *value, GPtrArray *commands, GError **error);
void     unit_command_free (UnitCommand *command);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UnitCommand, unit_command_free)
