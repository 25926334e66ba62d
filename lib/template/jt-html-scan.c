/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-html-scan.h"

#include <string.h>

#include <glib/gi18n-lib.h>

static const char *const url_attributes[] = {
  "href", "src", "srcset", "action", "formaction", "background", "cite", "data", "poster", "xlink:href", "longdesc", "ping", NULL,
};
/* Of an address none of these is a script, whatever follows. */
static const char *const schemes[] = { "http:", "https:", "mailto:", "tel:", "sms:", "cid:", NULL };

static void
add_character (char *buffer, gsize size, guint *length, char character)
{
  if (*length + 1 >= size)
    return;
  buffer[(*length)++] = g_ascii_tolower (character);
  buffer[*length] = '\0';
}

static void
forget (char *buffer, guint *length)
{
  buffer[0] = '\0';
  *length = 0;
}

static void
begin_tag (JtHtmlScan *scan)
{
  scan->place = JT_HTML_IN_TAG;
  scan->is_closing = FALSE;
  scan->has_element = FALSE;
  scan->is_value_next = FALSE;
  scan->is_unquoted = FALSE;
  forget (scan->element, &scan->n_element);
  forget (scan->attribute, &scan->n_attribute);
}

static void
end_tag (JtHtmlScan *scan)
{
  scan->place = JT_HTML_BETWEEN;
  if (scan->is_closing)
    return;
  if (g_str_equal (scan->element, "style"))
    scan->place = JT_HTML_STYLE;
  else if (g_str_equal (scan->element, "script"))
    scan->place = JT_HTML_SCRIPT;
}

static void
add_to_attribute (JtHtmlScan *scan, char character)
{
  if (scan->has_attribute)
    forget (scan->attribute, &scan->n_attribute);
  scan->has_attribute = FALSE;
  add_character (scan->attribute, sizeof scan->attribute, &scan->n_attribute, character);
}

/* Quotes hold something together only where a value begins: after a name and its =. */
static void
begin_value (JtHtmlScan *scan, char character)
{
  scan->is_value_next = FALSE;
  if (character == '"' || character == '\'')
    {
      scan->place = JT_HTML_QUOTED;
      scan->quote = character;
      forget (scan->value, &scan->n_value);
      return;
    }
  scan->is_unquoted = TRUE;
  forget (scan->attribute, &scan->n_attribute);
}

static void
step_in_tag (JtHtmlScan *scan, char character)
{
  gboolean is_space = g_ascii_isspace (character);

  if (character == '>')
    end_tag (scan);
  else if (scan->is_unquoted)
    scan->is_unquoted = !is_space;
  else if (scan->is_value_next && !is_space)
    begin_value (scan, character);
  else if (character == '/' && !scan->has_element && scan->n_element == 0)
    scan->is_closing = TRUE;
  else if (is_space || character == '/')
    {
      scan->has_element = TRUE;
      scan->has_attribute = TRUE;
      /* (a = behind it begins a name) */
      if (character == '/')
        forget (scan->attribute, &scan->n_attribute);
    }
  else if (!scan->has_element)
    add_character (scan->element, sizeof scan->element, &scan->n_element, character);
  else if (character == '=' && scan->n_attribute > 0)
    scan->is_value_next = TRUE;
  else
    add_to_attribute (scan, character);
}

/* Browsers end a comment at --!> and <!--> too. */
static void
step_in_comment (JtHtmlScan *scan, char character)
{
  if (character == '>' && (scan->n_dashes >= 2 || !scan->has_comment))
    {
      scan->place = JT_HTML_BETWEEN;
      return;
    }
  scan->has_comment |= character != '-';
  if (character == '-')
    scan->n_dashes++;
  else if (character != '!' || scan->n_dashes < 2)
    scan->n_dashes = 0;
}

/* Of a <style> or <script> only its own end is an end. */
static gboolean
is_end_of (const char *text, gsize length, const char *element)
{
  gsize size = strlen (element);

  return length > size + 2 && text[0] == '<' && text[1] == '/' && g_ascii_strncasecmp (text + 2, element, size) == 0
         && (text[size + 2] == '>' || g_ascii_isspace (text[size + 2]));
}

