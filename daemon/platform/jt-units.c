/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-units.h"

#define NAME "org.freedesktop.systemd1"
#define PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define RETRY_MSEC 10000

typedef struct
{
  char    *name;
  char    *path; /* (nullable) of its object; an alias has that of the unit behind it */
  guint    n_watchers;
  gboolean is_known; /* what follows */
  char    *state;
  guint64  active_usec;   /* when it last became active, of systemd's clock */
  guint64  inactive_usec; /* or ceased to be */
} Unit;

struct _JtUnits
{
  GObject       parent;
  JtPeer       *peer; /* (owned) */
  GCancellable *cancellable;
  GHashTable   *units; /* (element-type utf8 Unit) (owned) by name */
  guint         retry_id;
};

enum
{
  ENTERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtUnits, jt_units, G_TYPE_OBJECT)

typedef struct
{
  JtUnits *self; /* (owned) */
  char    *name;
} Question;

static Question *
question_new (JtUnits *self, const char *name)
{
  Question *question = g_new (Question, 1);

  question->self = g_object_ref (self);
  question->name = g_strdup (name);
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question->name);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
unit_free (gpointer data)
{
  Unit *unit = data;

  g_free (unit->name);
  g_free (unit->path);
  g_free (unit->state);
  g_free (unit);
}

/* A unit that systemd had no more use for is loaded anew without its instants. */
static gboolean
is_later (guint64 usec, guint64 known_usec)
{
  return usec != 0 && usec != known_usec;
}

static gboolean on_retry (gpointer user_data);

/* Several steps may come as one: a unit that failed, was started and failed again is still "failed", of another instant. */
static gboolean
has_entered (Unit *unit, const char *state, guint64 active_usec, guint64 inactive_usec)
{
  if (!unit->is_known)
    return FALSE;
  if (g_str_equal (state, "active"))
    return !g_str_equal (state, unit->state) || is_later (active_usec, unit->active_usec);
  if (g_str_equal (state, "inactive") || g_str_equal (state, "failed"))
    return !g_str_equal (state, unit->state) || is_later (inactive_usec, unit->inactive_usec);
  return FALSE;
}

static void
take_properties (JtUnits *self, Unit *unit, GVariant *properties)
{
  const char *state = unit->state;
  guint64 active_usec = unit->active_usec;
  guint64 inactive_usec = unit->inactive_usec;
  g_autofree char *name = NULL;
  g_autofree char *entered = NULL;

  g_variant_lookup (properties, "ActiveState", "&s", &state);
  g_variant_lookup (properties, "ActiveEnterTimestamp", "t", &active_usec);
  g_variant_lookup (properties, "InactiveEnterTimestamp", "t", &inactive_usec);
  if (state == NULL)
    return;
  if (has_entered (unit, state, active_usec, inactive_usec))
    {
      name = g_strdup (unit->name);
      entered = g_strdup (state);
    }
  if (state != unit->state)
    {
      g_free (unit->state);
      unit->state = g_strdup (state);
    }
  unit->active_usec = active_usec;
  unit->inactive_usec = inactive_usec;
  unit->is_known = TRUE;
  /* Last of all: who listens may watch and unwatch. */
  if (entered != NULL)
    g_signal_emit (self, signals[ENTERED], 0, name, entered);
}

/* (transfer container) Names, for who is told may change the table. */
static GPtrArray *
find_units_at (JtUnits *self, const char *path)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->units);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (g_strcmp0 (((Unit *) value)->path, path) == 0)
      g_ptr_array_add (names, g_strdup (((Unit *) value)->name));
  return names;
}

static void
on_unit_changed (const char *path, GVariant *parameters, gpointer user_data)
{
  JtUnits *self = user_data;
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  names = find_units_at (self, path);
  for (guint i = 0; i < names->len; i++)
    {
      Unit *unit = g_hash_table_lookup (self->units, g_ptr_array_index (names, i));

      if (unit != NULL)
        take_properties (self, unit, changed);
    }
}

