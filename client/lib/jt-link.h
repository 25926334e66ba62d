/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The service on one bus, for programs that must not wait. Connects with a connection of its own, watches who owns the
 * name, and hears the signals that the owner sends to this connection and no others: nobody else can pose as the service,
 * and what is broadcast passes by. A connection that is lost is made again, first soon, then ever more seldom. Starts no
 * service that is not running. Whoever made it owns it; it lives on the thread that started it.
 *
 * Signals: "appeared" ()  a service owns the name; calls go to it from now on;
 *          "vanished" ()  it does not any more, or the bus is gone;
 *          "heard" (s member, GVariant parameters)  it sent this signal of the interface of notifications to us. */

#define JT_TYPE_LINK (jt_link_get_type ())
G_DECLARE_FINAL_TYPE (JtLink, jt_link, JT, LINK, GObject)

JtLink     *jt_link_new (const char *name, const char *address);
void        jt_link_start (JtLink *self);
void        jt_link_stop (JtLink *self);
const char *jt_link_get_name (JtLink *self);
gboolean    jt_link_has_service (JtLink *self);

void      jt_link_call_async (JtLink *self, const char *path, const char *interface, const char *method, GVariant *parameters,
                              GAsyncReadyCallback callback, gpointer user_data);
GVariant *jt_link_call_finish (JtLink *self, GAsyncResult *result, GUnixFDList **descriptors, GError **error);

guint jt_link_backoff_msec (guint n_failures, double random);
