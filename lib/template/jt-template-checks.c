/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-template-checks.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-html-scan.h"
#include "jt-nearest.h"
#include "jt-template-keys.h"

#define MAX_SCOPES (JT_MUSTACHE_MAX_NESTING + 1)

/* A section that one is in. */
typedef struct
{
  const JtTemplateKey *key;   /* what it stands for; NULL: the whole context */
  gboolean             holds; /* its keys are looked for first; an inverted section holds nothing */
  JtHtmlScan           html;  /* where in the page it began */
} Scope;

typedef struct
{
  const JtTemplateName *name;
  gboolean              is_html;
  JtHtmlScan            html;
  Scope                 scopes[MAX_SCOPES];
  guint                 n_scopes;
  gboolean              is_over; /* of one line: its newline has been there */
  GError              **error;
} Checker;

static gboolean
fail_at (GError **error, guint line, guint column, const char *what)
{
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("line %u, column %u: %s"), line, column, what);
  return FALSE;
}

static gboolean G_GNUC_PRINTF (3, 4)
fail (Checker *checker, const JtTag *tag, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  return fail_at (checker->error, tag->line, tag->column, what);
}

/* The same for a place in the text of @tag. */
static gboolean
fail_in_text (Checker *checker, const JtTag *tag, const char *at, const char *what)
{
  guint line = tag->line;
  guint column = tag->column;

  for (const char *p = tag->text; p < at; p = g_utf8_next_char (p))
    {
      line += *p == '\n';
      column = *p == '\n' ? 1 : column + 1;
    }
  return fail_at (checker->error, line, column, what);
}

/* ---- names --------------------------------------------------------------------------------------------------------- */

static gboolean
has_keys (const JtTemplateKey *key)
{
  return key->kind == JT_TEMPLATE_GROUP || key->kind == JT_TEMPLATE_GROUPS;
}

/* @name within @scope. */
static const JtTemplateKey *
find_within (const Scope *scope, const char *name, gsize length)
{
  g_autofree char *full = NULL;

  if (scope->key == NULL)
    return jt_template_key_find (name, (gssize) length);
  if (!scope->holds || !has_keys (scope->key))
    return NULL;
  full = g_strdup_printf ("%s.%.*s", scope->key->name, (int) length, name);
  return jt_template_key_find (full, -1);
}

/* As the renderer does: the first name decides where, and the rest has to be there. */
static const JtTemplateKey *
resolve (Checker *checker, const char *name)
{
  gsize first = strcspn (name, ".");

  for (guint i = checker->n_scopes; i > 0; i--)
    if (find_within (&checker->scopes[i - 1], name, first) != NULL)
      return find_within (&checker->scopes[i - 1], name, strlen (name));
  return NULL;
}

/* What one could have meant: every full name, and within a section those of its keys. */
static char **
list_known (Checker *checker)
{
  GPtrArray *known = g_ptr_array_new ();

  for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
    g_ptr_array_add (known, (char *) key->name);
  for (guint i = 1; i < checker->n_scopes; i++)
    for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
      {
        gsize length = strlen (checker->scopes[i].key->name);

        if (strncmp (key->name, checker->scopes[i].key->name, length) == 0 && key->name[length] == '.')
          g_ptr_array_add (known, (char *) key->name + length + 1);
      }
  g_ptr_array_add (known, NULL);
  return (char **) g_ptr_array_free (known, FALSE);
}

static gboolean
fail_unknown (Checker *checker, const JtTag *tag)
{
  g_autofree char **known = list_known (checker);
  const char *near = jt_nearest (tag->name, (const char *const *) known);

  if (g_str_has_prefix (tag->name, "secret.") || g_str_has_prefix (tag->name, "secrets."))
    {
      g_set_error (checker->error, JT_ERROR, JT_ERROR_NOT_AUTHORIZED, _("line %u, column %u: secrets cannot be used in templates"), tag->line, tag->column);
      return FALSE;
    }
  if (near != NULL)
    return fail (checker, tag, _("unknown variable '%s'; did you mean %s?"), tag->name, near);
  return fail (checker, tag, _("unknown variable '%s'; jobtracker-templates(7) has what there is"), tag->name);
}