/* Returns how many characters it has dealt with. */
static gsize
step (JtHtmlScan *scan, const char *text, gsize length)
{
  switch (scan->place)
    {
    case JT_HTML_COMMENT:
      step_in_comment (scan, *text);
      return 1;
    case JT_HTML_IN_TAG:
      step_in_tag (scan, *text);
      return 1;
    case JT_HTML_QUOTED:
      if (*text == scan->quote)
        {
          scan->place = JT_HTML_IN_TAG;
          forget (scan->attribute, &scan->n_attribute);
        }
      else
        add_character (scan->value, sizeof scan->value, &scan->n_value, *text);
      return 1;
    case JT_HTML_STYLE:
    case JT_HTML_SCRIPT:
      if (is_end_of (text, length, scan->place == JT_HTML_STYLE ? "style" : "script"))
        begin_tag (scan);
      return 1;
    case JT_HTML_BETWEEN:
    default:
      if (length >= 4 && strncmp (text, "<!--", 4) == 0)
        {
          scan->place = JT_HTML_COMMENT;
          scan->has_comment = FALSE;
          scan->n_dashes = 0;
          return 4;
        }
      if (length >= 2 && text[0] == '<' && (g_ascii_isalpha (text[1]) || text[1] == '/' || text[1] == '!' || text[1] == '?'))
        begin_tag (scan);
      else if (length == 1 && text[0] == '<')
        begin_tag (scan);
      return 1;
    }
}

void
jt_html_scan_feed (JtHtmlScan *scan, const char *text, gsize length)
{
  while (length > 0)
    {
      gsize done = step (scan, text, length);

      text += done;
      length -= done;
    }
}

void
jt_html_scan_end_section (JtHtmlScan *scan)
{
  forget (scan->value, &scan->n_value);
  if (scan->place != JT_HTML_IN_TAG)
    return;
  scan->has_element = TRUE;
  scan->is_value_next = FALSE;
  scan->is_unquoted = TRUE;
  forget (scan->attribute, &scan->n_attribute);
}

gboolean
jt_html_scan_is_same_place (const JtHtmlScan *a, const JtHtmlScan *b)
{
  if (a->place != b->place)
    return FALSE;
  if (a->place == JT_HTML_IN_TAG)
    return g_str_equal (a->element, b->element) || !a->has_element;
  return a->place != JT_HTML_QUOTED
         || (a->quote == b->quote && g_str_equal (a->element, b->element) && g_str_equal (a->attribute, b->attribute));
}

/* Whether what the address begins with says what kind of one it is. Entities would have to be read as a browser does. */
static gboolean
has_plain_beginning (const char *value)
{
  gsize length = strcspn (value, ":/?#&");

  if (value[length] == '/' || value[length] == '?' || value[length] == '#')
    return TRUE;
  for (guint i = 0; value[length] == ':' && schemes[i] != NULL; i++)
    if (g_str_has_prefix (value, schemes[i]))
      return TRUE;
  return FALSE;
}

/* A page in an attribute, what a browser is to do after a while, and what an attribute becomes. */
static gboolean
is_more_than_text (const JtHtmlScan *scan)
{
  return g_str_equal (scan->attribute, "srcdoc") || g_str_equal (scan->element, "meta") || g_str_equal (scan->element, "set")
         || g_str_has_prefix (scan->element, "animate");
}

static const char *
find_fault_of_quoted (const JtHtmlScan *scan, gboolean is_number, gboolean is_link)
{
  if (g_str_has_prefix (scan->attribute, "on"))
    return _("a value may not stand in a script");
  if (g_str_equal (scan->attribute, "style"))
    return is_number ? NULL : _("only a number may stand in a style");
  if (is_more_than_text (scan))
    return _("a value may not stand here: browsers take this attribute for more than a text");
  if (!g_strv_contains (url_attributes, scan->attribute))
    return NULL;
  if (scan->n_value == 0)
    return is_link ? NULL : _("only one of links may stand where an address begins");
  return has_plain_beginning (scan->value) ? NULL : _("a value may not be the beginning of an address; write the beginning, as in mailto:");
}

const char *
jt_html_scan_find_fault (const JtHtmlScan *scan, gboolean is_number, gboolean is_link)
{
  switch (scan->place)
    {
    case JT_HTML_QUOTED:
      return find_fault_of_quoted (scan, is_number, is_link);
    case JT_HTML_IN_TAG:
      return _("a value in a tag stands between quotes, as in title=\"{{job.name}}\"");
    case JT_HTML_STYLE:
      return is_number ? NULL : _("only a number may stand in a style");
    case JT_HTML_SCRIPT:
      return _("a value may not stand in a script");
    case JT_HTML_BETWEEN:
    case JT_HTML_COMMENT:
    default:
      return NULL;
    }
}
