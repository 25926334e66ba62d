/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Who is told what, set and asked for by people, and told by channels that are small scripts. */

#include <glib/gstdio.h>

#include "cli-fixture.h"

#define FLAT " --json | tr -d ' \\n'"
/* (what it is told is on its way once the run has ended) */
#define GOT(text) "until grep -q '" text "' $T/got; do sleep 0.02; done; "

/* Keeps what it is told, and answers that it is delivered. */
static const char *const recorder
  = "#!/bin/sh\n"
    "folder=${0%/*}\n"
    "read -r configure\n"
    "while read -r line; do\n"
    "  printf '%s\\n' \"$line\" >> \"$folder/got\"\n"
    "  id=${line#*\\\"id\\\":\\\"}\n"
    "  echo \"{\\\"id\\\":\\\"${id%%\\\"*}\\\",\\\"outcome\\\":\\\"delivered\\\",\\\"detail\\\":\\\"250 kept\\\"}\"\n"
    "done\n";
static const char *const refuser
  = "#!/bin/sh\n"
    "read -r configure\n"
    "while read -r line; do\n"
    "  id=${line#*\\\"id\\\":\\\"}\n"
    "  echo \"{\\\"id\\\":\\\"${id%%\\\"*}\\\",\\\"outcome\\\":\\\"refused\\\",\\\"reason\\\":\\\"550 no such user\\\"}\"\n"
    "done\n";
static const char *const broken
  = "#!/bin/sh\n"
    "read -r configure\n"
    "echo '{\"type\":\"problem\",\"reason\":\"host is not given\"}'\n";

static const CliRow preference_rows[] = {
  { "defaults", "jobctl notify prefs", 0, "default-channels  desktop,email  default", "" },
  { "defaults-rules", "jobctl notify prefs", 0, "No rules: failed, timed-out, lost", "" },
  { "json", "jobctl notify prefs" FLAT, 0, "\"throttle\":60.0", "" },
  { "set", "jobctl notify set email=ops@example.com language=en throttle=2min only-changes=yes 'quiet-hours=mon-fri 22:00-07:00'", 0,
    "the preferences are changed", "" },
  { "set-is-there", "jobctl notify prefs | grep -e quiet-hours", 0, "mon-fri 22:00-07:00  own", "" },
  { "set-json", "jobctl notify set throttle-burst=5" FLAT, 0, "\"throttle-burst\":5", "" },
  { "set-keeps-the-rest", "jobctl notify prefs" FLAT, 0, "\"throttle\":120.0", "" },
  { "set-default", "jobctl -q notify set quiet-hours= throttle=; jobctl notify prefs | grep -e ^quiet-hours -e '^throttle '", 0, "1min", "" },
  { "reset", "jobctl -q notify set --reset only-changes --reset throttle-burst; jobctl notify prefs | grep only-changes", 0, "no               default", "" },
  { "unknown", "jobctl notify set quiet-hour=22:00-07:00", 2, NULL, "unknown preference 'quiet-hour'; did you mean 'quiet-hours'?" },
  { "unknown-reset", "jobctl notify set --reset quiet-hour", 2, NULL, "did you mean 'quiet-hours'?" },
  { "bad-hours", "jobctl notify set quiet-hours=22:00-25:00", 2, NULL, "quiet-hours: column 7: " },
  { "bad-address", "jobctl notify set email=nonsense", 2, NULL, "email: 'nonsense' is not one plain address" },
  { "bad-channel", "jobctl notify set default-channels=ops@example.com", 2, NULL, "default-channels: 'ops@example.com' is no channel; write email:" },
  { "bad-severity", "jobctl notify set quiet-except=bad", 2, NULL, "quiet-except: 'bad' is no severity" },
  { "bad-duration", "jobctl notify set throttle=5", 2, NULL, "throttle: " },
  { "bad-switch", "jobctl notify set enabled=perhaps", 2, NULL, "enabled needs yes or no" },
  { "no-word", "jobctl notify set email", 2, NULL, "'email' is not KEY=VALUE" },
  { "nothing", "jobctl notify set", 2, NULL, "what is to change?" },
  { "no-such-channel", "jobctl notify set default-channels=desktop,taem", 0, "the preferences are changed",
    "default-channels: there is no channel 'taem' now, so nobody is told by it; did you mean 'team'?" },
  { "no-such-user-to-tell", "jobctl notify set escalate-after=1h escalate-to=user:no-such-user", 0, "", "there is no such user now" },
  { "a-user-without-user", "jobctl notify set escalate-to=qqqqqqq", 0, "", "there is no channel 'qqqqqqq' now" },
  { "escalates-to-nobody", "jobctl notify set escalate-to=", 0, "", "" },
  { "escalates-to-nobody-again", "jobctl notify set escalate-after=2h", 0, "", "escalate-after does nothing while escalate-to names nobody" },
  { "doubts-are-quiet", "jobctl -q notify set escalate-to=desktop escalate-after=; jobctl -q notify set --reset all", 0, "", "" },
  { "email-again", "jobctl notify set email=ops@example.com", 0, "", "" },
  { "nothing-changed", "jobctl notify prefs | grep ^email", 0, "ops@example.com", "" },
  { "no-such-user", "jobctl notify prefs no-such-user", 3, NULL, "there is no user 'no-such-user'" },
  { "verb-nearest", "jobctl notify sets", 2, NULL, "unknown verb 'notify sets'; did you mean 'notify set'?" },
  { "no-verb", "jobctl notify", 2, NULL, "usage: jobctl notify VERB" },
  { "help", "jobctl notify --help", 0, "deliveries ", "" },
  { "help-of-part", "jobctl notify rule --help", 0, "Usage: jobctl [OPTIONS] notify rule [list] | add", "" },
  { "option-of-another", "jobctl notify prefs --wait", 2, NULL, "unknown option '--wait'" },
  { NULL },
};

