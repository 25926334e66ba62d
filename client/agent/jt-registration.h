/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-link.h"
#include "jt-popup-content.h"

/* The agent as one service knows it: registers with each service that comes, takes what it has to show, and tells it what
 * became of it. Reports for a service that is away are kept for the next one. It is on the bus only while there is a
 * notification server, so that a service does not send what nobody can show. Whoever made it owns it. Main loop only.
 *
 * Signals: "popup" (JtPopup *popup)  to be shown. */

#define JT_TYPE_REGISTRATION (jt_registration_get_type ())
G_DECLARE_FINAL_TYPE (JtRegistration, jt_registration, JT, REGISTRATION, GObject)

JtRegistration *jt_registration_new (JtLink *link);
void            jt_registration_set_server (JtRegistration *self, const JtServerInfo *info);
void            jt_registration_leave (JtRegistration *self);
void            jt_registration_report (JtRegistration *self, guint64 id, const char *outcome, const char *detail);
JtLink         *jt_registration_get_link (JtRegistration *self);
