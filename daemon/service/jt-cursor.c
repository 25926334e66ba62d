/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-cursor.h"

#include <string.h>

#include "jt-error.h"

#define DIGITS 16

char *
jt_cursor_format (guint64 before, const char *fingerprint)
{
  g_autofree char *id = g_strdup_printf ("%0*" G_GINT64_MODIFIER "x", DIGITS, before);
  g_autofree char *text = g_strconcat ("run-cursor ", id, " ", fingerprint, NULL);
  g_autofree char *check = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  check[DIGITS] = '\0';
  return g_strconcat (id, check, NULL);
}

gboolean
jt_cursor_parse (const char *cursor, const char *fingerprint, guint64 *before, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *expected = NULL;
  guint64 number = 0;

  if (*cursor == '\0')
    {
      *before = 0;
      return TRUE;
    }
  if (strlen (cursor) == 2 * DIGITS)
    {
      id = g_strndup (cursor, DIGITS);
      if (strspn (id, "0123456789abcdef") == DIGITS)
        number = g_ascii_strtoull (id, NULL, 16);
      expected = jt_cursor_format (number, fingerprint);
    }
  if (number == 0 || !g_str_equal (expected, cursor))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                           "page token invalid or expired; begin with an empty cursor and the same filter");
      return FALSE;
    }
  *before = number;
  return TRUE;
}