static const CliRow rule_rows[] = {
  { "add", "jobctl notify rule add --events failed,recovered --jobs 'db-*' --channels team", 0, "   1  events=failed,recovered jobs=db-* channels=team", "" },
  { "add-silent", "jobctl notify rule add --tags test --silent", 0, "   2  tags=test channels=\n", "" },
  { "add-first", "jobctl notify rule add --place 1 --min-severity error --jobs other --channels email --channels team", 0,
    "   1  jobs=other min-severity=error channels=email,team\n   2  events=failed", "" },
  { "list", "jobctl notify rule", 0, "   3  tags=test", "" },
  { "list-json", "jobctl notify rule list" FLAT, 0, "[{\"jobs\":[\"other\"],\"min-severity\":\"error\",\"channels\":[\"email\",\"team\"]},", "" },
  { "move", "jobctl notify rule move 1 3", 0, "   2  tags=test channels=\n   3  jobs=other", "" },
  { "remove-two", "jobctl notify rule remove 1 2", 0, "   1  jobs=other", "" },
  { "remove-none", "jobctl notify rule remove 2", 2, NULL, "'2' is no number of a rule; they are 1 to 1" },
  { "shown-is-taken", "r=$(jobctl notify rule | sed -n 's/^ *1  //p'); jobctl -q notify set rules=\"$r; events=started channels=\"; jobctl notify rule", 0,
    "   1  jobs=other min-severity=error channels=email,team\n   2  events=started channels=\n", "" },
  { "no-channels", "jobctl notify rule add --events failed", 2, NULL, "--channels email,desktop, or --silent" },
  { "both", "jobctl notify rule add --silent --channels email", 2, NULL, "--channels email,desktop, or --silent" },
  { "bad-event", "jobctl notify rule add --events faild --channels email", 2, NULL, "rule 3: events: unknown event 'faild'; did you mean 'failed'?" },
  { "bad-pattern", "jobctl notify rule add --jobs '[a' --channels email", 2, NULL, "rule 3: jobs: '[a'" },
  { "bad-place", "jobctl notify rule add --channels email --place 9", 2, NULL, "--place needs a whole number from 1 to 3" },
  { "option-for-add", "jobctl notify rule remove 1 --channels email", 2, NULL, "jobctl notify rule add" },
  { "unknown", "jobctl notify rule drop 1", 2, NULL, "usage: jobctl notify rule" },
  { "none", "jobctl -q notify set --reset rules; jobctl notify rule", 0, "No rules", "" },
  { NULL },
};

