/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-surroundings.h"

enum
{
  OCCURRED,
  LOOKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (JtSurroundings, jt_surroundings, G_TYPE_OBJECT)

static void
jt_surroundings_default_init (JtSurroundingsInterface *iface)
{
  signals[OCCURRED] = g_signal_new ("occurred", JT_TYPE_SURROUNDINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64,
                                    G_TYPE_STRING);
  signals[LOOKED] = g_signal_new ("looked", JT_TYPE_SURROUNDINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64,
                                  G_TYPE_STRING);
}

static gboolean
has_entries (JtSettings *settings, const char *key)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, key);

  return entries[0] != NULL;
}

/* The service itself knows when the machine has started. */
static gboolean
has_occasions (JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "on-event");

  for (guint i = 0; entries[i] != NULL; i++)
    if (!g_str_equal (entries[i], "startup"))
      return TRUE;
  return FALSE;
}

gboolean
jt_surroundings_are_needed (JtSettings *settings)
{
  return has_entries (settings, "condition") || has_occasions (settings) || has_entries (settings, "watch-path")
         || has_entries (settings, "inhibit") || jt_settings_get_boolean (settings, "wake");
}

void
jt_surroundings_check_async (JtSurroundings *self, JtSettings *settings, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_SURROUNDINGS_GET_IFACE (self)->check_async (self, settings, uid, c, cb, data);
}

gboolean
jt_surroundings_check_finish (JtSurroundings *self, GAsyncResult *result, GError **error)
{
  return JT_SURROUNDINGS_GET_IFACE (self)->check_finish (self, result, error);
}

void
jt_surroundings_watch (JtSurroundings *self, guint64 job, JtSettings *settings, guint32 uid)
{
  JT_SURROUNDINGS_GET_IFACE (self)->watch (self, job, settings, uid);
}

void
jt_surroundings_look (JtSurroundings *self, guint64 run, JtSettings *settings, guint32 uid, gboolean keeps_looking)
{
  JT_SURROUNDINGS_GET_IFACE (self)->look (self, run, settings, uid, keeps_looking);
}

void
jt_surroundings_stop_looking (JtSurroundings *self, guint64 run)
{
  JT_SURROUNDINGS_GET_IFACE (self)->stop_looking (self, run);
}

void
jt_surroundings_inhibit_async (JtSurroundings *self, guint64 run, JtSettings *settings, const char *why, GCancellable *c, GAsyncReadyCallback cb,
                               gpointer data)
{
  JT_SURROUNDINGS_GET_IFACE (self)->inhibit_async (self, run, settings, why, c, cb, data);
}

gboolean
jt_surroundings_inhibit_finish (JtSurroundings *self, GAsyncResult *result, GError **error)
{
  return JT_SURROUNDINGS_GET_IFACE (self)->inhibit_finish (self, result, error);
}

void
jt_surroundings_release (JtSurroundings *self, guint64 run)
{
  JT_SURROUNDINGS_GET_IFACE (self)->release (self, run);
}

void
jt_surroundings_set_wake (JtSurroundings *self, gint64 realtime_usec)
{
  JT_SURROUNDINGS_GET_IFACE (self)->set_wake (self, realtime_usec);
}

void
jt_surroundings_emit_occurred (JtSurroundings *self, guint64 job, const char *cause)
{
  g_signal_emit (self, signals[OCCURRED], 0, job, cause);
}

void
jt_surroundings_emit_looked (JtSurroundings *self, guint64 run, const char *unmet)
{
  g_signal_emit (self, signals[LOOKED], 0, run, unmet);
}
