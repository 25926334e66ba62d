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

/* The service itself knows when the machine has started; the word stands in no other list. */
static gboolean
asks_for_more (JtSettings *settings, const char *key)
{
  const char *entry;

  for (guint i = 0; (entry = jt_settings_get_nth (settings, key, i)) != NULL; i++)
    if (!g_str_equal (entry, "startup"))
      return TRUE;
  return FALSE;
}

const char *
jt_surroundings_find_need (JtSettings *settings)
{
  static const char *const lists[] = { "condition", "on-event", "watch-path", "inhibit" };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (asks_for_more (settings, lists[i]))
      return lists[i];
  return jt_settings_get_boolean (settings, "wake") ? "wake" : NULL;
}

gboolean
jt_surroundings_are_needed (JtSettings *settings)
{
  return jt_surroundings_find_need (settings) != NULL;
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
