/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-slips.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

gboolean
jt_slip_say (JtSlip *slip, const char *at, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_clear_error (&slip->scan->error);
  jt_scan_fail (slip->scan, at, "%s", text);
  return TRUE;
}

const char *
jt_slip_place (const JtSlip *slip, guint word, const char *in_word)
{
  return slip->begins[word] + (in_word - slip->words[word]);
}

const char *
jt_slip_word (const JtSlip *slip, guint index)
{
  return index < slip->n_words ? slip->words[index] : "";
}

gboolean
jt_slip_is_cron (const char *text)
{
  g_autoptr (JtPattern) pattern = jt_pattern_new ();
  JtScan scan = { .text = text, .at = text };
  gboolean is_well = jt_cron_parse (&scan, pattern);

  g_clear_error (&scan.error);
  return is_well;
}

static gboolean
is_number (const char *text, gsize length, gsize most)
{
  return length > 0 && length <= most && strspn (text, "0123456789") >= length;
}

gboolean
jt_slip_read_clock (const JtSlip *slip, guint word, int *hour, int *minute, guint *n_words, const char **half)
{
  const char *text = jt_slip_word (slip, word);
  gsize n_hour = strspn (text, "0123456789");
  const char *at = text + n_hour;
  const char *next = jt_slip_word (slip, word + 1);

  if (!is_number (text, n_hour, 2))
    return FALSE;
  *hour = (int) g_ascii_strtoull (text, NULL, 10);
  *minute = 0;
  if ((*at == ':' || *at == '.' || *at == 'h') && is_number (at + 1, 2, 2) && !g_ascii_isdigit (at[3]))
    {
      *minute = (int) g_ascii_strtoull (at + 1, NULL, 10);
      at += 3;
    }
  *half = NULL;
  *n_words = 1;
  if (*at == '\0' && (g_str_equal (next, "am") || g_str_equal (next, "pm") || g_str_equal (next, "a.m.") || g_str_equal (next, "p.m.")))
    {
      at = next;
      *n_words = 2;
    }
  if (g_str_equal (at, "am") || g_str_equal (at, "pm") || g_str_equal (at, "a.m.") || g_str_equal (at, "p.m."))
    {
      *half = at;
      *hour = *hour % 12 + (*at == 'p' ? 12 : 0);
      at += strlen (at);
    }
  return *at == '\0' && *hour < 24 && *minute < 60;
}

static void
split_words (JtSlip *slip)
{
  static const char *const prefixes[] = { "cron:", "calendar:", "every:", "at:" };
  const char *text = slip->scan->text;
  const char *at = slip->lower + strspn (slip->lower, " \t");
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (at, prefixes[i]))
      {
        /* The two that are words as well stay words. */
        if (i >= 2)
          {
            slip->begins[words->len] = text + (at - slip->lower);
            g_ptr_array_add (words, g_strndup (prefixes[i], strlen (prefixes[i]) - 1));
          }
        at += strlen (prefixes[i]);
        break;
      }
  while (*(at += strspn (at, " \t")) != '\0' && words->len < JT_SLIP_MAX_WORDS)
    {
      gsize length = strcspn (at, " \t");

      slip->begins[words->len] = text + (at - slip->lower);
      g_ptr_array_add (words, g_strndup (at, length));
      at += length;
    }
  slip->n_words = words->len;
  slip->begins[words->len] = text + (at - slip->lower);
  g_ptr_array_add (words, NULL);
  slip->words = (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

void
jt_slips_explain (JtScan *scan)
{
  static gboolean (*const all[]) (JtSlip *slip)
    = { jt_slip_wrapping, jt_slip_half_day, jt_slip_every, jt_slip_unit, jt_slip_nickname, jt_slip_day_word, jt_slip_date,
        jt_slip_offset,   jt_slip_clock,    jt_slip_bare,  jt_slip_command, jt_slip_letters, jt_slip_fields, jt_slip_range,
        jt_slip_zone };
  JtSlip slip = { .scan = scan };

  if (!g_error_matches (scan->error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE) || scan->column == 0)
    return;
  slip.lower = g_ascii_strdown (scan->text, -1);
  split_words (&slip);
  for (guint i = 0; slip.n_words > 0 && i < G_N_ELEMENTS (all) && !all[i] (&slip); i++)
    continue;
  g_strfreev (slip.words);
  g_free (slip.lower);
}
