/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What is said about a template before it is ever used; the numbers are those of the list of hostile templates. */

#include <string.h>

#include "jt-error.h"
#include "jt-template-checks.h"
#include "jt-template-keys.h"

typedef struct
{
  const char *name;
  const char *template;
  const char *text;
  const char *message; /* how it begins; NULL: it is well */
} Row;

#define HTML "email/failed.html"
#define TEXT "email/failed.text"
#define SUBJECT "email/failed.subject"

static const Row rows[] = {
  { "01-unclosed", TEXT, "Hello\n{{job.name", "line 2, column 1: this tag is not closed" },
  { "02-stray", TEXT, "Hello\n you}} there", "line 2, column 5: there is a }} here and no {{ before it" },
  { "02-stray-behind-a-value", TEXT, "{{host}}}", NULL },
  { "02-stray-in-style", HTML, "<style>@media(x){a{b:c}}</style>", NULL },
  { "02-stray-in-html", HTML, "<p>a}}</p>", "line 1, column 5: there is a }} here" },
  { "02-stray-behind-style", HTML, "<style>@media(x){a{b:c}}</style>{{host}}<p>}}</p>", "line 1, column 44: there is a }} here" },
  { "03-unknown", TEXT, "{{job.nmae}}", "line 1, column 1: unknown variable 'job.nmae'; did you mean job.name?" },
  { "03-unknown-underscore", TEXT, "a {{run.exit_code}}", "line 1, column 3: unknown variable 'run.exit_code'; did you mean run.exit-code?" },
  { "03-unknown-far", TEXT, "{{qqqqqqqqqqqq}}", "line 1, column 1: unknown variable 'qqqqqqqqqqqq'; jobtracker-templates(7) has what there is" },
  { "03-unknown-section", TEXT, "{{#rum}}{{/rum}}", "line 1, column 1: unknown variable 'rum'; did you mean run?" },
  { "03-unknown-inverted", TEXT, "{{^rum}}{{/rum}}", "line 1, column 1: unknown variable 'rum'; did you mean run?" },
  { "03-unknown-within", TEXT, "{{#run}}{{exid}}{{/run}}", "line 1, column 9: unknown variable 'exid'; did you mean exit?" },
  { "03-within", TEXT, "{{#run}}{{exit}} {{reason}} {{job.name}} {{host}}{{/run}}", NULL },
  { "03-not-within-inverted", TEXT, "{{^run}}{{exit}}{{/run}}", "line 1, column 9: unknown variable 'exit'" },
  { "03-not-outside", TEXT, "{{#run}}{{/run}}{{exit-code}}", "line 1, column 17: unknown variable 'exit-code'" },
  { "03-attempts", TEXT, "{{#run.attempts}}{{number}} {{exit}} {{^is-good}}{{reason}}{{/is-good}}{{/run.attempts}}", NULL },
  { "03-attempts-within-run", TEXT, "{{#run}}{{#attempts}}{{number}}{{id}}{{/attempts}}{{/run}}", NULL },
  { "03-no-key-of-attempts", TEXT, "{{#run.attempts}}{{run.numbr}}{{/run.attempts}}", "line 1, column 18: unknown variable 'run.numbr'" },
  { "03-digest", TEXT, "{{#digest.entries}}{{job.name}} {{run.exit}} {{event.name}} {{#event.is-bad}}!{{/event.is-bad}}{{/digest.entries}}", NULL },
  { "03-key-of-a-text", TEXT, "{{host.name}}", "line 1, column 1: unknown variable 'host.name'" },
  { "group", TEXT, "{{job}}", "line 1, column 1: 'job' is a group and has no text; write one of its keys" },
  { "groups", TEXT, "{{run.attempts}}", "line 1, column 1: 'run.attempts' is a group and has no text" },
  { "list", TEXT, "{{job.tags}}", "line 1, column 1: 'job.tags' is a list; write {{#job.tags}}{{.}}{{/job.tags}}" },
  { "list-well", TEXT, "{{#job.tags}}{{.}} {{/job.tags}}{{^job.tags}}none{{/job.tags}}", NULL },
  { "current-of-text", TEXT, "{{#run.message}}{{.}}{{/run.message}}", NULL },
  { "current-of-nothing", TEXT, "{{.}}", "line 1, column 1: {{.}} stands in a section" },
  { "current-of-group", TEXT, "{{#job}}{{.}}{{/job}}", "line 1, column 9: 'job' is a group" },
  { "current-of-inverted", TEXT, "{{^host}}{{.}}{{/host}}", "line 1, column 10: {{.}} stands in a section" },
  { "08-nesting", TEXT, "{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}{{#job}}",
    "line 1, column 129: sections nest deeper than the limit of 16" },
  { "11-path", TEXT, "a\n{{> ../x}}", "line 2, column 1: '../x' is no partial of email; write the name of a template, not a path" },
  { "11-other-part", HTML, "{{> _log.text}}", "line 1, column 1: '_log.text' is no partial for html" },
  { "14-utf8", TEXT, "ab\xffz", "line 1, column 3: the byte 0xff is no UTF-8" },
  { "16-bell", TEXT, "a\nb\x07z", "line 2, column 2: there is a control character (0x07)" },
  { "16-escape", TEXT, "\x1b[31m", "line 1, column 1: there is a control character (0x1b)" },
  { "16-delete", TEXT, "\x7f", "line 1, column 1: there is a control character (0x7f)" },
  { "16-return", TEXT, "ab\r\n", "line 1, column 3: there is a carriage return (0x0d)" },
  { "16-tab", TEXT, "a\tb\n", NULL },
  { "17-newline", SUBJECT, "{{job.name}}\nBcc: x@example.com\n", "line 1, column 13: a subject is one line" },
  { "17-newline-at-end", SUBJECT, "{{job.name}}: {{event.name}}\n", NULL },
  { "17-newline-then-tag", SUBJECT, "{{job.name}}\n{{host}} x", "line 2, column 9: a subject is one line" },
  { "17-title", "popup/default.title", "a\nb", "line 1, column 2: a title is one line" },
  { "17-comment", SUBJECT, "{{! why }}\n{{job.name}}\n", NULL },
  { "17-section", SUBJECT, "{{#event.is-bad}}\nbad\n{{/event.is-bad}}\n{{^event.is-bad}}\ngood\n{{/event.is-bad}}\n", "line 5, column 1: a subject is one line" },
  { "28-raw", HTML, "<p>{{{run.message}}}</p>", "line 1, column 4: raw output is not available in html; write {{run.message}}" },
  { "28-raw-ampersand", HTML, "<p>{{& run.message}}</p>", "line 1, column 4: raw output is not available in html" },
  { "28-raw-in-text", TEXT, "{{{run.message}}} {{&run.message}}", NULL },
  { "30-href", HTML, "<a href=\"{{run.message}}\">x</a>", "line 1, column 10: only one of links may stand where an address begins" },
  { "30-href-of-link", HTML, "<a href=\"{{links.run}}\">x</a>", NULL },
  { "30-href-within-links", HTML, "{{#links}}<a href=\"{{run}}\">x</a>{{/links}}", NULL },
  { "30-href-mailto", HTML, "<a href=\"mailto:{{recipient.address}}\">x</a>", NULL },
  { "30-href-javascript", HTML, "<a href='JavaScript:{{run.message}}'>x</a>", "line 1, column 21: a value may not be the beginning of an address" },
  { "30-href-half", HTML, "<a href=\"java{{run.message}}\">x</a>", "line 1, column 14: a value may not be the beginning" },
  { "30-src", HTML, "<img alt='' SRC = '{{run.message}}'>", "line 1, column 20: only one of links" },
  { "30-href-section", HTML, "<a href=\"{{#host}}mailto:{{/host}}{{run.message}}\">x</a>", "line 1, column 35: only one of links" },
  { "html-title", HTML, "<p title=\"{{run.message}}\" class='{{event.name}}'>{{run.message}}</p>", NULL },
  { "html-unquoted", HTML, "<p title={{run.message}}>x</p>", "line 1, column 10: a value in a tag stands between quotes" },
  { "html-name", HTML, "<p {{run.message}}>x</p>", "line 1, column 4: a value in a tag stands between quotes" },
  { "html-element", HTML, "<{{run.message}}>x</p>", "line 1, column 2: a value in a tag stands between quotes" },
  { "html-less-than", HTML, "<p>1 < 2 {{run.message}}</p>", NULL },
  { "html-onclick", HTML, "<p onclick=\"{{run.message}}\">x</p>", "line 1, column 13: a value may not stand in a script" },
  { "html-script", HTML, "<script>var a = '{{run.message}}';</script>", "line 1, column 18: a value may not stand in a script" },
  { "html-behind-script", HTML, "<script>1 < 2</script><p>{{run.message}}</p>", NULL },
  { "html-style", HTML, "<p style=\"color:{{run.message}}\">x</p>", "line 1, column 17: only a number may stand in a style" },
  { "html-style-number", HTML, "<p style=\"width:{{statistics.bar}}%\">x</p>", NULL },
  { "html-style-element", HTML, "<style>p{color:{{host}}}</style>", "line 1, column 16: only a number may stand in a style" },
  { "html-comment", HTML, "<!-- <p {{host}} --><p>{{host}}</p>", NULL },
  { "html-section-in-tag", HTML, "<td{{#event.is-bad}} class=\"bad\"{{/event.is-bad}}>x</td>", NULL },
  { "html-section-in-quotes", HTML, "<td class=\"a{{#event.is-bad}} bad{{/event.is-bad}}\">x</td>", NULL },
  { "html-section-halves", HTML, "{{#event.is-bad}}<p title='{{/event.is-bad}}{{host}}", "line 1, column 28: the section 'event.is-bad' begins outside" },
  { "html-section-halves-inverted", HTML, "<p{{^host}} title='{{/host}}'>", "line 1, column 20: the section 'host' begins outside" },
  { "html-srcdoc", HTML, "<iframe srcdoc=\"<p>{{run.message}}\"></iframe>", "line 1, column 20: a value may not stand here" },
  { "html-refresh", HTML, "<meta http-equiv='refresh' content='1;url={{run.message}}'>", "line 1, column 43: a value may not stand here" },
  { "html-animate", HTML, "<svg><animate attributeName='href' to='{{run.message}}'/></svg>", "line 1, column 40: a value may not stand here" },
  { "html-href-entity", HTML, "<a href='javascript&#58;{{run.message}}'>x</a>", "line 1, column 25: a value may not be the beginning" },
  { "html-href-space", HTML, "<a href=' javascript:{{run.message}}'>x</a>", "line 1, column 22: a value may not be the beginning" },
  { "html-href-other-scheme", HTML, "<a href='vbscript:{{run.message}}'>x</a>", "line 1, column 19: a value may not be the beginning" },
  { "html-href-relative", HTML, "<a href='runs/{{run.id}}'>x</a><a href='#{{run.id}}'>y</a><a href='https://a.example/?q={{run.id}}'>z</a>", NULL },
  { "html-quote-in-unquoted", HTML, "<p title=x\"{{run.message}}\">x</p>", "line 1, column 12: a value in a tag stands between quotes" },
  { "html-quote-without-name", HTML, "<p \"{{run.message}}\">x</p>", "line 1, column 5: a value in a tag stands between quotes" },
  { "html-equals-without-name", HTML, "<p title='a'='{{run.message}}'>x</p>", "line 1, column 15: a value in a tag stands between quotes" },
  { "html-equals-behind-slash", HTML, "<p title/='{{run.message}}'>x</p>", "line 1, column 12: a value in a tag stands between quotes" },
  { "html-equals-in-unquoted", HTML, "<p title=a='{{run.message}}'>x</p>", "line 1, column 13: a value in a tag stands between quotes" },
  { "html-spaces-around-equals", HTML, "<p title = '{{run.message}}' lang=de class='{{host}}'>x</p>", NULL },
  { "html-half-a-name", HTML, "<p {{^host}}data-{{/host}}onclick='{{run.message}}'>x</p>", "line 1, column 36: a value in a tag stands between quotes" },
  { "html-half-of-equals", HTML, "<p {{#host}}title={{/host}}'{{run.message}}'>x</p>", "line 1, column 29: a value in a tag stands between quotes" },
  { "html-behind-section-in-tag", HTML, "<p {{#host}}hidden{{/host}} title='{{run.message}}'>x</p>", NULL },
  { "html-other-attribute", HTML, "<p onclick='{{^host}}a' title='{{/host}}{{run.message}}'>x</p>", "line 1, column 32: the section 'host' begins outside" },
  { "html-list-in-tag", HTML, "<p{{#job.tags}} title='{{.}}' on{{/job.tags}}>x</p>", "line 1, column 33: a value in a tag stands between quotes" },
  { "html-list-in-quotes", HTML, "<p class='{{#job.tags}} {{.}}{{/job.tags}}'>x</p>", NULL },
  { "html-comment-of-nothing", HTML, "<!--><script>{{run.message}}</script>-->", "line 1, column 14: a value may not stand in a script" },
  { "html-comment-of-a-dash", HTML, "<!---><script>{{run.message}}</script>-->", "line 1, column 15: a value may not stand in a script" },
  { "html-comment-ends-otherwise", HTML, "<!-- a --!><script>{{run.message}}</script>-->", "line 1, column 20: a value may not stand in a script" },
  { "html-comment-conditional", HTML, "<!--[if mso]><p {{host}}<![endif]-->{{host}}", NULL },
  { "html-partial", HTML, "<p>{{> _log}}</p>", NULL },
  { "html-partial-in-tag", HTML, "<p {{> _log}}>", "line 1, column 4: a partial stands between the tags" },
  { "html-ends-in-tag", HTML, "<p class=\"a\"", "the page ends inside of a tag" },
  { "html-ends-in-comment", HTML, "<!-- a", "the page ends inside of a tag, comment" },
  { "29-value-in-text", TEXT, "<img onerror={{run.message}}>", NULL },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_template_check (row->template, row->text, -1, &error);

  if (row->message == NULL)
    {
      g_assert_no_error (error);
      g_assert_nonnull (mustache);
      return;
    }
  if (mustache != NULL)
    g_error ("%s is not refused", row->name);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
  if (!g_str_has_prefix (error->message, row->message))
    g_error ("'%s' does not begin with '%s'", error->message, row->message);
}

