/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-store.h"

/* What JtFakeStore keeps of notifications: the same answers as the real store's, by going through everything. */

typedef struct _JtFakeNotifications JtFakeNotifications;

JtFakeNotifications *jt_fake_notifications_new (void);
void jt_fake_notifications_free (JtFakeNotifications *self);
/* FALSE: @item is about something else. */
gboolean jt_fake_notifications_apply (JtFakeNotifications *self, const JtChangeItem *item);
void     jt_fake_notifications_load (JtFakeNotifications *self, JtStoreContents *contents);

GPtrArray  *jt_fake_notifications_list_open (JtFakeNotifications *self, const JtDueQuery *query);
GPtrArray  *jt_fake_notifications_next (JtFakeNotifications *self, gint64 after_usec);
GPtrArray  *jt_fake_notifications_count (JtFakeNotifications *self);
GPtrArray  *jt_fake_notifications_list (JtFakeNotifications *self, const JtDeliveryFilter *filter, guint64 before, guint limit);
JtDelivery *jt_fake_notifications_get (JtFakeNotifications *self, guint64 id); /* (nullable) borrowed */
const char *jt_fake_notifications_get_template (JtFakeNotifications *self, guint32 uid, const char *name); /* (nullable) borrowed */
GPtrArray  *jt_fake_notifications_list_templates (JtFakeNotifications *self, guint32 uid);
JtEpisode  *jt_fake_notifications_get_episode (JtFakeNotifications *self, guint64 job, const char *recipient); /* (nullable) borrowed */
