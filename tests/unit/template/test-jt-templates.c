/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which template is in force, and that whatever is wrong above never loses what is to be told. */

#include <string.h>

#include "jt-error.h"
#include "jt-template-checks.h"
#include "jt-template-keys.h"
#include "jt-template-sample.h"
#include "jt-templates.h"

typedef struct
{
  GHashTable       *of_user;          /* (element-type utf8 utf8) (owned) */
  GHashTable       *of_administrator; /* (element-type utf8 utf8) (owned) */
  JtTemplateSources sources;
} Fixture;

static char *
get (const char *name, gpointer user_data)
{
  return g_strdup (g_hash_table_lookup (user_data, name));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->of_user = g_hash_table_new (g_str_hash, g_str_equal);
  fixture->of_administrator = g_hash_table_new (g_str_hash, g_str_equal);
  fixture->sources = (JtTemplateSources) { get, fixture->of_user, get, fixture->of_administrator };
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_hash_table_unref (fixture->of_user);
  g_hash_table_unref (fixture->of_administrator);
}

static void
put (GHashTable *source, const char *name, const char *text)
{
  g_hash_table_insert (source, (char *) name, (char *) text);
}

static char *
render (Fixture *fixture, const char *part, const char *language, char **trouble)
{
  return jt_templates_render (&fixture->sources, "email", "failed", part, language, jt_template_sample_new ("failed"), trouble);
}

static void
assert_rendered (Fixture *fixture, const char *language, const char *expected)
{
  g_autofree char *trouble = NULL;
  g_autofree char *text = render (fixture, "subject", language, &trouble);

  g_assert_cmpstr (trouble, ==, NULL);
  g_assert_cmpstr (text, ==, expected);
}

/* From the least particular to the most, each beats those before it. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  put (fixture->of_administrator, "email/default.subject", "1");
  assert_rendered (fixture, "de_AT", "1");
  put (fixture->of_administrator, "email/failed.subject", "2");
  assert_rendered (fixture, "de_AT", "2");
  put (fixture->of_administrator, "de/email/default.subject", "3");
  assert_rendered (fixture, "de_AT", "3");
  put (fixture->of_administrator, "de/email/failed.subject", "4");
  assert_rendered (fixture, "de_AT", "4");
  put (fixture->of_administrator, "de_AT/email/default.subject", "5");
  assert_rendered (fixture, "de_AT", "5");
  put (fixture->of_user, "email/default.subject", "6");
  assert_rendered (fixture, "de_AT", "6");
  put (fixture->of_user, "de/email/failed.subject", "7");
  assert_rendered (fixture, "de_AT", "7");
  assert_rendered (fixture, "fr", "6");
  put (fixture->of_administrator, "email/succeeded.subject", "8");
  assert_rendered (fixture, NULL, "6");
}

static void
test_found (Fixture *fixture, gconstpointer data)
{
  g_autofree char *trouble = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtTemplate) shipped = jt_templates_find (NULL, "email", "failed", "html", NULL, NULL, &error);
  g_autoptr (JtTemplate) own = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (jt_template_get_origin (shipped), ==, JT_TEMPLATE_SHIPPED);
  put (fixture->of_user, "de/email/failed.subject", "mine");
  own = jt_templates_find (&fixture->sources, "email", "failed", "subject", "de", &trouble, &error);
  g_assert_no_error (error);
  g_assert_null (trouble);
  g_assert_cmpstr (jt_template_get_name (own), ==, "de/email/failed.subject");
  g_assert_cmpstr (jt_template_origin_to_string (jt_template_get_origin (own)), ==, "user");
  g_assert_null (jt_templates_find (NULL, "email", "failed", "body", NULL, &trouble, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

static void
assert_told (const char *trouble, const char *part)
{
  g_assert_nonnull (trouble);
  if (strstr (trouble, part) == NULL)
    g_error ("'%s' is not in '%s'", part, trouble);
}

static void
test_unsound (Fixture *fixture, gconstpointer data)
{
  g_autofree char *trouble = NULL;
  g_autofree char *text = NULL;

  put (fixture->of_user, "email/failed.subject", "{{#job}}");
  put (fixture->of_administrator, "email/failed.subject", "{{job.nmae}}");
  put (fixture->of_administrator, "email/default.subject", "sound");
  text = render (fixture, "subject", NULL, &trouble);
  g_assert_cmpstr (text, ==, "sound");
  assert_told (trouble, "the template email/failed.subject (user) is not used: line 1, column 1: the section 'job' is never closed");
  assert_told (trouble, "the template email/failed.subject (administrator) is not used: line 1, column 1: unknown variable 'job.nmae'");
}

/* 13: an expansion beyond 1 MiB gives way to what is below. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *trouble = NULL;
  g_autofree char *text = NULL;
  g_autofree char *shipped = jt_templates_render (NULL, "email", "failed", "text", NULL, jt_template_sample_new ("failed"), NULL);
  g_autofree char *filling = g_strnfill (60000, 'x');
  g_autofree char *large = g_strconcat ("{{#run.attempts}}{{#run.attempts}}{{#run.attempts}}{{#run.attempts}}{{#run.attempts}}", filling,
                                        "{{/run.attempts}}{{/run.attempts}}{{/run.attempts}}{{/run.attempts}}{{/run.attempts}}", NULL);

  put (fixture->of_user, "email/failed.text", large);
  text = render (fixture, "text", NULL, &trouble);
  g_assert_cmpstr (text, ==, shipped);
  assert_told (trouble, "the template email/failed.text (user) could not be written out: what the template makes is longer than 1 MiB");
}

/* Even the shipped one may, with values that nobody should have let through. */
static void
test_last_resort (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (2 * 1024 * 1024, 'x');
  GVariant *changes = g_variant_new_parsed ("{'host': <%s>, 'log': <{'tail': <%s>}>, 'job': <{'name': <'a<b'>}>}", huge, huge);
  g_autoptr (GVariant) context = g_variant_ref_sink (jt_template_sample_merge (jt_template_sample_new ("failed"), changes));
  g_autofree char *trouble = NULL;
  g_autofree char *html = jt_templates_render (&fixture->sources, "email", "failed", "html", NULL, context, &trouble);

  g_assert_cmpstr (html, ==, "<p>failed: a&lt;b</p>\n");
  assert_told (trouble, "no template for email/failed.html could be used");
}

