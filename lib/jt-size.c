/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-size.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

static const char units[] = "KMGT";

gboolean
jt_size_parse (const char *text, guint64 *bytes, GError **error)
{
  const char *unit;
  char *end;
  guint64 number;
  guint shift = 0;

  if (!g_ascii_isdigit (*text))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is not a size; write 512M, 16K or a number of bytes"), text);
      return FALSE;
    }
  number = g_ascii_strtoull (text, &end, 10);
  unit = *end != '\0' ? strchr (units, g_ascii_toupper (*end)) : NULL;
  if (unit != NULL)
    {
      shift = 10 * (guint) (unit - units + 1);
      end++;
    }
  if (*end != '\0')
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                   _("'%.64s' is not a size: '%.16s' at column %u is not expected; units are K, M, G, T (use 10G, not 10GB)"), text, end,
                   (guint) (end - text) + 1);
      return FALSE;
    }
  if (number > ((guint64) G_MAXINT64 >> shift))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is larger than any size can be"), text);
      return FALSE;
    }
  *bytes = number << shift;
  return TRUE;
}

char *
jt_size_format (guint64 bytes)
{
  guint unit = 0;

  while (bytes != 0 && bytes % 1024 == 0 && unit < strlen (units))
    {
      bytes /= 1024;
      unit++;
    }
  if (unit == 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, bytes);
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%c", bytes, units[unit - 1]);
}
