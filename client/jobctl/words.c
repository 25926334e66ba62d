/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "words.h"

#include <string.h>

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *word;
  const char *shown; /* (nullable) until it is asked for: a long table asks often */
} Word;

/* @known: ended by one without a word */
static const char *
translate (Word *known, const char *context, const char *word)
{
  for (; known->word != NULL; known++)
    if (g_str_equal (known->word, word))
      {
        /* Without a translation it answers with what it was asked: ours, which stays. */
        if (known->shown == NULL)
          known->shown = g_dpgettext2 (GETTEXT_PACKAGE, context, known->word);
        return known->shown;
      }
  return word;
}

const char *
word_of_state (const char *word)
{
  static Word known[] = {
    { NC_("state", "queued") },
    { NC_("state", "starting") },
    { NC_("state", "running") },
    { NC_("state", "retry-wait") },
    { NC_("state", "succeeded") },
    { NC_("state", "warning") },
    { NC_("state", "failed") },
    { NC_("state", "timed-out") },
    { NC_("state", "cancelled") },
    { NC_("state", "lost") },
    { NC_("state", "skipped") },
    { NC_("state", "missed") },
    /* Translators: from here on how a job is: it has not run yet */
    { NC_("state", "new") },
    { NC_("state", "ok") },
    { NC_("state", "failing") },
    { NC_("state", "late") },
    { NC_("state", "paused") },
    /* Translators: from here on what becomes of a notification: for its turn */
    { NC_("state", "waiting") },
    /* Translators: kept back on purpose, for a while */
    { NC_("state", "held") },
    { NC_("state", "sending") },
    { NC_("state", "delivered") },
    /* Translators: it was too old before it could be delivered */
    { NC_("state", "expired") },
    /* Translators: it became a part of a digest */
    { NC_("state", "merged") },
    /* Translators: it would have been told, but something kept it silent */
    { NC_("state", "suppressed") },
    { NC_("state", "told") },
    /* Translators: nobody wants it told */
    { NC_("state", "silent") },
    /* Translators: from here on how a channel is */
    { NC_("state", "unconfigured") },
    /* Translators: no program that shows popups is running */
    { NC_("state", "no-agent") },
    { NULL },
  };

  return translate (known, "state", word);
}

const char *
word_of_event (const char *word)
{
  static Word known[] = {
    /* Translators: what somebody is told of: a run */
    { NC_("event", "started") },
    { NC_("event", "succeeded") },
    { NC_("event", "failed") },
    { NC_("event", "timed-out") },
    { NC_("event", "lost") },
    { NC_("event", "retrying") },
    /* Translators: the first success after trouble */
    { NC_("event", "recovered") },
    { NC_("event", "missed") },
    { NC_("event", "late") },
    { NC_("event", "slow") },
    { NC_("event", "skipped") },
    { NC_("event", "cancelled") },
    /* Translators: many notifications in one */
    { NC_("event", "digest") },
    /* Translators: what happened while nobody was logged in */
    { NC_("event", "summary") },
    { NC_("event", "test") },
    { NULL },
  };

  return translate (known, "event", word);
}

const char *
word_of_hold (const char *word)
{
  static Word known[] = {
    /* Translators: what a notification waits for */
    { NC_("hold", "quiet-hours") },
    { NC_("hold", "digest") },
    /* Translators: there were too many at once */
    { NC_("hold", "throttle") },
    { NC_("hold", "escalation") },
    { NULL },
  };

  return translate (known, "hold", word);
}

const char *
word_of_template_source (const char *word)
{
  static Word known[] = {
    /* Translators: whose a template is */
    { NC_("template", "user") },
    { NC_("template", "administrator") },
    { NC_("template", "shipped") },
    { NULL },
  };

  return translate (known, "template", word);
}

const char *
word_of_trigger (const char *word)
{
  static Word known[] = {
    /* Translators: what started a run */
    { NC_("trigger", "schedule") },
    { NC_("trigger", "manual") },
    { NC_("trigger", "retry-request") },
    { NC_("trigger", "dependency") },
    { NC_("trigger", "event") },
    /* Translators: somebody else does the work and reports it */
    { NC_("trigger", "tracked") },
    /* Translators: a check-in */
    { NC_("trigger", "ping") },
    /* Translators: of systemd */
    { NC_("trigger", "unit") },
    { NULL },
  };

  return translate (known, "trigger", word);
}

const char *
word_of_origin (const char *word)
{
  static Word known[] = {
    /* Translators: what defined a job: a call of the service's interface */
    { NC_("origin", "api") },
    /* Translators: a job file */
    { NC_("origin", "file") },
    /* Translators: its first report */
    { NC_("origin", "tracked") },
    /* Translators: of systemd */
    { NC_("origin", "unit") },
    { NULL },
  };

  return translate (known, "origin", word);
}

/* "after: backup was lost, check failed and 3 more": names have no spaces. (transfer full) */
static char *
word_of_after (const char *ends)
{
  static Word known[] = {
    /* Translators: behind the name of a job: how its run ended */
    { NC_("after", "failed") },
    { NC_("after", "timed out") },
    { NC_("after", "was cancelled") },
    { NC_("after", "was lost") },
    { NC_("after", "was skipped") },
    { NULL },
  };
  g_auto (GStrv) items = g_strsplit (ends, ", ", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; items[i] != NULL; i++)
    {
      const char *space = strchr (items[i], ' ');

      g_string_append (text, i > 0 ? ", " : "");
      if (space == NULL)
        g_string_append (text, items[i]);
      else
        g_string_append_printf (text, "%.*s %s", (int) (space - items[i]), items[i], translate (known, "after", space + 1));
    }
  /* Translators: why a run was skipped: how jobs ended that it comes after */
  return g_strdup_printf (_("after: %s"), text->str);
}

/* The service's own reasons; those of reporters and of the C library stay as they are. (transfer full) */
char *
word_of_reason (const char *reason)
{
  static const char cancelled[] = "cancelled by ";
  static const char silent[] = "no heartbeat for ";
  static const char after[] = "after: ";
  static const char condition[] = "condition: ";
  static Word known[] = {
    { NC_("reason", "overlap") },
    { NC_("reason", "missed") },
    /* Translators: it was too late to start */
    { NC_("reason", "deadline") },
    /* Translators: too much was waiting already */
    { NC_("reason", "quota") },
    /* Translators: a later run took its place */
    { NC_("reason", "superseded") },
    /* Translators: its job was removed */
    { NC_("reason", "removed") },
    { NC_("reason", "timeout") },
    /* Translators: given up before it began */
    { NC_("reason", "abandoned") },
    { NC_("reason", "stopped from outside") },
    /* Translators: whether it began is unknown */
    { NC_("reason", "start-unknown") },
    /* Translators: how it ended is unknown */
    { NC_("reason", "exit-unknown") },
    { NC_("reason", "its bus is gone") },
    { NC_("reason", "its reporter left the bus") },
    { NULL },
  };

  if (g_str_has_prefix (reason, cancelled))
    return g_strdup_printf (_("cancelled by %s"), reason + strlen (cancelled));
  if (g_str_has_prefix (reason, silent))
    return g_strdup_printf (_("no heartbeat for %s"), reason + strlen (silent));
  if (g_str_has_prefix (reason, condition))
    /* Translators: which condition of a run does not hold */
    return g_strdup_printf (_("condition: %s"), reason + strlen (condition));
  if (g_str_has_prefix (reason, after))
    return word_of_after (reason + strlen (after));
  return g_strdup (translate (known, "reason", reason));
}
