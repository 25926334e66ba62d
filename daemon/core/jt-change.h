/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-delivery.h"
#include "jt-dependency.h"
#include "jt-episode.h"
#include "jt-event.h"
#include "jt-job.h"
#include "jt-rollup.h"

/* What core asks the store to make true, all or nothing (one SAVEPOINT): a list of operations on immutable
 * values. Core gives all ids (jobs, runs, revisions); the store gives events their sequence. */

typedef enum
{
  JT_CHANGE_PUT_JOB,        /* inserts the job, or updates it; writes the revision row when that revision is new */
  JT_CHANGE_REMOVE_JOB,     /* tombstone: removed_usec set, the name free again; number = when; flag = nobody sees its runs any more
                             * and list_expired tells them, until JT_CHANGE_END_PURGE */
  JT_CHANGE_END_PURGE,      /* id = job, none of whose runs is left */
  JT_CHANGE_PUT_STATUS,     /* job status columns of job `id` */
  JT_CHANGE_ADD_OCCURRENCE, /* id = job, text = key (instant in usec as decimal, or "boot:ID"), text2 = outcome
                             * ("run", "skipped", "missed"), number = run id. The key exists: JT_ERROR_EXISTS, the change is undone */
  JT_CHANGE_PUT_RUN,        /* upsert of the whole run row and of every attempt */
  JT_CHANGE_ADD_EVENT,      /* the sequence is written into the event */
  JT_CHANGE_ADD_REQUEST,    /* id = uid, text = request-id, text2 = digest of the call, number = id of what was created
                             * (AddJobs: the first), number2 = how many, in a row. There already: JT_ERROR_EXISTS */
  JT_CHANGE_SET_META,       /* text = key, text2 = value */
  JT_CHANGE_EXPIRE_RUN,     /* id = run; its row goes, or (flag) only the mention of its log */
  JT_CHANGE_PUT_MARK,       /* id = job, text = the entry of its `after`, number = JtMark, text2 = why (nullable), number2 = the run */
  JT_CHANGE_CLEAR_MARKS,    /* id = job, all of them */
  JT_CHANGE_ADD_SAMPLE,     /* what a final run adds to the rollups of its job and its owner */
  JT_CHANGE_PUT_DELIVERY,      /* inserts the delivery, or updates what may change of it */
  JT_CHANGE_PUT_PREFERENCES,   /* id = uid, settings = what they gave, NULL: they go; number = when */
  JT_CHANGE_PUT_TEMPLATE,      /* id = uid, text = name, text2 = the template, NULL: it goes; number = when */
  JT_CHANGE_PUT_EPISODE,       /* upsert */
  JT_CHANGE_END_EPISODE,       /* id = job, text = recipient, NULL: those of all */
  JT_CHANGE_EXPIRE_DELIVERIES, /* those that are no longer open and were made before number go, the oldest first, at most number2 */
} JtChangeKind;

typedef struct
{
  JtChangeKind kind;
  guint64      id;
  gint64       number;
  gint64       number2;
  gboolean     flag;
  char        *text;    /* (owned) */
  char        *text2;   /* (owned) */
  JtJob       *job;     /* (owned) */
  JtRun       *run;     /* (owned) */
  JtEvent     *event;   /* (owned) */
  JtSample    *sample;  /* (owned) */
  JtDelivery  *delivery; /* (owned) */
  JtEpisode   *episode;  /* (owned) */
  GVariant    *settings; /* (owned) */
  JtJobStatus  status;
} JtChangeItem;

typedef struct
{
  GArray  *items;    /* (element-type JtChangeItem) */
  gboolean may_wait; /* see jt_change_let_wait() */
} JtChange;

JtChange *jt_change_new (void);
void      jt_change_free (JtChange *change);
void      jt_change_put_job (JtChange *change, JtJob *job);
void      jt_change_remove_job (JtChange *change, guint64 job, gint64 at_usec, gboolean delete_history);
void      jt_change_put_status (JtChange *change, guint64 job, const JtJobStatus *status);
void      jt_change_add_occurrence (JtChange *change, guint64 job, const char *key, const char *outcome, guint64 run);
void      jt_change_put_run (JtChange *change, JtRun *run);
void      jt_change_add_event (JtChange *change, JtEvent *event);
void      jt_change_add_request (JtChange *change, guint32 uid, const char *request_id, const char *digest,
                                 guint64 first_id, guint count);
void      jt_change_put_mark (JtChange *change, guint64 job, const char *entry, JtMark mark, const char *reason, guint64 run);
void      jt_change_clear_marks (JtChange *change, guint64 job);
void      jt_change_end_purge (JtChange *change, guint64 job);
void      jt_change_expire_run (JtChange *change, guint64 run, gboolean only_log);
/* Nobody waits for @change to be durable, and what it says could be found out again: it may wait some milliseconds for the next change and
 * go to the disk with that. The order of changes stays. */
void      jt_change_let_wait (JtChange *change);
void      jt_change_add_sample (JtChange *change, const JtSample *sample);
void      jt_change_set_meta (JtChange *change, const char *key, const char *value);
/* What comes of what is told, and who wants to be told. The change keeps a reference or copy of its own. */
void      jt_change_put_delivery (JtChange *change, JtDelivery *delivery);
/* @settings: a{sv}, floating or not, (nullable). */
void      jt_change_put_preferences (JtChange *change, guint32 uid, GVariant *settings, gint64 at_usec);
/* @text: (nullable) */
void      jt_change_put_template (JtChange *change, guint32 uid, const char *name, const char *text, gint64 at_usec);
void      jt_change_put_episode (JtChange *change, const JtEpisode *episode);
/* @recipient: (nullable) */
void      jt_change_end_episode (JtChange *change, guint64 job, const char *recipient);
void      jt_change_expire_deliveries (JtChange *change, gint64 before_usec, guint limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtChange, jt_change_free)
