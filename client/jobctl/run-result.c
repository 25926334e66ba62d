/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "run-result.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "words.h"

/* @waiter: (out) (nullable): made when --wait or --follow asks for it, before the run is started */
gboolean
run_result_prepare (Context *context, Waiter **waiter, GError **error)
{
  gboolean waits = options_has (context->options, "wait");
  gboolean follows = options_has (context->options, "follow");

  if (waits && follows)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("use one of --wait and --follow"));
      return FALSE;
    }
  if (!waits && !follows)
    return TRUE;
  *waiter = waiter_new (context, error);
  return *waiter != NULL;
}

static int
show_started (Context *context, const char *run_path)
{
  const char *id = strrchr (run_path, '/') + 1;
  JsonObject *object;

  if (!context->is_json)
    {
      /* Translators: the same number twice */
      context_say (context, _("started run %s; jobctl log %s -f shows its output"), id, id);
      return JT_EXIT_DONE;
    }
  object = json_object_new ();
  json_object_set_int_member (object, "id", g_ascii_strtoll (id, NULL, 10));
  json_object_set_string_member (object, "path", run_path);
  json_print (json_node_init_object (json_node_alloc (), object));
  json_object_unref (object);
  return JT_EXIT_DONE;
}

static void
say_end (Context *context, GVariant *run)
{
  FILE *out = options_has (context->options, "follow") ? stderr : stdout;
  const char *state = row_string (run, "state");
  g_autofree char *reason = word_of_reason (row_string (run, "reason"));
  guint64 started = row_uint64 (run, "started-at");
  guint64 finished = row_uint64 (run, "finished-at");
  g_autofree char *took = started != 0 && finished >= started ? text_duration (finished - started) : g_strdup ("-");
  g_autofree char *painted = terminal_paint (&context->terminal, terminal_color_of_word (state), word_of_state (state));
  g_autofree char *shown = text_escape (reason);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (run, "id"));

  if (context->is_quiet || context->is_json)
    return;
  /* The job's own output may be on stdout: words about it go beside it. */
  fflush (stdout);
  if (*shown != '\0')
    /* Translators: a number, a state ("failed"), how long it took, and at last why */
    fprintf (out, _("run %s: %s after %s, attempt %u of %u: %s\n"), id, painted, took, row_uint32 (run, "attempt"),
             row_uint32 (run, "max-attempts"), shown);
  else
    /* Translators: a number, a state ("succeeded"), and how long it took */
    fprintf (out, _("run %s: %s after %s, attempt %u of %u\n"), id, painted, took, row_uint32 (run, "attempt"),
             row_uint32 (run, "max-attempts"));
}

/**
 * run_result_show:
 * @waiter: (nullable): as run_result_prepare() made it
 *
 * Returns: 0, or with a waiter the exit status of the job
 */
int
run_result_show (Context *context, Waiter *waiter, const char *run_path, GError **error)
{
  g_autoptr (GVariant) run = NULL;

  if (waiter == NULL)
    return show_started (context, run_path);
  run = options_has (context->options, "follow") ? waiter_follow (waiter, run_path, error) : waiter_wait (waiter, run_path, error);
  if (run == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json && options_has (context->options, "follow"))
    json_print_line (json_from_variant (run));
  else if (context->is_json)
    json_print (json_from_variant (run));
  say_end (context, run);
  return run_exit_status (run);
}
