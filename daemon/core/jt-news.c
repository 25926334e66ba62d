/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-news.h"

#include <string.h>

/* Of a command so much is kept for texts. */
#define MAX_COMMAND 1024

/* (transfer full) */
static char *
cut (const char *text)
{
  const char *end = text + MAX_COMMAND;

  /* (not within a character) */
  while (end > text && (*end & 0xc0) == 0x80)
    end--;
  return g_strdup_printf ("%.*s…", (int) (end - text), text);
}

static void
insert_run (GVariantDict *facts, const JtRun *run)
{
  g_autoptr (GVariant) properties = g_variant_ref_sink (jt_run_to_properties (run));
  g_autoptr (GVariant) attempts = g_variant_lookup_value (properties, "Attempts", G_VARIANT_TYPE ("aa{sv}"));

  g_variant_dict_insert_value (facts, "run", jt_run_to_variant (run));
  if (attempts != NULL && g_variant_n_children (attempts) > 0)
    g_variant_dict_insert_value (facts, "attempts", attempts);
}

/* Only what texts speak of: a command may be longer than all that is kept of a delivery. */
static GVariant *
make_job (const JtNews *news)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (jt_job_to_variant (news->job, news->status));
  const char *command = "";
  GVariantDict job;

  if (!g_variant_lookup (row, "command", "&s", &command) || strlen (command) <= MAX_COMMAND)
    return g_steal_pointer (&row);
  g_variant_dict_init (&job, row);
  g_variant_dict_insert_value (&job, "command", g_variant_new_take_string (cut (command)));
  return g_variant_ref_sink (g_variant_dict_end (&job));
}

static GVariant *
make_facts (const JtNews *news, gboolean is_short)
{
  GVariantDict facts;
  g_autoptr (GVariant) job = make_job (news);

  g_variant_dict_init (&facts, NULL);
  if (!is_short)
    g_variant_dict_insert_value (&facts, "job", job);
  if (news->run != NULL)
    insert_run (&facts, news->run);
  if (news->expected_usec != 0)
    g_variant_dict_insert (&facts, "expected-at", "t", (guint64) news->expected_usec);
  if (news->reminder > 0)
    g_variant_dict_insert (&facts, "reminder", "u", news->reminder);
  if (news->is_escalation)
    g_variant_dict_insert (&facts, "is-escalation", "b", TRUE);
  if (news->status->turned_usec > 0)
    g_variant_dict_insert (&facts, "turned-at", "t", (guint64) news->status->turned_usec);
  if (news->status->phase_usec > 0)
    g_variant_dict_insert (&facts, "phase", "t", (guint64) news->status->phase_usec);
  return g_variant_dict_end (&facts);
}

/* What is too much is told without the job's own part. */
GVariant *
jt_news_make_facts (const JtNews *news)
{
  GVariant *facts = make_facts (news, FALSE);

  if (g_variant_get_size (facts) <= JT_DELIVERY_MAX_FACTS)
    return facts;
  g_variant_unref (g_variant_ref_sink (facts));
  return make_facts (news, TRUE);
}

gboolean
jt_news_event_of_run (const JtRun *run, gboolean is_begin, JtNotifyEvent *event)
{
  switch (run->state)
    {
    case JT_RUN_STARTING:
    case JT_RUN_RUNNING:
      *event = JT_NOTIFY_STARTED;
      return is_begin;
    case JT_RUN_RETRY_WAIT:
      *event = JT_NOTIFY_RETRYING;
      return TRUE;
    case JT_RUN_SUCCEEDED:
    case JT_RUN_WARNING:
      *event = JT_NOTIFY_SUCCEEDED;
      return TRUE;
    case JT_RUN_FAILED:
      *event = JT_NOTIFY_FAILED;
      return TRUE;
    case JT_RUN_TIMED_OUT:
      *event = JT_NOTIFY_TIMED_OUT;
      return TRUE;
    case JT_RUN_LOST:
      *event = JT_NOTIFY_LOST;
      return TRUE;
    case JT_RUN_CANCELLED:
      *event = JT_NOTIFY_CANCELLED;
      return TRUE;
    case JT_RUN_SKIPPED:
      *event = JT_NOTIFY_SKIPPED;
      return TRUE;
    case JT_RUN_MISSED:
      *event = JT_NOTIFY_MISSED;
      return TRUE;
    case JT_RUN_QUEUED:
    case JT_N_RUN_STATES:
      break;
    }
  return FALSE;
}

gboolean
jt_news_is_trouble (JtNotifyEvent event)
{
  return event == JT_NOTIFY_FAILED || event == JT_NOTIFY_TIMED_OUT || event == JT_NOTIFY_LOST || event == JT_NOTIFY_LATE;
}

char *
jt_news_make_message_id (const JtNews *news, const char *recipient, const char *channel, const char *domain)
{
  g_autofree char *whom = g_strconcat (recipient, "\n", channel, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, whom, -1);
  g_autoptr (GString) text = g_string_new ("<");

  if (news->run != NULL)
    g_string_append_printf (text, "run%" G_GUINT64_FORMAT ".%s", news->run->id, jt_notify_event_to_string (news->event));
  else
    g_string_append_printf (text, "job%" G_GUINT64_FORMAT ".%s.%" G_GINT64_FORMAT, news->job->id, jt_notify_event_to_string (news->event),
                            news->expected_usec);
  if (news->event == JT_NOTIFY_RETRYING)
    g_string_append_printf (text, ".%u", news->run->attempt);
  if (news->reminder > 0)
    g_string_append_printf (text, ".reminder%u", news->reminder);
  if (news->is_escalation)
    g_string_append (text, ".escalation");
  g_string_append_printf (text, ".%.16s@%s>", digest, domain);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
jt_news_make_thread (const JtJob *job, const char *domain)
{
  return g_strdup_printf ("<job%" G_GUINT64_FORMAT "@%s>", job->id, domain);
}
