/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-decision.h"
#include "jt-notifier.h"

/* What the files of the notifier share. Nobody else includes this. */

struct _JtNotifier
{
  GObject     parent;
  JtClock    *clock;       /* (owned) */
  JtAccounts *accounts;    /* (owned) (nullable) */
  char       *domain;
  gboolean    is_enabled;
  GHashTable *max_ages;    /* (element-type utf8 gint64*) (owned) of channels beside "desktop" */
  GHashTable *mail_channels; /* (element-type utf8) (owned) set of those that want an address */
  GHashTable *preferences; /* (element-type uid JtPreferences) (owned) */
  JtPreferences *defaults; /* (owned) */
  GHashTable *episodes;    /* (element-type guint64* GPtrArray<JtEpisode>) (owned) by job */
  GHashTable *users;       /* (element-type utf8 guint64*) (owned) uid of a name, NO_SUCH_USER; what is not there was not answered yet */
  GHashTable *remembered;  /* (element-type utf8 guint64*) (owned) what that was before the service began, as it is on record */
  GHashTable *unsaved;     /* (element-type utf8) (owned) names that the record does not know so yet */
  GHashTable *asked;       /* (element-type utf8) (owned) names that are being looked up, or are to be */
  GQueue      to_ask;      /* (element-type utf8) (unowned) of these, those whose turn has not come */
  guint       n_reminding; /* of `preferences`: those that ask for reminders or escalation */
  guint64     last_id;
};

#define JT_NO_SUCH_USER G_MAXUINT64
/* Look-ups at a time: where accounts come from a server that does not answer, each holds a thread of the pool that others need. */
#define JT_NOTIFIER_MAX_LOOKUPS 4
/* When so many are known, those that nobody has are forgotten. */
#define JT_NOTIFIER_MAX_NAMES 10000

/* Who is told of a job. */
typedef struct
{
  char          *text;        /* (owned) "user:alice" */
  char          *user_name;   /* (owned) (nullable) */
  gboolean       is_user;     /* and uid is known */
  guint32        uid;
  char          *address;     /* (owned) (nullable) */
  const char    *only;        /* (unowned) (nullable) channel by which alone they are reached */
  char          *fault;       /* (owned) (nullable) why they cannot be */
  JtPreferences *preferences; /* (owned) */
} JtRecipient;

/* "user:alice", "email:…", "webhook:NAME" */
JtRecipient *jt_notifier_make_recipient (JtNotifier *self, const char *text);
void         jt_recipient_free (JtRecipient *recipient);
/* Has the user looked up who is named; any other recipient is passed over. */
void jt_notifier_expect_user (JtNotifier *self, const char *recipient);
/* Right after a start nobody has been looked up yet, and just then there is much to tell: what names meant last is on record. */
void jt_notifier_load_users (JtNotifier *self, GHashTable *meta);
void jt_notifier_save_users (JtNotifier *self, JtChange *change);
/* (element-type JtRecipient) without anybody twice */
GPtrArray *jt_notifier_list_recipients (JtNotifier *self, const JtJob *job);
/* Those who know of trouble of the job because it was escalated to them, unless they are there. */
void jt_notifier_add_escalated (JtNotifier *self, GPtrArray *recipients, const JtJob *job);
JtEpisode *jt_notifier_find_episode (JtNotifier *self, guint64 job, const char *recipient);
/* The same, not on record. */
void jt_notifier_keep_episode (JtNotifier *self, JtEpisode *episode); /* (transfer full) */
void jt_notifier_put_episode (JtNotifier *self, JtChange *change, JtEpisode *episode); /* (transfer full) */
void jt_notifier_drop_episode (JtNotifier *self, JtChange *change, guint64 job, const char *recipient);
GPtrArray *jt_notifier_decide (JtNotifier *self, const JtRecipient *recipient, const JtNews *news);
GPtrArray *jt_notifier_decide_escalation (JtNotifier *self, const JtRecipient *recipient, const JtNews *news, gint64 told_usec);
/* Until when all of @decisions that tell anybody are held; 0: some are not. */
gint64 jt_notifier_get_hold (GPtrArray *decisions);
/* Rows of @decisions. Returns whether there are any that are on their way. */
gboolean jt_notifier_put_decisions (JtNotifier *self, JtChange *change, const JtRecipient *recipient, const JtNews *news, GPtrArray *decisions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtRecipient, jt_recipient_free)
