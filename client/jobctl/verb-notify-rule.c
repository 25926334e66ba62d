/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "notify.h"
#include "notify-preferences.h"
#include "preference-text.h"

/* Changes @rules as the words after the verb say, or only shows them. */
typedef gboolean (*StepFunc) (Context *context, GPtrArray *rules, char **words, guint n_words, GError **error);

static gboolean
refuse (const char *message, GError **error)
{
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

/* --- add --- */

/* What the option @key was given, once or several times. */
static void
put_list (Context *context, GVariantDict *rule, const char *key)
{
  const char *const *given = options_get_all (context->options, key);
  g_autofree char *joined = given == NULL ? NULL : g_strjoinv (",", (char **) given);
  g_auto (GStrv) entries = joined == NULL ? NULL : preference_split_list (joined);

  if (entries != NULL)
    g_variant_dict_insert (rule, key, "^as", entries);
}

/* (transfer full) (nullable) */
static GVariant *
read_rule (Context *context, guint number, GError **error)
{
  static const char *const keys[] = { "events", "jobs", "tags", "channels" };
  const char *severity = options_get (context->options, "min-severity");
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) given = NULL;
  g_autoptr (JtNotifyRule) rule = NULL;

  if (options_has (context->options, "channels") == options_has (context->options, "silent"))
    return refuse (_("how is it told? --channels email,desktop, or --silent for not at all"), error), NULL;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    put_list (context, &dict, keys[i]);
  if (options_has (context->options, "silent"))
    g_variant_dict_insert (&dict, "channels", "as", NULL);
  if (severity != NULL)
    g_variant_dict_insert (&dict, "min-severity", "s", severity);
  given = g_variant_ref_sink (g_variant_dict_end (&dict));
  rule = jt_notify_rule_new (given, number, error);
  return rule == NULL ? NULL : g_variant_ref_sink (jt_notify_rule_to_variant (rule));
}

static gboolean
step_add (Context *context, GPtrArray *rules, char **words, guint n_words, GError **error)
{
  guint64 place = rules->len + 1;
  GVariant *rule;

  if (n_words > 0)
    return refuse (_("usage: jobctl notify rule add --events EVENT,… --jobs PATTERN,… --channels CHANNEL,…"), error);
  if (!options_get_count (context->options, "place", 1, place, &place, error))
    return FALSE;
  rule = read_rule (context, (guint) place, error);
  if (rule == NULL)
    return FALSE;
  g_ptr_array_insert (rules, (int) place - 1, rule);
  return TRUE;
}

/* --- remove, move --- */

/* From 1. */
static gboolean
read_number (const char *word, GPtrArray *rules, guint *number, GError **error)
{
  g_autofree char *shown = NULL;
  guint64 read;

  if (rules->len == 0)
    return refuse (_("there are no rules"), error);
  if (g_ascii_string_to_unsigned (word, 10, 1, rules->len, &read, NULL))
    {
      *number = (guint) read;
      return TRUE;
    }
  shown = text_escape (word);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is no number of a rule; they are 1 to %u"), shown, rules->len);
  return FALSE;
}

static gboolean
step_remove (Context *context, GPtrArray *rules, char **words, guint n_words, GError **error)
{
  g_autofree gboolean *is_gone = g_new0 (gboolean, rules->len + 1);

  if (n_words == 0)
    return refuse (_("usage: jobctl notify rule remove N…, with the numbers of jobctl notify rule list"), error);
  /* Numbers are those of the list as it was shown, also the second one. */
  for (guint i = 0; i < n_words; i++)
    {
      guint number;

      if (!read_number (words[i], rules, &number, error))
        return FALSE;
      is_gone[number] = TRUE;
    }
  for (guint number = rules->len; number > 0; number--)
    if (is_gone[number])
      g_ptr_array_remove_index (rules, number - 1);
  return TRUE;
}

static gboolean
step_move (Context *context, GPtrArray *rules, char **words, guint n_words, GError **error)
{
  guint from;
  guint to;

  if (n_words != 2)
    return refuse (_("usage: jobctl notify rule move N PLACE"), error);
  if (!read_number (words[0], rules, &from, error) || !read_number (words[1], rules, &to, error))
    return FALSE;
  g_ptr_array_insert (rules, (int) to - 1, g_ptr_array_steal_index (rules, from - 1));
  return TRUE;
}

/* --- the verb --- */

static int
show (Context *context, GPtrArray *rules)
{
  if (context->is_json)
    json_print (json_from_rows (rules));
  else
    notify_preferences_print_rules (context, rules);
  return JT_EXIT_DONE;
}

static int
change (Context *context, guint32 uid, StepFunc step, GError **error)
{
  g_autoptr (GVariant) preferences = notify_preferences_get (context, uid, error);
  g_autoptr (GPtrArray) rules = preferences == NULL ? NULL : notify_preferences_get_rules (preferences);

  if (rules == NULL)
    return JT_EXIT_FAILED;
  if (step == NULL)
    return show (context, rules);
  if (!step (context, rules, context->arguments + 1, context->n_arguments - 1, error))
    return JT_EXIT_USAGE;
  if (!notify_preferences_set_rules (context, uid, rules, error))
    return JT_EXIT_FAILED;
  return context->is_quiet ? JT_EXIT_DONE : show (context, rules);
}

static gboolean
is_for_add (Context *context)
{
  static const char *const names[] = { "events", "jobs", "tags", "min-severity", "channels", "silent", "place" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (options_has (context->options, names[i]))
      return TRUE;
  return FALSE;
}

int
verb_notify_rule (Context *context, GError **error)
{
  static const struct
  {
    const char *name;
    StepFunc    run;
  } steps[] = { { "list", NULL }, { "add", step_add }, { "remove", step_remove }, { "move", step_move } };
  const char *word = context->n_arguments > 0 ? context->arguments[0] : "list";
  guint32 uid;

  if (!notify_read_user (context, &uid, error))
    return JT_EXIT_NOT_FOUND;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      if (!g_str_equal (steps[i].name, word))
        continue;
      if (steps[i].run != step_add && is_for_add (context))
        return refuse (_("what a rule is about is said with jobctl notify rule add"), error), JT_EXIT_USAGE;
      if (steps[i].run == NULL && context->n_arguments > 1)
        break;
      return change (context, uid, steps[i].run, error);
    }
  refuse (_("usage: jobctl notify rule [list] | add --channels CHANNEL … | remove N… | move N PLACE"), error);
  return JT_EXIT_USAGE;
}
