/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The text of a template as a person has it in a file, and where it is faulty. */

char    *template_text_read (const char *path, GError **error);
gboolean template_text_find_place (const char *message, guint *line, guint *column);
char    *template_text_point_at (const char *text, guint line, guint column);
void     template_text_show_fault (const char *text, const GError *error);
