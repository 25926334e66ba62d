/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-duration.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-run.h"
#include "setting-options.h"
#include "verbs.h"

/* `track` for shell scripts: each step is one call, so the runs are detached. Without RUN the one of JOBTRACKER_RUN is meant. */

#define CHUNK_BYTES (48 * 1024)
#define OVERLOAD_WAIT_USEC (50 * 1000)
#define OVERLOAD_RETRIES 600

typedef int (*StepFunc) (Context *context, const char *run_path, char **rest, guint n_rest, GError **error);

static gboolean
call_run (Context *context, const char *run_path, const char *method, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) reply = jt_client_call (context->client, run_path, JT_RUN_INTERFACE, method, parameters, error);

  return reply != NULL;
}

static gboolean
put_heartbeat_timeout (Context *context, GVariantDict *dict, GError **error)
{
  const char *text = options_get (context->options, "heartbeat-timeout");
  gint64 usec;

  if (text == NULL)
    return TRUE;
  if (!jt_duration_parse (text, &usec, NULL, error))
    {
      g_prefix_error (error, "--heartbeat-timeout: ");
      return FALSE;
    }
  g_variant_dict_insert (dict, "heartbeat-timeout", "t", (guint64) usec);
  return TRUE;
}

static void
put_text (Context *context, const char *option, GVariantDict *dict)
{
  const char *text = options_get (context->options, option);

  if (text != NULL)
    g_variant_dict_insert (dict, option, "s", text);
}

static int
track_start (Context *context, const char *name, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *path;

  if (!setting_read_report_options (context->options, &dict, error) || !put_heartbeat_timeout (context, &dict, error))
    return JT_EXIT_USAGE;
  put_text (context, "message", &dict);
  g_variant_dict_insert (&dict, "detached", "b", TRUE);
  g_variant_dict_insert (&dict, "request-id", "s", request_id);
  options = g_variant_ref_sink (g_variant_dict_end (&dict));
  reply = context_call_creating (context, JT_ROOT_PATH, JT_ROOT_INTERFACE, "StartTracking", g_variant_new ("(s@a{sv})", name, options),
                                 request_id, error);
  if (reply == NULL)
    return JT_EXIT_FAILED;
  g_variant_get (reply, "(&o)", &path);
  if (context->is_json)
    json_print (json_from_variant (reply));
  else
    puts (strrchr (path, '/') + 1);
  return JT_EXIT_DONE;
}

/* "0.37", "37%", "12/80", "-1" or "?" for unknown. */
static gboolean
read_fraction (const char *text, double *fraction, GError **error)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (g_str_equal (text, "?"))
    value = -1;
  else if (end != text && g_str_equal (end, "%"))
    value /= 100;
  else if (end != text && *end == '/')
    {
      const char *whole = end + 1;

      value /= g_ascii_strtod (whole, &end);
      value = *end == '\0' && end != whole ? value : NAN;
    }
  else if (end == text || *end != '\0')
    value = NAN;
  *fraction = value;
  if (isfinite (value) && (value == -1 || (value >= 0 && value <= 1)))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is no share; write 0.37, 37%%, 12/80, or ? for unknown"), text);
  return FALSE;
}

static int
track_progress (Context *context, const char *run_path, char **rest, guint n_rest, GError **error)
{
  double fraction;

  if (n_rest == 0 || n_rest > 2)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("usage: jobctl track progress [RUN] SHARE [MESSAGE]"));
      return JT_EXIT_USAGE;
    }
  if (!read_fraction (rest[0], &fraction, error))
    return JT_EXIT_USAGE;
  return call_run (context, run_path, "SetProgress", g_variant_new ("(ds)", fraction, n_rest > 1 ? rest[1] : ""), error)
           ? JT_EXIT_DONE
           : JT_EXIT_FAILED;
}

