/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-template-name.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"

#define MAX_PARTIAL 32
#define MAX_SHOWN 100 /* of a wrong name, in a message */

static const char *const families[] = { "email", "popup", "chat", NULL };
static const char *const email_parts[] = { "subject", "text", "html", NULL };
static const char *const popup_parts[] = { "title", "body", NULL };
static const char *const chat_parts[] = { "text", NULL };

/* What may stand before the part. */
static const char *const events[] = {
  JT_TEMPLATE_DEFAULT, "started", "succeeded", "failed", "timed-out", "lost", "retrying", "recovered", "missed", "late", "slow",
  "skipped", "cancelled", "digest", "summary", "test", NULL,
};

const char *const *
jt_template_families (void)
{
  return families;
}

const char *const *
jt_template_parts (const char *family)
{
  if (g_str_equal (family, "email"))
    return email_parts;
  if (g_str_equal (family, "popup"))
    return popup_parts;
  return g_str_equal (family, "chat") ? chat_parts : NULL;
}

gboolean
jt_template_part_is_html (const char *part)
{
  return g_str_equal (part, "html");
}

gboolean
jt_template_part_is_line (const char *part)
{
  return g_str_equal (part, "subject") || g_str_equal (part, "title");
}

void
jt_template_name_free (JtTemplateName *name)
{
  if (name == NULL)
    return;
  g_free (name->language);
  g_free (name->family);
  g_free (name->event);
  g_free (name->part);
  g_free (name);
}

/* "de", "nds", "de_AT" */
static gboolean
is_language (const char *text)
{
  gsize small = strspn (text, G_CSET_a_2_z);

  if (small < 2 || small > 3)
    return FALSE;
  return text[small] == '\0' || (text[small] == '_' && strspn (text + small + 1, G_CSET_A_2_Z) == 2 && text[small + 3] == '\0');
}

static gboolean
is_partial (const char *event)
{
  gsize length = strlen (event);

  return event[0] == '_' && length > 1 && length <= MAX_PARTIAL && strspn (event + 1, G_CSET_a_2_z G_CSET_DIGITS "-") == length - 1;
}

/* @what: "unknown event 'x'". Says which of @known there are, and the nearest. */
static gboolean
fail_unknown (const char *what, const char *given, const char *const *known, GError **error)
{
  const char *near = jt_nearest (given, known);
  g_autofree char *all = g_strjoinv (" ", (char **) known);

  if (near != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s; did you mean %s? There are %s"), what, near, all);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s; there are %s"), what, all);
  return FALSE;
}

static gboolean
check_pieces (const JtTemplateName *name, GError **error)
{
  g_autofree char *what = NULL;

  if (name->language != NULL && !is_language (name->language))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is no language; write one as in de or de_AT"), name->language);
      return FALSE;
    }
  if (!g_strv_contains (families, name->family))
    {
      what = g_strdup_printf (_("unknown family of templates '%s'"), name->family);
      return fail_unknown (what, name->family, families, error);
    }
  if (!name->is_partial && !g_strv_contains (events, name->event))
    {
      what = g_strdup_printf (_("unknown event '%s'"), name->event);
      return fail_unknown (what, name->event, events, error);
    }
  if (g_strv_contains (jt_template_parts (name->family), name->part))
    return TRUE;
  what = g_strdup_printf (_("unknown part '%s' of %s"), name->part, name->family);
  return fail_unknown (what, name->part, jt_template_parts (name->family), error);
}

JtTemplateName *
jt_template_name_parse (const char *text, GError **error)
{
  g_auto (GStrv) pieces = g_strsplit (text, "/", 4);
  guint count = g_strv_length (pieces);
  const char *file = count > 0 ? pieces[count - 1] : "";
  const char *dot = strrchr (file, '.');
  g_autoptr (JtTemplateName) name = NULL;

  if (count < 2 || count > 3 || dot == NULL || dot == file || dot[1] == '\0' || !g_utf8_validate (text, -1, NULL))
    {
      g_autofree char *beginning = g_strndup (text, MAX_SHOWN);
      g_autofree char *shown = g_utf8_make_valid (beginning, -1);

      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                   _("'%s' does not name a template; write FAMILY/EVENT.PART as in email/failed.subject, with a language before it if any"), shown);
      return NULL;
    }
  name = g_new0 (JtTemplateName, 1);
  name->language = count == 3 ? g_strdup (pieces[0]) : NULL;
  name->family = g_strdup (pieces[count - 2]);
  name->event = g_strndup (file, (gsize) (dot - file));
  name->part = g_strdup (dot + 1);
  name->is_partial = is_partial (name->event);
  return check_pieces (name, error) ? g_steal_pointer (&name) : NULL;
}

gboolean
jt_template_name_check (const char *text, GError **error)
{
  g_autoptr (JtTemplateName) name = jt_template_name_parse (text, error);

  return name != NULL;
}

static void
add_candidates (GPtrArray *names, const char *language, const char *family, const char *event, const char *part)
{
  const char *slash = *language != '\0' ? "/" : "";

  g_ptr_array_add (names, g_strdup_printf ("%s%s%s/%s.%s", language, slash, family, event, part));
  if (!is_partial (event) && !g_str_equal (event, JT_TEMPLATE_DEFAULT))
    g_ptr_array_add (names, g_strdup_printf ("%s%s%s/" JT_TEMPLATE_DEFAULT ".%s", language, slash, family, part));
}

char **
jt_template_candidates (const char *family, const char *event, const char *part, const char *language)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autofree char *plain = g_strndup (language != NULL ? language : "", strcspn (language != NULL ? language : "", ".@"));
  gsize base = strcspn (plain, "_");

  if (is_language (plain) && plain[base] == '_')
    add_candidates (names, plain, family, event, part);
  if (is_language (plain))
    {
      plain[base] = '\0';
      if (!g_str_equal (plain, "en"))
        add_candidates (names, plain, family, event, part);
    }
  add_candidates (names, "", family, event, part);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

char *
jt_template_name_of_partial (const char *written, const char *family, const char *part, GError **error)
{
  g_autofree char *before = g_strconcat (family, "/", NULL);
  g_autofree char *behind = g_strconcat (".", part, NULL);
  const char *name = g_str_has_prefix (written, before) ? written + strlen (before) : written;
  g_autofree char *event = g_strndup (name, strlen (name) - (g_str_has_suffix (name, behind) ? strlen (behind) : 0));

  if (is_partial (event))
    return g_steal_pointer (&event);
  if (strchr (event, '/') != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE,
                 _("'%s' is no partial of %s; write the name of a template, not a path, as in {{> _footer}}"), written, family);
  else if (strchr (event, '.') != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("'%s' is no partial for %s; one that is used in it ends with .%s"), written, part, part);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE,
                 _("'%s' is no name of a partial; it begins with _ and goes on with a to z, digits and -, as in {{> _footer}}"), written);
  return NULL;
}
