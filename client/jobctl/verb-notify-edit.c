/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "editor.h"
#include "json.h"
#include "jt-error.h"
#include "jt-template-name.h"
#include "notify.h"
#include "template-names.h"
#include "template-text.h"
#include "verbs.h"

static gboolean
set_text (Context *context, guint32 uid, const char *name, const char *text, GError **error)
{
  g_autoptr (GVariant) reply = notify_call (context, "SetTemplate", g_variant_new ("(uss)", uid, name, text), error);

  return reply != NULL;
}

static int
say_changed (Context *context, const char *name, gboolean is_reset)
{
  JsonObject *object;

  if (context->is_json)
    {
      object = json_object_new ();
      json_object_set_string_member (object, "name", name);
      json_object_set_boolean_member (object, "reset", is_reset);
      json_print (json_node_init_object (json_node_alloc (), object));
      json_object_unref (object);
    }
  else if (is_reset)
    context_say (context, _("%s is no longer one's own"), name);
  else
    context_say (context, _("%s is taken"), name);
  return JT_EXIT_DONE;
}

/* An empty text would give the template up, which has an option of its own. */
static gboolean
refuse_empty (const char *text, GError **error)
{
  if (*text != '\0')
    return FALSE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("the text is empty; --reset takes back what is shipped"));
  return TRUE;
}

static int
take_file (Context *context, guint32 uid, const char *name, const char *path, GError **error)
{
  g_autofree char *text = template_text_read (path, error);

  if (text == NULL || refuse_empty (text, error))
    return JT_EXIT_USAGE;
  if (set_text (context, uid, name, text, error))
    return say_changed (context, name, FALSE);
  template_text_show_fault (text, *error);
  return JT_EXIT_FAILED;
}

/* What is used for @name now, to begin with. (transfer full) (nullable) */
static char *
get_text (Context *context, guint32 uid, const char *name, GError **error)
{
  g_autoptr (GPtrArray) rows = notify_list (context, "ListTemplates", g_variant_new ("(u)", uid), error);
  g_autofree char *serving = rows == NULL ? NULL : template_names_find_serving (rows, name, NULL, error);
  g_autoptr (GVariant) reply = NULL;
  char *text;

  reply = serving == NULL ? NULL : notify_call (context, "GetTemplate", g_variant_new ("(us)", uid, serving), error);
  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(s)", &text);
  return text;
}

/* TRUE: it is to be edited once more. */
static gboolean
offer_again (Editor *editor, const char *text, GError **error)
{
  if (!g_error_matches (*error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE) && !g_error_matches (*error, JT_ERROR, JT_ERROR_TOO_LARGE))
    {
      editor_keep (editor);
      g_prefix_error (error, _("the text is kept in %s: "), editor_get_path (editor));
      return FALSE;
    }
  template_text_show_fault (text, *error);
  if (editor_ask_again ((*error)->message))
    {
      g_clear_error (error);
      return TRUE;
    }
  editor_keep (editor);
  g_prefix_error (error, _("the text is kept in %s: "), editor_get_path (editor));
  return FALSE;
}

static int
edit (Context *context, guint32 uid, const char *name, GError **error)
{
  g_autofree char *before = get_text (context, uid, name, error);
  g_autoptr (Editor) editor = before == NULL ? NULL : editor_new (strrchr (name, '.'), before, error);

  while (editor != NULL)
    {
      g_autofree char *text = editor_run (editor, error);

      if (text == NULL)
        return JT_EXIT_FAILED;
      if (g_str_equal (text, before))
        {
          context_say (context, _("%s is as it was"), name);
          return JT_EXIT_DONE;
        }
      if (refuse_empty (text, error))
        return JT_EXIT_USAGE;
      if (set_text (context, uid, name, text, error))
        return say_changed (context, name, FALSE);
      if (!offer_again (editor, text, error))
        return JT_EXIT_FAILED;
    }
  return JT_EXIT_FAILED;
}

int
verb_notify_edit (Context *context, GError **error)
{
  const char *name = context->arguments[0];
  const char *path = options_get (context->options, "file");
  gboolean is_reset = options_has (context->options, "reset");
  guint32 uid;

  if (!jt_template_name_check (name, error) || !notify_read_user (context, &uid, error))
    return JT_EXIT_USAGE;
  if (path != NULL && is_reset)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("use one of --file and --reset"));
      return JT_EXIT_USAGE;
    }
  if (is_reset)
    return set_text (context, uid, name, "", error) ? say_changed (context, name, TRUE) : JT_EXIT_FAILED;
  return path != NULL ? take_file (context, uid, name, path, error) : edit (context, uid, name, error);
}
