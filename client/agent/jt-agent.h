/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The agent: services on one side, the notification server on the other, the board between them. Owned by main(). */

#define JT_TYPE_AGENT (jt_agent_get_type ())
G_DECLARE_FINAL_TYPE (JtAgent, jt_agent, JT, AGENT, GObject)

JtAgent *jt_agent_new (GDBusConnection *session, const char *system_address, const char *session_address);
