/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-popup-content.h"

static const JtServerInfo rich = { TRUE, TRUE, TRUE, TRUE, (char *) "rich", (char *) "1" };
static const JtServerInfo poor = { FALSE, TRUE, FALSE, FALSE, (char *) "poor", (char *) "1" };
static const JtServerInfo mute = { FALSE, FALSE, FALSE, FALSE, (char *) "mute", (char *) "1" };

/* @text: a dictionary in GVariant's notation */
static JtPopup *
make (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) notification = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return jt_popup_new ("system", 5, notification);
}

#define RUN "'run': <objectpath '/org/example/JobTracker/runs/42'>"
#define JOB "'job': <objectpath '/org/example/JobTracker/jobs/7'>"
#define ALL_ACTIONS "'actions': <['show-log', 'run-again', 'acknowledge', 'mute', 'unheard-of']>"
#define FULL "{'event': <'failed'>, 'severity': <'error'>, 'summary': <'backup failed'>, 'body': <'exit code 3 <b>&</b>'>, 'icon': <'dialog-error'>, " \
             "'replaces-key': <'run/42'>, 'job-name': <'backup'>, 'created-at': <uint64 1000>, 'timeout': <'5s'>, " RUN ", " JOB ", " ALL_ACTIONS "}"

static void
test_full (void)
{
  g_autoptr (JtPopup) popup = make (FULL);

  g_assert_cmpstr (popup->key, ==, "system run/42");
  g_assert_cmpint (popup->urgency, ==, JT_POPUP_CRITICAL);
  g_assert_cmpstr (popup->icon, ==, "dialog-error");
  g_assert_cmpint (popup->created_usec, ==, 1000);
  g_assert_cmpint (popup->timeout_msec, ==, 5000);
  g_assert_cmpuint (jt_popup_get_run_id (popup), ==, 42);
  g_assert_cmpint (popup->actions, ==, JT_POPUP_SHOW_LOG | JT_POPUP_RUN_AGAIN | JT_POPUP_ACKNOWLEDGE | JT_POPUP_MUTE);
  g_assert_false (popup->stands_alone);
}

/* Nothing given, or all of it of wrong types: there is still something to see. */
static void
test_poor_input (void)
{
  g_autoptr (JtPopup) empty = make ("{}");
  g_autoptr (JtPopup) wrong = make ("{'event': <1>, 'severity': <'dreadful'>, 'summary': <true>, 'body': <['x']>, 'icon': <2>, 'run': <'x'>, "
                                    "'job': <objectpath '/'>, 'created-at': <'now'>, 'timeout': <'soon'>, 'count': <'many'>, 'actions': <'mute'>}");

  g_assert_cmpstr (empty->summary, ==, "JobTracker");
  g_assert_cmpstr (empty->key, ==, "system #5");
  g_assert_cmpstr (empty->icon, ==, "org.example.JobTracker");
  g_assert_cmpint (empty->urgency, ==, JT_POPUP_NORMAL);
  g_assert_cmpint (empty->timeout_msec, ==, -1);
  g_assert_cmpstr (wrong->summary, ==, "JobTracker");
  g_assert_cmpstr (wrong->event, ==, "event");
  g_assert_null (wrong->run);
  g_assert_null (wrong->job);
  g_assert_cmpint (wrong->actions, ==, 0);
  g_assert_cmpuint (wrong->count, ==, 1);
}

static void
test_names (void)
{
  static const char *const bad[] = { "/etc/passwd", "file:///etc/passwd", "../x", "a b", "a<b", "http://x/y.png" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'icon': <'%s'>, 'event': <'%s'>}", bad[i], bad[i]);
      g_autoptr (JtPopup) popup = make (text);

      g_assert_cmpstr (popup->icon, ==, "org.example.JobTracker");
      g_assert_cmpstr (popup->event, ==, "event");
    }
}

