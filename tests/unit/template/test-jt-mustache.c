/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What is refused with which words and at which place, and how hostile templates end. */

#include <string.h>

#include "jt-error.h"
#include "jt-mustache.h"

typedef struct
{
  const char *name;
  const char *text;
  const char *message; /* how it begins */
} Row;

static const Row refused_rows[] = {
  { "unclosed", "a\nb {{name", "line 2, column 3: this tag is not closed; write }} behind" },
  { "unclosed-raw", "{{{name}}", "line 1, column 1: this tag is not closed; write }}} behind" },
  { "unclosed-delimiters", "x {{=<% %>}}", "line 1, column 3: this tag is not closed; write =}} behind" },
  { "unclosed-comment", "\n\n{{! for ever", "line 3, column 1: this tag is not closed" },
  { "no-name", "ab{{ }}", "line 1, column 3: this tag has no name" },
  { "no-name-of-section", "{{#}}{{/}}", "line 1, column 1: this tag has no name" },
  { "space-in-name", "{{a b}}", "line 1, column 1: there is a space in the name 'a b'; is a }} missing?" },
  { "runs-on", "{{a\nb {{c}}", "line 1, column 1: there is a space in the name 'a\nb {{c'; is a }} missing?" },
  { "dot-at-end", "{{a.}}", "line 1, column 1: 'a.' is no name" },
  { "dot-at-start", "{{.a}}", "line 1, column 1: '.a' is no name" },
  { "two-dots", "{{a..b}}", "line 1, column 1: 'a..b' is no name" },
  { "never-closed", "x\n {{#job}} y", "line 2, column 2: the section 'job' is never closed; write {{/job}} where it ends" },
  { "never-closed-inverted", "{{^job}}", "line 1, column 1: the section 'job' is never closed" },
  { "never-begun", "x {{/job}}", "line 1, column 3: the section 'job' ends here and was never begun" },
  { "crossed", "{{#a}}\n{{#b}}{{/a}}{{/b}}", "line 2, column 7: the section 'a' ends here, but 'b' of line 2, column 1 is still open" },
  { "one-delimiter", "{{=<%=}}", "line 1, column 1: two delimiters with a space" },
  { "three-delimiters", "{{=a b c=}}", "line 1, column 1: two delimiters with a space" },
  { "equals-in-delimiter", "{{=a= b=}}", "line 1, column 1: two delimiters with a space" },
  { "long-delimiter", "{{=aaaaaaaaaaaaaaaaa b=}}", "line 1, column 1: a delimiter has up to 16 bytes" },
  { "characters-are-counted", "größer {{}}", "line 1, column 8: this tag has no name" },
  { "no-utf8", "ab\n\xff", "line 2, column 1: the byte 0xff is no UTF-8" },
  { "cut-utf8", "\xc3", "line 1, column 1: the byte 0xc3 is no UTF-8" },
};

static void
test_refused (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_mustache_parse (row->text, &error);

  g_assert_null (mustache);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
  if (!g_str_has_prefix (error->message, row->message))
    g_error ("'%s' does not begin with '%s'", error->message, row->message);
}

