/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-duration.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-when.h"
#include "verbs.h"

#define DEFAULT_USEC (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/* "2h", "tomorrow 08:00", "2026-12-24" */
static gboolean
read_time (const char *text, gint64 now_usec, gint64 *until_usec, GError **error)
{
  g_autoptr (JtZone) zone = NULL;
  JtScan scan = { .text = text, .at = text };
  gint64 length_usec;

  if (jt_duration_parse (text, &length_usec, NULL, NULL))
    {
      *until_usec = now_usec + MIN (length_usec, G_MAXINT64 - now_usec);
      return TRUE;
    }
  zone = jt_zone_get (NULL, error);
  if (zone == NULL)
    return FALSE;
  if (jt_when_parse (&scan, zone, now_usec, until_usec))
    return TRUE;
  g_propagate_prefixed_error (error, scan.error, "--until: ");
  return FALSE;
}

/* 0: it is told of again. */
static gboolean
read_until (Context *context, gint64 *until_usec, GError **error)
{
  const char *duration = context->n_arguments > 1 ? context->arguments[1] : NULL;
  const char *until = options_get (context->options, "until");
  gboolean is_off = options_has (context->options, "off");
  gint64 now_usec = g_get_real_time ();
  gint64 length_usec = DEFAULT_USEC;

  *until_usec = 0;
  if ((duration != NULL) + (until != NULL) + is_off > 1)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("use one of DURATION, --until and --off"));
      return FALSE;
    }
  if (is_off)
    return TRUE;
  if (until != NULL && !read_time (until, now_usec, until_usec, error))
    return FALSE;
  if (duration != NULL && !jt_duration_parse (duration, &length_usec, NULL, error))
    return FALSE;
  if (until == NULL)
    *until_usec = now_usec + MIN (length_usec, G_MAXINT64 - now_usec);
  if (*until_usec > now_usec)
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("that is past; --off ends it at once"));
  return FALSE;
}

static void
print_json (const char *name, const char *path, gint64 until_usec)
{
  GVariantDict row;
  g_autoptr (GVariant) owned = NULL;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "name", "s", name);
  g_variant_dict_insert (&row, "path", "s", path);
  g_variant_dict_insert (&row, "muted-until", "t", (guint64) until_usec);
  owned = g_variant_ref_sink (g_variant_dict_end (&row));
  json_print (json_from_variant (owned));
}

int
verb_mute (Context *context, GError **error)
{
  const char *name = context->arguments[0];
  g_autofree char *path = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GVariant) reply = NULL;
  gint64 until_usec;

  if (!read_until (context, &until_usec, error))
    return JT_EXIT_USAGE;
  path = context_find_job (context, name, error);
  reply = path == NULL ? NULL
                       : jt_client_call (context->client, path, JT_JOB_INTERFACE, "Mute", g_variant_new ("(t)", (guint64) until_usec), error);
  if (reply == NULL)
    return JT_EXIT_FAILED;
  shown = context->times == TIMES_RELATIVE ? text_iso (until_usec) : context_time (context, until_usec);
  if (context->is_json)
    print_json (name, path, until_usec);
  else if (until_usec == 0)
    context_say (context, _("%s is told of again"), name);
  else
    /* Translators: a job's name and a time */
    context_say (context, _("nobody is told of %s until %s"), name, shown);
  return JT_EXIT_DONE;
}
