/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "completion.h"
#include "jt-error.h"
#include "remote.h"
#include "verbs.h"

/* What is before the verb, and before the second word of one that has two: options for every verb, some of which take the next word.
 * (nullable) where the word stands in @argv */
static char **
find_verb_word (char **argv)
{
  for (; *argv != NULL && !g_str_equal (*argv, "--"); argv++)
    {
      if ((*argv)[0] != '-')
        return argv;
      if ((g_str_equal (*argv, "--host") || g_str_equal (*argv, "-H") || g_str_equal (*argv, "--color")) && argv[1] != NULL)
        argv++;
    }
  return NULL;
}

static gboolean
read_color (Options *options, ColorWhen *when, GError **error)
{
  const char *text = options_get (options, "color");

  *when = COLOR_AUTO;
  if (text == NULL || g_str_equal (text, "auto"))
    return TRUE;
  *when = g_str_equal (text, "always") ? COLOR_ALWAYS : COLOR_NEVER;
  if (*when == COLOR_ALWAYS || g_str_equal (text, "never"))
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--color needs auto, always or never"));
  return FALSE;
}

static gboolean
read_globals (Context *context, GError **error)
{
  Options *options = context->options;
  ColorWhen when;

  if (options_has (options, "system") && options_has (options, "session"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("use one of --system and --session"));
      return FALSE;
    }
  if (!read_color (options, &when, error))
    return FALSE;
  context->bus = options_has (options, "system") ? JT_BUS_SYSTEM : options_has (options, "session") ? JT_BUS_SESSION : JT_BUS_AUTO;
  context->is_json = options_has (options, "json");
  context->is_quiet = options_has (options, "quiet");
  /* For programs: in every language the same, descriptions and messages included. */
  if (context->is_json || options_has (options, "batch"))
    setlocale (LC_MESSAGES, "C");
  context->times = options_has (options, "utc") ? TIMES_UTC : options_has (options, "iso") ? TIMES_ISO : TIMES_RELATIVE;
  terminal_init (&context->terminal, when);
  return TRUE;
}

static gboolean
check_arguments (const Verb *verb, Context *context, GError **error)
{
  if (verb == NULL || (context->n_arguments >= verb->least && context->n_arguments <= verb->most
                       && (context->options->command == NULL || verb->settings != NO_SETTINGS)))
    return TRUE;
  if (context->n_arguments > verb->most && verb->settings != NO_SETTINGS)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unexpected '%s'; put -- before the command"),
                 context->arguments[verb->most]);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("usage: jobctl %s %s; see jobctl %s --help"), verb->name,
                 *verb->arguments != '\0' ? _(verb->arguments) : "", verb->name);
  return FALSE;
}

static int
run_verb (const Verb *verb, Context *context, char **argv, GError **error)
{
  const char *host = options_get (context->options, "host");

  if (options_has (context->options, "help"))
    verb_print_help (verb, &context->terminal);
  else if (host != NULL)
    return remote_run (host, argv, error);
  else if (check_arguments (verb, context, error) && (!verb->needs_service || context_connect (context, error)))
    return verb->run (context, error);
  return JT_EXIT_DONE;
}

static int
run_without_verb (Context *context)
{
  gboolean wants_help = options_has (context->options, "help");

  if (options_has (context->options, "version"))
    {
      puts ("jobctl " PACKAGE_VERSION);
      return JT_EXIT_DONE;
    }
  verbs_print_help (&context->terminal, !wants_help);
  return wants_help ? JT_EXIT_DONE : JT_EXIT_USAGE;
}

/* *@verb: NULL when no verb was given. FALSE: nobody knows it. */
static gboolean
find_verb (char **argv, const Verb **verb, GError **error)
{
  char **word = find_verb_word (argv);
  char **second;

  *verb = word == NULL ? NULL : verb_find (*word, error);
  if (*verb == NULL || (*verb)->parts == NULL)
    return word == NULL || *verb != NULL;
  second = find_verb_word (word + 1);
  if (second != NULL)
    *verb = verb_find_part (*verb, *second, error);
  return *verb != NULL;
}

/* @argv: the words after the program's name */
static int
run (char **argv, GError **error)
{
  g_autoptr (Options) options = options_new ();
  g_autoptr (JtClient) client = NULL;
  Context context = { .options = options };
  const Option *known[VERB_OPTION_SETS];
  const Verb *verb;
  guint n_words;
  int status;

  if (!find_verb (argv, &verb, error))
    return JT_EXIT_USAGE;
  verb_list_options (verb, known);
  if (!options_parse (options, argv, known, error) || !read_globals (&context, error))
    return JT_EXIT_USAGE;
  if (verb == NULL || options_has (options, "version"))
    return run_without_verb (&context);
  context.verb = verb->name;
  n_words = strchr (verb->name, ' ') != NULL ? 2 : 1;
  context.arguments = (char **) options->arguments->pdata + n_words;
  context.n_arguments = options->arguments->len - 1 - n_words;
  status = run_verb (verb, &context, argv, error);
  client = context.client;
  return status;
}

/* Each category is a file to read; those of money, paper and addresses are nothing to us. */
static void
set_locale (void)
{
  static const int categories[] = { LC_CTYPE, LC_MESSAGES, LC_TIME, LC_NUMERIC, LC_COLLATE };

  for (guint i = 0; i < G_N_ELEMENTS (categories); i++)
    setlocale (categories[i], "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  char *none[] = { NULL };
  int status;

  terminal_open_standard_descriptors ();
  set_locale ();
  /* A caller may give no words at all, not even our name (execve(2)). */
  if (argc > 1 && g_str_equal (argv[1], COMPLETION_WORD))
    status = completion_print (argv + 2);
  else
    status = run (argc > 0 ? argv + 1 : none, &error);
  if (error != NULL)
    {
      g_autofree char *shown = text_escape_log (error->message, strlen (error->message));

      fflush (stdout);
      fprintf (stderr, "jobctl: %s\n", shown);
      status = (int) jt_client_exit_status (error);
      if (status == JT_EXIT_NO_SERVICE && error->domain != JT_ERROR)
        fputs (_("Is jobtrackerd running? Try: systemctl status jobtrackerd, or systemctl --user status jobtrackerd\n"), stderr);
    }
  return terminal_close (status);
}
