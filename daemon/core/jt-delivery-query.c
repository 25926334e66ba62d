/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-delivery-query.h"

#include "jt-notify-channel.h"

JtDueQuery *
jt_due_query_new (const char *channel, gint64 until_usec, guint limit)
{
  JtDueQuery *query = g_new0 (JtDueQuery, 1);

  query->channel = g_strdup (channel);
  query->until_usec = until_usec;
  query->limit = limit;
  return query;
}

JtDueQuery *
jt_due_query_new_for_user (guint32 user, gint64 until_usec, guint limit)
{
  JtDueQuery *query = jt_due_query_new (JT_CHANNEL_DESKTOP, until_usec, limit);

  query->is_of_user = TRUE;
  query->user = user;
  return query;
}

void
jt_due_query_free (JtDueQuery *query)
{
  if (query == NULL)
    return;
  g_free (query->channel);
  g_free (query->recipient);
  g_free (query->hold);
  g_free (query->after_recipient);
  g_free (query);
}

JtDeliveryFilter *
jt_delivery_filter_new (guint32 viewer)
{
  JtDeliveryFilter *filter = g_new0 (JtDeliveryFilter, 1);

  filter->viewer = viewer;
  filter->user = -1;
  return filter;
}

JtDeliveryFilter *
jt_delivery_filter_copy (const JtDeliveryFilter *filter)
{
  JtDeliveryFilter *copy = g_memdup2 (filter, sizeof *filter);

  copy->channel = g_strdup (filter->channel);
  copy->event = g_strdup (filter->event);
  copy->recipient = g_strdup (filter->recipient);
  return copy;
}

void
jt_delivery_filter_free (JtDeliveryFilter *filter)
{
  if (filter == NULL)
    return;
  g_free (filter->channel);
  g_free (filter->event);
  g_free (filter->recipient);
  g_free (filter);
}

static gboolean
is_text (const char *wanted, const char *text)
{
  return wanted == NULL || g_strcmp0 (wanted, text) == 0;
}

gboolean
jt_delivery_filter_match (const JtDeliveryFilter *filter, const JtDelivery *delivery)
{
  if (!jt_delivery_is_visible_to (delivery, filter->viewer))
    return FALSE;
  if (filter->states != 0 && (filter->states & (1u << delivery->state)) == 0)
    return FALSE;
  if ((filter->job != 0 && filter->job != delivery->job) || (filter->run != 0 && filter->run != delivery->run))
    return FALSE;
  if (filter->user >= 0 && (!delivery->is_user || filter->user != (gint64) delivery->user))
    return FALSE;
  if (delivery->created_usec < filter->since_usec || (filter->until_usec != 0 && delivery->created_usec >= filter->until_usec))
    return FALSE;
  if (filter->merged_into != 0 && filter->merged_into != delivery->merged_into)
    return FALSE;
  return is_text (filter->channel, delivery->channel) && is_text (filter->event, delivery->event)
         && is_text (filter->recipient, delivery->recipient);
}

void
jt_delivery_times_free (JtDeliveryTimes *times)
{
  if (times == NULL)
    return;
  g_free (times->channel);
  g_free (times);
}

void
jt_delivery_count_free (JtDeliveryCount *count)
{
  if (count == NULL)
    return;
  g_free (count->channel);
  g_free (count);
}

void
jt_template_entry_free (JtTemplateEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->name);
  g_free (entry);
}