/* {{.}}: what the section around it stands for. */
static const JtTemplateKey *
find_current (Checker *checker)
{
  for (guint i = checker->n_scopes; i > 0; i--)
    if (checker->scopes[i - 1].holds)
      return checker->scopes[i - 1].key;
  return NULL;
}

static const JtTemplateKey *
find_key (Checker *checker, const JtTag *tag)
{
  const JtTemplateKey *key = g_str_equal (tag->name, ".") ? find_current (checker) : resolve (checker, tag->name);

  if (key != NULL)
    return key;
  if (g_str_equal (tag->name, "."))
    fail (checker, tag, _("{{.}} stands in a section of a text or of a list of texts, as in {{#job.tags}}{{.}}{{/job.tags}}"));
  else
    fail_unknown (checker, tag);
  return NULL;
}

/* ---- tags ---------------------------------------------------------------------------------------------------------- */

static gboolean
check_value (Checker *checker, const JtTag *tag)
{
  const JtTemplateKey *key = find_key (checker, tag);
  const char *fault;

  if (key == NULL)
    return FALSE;
  if (has_keys (key))
    return fail (checker, tag, _("'%s' is a group and has no text; write one of its keys behind a dot, or a section"), key->name);
  if (key->kind == JT_TEMPLATE_TEXTS && !g_str_equal (tag->name, "."))
    return fail (checker, tag, _("'%s' is a list; write {{#%s}}{{.}}{{/%s}}"), key->name, tag->name, tag->name);
  if (!checker->is_html)
    return TRUE;
  if (tag->kind == JT_TAG_RAW)
    return fail (checker, tag, _("raw output is not available in html; write {{%s}}"), tag->name);
  fault = jt_html_scan_find_fault (&checker->html, key->kind == JT_TEMPLATE_NUMBER, g_str_has_prefix (key->name, "links."));
  return fault == NULL || fail (checker, tag, "%s", fault);
}

static gboolean
begin_section (Checker *checker, const JtTag *tag)
{
  const JtTemplateKey *key = find_key (checker, tag);
  Scope scope = { key, tag->kind == JT_TAG_SECTION, checker->html };

  if (key == NULL)
    return FALSE;
  checker->scopes[checker->n_scopes++] = scope;
  return TRUE;
}

static gboolean
end_section (Checker *checker, const JtTag *tag)
{
  const Scope *scope = &checker->scopes[--checker->n_scopes];
  gboolean is_list = scope->holds && (scope->key->kind == JT_TEMPLATE_GROUPS || scope->key->kind == JT_TEMPLATE_TEXTS);

  if (!checker->is_html)
    return TRUE;
  if (!jt_html_scan_is_same_place (&scope->html, &checker->html))
    return fail (checker, tag, _("the section '%s' begins outside of a tag of the page and ends inside of one, or the other way round"), tag->name);
  /* It is written several times, and begins then where it ends now. */
  if (is_list && checker->html.place == JT_HTML_IN_TAG)
    return fail (checker, tag, "%s", jt_html_scan_find_fault (&checker->html, FALSE, FALSE));
  jt_html_scan_end_section (&checker->html);
  return TRUE;
}

static gboolean
check_partial (Checker *checker, const JtTag *tag)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *event = jt_template_name_of_partial (tag->name, checker->name->family, checker->name->part, &error);

  if (event == NULL)
    return fail (checker, tag, "%s", error->message);
  if (checker->is_html && checker->html.place != JT_HTML_BETWEEN)
    return fail (checker, tag, _("a partial stands between the tags of a page, not in one, and in no style or script"));
  return TRUE;
}

