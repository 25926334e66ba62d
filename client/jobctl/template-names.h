/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Which of the templates that there are serves a name: "email/failed.html" may be made from "email/default.html". Pure. */

char *template_names_find_serving (GPtrArray *rows, const char *name, const char *language, GError **error);
char *template_names_part_of_file (const char *path);
