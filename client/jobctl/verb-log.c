/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "log-printer.h"
#include "verbs.h"

static gboolean
read_stream (Context *context, GVariantDict *log_options, GError **error)
{
  const char *stream = options_get (context->options, "stream");

  if (stream == NULL)
    return TRUE;
  if (!g_str_equal (stream, "stdout") && !g_str_equal (stream, "stderr"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--stream needs stdout or stderr"));
      return FALSE;
    }
  g_variant_dict_insert (log_options, "stream", "s", stream);
  return TRUE;
}

static GVariant *
read_options (Context *context, GError **error)
{
  g_auto (GVariantDict) log_options = G_VARIANT_DICT_INIT (NULL);
  guint64 tail = 0;
  guint64 attempt = 0;

  if (!options_get_count (context->options, "tail", 1, G_MAXINT32, &tail, error)
      || !options_get_count (context->options, "attempt", 1, G_MAXINT32, &attempt, error)
      || !read_stream (context, &log_options, error))
    return NULL;
  if (options_has (context->options, "follow"))
    g_variant_dict_insert (&log_options, "follow", "b", TRUE);
  if (tail != 0)
    g_variant_dict_insert (&log_options, "tail", "t", tail);
  if (attempt != 0)
    g_variant_dict_insert (&log_options, "attempt", "u", (guint32) attempt);
  if (context->is_json || options_has (context->options, "raw"))
    g_variant_dict_insert (&log_options, "raw", "b", TRUE);
  return g_variant_ref_sink (g_variant_dict_end (&log_options));
}

static gboolean
print (Context *context, int fd, GError **error)
{
  gboolean follows = options_has (context->options, "follow");
  gboolean is_raw = options_has (context->options, "raw");
  JsonNode *lines;

  if (context->is_json && !follows)
    {
      lines = log_read_all (fd, error);
      if (lines != NULL)
        json_print (lines);
      return lines != NULL;
    }
  if (context->is_json)
    return log_print (fd, LOG_AS_JSON, error);
  if (!follows && !options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  return log_print (fd, context->terminal.is_terminal && !is_raw ? LOG_FOR_TERMINAL : LOG_AS_IS, error);
}

int
verb_log (Context *context, GError **error)
{
  g_autoptr (GVariant) log_options = read_options (context, error);
  g_autofree char *path = log_options == NULL ? NULL : context_find_run (context, context->arguments[0], error);
  gboolean is_good;
  int fd;

  if (path == NULL)
    return JT_EXIT_FAILED;
  fd = jt_client_call_fd (context->client, path, JT_RUN_INTERFACE, "OpenLog", g_variant_new ("(@a{sv})", log_options), error);
  if (fd < 0)
    return JT_EXIT_FAILED;
  is_good = print (context, fd, error);
  close (fd);
  return is_good ? JT_EXIT_DONE : JT_EXIT_FAILED;
}
