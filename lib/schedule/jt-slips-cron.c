/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Slips with crontab lines, and with the cron of other tools. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-nearest.h"
#include "jt-slips.h"

#define N_FIELDS 5
#define MAX_SHOWN 64

/* The words from @first on, as they were written. (transfer full) */
static char *
cut_words (const JtSlip *slip, guint first, guint count)
{
  guint last = MIN (first + count, slip->n_words) - 1;

  return g_strndup (slip->begins[first], (gsize) (slip->begins[last] - slip->begins[first]) + strlen (slip->words[last]));
}

static gboolean
is_variable (const char *word)
{
  gsize length = strspn (word, "abcdefghijklmnopqrstuvwxyz_");

  return length > 0 && word[length] == '=';
}

/* What is put around an expression somewhere else. */
gboolean
jt_slip_wrapping (JtSlip *slip)
{
  const char *first = jt_slip_word (slip, 0);
  const char *paren = strchr (first, '(');
  const char *backslash = strchr (slip->scan->text, '\\');

  if (strchr ("'\"`", *first) != NULL)
    return jt_slip_say (slip, slip->begins[0], _("leave out the quotation marks"));
  if (backslash != NULL)
    return jt_slip_say (slip, backslash, _("leave out the backslash"));
  if (g_str_has_prefix (first, "cron_tz=") || g_str_has_prefix (first, "tz="))
    return jt_slip_say (slip, slip->begins[0], _("the zone is not a part of it; use the setting timezone"));
  if (is_variable (first))
    return jt_slip_say (slip, slip->begins[0], _("a variable of a crontab is not a schedule; use the setting environment"));
  if (paren != NULL && g_ascii_isalpha (*first))
    return jt_slip_say (slip, slip->begins[0], _("leave out '%.*s' and ')'"), (int) MIN (paren - first + 1, MAX_SHOWN), slip->begins[0]);
  for (guint i = 1; i < slip->n_words; i++)
    if (*slip->words[i] == '#')
      return jt_slip_say (slip, slip->begins[i], _("leave out the comment"));
  return FALSE;
}

/* --- nicknames --- */

gboolean
jt_slip_nickname (JtSlip *slip)
{
  static const char *const names[]
    = { "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@reboot", NULL };
  static const struct
  {
    const char *word;
    const char *instead;
  } others[] = {
    { "@minutely", "* * * * *" },      { "@secondly", "* * * * * *" },   { "@quarterly", "0 0 1 1,4,7,10 *" }, { "@weekdays", "0 0 * * 1-5" },
    { "@fortnightly", "every 2w" },    { "@biweekly", "every 2w" },      { "@noon", "0 12 * * *" },            { "@startup", "@reboot" },
    { "@boot", "@reboot" },
  };
  const char *word = jt_slip_word (slip, 0);
  const char *nearest;

  /* One that is known has text after it that the parser named. */
  if (*word != '@' || g_ascii_isdigit (word[1]) || g_strv_contains (names, word))
    return FALSE;
  if (g_str_has_prefix (word, "@every") && slip->n_words > 1)
    return jt_slip_say (slip, slip->begins[0], _("leave out the '@': write 'every %.32s'"), slip->begins[1]);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (word, others[i].word))
      return jt_slip_say (slip, slip->begins[0],
                          _("unknown '%s'; write '%s'; there are @hourly @daily @midnight @weekly @monthly @yearly @annually @reboot"), word,
                          others[i].instead);
  nearest = jt_nearest (word, names);
  return nearest != NULL
         && jt_slip_say (slip, slip->begins[0],
                         _("unknown '%.32s'; did you mean %s? There are @hourly @daily @midnight @weekly @monthly @yearly @annually @reboot"),
                         word, nearest);
}

/* --- the number of fields --- */

static gboolean
is_cron_text (const JtSlip *slip, guint count)
{
  g_autofree char *text = count <= slip->n_words ? cut_words (slip, 0, count) : NULL;

  return text != NULL && jt_slip_is_cron (text);
}