/* 18: a subject is one line whatever a value holds; 29, 34: markup of a value stays text. */
static void
test_hostile_values (Fixture *fixture, gconstpointer data)
{
  GVariant *changes = g_variant_new_parsed ("{'job': <{'name': <'x\r\nBcc: a@b'>}>, 'run': <{'message': <'<img onerror=x>\x1b[31m\r\nsecond'>}>}");
  g_autoptr (GVariant) context = g_variant_ref_sink (jt_template_sample_merge (jt_template_sample_new ("failed"), changes));
  g_autofree char *subject = NULL;
  g_autofree char *html = NULL;
  g_autofree char *text = NULL;

  put (fixture->of_user, "email/failed.subject", " {{job.name}}  failed \n");
  put (fixture->of_user, "email/failed.html", "<p>{{run.message}}</p>");
  put (fixture->of_user, "email/failed.text", "{{run.message}}|{{{run.message}}}");
  subject = jt_templates_render (&fixture->sources, "email", "failed", "subject", NULL, context, NULL);
  html = jt_templates_render (&fixture->sources, "email", "failed", "html", NULL, context, NULL);
  text = jt_templates_render (&fixture->sources, "email", "failed", "text", NULL, context, NULL);
  g_assert_cmpstr (subject, ==, "x Bcc: a@b failed");
  g_assert_cmpstr (html, ==, "<p>&lt;img onerror=x&gt;\xef\xbf\xbd[31m\nsecond</p>");
  g_assert_cmpstr (text, ==, "<img onerror=x>\xef\xbf\xbd[31m\nsecond|<img onerror=x>\xef\xbf\xbd[31m\nsecond");
}

static void
test_long_subject (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *subject = NULL;
  GVariant *context = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (name, "ä");
  context = jt_template_sample_merge (jt_template_sample_new ("failed"), g_variant_new_parsed ("{'job': <{'name': <%s>}>}", name->str));
  put (fixture->of_user, "email/failed.subject", "{{job.name}}");
  subject = jt_templates_render (&fixture->sources, "email", "failed", "subject", NULL, context, NULL);
  g_assert_cmpint (g_utf8_strlen (subject, -1), ==, 250);
  g_assert_true (g_str_has_suffix (subject, "ä…"));
}