static const CliRow channel_rows[] = {
  { "list", "jobctl notify channels", 0, "team", "" },
  { "no-agent", "jobctl notify channels | grep ^desktop", 0, "no-agent", "" },
  { "json", "jobctl notify channels" FLAT, 0, "\"name\":\"team\",", "" },
  { "test", "jobctl notify test team", 0, "is on its way", "" },
  { "test-arrives", GOT ("\"event\":\"test\"") "wc -l < $T/got", 0, "1\n", "" },
  { "test-wait", "jobctl notify test team --wait", 0, "delivered to ops@example.com", "" },
  { "test-says-what-came-back", "jobctl notify test team --wait", 0, "250 kept", "" },
  { "test-to", "jobctl -q notify test email --to boss@example.com --wait; tail -n 1 $T/got", 0, "\"address\":\"boss@example.com\"", "" },
  { "test-own-address", "jobctl -q notify test email --wait; tail -n 1 $T/got", 0, "\"address\":\"ops@example.com\"", "" },
  { "test-json", "jobctl notify test team --wait" FLAT, 0, "\"state\":\"delivered\"", "" },
  { "test-refused", "jobctl notify test refuses --wait", 1, "", "550 no such user" },
  { "test-broken", "jobctl notify test broken --wait", 1, "", "host is not given" },
  { "broken-says-why", "jobctl notify channels | grep ^broken", 0, "host is not given", "" },
  { "status-says-so", "jobctl status", 0, ": host is not given", "" },
  { "status-counts", "jobctl status", 0, "1 given up in the last day", "" },
  { "status-json", "jobctl status" FLAT, 0, "\"given-up-last-day\":1", "" },
  { "test-popup", "jobctl notify test desktop --wait", 1, "", "jobtracker-agent is not there" },
  { "test-unknown", "jobctl notify test teem", 3, NULL, "teem" },
  { "test-bad-address", "jobctl notify test email --to nonsense", 2, NULL, "to: 'nonsense' is not" },
  { NULL },
};

static const CliRow told_rows[] = {
  { "jobs", "jobctl -q add db-one -- false; jobctl -q add db-two -- true; jobctl -q notify rule add --jobs 'db-*' --events failed,recovered --channels team", 0,
    "", "" },
  { "failed", ": > $T/got; jobctl run db-one --wait", 1, NULL, NULL },
  { "failed-is-told", GOT ("\"event\":\"failed\"") "cat $T/got", 0, "db-one", "" },
  { "succeeded", "jobctl run db-two --wait", 0, NULL, NULL },
  { "deliveries", "until jobctl notify deliveries --job db-one | grep -q delivered; do sleep 0.02; done; jobctl notify deliveries --job db-one", 0, "team", "" },
  { "deliveries-json", "jobctl notify deliveries --job db-one" FLAT, 0, "\"channel\":\"team\"", "" },
  { "deliveries-instants", "jobctl notify deliveries --job db-one" FLAT " | grep -o '\"delivered-at\":\"20'", 0, "20", "" },
  { "deliveries-none", "jobctl notify deliveries --job db-two", 0, "No deliveries.", "" },
  { "deliveries-state", "jobctl notify deliveries --state failed", 0, "550 no such user", "" },
  { "deliveries-states", "jobctl notify deliveries --state failed --state delivered --event test --channel refuses", 0, "refuses", "" },
  { "deliveries-limit", "jobctl notify deliveries --limit 2 | wc -l", 0, "3\n", "" },
  { "deliveries-follow", "jobctl notify deliveries --follow --limit 1 --event test > $T/follow & until [ -s $T/follow ]; do sleep 0.02; done; wc -l < $T/follow; "
    "jobctl -q notify test team --wait; until grep -q 'by team: delivered, 250 kept' $T/follow; do sleep 0.02; done; kill $!; wc -l < $T/follow", 0,
    "1\n", "" },
  { "deliveries-follow-json", "jobctl notify deliveries -f --json > $T/lines & until [ -s $T/lines ]; do sleep 0.02; done; kill $!; head -n 1 $T/lines",
    0, "{\"", "" },
  { "deliveries-bad-state", "jobctl notify deliveries --state broken", 2, NULL, "waiting, held, sending" },
  { "deliveries-no-job", "jobctl notify deliveries --job db-on", 3, NULL, "did you mean 'db-one'?" },
  { "why-told", "jobctl notify why db-one", 0, "by team: delivered\n      rule 1 (events failed recovered, jobs db-*) tells by team", "" },
  { "why-silent", "jobctl notify why db-two", 0, "succeeded, to ", "" },
  { "why-silent-says", "jobctl notify why db-two", 0, ": silent\n", "" },
  { "why-json", "jobctl notify why db-one" FLAT, 0, "\"verdict\":\"delivered\"", "" },
  { "why-removed", "jobctl -q add gone -- true; jobctl -q run gone --wait; r=$(jobctl history gone --json | sed -n 's/^ *\"id\" : \\([0-9]*\\),$/\\1/p'); "
    "jobctl -q remove gone; jobctl notify why $r", 0, "of gone: succeeded\n  Nobody was told of it", "" },
  { "why-of-another", "jobctl -q notify rule add --jobs db-two --channels email:boss@example.com,webhook:taem; jobctl -q run db-two --wait; "
    "jobctl notify why db-two | grep -c 'succeeded, '", 0, "2\n", "" },
  { "why-of-another-names-them", "jobctl notify why db-two", 0, "succeeded, to email:boss@example.com by email: ", "" },
  { "deliveries-of-another", "jobctl notify deliveries --job db-two", 0, "webhook:taem", "" },
  { "why-of-what-was-not", "jobctl -q notify rule remove 2; jobctl -q run db-two --wait; jobctl -q notify rule add --jobs db-two --channels team; "
    "jobctl notify why db-two", 0, "so it would be with the preferences as they are now", "" },
  { "why-forgotten", "jobctl -q notify rule remove 2", 0, "", "" },
  { "why-unknown", "jobctl notify why 4711", 3, NULL, "4711" },
  { "resend-delivered", "jobctl notify resend $(jobctl notify deliveries --job db-one --json | sed -n 's/^ *\"id\" : \\([0-9]*\\),$/\\1/p' | head -n 1)", 5, NULL, "delivered" },
  { "resend", "jobctl notify resend $(jobctl notify deliveries --state failed --channel refuses --json | sed -n 's/^ *\"id\" : \\([0-9]*\\),$/\\1/p' | head -n 1)", 0, "is tried again", "" },
  { "resend-unknown", "jobctl notify resend 4711", 3, NULL, "4711" },
  { "resend-nonsense", "jobctl notify resend x", 2, NULL, "'x' is no number of a delivery" },
  { NULL },
};

