/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-change.h"

static void
clear_item (gpointer data)
{
  JtChangeItem *item = data;

  g_clear_pointer (&item->text, g_free);
  g_clear_pointer (&item->text2, g_free);
  g_clear_pointer (&item->job, jt_job_unref);
  g_clear_pointer (&item->run, jt_run_unref);
  g_clear_pointer (&item->event, jt_event_unref);
  g_clear_pointer (&item->sample, g_free);
  g_clear_pointer (&item->delivery, jt_delivery_unref);
  g_clear_pointer (&item->episode, jt_episode_free);
  g_clear_pointer (&item->settings, g_variant_unref);
}

JtChange *
jt_change_new (void)
{
  JtChange *change = g_new0 (JtChange, 1);

  change->items = g_array_sized_new (FALSE, TRUE, sizeof (JtChangeItem), 4);
  g_array_set_clear_func (change->items, clear_item);
  return change;
}

void
jt_change_free (JtChange *change)
{
  if (change == NULL)
    return;
  g_array_unref (change->items);
  g_free (change);
}

/* The item lives in the array; the pointer is good until the next append. */
static JtChangeItem *
append_item (JtChange *change, JtChangeKind kind, guint64 id)
{
  JtChangeItem *item;

  g_array_set_size (change->items, change->items->len + 1);
  item = &g_array_index (change->items, JtChangeItem, change->items->len - 1);
  item->kind = kind;
  item->id = id;
  return item;
}

void
jt_change_put_job (JtChange *change, JtJob *job)
{
  append_item (change, JT_CHANGE_PUT_JOB, job->id)->job = jt_job_ref (job);
}

void
jt_change_remove_job (JtChange *change, guint64 job, gint64 at_usec, gboolean delete_history)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_REMOVE_JOB, job);

  item->number = at_usec;
  item->flag = delete_history;
}

void
jt_change_put_status (JtChange *change, guint64 job, const JtJobStatus *status)
{
  append_item (change, JT_CHANGE_PUT_STATUS, job)->status = *status;
}

void
jt_change_add_occurrence (JtChange *change, guint64 job, const char *key, const char *outcome, guint64 run)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_ADD_OCCURRENCE, job);

  item->text = g_strdup (key);
  item->text2 = g_strdup (outcome);
  item->number = (gint64) run;
}

void
jt_change_put_run (JtChange *change, JtRun *run)
{
  append_item (change, JT_CHANGE_PUT_RUN, run->id)->run = jt_run_ref (run);
}

/* The change keeps a reference of its own. */
void
jt_change_add_event (JtChange *change, JtEvent *event)
{
  append_item (change, JT_CHANGE_ADD_EVENT, event->job)->event = jt_event_ref (event);
}

void
jt_change_add_request (JtChange *change, guint32 uid, const char *request_id, const char *digest,
                       guint64 first_id, guint count)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_ADD_REQUEST, uid);

  item->text = g_strdup (request_id);
  item->text2 = g_strdup (digest);
  item->number = (gint64) first_id;
  item->number2 = count;
}

void
jt_change_set_meta (JtChange *change, const char *key, const char *value)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_SET_META, 0);

  item->text = g_strdup (key);
  item->text2 = g_strdup (value);
}

void
jt_change_let_wait (JtChange *change)
{
  change->may_wait = TRUE;
}

void
jt_change_add_sample (JtChange *change, const JtSample *sample)
{
  append_item (change, JT_CHANGE_ADD_SAMPLE, sample->job)->sample = g_memdup2 (sample, sizeof *sample);
}

void
jt_change_put_mark (JtChange *change, guint64 job, const char *entry, JtMark mark, const char *reason, guint64 run)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_PUT_MARK, job);

  item->text = g_strdup (entry);
  item->text2 = g_strdup (reason);
  item->number = mark;
  item->number2 = (gint64) run;
}

void
jt_change_clear_marks (JtChange *change, guint64 job)
{
  append_item (change, JT_CHANGE_CLEAR_MARKS, job);
}

void
jt_change_end_purge (JtChange *change, guint64 job)
{
  append_item (change, JT_CHANGE_END_PURGE, job);
}

void
jt_change_expire_run (JtChange *change, guint64 run, gboolean only_log)
{
  append_item (change, JT_CHANGE_EXPIRE_RUN, run)->flag = only_log;
}

void
jt_change_put_delivery (JtChange *change, JtDelivery *delivery)
{
  append_item (change, JT_CHANGE_PUT_DELIVERY, delivery->id)->delivery = jt_delivery_ref (delivery);
}

void
jt_change_put_preferences (JtChange *change, guint32 uid, GVariant *settings, gint64 at_usec)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_PUT_PREFERENCES, uid);

  item->settings = settings != NULL ? g_variant_ref_sink (settings) : NULL;
  item->number = at_usec;
}

void
jt_change_put_template (JtChange *change, guint32 uid, const char *name, const char *text, gint64 at_usec)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_PUT_TEMPLATE, uid);

  item->text = g_strdup (name);
  item->text2 = g_strdup (text);
  item->number = at_usec;
}

void
jt_change_put_episode (JtChange *change, const JtEpisode *episode)
{
  append_item (change, JT_CHANGE_PUT_EPISODE, episode->job)->episode = jt_episode_copy (episode);
}

void
jt_change_end_episode (JtChange *change, guint64 job, const char *recipient)
{
  append_item (change, JT_CHANGE_END_EPISODE, job)->text = g_strdup (recipient);
}

void
jt_change_expire_deliveries (JtChange *change, gint64 before_usec, guint limit)
{
  JtChangeItem *item = append_item (change, JT_CHANGE_EXPIRE_DELIVERIES, 0);

  item->number = before_usec;
  item->number2 = limit;
}
