/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-service-private.h"

/* What the files of org.example.JobTracker.Notifications share. */

/* The first argument is the uid whose things are meant: their own, or the caller is the administrator. FALSE: refused, the call is gone. */
gboolean jt_notifications_check_user (JtCall *call, guint32 *uid);
/* @row of a channel with what @counts (element-type JtDeliveryCount) say of it. Floating a{sv}. */
GVariant *jt_notifications_add_counts (GVariant *row, GPtrArray *counts);
/* jt-notifications-templates.c */
void jt_notifications_handle_list_templates (JtCall *call);
void jt_notifications_handle_get_template (JtCall *call);
void jt_notifications_handle_set_template (JtCall *call);
void jt_notifications_handle_render_template (JtCall *call);
/* jt-notifications-deliveries.c */
void jt_notifications_handle_list_deliveries (JtCall *call);
void jt_notifications_handle_retry_delivery (JtCall *call);
/* jt-notifications-explain.c */
void jt_notifications_handle_explain_run (JtCall *call);
