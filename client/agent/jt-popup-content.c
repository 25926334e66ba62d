/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-popup-content.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-popup-text.h"

#define CATEGORY_PREFIX "x-jobtracker."
#define STACK_LINES 6
#define STACK_LINE_LENGTH 80

/* (nullable) (transfer full) */
JtServerInfo *
jt_server_info_copy (const JtServerInfo *info)
{
  JtServerInfo *copy;

  if (info == NULL)
    return NULL;
  copy = g_memdup2 (info, sizeof *info);
  copy->server = g_strdup (info->server);
  copy->version = g_strdup (info->version);
  return copy;
}

void
jt_server_info_free (JtServerInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->server);
  g_free (info->version);
  g_free (info);
}

static void
add_action (JtPopupContent *content, const char *name, const char *label)
{
  g_ptr_array_add (content->actions, g_strdup (name));
  g_ptr_array_add (content->actions, g_strdup (label));
}

static void
add_actions (JtPopupContent *content, const JtPopup *popup)
{
  if (popup->actions & JT_POPUP_SHOW_LOG)
    {
      add_action (content, JT_ACTION_DEFAULT, _("Show log"));
      add_action (content, "show-log", _("Show log"));
    }
  else if (*popup->job_name != '\0')
    add_action (content, JT_ACTION_DEFAULT, _("Show job"));
  else if (popup->stands_alone && *popup->origin != '\0')
    add_action (content, JT_ACTION_DEFAULT, _("Show history"));
  if (popup->actions & JT_POPUP_RUN_AGAIN)
    add_action (content, "run-again", _("Run again"));
  if (popup->actions & JT_POPUP_ACKNOWLEDGE)
    add_action (content, "acknowledge", _("Acknowledge"));
  if (popup->actions & JT_POPUP_MUTE)
    add_action (content, "mute", _("Mute 1 h"));
}

static JtPopupContent *
content_new (const char *summary, const char *body, const JtServerInfo *info)
{
  JtPopupContent *content = g_new0 (JtPopupContent, 1);
  g_autofree char *first = g_strndup (body, strcspn (body, "\n"));

  content->actions = g_ptr_array_new_with_free_func (g_free);
  content->timeout_msec = -1;
  /* A server that shows the summary alone is told the most important line of the body in it. */
  content->summary = info->has_body || *first == '\0' ? g_strdup (summary) : g_strdup_printf ("%s: %s", summary, first);
  if (!info->has_body)
    content->body = g_strdup ("");
  else
    content->body = info->has_markup ? jt_popup_text_escape (body) : g_strdup (body);
  return content;
}

/* Without buttons one has to type: what, is said behind the text. */
static char *
add_command (const JtPopup *popup, const JtServerInfo *info)
{
  g_autofree char *command = NULL;

  if (info->has_actions || (popup->actions & JT_POPUP_SHOW_LOG) == 0)
    return g_strdup (popup->body);
  command = g_strdup_printf ("jobctl --%s log %" G_GUINT64_FORMAT, popup->origin, jt_popup_get_run_id (popup));
  if (*popup->body == '\0')
    /* Translators: a command */
    return g_strdup_printf (_("Log: %s"), command);
  /* Translators: a text of some lines, then a command */
  return g_strdup_printf (_("%s\nLog: %s"), popup->body, command);
}

/**
 * jt_popup_content_new:
 * @info: of the server that is to show it
 *
 * Returns: (transfer full): what it is told
 */
JtPopupContent *
jt_popup_content_new (const JtPopup *popup, const JtServerInfo *info)
{
  g_autofree char *body = add_command (popup, info);
  JtPopupContent *content = content_new (popup->summary, body, info);

  content->icon = g_strdup (popup->icon);
  content->category = g_strconcat (CATEGORY_PREFIX, popup->event, NULL);
  content->urgency = popup->urgency;
  content->timeout_msec = popup->timeout_msec;
  content->is_transient = g_str_equal (popup->event, "started");
  if (info->has_actions)
    add_actions (content, popup);
  return content;
}

/* The newest ones, a line each. */
static char *
list_popups (GPtrArray *popups, guint count)
{
  GString *body = g_string_new (NULL);
  guint n_listed = 0;

  for (guint i = popups->len; i > 0 && n_listed < STACK_LINES; i--, n_listed++)
    {
      const JtPopup *popup = popups->pdata[i - 1];
      g_autofree char *line = jt_popup_text_line (popup->summary, STACK_LINE_LENGTH);

      g_string_append_printf (body, "%s• %s", n_listed > 0 ? "\n" : "", line);
    }
  if (count > n_listed)
    {
      g_string_append_c (body, '\n');
      g_string_append_printf (body, g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", count - n_listed), count - n_listed);
    }
  return g_string_free (body, FALSE);
}

/**
 * jt_popup_content_new_stack:
 * @popups: (element-type JtPopup): some of what it stands for, the newest last; at least one
 * @count: how many it stands for
 *
 * Returns: (transfer full): one popup that tells of many
 */
JtPopupContent *
jt_popup_content_new_stack (GPtrArray *popups, guint count, const JtServerInfo *info)
{
  g_autofree char *summary = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u message from JobTracker", "%u messages from JobTracker", count), count);
  g_autofree char *body = list_popups (popups, count);
  JtPopupContent *content = content_new (summary, body, info);

  content->icon = g_strdup ("org.example.JobTracker");
  content->category = g_strdup (CATEGORY_PREFIX "digest");
  for (guint i = 0; i < popups->len; i++)
    content->urgency = MAX (content->urgency, ((const JtPopup *) popups->pdata[i])->urgency);
  if (info->has_actions)
    add_action (content, JT_ACTION_DEFAULT, _("Show history"));
  return content;
}

/* (transfer full) */
JtPopupContent *
jt_popup_content_copy (const JtPopupContent *content)
{
  JtPopupContent *copy = g_memdup2 (content, sizeof *content);

  copy->summary = g_strdup (content->summary);
  copy->body = g_strdup (content->body);
  copy->icon = g_strdup (content->icon);
  copy->category = g_strdup (content->category);
  copy->actions = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < content->actions->len; i++)
    g_ptr_array_add (copy->actions, g_strdup (content->actions->pdata[i]));
  return copy;
}

void
jt_popup_content_free (JtPopupContent *content)
{
  if (content == NULL)
    return;
  g_free (content->summary);
  g_free (content->body);
  g_free (content->icon);
  g_free (content->category);
  g_ptr_array_unref (content->actions);
  g_free (content);
}