/* A manager that is busy (reloading for long) is asked again; one that refuses is not. */
static void
retry_if_slow (JtUnits *self, const GError *error)
{
  if (self->retry_id != 0 || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
    self->retry_id = g_timeout_add (RETRY_MSEC, on_retry, self);
}

static void
on_properties_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, &error);
  g_autoptr (GVariant) properties = NULL;
  Unit *unit = g_hash_table_lookup (question->self->units, question->name);

  if (reply == NULL)
    retry_if_slow (question->self, error);
  if (reply == NULL || unit == NULL || g_cancellable_is_cancelled (question->self->cancellable))
    return;
  properties = g_variant_get_child_value (reply, 0);
  take_properties (question->self, unit, properties);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, &error);
  JtUnits *self = question->self;
  Unit *unit = g_hash_table_lookup (self->units, question->name);
  const char *path;

  if (reply == NULL)
    retry_if_slow (self, error);
  if (reply == NULL || unit == NULL || jt_peer_get_presence (self->peer) != JT_PRESENCE_PRESENT)
    return;
  g_variant_get (reply, "(&o)", &path);
  g_free (unit->path);
  unit->path = g_strdup (path);
  jt_peer_call (self->peer, path, PROPERTIES, "GetAll", g_variant_new ("(s)", UNIT), "(a{sv})", self->cancellable, on_properties_told,
                question_new (self, unit->name));
}

/* Loading says which object a name, or another name of it, has; it starts nothing. */
static void
load (JtUnits *self, Unit *unit)
{
  if (jt_peer_get_presence (self->peer) == JT_PRESENCE_PRESENT)
    jt_peer_call (self->peer, PATH, MANAGER, "LoadUnit", g_variant_new ("(s)", unit->name), "(o)", self->cancellable, on_loaded,
                  question_new (self, unit->name));
}

static void
load_all (JtUnits *self)
{
  GHashTableIter iter;
  gpointer unit;

  g_hash_table_iter_init (&iter, self->units);
  while (g_hash_table_iter_next (&iter, NULL, &unit))
    load (self, unit);
}

static gboolean
on_retry (gpointer user_data)
{
  JtUnits *self = user_data;

  self->retry_id = 0;
  load_all (self);
  return G_SOURCE_REMOVE;
}

/* Unit files may name others now. */
static void
on_reloading (const char *path, GVariant *parameters, gpointer user_data)
{
  gboolean begins = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &begins);
  if (!begins)
    load_all (user_data);
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtUnits) self = user_data;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, NULL);

  /* (that this connection has subscribed already is an error, and as good) */
  if (!g_cancellable_is_cancelled (self->cancellable))
    load_all (self);
}

static void
on_peer_changed (JtPeer *peer, JtUnits *self)
{
  if (jt_peer_get_presence (peer) == JT_PRESENCE_PRESENT)
    jt_peer_call (peer, PATH, MANAGER, "Subscribe", NULL, NULL, self->cancellable, on_subscribed, g_object_ref (self));
}

void
jt_units_watch (JtUnits *self, const char *name)
{
  Unit *unit = g_hash_table_lookup (self->units, name);

  jt_peer_use (self->peer);
  if (unit == NULL)
    {
      unit = g_new0 (Unit, 1);
      unit->name = g_strdup (name);
      g_hash_table_insert (self->units, unit->name, unit);
      load (self, unit);
    }
  unit->n_watchers++;
}

void
jt_units_unwatch (JtUnits *self, const char *name)
{
  Unit *unit = g_hash_table_lookup (self->units, name);

  if (unit != NULL && --unit->n_watchers == 0)
    g_hash_table_remove (self->units, name);
}

JtPeer *
jt_units_get_peer (JtUnits *self)
{
  return self->peer;
}

static void
jt_units_dispose (GObject *object)
{
  JtUnits *self = JT_UNITS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->peer != NULL)
    jt_peer_close (self->peer);
  G_OBJECT_CLASS (jt_units_parent_class)->dispose (object);
}

static void
jt_units_finalize (GObject *object)
{
  JtUnits *self = JT_UNITS (object);

  g_clear_object (&self->peer);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->units);
  G_OBJECT_CLASS (jt_units_parent_class)->finalize (object);
}

static void
jt_units_class_init (JtUnitsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_units_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_units_finalize;
  signals[ENTERED] = g_signal_new ("entered", JT_TYPE_UNITS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                   G_TYPE_STRING);
}

static void
jt_units_init (JtUnits *self)
{
  self->cancellable = g_cancellable_new ();
  self->units = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, unit_free);
}

JtUnits *
jt_units_new (JtBusLink *link)
{
  JtUnits *self = g_object_new (JT_TYPE_UNITS, NULL);

  self->peer = jt_peer_new (link, NAME, "systemd");
  g_signal_connect_object (self->peer, "changed", G_CALLBACK (on_peer_changed), self, 0);
  /* One rule for all units, however many are watched: they change seldom enough. */
  jt_peer_listen (self->peer, NULL, PROPERTIES, "PropertiesChanged", UNIT, on_unit_changed, self);
  jt_peer_listen (self->peer, PATH, MANAGER, "Reloading", NULL, on_reloading, self);
  return self;
}
