/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-network.h"

#include "jt-mirror.h"
#include "jt-routes.h"

/* NMState, NMConnectivityState and NMMetered of NetworkManager's D-Bus API. */
#define STATE_CONNECTED_GLOBAL 70
#define CONNECTIVITY_UNKNOWN 0
#define CONNECTIVITY_FULL 4
#define METERED_YES 1
#define METERED_GUESS_YES 3

struct _JtNetwork
{
  GObject   parent;
  JtPeer   *peer;   /* (owned) */
  JtMirror *mirror; /* (owned) */
  char     *folder; /* of the kernel's tables */
  JtRoutes *routes; /* (owned) (nullable) once NetworkManager was not there */
  JtAnswer  known;  /* whether it could be reached, when that was known last */
};

enum
{
  UP,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtNetwork, jt_network, G_TYPE_OBJECT)

static guint32
look_up (JtNetwork *self, const char *property, guint32 fallback)
{
  g_autoptr (GVariant) value = jt_mirror_lookup (self->mirror, property, "u");

  return value != NULL ? g_variant_get_uint32 (value) : fallback;
}

/* Connectivity is unknown where NetworkManager is not to check it. */
static gboolean
is_connected (JtNetwork *self)
{
  guint32 connectivity = look_up (self, "Connectivity", CONNECTIVITY_UNKNOWN);

  return look_up (self, "State", 0) == STATE_CONNECTED_GLOBAL && (connectivity == CONNECTIVITY_FULL || connectivity == CONNECTIVITY_UNKNOWN);
}

/* Of what NetworkManager says, before it has said anything. */
static JtAnswer
answer_without_state (JtNetwork *self)
{
  return jt_mirror_is_settled (self->mirror) ? JT_ANSWER_UNKNOWN : JT_ANSWER_PENDING;
}

JtAnswer
jt_network_get_reachable (JtNetwork *self)
{
  g_autoptr (GVariant) state = jt_mirror_lookup (self->mirror, "State", "u");

  if (jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT)
    return self->routes != NULL ? jt_routes_get_reachable (self->routes) : JT_ANSWER_PENDING;
  if (state == NULL)
    return answer_without_state (self);
  return is_connected (self) ? JT_ANSWER_YES : JT_ANSWER_NO;
}

JtAnswer
jt_network_get_unmetered (JtNetwork *self)
{
  g_autoptr (GVariant) metered = jt_mirror_lookup (self->mirror, "Metered", "u");
  JtAnswer reachable = jt_network_get_reachable (self);
  guint32 value;

  if (jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT)
    return JT_ANSWER_UNKNOWN;
  if (reachable != JT_ANSWER_YES)
    return reachable;
  if (metered == NULL)
    return answer_without_state (self);
  value = g_variant_get_uint32 (metered);
  return value == METERED_YES || value == METERED_GUESS_YES ? JT_ANSWER_NO : JT_ANSWER_YES;
}

static void
tell (JtNetwork *self)
{
  JtAnswer reachable = jt_network_get_reachable (self);
  gboolean is_up = self->known == JT_ANSWER_NO && reachable == JT_ANSWER_YES;

  if (reachable == JT_ANSWER_NO || reachable == JT_ANSWER_YES)
    self->known = reachable;
  g_signal_emit (self, signals[CHANGED], 0);
  if (is_up)
    g_signal_emit (self, signals[UP], 0);
}

static void
on_routes_changed (JtRoutes *routes, JtNetwork *self)
{
  if (jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT)
    tell (self);
}

static void
on_mirror_changed (JtMirror *mirror, JtNetwork *self)
{
  if (self->routes == NULL && jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT)
    {
      self->routes = jt_routes_new (self->folder);
      g_signal_connect_object (self->routes, "changed", G_CALLBACK (on_routes_changed), self, 0);
    }
  tell (self);
}

void
jt_network_refresh (JtNetwork *self)
{
  if (self->routes != NULL && !jt_routes_are_told (self->routes))
    jt_routes_refresh (self->routes);
}

JtPeer *
jt_network_get_peer (JtNetwork *self)
{
  return self->peer;
}

static void
jt_network_dispose (GObject *object)
{
  JtNetwork *self = JT_NETWORK (object);

  if (self->peer != NULL)
    jt_peer_close (self->peer);
  G_OBJECT_CLASS (jt_network_parent_class)->dispose (object);
}

static void
jt_network_finalize (GObject *object)
{
  JtNetwork *self = JT_NETWORK (object);

  g_clear_object (&self->mirror);
  g_clear_object (&self->routes);
  g_clear_object (&self->peer);
  g_free (self->folder);
  G_OBJECT_CLASS (jt_network_parent_class)->finalize (object);
}

static void
jt_network_class_init (JtNetworkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_network_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_network_finalize;
  signals[UP] = g_signal_new ("up", JT_TYPE_NETWORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_NETWORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_network_init (JtNetwork *self)
{
}

JtNetwork *
jt_network_new (JtBusLink *link, const char *routes)
{
  JtNetwork *self = g_object_new (JT_TYPE_NETWORK, NULL);

  self->peer = jt_peer_new (link, "org.freedesktop.NetworkManager", "NetworkManager");
  self->mirror = jt_mirror_new (self->peer, "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager");
  self->folder = g_strdup (routes);
  g_signal_connect_object (self->mirror, "changed", G_CALLBACK (on_mirror_changed), self, 0);
  return self;
}
