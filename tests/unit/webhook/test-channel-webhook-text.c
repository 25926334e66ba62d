/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Texts are cut where a person would cut them, and hold no markup. */

#include "channel-webhook-text.h"

static void
test_cut (void)
{
  static const struct
  {
    const char *text;
    gsize       most;
    WebhookUnit unit;
    const char *expected;
  } rows[] = {
    { "", 0, WEBHOOK_UNIT_UTF16, "" },
    { "abc", 3, WEBHOOK_UNIT_UTF16, "abc" },
    { "abcd", 3, WEBHOOK_UNIT_UTF16, "ab…" },
    { "abcd", 1, WEBHOOK_UNIT_UTF16, "…" },
    { "abcd", 0, WEBHOOK_UNIT_UTF16, "" },
    { "abcd", 3, WEBHOOK_UNIT_BYTES, "…" },
    { "abcdef", 5, WEBHOOK_UNIT_BYTES, "ab…" },
    { "abcdef", 2, WEBHOOK_UNIT_BYTES, "" },
    { "äöü", 6, WEBHOOK_UNIT_BYTES, "äöü" },
    { "äöüß", 7, WEBHOOK_UNIT_BYTES, "äö…" },
    { "😀😀", 4, WEBHOOK_UNIT_UTF16, "😀😀" },
    { "😀😀", 3, WEBHOOK_UNIT_UTF16, "😀…" },
    { "😀😀", 2, WEBHOOK_UNIT_UTF16, "…" },
    /* A letter and its accent, a family, a flag, a skin, Korean in parts, a line end. */
    { "xe\u0301\u0323yz", 3, WEBHOOK_UNIT_UTF16, "x…" },
    { "x👨\u200d👩\u200d👧y", 7, WEBHOOK_UNIT_UTF16, "x…" },
    { "🇩🇪🇦🇹", 5, WEBHOOK_UNIT_UTF16, "🇩🇪…" },
    { "x👍🏽yz", 5, WEBHOOK_UNIT_UTF16, "x…" },
    { "\u1112\u1161\u11ab\u1112\u1161", 4, WEBHOOK_UNIT_UTF16, "\u1112\u1161\u11ab…" },
    { "a\r\nbcd", 4, WEBHOOK_UNIT_UTF16, "a\nb…" },
    { "a\033[1mb\b\177\tc", 20, WEBHOOK_UNIT_UTF16, "a[1mb\tc" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *cut = webhook_text_fit (rows[i].text, rows[i].most, rows[i].unit, NULL);

      g_assert_cmpstr (cut, ==, rows[i].expected);
    }
}

static void
test_escaped (void)
{
  static const struct
  {
    WebhookEscapeFunc escape;
    const char       *text;
    gsize             most;
    const char       *expected;
  } rows[] = {
    { webhook_escape_slack, "<!here> & \"a\"", 100, "&lt;!here&gt; &amp; \"a\"" },
    { webhook_escape_html, "<a b='c' d=\"e\">&", 100, "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;" },
    { webhook_escape_markdown, "*a* _b_ `c` [d](e) <@1> ~~f~~ ||g||", 100,
      "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<\\@1\\> \\~\\~f\\~\\~ \\|\\|g\\|\\|" },
    { webhook_escape_markdown, "- a-b\n  + c\n# d", 100, "\\- a-b\n  \\+ c\n\\# d" },
    { webhook_escape_card, "a\n- *b*", 100, "a\n\n\\- \\*b\\*" },
    { webhook_escape_json, "a\"\\\n\t", 100, "a\\\"\\\\\\n\\u0009" },
    /* Never between what escapes and what is escaped. */
    { webhook_escape_html, "a<b", 5, "a…" },
    { webhook_escape_html, "a<bc", 6, "a&lt;…" },
    { webhook_escape_html, "aa<b", 5, "aa…" },
    { webhook_escape_markdown, "a**", 4, "a\\*…" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = webhook_text_fit (rows[i].text, rows[i].most, WEBHOOK_UNIT_UTF16, rows[i].escape);

      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

static void
test_fence (void)
{
  g_autofree char *plain = webhook_text_make_fence ("a `b`");
  g_autofree char *longer = webhook_text_make_fence ("a\n`````\nb");

  g_assert_cmpstr (plain, ==, "```");
  g_assert_cmpstr (longer, ==, "``````");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webhook/text/cut", test_cut);
  g_test_add_func ("/webhook/text/escaped", test_escaped);
  g_test_add_func ("/webhook/text/fence", test_fence);
  return g_test_run ();
}