static const CliRow mute_rows[] = {
  { "mute", "jobctl mute db-one 2h", 0, "nobody is told of db-one until 20", "" },
  { "show", "jobctl show db-one", 0, "muted until", "" },
  { "json", "jobctl mute db-one" FLAT, 0, "\"muted-until\":\"20", "" },
  { "kept-silent", ": > $T/got; jobctl run db-one --wait", 1, NULL, NULL },
  { "suppressed", "until jobctl notify deliveries --job db-one --state suppressed | grep -q muted; do sleep 0.02; done; cat $T/got", 0, "", "" },
  { "why", "jobctl notify why db-one", 0, "suppressed", "" },
  { "why-says-it-once", "jobctl notify why db-one | grep -c muted", 0, "1\n", "" },
  { "off", "jobctl mute db-one --off", 0, "db-one is told of again", "" },
  { "show-none", "jobctl show db-one | grep -c muted", 1, "0", "" },
  { "until", "jobctl mute db-one --until 'tomorrow 08:00' --utc", 0, "T08:00:00Z", "" },
  { "until-duration", "jobctl mute db-one --until 30min && jobctl mute db-one --off", 0, "told of again", "" },
  { "past", "jobctl mute db-one --until 2001-01-01", 2, NULL, "that is past" },
  { "nonsense", "jobctl mute db-one soon", 2, NULL, "soon" },
  { "both", "jobctl mute db-one 1h --off", 2, NULL, "use one of" },
  { "unknown", "jobctl mute db-oen", 3, NULL, "did you mean 'db-one'?" },
  { NULL },
};

