/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "notify.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-names.h"
#include "words.h"

#define PAGE 500

GVariant *
notify_call (Context *context, const char *method, GVariant *parameters, GError **error)
{
  return jt_client_call (context->client, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, method, parameters, error);
}

/* @name: of an account, or its number; NULL: the caller. */
gboolean
notify_find_user (const char *name, guint32 *uid, GError **error)
{
  const struct passwd *account;
  g_autofree char *shown = NULL;
  guint64 number;

  if (name == NULL)
    {
      *uid = (guint32) geteuid ();
      return TRUE;
    }
  account = getpwnam (name);
  if (account != NULL)
    {
      *uid = (guint32) account->pw_uid;
      return TRUE;
    }
  /* The last one is nobody's: uid_t of -1. */
  if (g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    {
      *uid = (guint32) number;
      return TRUE;
    }
  shown = text_escape (name);
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("there is no user '%s' on this machine"), shown);
  return FALSE;
}

/* The one of --user. */
gboolean
notify_read_user (Context *context, guint32 *uid, GError **error)
{
  return notify_find_user (options_get (context->options, "user"), uid, error);
}

/* The number of a delivery. */
gboolean
notify_read_id (const char *text, guint64 *id, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, id, NULL))
    return TRUE;
  shown = text_escape (text);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is no number of a delivery; jobctl notify deliveries lists them"), shown);
  return FALSE;
}

/* What @method answers, `(aa{sv})`. (transfer full) (nullable) (element-type GVariant) */
GPtrArray *
notify_list (Context *context, const char *method, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) reply = notify_call (context, method, parameters, error);
  g_autoptr (GVariant) list = reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
  GPtrArray *rows;

  if (list == NULL)
    return NULL;
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    g_ptr_array_add (rows, g_variant_get_child_value (list, i));
  return rows;
}

/* Adds up to @limit deliveries to @rows, the newest first, page by page. */
gboolean
notify_collect (Context *context, GVariant *filter, guint64 limit, GPtrArray *rows, GError **error)
{
  g_autofree char *cursor = g_strdup ("");

  do
    {
      guint32 wanted = (guint32) MIN (limit - rows->len, PAGE);
      g_autoptr (GVariant) reply = notify_call (context, "ListDeliveries", g_variant_new ("(@a{sv}su)", filter, cursor, wanted), error);
      g_autoptr (GVariant) page = NULL;

      if (reply == NULL)
        return FALSE;
      g_free (cursor);
      g_variant_get (reply, "(@aa{sv}s)", &page, &cursor);
      for (gsize i = 0; i < g_variant_n_children (page); i++)
        g_ptr_array_add (rows, g_variant_get_child_value (page, i));
    }
  while (*cursor != '\0' && rows->len < limit);
  return TRUE;
}

/* The account, or the address that a rule or a job names instead. */
const char *
notify_recipient (GVariant *row)
{
  const char *recipient = row_string (row, "recipient");
  const char *user = row_string (row, "user");

  return *user == '\0' || (*recipient != '\0' && !g_str_has_prefix (recipient, "user:")) ? recipient : user;
}

/* Who is told of what by which way, and what becomes of it: @key of the row says that. (transfer full) */
char *
notify_describe (Context *context, GVariant *row, const char *key)
{
  const char *verdict = row_string (row, key);
  const char *event = word_of_event (row_string (row, "event"));
  g_autofree char *who = text_escape (notify_recipient (row));
  g_autofree char *channel = text_escape (row_string (row, "channel"));
  g_autofree char *shown = text_escape (word_of_state (verdict));
  g_autofree char *painted = terminal_paint (&context->terminal, terminal_color_of_word (verdict), shown);

  if (*who == '\0')
    /* Translators: an event ("failed") and what became of it ("silent") */
    return g_strdup_printf (_("%s, to nobody: %s"), event, painted);
  if (*channel == '\0')
    /* Translators: an event ("failed"), a person and what became of it ("silent") */
    return g_strdup_printf (_("%s, to %s: %s"), event, who, painted);
  /* Translators: an event ("failed"), a person, a channel ("email") and what became of it ("delivered") */
  return g_strdup_printf (_("%s, to %s by %s: %s"), event, who, channel, painted);
}

/* When it is tried next. A popup that could be shown now waits for somebody to see it. (transfer full) */
char *
notify_next (Context *context, GVariant *row, const char *verdict_key, const char *time_key)
{
  gint64 next_usec = (gint64) row_uint64 (row, time_key);

  if (g_str_equal (row_string (row, "channel"), "desktop") && g_str_equal (row_string (row, verdict_key), "waiting")
      && next_usec <= g_get_real_time ())
    /* Translators: a popup waits for that */
    return g_strdup (_("at log-in"));
  return context_time (context, next_usec);
}
