/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The verbs behind `jobctl notify`. */

#include <glib/gi18n-lib.h>

#include "notify.h"
#include "verbs.h"

#define USER_OPTION { "user", 0, N_("USER"), N_("of another user; for the administrator"), "alice" }

static const Option no_options[] = { { NULL } };
static const Option user_options[] = { USER_OPTION, { NULL } };
static const Option set_options[] = {
  { "reset", 0, N_("PREFERENCE|all"), N_("back to its default; may be repeated"), "quiet-hours" },
  USER_OPTION,
  { NULL },
};
static const Option rule_options[] = {
  { "events", 0, N_("EVENT"), N_("about these events, with commas between them; default any"), "failed,recovered" },
  { "jobs", 0, N_("PATTERN"), N_("about jobs of such names: * is any text; default all"), "'db-*'" },
  { "tags", 0, N_("TAG"), N_("about jobs with such a tag; default all"), "nightly" },
  { "min-severity", 0, N_("SEVERITY"), N_("about what is as bad as that, or worse; default any"), "warning" },
  { "channels", 0, N_("CHANNEL"), N_("told by these, with commas between them"), "desktop,email" },
  { "silent", 0, NULL, N_("told by nothing") },
  { "place", 0, N_("N"), N_("before the rule that has this number now; default behind the last"), "1" },
  USER_OPTION,
  { NULL },
};
static const Option test_options[] = {
  { "to", 0, N_("ADDRESS"), N_("to there; default one's own address"), "ops@example.com" },
  { "wait", 'w', NULL, N_("wait for what becomes of it; exit status 1 when it was not delivered") },
  { NULL },
};
static const Option edit_options[] = {
  { "file", 0, N_("FILE|-"), N_("take the text from there, without an editor; -: stdin"), "failed.html" },
  { "reset", 0, NULL, N_("give one's own up: what is shipped, or the administrator's, is used again") },
  USER_OPTION,
  { NULL },
};
static const Option render_options[] = {
  { "run", 0, N_("RUN"), N_("for this run; default an example that is made up"), "42" },
  { "event", 0, N_("EVENT"), N_("as if that had happened; default what TEMPLATE is named after, or what the run came to"), "failed" },
  { "language", 0, N_("LANGUAGE"), N_("the template for this language"), "de" },
  { "part", 0, N_("subject|text|html"), N_("which part FILE is; default what its name ends with, or text"), "html" },
  { NULL },
};
static const Option deliveries_options[] = {
  { "follow", 'f', NULL, N_("go on, and show what becomes of them") },
  { "limit", 'n', N_("N"), N_("so many at most; default 20"), "100" },
  { "state", 's', N_("STATE"), N_("only in this state; may be repeated"), "failed" },
  { "channel", 0, N_("CHANNEL"), N_("only by this channel"), "email" },
  { "event", 0, N_("EVENT"), N_("only of this event"), "failed" },
  { "job", 0, N_("NAME"), N_("only about this job"), "backup" },
  { "run", 0, N_("RUN"), N_("only about this run"), "42" },
  { "user", 0, N_("USER"), N_("only to this user"), "alice" },
  { "digest", 0, N_("ID"), N_("only what this digest tells together"), "17" },
  { "since", 0, N_("TIME"), N_("only since then, or so long ago"), "yesterday" },
  { "until", 0, N_("TIME"), N_("only until then"), "2h" },
  { NULL },
};

/* clang-format off */
const Verb notify_verbs[] = {
  { "notify prefs", N_("[USER]"), 0, 1, N_("what one is told, how and when"), "jobctl notify prefs", TRUE, NO_SETTINGS, no_options, verb_notify_prefs },
  { "notify set", N_("KEY=VALUE…"), 0, ANY_NUMBER, N_("change preferences; KEY= takes one back to its default"), "jobctl notify set email=alice@example.com digest=daily@08:00", TRUE, NO_SETTINGS, set_options, verb_notify_set },
  { "notify rule", N_("[list] | add | remove N… | move N PLACE"), 0, ANY_NUMBER, N_("which events of which jobs are told how; the first rule that matches decides"), "jobctl notify rule add --events failed,recovered --jobs 'db-*' --channels email", TRUE, NO_SETTINGS, rule_options, verb_notify_rule },
  { "notify channels", "", 0, 0, N_("the ways to reach people, and how they do"), "jobctl notify channels", TRUE, NO_SETTINGS, no_options, verb_notify_channels },
  { "notify test", N_("CHANNEL"), 1, 1, N_("send a test notification to oneself"), "jobctl notify test email --wait", TRUE, NO_SETTINGS, test_options, verb_notify_test },
  { "notify templates", N_("[TEMPLATE]"), 0, 1, N_("the texts that notifications are made of, and whose they are; or one text"), "jobctl notify templates email/default.html > default.html", TRUE, NO_SETTINGS, user_options, verb_notify_templates },
  { "notify edit", N_("TEMPLATE"), 1, 1, N_("change a template for oneself; it is checked before it is taken"), "jobctl notify edit email/failed.subject", TRUE, NO_SETTINGS, edit_options, verb_notify_edit },
  { "notify render", N_("TEMPLATE|FILE"), 1, 1, N_("what a template makes of a run, or of an example"), "jobctl notify render email/default.html --run 42 > preview.html", TRUE, NO_SETTINGS, render_options, verb_notify_render },
  { "notify deliveries", "", 0, 0, N_("what was sent, waits, is held back or was given up, newest first"), "jobctl notify deliveries --state failed --since yesterday", TRUE, NO_SETTINGS, deliveries_options, verb_notify_deliveries },
  { "notify resend", N_("ID…"), 1, ANY_NUMBER, N_("try deliveries again"), "jobctl notify resend 17", TRUE, NO_SETTINGS, no_options, verb_notify_resend },
  { "notify why", N_("RUN|NAME"), 1, 1, N_("who was told of a run, by which rule, or why nobody was"), "jobctl notify why 42", TRUE, NO_SETTINGS, no_options, verb_notify_why },
  { NULL },
};
/* clang-format on */
