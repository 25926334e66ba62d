/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "options.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-when.h"
#include "text.h"

Options *
options_new (void)
{
  Options *options = g_new0 (Options, 1);

  options->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  options->order = g_ptr_array_new ();
  options->arguments = g_ptr_array_new ();
  return options;
}

void
options_free (Options *options)
{
  if (options == NULL)
    return;
  g_hash_table_unref (options->values);
  g_ptr_array_unref (options->order);
  g_ptr_array_unref (options->arguments);
  g_free (options);
}

/* @length: of @name, which may go on. (nullable) */
const Option *
options_find_name (const Option *const *known, const char *name, gsize length)
{
  for (guint set = 0; known[set] != NULL; set++)
    for (const Option *option = known[set]; option->name != NULL; option++)
      if (strlen (option->name) == length && strncmp (option->name, name, length) == 0)
        return option;
  return NULL;
}

const Option *
options_find_letter (const Option *const *known, char letter)
{
  for (guint set = 0; known[set] != NULL; set++)
    for (const Option *option = known[set]; option->name != NULL; option++)
      if (option->letter == letter && letter != '\0')
        return option;
  return NULL;
}

static gboolean
fail_unknown (const Option *const *known, const char *word, gsize length, GError **error)
{
  g_autofree char *name = g_strndup (word + 2, length);
  g_autofree char *shown = text_escape (name);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (guint set = 0; known[set] != NULL; set++)
    for (const Option *option = known[set]; option->name != NULL; option++)
      g_ptr_array_add (names, (char *) option->name);
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (name, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown option '--%s'; did you mean '--%s'?"), shown, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown option '--%s'; --help lists them"), shown);
  return FALSE;
}

static gboolean
fail_value (const Option *option, GError **error)
{
  if (option->example != NULL)
    /* Translators: an option, what its value is ("FILE"), and an example of it */
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--%s needs %s, e.g. %s"), option->name, _(option->value_name),
                 option->example);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--%s needs a value (%s)"), option->name, _(option->value_name));
  return FALSE;
}

static void
put (Options *options, const Option *option, const char *value)
{
  GPtrArray *values = g_hash_table_lookup (options->values, option->name);

  if (values == NULL)
    {
      values = g_ptr_array_new ();
      g_ptr_array_add (values, NULL);
      g_hash_table_insert (options->values, (char *) option->name, values);
    }
  g_ptr_array_insert (values, (int) values->len - 1, (char *) value);
  g_ptr_array_add (options->order, (char *) option->name);
  g_ptr_array_add (options->order, (char *) value);
}

/* What goes over the bus or into JSON is UTF-8. */
static gboolean
check_word (const char *word, GError **error)
{
  g_autofree char *shown = NULL;
  const char *end;

  if (g_utf8_validate (word, -1, &end))
    return TRUE;
  shown = text_escape (word);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is not valid UTF-8 at byte %d"), shown, (int) (end - word) + 1);
  return FALSE;
}

/* *@argv stands on the option; a value of its own moves it on. A word with dashes is a value only after "=", so that
 * a forgotten value is found; a negative number is one. */
static gboolean
take_value (Options *options, const Option *option, const char *attached, char ***argv, GError **error)
{
  const char *next = (*argv)[1];

  if (option->value_name == NULL)
    {
      if (attached != NULL)
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--%s takes no value"), option->name);
          return FALSE;
        }
      put (options, option, "");
      return TRUE;
    }
  if (attached == NULL)
    {
      if (next == NULL || (next[0] == '-' && next[1] != '\0' && !g_ascii_isdigit (next[1])))
        return fail_value (option, error);
      attached = next;
      (*argv)++;
    }
  put (options, option, attached);
  return option->takes_bytes || check_word (attached, error);
}

static gboolean
take_long (Options *options, char ***argv, const Option *const *known, GError **error)
{
  const char *word = **argv;
  const char *equals = strchr (word, '=');
  gsize length = equals != NULL ? (gsize) (equals - word - 2) : strlen (word + 2);
  const Option *option = options_find_name (known, word + 2, length);

  if (option == NULL)
    return fail_unknown (known, word, length, error);
  return take_value (options, option, equals != NULL ? equals + 1 : NULL, argv, error);
}