static const CliRow template_rows[] = {
  { "list", "jobctl notify templates", 0, "email/default.html", "" },
  { "list-json", "jobctl notify templates" FLAT, 0, "\"source\":\"shipped\"", "" },
  { "text", "jobctl notify templates email/default.subject", 0, "{{", "" },
  { "text-in-its-place", "jobctl notify templates fr/email/slow.html" FLAT, 0, "{\"template\":\"email/slow.html\",\"text\":\"", "" },
  { "text-is-taken", "jobctl notify templates email/default.html > $T/d.html; jobctl notify edit email/default.html --file $T/d.html && "
    "jobctl notify edit email/default.html --reset", 0, "no longer one's own", "" },
  { "text-unknown", "jobctl notify templates email/_foter.html", 3, NULL, "did you mean 'email/_footer.html'?" },
  { "file", "echo 'Oh no, {{job.name}}' > $T/subject; jobctl notify edit email/failed.subject --file $T/subject", 0, "email/failed.subject is taken", "" },
  { "is-own", "jobctl notify templates | grep email/failed.subject", 0, "user", "" },
  { "render", "jobctl notify render email/failed.subject --run db-one", 0, "Oh no, db-one\n", "" },
  { "is-used", "jobctl -q notify rule add --place 1 --jobs db-one --events failed --channels email; : > $T/got; jobctl -q run db-one --wait; " GOT ("Oh no")
    "cat $T/got", 0, "\"subject\":\"Oh no, db-one\"", "" },
  { "bad-file", "printf 'one\\n{{#run}}{{job.nam}}\\n' > $T/text; jobctl notify edit email/failed.text --file $T/text", 2, NULL, "jobctl: line 2, column " },
  { "bad-file-caret", "printf 'one {{job.nam}}\\n' > $T/text; jobctl notify edit email/failed.text --file $T/text", 2, NULL,
    "  one {{job.nam}}\n      ^\njobctl: line 1, column 5: " },
  { "bad-file-nearest", "jobctl notify edit email/failed.text --file $T/text", 2, NULL, "job.name" },
  { "empty-file", ": > $T/empty; jobctl notify edit email/failed.text --file $T/empty", 2, NULL, "the text is empty" },
  { "no-file", "jobctl notify edit email/failed.text --file $T/nothing", 2, NULL, "cannot read" },
  { "stdin", "echo 'Alas, {{job.name}}' | jobctl notify edit email/failed.subject --file -; jobctl notify render email/failed.subject --run db-one", 0, "Alas, db-one", "" },
  { "bad-name", "jobctl notify edit ../etc/passwd", 2, NULL, "passwd" },
  { "reset", "jobctl notify edit email/failed.subject --reset; jobctl notify templates | grep email/failed.subject | grep -c user", 1, "0", "" },
  { "editor", "EDITOR='sed -i s/^/Edited:\\ /' jobctl notify edit email/default.subject && jobctl notify render email/default.subject", 0, "Edited: ", "" },
  { "editor-leaves-it", "EDITOR=true jobctl notify edit email/default.subject", 0, "email/default.subject is as it was", "" },
  { "editor-leaves-no-file", "mkdir $T/tmp; TMPDIR=$T/tmp EDITOR='sed -i s/^/x/' jobctl -q notify edit email/default.subject && jobctl -q notify edit "
    "email/default.subject --reset; TMPDIR=$T/tmp EDITOR=true jobctl -q notify edit email/default.subject; ls $T/tmp | wc -l", 0, "0\n", "" },
  /* Keys go to the whole foreground: one that the editor takes for itself must not end jobctl. */
  { "editor-interrupted", "EDITOR='trap : INT; kill -INT 0; echo kept >' timeout 20 setsid -w jobctl notify edit email/default.subject", 0, "is taken", "" },
  { "editor-fails", "EDITOR=false jobctl notify edit email/default.subject", 1, NULL, "nothing is changed, for false did not end well" },
  { "editor-bad", "EDITOR='sed -i s/^/{{nobody}}/' jobctl notify edit email/default.subject", 2, NULL, "the text is kept in " },
  { "editor-kept", "f=$(EDITOR='sed -i s/^/{{nobody}}/' jobctl notify edit email/default.subject 2>&1 | grep -o '/[^ ]*\\.subject'); cat $f; rm $f", 0, "{{nobody}}", "" },
  /* On a terminal, one that makes a fault and mends it the second time. */
  { "editor-again", "printf '%s\\n' '#!/bin/sh' 'if grep -q nobody \"$1\"; then echo mended > \"$1\"; else echo \"{{nobody}}\" > \"$1\"; fi' > $T/ed; "
    "chmod +x $T/ed; echo | EDITOR=$T/ed script -qec 'jobctl notify edit email/default.subject' /dev/null; jobctl notify render email/default.subject", 0,
    "mended\n", "" },
  { "unknown", "jobctl notify edit email/faild.text --file $T/subject", 2, NULL, "faild" },
  { "render-file", "echo 'I am {{event.name}} of {{job.name}}' > $T/a.html; jobctl notify render $T/a.html --event late", 0, "I am late of ", "" },
  { "render-part", "echo '<p>{{log.tail}}</p>' > $T/a; jobctl notify render $T/a --part html", 0, "<p>", "" },
  { "render-bad", "echo '<p>{{{log.tail}}}</p>' > $T/a; jobctl notify render $T/a --part html", 2, NULL, "line 1, column 4" },
  { "render-event", "jobctl notify render email/default.text --event recovered", 0, "", "" },
  { "render-german", "jobctl notify render email/default.text --language de", 0, "Rechner ", "" },
  { "render-json", "jobctl notify render email/failed.html --event failed" FLAT, 0, "{\"template\":\"email/", "" },
  { "render-bad-event", "jobctl notify render email/default.text --event faild", 2, NULL, "faild" },
  { "render-no-run", "jobctl notify render email/default.text --run 4711", 3, NULL, "4711" },
  { "render-part-of-name", "jobctl notify render email/default.text --part html", 2, NULL, "--part is for a FILE" },
  { NULL },
};

