/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-settings.h"

/* The machine around the service, as core wants it: whether conditions hold, what happens that starts jobs, files that change,
 * sleep that is put off, and waking up. The real one is platform's (logind, UPower, NetworkManager, systemd, inotify); it asks
 * nobody before a job needs it. Main loop only; nothing here blocks.
 *
 * Signals:
 *   "occurred" (guint64 job, const char *cause)  one of the job's `on-event` happened ("network-up"), or one of its `watch-path`
 *                                               changed and has been quiet for `watch-settle` ("watch-path:/srv/in")
 *   "looked"   (guint64 run, const char *unmet) the answer to jt_surroundings_look(): the first condition that does not hold, as
 *                                               text; NULL: all hold */

#define JT_TYPE_SURROUNDINGS (jt_surroundings_get_type ())
G_DECLARE_INTERFACE (JtSurroundings, jt_surroundings, JT, SURROUNDINGS, GObject)

struct _JtSurroundingsInterface
{
  GTypeInterface parent;
  void (*check_async) (JtSurroundings *self, JtSettings *settings, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  gboolean (*check_finish) (JtSurroundings *self, GAsyncResult *result, GError **error);
  void (*watch) (JtSurroundings *self, guint64 job, JtSettings *settings, guint32 uid);
  void (*look) (JtSurroundings *self, guint64 run, JtSettings *settings, guint32 uid, gboolean keeps_looking);
  void (*stop_looking) (JtSurroundings *self, guint64 run);
  void (*inhibit_async) (JtSurroundings *self, guint64 run, JtSettings *settings, const char *why, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  gboolean (*inhibit_finish) (JtSurroundings *self, GAsyncResult *result, GError **error);
  void (*release) (JtSurroundings *self, guint64 run);
  void (*set_wake) (JtSurroundings *self, gint64 realtime_usec);
};

/* Whether @settings ask for anything of this: `condition`, `on-event` (but startup), `watch-path`, `inhibit`, `wake`. */
gboolean jt_surroundings_are_needed (JtSettings *settings);
/* One of these keys that does; NULL: none. */
const char *jt_surroundings_find_need (JtSettings *settings);
/* At definition: JT_ERROR_NOT_SUPPORTED naming the key, the entry and what is missing on this machine ("on-event: 'login': there is no
 * logind here"). What may be there later but is not now (a path) is no error. @uid: of the job's owner. */
void     jt_surroundings_check_async (JtSurroundings *self, JtSettings *settings, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_surroundings_check_finish (JtSurroundings *self, GAsyncResult *result, GError **error);
/* From now on "occurred" tells of what @job waits for; what was watched for it before is forgotten. @settings NULL: only that. */
void jt_surroundings_watch (JtSurroundings *self, guint64 job, JtSettings *settings, guint32 uid);
/* Looks whether the conditions of @settings hold: "looked" tells, from the main loop and never before this returns. @keeps_looking:
 * again whenever the first one that does not hold is another, until all hold or jt_surroundings_stop_looking(). */
void jt_surroundings_look (JtSurroundings *self, guint64 run, JtSettings *settings, guint32 uid, gboolean keeps_looking);
void jt_surroundings_stop_looking (JtSurroundings *self, guint64 run);
/* Takes the inhibitors of @settings (`inhibit`) for @run, until jt_surroundings_release() or the end of the service; @why is shown
 * to people ("backup is running"). An error leaves none behind. */
void     jt_surroundings_inhibit_async (JtSurroundings *self, guint64 run, JtSettings *settings, const char *why, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_surroundings_inhibit_finish (JtSurroundings *self, GAsyncResult *result, GError **error);
void     jt_surroundings_release (JtSurroundings *self, guint64 run);
/* The machine is to be awake at that instant; G_MAXINT64: whenever it likes. Replaces what was asked for before. */
void jt_surroundings_set_wake (JtSurroundings *self, gint64 realtime_usec);
/* For implementations. */
void jt_surroundings_emit_occurred (JtSurroundings *self, guint64 job, const char *cause);
void jt_surroundings_emit_looked (JtSurroundings *self, guint64 run, const char *unmet);