static void
test_severities (void)
{
  g_autoptr (JtPopup) info = make ("{'severity': <'info'>}");
  g_autoptr (JtPopup) notice = make ("{'severity': <'notice'>}");
  g_autoptr (JtPopup) warning = make ("{'severity': <'warning'>}");

  g_assert_cmpint (info->urgency, ==, JT_POPUP_LOW);
  g_assert_cmpint (notice->urgency, ==, JT_POPUP_NORMAL);
  g_assert_cmpint (warning->urgency, ==, JT_POPUP_NORMAL);
}

/* No button for what is not there. */
static void
test_actions (void)
{
  g_autoptr (JtPopup) no_run = make ("{" JOB ", 'run': <objectpath '/'>, " ALL_ACTIONS "}");
  g_autoptr (JtPopup) no_job = make ("{" RUN ", " ALL_ACTIONS "}");
  g_autoptr (JtPopup) neither = make ("{" ALL_ACTIONS "}");

  g_assert_cmpint (no_run->actions, ==, JT_POPUP_RUN_AGAIN | JT_POPUP_MUTE);
  g_assert_cmpint (no_job->actions, ==, JT_POPUP_SHOW_LOG | JT_POPUP_RUN_AGAIN | JT_POPUP_ACKNOWLEDGE);
  g_assert_cmpint (neither->actions, ==, 0);
}

static void
test_content_rich (void)
{
  g_autoptr (JtPopup) popup = make (FULL);
  g_autoptr (JtPopupContent) content = jt_popup_content_new (popup, &rich);

  g_assert_cmpstr (content->summary, ==, "backup failed");
  g_assert_cmpstr (content->body, ==, "exit code 3 &lt;b&gt;&amp;&lt;/b&gt;");
  g_assert_cmpstr (content->category, ==, "x-jobtracker.failed");
  g_assert_cmpuint (content->actions->len, ==, 10);
  g_assert_cmpstr (content->actions->pdata[0], ==, "default");
  g_assert_false (content->is_transient);
}

/* Without markup the text is not escaped; without buttons it says what to type. */
static void
test_content_poor (void)
{
  g_autoptr (JtPopup) popup = make (FULL);
  g_autoptr (JtPopupContent) content = jt_popup_content_new (popup, &poor);

  g_assert_cmpstr (content->body, ==, "exit code 3 <b>&</b>\nLog: jobctl --system log 42");
  g_assert_cmpuint (content->actions->len, ==, 0);
}

static void
test_content_mute (void)
{
  g_autoptr (JtPopup) popup = make (FULL);
  g_autoptr (JtPopupContent) content = jt_popup_content_new (popup, &mute);

  g_assert_cmpstr (content->summary, ==, "backup failed: exit code 3 <b>&</b>");
  g_assert_cmpstr (content->body, ==, "");
}

static void
test_stack (void)
{
  g_autoptr (GPtrArray) popups = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_popup_unref);
  g_autoptr (JtPopupContent) content = NULL;

  for (int i = 0; i < 9; i++)
    {
      g_autofree char *text = g_strdup_printf ("{'summary': <'job %d <failed>'>, 'severity': <'%s'>}", i, i == 0 ? "error" : "info");

      g_ptr_array_add (popups, make (text));
    }
  content = jt_popup_content_new_stack (popups, 12, &rich);
  g_assert_cmpstr (content->summary, ==, "12 messages from JobTracker");
  g_assert_cmpstr (content->body, ==, "• job 8 &lt;failed&gt;\n• job 7 &lt;failed&gt;\n• job 6 &lt;failed&gt;\n• job 5 &lt;failed&gt;\n"
                                      "• job 4 &lt;failed&gt;\n• job 3 &lt;failed&gt;\nand 6 more");
  g_assert_cmpint (content->urgency, ==, JT_POPUP_CRITICAL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/popup/full", test_full);
  g_test_add_func ("/popup/poor-input", test_poor_input);
  g_test_add_func ("/popup/names", test_names);
  g_test_add_func ("/popup/severities", test_severities);
  g_test_add_func ("/popup/actions", test_actions);
  g_test_add_func ("/popup/content/rich", test_content_rich);
  g_test_add_func ("/popup/content/poor", test_content_poor);
  g_test_add_func ("/popup/content/mute", test_content_mute);
  g_test_add_func ("/popup/content/stack", test_stack);
  return g_test_run ();
}
