/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Text of jobs made fit for a popup: nothing in it can steer the server, hide, or turn the direction of reading. Pure. */

char *jt_popup_text_line (const char *text, guint most);
char *jt_popup_text_lines (const char *text, guint most);
char *jt_popup_text_escape (const char *text);
