/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Names of templates, and the order in which they are tried. */

#include "jt-error.h"
#include "jt-template-name.h"

static void
test_good (void)
{
  static const char *const rows[][5] = {
    { "email/failed.subject", NULL, "email", "failed", "subject" },
    { "email/timed-out.html", NULL, "email", "timed-out", "html" },
    { "de/email/default.text", "de", "email", "default", "text" },
    { "de_AT/popup/default.title", "de_AT", "popup", "default", "title" },
    { "nds/chat/default.text", "nds", "chat", "default", "text" },
    { "email/_footer.html", NULL, "email", "_footer", "html" },
    { "de/email/_up-time2.text", "de", "email", "_up-time2", "text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JtTemplateName) name = jt_template_name_parse (rows[i][0], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name->language, ==, rows[i][1]);
      g_assert_cmpstr (name->family, ==, rows[i][2]);
      g_assert_cmpstr (name->event, ==, rows[i][3]);
      g_assert_cmpstr (name->part, ==, rows[i][4]);
      g_assert_cmpint (name->is_partial, ==, rows[i][3][0] == '_');
      g_assert_true (jt_template_name_check (rows[i][0], NULL));
    }
}

static void
test_refused (void)
{
  static const char *const rows[][2] = {
    { "", "'' does not name a template; write FAMILY/EVENT.PART" },
    { "failed.subject", "'failed.subject' does not name a template" },
    { "email/failed", "'email/failed' does not name a template" },
    { "email/.subject", "'email/.subject' does not name a template" },
    { "email/failed.", "'email/failed.' does not name a template" },
    { "../email/failed.subject", "'..' is no language" },
    { "/email/failed.subject", "'' is no language" },
    { "a/de/email/failed.subject", "'a/de/email/failed.subject' does not name a template" },
    { "DE/email/failed.subject", "'DE' is no language; write one as in de or de_AT" },
    { "de-AT/email/failed.subject", "'de-AT' is no language" },
    { "mail/failed.subject", "unknown family of templates 'mail'; did you mean email? There are email popup chat" },
    { "../failed.subject", "unknown family of templates '..'" },
    { "email/faild.subject", "unknown event 'faild'; did you mean failed? There are default started" },
    { "email/../failed.subject", "'email' is no language" },
    { "email/failed.title", "unknown part 'title' of email; there are subject text html" },
    { "popup/failed.html", "unknown part 'html' of popup; there are title body" },
    { "email/failed.subjct", "unknown part 'subjct' of email; did you mean subject? There are subject text html" },
    { "email/_.html", "unknown event '_'" },
    { "email/_Footer.html", "unknown event '_Footer'" },
    { "email/_a.b.html", "unknown event '_a.b'" },
    { "email/\xff.html", "'email/\xef\xbf\xbd.html' does not name a template" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (jt_template_name_check (rows[i][0], &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      if (!g_str_has_prefix (error->message, rows[i][1]))
        g_error ("'%s' does not begin with '%s'", error->message, rows[i][1]);
    }
}

static void
test_candidates (void)
{
  static const char *const rows[][3] = {
    { "failed", "de_AT",
      "de_AT/email/failed.html de_AT/email/default.html de/email/failed.html de/email/default.html email/failed.html email/default.html" },
    { "failed", "de_DE.UTF-8", "de_DE/email/failed.html de_DE/email/default.html de/email/failed.html de/email/default.html email/failed.html email/default.html" },
    { "failed", "de", "de/email/failed.html de/email/default.html email/failed.html email/default.html" },
    { "failed", "en", "email/failed.html email/default.html" },
    { "failed", "en_GB", "en_GB/email/failed.html en_GB/email/default.html email/failed.html email/default.html" },
    { "failed", "C", "email/failed.html email/default.html" },
    { "failed", "", "email/failed.html email/default.html" },
    { "failed", NULL, "email/failed.html email/default.html" },
    { "failed", "../../etc", "email/failed.html email/default.html" },
    { "default", "de", "de/email/default.html email/default.html" },
    { "_footer", "de", "de/email/_footer.html email/_footer.html" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) names = jt_template_candidates ("email", rows[i][0], "html", rows[i][1]);
      g_autofree char *text = g_strjoinv (" ", names);

      g_assert_cmpstr (text, ==, rows[i][2]);
    }
}

static void
test_partials (void)
{
  static const char *const good[] = { "_footer", "_footer.html", "email/_footer.html", "email/_footer" };
  static const char *const refused[][2] = {
    { "../x", "'../x' is no partial of email; write the name of a template, not a path, as in {{> _footer}}" },
    { "/etc/passwd", "'/etc/passwd' is no partial of email; write the name" },
    { "de/email/_footer.html", "'de/email/_footer.html' is no partial of email" },
    { "popup/_footer.html", "'popup/_footer.html' is no partial of email" },
    { "_footer.text", "'_footer.text' is no partial for html; one that is used in it ends with .html" },
    { "footer", "'footer' is no name of a partial; it begins with _" },
    { "failed", "'failed' is no name of a partial" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *event = jt_template_name_of_partial (good[i], "email", "html", NULL);

      g_assert_cmpstr (event, ==, "_footer");
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_template_name_of_partial (refused[i][0], "email", "html", &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE);
      if (!g_str_has_prefix (error->message, refused[i][1]))
        g_error ("'%s' does not begin with '%s'", error->message, refused[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/template-name/good", test_good);
  g_test_add_func ("/template-name/refused", test_refused);
  g_test_add_func ("/template-name/candidates", test_candidates);
  g_test_add_func ("/template-name/partials", test_partials);
  return g_test_run ();
}