/* 12 */
static void
test_size (void)
{
  g_autofree char *text = g_strnfill (64 * 1024 + 1, 'x');
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_template_check (TEXT, text, 64 * 1024, &error);

  g_assert_no_error (error);
  g_assert_null (jt_template_check (TEXT, text, -1, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* 15 */
static void
test_nul (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_template_check (TEXT, "ab\nc\0d", 6, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
  g_assert_cmpstr (error->message, ==, "line 2, column 2: there is a control character (0x00); a template is plain text");
}

/* 40 */
static void
test_secrets (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_template_check (TEXT, "a {{secret.password}}", -1, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_AUTHORIZED);
  g_assert_cmpstr (error->message, ==, "line 1, column 3: secrets cannot be used in templates");
}

static void
test_name (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_template_check ("email/faild.text", "", -1, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
}

/* Each name can be written the way its kind wants it, so the table and the checks agree. */
static void
test_every_key (void)
{
  for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
    {
      gboolean is_plain = key->kind == JT_TEMPLATE_TEXT || key->kind == JT_TEMPLATE_NUMBER || key->kind == JT_TEMPLATE_FLAG;
      g_autofree char *text = is_plain ? g_strdup_printf ("{{%s}}", key->name) : g_strdup_printf ("{{#%s}}x{{/%s}}", key->name, key->name);
      g_autoptr (GError) error = NULL;
      g_autoptr (JtMustache) mustache = jt_template_check (TEXT, text, -1, &error);

      g_assert_no_error (error);
      g_assert_true (g_variant_type_string_is_valid (key->type));
      g_assert_true (jt_template_key_find (key->name, -1) == key);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/template-checks/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/template-checks/12-size", test_size);
  g_test_add_func ("/template-checks/15-nul", test_nul);
  g_test_add_func ("/template-checks/40-secrets", test_secrets);
  g_test_add_func ("/template-checks/name", test_name);
  g_test_add_func ("/template-checks/every-key", test_every_key);
  return g_test_run ();
}
