/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "completion.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-settings.h"

/* --- the words before the one that is typed --- */

typedef struct
{
  const Option *pending;    /* (nullable) takes the next word as its value */
  gboolean      is_unknown; /* there is a verb, and nobody knows it */
  gboolean      is_command; /* "--" was given */
} Walk;

static void
note_option (Completion *completion, const Option *option)
{
  if (g_str_equal (option->name, "system"))
    completion->context.bus = JT_BUS_SYSTEM;
  else if (g_str_equal (option->name, "session"))
    completion->context.bus = JT_BUS_SESSION;
  else if (g_str_equal (option->name, "host"))
    completion->is_remote = TRUE;
}

static void
walk_option (Completion *completion, Walk *walk, const char *word)
{
  const Option *known[VERB_OPTION_SETS];
  const char *equals = strchr (word, '=');
  gboolean is_long = word[1] == '-';
  const Option *option;

  verb_list_options (completion->verb, known);
  option = is_long ? options_find_name (known, word + 2, equals != NULL ? (gsize) (equals - word - 2) : strlen (word + 2))
                   : options_find_letter (known, word[1]);
  if (option == NULL)
    return;
  note_option (completion, option);
  if (option->value_name != NULL && (is_long ? equals == NULL : word[2] == '\0'))
    walk->pending = option;
}

static void
walk_word (Completion *completion, Walk *walk, const char *word)
{
  if (walk->pending != NULL)
    walk->pending = NULL;
  else if (g_str_equal (word, "--"))
    walk->is_command = TRUE;
  else if (word[0] == '-' && word[1] != '\0')
    walk_option (completion, walk, word);
  else if (completion->verb != NULL && completion->verb->parts == NULL)
    g_ptr_array_add (completion->arguments, (char *) word);
  else
    {
      completion->verb = completion->verb == NULL ? verb_find (word, NULL) : verb_find_part (completion->verb, word, NULL);
      walk->is_unknown = completion->verb == NULL;
    }
}

/* --- the one that is typed --- */

static void
offer_verbs (void)
{
  const Verb *verb;

  for (guint i = 0; (verb = verb_get (i)) != NULL; i++)
    completion_offer ("", verb->name, _(verb->summary));
}

static void
offer_parts (const Verb *verb)
{
  for (const Verb *part = verb->parts; part->name != NULL; part++)
    completion_offer ("", verb_get_last_word (part), _(part->summary));
}

static void
offer_options (Completion *completion)
{
  const Option *known[VERB_OPTION_SETS];

  verb_list_options (completion->verb, known);
  for (guint set = 0; known[set] != NULL; set++)
    for (const Option *option = known[set]; option->name != NULL; option++)
      if (jt_setting_info_find (option->name) == NULL ? option->help != NULL : verb_takes_setting (completion->verb, option))
        completion_offer ("--", option->name, _(option->help));
  if (completion->verb != NULL && completion->verb->settings != NO_SETTINGS)
    completion_offer ("", "--", _("the command follows"));
}

/* The form's place for argument @index, without brackets and dots: "NAME|RUN". The usage is the grammar: the last place
 * with dots takes all that follow. (transfer full) (nullable) */
static char *
find_slot (const char *form, guint index)
{
  g_auto (GStrv) places = g_strsplit (form, " ", -1);
  const char *found = NULL;
  guint count = 0;

  for (guint i = 0; places[i] != NULL && found == NULL; i++)
    {
      /* A command, or the settings, which are options. */
      if (g_str_equal (places[i], "--") || g_str_equal (places[i], "[--"))
        break;
      if (g_str_equal (places[i], "[SETTINGS]"))
        continue;
      if (count++ == index || g_str_has_suffix (places[i], "…"))
        found = places[i];
    }
  if (found == NULL || g_str_equal (found, "…"))
    return NULL;
  return g_strndup (found + strspn (found, "["), strcspn (found + strspn (found, "["), "]…"));
}

/* Words in capitals stand for anything. */
static gboolean
slot_takes (const char *slot, const char *word)
{
  g_auto (GStrv) alternatives = g_strsplit (slot, "|", -1);

  for (guint i = 0; alternatives[i] != NULL; i++)
    if (g_ascii_isupper (*alternatives[i]) || g_str_equal (alternatives[i], word))
      return TRUE;
  return FALSE;
}

static gboolean
form_takes (const char *form, GPtrArray *arguments)
{
  for (guint i = 0; i < arguments->len; i++)
    {
      g_autofree char *slot = find_slot (form, i);

      if (slot == NULL || !slot_takes (slot, g_ptr_array_index (arguments, i)))
        return FALSE;
    }
  return TRUE;
}

/* FALSE: the verb takes no more of them. */
static gboolean
offer_arguments (Completion *completion)
{
  g_auto (GStrv) forms = g_strsplit (completion->verb->arguments, " | ", -1);
  gboolean is_found = FALSE;

  for (guint i = 0; forms[i] != NULL; i++)
    {
      g_autofree char *slot = form_takes (forms[i], completion->arguments) ? find_slot (forms[i], completion->arguments->len) : NULL;

      if (slot == NULL)
        continue;
      is_found = TRUE;
      completion_offer_slot (completion, slot);
    }
  return is_found;
}

/* "--option=value" */
static gboolean
offer_attached_value (Completion *completion)
{
  const char *equals = strchr (completion->current, '=');
  const Option *known[VERB_OPTION_SETS];
  g_autofree char *prefix = NULL;
  const Option *option;

  if (!g_str_has_prefix (completion->current, "--") || equals == NULL)
    return FALSE;
  verb_list_options (completion->verb, known);
  option = options_find_name (known, completion->current + 2, (gsize) (equals - completion->current - 2));
  prefix = g_strndup (completion->current, (gsize) (equals - completion->current) + 1);
  if (option != NULL && option->value_name != NULL)
    completion_offer_option_value (completion, option, prefix);
  return TRUE;
}

static void
offer (Completion *completion, const Walk *walk)
{
  if (walk->is_command)
    completion_offer ("", ":command", "");
  else if (walk->is_unknown)
    return;
  else if (walk->pending != NULL)
    completion_offer_option_value (completion, walk->pending, "");
  else if (offer_attached_value (completion))
    return;
  else if (*completion->current == '-')
    offer_options (completion);
  else if (completion->verb == NULL)
    offer_verbs ();
  else if (completion->verb->parts != NULL)
    offer_parts (completion->verb);
  else if (!offer_arguments (completion))
    offer_options (completion);
}

/**
 * completion_print:
 * @words: those after the program's name, NULL-terminated; the last is the one that is typed, perhaps empty
 *
 * Returns: the exit status
 */
int
completion_print (char **words)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  Completion completion = { .arguments = arguments, .current = "" };
  Walk walk = { 0 };

  for (guint i = 0; words[i] != NULL && words[i + 1] != NULL && !walk.is_command; i++)
    walk_word (&completion, &walk, words[i]);
  if (*words != NULL)
    completion.current = words[g_strv_length (words) - 1];
  offer (&completion, &walk);
  g_clear_pointer (&completion.context.client, jt_client_free);
  return JT_EXIT_DONE;
}
