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
/* So long after the record could not be read or written it is tried again, should nobody say before that it is back. */
#define JT_OUTBOX_TROUBLE_USEC (60 * (gint64) G_USEC_PER_SEC)

/* A channel that asked to be left alone is tried again after this. */
#define JT_OUTBOX_LONG_PAUSE_USEC (6 * 3600 * (gint64) G_USEC_PER_SEC)

typedef struct _Recovery Recovery;

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
  guint      limit;        /* of what was asked for last */
  gint64     asked_usec;   /* when that was */
  gboolean   has_moved;    /* in this turn of all recipients something was sent, held, put off or given up */
  guint      n_failures;   /* in a row, of the channel as a whole */
  guint      n_rests;      /* in a row, of a channel that answers and takes nothing for anybody */
  GHashTable *vain;        /* (element-type utf8) (owned) recipients who could not be reached since anybody was */
  gboolean   knows_pace;   /* how much went before the service began: nothing is sent before */
  GPtrArray *due;          /* (owned) (nullable) (element-type JtDelivery) what waits for that */
  GPtrArray *taken_back;   /* (owned) (element-type JtDelivery) that may have gone, of which nobody knows when */
  GHashTable *blocked;     /* (element-type utf8 gint64*) (owned) recipient → no earlier: the oldest has to be tried again */
  GHashTable *known;       /* (element-type utf8) (owned) recipients of whom `blocked` has the last word; of others the record has it */
  gint64     paused_until_usec; /* 0: not paused */
  JtThrottle wakes;        /* how often somebody had its pause ended */
  char      *problem;      /* (nullable) */
  char      *after_recipient; /* (nullable) whose turn was the last */
  GPtrArray *batch;        /* (owned) (nullable) (element-type JtDelivery) being made or sent */
  GPtrArray *messages;     /* (owned) (nullable) (element-type JtMessage) */
} Lane;

/* The popups of one user. */
typedef struct
{
  JtOutbox  *outbox;    /* (unowned) */
  guint32    uid;
  guint      n_agents;
  gboolean   is_busy;
  gboolean   has_news;
  gboolean   wants_summary; /* the next look is the first since somebody came */
  GPtrArray *shown;     /* (owned) (element-type JtDelivery) sending: of which the agent has not told yet; next_usec: it should have by then */
  GPtrArray *batch;     /* (owned) (nullable) being made */
  guint      next;      /* of batch */
  JtAlarm    silence;   /* the first of `shown` should have been told of */
  JtAlarm    alarm;     /* something waits, or is held, until then */
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
  JtAlarm     reminder;
  JtAlarm     sweep;     /* deliveries that have had their time */
  gboolean    is_sweeping;
  gboolean    sweeps_more; /* this look did not come to an end */
  guint64     n_excess;    /* so many more than are kept are over */
  guint64     n_crowded;   /* so many more popups wait, or are held, than may */
  guint       n_given_up;  /* of them, in this look */
  gboolean    is_started;
  Recovery   *recovery;   /* (owned) (nullable) of what was being sent: nothing is begun before it ends */
  JtAlarm     recovering; /* it is tried again */
  gboolean    is_held_back; /* the service is not there yet */
  gboolean    is_reminding;
  gboolean    is_giving_up;
  GSource    *changed_source; /* (owned) (nullable) */
};

gint64 jt_outbox_now (JtOutbox *self);
/* Counts or a channel's state may be others. */
void   jt_outbox_queue_changed (JtOutbox *self);
/* More may be waiting for everybody. */
void   jt_outbox_look (JtOutbox *self);
/* More popups may be waiting. */
void   jt_outbox_look_at_desks (JtOutbox *self);
/* (transfer full) its copy in @state. */
JtDelivery *jt_outbox_move (const JtDelivery *delivery, JtDeliveryState state);
/* @delivery has had its time. */
void   jt_outbox_expire (JtChange *change, const JtDelivery *delivery);
/* (transfer full) The same of all that goes to one recipient at one address. */
char  *jt_outbox_key_of (const JtDelivery *delivery);
/* A channel or an agent has it, or is about to: what is read of it meanwhile is old. */
gboolean jt_outbox_is_under_way (JtOutbox *self, const JtDelivery *delivery);
gboolean jt_outbox_is_over (JtOutbox *self, const JtDelivery *delivery);

/* --- lanes (jt-outbox-lane.c) --- */

Lane *jt_lane_new (JtOutbox *outbox, const char *name);
void  jt_lane_free (Lane *lane);
void  jt_lane_work (Lane *lane);
/* @delivery may have been sent before the service began. */
void  jt_lane_note_sent (Lane *lane, JtDelivery *delivery);
void  jt_lane_rest (Lane *lane); /* nothing is under way: what comes next, or when */

/* --- what is held (jt-outbox-release.c) --- */

/* Lets go what has been held for long enough; jt_lane_rest() or the search for what is due follows. */
void jt_lane_release (Lane *lane);
/* (element-type JtDelivery) of one recipient: one is let go as it is, of several a digest is made. */
void jt_outbox_merge (JtOutbox *self, JtChange *change, GPtrArray *held, const char *event, gboolean is_storm);

/* --- a batch (jt-outbox-batch.c) --- */

/* What went lately counts for how much may go. Sorts @sent. */
void jt_outbox_take_pace (JtOutbox *self, GPtrArray *sent);
/* What @due tells of who has to wait for the oldest. Returns how many of them are there for that alone, and may not go. */
guint jt_lane_learn (Lane *lane, GPtrArray *due);
/* A person wants to see what becomes of @delivery: nothing older keeps it waiting. */
void jt_lane_let_by (Lane *lane, const JtDelivery *delivery);
/* @due: (transfer full) (element-type JtDelivery) at least one. */
void jt_lane_send (Lane *lane, GPtrArray *due);

/* --- what was being sent when it ended (jt-outbox-recover.c) --- */

/* @counts: (element-type JtDeliveryCount) as they are on record. */
void jt_outbox_recover (JtOutbox *self, GPtrArray *counts);
void jt_outbox_end_recovery (JtOutbox *self);

/* --- what waited for too long (jt-outbox-overdue.c) --- */

void jt_outbox_give_up_overdue (JtOutbox *self);

/* --- popups (jt-outbox-desk.c) --- */

void jt_desk_free (Desk *desk);
void jt_desk_work (Desk *desk);

/* --- what has had its time (jt-outbox-sweep.c) --- */

void jt_outbox_begin_sweeps (JtOutbox *self);

/* --- reminders (jt-outbox-reminders.c) --- */

void jt_outbox_plan_reminder (JtOutbox *self);
