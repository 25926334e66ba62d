/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* --host: the same command on another machine, through ssh(1). */

char **remote_build_command (const char *host, char **argv, GError **error);
int    remote_run (const char *host, char **argv, GError **error);
