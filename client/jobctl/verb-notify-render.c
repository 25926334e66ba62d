/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-template-name.h"
#include "notify.h"
#include "template-names.h"
#include "template-text.h"

/* What is to be rendered, and as which template. */
typedef struct
{
  char *name; /* (owned) */
  char *text; /* (owned) "": what is in force under that name */
} Wanted;

static void
wanted_clear (Wanted *wanted)
{
  g_free (wanted->name);
  g_free (wanted->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

/* "./email/failed.html" is a file, "email/failed.html" a template. */
static gboolean
is_file (const char *what)
{
  return g_str_equal (what, "-") || *what == '/' || *what == '.' || !jt_template_name_check (what, NULL);
}

static gboolean
read_file (Context *context, const char *path, Wanted *wanted, GError **error)
{
  const char *given = options_get (context->options, "part");
  g_autofree char *part = given != NULL ? g_strdup (given) : template_names_part_of_file (path);

  wanted->name = g_strconcat ("email/default.", part, NULL);
  if (!jt_template_name_check (wanted->name, error))
    return FALSE;
  wanted->text = template_text_read (path, error);
  return wanted->text != NULL;
}

static gboolean
find_template (Context *context, guint32 uid, const char *name, Wanted *wanted, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (options_has (context->options, "part"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--part is for a FILE; the name of a template ends with its part"));
      return FALSE;
    }
  rows = notify_list (context, "ListTemplates", g_variant_new ("(u)", uid), error);
  wanted->name = rows == NULL ? NULL : template_names_find_serving (rows, name, options_get (context->options, "language"), error);
  wanted->text = g_strdup ("");
  return wanted->name != NULL;
}

/* The event that a template is for, where it is for one. (transfer full) (nullable) */
static char *
event_of_name (const char *name)
{
  g_autoptr (JtTemplateName) parsed = jt_template_name_parse (name, NULL);

  if (parsed == NULL || parsed->is_partial || g_str_equal (parsed->event, JT_TEMPLATE_DEFAULT))
    return NULL;
  return g_steal_pointer (&parsed->event);
}

static gboolean
put_run (Context *context, GVariantDict *sample, GError **error)
{
  const char *text = options_get (context->options, "run");
  g_autofree char *path = text == NULL ? NULL : context_find_ended_run (context, text, error);

  if (path != NULL)
    g_variant_dict_insert (sample, "run", "t", g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10));
  return text == NULL || path != NULL;
}

/* Floating a{sv}. NULL with an error. */
static GVariant *
make_sample (Context *context, const Wanted *wanted, GError **error)
{
  const char *what = context->arguments[0];
  const char *language = options_get (context->options, "language");
  const char *given = options_get (context->options, "event");
  g_autofree char *event = given != NULL ? g_strdup (given) : event_of_name (what);
  g_auto (GVariantDict) sample = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&sample, "name", "s", wanted->name);
  if (!put_run (context, &sample, error))
    return NULL;
  if (event != NULL)
    g_variant_dict_insert (&sample, "event", "s", event);
  if (language != NULL)
    g_variant_dict_insert_value (&sample, "recipient", g_variant_new_parsed ("{'language': <%s>}", language));
  return g_variant_dict_end (&sample);
}

/* There are texts of jobs in it. */
static void
print (Context *context, const Wanted *wanted, const char *rendered)
{
  g_autofree char *shown = context->terminal.is_terminal ? text_escape_log (rendered, strlen (rendered)) : g_strdup (rendered);
  JsonObject *object;

  if (context->is_json)
    {
      object = json_object_new ();
      json_object_set_string_member (object, "template", *wanted->text != '\0' ? context->arguments[0] : wanted->name);
      json_object_set_string_member (object, "text", rendered);
      json_print (json_node_init_object (json_node_alloc (), object));
      json_object_unref (object);
      return;
    }
  fputs (shown, stdout);
  if (*shown != '\0' && !g_str_has_suffix (shown, "\n"))
    putchar ('\n');
}

int
verb_notify_render (Context *context, GError **error)
{
  const char *what = context->arguments[0];
  g_auto (Wanted) wanted = { NULL };
  g_autoptr (GVariant) reply = NULL;
  GVariant *sample;
  const char *rendered;
  guint32 uid;

  if (!notify_find_user (NULL, &uid, error))
    return JT_EXIT_FAILED;
  if (is_file (what) ? !read_file (context, what, &wanted, error) : !find_template (context, uid, what, &wanted, error))
    return JT_EXIT_USAGE;
  sample = make_sample (context, &wanted, error);
  reply = sample == NULL ? NULL : notify_call (context, "RenderTemplate", g_variant_new ("(s@a{sv})", wanted.text, sample), error);
  if (reply == NULL)
    {
      template_text_show_fault (wanted.text, *error);
      return JT_EXIT_FAILED;
    }
  g_variant_get (reply, "(&s)", &rendered);
  print (context, &wanted, rendered);
  return JT_EXIT_DONE;
}
