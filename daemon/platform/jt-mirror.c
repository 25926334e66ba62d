/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-mirror.h"

#include "jt-log.h"

struct _JtMirror
{
  GObject       parent;
  JtPeer       *peer; /* (owned) */
  char         *path;
  char         *interface;
  GCancellable *cancellable; /* (owned) (nullable) of what is being asked */
  GHashTable   *properties;  /* (element-type utf8 GVariant) (owned) */
  gboolean      is_settled;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtMirror, jt_mirror, G_TYPE_OBJECT)

typedef struct
{
  JtMirror     *self;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Question;

static void
take_properties (JtMirror *self, GVariant *dictionary)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    g_hash_table_replace (self->properties, g_strdup (key), value);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (JtMirror) self = question->self;
  g_autoptr (GCancellable) cancellable = question->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, &error);
  g_autoptr (GVariant) dictionary = NULL;

  /* Asked again since, or gone. */
  if (self->cancellable != cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (reply != NULL)
    {
      dictionary = g_variant_get_child_value (reply, 0);
      g_hash_table_remove_all (self->properties);
      take_properties (self, dictionary);
    }
  else
    jt_log_info ("could not read the properties of %s: %s", self->interface, error->message);
  self->is_settled = TRUE;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
stop_asking (JtMirror *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
ask (JtMirror *self)
{
  Question *question = g_new (Question, 1);

  stop_asking (self);
  self->cancellable = g_cancellable_new ();
  question->self = g_object_ref (self);
  question->cancellable = g_object_ref (self->cancellable);
  jt_peer_call (self->peer, self->path, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new ("(s)", self->interface), "(a{sv})",
                self->cancellable, on_told, question);
}

static void
on_properties_changed (const char *path, GVariant *parameters, gpointer user_data)
{
  JtMirror *self = user_data;
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GVariant) invalid = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}@as)", NULL, &changed, &invalid);
  /* What is being asked would come with older values, were it asked before. */
  if (g_variant_n_children (invalid) > 0 || self->cancellable != NULL)
    {
      ask (self);
      return;
    }
  take_properties (self, changed);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_peer_changed (JtPeer *peer, JtMirror *self)
{
  stop_asking (self);
  g_hash_table_remove_all (self->properties);
  self->is_settled = jt_peer_get_presence (peer) == JT_PRESENCE_ABSENT;
  if (jt_peer_get_presence (peer) == JT_PRESENCE_PRESENT)
    ask (self);
  else
    g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
jt_mirror_is_settled (JtMirror *self)
{
  return self->is_settled;
}

GVariant *
jt_mirror_lookup (JtMirror *self, const char *property, const char *type)
{
  GVariant *value = g_hash_table_lookup (self->properties, property);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE (type)) ? g_variant_ref (value) : NULL;
}

static void
jt_mirror_dispose (GObject *object)
{
  JtMirror *self = JT_MIRROR (object);

  stop_asking (self);
  G_OBJECT_CLASS (jt_mirror_parent_class)->dispose (object);
}

static void
jt_mirror_finalize (GObject *object)
{
  JtMirror *self = JT_MIRROR (object);

  g_clear_object (&self->peer);
  g_hash_table_unref (self->properties);
  g_free (self->path);
  g_free (self->interface);
  G_OBJECT_CLASS (jt_mirror_parent_class)->finalize (object);
}

static void
jt_mirror_class_init (JtMirrorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_mirror_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_mirror_finalize;
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_MIRROR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_mirror_init (JtMirror *self)
{
  self->properties = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}

JtMirror *
jt_mirror_new (JtPeer *peer, const char *path, const char *interface)
{
  JtMirror *self = g_object_new (JT_TYPE_MIRROR, NULL);

  self->peer = g_object_ref (peer);
  self->path = g_strdup (path);
  self->interface = g_strdup (interface);
  g_signal_connect_object (peer, "changed", G_CALLBACK (on_peer_changed), self, 0);
  jt_peer_listen (peer, path, "org.freedesktop.DBus.Properties", "PropertiesChanged", interface, on_properties_changed, self);
  return self;
}
