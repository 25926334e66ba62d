/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-delivery.h"

/* What is asked of the deliveries on record, and the answers that are no deliveries. Plain values. */

/* Rows that one question may be answered with. */
#define JT_DELIVERIES_MAX 1000
#define JT_TEMPLATES_MAX 1000

/* Open deliveries of one channel, to be worked at: with their facts.
 *
 * Without `each` they come oldest first (by id), from above `after` on. With it the recipients take turns in the order of their names,
 * from behind `after_recipient` on, each with at most so many of its oldest: then one with very many cannot keep the others waiting. The
 * recipient of the last row is the next question's after_recipient, and fewer rows than `limit` mean that the turn is over.
 *
 * With `wants_elders` what was tried before and may not be tried yet, though younger ones of the same recipient are due, stands in front
 * of these: for each at most so many, with a next_usec above until_usec. They do not count for `limit`. */
typedef struct
{
  char           *channel;
  JtDeliveryState state;           /* waiting, held or sending; set by the question that is asked */
  char           *recipient;       /* (nullable) of this one alone; then without turns */
  gboolean        is_of_user;      /* popups of the account `user` alone, whatever it was called: of channel "desktop", without turns */
  guint32         user;
  char           *hold;            /* (nullable) of held ones: kept back for this alone */
  guint64         after;
  char           *after_recipient; /* (nullable) */
  guint           each;
  gboolean        wants_elders;    /* with turns */
  gboolean        wants_first_due; /* of any recipient, without turns: what falls due first, and not what is the oldest */
  gint64          until_usec;      /* next_usec is not above; G_MAXINT64: any */
  guint           limit;           /* at most JT_DELIVERIES_MAX */
} JtDueQuery;

/* When something of a channel is to be done next, of what is later than was asked. 0: nothing. */
typedef struct
{
  char  *channel;      /* (owned) */
  gint64 waiting_usec; /* a waiting one may be tried */
  gint64 held_usec;    /* a held one is released */
} JtDeliveryTimes;

/* How many deliveries of a channel are in one state, of those on record. */
typedef struct
{
  char           *channel; /* (owned) */
  JtDeliveryState state;
  guint64         count;
  gint64          last_usec; /* of delivered ones: when the last one was */
} JtDeliveryCount;

/* What ListDeliveries asks for. Zero means any, but for user. */
typedef struct
{
  guint32  viewer;      /* uid of who asks: 0 sees all, others what is for them or about their jobs */
  guint32  states;      /* bit set 1 << JtDeliveryState */
  char    *channel;     /* (owned) (nullable) */
  char    *event;       /* (owned) (nullable) */
  char    *recipient;   /* (owned) (nullable) */
  guint64  job;
  guint64  run;
  gint64   user;        /* whom it is for; -1: any */
  gint64   since_usec;  /* created_usec >= since */
  gint64   until_usec;  /* created_usec < until */
  guint64  merged_into; /* what a digest tells */
  gboolean wants_facts; /* else they are left out */
} JtDeliveryFilter;

/* A template of a user's own. */
typedef struct
{
  char  *name; /* (owned) */
  gint64 changed_usec;
} JtTemplateEntry;

JtDueQuery *jt_due_query_new (const char *channel, gint64 until_usec, guint limit); /* of any recipient, without turns */
JtDueQuery *jt_due_query_new_for_user (guint32 user, gint64 until_usec, guint limit); /* popups */
void        jt_due_query_free (JtDueQuery *query);
JtDeliveryFilter *jt_delivery_filter_new (guint32 viewer);
JtDeliveryFilter *jt_delivery_filter_copy (const JtDeliveryFilter *filter);
void              jt_delivery_filter_free (JtDeliveryFilter *filter);
gboolean          jt_delivery_filter_match (const JtDeliveryFilter *filter, const JtDelivery *delivery);
void jt_delivery_times_free (JtDeliveryTimes *times);
void jt_delivery_count_free (JtDeliveryCount *count);
void jt_template_entry_free (JtTemplateEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDueQuery, jt_due_query_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDeliveryFilter, jt_delivery_filter_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDeliveryTimes, jt_delivery_times_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDeliveryCount, jt_delivery_count_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtTemplateEntry, jt_template_entry_free)
