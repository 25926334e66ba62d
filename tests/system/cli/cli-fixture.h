/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The real jobctl and the real service on a private bus, in a folder of their own. Commands are lines for /bin/sh that
 * find jobctl in their PATH. One fixture for a program: it owns the bus, the service and the folder ($T in commands). */

typedef struct
{
  const char *name;
  const char *line;   /* for /bin/sh */
  int         status;
  const char *output; /* (nullable) what stdout must hold */
  const char *error;  /* (nullable) what stderr must hold; "" : nothing at all */
} CliRow;

typedef struct
{
  int   status; /* 128+N for signal N */
  char *output;
  char *error;
} CliResult;

void cli_init (int *argc, char ***argv, gboolean with_service);
int  cli_run (void);

const char *cli_get_folder (void);
const char *cli_get_jobctl_folder (void);
void        cli_add_rows (const char *prefix, const CliRow *rows);
CliResult  *cli_shell (const char *line);
void        cli_result_free (CliResult *result);
char       *cli_output (const char *line);
void        cli_write (const char *name, const char *text);
void        cli_kill_service (void);
void        cli_start_service (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliResult, cli_result_free)
