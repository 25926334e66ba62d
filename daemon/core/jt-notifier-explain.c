/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notifier-private.h"

/* Why somebody is told of something, or is not: the same decisions, written down instead of acted upon. */

static const char *
verdict_to_string (JtVerdict verdict)
{
  switch (verdict)
    {
    case JT_VERDICT_TELL:
      return "told";
    case JT_VERDICT_HOLD:
      return "held";
    case JT_VERDICT_SUPPRESS:
      return "suppressed";
    case JT_VERDICT_SILENT:
      break;
    }
  return "silent";
}

static GVariant *
make_row (const JtRecipient *recipient, const JtNews *news, const JtDecision *decision)
{
  GVariantDict row;
  const char *verdict = verdict_to_string (decision->verdict);

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "event", "s", jt_notify_event_to_string (news->event));
  g_variant_dict_insert (&row, "recipient", "s", recipient->text);
  g_variant_dict_insert (&row, "user", "s", recipient->user_name != NULL ? recipient->user_name : "");
  g_variant_dict_insert (&row, "channel", "s", decision->channel != NULL ? decision->channel : "");
  g_variant_dict_insert (&row, "verdict", "s", recipient->fault != NULL && decision->channel != NULL ? "failed" : verdict);
  g_variant_dict_insert (&row, "reason", "s", recipient->fault != NULL && decision->channel != NULL ? recipient->fault : decision->reason);
  if (decision->verdict == JT_VERDICT_HOLD)
    g_variant_dict_insert (&row, "until", "t", (guint64) decision->until_usec);
  return g_variant_ref_sink (g_variant_dict_end (&row));
}

static GVariant *
make_row_of_nobody (const JtNews *news, const char *reason)
{
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "event", "s", jt_notify_event_to_string (news->event));
  g_variant_dict_insert (&row, "recipient", "s", "");
  g_variant_dict_insert (&row, "user", "s", "");
  g_variant_dict_insert (&row, "channel", "s", "");
  g_variant_dict_insert (&row, "verdict", "s", "silent");
  g_variant_dict_insert (&row, "reason", "s", reason);
  return g_variant_ref_sink (g_variant_dict_end (&row));
}

static void
explain_to (JtNotifier *self, GPtrArray *rows, const JtRecipient *recipient, const JtNews *news, gboolean was_told)
{
  JtNews own = *news;
  g_autoptr (GPtrArray) decisions = NULL;

  if (was_told && news->event == JT_NOTIFY_SUCCEEDED)
    {
      own.event = JT_NOTIFY_RECOVERED;
      own.ends_told = TRUE;
    }
  decisions = jt_notifier_decide (self, recipient, &own);
  for (guint i = 0; i < decisions->len; i++)
    g_ptr_array_add (rows, make_row (recipient, &own, g_ptr_array_index (decisions, i)));
}

GPtrArray *
jt_notifier_explain (JtNotifier *self, const JtNews *news, GHashTable *told)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GPtrArray) recipients = jt_notifier_list_recipients (self, news->job);

  if (!self->is_enabled)
    g_ptr_array_add (rows, make_row_of_nobody (news, "notifications are turned off in the service's configuration"));
  else if (recipients->len == 0)
    g_ptr_array_add (rows, make_row_of_nobody (news, "the job's setting notify says none"));
  for (guint i = 0; self->is_enabled && i < recipients->len; i++)
    {
      const JtRecipient *recipient = g_ptr_array_index (recipients, i);

      explain_to (self, rows, recipient, news, told != NULL && g_hash_table_contains (told, recipient->text));
    }
  return rows;
}
