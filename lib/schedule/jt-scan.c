/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-scan.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"

#define MAX_NUMBER 999999999
#define MAX_WORD 32

const char *const jt_weekday_names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", NULL };
const char *const jt_month_names[] = { "January", "February", "March",     "April",   "May",      "June",     "July",
                                       "August",  "September", "October", "November", "December", NULL };

/* What was cut to a number of bytes may end within a letter. */
static void
drop_broken_letters (char *text)
{
  const char *bad;

  while (!g_utf8_validate (text, -1, &bad))
    memmove ((char *) bad, bad + 1, strlen (bad));
}

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
  drop_broken_letters (message);
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
  if (*scan->at == '\0' || *scan->at == ' ' || *scan->at == '\t')
    return jt_scan_fail (scan, scan->at, _("%s is missing; expected a number"), what);
  if (*scan->at == '-')
    return jt_scan_fail (scan, scan->at, _("%s cannot be negative, and a range needs its beginning"), what);
  return jt_scan_fail (scan, scan->at, _("%s: expected a number, not '%.*s'"), what, (int) (g_utf8_next_char (scan->at) - scan->at),
                       scan->at);
}

/* --- characters --- */

/* Of a sign that only looks like one of ours. */
static gboolean
fail_lookalike (JtScan *scan, const char *at, gunichar c)
{
  static const struct
  {
    gunichar    first;
    gunichar    last;
    const char *instead; /* NULL: nothing */
  } signs[] = {
    { 0x00ab, 0x00ab, NULL }, { 0x00bb, 0x00bb, NULL },   { 0x2010, 0x2015, "-" }, { 0x2018, 0x201f, NULL }, { 0x2026, 0x2026, ".." },
    { 0x2039, 0x203a, NULL }, { 0x2044, 0x2044, "/" },    { 0x204e, 0x204e, "*" }, { 0x2212, 0x2212, "-" },  { 0x2215, 0x2215, "/" },
    { 0x2217, 0x2217, "*" },  { 0x2236, 0x2236, ":" },    { 0xfe58, 0xfe58, "-" }, { 0xfe63, 0xfe63, "-" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (c >= signs[i].first && c <= signs[i].last)
      return signs[i].instead == NULL ? jt_scan_fail (scan, at, _("leave out the quotation marks"))
                                      : jt_scan_fail (scan, at, _("'%.*s' (U+%04X) is not known; write '%s'"),
                                                      (int) (g_utf8_next_char (at) - at), at, c, signs[i].instead);
  /* The wide forms of ASCII. */
  if (c >= 0xff01 && c <= 0xff5e)
    return jt_scan_fail (scan, at, _("'%.*s' (U+%04X) is not known; write '%c'"), (int) (g_utf8_next_char (at) - at), at, c,
                         (char) (c - 0xff01 + '!'));
  return TRUE;
}

static gboolean
check_character (JtScan *scan, const char *at, gunichar c)
{
  if (c == '\n' || c == '\r')
    return jt_scan_fail (scan, at, _("a line break: a schedule is one line, and a job may have several schedules"));
  if ((c < 32 && c != '\t') || c == 127)
    return jt_scan_fail (scan, at, _("control character U+%04X; leave it out"), c);
  if (c < 128)
    return TRUE;
  if (g_unichar_isspace (c))
    return jt_scan_fail (scan, at, _("U+%04X is not a space here; write a plain one"), c);
  if (g_unichar_isdigit (c))
    return jt_scan_fail (scan, at, _("use the digits 0-9: write %d"), g_unichar_digit_value (c));
  if (g_unichar_iszerowidth (c))
    return jt_scan_fail (scan, at, _("U+%04X cannot be seen; leave it out"), c);
  return fail_lookalike (scan, at, c);
}

gboolean
jt_scan_check_characters (JtScan *scan)
{
  for (const char *at = scan->text; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_ascii_isprint (*at) && !check_character (scan, at, g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/* --- numbers and names --- */

gboolean
jt_scan_fail_items (JtScan *scan, const char *at, int limit)
{
  jt_scan_fail (scan, at, _("more than %d list items; write ranges or steps, or several schedules"), limit);
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

/* The word of letters here, of any language, cut to a length that can be shown. (transfer full) */
static char *
read_word (const char *begin)
{
  const char *end = begin;

  for (guint i = 0; i < MAX_WORD && g_unichar_isalpha (g_utf8_get_char (end)); i++)
    end = g_utf8_next_char (end);
  return g_strndup (begin, (gsize) (end - begin));
}

/* Names are English; what people write in the language that JobTracker is translated into is told what it is called here. NULL: nothing. */
static const char *
find_foreign (const char *word, const char *const *names)
{
  static const char *const weekdays[] = { "sonntag", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag" };
  static const char *const months[] = { "januar", "februar", "m\u00e4rz",  "april",   "mai",      "juni",
                                        "juli",   "august",  "september", "oktober", "november", "dezember" };
  const char *const *foreign = names == jt_month_names ? months : weekdays;
  g_autofree char *small = g_utf8_strdown (word, -1);
  glong length = g_utf8_strlen (small, -1);

  for (int i = 0; names[i] != NULL; i++)
    if (g_str_equal (small, foreign[i]) || ((length == 2 || length == 3) && g_str_has_prefix (foreign[i], small)))
      return names[i];
  return NULL;
}

/* Of three letters two may well differ by chance. */
static gboolean
is_alike (const char *word, const char *name)
{
  guint n_same = 0;

  for (guint i = 0; i < 3 && word[i] != '\0'; i++)
    n_same += g_ascii_toupper (word[i]) == g_ascii_toupper (name[i]);
  return n_same >= 2 || g_ascii_toupper (word[0]) == g_ascii_toupper (name[0]);
}

static gboolean
fail_name (JtScan *scan, const char *begin, const char *const *names, const char *what)
{
  g_autofree char *word = read_word (begin);
  g_autofree char *shown = g_utf8_strup (word, -1);
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = NULL;
  const char *nearest = find_foreign (word, names);
  gboolean is_long = strlen (word) > 3;

  for (int i = 0; names[i] != NULL; i++)
    {
      g_autofree char *three = g_strndup (names[i], 3);

      g_ptr_array_add (known, g_ascii_strup (three, -1));
    }
  g_ptr_array_add (known, NULL);
  list = g_strjoinv (" ", (char **) known->pdata);
  if (nearest == NULL)
    {
      nearest = jt_nearest (word, is_long ? names : (const char *const *) known->pdata);
      nearest = nearest == NULL || is_long || is_alike (word, nearest) ? nearest : NULL;
    }
  if (nearest != NULL)
    /* Translators: the first is "weekday" or "month"; then a word that is none, three letters of what was meant, and all there are */
    return jt_scan_fail (scan, begin, _("unknown %s '%s'; did you mean %c%c%c? There are %s"), _(what), shown, g_ascii_toupper (nearest[0]),
                         g_ascii_toupper (nearest[1]), g_ascii_toupper (nearest[2]), list);
  /* Translators: the first is "weekday" or "month"; the last is all there are */
  return jt_scan_fail (scan, begin, _("unknown %s '%s'; there are %s"), _(what), shown, list);
}

gboolean
jt_scan_name (JtScan *scan, const char *const *names, const char *what, int *index)
{
  const char *begin = scan->at;
  gsize length = 0;

  while (g_ascii_isalpha (begin[length]))
    length++;
  if (!g_unichar_isalpha (g_utf8_get_char (begin)))
    return FALSE;
  scan->at += length;
  for (int i = 0; names[i] != NULL; i++)
    if ((length == 3 || strlen (names[i]) == length) && g_ascii_strncasecmp (names[i], begin, length) == 0)
      {
        *index = i;
        return TRUE;
      }
  return fail_name (scan, begin, names, what);
}