static const CliRow completion_rows[] = {
  { "verbs", "jobctl __complete notify ''", 0, "deliveries\t", "" },
  { "after-option", "jobctl __complete notify --json ''", 0, "why\t", "" },
  { "options", "jobctl __complete notify test team --", 0, "--wait\t", "" },
  { "channels", "jobctl __complete notify test ''", 0, "team\tok", "" },
  { "channels-of-rule", "jobctl __complete notify rule add --channels email,t", 0, "email,team\t", "" },
  { "steps", "jobctl __complete notify rule ''", 0, "list\nadd\nremove\nmove\n", "" },
  { "events", "jobctl __complete notify rule add --events failed,", 0, "failed,recovered\n", "" },
  { "severities", "jobctl __complete notify rule add --min-severity ''", 0, "info\nnotice\nwarning\nerror\n", "" },
  { "templates", "jobctl __complete notify edit ''", 0, "email/default.html\t", "" },
  { "preferences", "jobctl __complete notify set quiet", 0, "quiet-hours=\t", "" },
  { "preference-switch", "jobctl __complete notify set only-changes=", 0, "only-changes=yes\nonly-changes=no\n", "" },
  { "preference-severity", "jobctl __complete notify set digest-below=", 0, "digest-below=notice\n", "" },
  { "preference-channels", "jobctl __complete notify set default-channels=email,", 0, "default-channels=email,team\t", "" },
  { "reset", "jobctl __complete notify set --reset ''", 0, "all\n", "" },
  { "states", "jobctl __complete notify deliveries --state ''", 0, "suppressed\n", "" },
  { "ids", "jobctl __complete notify resend ''", 0, ", test, delivered\n", "" },
  { "unknown", "jobctl __complete notify nonsense ''", 0, "", "" },
  { NULL },
};

static void
write_program (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (cli_get_folder (), name, NULL);

  cli_write (name, text);
  g_assert_no_errno (g_chmod (path, 0755));
}

static void
configure (void)
{
  const char *folder = cli_get_folder ();
  g_autofree char *config_folder = g_build_filename (folder, "config", "jobtracker", NULL);
  g_autofree char *text = g_strdup_printf ("[Channel email]\ntype=program\nprogram=%s/recorder\n"
                                           "[Channel team]\nprogram=%s/recorder\n"
                                           "[Channel refuses]\nprogram=%s/refuser\n"
                                           "[Channel broken]\nprogram=%s/broken\n",
                                           folder, folder, folder, folder);

  write_program ("recorder", recorder);
  write_program ("refuser", refuser);
  write_program ("broken", broken);
  cli_write ("got", "");
  g_mkdir_with_parents (config_folder, 0700);
  cli_write ("config/jobtracker/jobtracker.conf", text);
}

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, FALSE);
  configure ();
  cli_start_service ();
  cli_add_rows ("preferences", preference_rows);
  cli_add_rows ("rules", rule_rows);
  cli_add_rows ("channels", channel_rows);
  cli_add_rows ("told", told_rows);
  cli_add_rows ("mute", mute_rows);
  cli_add_rows ("templates", template_rows);
  cli_add_rows ("completion", completion_rows);
  return cli_run ();
}
