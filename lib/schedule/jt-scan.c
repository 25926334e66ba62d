/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-scan.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"

#define MAX_NUMBER 999999999

const char *const jt_weekday_names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", NULL };
const char *const jt_month_names[] = { "January", "February", "March",     "April",   "May",      "June",     "July",
                                       "August",  "September", "October", "November", "December", NULL };

gboolean
jt_scan_fail (JtScan *scan, const char *at, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  if (scan->error != NULL)
    return FALSE;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  scan->column = at == NULL ? 0 : (guint) g_utf8_pointer_to_offset (scan->text, at) + 1;
  if (at == NULL)
    g_set_error (&scan->error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, "%s", message);
  else
    g_set_error (&scan->error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("column %u: %s"), scan->column, message);
  return FALSE;
}

static gboolean
fail_here (JtScan *scan, const char *what)
{
  gunichar c = g_utf8_get_char (scan->at);

  if (*scan->at == '\0')
    return jt_scan_fail (scan, scan->at, _("%s is missing"), what);
  if (g_unichar_isdigit (c))
    return jt_scan_fail (scan, scan->at, _("%s: use the digits 0-9"), what);
  if (g_unichar_isspace (c) && c >= 128)
    return jt_scan_fail (scan, scan->at, _("U+%04X is not a space here"), c);
  if (*scan->at == '-')
    return jt_scan_fail (scan, scan->at, _("%s cannot be negative, and a range needs its beginning"), what);
  return jt_scan_fail (scan, scan->at, _("%s: expected a number, not '%.*s'"), what, (int) (g_utf8_next_char (scan->at) - scan->at),
                       scan->at);
}

gboolean
jt_scan_fail_items (JtScan *scan, const char *at, int limit)
{
  jt_scan_fail (scan, at, _("more than %d list items"), limit);
  scan->error->code = JT_ERROR_TOO_LARGE;
  return FALSE;
}

gboolean
jt_scan_number (JtScan *scan, const char *what, gint64 *number)
{
  const char *begin = scan->at;
  gint64 value = 0;

  if (!g_ascii_isdigit (*begin))
    return fail_here (scan, _(what));
  for (; g_ascii_isdigit (*scan->at); scan->at++)
    {
      value = value * 10 + (*scan->at - '0');
      if (value > MAX_NUMBER)
        return jt_scan_fail (scan, begin, _("%s is too large"), _(what));
    }
  *number = value;
  return TRUE;
}

gboolean
jt_scan_name (JtScan *scan, const char *const *names, const char *what, int *index)
{
  const char *begin = scan->at;
  gsize length = 0;
  g_autofree char *word = NULL;
  g_autoptr (GPtrArray) shorts = NULL;
  const char *nearest;

  while (g_ascii_isalpha (begin[length]))
    length++;
  if (length == 0)
    return FALSE;
  scan->at += length;
  for (int i = 0; names[i] != NULL; i++)
    if ((length == 3 || strlen (names[i]) == length) && g_ascii_strncasecmp (names[i], begin, length) == 0)
      {
        *index = i;
        return TRUE;
      }
  word = g_ascii_strup (begin, (gssize) MIN (length, 32));
  shorts = g_ptr_array_new_with_free_func (g_free);
  for (int i = 0; names[i] != NULL; i++)
    {
      g_autofree char *three = g_strndup (names[i], 3);

      g_ptr_array_add (shorts, g_ascii_strup (three, -1));
    }
  g_ptr_array_add (shorts, NULL);
  nearest = jt_nearest (word, (const char *const *) shorts->pdata);
  if (nearest != NULL)
    /* Translators: the first is "weekday" or "month" */
    return jt_scan_fail (scan, begin, _("unknown %s '%s'; did you mean %s?"), _(what), word, nearest);
  /* Translators: the first is "weekday" or "month" */
  return jt_scan_fail (scan, begin, _("unknown %s '%s'"), _(what), word);
}
