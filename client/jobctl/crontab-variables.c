/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-variables.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-recipient.h"
#include "remarks.h"

#define MAX_RECIPIENTS 32
#define MAX_DELAY_MINUTES (366 * 24 * 60)

void
crontab_variables_init (CrontabVariables *variables)
{
  *variables = (CrontabVariables) { 0 };
  variables->environment = g_environ_setenv (NULL, "SHELL", CRONTAB_DEFAULT_SHELL, TRUE);
  variables->environment = g_environ_setenv (variables->environment, "PATH", CRONTAB_DEFAULT_PATH, TRUE);
  variables->strangers = g_new0 (char *, 1);
}

void
crontab_variables_clear (CrontabVariables *variables)
{
  g_clear_pointer (&variables->environment, g_strfreev);
  g_clear_pointer (&variables->account, g_free);
  g_clear_pointer (&variables->strangers, g_strfreev);
}

/* NULL: not set. Borrowed. */
const char *
crontab_variables_get (const CrontabVariables *variables, const char *name)
{
  return g_environ_getenv (variables->environment, name);
}

/* --- a line --- */

static gboolean
is_blank (char c)
{
  return g_ascii_isspace (c);
}

/* A name or a value, in quotes or up to one of @stops. FALSE: the closing quote is missing. */
static gboolean
take_word (const char **at, const char *stops, char **word)
{
  const char *begin = *at;
  char quote = *begin == '"' || *begin == '\'' ? *begin : '\0';
  const char *end = quote != '\0' ? strchr (begin + 1, quote) : begin + strcspn (begin, stops);

  if (end == NULL)
    return FALSE;
  *word = quote != '\0' ? g_strndup (begin + 1, (gsize) (end - begin - 1)) : g_strndup (begin, (gsize) (end - begin));
  *at = quote != '\0' ? end + 1 : end;
  while (is_blank (**at))
    (*at)++;
  return TRUE;
}

static gboolean
is_name (const char *name)
{
  return *name != '\0' && !g_ascii_isdigit (*name) && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == strlen (name);
}

void
crontab_variables_set (CrontabVariables *variables, const char *name, const char *value)
{
  if (g_str_equal (name, "LOGNAME"))
    return; /* which cron sets by itself, whatever the table says */
  if (g_str_equal (name, "USER"))
    {
      g_free (variables->account);
      variables->account = g_strdup (value);
    }
  else if (is_name (name))
    variables->environment = g_environ_setenv (variables->environment, name, value, TRUE);
  else if (!g_strv_contains ((const char *const *) variables->strangers, name))
    {
      guint count = g_strv_length (variables->strangers);

      variables->strangers = g_renew (char *, variables->strangers, count + 2);
      variables->strangers[count] = g_strdup (name);
      variables->strangers[count + 1] = NULL;
    }
}

/**
 * crontab_variables_take_line:
 * @line: without the blanks before it
 * @at: (out): where @fault is
 * @fault: (out): what is wrong with a line that is meant as one, or %NULL
 *
 * A name, "=" and a value, blanks between them as one likes. Quotes around either keep what is inside; behind a closing one nothing
 * may follow. There are no other escapes, and nothing is expanded.
 *
 * Returns: %FALSE when @line is something else
 */
gboolean
crontab_variables_take_line (CrontabVariables *variables, const char *line, const char **at, const char **fault)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  gboolean is_quoted;

  *fault = NULL;
  *at = line;
  if (!take_word (&line, " \t=", &name) || *line != '=' || *name == '\0')
    return FALSE;
  for (line++; is_blank (*line); line++)
    ;
  is_quoted = *line == '"' || *line == '\'';
  *at = line;
  if (!take_word (&line, "", &value))
    *fault = _("the closing quote of the value is missing");
  else if (*line != '\0')
    {
      *at = line;
      *fault = _("nothing may follow the closing quote; cron refuses the line");
    }
  else
    crontab_variables_set (variables, name, is_quoted ? value : g_strchomp (value));
  return TRUE;
}

/* --- what cron reads in them --- */