/* A disk that is slow, or a service that has much to write, is waited for. */
static gboolean
append (Context *context, const char *run_path, const char *bytes, gsize length, GError **error)
{
  const char *stream = options_get (context->options, "stream");
  GVariant *data = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
  g_autoptr (GVariant) parameters = g_variant_ref_sink (g_variant_new ("(s@ay)", stream != NULL ? stream : "stdout", data));

  for (guint n_left = OVERLOAD_RETRIES;; n_left--)
    {
      g_autoptr (GError) local = NULL;

      if (call_run (context, run_path, "AppendLog", parameters, &local))
        return TRUE;
      if (n_left == 0 || !g_error_matches (local, JT_ERROR, JT_ERROR_OVERLOADED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_usleep (OVERLOAD_WAIT_USEC);
    }
}

/* The words given, as a line; without any, what comes on stdin. */
static int
track_log (Context *context, const char *run_path, char **rest, guint n_rest, GError **error)
{
  char bytes[CHUNK_BYTES];
  gssize n;

  if (n_rest > 0)
    {
      g_autofree char *words = g_strjoinv (" ", rest);
      g_autofree char *line = g_strconcat (words, "\n", NULL);

      return append (context, run_path, line, strlen (line), error) ? JT_EXIT_DONE : JT_EXIT_FAILED;
    }
  while ((n = read (STDIN_FILENO, bytes, sizeof bytes)) > 0)
    if (!append (context, run_path, bytes, (gsize) n, error))
      return JT_EXIT_FAILED;
  return JT_EXIT_DONE;
}

static int
track_heartbeat (Context *context, const char *run_path, char **rest, guint n_rest, GError **error)
{
  return call_run (context, run_path, "Heartbeat", NULL, error) ? JT_EXIT_DONE : JT_EXIT_FAILED;
}

static gboolean
read_end (const char *text, const char **state, GVariantDict *details, GError **error)
{
  JtRunState known;
  gint64 code;

  *state = text;
  if (g_ascii_string_to_signed (text, 10, 0, 255, &code, NULL))
    {
      *state = "";
      g_variant_dict_insert (details, "exit-code", "i", (gint32) code);
      return TRUE;
    }
  if (jt_run_state_from_string (text, &known))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
               _("'%.64s' is no end; write an exit code, succeeded, warning, failed, timed-out or cancelled"), text);
  return FALSE;
}

static int
track_finish (Context *context, const char *run_path, char **rest, guint n_rest, GError **error)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  const char *state;

  if (!read_end (n_rest > 0 ? rest[0] : "succeeded", &state, &details, error))
    return JT_EXIT_USAGE;
  put_text (context, "message", &details);
  put_text (context, "reason", &details);
  return call_run (context, run_path, "Finish", g_variant_new ("(s@a{sv})", state, g_variant_dict_end (&details)), error)
           ? JT_EXIT_DONE
           : JT_EXIT_FAILED;
}

static gboolean
is_run (const char *text)
{
  guint64 id;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL) || g_str_has_prefix (text, JT_RUNS_PATH "/");
}

/* An exit code and a share of 1 look like runs. With JOBTRACKER_RUN set, a number alone is what the step is about, and so is one that
 * no share follows, but a message. */
static gboolean
is_value (const char *step, char **rest, guint n_rest)
{
  double fraction;

  if (g_str_equal (step, "finish"))
    return n_rest == 1;
  return g_str_equal (step, "progress") && (n_rest == 1 || (n_rest == 2 && !read_fraction (rest[1], &fraction, NULL)));
}

/* Takes RUN from the front of @rest, or from the environment. (transfer full) */
static char *
take_run (Context *context, const char *step, char ***rest, guint *n_rest, GError **error)
{
  const char *from_environment = g_getenv ("JOBTRACKER_RUN");
  gboolean is_for_environment = from_environment != NULL && is_value (step, *rest, *n_rest);

  if (*n_rest > 0 && is_run ((*rest)[0]) && !is_for_environment)
    {
      (*n_rest)--;
      return context_run_path (*(*rest)++);
    }
  if (from_environment != NULL && is_run (from_environment))
    return context_run_path (from_environment);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
               _("which run? jobctl track %s RUN, with the number that jobctl track start printed, or in JOBTRACKER_RUN"), step);
  return NULL;
}

int
verb_track (Context *context, GError **error)
{
  static const struct
  {
    const char *name;
    StepFunc    run;
  } steps[] = { { "progress", track_progress }, { "log", track_log }, { "heartbeat", track_heartbeat }, { "finish", track_finish } };
  const char *step = context->arguments[0];
  char **rest = context->arguments + 1;
  guint n_rest = context->n_arguments - 1;

  if (g_str_equal (step, "start") && n_rest == 1)
    return track_start (context, rest[0], error);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (step, steps[i].name))
      {
        g_autofree char *run_path = take_run (context, step, &rest, &n_rest, error);

        return run_path == NULL ? JT_EXIT_USAGE : steps[i].run (context, run_path, rest, n_rest, error);
      }
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                       _("usage: jobctl track start NAME, or progress, log, heartbeat, finish [RUN] …"));
  return JT_EXIT_USAGE;
}