static void
test_partials (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *german = NULL;
  g_autofree char *trouble = NULL;

  put (fixture->of_user, "email/failed.text", "{{> _a}}{{> _b.text}}{{> email/_b.text}}");
  put (fixture->of_administrator, "email/_a.text", "a of the administrator\n");
  put (fixture->of_administrator, "de/email/_a.text", "a auf Deutsch\n");
  put (fixture->of_administrator, "email/_b.text", "b of the administrator\n");
  put (fixture->of_user, "email/_b.text", "b in {{host}}\n");
  text = render (fixture, "text", NULL, &trouble);
  g_assert_cmpstr (text, ==, "a of the administrator\nb in web1.example.com\nb in web1.example.com\n");
  german = render (fixture, "text", "de", NULL);
  g_assert_cmpstr (german, ==, "a auf Deutsch\nb in web1.example.com\nb in web1.example.com\n");
  g_assert_null (trouble);
}

/* A partial that is not sound gives way to the one below it as templates do. */
static void
test_unsound_partial (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *trouble = NULL;

  put (fixture->of_user, "email/failed.text", "{{> _a}}");
  put (fixture->of_user, "email/_a.text", "{{nothing}}");
  put (fixture->of_administrator, "email/_a.text", "sound");
  text = render (fixture, "text", NULL, &trouble);
  g_assert_cmpstr (text, ==, "sound");
  assert_told (trouble, "the template email/_a.text (user) is not used: line 1, column 1: unknown variable 'nothing'");
}

