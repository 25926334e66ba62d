/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-template-keys.h"

#include <string.h>

#define TEXT(name, help, sample) { name, JT_TEMPLATE_TEXT, "s", help, sample }
#define NUMBER(name, type, help, sample) { name, JT_TEMPLATE_NUMBER, type, help, sample }
#define FLAG(name, help, sample) { name, JT_TEMPLATE_FLAG, "b", help, sample }
#define TEXTS(name, help, sample) { name, JT_TEMPLATE_TEXTS, "as", help, sample }
#define GROUP(name, help) { name, JT_TEMPLATE_GROUP, "a{sv}", help, NULL }
#define GROUPS(name, help) { name, JT_TEMPLATE_GROUPS, "aa{sv}", help, NULL }

static const JtTemplateKey table[] = {
  GROUP ("event", "what happened"),
  TEXT ("event.name", "its name: failed, succeeded, missed …", "failed"),
  TEXT ("event.severity", "how bad that is: info, notice, warning or error", "error"),
  TEXT ("event.at", "when, in the reader's time zone", "2026-11-28 07:15:02 CET"),
  TEXT ("event.at-utc", "when, in UTC", "2026-11-28T06:15:02Z"),
  FLAG ("event.is-started", "a run begins", NULL),
  FLAG ("event.is-succeeded", "a run ended well", NULL),
  FLAG ("event.is-failed", "a run failed and is not tried again", "yes"),
  FLAG ("event.is-timed-out", "a run took longer than it may", NULL),
  FLAG ("event.is-lost", "nobody knows how a run ended", NULL),
  FLAG ("event.is-retrying", "an attempt failed and another follows", NULL),
  FLAG ("event.is-recovered", "the first success after a failure that was told", NULL),
  FLAG ("event.is-missed", "an occurrence was let go", NULL),
  FLAG ("event.is-late", "a check-in that was expected did not come", NULL),
  FLAG ("event.is-slow", "a run takes much longer than usual and goes on", NULL),
  FLAG ("event.is-skipped", "an occurrence was skipped on purpose", NULL),
  FLAG ("event.is-cancelled", "a person cancelled the run", NULL),
  FLAG ("event.is-digest", "several notifications in one", NULL),
  FLAG ("event.is-summary", "what happened while the reader was away", NULL),
  FLAG ("event.is-test", "a person tries a channel", NULL),
  FLAG ("event.is-bad", "something needs a look", "yes"),
  FLAG ("event.is-good", "something ended well", NULL),
  FLAG ("event.is-reminder", "told again, for it goes on failing", NULL),
  FLAG ("event.is-escalation", "told to others, for nobody acknowledged it", NULL),
  NUMBER ("event.reminder", "u", "which reminder this is", "0"),

  GROUP ("job", "the job that it is about"),
  TEXT ("job.name", "its name", "nightly-backup"),
  NUMBER ("job.id", "t", "its number", "7"),
  TEXT ("job.description", "what its owner says about it", "Copies /srv to the archive"),
  TEXT ("job.owner", "whose it is", "alice"),
  TEXT ("job.schedule", "its schedule as it was written", "*-*-* 02:30"),
  TEXT ("job.next", "when it runs next, in the reader's time zone", "2026-11-29 02:30:00 CET"),
  TEXTS ("job.tags", "its tags", "backup production"),
  TEXT ("job.command", "what it runs", "/usr/local/bin/backup --full /srv"),
  TEXT ("job.health", "its health: ok, failing, late …", "failing"),

  GROUP ("run", "the run that it is about, if any"),
  NUMBER ("run.id", "t", "its number", "4711"),
  TEXT ("run.state", "its state", "failed"),
  TEXT ("run.trigger", "what made it begin", "schedule"),
  NUMBER ("run.attempt", "u", "which attempt this is", "2"),
  NUMBER ("run.max-attempts", "u", "how many attempts it may have", "2"),
  FLAG ("run.has-retries", "it may have more than one attempt", "yes"),
  TEXT ("run.started", "when it began, in the reader's time zone", "2026-11-28 07:10:50 CET"),
  TEXT ("run.finished", "when it ended, in the reader's time zone", "2026-11-28 07:15:02 CET"),
  TEXT ("run.scheduled-for", "for which instant it was scheduled, in the reader's time zone", "2026-11-28 02:30:00 CET"),
  TEXT ("run.duration", "how long it took", "4min 12s"),
  TEXT ("run.exit", "how it ended, in words", "exit code 3"),
  NUMBER ("run.exit-code", "i", "its exit code", "3"),
  TEXT ("run.signal", "the signal that ended it", NULL),
  TEXT ("run.reason", "why it is in its state", "exit code 3 is not among success-exit-codes"),
  TEXT ("run.cause", "who or what began it", "schedule"),
  TEXT ("run.message", "the last message that it reported itself", "copied 1 of 3 <volumes> & stopped"),
  TEXT ("run.cpu", "processor time that it used", "1min 3s"),
  TEXT ("run.memory", "the most memory that it used", "412 MiB"),
  TEXT ("run.next-attempt", "when the next attempt begins, in the reader's time zone", "2026-11-28 07:20:02 CET"),
  TEXT ("run.log-size", "how much it has written", "18 KiB"),
  GROUPS ("run.attempts", "its attempts, the first one first"),
  NUMBER ("run.attempts.number", "u", "from 1", "1"),
  TEXT ("run.attempts.started", "when it began", "2026-11-28 02:30:00 CET"),
  TEXT ("run.attempts.duration", "how long it took", "4min 1s"),
  TEXT ("run.attempts.state", "its state", "failed"),
  TEXT ("run.attempts.exit", "how it ended, in words", "exit code 3"),
  NUMBER ("run.attempts.exit-code", "i", "its exit code", "3"),
  TEXT ("run.attempts.signal", "the signal that ended it", NULL),
  TEXT ("run.attempts.reason", "why it is in its state", "exit code 3 is not among success-exit-codes"),
  FLAG ("run.attempts.is-good", "it ended well", NULL),
  FLAG ("run.attempts.is-timed-out", "it took longer than it may", NULL),
  FLAG ("run.attempts.is-lost", "nobody knows how it ended", NULL),

  GROUP ("missed", "with the event missed: what was let go"),
  NUMBER ("missed.count", "t", "how many occurrences", "3"),
  TEXT ("missed.from", "the first of them", "2026-11-28 00:00:00 CET"),
  TEXT ("missed.to", "the last of them", "2026-11-28 02:00:00 CET"),

  GROUP ("late", "with the event late: what did not come"),
  TEXT ("late.expected", "when it was expected", "2026-11-28 06:00:00 CET"),

  GROUP ("log", "the end of what the run has written"),
  TEXT ("log.tail", "its last lines", "copying volume 1 of 3\nwrote 12 GiB\nerror: no space left on <archive> & nothing to free"),
  NUMBER ("log.lines", "u", "how many lines that is", "3"),
  FLAG ("log.is-cut", "there is more before them", "yes"),
  FLAG ("log.has-text", "the run has written something", "yes"),

  GROUP ("statistics", "how this compares with the past of the job"),
  NUMBER ("statistics.runs", "t", "how many runs there have been", "214"),
  TEXT ("statistics.typical", "how long it usually takes", "2min 20s"),
  TEXT ("statistics.success-rate", "how many ended well", "98 %"),
  NUMBER ("statistics.streak", "i", "how many have ended alike in a row; below 0 they failed", "-2"),
  NUMBER ("statistics.streak-abs", "u", "the same without its sign", "2"),
  TEXT ("statistics.times-usual", "how many times the usual duration this was", "1.8"),
  FLAG ("statistics.is-slower", "it took notably longer than usual", "yes"),
  FLAG ("statistics.is-faster", "it took notably less than usual", NULL),
  NUMBER ("statistics.bar", "u", "its duration for a bar, 0 to 100 with 50 as usual", "90"),
  NUMBER ("statistics.failures-in-row", "u", "how many failed in a row, this one among them", "2"),
  TEXT ("statistics.failing-since", "when the first of them failed", "2026-11-27 02:34:10 CET"),
  TEXT ("statistics.down-for", "how long it has been failing, or had been", "1d 4h"),

  TEXT ("host", "the machine", "web1.example.com"),
  TEXT ("timezone", "the zone that times are given in", "Europe/Berlin"),

  GROUP ("links", "addresses of pages, where gateway-url is configured"),
  TEXT ("links.run", "of the run", "https://jobs.example.com/runs/4711"),
  TEXT ("links.job", "of the job", "https://jobs.example.com/jobs/7"),
  TEXT ("links.log", "of the whole log", "https://jobs.example.com/runs/4711/log"),
  TEXT ("links.mute", "to mute the job for a while", "https://jobs.example.com/jobs/7/mute"),
  TEXT ("links.preferences", "of the reader's preferences", "https://jobs.example.com/preferences"),
  FLAG ("links.has-any", "there are any", "yes"),

  GROUP ("recipient", "who is told"),
  TEXT ("recipient.name", "the account, or the address of one without an account", "alice"),
  TEXT ("recipient.address", "where it goes", "alice@example.com"),
  TEXT ("recipient.language", "the reader's language", "en"),
  TEXT ("recipient.channel", "the channel by which it goes", "email"),
  FLAG ("recipient.is-user", "it is an account of this machine, which has preferences", "yes"),

  GROUP ("digest", "with the events digest and summary: what is in it"),
  NUMBER ("digest.count", "u", "how many notifications it stands for", "2"),
  NUMBER ("digest.failures", "u", "how many of them are bad", "1"),
  TEXT ("digest.from", "the instant of the first", "2026-11-27 08:00:00 CET"),
  TEXT ("digest.to", "the instant of the last", "2026-11-28 08:00:00 CET"),
  FLAG ("digest.is-storm", "there were so many at once that they were merged", NULL),
  GROUPS ("digest.entries", "each of them: event, job and run as above, without a log"),
  NUMBER ("digest.more", "u", "how many more there are than entries", "0"),

  GROUP ("test", "with the event test"),
  TEXT ("test.channel", "the channel that is tried", "email"),
  { NULL },
};

const JtTemplateKey *
jt_template_keys (void)
{
  return table;
}

const JtTemplateKey *
jt_template_key_find (const char *name, gssize length)
{
  gsize wanted = length < 0 ? strlen (name) : (gsize) length;

  for (const JtTemplateKey *key = table; key->name != NULL; key++)
    if (strlen (key->name) == wanted && strncmp (key->name, name, wanted) == 0)
      return key;
  return NULL;
}
