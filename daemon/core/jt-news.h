/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-delivery.h"
#include "jt-job.h"
#include "jt-notify-event.h"

/* Something that happened to a job and that somebody may want to be told: what a notification is made from. A plain value that
 * borrows everything. */

typedef struct
{
  JtNotifyEvent      event;
  gint64             at_usec;
  const JtJob       *job;
  const JtJobStatus *status;
  const JtRun       *run;           /* (nullable): about the job alone */
  gint64             expected_usec; /* late: when word of it was due; slow: when it should have been over; else 0 */
  guint              reminder;      /* its number, 0: not a reminder */
  gboolean           is_escalation;
  gboolean           ends_told;     /* the recipient was told of the trouble that this ended, as the record has it */
} JtNews;

/* What is kept of it beside the delivery, for the text that is made later: job a{sv} and run a{sv} (rows, and of the run its attempts),
 * expected-at t, reminder u, is-escalation b, failing-since t. Floating a{sv}. */
GVariant *jt_news_make_facts (const JtNews *news);
/* The event that @run's state is; FALSE: nobody is told of it. @is_begin: it has just begun. */
gboolean jt_news_event_of_run (const JtRun *run, gboolean is_begin, JtNotifyEvent *event);
/* Whether a job that has this is in trouble until it succeeds. */
gboolean jt_news_is_trouble (JtNotifyEvent event);
/* The Message-ID of what tells @news to @recipient by @channel: the same each time. (transfer full) */
char *jt_news_make_message_id (const JtNews *news, const char *recipient, const char *channel, const char *domain);
/* What ties all that is told of the job together. (transfer full) */
char *jt_news_make_thread (const JtJob *job, const char *domain);
