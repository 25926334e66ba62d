/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-accounts.h"
#include "jt-change.h"
#include "jt-clock.h"
#include "jt-news.h"
#include "jt-preferences.h"
#include "jt-store.h"

/* Who is told what: it holds the preferences of all users and the troubles that were told, decides what becomes of each event, and puts
 * the rows of that into the change that makes the event true. It sends nothing and asks nobody; the outbox does. What it holds is the
 * planned state: the tracker has it load anew when the storage failed. Main loop only. */

#define JT_TYPE_NOTIFIER (jt_notifier_get_type ())
G_DECLARE_FINAL_TYPE (JtNotifier, jt_notifier, JT, NOTIFIER, GObject)

/* @accounts: (nullable) for users named by jobs that are not theirs. */
JtNotifier *jt_notifier_new (JtClock *clock, JtAccounts *accounts);
/* @domain: behind the @ of Message-IDs. */
void jt_notifier_set_domain (JtNotifier *self, const char *domain);
/* FALSE: nobody is told of anything. */
void jt_notifier_set_enabled (JtNotifier *self, gboolean enabled);
/* How long what goes by @channel (nullable: any other) is tried, and which channels there are besides "desktop". */
/* @max_ages: (element-type utf8 gint64*) (transfer full) by name. @mail_channels: (element-type utf8) (transfer full) those of them that
 * send mail, whatever their name. */
void jt_notifier_set_channels (JtNotifier *self, GHashTable *max_ages, GHashTable *mail_channels);
gboolean jt_notifier_has_channel (JtNotifier *self, const char *channel);
void jt_notifier_load (JtNotifier *self, JtStoreContents *contents);
/* The users that @job names may be looked up before something happens to it. */
void jt_notifier_expect_job (JtNotifier *self, const JtJob *job);

/* The account that has @uid is called @name now: it is here. */
void jt_notifier_learn_user (JtNotifier *self, const char *name, guint32 uid);

guint64 jt_notifier_take_id (JtNotifier *self);
/* Never NULL; of who never set anything the defaults. Borrowed. */
JtPreferences *jt_notifier_get_preferences (JtNotifier *self, guint32 uid);
/* NULL: the defaults again. */
void jt_notifier_put_preferences (JtNotifier *self, JtChange *change, guint32 uid, JtPreferences *preferences);

/* A run of @job has become what it is now; @is_begin: it has just begun. Returns whether somebody will be told. */
gboolean jt_notifier_note_run (JtNotifier *self, JtChange *change, const JtJob *job, const JtJobStatus *status, const JtRun *run, gboolean is_begin);
/* Anything else. */
gboolean jt_notifier_note (JtNotifier *self, JtChange *change, const JtNews *news);
/* @job was heard of again, without a run having succeeded. */
gboolean jt_notifier_note_heard (JtNotifier *self, JtChange *change, const JtJob *job, const JtJobStatus *status);
/* Somebody has seen it: no reminders any more. */
void jt_notifier_note_acknowledged (JtNotifier *self, JtChange *change, guint64 job, const char *by);
/* @job is muted until then, or no longer: reminders are put off. */
void jt_notifier_note_muted (JtNotifier *self, guint64 job, gint64 until_usec);
/* @job goes. */
void jt_notifier_forget_job (JtNotifier *self, JtChange *change, guint64 job);

/* A test of @channel: a delivery of its own to @uid. (transfer full) */
JtDelivery *jt_notifier_make_test (JtNotifier *self, guint32 uid, const char *user_name, const char *channel, const char *address);

/* What would be decided now about @news, row by row: event s, user s, recipient s, channel s, verdict s, rule s, reason s, until t.
 * (element-type GVariant a{sv}, floating no longer) (transfer full)
 * @told: (element-type utf8) (nullable) recipients who knew of trouble when it happened: for them a success was the recovery. */
GPtrArray *jt_notifier_explain (JtNotifier *self, const JtNews *news, GHashTable *told);

/* The first instant at which somebody is to be reminded or something escalates, G_MAXINT64 never; and the episode that it is
 * (nullable). Borrowed. */
const JtEpisode *jt_notifier_get_next_reminder (JtNotifier *self, gint64 *at_usec);
/* Reminds of @episode: @news is the trouble, as it is on record. */
gboolean jt_notifier_remind (JtNotifier *self, JtChange *change, const JtEpisode *episode, JtNews *news);
/* It cannot be reminded of: the job or the run are no more. */
void jt_notifier_end_episode (JtNotifier *self, JtChange *change, const JtEpisode *episode);
