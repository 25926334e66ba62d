/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A text in the person's own editor (VISUAL, EDITOR, editor(1) or vi(1)): a file of its own that is there until it is freed, or kept
 * when what was written must not be lost. */

typedef struct _Editor Editor;

Editor     *editor_new (const char *ending, const char *text, GError **error);
void        editor_free (Editor *editor);
char       *editor_run (Editor *editor, GError **error);
const char *editor_get_path (Editor *editor);
void        editor_keep (Editor *editor);
gboolean    editor_ask_again (const char *complaint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Editor, editor_free)