static gboolean
take_letter (Options *options, char ***argv, const Option *const *known, GError **error)
{
  const char *word = **argv;
  const Option *option = options_find_letter (known, word[1]);

  if (option == NULL)
    {
      g_autofree char *shown = text_escape (word);

      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                   _("unknown option '%s'; if it belongs to a command, put -- before the command"), shown);
      return FALSE;
    }
  return take_value (options, option, word[2] != '\0' ? word + 2 : NULL, argv, error);
}

/**
 * options_parse:
 * @argv: the words after the program's name, NULL-terminated; must outlive @options
 * @known: NULL-terminated sets of options, each ended by one without a name
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT naming the nearest option when one is unknown
 */
gboolean
options_parse (Options *options, char **argv, const Option *const *known, GError **error)
{
  gboolean is_good = TRUE;

  for (; *argv != NULL && is_good; argv++)
    {
      const char *word = *argv;
      /* No option has a digit for a letter. */
      gboolean is_option = word[0] == '-' && word[1] != '\0' && !g_ascii_isdigit (word[1]);

      if (g_str_equal (word, "--"))
        {
          options->command = argv + 1;
          break;
        }
      /* The values of options are looked at with them. */
      if (!is_option && !check_word (word, error))
        return FALSE;
      if (!is_option)
        g_ptr_array_add (options->arguments, (char *) word);
      else
        is_good = word[1] == '-' ? take_long (options, &argv, known, error) : take_letter (options, &argv, known, error);
    }
  g_ptr_array_add (options->arguments, NULL);
  return is_good;
}

/* The last value given, "" for a flag, NULL when it was not given. Borrowed. */
const char *
options_get (Options *options, const char *name)
{
  const GPtrArray *values = g_hash_table_lookup (options->values, name);

  return values == NULL ? NULL : g_ptr_array_index (values, values->len - 2);
}

/* All values in order, NULL-terminated; NULL when there is none. Borrowed. */
const char *const *
options_get_all (Options *options, const char *name)
{
  const GPtrArray *values = g_hash_table_lookup (options->values, name);

  return values == NULL ? NULL : (const char *const *) values->pdata;
}

gboolean
options_has (Options *options, const char *name)
{
  return g_hash_table_contains (options->values, name);
}

/* A whole number within limits; *@count stays when the option was not given. */
gboolean
options_get_count (Options *options, const char *name, guint64 least, guint64 most, guint64 *count, GError **error)
{
  const char *text = options_get (options, name);
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (text == NULL || g_ascii_string_to_unsigned (text, 10, least, most, count, NULL))
    return TRUE;
  from = g_strdup_printf ("%" G_GUINT64_FORMAT, least);
  to = g_strdup_printf ("%" G_GUINT64_FORMAT, most);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--%s needs a whole number from %s to %s"), name, from, to);
  return FALSE;
}

/* A point in time as people write it, in the local zone, or how long ago it was ("2h"); *@usec stays when the option
 * was not given. */
gboolean
options_get_instant (Options *options, const char *name, gint64 *usec, GError **error)
{
  const char *text = options_get (options, name);
  g_autoptr (JtZone) zone = NULL;
  gint64 ago_usec;
  JtScan scan = { .text = text, .at = text };

  if (text == NULL)
    return TRUE;
  if (jt_duration_parse (text, &ago_usec, NULL, NULL))
    {
      *usec = MAX (g_get_real_time () - ago_usec, 0);
      return TRUE;
    }
  zone = jt_zone_get (NULL, error);
  if (zone == NULL)
    return FALSE;
  if (jt_when_parse (&scan, zone, g_get_real_time (), usec))
    return TRUE;
  g_propagate_prefixed_error (error, scan.error, "--%s: ", name);
  return FALSE;
}