static void
assert_refused (Fixture *fixture, const char *name, const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (jt_templates_check (&fixture->sources, name, text, -1, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
  if (!g_str_has_prefix (error->message, message))
    g_error ("'%s' does not begin with '%s'", error->message, message);
}

/* 10 */
static void
test_cycle (Fixture *fixture, gconstpointer data)
{
  g_autofree char *trouble = NULL;
  g_autofree char *text = NULL;

  put (fixture->of_user, "email/_a.text", "{{> _b}}");
  put (fixture->of_user, "email/_b.text", "{{> _c}}");
  assert_refused (fixture, "email/_c.text", "x\n{{> _c}}", "line 2, column 1: include cycle: the partials come back to themselves (_c > _c)");
  assert_refused (fixture, "email/_c.text", "{{> _a}}", "line 1, column 1: there is no sound partial email/_a.text: ");
  put (fixture->of_user, "email/_c.text", "{{> _a}}");
  put (fixture->of_user, "email/failed.text", "{{> _a}}");
  put (fixture->of_administrator, "email/failed.text", "of the administrator");
  text = render (fixture, "text", NULL, &trouble);
  g_assert_cmpstr (text, ==, "of the administrator");
  assert_told (trouble, "include cycle: the partials come back to themselves (_a > _b > _c > _a)");
}

/* Complaints about complaints stay readable, and each event is told all the same. */
static void
test_many_unsound (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *trouble = NULL;
  g_autofree char *text = NULL;
  g_autofree char *shipped = jt_templates_render (NULL, "email", "failed", "text", "de_AT", jt_template_sample_new ("failed"), NULL);

  for (guint i = 0; i < 15; i++)
    {
      char *name = g_strdup_printf ("email/_p%u.text", i);
      char *body = g_strdup_printf ("{{> _p%u}}{{> _p%u}}", i + 1, i + 2);

      put (i % 2 == 0 ? fixture->of_user : fixture->of_administrator, name, body);
      g_ptr_array_add (kept, name);
      g_ptr_array_add (kept, body);
    }
  put (fixture->of_user, "email/failed.text", "{{> _p0}}");
  put (fixture->of_user, "email/default.text", "{{> _p1}}");
  put (fixture->of_administrator, "email/failed.text", "{{> _p0}}");
  text = render (fixture, "text", "de_AT", &trouble);
  g_assert_cmpuint (strlen (trouble), <, 10000);
  g_assert_cmpstr (text, ==, shipped);
}

static void
test_checked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (fixture->of_user, "email/_a.text", "a");
  g_assert_true (jt_templates_check (&fixture->sources, "de/email/failed.text", "{{> _a}} {{job.name}}", -1, &error));
  g_assert_no_error (error);
  assert_refused (fixture, "email/failed.text", "{{> _nothing}}", "line 1, column 1: there is no partial email/_nothing.text");
  assert_refused (fixture, "email/failed.html", "{{> _a}}", "line 1, column 1: there is no partial email/_a.html");
}

static void
test_preview (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = jt_templates_preview (&fixture->sources, "email/failed.html", "<b>{{job.name}}</b> {{run.message}}", jt_template_sample_new (NULL), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "<b>nightly-backup</b> copied 1 of 3 &lt;volumes&gt; &amp; stopped");
  g_assert_null (jt_templates_preview (&fixture->sources, "email/failed.html", "<b>{{{job.name}}}</b>", jt_template_sample_new (NULL), &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
}

static void
test_text (Fixture *fixture, gconstpointer data)
{
  JtTemplateOrigin origin = JT_TEMPLATE_OF_USER;
  g_autoptr (GError) error = NULL;
  g_autofree char *shipped = jt_templates_get_text (&fixture->sources, "email/default.subject", &origin, &error);
  g_autofree char *own = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (origin, ==, JT_TEMPLATE_SHIPPED);
  put (fixture->of_administrator, "email/default.subject", "other");
  own = jt_templates_get_text (&fixture->sources, "email/default.subject", &origin, &error);
  g_assert_cmpstr (own, ==, "other");
  g_assert_cmpint (origin, ==, JT_TEMPLATE_OF_ADMINISTRATOR);
  g_assert_null (jt_templates_get_text (&fixture->sources, "fr/email/default.subject", &origin, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

/* German mail says in German how each attempt ended. */
static void
test_attempts_in_german (void)
{
  g_autoptr (GVariant) changes = g_variant_ref_sink (g_variant_new_parsed (
    "{'run': <{'has-retries': <true>, 'attempts': <[{'number': <uint32 1>, 'exit': <'exit code 23'>, 'exit-code': <23>, 'state': <'failed'>},"
    " {'number': <uint32 2>, 'exit': <'signal 9 (SIGKILL)'>, 'signal': <'SIGKILL'>, 'state': <'failed'>},"
    " {'number': <uint32 3>, 'exit': <'signal 15 (SIGTERM)'>, 'state': <'timed-out'>, 'is-timed-out': <true>},"
    " {'number': <uint32 4>, 'state': <'lost'>, 'is-lost': <true>}]>}>}"));
  static const char *const words[] = { "Exit-Code 23", "Signal SIGKILL", "Zeitlimit erreicht", "verloren" };
  static const char *const parts[] = { "text", "html" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *mail = jt_templates_render (NULL, "email", "failed", parts[i], "de",
                                                   jt_template_sample_merge (jt_template_sample_new ("failed"), changes), NULL);

      for (guint j = 0; j < G_N_ELEMENTS (words); j++)
        g_assert_nonnull (strstr (mail, words[j]));
      g_assert_null (strstr (mail, "exit code 23"));
      g_assert_null (strstr (mail, "signal 9"));
    }
}

/* The example of a digest is one that lists all. */
static void
test_digest_of_sample (void)
{
  g_autofree char *mail = jt_templates_render (NULL, "email", "digest", "text", NULL, jt_template_sample_new ("digest"), NULL);

  g_assert_nonnull (strstr (mail, "nightly-backup"));
  g_assert_null (strstr (mail, "not listed"));
  g_assert_null (strstr (mail, "jobctl notify deliveries"));
}

/* ---- what is shipped, and the sample ------------------------------------------------------------------------------- */

static void
collect_files (const char *folder, const char *prefix, GPtrArray *names)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;

  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);
      g_autofree char *name = g_strconcat (prefix, file, NULL);
      g_autofree char *deeper = g_strconcat (name, "/", NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        collect_files (path, deeper, names);
      else if (!g_str_has_suffix (file, ".xml"))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
}

/* A file that is not in the list of resources would not be shipped. */
static void
test_every_file_is_shipped (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("JOBTRACKER_SOURCE"), "lib", "template", "shipped", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) shipped = jt_templates_list_shipped ();

  collect_files (folder, "", files);
  for (guint i = 0; i < files->len; i++)
    if (!g_strv_contains ((const char *const *) shipped, g_ptr_array_index (files, i)))
      g_error ("%s is not in shipped/templates.gresource.xml", (char *) g_ptr_array_index (files, i));
  g_assert_cmpuint (files->len, ==, g_strv_length (shipped));
}

static void
test_shipped_is_sound (void)
{
  g_auto (GStrv) shipped = jt_templates_list_shipped ();

  for (guint i = 0; shipped[i] != NULL; i++)
    {
      g_autofree char *text = jt_templates_get_shipped (shipped[i]);
      g_autoptr (GError) error = NULL;

      if (!jt_templates_check (NULL, shipped[i], text, -1, &error))
        g_error ("%s: %s", shipped[i], error->message);
    }
}

/* Each event has each part, in each language, without a word of complaint. */
static void
test_every_event_is_written (void)
{
  static const char *const events[] = { "started", "succeeded", "failed", "timed-out", "lost", "retrying", "recovered", "missed", "late",
                                        "slow", "skipped", "cancelled", "digest", "summary", "test" };
  static const char *const languages[] = { NULL, "de" };

  for (guint i = 0; i < G_N_ELEMENTS (events) * G_N_ELEMENTS (languages); i++)
    for (const char *const *family = jt_template_families (); *family != NULL; family++)
      for (const char *const *part = jt_template_parts (*family); *part != NULL; part++)
        {
          const char *event = events[i / G_N_ELEMENTS (languages)];
          g_autofree char *trouble = NULL;
          g_autofree char *text = jt_templates_render (NULL, *family, event, *part, languages[i % G_N_ELEMENTS (languages)],
                                                       jt_template_sample_new (event), &trouble);

          g_assert_cmpstr (trouble, ==, NULL);
          g_assert_true (g_utf8_validate (text, -1, NULL));
          if (jt_template_part_is_line (*part))
            g_assert_cmpstr (text, !=, "");
        }
}

/* The context of everything has each name of the table, with the type that the table says. */
static void
test_sample_has_every_key (void)
{
  g_autoptr (GVariant) sample = g_variant_ref_sink (jt_template_sample_new_full ());

  for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
    {
      g_auto (GStrv) path = g_strsplit (key->name, ".", -1);
      g_autoptr (GVariant) value = g_variant_ref (sample);

      for (guint i = 0; path[i] != NULL; i++)
        {
          g_autoptr (GVariant) group = g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}")) ? g_variant_get_child_value (value, 0) : g_variant_ref (value);

          g_clear_pointer (&value, g_variant_unref);
          value = g_variant_lookup_value (group, path[i], NULL);
          if (value == NULL)
            g_error ("there is no %s", key->name);
        }
      g_assert_cmpstr (g_variant_get_type_string (value), ==, key->type);
    }
}

static void
test_sample_of_event (void)
{
  static const char *const rows[][2] = {
    { "failed", "failed error bad  nightly-backup failed 3 " },
    { "succeeded", "succeeded info  good nightly-backup succeeded 0 " },
    { "recovered", "recovered notice  good nightly-backup succeeded 0 " },
    { "missed", "missed error bad  nightly-backup   3" },
    { "digest", "digest info      " },
  };
  g_autoptr (JtMustache) mustache = jt_mustache_parse ("{{event.name}} {{event.severity}} {{#event.is-bad}}bad{{/event.is-bad}} {{#event.is-good}}good{{/event.is-good}}"
                                                       " {{job.name}} {{run.state}} {{run.exit-code}} {{missed.count}}", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = jt_mustache_render (mustache, jt_template_sample_new (rows[i][0]), FALSE, NULL, NULL, NULL);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_merge (void)
{
  g_autoptr (GVariant) merged = g_variant_ref_sink (jt_template_sample_merge (g_variant_new_parsed ("{'a': <{'x': <1>, 'y': <2>}>, 'b': <'c'>}"),
                                                                              g_variant_new_parsed ("{'a': <{'y': <3>}>, 'd': <true>}")));
  g_autoptr (JtMustache) mustache = jt_mustache_parse ("{{a.x}}{{a.y}}{{b}}{{d}}", NULL);
  g_autofree char *text = jt_mustache_render (mustache, merged, FALSE, NULL, NULL, NULL);

  g_assert_cmpstr (text, ==, "13ctrue");
}

#define ADD(name, function) g_test_add ("/templates/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order", test_order);
  ADD ("found", test_found);
  ADD ("unsound", test_unsound);
  ADD ("too-large", test_too_large);
  ADD ("last-resort", test_last_resort);
  ADD ("hostile-values", test_hostile_values);
  ADD ("long-subject", test_long_subject);
  ADD ("partials", test_partials);
  ADD ("unsound-partial", test_unsound_partial);
  ADD ("cycle", test_cycle);
  ADD ("many-unsound", test_many_unsound);
  ADD ("checked", test_checked);
  ADD ("preview", test_preview);
  ADD ("text", test_text);
  g_test_add_func ("/templates/attempts-in-german", test_attempts_in_german);
  g_test_add_func ("/templates/digest-of-sample", test_digest_of_sample);
  g_test_add_func ("/templates/every-file-is-shipped", test_every_file_is_shipped);
  g_test_add_func ("/templates/shipped-is-sound", test_shipped_is_sound);
  g_test_add_func ("/templates/every-event-is-written", test_every_event_is_written);
  g_test_add_func ("/template-sample/has-every-key", test_sample_has_every_key);
  g_test_add_func ("/template-sample/of-event", test_sample_of_event);
  g_test_add_func ("/template-sample/merge", test_merge);
  return g_test_run ();
}
