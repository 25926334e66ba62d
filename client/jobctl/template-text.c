/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "template-text.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "text-file.h"
#include "text.h"

/* More than a template may have, so that the service says what its limit is. */
#define MAX_BYTES (1024 * 1024)

static char *
read_stdin (gsize *length, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char chunk[4096];
  gsize n;

  while ((n = fread (chunk, 1, sizeof chunk, stdin)) > 0 && text->len <= MAX_BYTES)
    g_string_append_len (text, chunk, (gssize) n);
  *length = text->len;
  if (text->len <= MAX_BYTES)
    return g_string_free (g_steal_pointer (&text), FALSE);
  g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("stdin has more than %d bytes"), MAX_BYTES);
  return NULL;
}

/* @path: "-" is stdin. (transfer full) (nullable) UTF-8 */
char *
template_text_read (const char *path, GError **error)
{
  gsize length;
  g_autofree char *text = g_str_equal (path, "-") ? read_stdin (&length, error) : text_file_read (path, MAX_BYTES, &length, error);
  const char *end;

  if (text == NULL)
    return NULL;
  if (g_utf8_validate_len (text, length, &end))
    return g_steal_pointer (&text);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s is not valid UTF-8 at byte %d"), path, (int) (end - text) + 1);
  return NULL;
}

/* "line 3, column 7: …", in English as the service says it, or in our language. */
gboolean
template_text_find_place (const char *message, guint *line, guint *column)
{
  const char *at = strstr (message, "line ");

  return at != NULL && sscanf (at, "line %u, column %u", line, column) == 2 && *line > 0 && *column > 0;
}

/* The line, and a caret below the character. (transfer full) (nullable): the text has no such line */
char *
template_text_point_at (const char *text, guint line, guint column)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *before = NULL;
  g_autofree char *shown_before = NULL;
  g_autofree char *shown = NULL;

  if (line == 0 || column == 0 || line > g_strv_length (lines))
    return NULL;
  before = g_utf8_substring (lines[line - 1], 0, MIN ((glong) column - 1, g_utf8_strlen (lines[line - 1], -1)));
  shown_before = text_escape (before);
  shown = text_escape (lines[line - 1]);
  return g_strdup_printf ("  %s\n  %*s^\n", shown, text_width (shown_before), "");
}

/* On stderr, before the complaint itself. */
void
template_text_show_fault (const char *text, const GError *error)
{
  g_autofree char *picture = NULL;
  guint line;
  guint column;

  if (!g_error_matches (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE) || !template_text_find_place (error->message, &line, &column))
    return;
  picture = template_text_point_at (text, line, column);
  if (picture != NULL)
    fputs (picture, stderr);
}