static gboolean
check_text (Checker *checker, const JtTag *tag)
{
  /* Of CSS it is the end of a rule within another. */
  gboolean may_have_braces = checker->is_html && checker->html.place == JT_HTML_STYLE;
  const char *braces = may_have_braces ? NULL : g_strstr_len (tag->text, (gssize) tag->length, "}}");
  const char *newline = memchr (tag->text, '\n', tag->length);

  if (braces != NULL && checker->is_html && g_strstr_len (tag->text, braces - tag->text, "<style") != NULL)
    braces = NULL;
  if (braces != NULL)
    return fail_in_text (checker, tag, braces, _("there is a }} here and no {{ before it"));
  if (jt_template_part_is_line (checker->name->part))
    {
      g_autofree char *what = g_strdup_printf (_("a %s is one line"), checker->name->part);

      if (checker->is_over)
        return fail_in_text (checker, tag, tag->text, what);
      if (newline != NULL && newline + 1 < tag->text + tag->length)
        return fail_in_text (checker, tag, newline, what);
      checker->is_over = newline != NULL;
    }
  if (checker->is_html)
    jt_html_scan_feed (&checker->html, tag->text, tag->length);
  return TRUE;
}

static gboolean
check_tag (const JtTag *tag, gpointer user_data)
{
  Checker *checker = user_data;

  switch (tag->kind)
    {
    case JT_TAG_TEXT:
      return check_text (checker, tag);
    case JT_TAG_VALUE:
    case JT_TAG_RAW:
      return check_value (checker, tag);
    case JT_TAG_SECTION:
    case JT_TAG_INVERTED:
      return begin_section (checker, tag);
    case JT_TAG_END:
      return end_section (checker, tag);
    case JT_TAG_PARTIAL:
    default:
      return check_partial (checker, tag);
    }
}

/* ---- bytes --------------------------------------------------------------------------------------------------------- */

static gboolean
is_unwanted (char character)
{
  return ((guchar) character < 0x20 && character != '\n' && character != '\t') || character == 0x7f;
}

/* NUL and control characters; what is no UTF-8 the parser says. */
static gboolean
check_bytes (const char *text, gsize length, GError **error)
{
  guint line = 1;
  guint column = 1;

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *what = NULL;

      if (is_unwanted (text[i]))
        {
          what = g_strdup_printf (text[i] == '\r' ? _("there is a carriage return (0x%02x); end lines with a newline alone")
                                                  : _("there is a control character (0x%02x); a template is plain text"),
                                  (guint) (guchar) text[i]);
          return fail_at (error, line, column, what);
        }
      if (text[i] == '\n')
        {
          line++;
          column = 1;
        }
      else if (((guchar) text[i] & 0xc0) != 0x80)
        column++;
    }
  return TRUE;
}

static gboolean
check_parsed (const JtTemplateName *name, JtMustache *mustache, GError **error)
{
  Checker checker = { .name = name, .is_html = jt_template_part_is_html (name->part), .n_scopes = 1, .error = error };

  if (!jt_mustache_foreach (mustache, check_tag, &checker))
    return FALSE;
  if (!checker.is_html || checker.html.place == JT_HTML_BETWEEN)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("the page ends inside of a tag, comment, style or script of HTML (<%s)"), checker.html.element);
  return FALSE;
}

JtMustache *
jt_template_check (const char *name, const char *text, gssize length, GError **error)
{
  g_autoptr (JtTemplateName) parsed = jt_template_name_parse (name, error);
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *copy = NULL;
  g_autoptr (JtMustache) mustache = NULL;

  if (parsed == NULL)
    return NULL;
  if (size > JT_MUSTACHE_MAX_BYTES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("a template has up to 64 KiB, and this one has %lu bytes"), (gulong) size);
      return NULL;
    }
  if (!check_bytes (text, size, error))
    return NULL;
  copy = g_strndup (text, size);
  mustache = jt_mustache_parse (copy, error);
  if (mustache == NULL || !check_parsed (parsed, mustache, error))
    return NULL;
  return g_steal_pointer (&mustache);
}
