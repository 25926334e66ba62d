/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-popup.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-names.h"
#include "jt-popup-text.h"

#define DEFAULT_ICON "org.example.JobTracker"
#define MOST_NAME_BYTES 128
#define MOST_TIMEOUT_USEC (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

/* Borrowed; a key that is absent or of another type is the empty text. */
static const char *
get_string (GVariant *notification, const char *key)
{
  const char *text = "";

  g_variant_lookup (notification, key, "&s", &text);
  return text;
}

/* Names of events, icons and categories are looked up by the server: a path or an address would be loaded. */
static char *
take_name (const char *text, const char *fallback)
{
  gsize length = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

  return g_strdup (length > 0 && length <= MOST_NAME_BYTES && text[length] == '\0' && text[0] != '.' ? text : fallback);
}

static char *
take_object (GVariant *notification, const char *key, const char *folder)
{
  const char *path = NULL;

  if (!g_variant_lookup (notification, key, "&o", &path) || !g_str_has_prefix (path, folder) || path[strlen (folder)] != '/')
    return NULL;
  return g_strdup (path);
}

/* An error needs a person, who may not be there: the server is to keep it. */
static JtPopupUrgency
get_urgency (GVariant *notification)
{
  const char *severity = get_string (notification, "severity");

  if (g_str_equal (severity, "error"))
    return JT_POPUP_CRITICAL;
  return g_str_equal (severity, "info") ? JT_POPUP_LOW : JT_POPUP_NORMAL;
}

static JtPopupActions
get_actions (GVariant *notification, const JtPopup *popup)
{
  static const struct
  {
    const char    *name;
    JtPopupActions action;
  } names[] = {
    { "show-log", JT_POPUP_SHOW_LOG },
    { "run-again", JT_POPUP_RUN_AGAIN },
    { "acknowledge", JT_POPUP_ACKNOWLEDGE },
    { "mute", JT_POPUP_MUTE },
  };
  g_auto (GStrv) wanted = NULL;
  JtPopupActions actions = 0;

  if (!g_variant_lookup (notification, "actions", "^as", &wanted))
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strv_contains ((const char *const *) wanted, names[i].name))
      actions |= names[i].action;
  if (popup->run == NULL)
    actions &= ~(JT_POPUP_SHOW_LOG | JT_POPUP_ACKNOWLEDGE);
  if (popup->run == NULL && popup->job == NULL)
    actions &= ~JT_POPUP_RUN_AGAIN;
  return popup->job == NULL ? actions & ~JT_POPUP_MUTE : actions;
}

static int
get_timeout (GVariant *notification)
{
  const char *text = get_string (notification, "timeout");
  gint64 usec;

  if (*text == '\0' || !jt_duration_parse (text, &usec, NULL, NULL))
    return -1;
  return (int) (MIN (usec, MOST_TIMEOUT_USEC) / 1000);
}

static char *
make_key (const char *origin, guint64 id, const char *replaces)
{
  if (*replaces == '\0' || strlen (replaces) > MOST_NAME_BYTES)
    return g_strdup_printf ("%s #%" G_GUINT64_FORMAT, origin, id);
  return g_strdup_printf ("%s %s", origin, replaces);
}

static JtPopup *
popup_new (const char *origin, guint64 id, const char *summary, const char *body)
{
  JtPopup *popup = g_new0 (JtPopup, 1);

  popup->n_references = 1;
  popup->origin = g_strdup (origin);
  popup->id = id;
  popup->summary = jt_popup_text_line (summary, JT_POPUP_SUMMARY_LENGTH);
  popup->body = jt_popup_text_lines (body, JT_POPUP_BODY_LENGTH);
  popup->timeout_msec = -1;
  popup->count = 1;
  return popup;
}

/**
 * jt_popup_new:
 * @origin: which service
 * @notification: the a{sv} of the signal Notify; what is absent, of another type or not known is passed over, because a
 *   popup that lacks a part is better than none
 *
 * Returns: (transfer full): what to show
 */
JtPopup *
jt_popup_new (const char *origin, guint64 id, GVariant *notification)
{
  JtPopup *popup = popup_new (origin, id, get_string (notification, "summary"), get_string (notification, "body"));
  guint32 count = 0;
  guint64 created = 0;

  popup->event = take_name (get_string (notification, "event"), "event");
  popup->key = make_key (origin, id, get_string (notification, "replaces-key"));
  popup->urgency = get_urgency (notification);
  popup->icon = take_name (get_string (notification, "icon"), DEFAULT_ICON);
  popup->run = take_object (notification, "run", JT_RUNS_PATH);
  popup->job = take_object (notification, "job", JT_JOBS_PATH);
  popup->job_name = jt_popup_text_line (get_string (notification, "job-name"), JT_POPUP_SUMMARY_LENGTH);
  popup->timeout_msec = get_timeout (notification);
  popup->actions = get_actions (notification, popup);
  if (g_variant_lookup (notification, "created-at", "t", &created))
    popup->created_usec = (gint64) MIN (created, (guint64) G_MAXINT64);
  g_variant_lookup (notification, "count", "u", &count);
  popup->count = MAX (count, 1);
  popup->stands_alone = popup->count > 1 || g_str_equal (popup->event, "summary") || g_str_equal (popup->event, "digest");
  if (*popup->summary == '\0')
    {
      g_free (popup->summary);
      popup->summary = g_strdup (*popup->job_name != '\0' ? popup->job_name : "JobTracker");
    }
  return popup;
}

/**
 * jt_popup_new_own:
 *
 * Returns: (transfer full): what the agent itself has to say
 */
JtPopup *
jt_popup_new_own (const char *summary, const char *body)
{
  JtPopup *popup = popup_new ("", 0, summary, body);

  popup->event = g_strdup ("agent");
  popup->key = g_strdup ("agent");
  popup->urgency = JT_POPUP_NORMAL;
  popup->icon = g_strdup (DEFAULT_ICON);
  popup->job_name = g_strdup ("");
  popup->stands_alone = TRUE;
  return popup;
}

JtPopup *
jt_popup_ref (JtPopup *popup)
{
  popup->n_references++;
  return popup;
}

void
jt_popup_unref (JtPopup *popup)
{
  if (popup == NULL || --popup->n_references > 0)
    return;
  g_free (popup->origin);
  g_free (popup->key);
  g_free (popup->event);
  g_free (popup->summary);
  g_free (popup->body);
  g_free (popup->icon);
  g_free (popup->run);
  g_free (popup->job);
  g_free (popup->job_name);
  g_free (popup);
}

/* 0: it is about no run. */
guint64
jt_popup_get_run_id (const JtPopup *popup)
{
  guint64 id = 0;

  if (popup->run != NULL)
    g_ascii_string_to_unsigned (popup->run + strlen (JT_RUNS_PATH "/"), 10, 1, G_MAXINT64, &id, NULL);
  return id;
}
