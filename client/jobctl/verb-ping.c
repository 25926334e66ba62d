/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "setting-options.h"
#include "verbs.h"

/* As much as a check-in may carry, with room for the note. */
#define LOG_BYTES (64 * 1024 - 128)

/* The end of what comes on stdin, and how much came before it. (transfer full) */
static GString *
read_stdin (guint64 *before)
{
  GString *text = g_string_new (NULL);
  char slice[16 * 1024];
  gssize n;

  while ((n = read (STDIN_FILENO, slice, sizeof slice)) > 0)
    {
      g_string_append_len (text, slice, n);
      if (text->len <= 2 * LOG_BYTES)
        continue;
      *before += text->len - LOG_BYTES;
      g_string_erase (text, 0, (gssize) (text->len - LOG_BYTES));
    }
  return text;
}

/* A check-in must not fail for what a program printed: bytes become text, and of a long one the end is kept, which says how it went.
 * (transfer full) */
static char *
make_log_text (const char *given)
{
  guint64 before = 0;
  g_autoptr (GString) bytes = g_str_equal (given, "-") ? read_stdin (&before) : g_string_new (given);
  g_autofree char *text = g_utf8_make_valid (bytes->str, (gssize) bytes->len);
  g_autofree char *number = NULL;
  const char *end = text + strlen (text);
  const char *begin = end - text > LOG_BYTES ? end - LOG_BYTES : text;

  while (begin < end && (*begin & 0xc0) == 0x80)
    begin++;
  before += (guint64) (begin - text);
  if (before == 0)
    return g_steal_pointer (&text);
  number = g_strdup_printf ("%" G_GUINT64_FORMAT, before);
  return g_strdup_printf (_("[%s bytes before this are left out]\n%s"), number, begin);
}

int
verb_ping (Context *context, GError **error)
{
  static const char *const texts[] = { "message", "reason" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *status = context->n_arguments > 1 ? context->arguments[1] : "success";
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *log = options_get (context->options, "log");
  const char *path;

  if (!setting_read_report_options (context->options, &dict, error))
    return JT_EXIT_USAGE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (options_has (context->options, texts[i]))
      g_variant_dict_insert (&dict, texts[i], "s", options_get (context->options, texts[i]));
  if (log != NULL)
    {
      g_autofree char *text = make_log_text (log);

      g_variant_dict_insert (&dict, "log", "s", text);
    }
  g_variant_dict_insert (&dict, "request-id", "s", request_id);
  details = g_variant_ref_sink (g_variant_dict_end (&dict));
  reply = context_call_creating (context, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Ping",
                                 g_variant_new ("(ss@a{sv})", context->arguments[0], status, details), request_id, error);
  if (reply == NULL)
    return JT_EXIT_FAILED;
  g_variant_get (reply, "(&o)", &path);
  if (context->is_json)
    json_print (json_from_variant (reply));
  else
    context_say (context, _("run %s"), strrchr (path, '/') + 1);
  return JT_EXIT_DONE;
}
