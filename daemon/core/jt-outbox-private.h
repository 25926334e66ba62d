/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-outbox.h"
#include "jt-throttle.h"

/* What the files of the outbox share. Nobody else includes this. */

/* So many are told in one at most; it lists them all. */
#define JT_OUTBOX_MAX_DIGEST 500
/* Recipients whose pace is remembered. */
#define JT_OUTBOX_MAX_PACED 10000

/* One channel at its work. */
typedef struct
{
  JtOutbox  *outbox;       /* (unowned) */
  char      *name;
  JtFamily   family;
  guint      max_batch;
  gboolean   is_gone;      /* no longer configured: nothing is begun any more */
  gboolean   is_busy;      /* one thing at a time */
  gboolean   has_news;     /* while it was busy more has come */
  JtAlarm    alarm;
  guint      n_failures;   /* in a row, of the channel as a whole */
  gint64     paused_until_usec; /* 0: not paused */
  char      *problem;      /* (nullable) */
  char      *after_recipient; /* (nullable) whose turn was the last */
  GPtrArray *batch;        /* (owned) (nullable) (element-type JtDelivery) being made or sent */
  GPtrArray *messages;     /* (owned) (nullable) (element-type JtMessage) */
  guint      n_delivered;  /* since the service began */
} Lane;

/* The popups of one user. */
typedef struct
{
  JtOutbox  *outbox;    /* (unowned) */
  guint32    uid;
  char      *recipient; /* "user:alice" */
  guint      n_agents;
  gboolean   is_busy;
  gboolean   has_news;
  gboolean   wants_summary; /* the next look is the first since somebody came */
  GPtrArray *shown;     /* (owned) (element-type JtDelivery) sending: of which the agent has not told yet */
  GPtrArray *batch;     /* (owned) (nullable) being made */
  guint      next;      /* of batch */
  JtAlarm    alarm;     /* nobody has told by then */
  gint64     retry_usec; /* no earlier, after a popup could not be shown */
} Desk;

struct _JtOutbox
{
  GObject     parent;
  JtTracker  *tracker;   /* (owned) */
  JtNotifier *notifier;  /* (owned) */
  JtChannels *channels;  /* (owned) */
  JtComposer *composer;  /* (owned) */
  GHashTable *lanes;     /* (element-type utf8 Lane) (owned) */
  GHashTable *desks;     /* (element-type uid Desk) (owned) */
  GHashTable *throttles; /* (element-type utf8 JtThrottle) (owned) of recipient and channel */
  GHashTable *blocked;   /* (element-type utf8 gint64*) (owned) recipient and channel → no earlier: the oldest has to be tried again */
  JtAlarm     reminder;
  JtAlarm     sweep;     /* deliveries that have had their time */
  gboolean    is_sweeping;
  gboolean    sweeps_more; /* this look did not come to an end */
  guint64     n_excess;    /* so many more than are kept are over */
  guint64     n_crowded;   /* so many more popups wait than may */
  gboolean    is_started;
  gboolean    is_reminding;
  GSource    *changed_source; /* (owned) (nullable) */
};

gint64 jt_outbox_now (JtOutbox *self);
/* Counts or a channel's state may be others. */
void   jt_outbox_queue_changed (JtOutbox *self);
/* More may be waiting for everybody. */
void   jt_outbox_look (JtOutbox *self);
/* (transfer full) its copy in @state, in @change. */
JtDelivery *jt_outbox_move (JtChange *change, const JtDelivery *delivery, JtDeliveryState state);

/* --- lanes (jt-outbox-lane.c) --- */

Lane *jt_lane_new (JtOutbox *outbox, const char *name);
void  jt_lane_free (Lane *lane);
void  jt_lane_work (Lane *lane);
void  jt_lane_rest (Lane *lane); /* nothing is under way: what comes next, or when */

/* --- what is held (jt-outbox-release.c) --- */

/* Lets go what has been held for long enough; jt_lane_rest() or the search for what is due follows. */
void jt_lane_release (Lane *lane);
/* (element-type JtDelivery) of one recipient: one is let go as it is, of several a digest is made. */
void jt_outbox_merge (JtOutbox *self, JtChange *change, GPtrArray *held, const char *event, gboolean is_storm);

/* --- a batch (jt-outbox-batch.c) --- */

/* @due: (transfer full) (element-type JtDelivery) at least one. */
void jt_lane_send (Lane *lane, GPtrArray *due);

/* --- popups (jt-outbox-desk.c) --- */

void jt_desk_free (Desk *desk);
void jt_desk_work (Desk *desk);

/* --- what has had its time (jt-outbox-sweep.c) --- */

void jt_outbox_begin_sweeps (JtOutbox *self);

/* --- reminders (jt-outbox-reminders.c) --- */

void jt_outbox_plan_reminder (JtOutbox *self);
