/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "json.h"
#include "jobctl.h"

/* How notifications get on, for `jobctl status`: what waits, what was given up lately, which channels have problems. */

typedef struct
{
  GPtrArray *channels;   /* (element-type GVariant) (owned) (nullable) rows; NULL: this service notifies nobody */
  guint      n_given_up; /* deliveries of the last day that failed or expired */
  gboolean   has_more;   /* and there are more of them than were asked for */
} NotifyHealth;

gboolean notify_health_ask (NotifyHealth *health, Context *context, GError **error);
void     notify_health_clear (NotifyHealth *health);
guint64  notify_health_count (const NotifyHealth *health, const char *key);
char    *notify_health_describe (const NotifyHealth *health);
char    *notify_health_describe_problem (Context *context, GVariant *channel);
void     notify_health_add_to_json (const NotifyHealth *health, JsonObject *object);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NotifyHealth, notify_health_clear)
