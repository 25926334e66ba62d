/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which template serves a name, and where the fault of one is shown. */

#include "jt-error.h"
#include "template-names.h"
#include "template-text.h"

static GPtrArray *
make_rows (void)
{
  static const char *const known[][2] = {
    { "email/default.html", "shipped" },    { "email/default.text", "shipped" },       { "email/failed.text", "shipped" },
    { "de/email/default.text", "shipped" }, { "email/recovered.text", "administrator" }, { "email/lost.text", "user" },
    { "email/_footer.html", "shipped" },    { "de/popup/default.title", "user" },
  };
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_ptr_array_add (rows, g_variant_ref_sink (g_variant_new_parsed ("{'name': <%s>, 'source': <%s>}", known[i][0], known[i][1])));
  return rows;
}

static void
test_serving (void)
{
  /* Name, language, what is used. */
  static const char *const wanted[][3] = {
    { "email/failed.text", NULL, "email/failed.text" },
    { "email/slow.text", NULL, "email/default.text" },
    { "email/failed.html", NULL, "email/default.html" },
    /* A default in one's language goes before an event in English. */
    { "de/email/failed.text", NULL, "de/email/default.text" },
    { "email/failed.text", "de_AT", "de/email/default.text" },
    { "de/email/failed.text", "en", "email/failed.text" },
    { "de/email/failed.html", NULL, "email/default.html" },
    /* What somebody wrote goes before what is shipped, also in another language. */
    { "de/email/lost.text", NULL, "email/lost.text" },
    { "de/email/recovered.text", NULL, "email/recovered.text" },
    { "email/_footer.html", "de", "email/_footer.html" },
  };
  g_autoptr (GPtrArray) rows = make_rows ();

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = template_names_find_serving (rows, wanted[i][0], wanted[i][1], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, wanted[i][2]);
    }
}

static void
test_none (void)
{
  g_autoptr (GPtrArray) rows = make_rows ();
  g_autoptr (GError) near = NULL;
  g_autoptr (GError) bad = NULL;

  g_assert_null (template_names_find_serving (rows, "email/_foter.html", NULL, &near));
  g_assert_error (near, JT_ERROR, JT_ERROR_NOT_FOUND);
  g_assert_cmpstr (near->message, ==, "there is no template 'email/_foter.html'; did you mean 'email/_footer.html'?");
  g_assert_null (template_names_find_serving (rows, "../etc/passwd", NULL, &bad));
  g_assert_error (bad, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
}

static void
test_part_of_file (void)
{
  static const char *const wanted[][2] = {
    { "/tmp/a.html", "html" }, { "a.subject", "subject" }, { "a.html.mustache", "html" }, { "a.txt", "text" }, { "-", "text" }, { "html", "text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autofree char *part = template_names_part_of_file (wanted[i][0]);

      g_assert_cmpstr (part, ==, wanted[i][1]);
    }
}

static void
test_fault (void)
{
  g_autofree char *picture = template_text_point_at ("one\n\303\244\t{{job.nam}}\nthree", 2, 3);
  g_autofree char *end = template_text_point_at ("one", 1, 99);
  guint line;
  guint column;

  g_assert_cmpstr (picture, ==, "  \303\244\\t{{job.nam}}\n     ^\n");
  g_assert_cmpstr (end, ==, "  one\n     ^\n");
  g_assert_null (template_text_point_at ("one", 2, 1));
  g_assert_null (template_text_point_at ("", 0, 0));
  g_assert_true (template_text_find_place ("line 3, column 7: unclosed tag", &line, &column));
  g_assert_cmpuint (line, ==, 3);
  g_assert_cmpuint (column, ==, 7);
  g_assert_true (template_text_find_place ("email/failed.html: line 12, column 1: x", &line, &column));
  g_assert_cmpuint (line, ==, 12);
  g_assert_false (template_text_find_place ("line 3: x", &line, &column));
  g_assert_false (template_text_find_place ("", &line, &column));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/template-names/serving", test_serving);
  g_test_add_func ("/template-names/none", test_none);
  g_test_add_func ("/template-names/part-of-file", test_part_of_file);
  g_test_add_func ("/template-names/fault", test_fault);
  return g_test_run ();
}
