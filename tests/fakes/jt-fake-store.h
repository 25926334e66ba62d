/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-store.h"

/* A record in memory, for tests of core alone: it keeps the rules of JtStore (order, refusals, all or nothing) and can
 * hold its answers back or fail. Answers come from the main loop. */

#define JT_TYPE_FAKE_STORE (jt_fake_store_get_type ())
G_DECLARE_FINAL_TYPE (JtFakeStore, jt_fake_store, JT, FAKE_STORE, GObject)

JtStore *jt_fake_store_new (void);
/* From now on commits fail, and so do loads, until FALSE is set. */
void jt_fake_store_set_failing (JtFakeStore *self, gboolean is_failing);
guint  jt_fake_store_count_commits (JtFakeStore *self);
/* Everything else that was asked of it. */
guint  jt_fake_store_count_questions (JtFakeStore *self);
/* Any run ever put. (nullable) borrowed */
JtRun *jt_fake_store_get_run (JtFakeStore *self, guint64 id);
guint  jt_fake_store_count_runs (JtFakeStore *self);
/* Any delivery that is on record. (nullable) borrowed */
JtDelivery *jt_fake_store_get_delivery (JtFakeStore *self, guint64 id);
/* (nullable) borrowed */
JtEpisode  *jt_fake_store_get_episode (JtFakeStore *self, guint64 job, const char *recipient);
/* The newest 1000 deliveries, with their facts, newest first. (element-type JtDelivery) (transfer full) */
GPtrArray  *jt_fake_store_list_deliveries (JtFakeStore *self);
/* What list_expired answers next, before what deleted history left. @expired: (transfer full) */
void jt_fake_store_add_expired (JtFakeStore *self, JtStoreExpired *expired);
/* The questions after what has had its time since the last call: "after 0 own 2, …". (transfer full) */
char *jt_fake_store_take_expiry_log (JtFakeStore *self);
/* The marks of jobs that wait for others still: "JOB after ENTRY: good, …", in order. (transfer full) */
char *jt_fake_store_list_marks (JtFakeStore *self);
/* Waits (main loop) until every answer is out. */
void jt_fake_store_settle (JtFakeStore *self);
