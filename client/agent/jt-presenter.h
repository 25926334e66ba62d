/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-popup-content.h"

/* The notification server of the session, by libnotify, whose calls wait for the server's answer: they are made by a thread
 * that does nothing else, so that a server that hangs keeps nobody waiting. Whoever made it owns it; signals come on the main
 * loop.
 *
 * Signals: "server" (JtServerInfo *info)  which server there is now; NULL: none;
 *          "shown" (guint64 place, const char *problem)  the answer to each jt_presenter_show(); problem is NULL when it went well;
 *          "closed" (guint64 place, const char *outcome)  dismissed, expired or closed;
 *          "action" (guint64 place, const char *action, const char *token)  chosen; token is for what is opened, or NULL. */

#define JT_TYPE_PRESENTER (jt_presenter_get_type ())
G_DECLARE_FINAL_TYPE (JtPresenter, jt_presenter, JT, PRESENTER, GObject)

JtPresenter *jt_presenter_new (GDBusConnection *session);
void         jt_presenter_show (JtPresenter *self, guint64 place, const JtPopupContent *content);
void         jt_presenter_close (JtPresenter *self, guint64 place);