/* Words after five good fields that are no sixth: the rest of a crontab's line. */
gboolean
jt_slip_command (JtSlip *slip)
{
  g_autofree char *fields = NULL;
  const char *word = jt_slip_word (slip, N_FIELDS);

  if (slip->n_words <= N_FIELDS || !is_cron_text (slip, N_FIELDS))
    return FALSE;
  fields = cut_words (slip, 0, N_FIELDS);
  if (strlen (fields) > MAX_SHOWN)
    return FALSE;
  if (g_ascii_isalpha (*word) || strchr ("/.$~[({", *word) != NULL)
    return jt_slip_say (slip, slip->begins[N_FIELDS],
                        _("'%.32s' is no field: write '%s' alone; user and command of a crontab's line are settings of their own"),
                        slip->begins[N_FIELDS], fields);
  if (slip->n_words > N_FIELDS + 1 && is_cron_text (slip, N_FIELDS + 1))
    {
      g_autofree char *with_seconds = cut_words (slip, 0, N_FIELDS + 1);

      return jt_slip_say (slip, slip->begins[N_FIELDS + 1],
                          _("has more than 6 fields; write '%s' without the rest; for some years only write a calendar, as '2026-*-* 12:00'"),
                          with_seconds);
    }
  return FALSE;
}

/* Too few: what is left out is '*'. */
gboolean
jt_slip_fields (JtSlip *slip)
{
  g_autoptr (GString) filled = NULL;

  if (slip->n_words >= N_FIELDS || strspn (slip->lower, "0123456789*,-/ \t") != strlen (slip->lower))
    return FALSE;
  filled = g_string_new (NULL);
  for (guint i = 0; i < N_FIELDS; i++)
    g_string_append_printf (filled, "%s%s", i > 0 ? " " : "", i < slip->n_words ? slip->words[i] : "*");
  if (filled->len > MAX_SHOWN || !jt_slip_is_cron (filled->str))
    return FALSE;
  return jt_slip_say (slip, slip->begins[slip->n_words - 1] + strlen (slip->words[slip->n_words - 1]),
                      g_dngettext (GETTEXT_PACKAGE,
                                   "has %u field, needs 5 or 6: minute hour day-of-month month weekday; write '%s'",
                                   "has %u fields, needs 5 or 6: minute hour day-of-month month weekday; write '%s'", slip->n_words),
                      slip->n_words, filled->str);
}

/* --- letters of other tools --- */

static gboolean
is_hash (const char *word)
{
  return *word == 'h' && (word[1] == '\0' || word[1] == '/' || word[1] == '(');
}

static gboolean
is_ordinal (const char *suffix)
{
  static const char *const suffixes[] = { "st", "nd", "rd", "th" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_prefix (suffix, suffixes[i]) && !g_ascii_isalpha (suffix[2]))
      return TRUE;
  return FALSE;
}

gboolean
jt_slip_letters (JtSlip *slip)
{
  if (slip->n_words < N_FIELDS)
    return FALSE;
  for (guint i = 0; i < slip->n_words; i++)
    {
      const char *word = slip->words[i];
      const char *range = strstr (word, "..");
      const char *tilde = strchr (word, '~');
      gsize n_digits = strspn (word, "0123456789");

      if (is_hash (word))
        return jt_slip_say (slip, slip->begins[i], _("only Jenkins knows H; write a number, and spread starts with the setting jitter"));
      if (tilde != NULL)
        return jt_slip_say (slip, jt_slip_place (slip, i, tilde),
                            _("random values with '~' are not known; write a number, and spread starts with the setting jitter"));
      if (range != NULL)
        return jt_slip_say (slip, jt_slip_place (slip, i, range), _("a range of cron has '-', as in 1-5"));
      if (n_digits > 0 && is_ordinal (word + n_digits))
        return jt_slip_say (slip, jt_slip_place (slip, i, word + n_digits), _("leave out '%.2s'; write %.*s"), word + n_digits,
                            (int) MIN (n_digits, 8), word);
    }
  return FALSE;
}
