/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-composer.h"
#include "jt-outbox.h"
#include "jt-tracker.h"

/* The service on the bus: takes calls, has them authorized, hands them to the tracker, answers, and tells of what
 * changes. It knows one connection at a time; without one it does nothing, and the tracker goes on. Owned by
 * jt-daemon.c. Main loop only.
 *
 * Signals: "lost" (const char *reason)   the connection closed, or the name went to somebody else
 *          "configured" (JtConfig *)     the configuration was read anew, and holds */

#define JT_TYPE_SERVICE (jt_service_get_type ())
G_DECLARE_FINAL_TYPE (JtService, jt_service, JT, SERVICE, GObject)

/* @config: where Reload reads again, and the limits. @is_system: rights and signals as on the system bus. */
JtService *jt_service_new (JtTracker *tracker, JtAccounts *accounts, JtConfig *config, gboolean is_system);
/* The parts of the configuration that the command line set stay as they are when it is read anew (each nullable). */
void       jt_service_set_overrides (JtService *self, const char *state_directory, const char *job_directory,
                                     const char *supervisor);
/* Without them nobody is notified, and whoever asks is told so. Before attaching. */
void       jt_service_set_notifications (JtService *self, JtNotifier *notifier, JtOutbox *outbox, JtComposer *composer);
/* Exports the objects and takes the name. JT_ERROR_EXISTS when another process has it: nothing is exported then. */
void       jt_service_attach_async (JtService *self, GDBusConnection *connection, GCancellable *c, GAsyncReadyCallback cb,
                                    gpointer data);
gboolean   jt_service_attach_finish (JtService *self, GAsyncResult *result, GError **error);
/* Takes everything back from the bus. */
void       jt_service_detach (JtService *self);
/* Reads configuration and job files again, on a pool thread. Finish: a row per problem, aa{sv} (transfer full), not an error. One at a time:
 * JT_ERROR_OVERLOADED. */
void       jt_service_reload_async (JtService *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GVariant  *jt_service_reload_finish (JtService *self, GAsyncResult *result, GError **error);
