/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* A notification on its way to one recipient by one channel: a row that is written in the transaction of what it tells, and stays
 * on record whatever becomes of it. JtDelivery is reference-counted and immutable once shared; to change one, copy, change the
 * copy, share that. Instants are usec since the epoch, 0 unknown.
 *
 * What never changes once it is on record: id, event, severity, run, job, job_name, owner, user, user_name, recipient, channel,
 * created_usec, rule, message_id, thread and facts. */

typedef enum
{
  JT_DELIVERY_WAITING,    /* for its turn, from next_usec on */
  JT_DELIVERY_HELD,       /* kept back on purpose, see `hold`, until next_usec */
  JT_DELIVERY_SENDING,    /* handed to its channel, which has not said yet what became of it */
  JT_DELIVERY_DELIVERED,
  JT_DELIVERY_FAILED,     /* refused for good; a person may have it tried again */
  JT_DELIVERY_EXPIRED,    /* its age limit passed before it could be delivered */
  JT_DELIVERY_MERGED,     /* told by the row merged_into */
  JT_DELIVERY_SUPPRESSED, /* a rule would have told it, but something kept it silent: `reason` */
  JT_N_DELIVERY_STATES
} JtDeliveryState;

/* Facts larger than this are not kept; the record cuts a text there. */
#define JT_DELIVERY_MAX_FACTS (64 * 1024)
#define JT_DELIVERY_MAX_TEXT 2048
/* In the place of what another user's preferences say. */
#define JT_DELIVERY_OWN_RULES "their own preferences decide"

const char *jt_delivery_state_to_string (JtDeliveryState state);
gboolean    jt_delivery_state_from_string (const char *text, JtDeliveryState *state);
/* Waiting, held or sending: something is still to be done. */
gboolean    jt_delivery_state_is_open (JtDeliveryState state);
gboolean    jt_delivery_state_may_follow (JtDeliveryState from, JtDeliveryState to);

typedef struct
{
  gatomicrefcount ref_count;
  guint64  id;            /* given by core, rising */
  char    *event;         /* "failed" */
  char    *severity;      /* "error" */
  guint64  run;           /* 0 none */
  guint64  job;           /* 0 none */
  char    *job_name;      /* (nullable) */
  guint32  owner;         /* of the job, who sees it too; of what has no job: whom it is for */
  gboolean is_user;       /* it is for a user of this machine */
  guint32  user;          /* who that is */
  char    *user_name;     /* (nullable) */
  char    *recipient;     /* "user:alice", "email:ops@example.com", "webhook:NAME" */
  char    *channel;       /* "email" */
  char    *address;       /* (nullable) what the channel needs to reach them */
  JtDeliveryState state;
  char    *hold;          /* (nullable) of a held one: "quiet-hours", "digest", "throttle", "escalation" */
  gint64   created_usec;
  gint64   next_usec;     /* when it may be tried, or is released */
  guint    attempts;
  gint64   delivered_usec;
  gint64   expires_usec;  /* 0: never */
  char    *reason;        /* (nullable) the last error, or why it is kept back */
  char    *detail;        /* (nullable) what the channel said */
  char    *rule;          /* (nullable) why this recipient is told */
  char    *message_id;
  char    *thread;        /* (nullable) for References */
  guint64  merged_into;   /* the delivery that tells it, 0 none */
  guint    count;         /* of a digest: how many it tells */
  guint    ambiguous;     /* how often it may have been delivered without anybody saying so */
  GVariant *facts;        /* a{sv} (owned) (nullable) what was true when it happened; NULL too where a list leaves them out */
} JtDelivery;

JtDelivery *jt_delivery_new (void); /* waiting, all else zero; one reference */
JtDelivery *jt_delivery_copy (const JtDelivery *delivery); /* deep, but for the facts, which are immutable */
JtDelivery *jt_delivery_ref (JtDelivery *delivery);
void        jt_delivery_unref (JtDelivery *delivery);
/* @facts: a{sv}, floating or not, (nullable). FALSE: they are too large, and @delivery (not yet shared) is without them. */
gboolean    jt_delivery_set_facts (JtDelivery *delivery, GVariant *facts);
/* Moves @delivery (not yet shared) to @state; JT_ERROR_WRONG_STATE when that may not follow. What a state leaves behind (`hold` of
 * what is no longer held) is cleared. */
gboolean    jt_delivery_set_state (JtDelivery *delivery, JtDeliveryState state, GError **error);
/* Whom it is for, the job's owner and the administrator. */
gboolean    jt_delivery_is_visible_to (const JtDelivery *delivery, guint32 viewer);
/* It is another user's, which the job's owner may see. What their preferences keep back is theirs to let go. */
gboolean    jt_delivery_is_foreign_to (const JtDelivery *delivery, guint32 viewer);
/* (transfer full) as @viewer may see it: of another user's neither the address nor what their preferences say. */
JtDelivery *jt_delivery_show_to (JtDelivery *delivery, guint32 viewer);
/* The row of ListDeliveries. Floating a{sv}. */
GVariant   *jt_delivery_to_row (const JtDelivery *delivery);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDelivery, jt_delivery_unref)
