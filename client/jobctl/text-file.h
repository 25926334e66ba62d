/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Whole files of other programs, up to a limit. */

char *text_file_read (const char *path, gsize most, gsize *length, GError **error);