/* An account's name or an address; NULL when it is neither. (transfer full) */
static char *
recipient_of (const char *word)
{
  char *recipient = g_strconcat (strchr (word, '@') != NULL ? JT_RECIPIENT_EMAIL : JT_RECIPIENT_USER, word, NULL);

  if (jt_recipient_find_fault (recipient) == NULL)
    return recipient;
  g_free (recipient);
  return NULL;
}

/* MAILTO=a,b@c; empty is nobody. NULL when not one of them can be told. (transfer full) */
char **
crontab_recipients_parse (const char *mailto, GPtrArray *remarks)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit (mailto, ",", -1);
  guint count = 0;

  if (*mailto == '\0')
    {
      g_strv_builder_add (builder, JT_RECIPIENT_NONE);
      return g_strv_builder_end (builder);
    }
  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *recipient = recipient_of (g_strstrip (words[i]));

      if (recipient == NULL)
        remarks_add (remarks, REMARK_LOST, "MAILTO", _("'%s' is neither an account nor a plain address"), words[i]);
      else if (++count > MAX_RECIPIENTS)
        remarks_add (remarks, REMARK_LOST, "MAILTO", _("'%s' is one too many; a job has up to %d recipients"), words[i], MAX_RECIPIENTS);
      else
        g_strv_builder_add (builder, recipient);
    }
  return count > 0 ? g_strv_builder_end (builder) : NULL;
}

static void
put_recipients (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks)
{
  const char *mailto = crontab_variables_get (variables, "MAILTO");
  g_auto (GStrv) recipients = mailto != NULL ? crontab_recipients_parse (mailto, remarks) : NULL;
  g_autofree char *shown = NULL;

  if (recipients == NULL)
    return;
  g_variant_dict_insert (settings, "notify", "^as", recipients);
  shown = g_strjoinv (";", recipients);
  if (*mailto == '\0')
    remarks_add (remarks, REMARK_SAME, "MAILTO=\"\"", "notify=%s", shown);
  else
    remarks_add (remarks, REMARK_DIFFERS, "MAILTO", _("notify=%s: told of failures and recoveries, with the last lines of output; cron mails all output of each run"), shown);
}

/* Debian's cron hands everything on and reads next to nothing itself. */
static gboolean
is_read_by_cron (const CrontabVariables *variables, const char *name, GPtrArray *remarks)
{
  if (variables->dialect != CRON_DEBIAN)
    return !variables->is_of_anacron || !g_str_equal (name, "CRON_TZ");
  remarks_add (remarks, REMARK_DIFFERS, name, "%s", _("is handed to the job only, as Debian's cron does; cronie reads it itself"));
  return FALSE;
}

static void
put_zone (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks)
{
  const char *zone = crontab_variables_get (variables, "CRON_TZ");

  if (zone == NULL || *zone == '\0' || !is_read_by_cron (variables, "CRON_TZ", remarks))
    return;
  g_variant_dict_insert (settings, "timezone", "s", zone);
  if (variables->dialect == CRON_CRONIE)
    remarks_add (remarks, REMARK_SAME, "CRON_TZ", "timezone=%s", zone);
  else
    remarks_add (remarks, REMARK_DIFFERS, "CRON_TZ",
                 _("timezone=%s, as cronie reads it; Debian's cron takes no notice and goes by the system's zone"), zone);
}

/* cron: one factor, drawn when cronie starts, scales it for all jobs and all days: a fixed share of it. anacron draws each time. */
static void
put_delay (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks)
{
  const char *text = crontab_variables_get (variables, "RANDOM_DELAY");
  guint64 minutes = 0;

  if (text == NULL || (!variables->is_of_anacron && !is_read_by_cron (variables, "RANDOM_DELAY", remarks)))
    return;
  if (!g_ascii_string_to_unsigned (text, 10, 0, MAX_DELAY_MINUTES, &minutes, NULL))
    remarks_add (remarks, REMARK_LOST, "RANDOM_DELAY", _("'%s' is no number of minutes"), text);
  else if (minutes > 0 && variables->is_of_anacron)
    {
      g_variant_dict_insert (settings, "jitter", "t", minutes * 60 * G_USEC_PER_SEC);
      remarks_add (remarks, REMARK_SAME, "RANDOM_DELAY", "jitter=%smin", text);
    }
  else if (minutes > 0)
    {
      g_variant_dict_insert (settings, "jitter", "t", minutes * 60 * G_USEC_PER_SEC);
      g_variant_dict_insert (settings, "jitter-fixed", "b", TRUE);
      remarks_add (remarks, REMARK_DIFFERS, "RANDOM_DELAY",
                   variables->dialect == CRON_CRONIE
                     ? _("jitter=%smin, jitter-fixed=yes: the same share of it every time, as with cronie, but for ever and for each job its own")
                     : _("jitter=%smin, jitter-fixed=yes, as cronie reads it; Debian's cron takes no notice"),
                   text);
    }
}

