/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Where in a piece of HTML one is, as far as it decides what escaping holds: & < > " ' of a value are escaped, so between tags
 * and in quotes nothing gets out of its place. Elsewhere in a tag a space is enough to add an attribute, and in a script, a style
 * or an address characters that are not escaped mean something. A plain struct, fed with the text between a template's tags in
 * their order; it follows no error recovery of browsers, and what it does not understand is inside a tag. */

typedef enum
{
  JT_HTML_BETWEEN, /* the text of the page */
  JT_HTML_COMMENT,
  JT_HTML_IN_TAG,  /* anywhere in one but in a value with quotes */
  JT_HTML_QUOTED,  /* in the value of an attribute, with quotes */
  JT_HTML_STYLE,   /* in <style> */
  JT_HTML_SCRIPT,  /* in <script> */
} JtHtmlPlace;

typedef struct
{
  JtHtmlPlace place;
  char        quote;
  gboolean    is_closing;    /* in a tag: of the end of an element */
  char        element[16];   /* the name of the tag, or as much of it as matters */
  char        attribute[32]; /* the last name of an attribute */
  char        value[32];     /* how the value begins; only what is fixed of it */
  guint       n_element, n_attribute, n_value;
  gboolean    has_element;   /* its name is complete */
  gboolean    has_attribute; /* so is that of the attribute, and what comes but a = is another */
  gboolean    is_value_next; /* its = was there, so quotes may begin */
  gboolean    is_unquoted;   /* in a value without quotes, or whatever else ends with a space */
  gboolean    has_comment;   /* there is something in the comment */
  guint       n_dashes;      /* how many it ends with so far */
} JtHtmlScan;

void jt_html_scan_feed (JtHtmlScan *scan, const char *text, gsize length);
/* A section ends here, which may not be written: nothing that it said of a name or a value counts, up to the next space. */
void     jt_html_scan_end_section   (JtHtmlScan *scan);
/* Whether the page goes on alike from @a, where a section begins, and from @b, where it ends. */
gboolean jt_html_scan_is_same_place (const JtHtmlScan *a, const JtHtmlScan *b);
/* What speaks against writing a value at this place; NULL if nothing does. @is_number: it has digits only. @is_link: it is one of
 * the service's own addresses. (transfer none) */
const char *jt_html_scan_find_fault (const JtHtmlScan *scan, gboolean is_number, gboolean is_link);
