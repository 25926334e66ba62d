/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Values of systemd's units as systemd.syntax(7) and systemd.time(7) have them: words with quotes and escapes, flags, time spans.
 * Pure: text in, values out. Words may hold bytes that are no UTF-8, since escapes can say any. */

typedef enum
{
  UNIT_ESCAPES_STRICT, /* an unknown one is a fault */
  UNIT_ESCAPES_KEPT,   /* an unknown one stands for itself, as in command lines */
} UnitEscapes;

gboolean unit_word_take (const char **at, UnitEscapes escapes, char **word, GError **error);
char   **unit_words_split (const char *text, UnitEscapes escapes, GError **error);
char    *unit_text_unescape (const char *text);
char    *unit_word_quote (const char *word);

#define UNIT_SPAN_INFINITE G_MAXINT64

gboolean unit_parse_flag (const char *text, gboolean *value);
gboolean unit_parse_span (const char *text, gint64 *usec);
gboolean unit_parse_size (const char *text, guint64 *bytes);
