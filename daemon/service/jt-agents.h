/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-outbox.h"

/* The connections that show popups: each registered by its user, and there until it leaves the bus. A popup goes to all agents of its
 * user, by unicast. Main loop only. */

#define JT_AGENTS_MAX 1000
#define JT_AGENTS_MAX_PER_USER 16

typedef struct _JtAgents JtAgents;

JtAgents *jt_agents_new (GDBusConnection *connection, JtOutbox *outbox);
void      jt_agents_free (JtAgents *self);
/* A second time does nothing. JT_ERROR_QUOTA_EXCEEDED. */
gboolean  jt_agents_add (JtAgents *self, const char *sender, guint32 uid, const char *user_name, GError **error);
void      jt_agents_remove (JtAgents *self, const char *sender);
gboolean  jt_agents_has (JtAgents *self, const char *sender);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtAgents, jt_agents_free)