static char *
nest (const char *open, const char *middle, const char *close, guint count)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    g_string_append (text, open);
  g_string_append (text, middle);
  for (guint i = 0; i < count; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
test_nesting (void)
{
  g_autofree char *deepest = nest ("{{#a}}", "x", "{{/a}}", 16);
  g_autofree char *deeper = nest ("{{#a}}", "x", "{{/a}}", 17);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_mustache_parse (deepest, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = jt_mustache_render (mustache, g_variant_new_parsed ("{'a': <true>}"), FALSE, NULL, NULL, &error);
  g_assert_cmpstr (text, ==, "x");
  g_assert_null (jt_mustache_parse (deeper, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
  g_assert_cmpstr (error->message, ==, "line 1, column 97: sections nest deeper than the limit of 16");
}

static void
test_size (void)
{
  g_autofree char *largest = g_strnfill (64 * 1024, 'x');
  g_autofree char *larger = g_strnfill (64 * 1024 + 1, 'x');
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_mustache_parse (largest, &error);

  g_assert_no_error (error);
  g_assert_nonnull (mustache);
  g_assert_null (jt_mustache_parse (larger, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* As many tags as fit on one line of 64 KiB are located and written without ado. */
static void
test_many_tags (void)
{
  g_autofree char *text = nest ("{{a}}", "", "", 13107);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_mustache_parse (text, &error);
  g_autofree char *result = NULL;

  g_assert_no_error (error);
  result = jt_mustache_render (mustache, g_variant_new_parsed ("{'a': <'y'>}"), TRUE, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (result), ==, 13107);
}

static void
assert_too_large (const char *text, GVariant *context, gboolean escapes_html)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_mustache_parse (text, &error);

  g_assert_no_error (error);
  g_assert_null (jt_mustache_render (mustache, context, escapes_html, NULL, NULL, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

static void
test_expansion (void)
{
  g_autofree char *mebibyte = g_strnfill (1024 * 1024, 'x');
  g_autofree char *ten = g_strnfill (10 * 1024 * 1024, 'x');
  g_autofree char *quotes = g_strnfill (200 * 1024, '"');
  g_autoptr (JtMustache) mustache = jt_mustache_parse ("{{a}}", NULL);
  g_autofree char *text = jt_mustache_render (mustache, g_variant_new_parsed ("{'a': <%s>}", mebibyte), TRUE, NULL, NULL, NULL);

  g_assert_cmpuint (strlen (text), ==, 1024 * 1024);
  assert_too_large ("{{a}}", g_variant_new_parsed ("{'a': <%s>}", ten), FALSE);
  assert_too_large ("{{a}}", g_variant_new_parsed ("{'a': <%s>}", ten), TRUE);
  assert_too_large ("{{a}}{{a}}", g_variant_new_parsed ("{'a': <%s>}", mebibyte), FALSE);
  assert_too_large ("{{a}}", g_variant_new_parsed ("{'a': <%s>}", quotes), TRUE);
  assert_too_large ("{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}xxxxxxxxxx{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
                    g_variant_new_parsed ("{'l': <[1,2,3,4,5,6,7,8,9,10]>}"), FALSE);
}

/* Ten to the power of sixteen rounds that write nothing. */
static void
test_steps (void)
{
  g_autofree char *text = nest ("{{#l}}", "", "{{/l}}", 16);

  assert_too_large (text, g_variant_new_parsed ("{'l': <[1,2,3,4,5,6,7,8,9,10]>}"), FALSE);
}

static JtMustache *
get_itself (const char *name, gpointer user_data)
{
  return user_data;
}

static void
test_recursion (void)
{
  g_autoptr (JtMustache) mustache = jt_mustache_parse ("x{{>a}}{{>a}}", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_mustache_render (mustache, g_variant_new ("a{sv}", NULL), FALSE, get_itself, mustache, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
  g_assert_cmpstr (error->message, ==, "partials nest deeper than the limit of 16, the last of them 'a'");
}

/* The indentation of partials in each other adds up; it is bounded by what may come out. */
static void
test_deep_indentation (void)
{
  g_autofree char *spaces = g_strnfill (60000, ' ');
  g_autofree char *text = g_strconcat ("{{#l}}\nx\n", spaces, "{{>a}}\n{{/l}}\n", NULL);
  g_autoptr (JtMustache) mustache = jt_mustache_parse (text, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_mustache_render (mustache, g_variant_new_parsed ("{'l': <[1,2,3]>}"), FALSE, get_itself, mustache, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* Types that events may come as beyond those of JSON. */
static void
test_types (void)
{
  static const char *const template = "{{o}} {{t}} {{i}} {{n}} {{y}} {{d}} {{b}}|{{#as}}{{.}},{{/as}}|{{#av}}{{.}},{{/av}}|{{#aasv}}{{k}},{{/aasv}}|{{v}}|{{ss.k}}|{{st}}";
  g_autoptr (JtMustache) mustache = jt_mustache_parse (template, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = jt_mustache_render (mustache,
    g_variant_new_parsed ("{'o': <objectpath '/a'>, 't': <uint64 18446744073709551615>, 'i': <-5>, 'n': <int16 -2>, 'y': <byte 7>, 'd': <0.5>,"
                          " 'b': <true>, 'as': <['p', 'q']>, 'av': <[<1>, <'z'>]>, 'aasv': <[{'k': <1>}, {'k': <2>}]>, 'v': <<<'deep'>>>,"
                          " 'ss': <{'k': 'plain'}>, 'st': <(1, 2)>}"), FALSE, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "/a 18446744073709551615 -5 -2 7 0.5 true|p,q,|1,z,|1,2,|deep|plain|");
}

static char *
random_text (GRand *rand, const char *const *pieces, guint n_pieces, guint most)
{
  GString *text = g_string_new (NULL);

  for (guint i = (guint) g_rand_int_range (rand, 0, (gint32) most); i > 0; i--)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, (gint32) n_pieces)]);
  return g_string_free (text, FALSE);
}

/* No < & > " ' of a value comes out as itself, whatever tags it stands in. */
static void
test_escaping_property (void)
{
  static const char *const pieces[] = { "{{v}}", "{{ v }}", "{{#v}}{{.}}{{/v}}", "{{#l}}{{.}}{{/l}}", "{{#g}}{{v}}{{/g}}", "{{g.v}}", "\n", "  ", "text", "{{^n}}{{v}}{{/n}}" };
  static const char *const values[] = { "<", ">", "&", "\"", "'", "x", "\n", "&lt;", "{{", "}}", "{{{v}}}", "<script>", "ä" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *template = random_text (rand, pieces, G_N_ELEMENTS (pieces), 8);
      g_autofree char *value = random_text (rand, values, G_N_ELEMENTS (values), 6);
      g_autoptr (JtMustache) mustache = jt_mustache_parse (template, NULL);
      g_autofree char *text = jt_mustache_render (mustache, g_variant_new_parsed ("{'v': <%s>, 'l': <[%s, %s]>, 'g': <{'v': <%s>}>}", value, value, value, value),
                                                  TRUE, NULL, NULL, NULL);

      g_assert_null (strpbrk (text, "<>\"'"));
      for (const char *at = strchr (text, '&'); at != NULL; at = strchr (at + 1, '&'))
        g_assert_true (g_str_has_prefix (at, "&lt;") || g_str_has_prefix (at, "&gt;") || g_str_has_prefix (at, "&amp;") || g_str_has_prefix (at, "&quot;")
                       || g_str_has_prefix (at, "&#39;"));
    }
}

/* Whatever the text is, it is refused with a place or written out within the limits. */
static void
test_random (void)
{
  static const char *const pieces[] = { "{{", "}}", "{{{", "}}}", "#", "^", "/", ">", "!", "=", "&", "a", "l", ".", " ", "\n", "\r\n", "{{#a}}", "{{/a}}",
                                        "{{#l}}", "{{/l}}", "{{>p}}", "{{=<% %>=}}", "<%a%>", "<%={{ }}=%>", "{{^a}}", "x" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (GVariant) context = g_variant_ref_sink (g_variant_new_parsed ("{'a': <{'a': <1>}>, 'l': <[1, 2]>}"));
  g_autoptr (JtMustache) partial = jt_mustache_parse ("[{{a}}\n{{l}}]\n", NULL);
  guint n_parsed = 0;

  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *template = random_text (rand, pieces, G_N_ELEMENTS (pieces), 14);
      g_autoptr (GError) error = NULL;
      g_autoptr (JtMustache) mustache = jt_mustache_parse (template, &error);
      g_autofree char *text = NULL;

      if (mustache == NULL)
        {
          g_assert_true (g_str_has_prefix (error->message, "line "));
          continue;
        }
      n_parsed++;
      text = jt_mustache_render (mustache, context, TRUE, get_itself, partial, &error);
      g_assert_no_error (error);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
  g_assert_cmpuint (n_parsed, >, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refused_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/mustache/refused/", refused_rows[i].name, NULL);

      g_test_add_data_func (path, &refused_rows[i], test_refused);
    }
  g_test_add_func ("/mustache/nesting", test_nesting);
  g_test_add_func ("/mustache/size", test_size);
  g_test_add_func ("/mustache/many-tags", test_many_tags);
  g_test_add_func ("/mustache/expansion", test_expansion);
  g_test_add_func ("/mustache/steps", test_steps);
  g_test_add_func ("/mustache/recursion", test_recursion);
  g_test_add_func ("/mustache/deep-indentation", test_deep_indentation);
  g_test_add_func ("/mustache/types", test_types);
  g_test_add_func ("/mustache/escaping", test_escaping_property);
  g_test_add_func ("/mustache/random", test_random);
  return g_test_run ();
}