static void
put_home (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks)
{
  const char *home = crontab_variables_get (variables, "HOME");

  if (home == NULL || variables->is_of_anacron)
    return;
  if (!g_path_is_absolute (home))
    {
      remarks_add (remarks, REMARK_DIFFERS, "HOME", _("'%s' is not absolute, so it runs in the home folder of its account"), home);
      return;
    }
  g_variant_dict_insert (settings, "working-directory", "s", home);
  remarks_add (remarks, REMARK_SAME, "HOME", "working-directory=%s", home);
}

/* Handed to the job, as cron does, but with a use besides that there is none for here. */
static void
add_remarks_on_others (const CrontabVariables *variables, GPtrArray *remarks)
{
  static const struct
  {
    const char *name;
    const char *why;
  } others[] = {
    { "MAILFROM", N_("is handed to the job only; this version sends no mail") },
    { "CONTENT_TYPE", N_("is handed to the job only; this version sends no mail") },
    { "CONTENT_TRANSFER_ENCODING", N_("is handed to the job only; this version sends no mail") },
    { "MLS_LEVEL", N_("is handed to the job only; no SELinux level is set") },
    { "START_HOURS_RANGE", N_("is handed to the job only; anacron and systemd-cron read it, cron does not") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (crontab_variables_get (variables, others[i].name) != NULL
        && !(variables->is_of_anacron && g_str_equal (others[i].name, "START_HOURS_RANGE")))
      remarks_add (remarks, REMARK_DIFFERS, others[i].name, "%s", _(others[i].why));
  if (variables->account != NULL)
    remarks_add (remarks, REMARK_DIFFERS, "USER",
                 _("is whom it runs as, as cronie has it; Debian's cron hands '%s' to the job"), variables->account);
  for (guint i = 0; variables->strangers[i] != NULL; i++)
    remarks_add (remarks, REMARK_LOST, variables->strangers[i], "%s", _("a variable's name is letters, digits and _ , no digit first"));
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Sorted, so that equal environments are equal settings, in whichever order tables built them up. */
static void
put_environment (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks)
{
  /* What became a setting of its own has no other use; the rest, recipients too, may be read by the job. */
  g_auto (GStrv) environment = g_strdupv (variables->environment);
  g_autoptr (GString) names = g_string_new (NULL);

  if (variables->dialect != CRON_DEBIAN || variables->is_of_anacron)
    environment = g_environ_unsetenv (g_environ_unsetenv (environment, "CRON_TZ"), "RANDOM_DELAY");
  qsort (environment, g_strv_length (environment), sizeof *environment, compare_words);
  for (guint i = 0; environment[i] != NULL; i++)
    g_string_append_printf (names, "%s%.*s", i > 0 ? ", " : "", (int) strcspn (environment[i], "="), environment[i]);
  if (environment[0] == NULL)
    return;
  g_variant_dict_insert (settings, "environment", "^as", environment);
  remarks_add (remarks, REMARK_SAME, names->str, "environment");
}

/* The settings that follow from the lines so far, and what is to be said about them. */
void
crontab_variables_put (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks)
{
  put_environment (variables, settings, remarks);
  put_home (variables, settings, remarks);
  put_zone (variables, settings, remarks);
  put_recipients (variables, settings, remarks);
  put_delay (variables, settings, remarks);
  add_remarks_on_others (variables, remarks);
}
