/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-subscribers.h"

#include "jt-error.h"
#include "jt-interfaces.h"
#include "jt-log.h"
#include "jt-names.h"
#include "jt-pacer.h"

#define MAX_UNANSWERED_SIGNALS 64
#define MAX_UNANSWERED_BYTES (256 * 1024)
#define REPLAY_BATCH 64
#define PING_TIMEOUT_MSEC 10000
#define HEADER_BYTES 256 /* what a signal weighs beside its body */

typedef enum
{
  STATE_STARTING, /* not answered yet */
  STATE_LIVE,     /* gets events as they are emitted */
  STATE_REPLAY,   /* gets what the store has after its position */
} SubscriberState;

typedef struct
{
  char           *sender;
  guint32         uid;
  guint64         serial; /* tells this subscription from one that replaced it, to callbacks */
  JtFilter       *filter;
  SubscriberState state;
  gboolean        is_reading;    /* a batch is being read from the store */
  gboolean        awaits_pong;
  gboolean        is_root_stale; /* the root's properties changed while it could not be told */
  guint           unanswered_signals;
  gsize           unanswered_bytes;
  guint64         position; /* events up to here are settled for this subscriber */
  guint64         previous; /* sequence of the last `what` it got */
} Subscriber;

struct _JtSubscribers
{
  GObject              parent;
  GDBusConnection     *connection; /* (owned) */
  JtTracker           *tracker;    /* (owned) */
  GCancellable        *cancellable;
  gboolean             is_system;
  gboolean             is_closed;
  JtRootPropertiesFunc root_properties;
  gpointer             root_data;
  GHashTable          *subscribers;  /* char * (of the Subscriber) → Subscriber */
  GHashTable          *announced;    /* id → JtRun (owned): active runs that InterfacesAdded told of, as they were told last */
  JtPacer             *pacer;
  GVariant            *root_sent;    /* (owned) the root's properties as last sent */
  guint64              last_emitted;
  guint64              previous;     /* of the broadcasts */
  guint64              last_serial;
  guint                max_per_user;
  guint                ping_timeout_msec;
};

G_DEFINE_FINAL_TYPE (JtSubscribers, jt_subscribers, G_TYPE_OBJECT)

/* What a callback needs to find its subscription again, if it is still there. */
typedef struct
{
  JtSubscribers *self; /* (owned) */
  char          *sender;
  guint64        serial;
  guint64        asked_at; /* last_emitted when the store was asked */
} Visit;

static void replay (JtSubscribers *self, Subscriber *subscriber);

static void
subscriber_free (Subscriber *subscriber)
{
  jt_filter_free (subscriber->filter);
  g_free (subscriber->sender);
  g_free (subscriber);
}

static Visit *
visit_new (JtSubscribers *self, const Subscriber *subscriber)
{
  Visit *visit = g_new0 (Visit, 1);

  visit->self = g_object_ref (self);
  visit->sender = g_strdup (subscriber->sender);
  visit->serial = subscriber->serial;
  visit->asked_at = self->last_emitted;
  return visit;
}

static void
visit_free (Visit *visit)
{
  g_object_unref (visit->self);
  g_free (visit->sender);
  g_free (visit);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visit, visit_free)

static Subscriber *
find_visited (const Visit *visit)
{
  Subscriber *subscriber = g_hash_table_lookup (visit->self->subscribers, visit->sender);

  return subscriber != NULL && subscriber->serial == visit->serial && !visit->self->is_closed ? subscriber : NULL;
}

static void
drop (JtSubscribers *self, Subscriber *subscriber, const char *reason)
{
  jt_log_event (G_LOG_LEVEL_INFO, JT_MESSAGE_SUBSCRIBER_DROPPED, "subscription of %s (uid %u) ended: %s",
                subscriber->sender, subscriber->uid, reason);
  g_hash_table_remove (self->subscribers, subscriber->sender);
}

/* Filters */

static gboolean
row_has_tag (JtEvent *event, const char *tag)
{
  g_autofree const char **tags = NULL;

  return event->run == 0 && g_variant_lookup (jt_event_get_what (event), "tags", "^a&s", &tags) && g_strv_contains (tags, tag);
}

/* Of the job that @event is about, as it was called then. */
static const char *
name_of (JtEvent *event)
{
  const char *name = NULL;

  if (event->value != NULL)
    return event->value->job_name;
  g_variant_lookup (jt_event_get_what (event), "name", "&s", &name);
  return name;
}

static gboolean
job_has_tag (JtTracker *tracker, guint64 id, const char *tag)
{
  const JtJobEntry *entry = jt_tracker_get_job (tracker, id);
  g_auto (GStrv) tags = entry != NULL ? jt_settings_get_strv (entry->job->settings, "tags") : NULL;

  return tags != NULL && g_strv_contains ((const char *const *) tags, tag);
}

static gboolean
is_state_wanted (const JtFilter *filter, JtEvent *event)
{
  if (filter->states == 0 && filter->triggers == 0)
    return TRUE;
  if (event->run == 0)
    return FALSE;
  if (filter->states != 0 && (filter->states & (1u << event->value->state)) == 0)
    return FALSE;
  return filter->triggers == 0 || (filter->triggers & (1u << event->value->trigger)) != 0;
}

static gboolean
is_wanted (JtSubscribers *self, const Subscriber *subscriber, JtEvent *event)
{
  const JtFilter *filter = subscriber->filter;

  if (subscriber->uid != 0 && subscriber->uid != event->owner)
    return FALSE;
  if (filter->owner != JT_ANY_OWNER && filter->owner != event->owner)
    return FALSE;
  if (filter->job != 0 && filter->job != event->job)
    return FALSE;
  if (filter->job_name != NULL && g_strcmp0 (name_of (event), filter->job_name) != 0)
    return FALSE;
  if (filter->tag != NULL && !row_has_tag (event, filter->tag)
      && !job_has_tag (self->tracker, event->job, filter->tag))
    return FALSE;
  return is_state_wanted (filter, event);
}

/* Sending */

/* What it weighs, to one receiver; 0 of what goes to all, of whom nobody keeps count. */
static gsize
emit (JtSubscribers *self, const char *destination, const JtSignal *signal, guint64 sequence, guint64 previous)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (jt_signal_build (signal, sequence, previous));
  g_autoptr (GError) error = NULL;

  /* It fails only when the connection is closed, which the service hears of by itself. */
  if (!g_dbus_connection_emit_signal (self->connection, destination, signal->path, signal->interface, signal->member,
                                      body, &error))
    jt_log_debug ("could not send %s: %s", signal->member, error->message);
  return destination != NULL ? g_variant_get_size (body) + HEADER_BYTES : 0;
}

static gboolean
can_take (const Subscriber *subscriber)
{
  return subscriber->state == STATE_LIVE && !subscriber->awaits_pong;
}

static GVariant *
build_root_change (JtSubscribers *self, gboolean is_all)
{
  g_autoptr (GVariant) now = g_variant_ref_sink (self->root_properties (self->root_data));
  GVariantBuilder changed;
  GVariantIter iter;
  const char *name;
  GVariant *value;
  guint count = 0;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, now);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) old = self->root_sent != NULL ? g_variant_lookup_value (self->root_sent, name, NULL) : NULL;

      if (!is_all && old != NULL && g_variant_equal (old, value))
        continue;
      g_variant_builder_add (&changed, "{sv}", name, value);
      count++;
    }
  g_clear_pointer (&self->root_sent, g_variant_unref);
  self->root_sent = g_steal_pointer (&now);
  if (count == 0)
    {
      g_variant_builder_clear (&changed);
      return NULL;
    }
  return jt_signal_properties_changed (JT_ROOT_INTERFACE, g_variant_builder_end (&changed), NULL);
}

static void
resume (JtSubscribers *self, Subscriber *subscriber)
{
  subscriber->state = subscriber->position < self->last_emitted ? STATE_REPLAY : STATE_LIVE;
  if (subscriber->state == STATE_REPLAY)
    replay (self, subscriber);
}

static void
send_stale_root (JtSubscribers *self, Subscriber *subscriber)
{
  g_autoptr (JtSignal) signal = NULL;

  if (!subscriber->is_root_stale)
    return;
  subscriber->is_root_stale = FALSE;
  signal = jt_signal_new (JT_ROOT_PATH, JT_PROPERTIES_INTERFACE, "PropertiesChanged", build_root_change (self, TRUE));
  subscriber->unanswered_signals++;
  subscriber->unanswered_bytes += emit (self, subscriber->sender, signal, 0, 0);
}

/* Any answer of the subscriber's will do: it shows that it reads. What the bus says in its place shows nothing. */
static gboolean
is_answer (const GError *error)
{
  static const char *const of_the_bus[] = { "org.freedesktop.DBus.Error.NoReply",        "org.freedesktop.DBus.Error.ServiceUnknown",
                                            "org.freedesktop.DBus.Error.NameHasNoOwner", "org.freedesktop.DBus.Error.Disconnected",
                                            "org.freedesktop.DBus.Error.AccessDenied",   "org.freedesktop.DBus.Error.LimitsExceeded",
                                            NULL };
  g_autofree char *name = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  return error == NULL || (name != NULL && !g_strv_contains (of_the_bus, name));
}

static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Visit) visit = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  Subscriber *subscriber = find_visited (visit);

  if (subscriber == NULL)
    return;
  if (!is_answer (error))
    {
      drop (visit->self, subscriber, "it does not read its signals");
      return;
    }
  subscriber->awaits_pong = FALSE;
  subscriber->unanswered_signals = 0;
  subscriber->unanswered_bytes = 0;
  send_stale_root (visit->self, subscriber);
  resume (visit->self, subscriber);
}

static void
ask_if_it_reads (JtSubscribers *self, Subscriber *subscriber)
{
  if (subscriber->awaits_pong
      || (subscriber->unanswered_signals < MAX_UNANSWERED_SIGNALS && subscriber->unanswered_bytes < MAX_UNANSWERED_BYTES))
    return;
  subscriber->awaits_pong = TRUE;
  g_dbus_connection_call (self->connection, subscriber->sender, "/", "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, (int) self->ping_timeout_msec, self->cancellable, on_pong,
                          visit_new (self, subscriber));
}

static void
send_to (JtSubscribers *self, Subscriber *subscriber, JtEvent *event, GPtrArray *signals)
{
  guint64 sequence = MAX (event->sequence, subscriber->previous);

  for (guint i = 0; i < signals->len; i++)
    {
      const JtSignal *signal = g_ptr_array_index (signals, i);

      subscriber->unanswered_bytes += emit (self, subscriber->sender, signal, sequence, subscriber->previous);
      subscriber->unanswered_signals++;
      if (signal->what != NULL)
        subscriber->previous = sequence;
    }
  ask_if_it_reads (self, subscriber);
}

/* Replay from the store */

static void
take_batch (JtSubscribers *self, Subscriber *subscriber, GPtrArray *events, guint64 asked_at)
{
  for (guint i = 0; i < events->len; i++)
    {
      JtEvent *event = g_ptr_array_index (events, i);
      gboolean is_start = event->kind == JT_EVENT_RUN_STARTED;
      g_autoptr (GPtrArray) signals = NULL;

      /* What does not fit stays in the store: the position says where to go on after the answer. */
      if (subscriber->awaits_pong)
        return;
      subscriber->position = event->sequence;
      if (!is_wanted (self, subscriber, event))
        continue;
      signals = jt_signals_from_event (self->tracker, event, NULL, is_start, TRUE);
      send_to (self, subscriber, event, signals);
    }
  /* All that the store had for this viewer: whatever else lies before @asked_at is not for it. */
  if (events->len < REPLAY_BATCH)
    subscriber->position = MAX (subscriber->position, asked_at);
}

static void
on_batch (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Visit) visit = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = jt_store_list_events_finish (JT_STORE (source), result, &error);
  Subscriber *subscriber = find_visited (visit);

  if (subscriber == NULL)
    return;
  subscriber->is_reading = FALSE;
  if (events == NULL)
    {
      drop (visit->self, subscriber, error->message);
      return;
    }
  take_batch (visit->self, subscriber, events, visit->asked_at);
  if (!subscriber->awaits_pong)
    resume (visit->self, subscriber);
}

static void
replay (JtSubscribers *self, Subscriber *subscriber)
{
  if (subscriber->is_reading || subscriber->awaits_pong)
    return;
  subscriber->is_reading = TRUE;
  jt_store_list_events_async (jt_tracker_get_store (self->tracker), subscriber->uid, subscriber->position, REPLAY_BATCH,
                              self->cancellable, on_batch, visit_new (self, subscriber));
}

/* Live */

/* The hash table may lose a subscriber while one is served, so it is not walked directly. */
static GPtrArray *
list_subscribers (JtSubscribers *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->subscribers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, value);
  return list;
}

/* The key lies in the value. */
static void
announce (JtSubscribers *self, JtRun *run)
{
  g_hash_table_replace (self->announced, &run->id, jt_run_ref (run));
}

static void
note_told (JtSubscribers *self, JtEvent *event)
{
  if (event->kind == JT_EVENT_RUN_FINISHED)
    g_hash_table_remove (self->announced, &event->run);
  else if (event->run != 0)
    announce (self, event->value);
}

static GPtrArray *
build_signals (JtSubscribers *self, JtEvent *event)
{
  g_autoptr (JtRun) before = event->run != 0 ? g_hash_table_lookup (self->announced, &event->run) : NULL;

  if (before != NULL)
    jt_run_ref (before);
  note_told (self, event);
  return jt_signals_from_event (self->tracker, event, before, before == NULL, before != NULL);
}

static void
broadcast (JtSubscribers *self, JtEvent *event, GPtrArray *signals)
{
  guint64 sequence = MAX (event->sequence, self->previous);

  for (guint i = 0; i < signals->len; i++)
    {
      const JtSignal *signal = g_ptr_array_index (signals, i);

      emit (self, NULL, signal, sequence, self->previous);
      if (signal->what != NULL)
        self->previous = sequence;
    }
}

/* On a session bus nobody knows. */
static gboolean
has_listeners (JtSubscribers *self)
{
  return !self->is_system || g_hash_table_size (self->subscribers) > 0;
}

static void
tell (JtSubscribers *self, JtEvent *event)
{
  g_autoptr (GPtrArray) signals = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (!has_listeners (self))
    {
      note_told (self, event);
      return;
    }
  signals = build_signals (self, event);
  if (!self->is_system)
    {
      broadcast (self, event, signals);
      return;
    }
  list = list_subscribers (self);
  for (guint i = 0; i < list->len; i++)
    {
      Subscriber *subscriber = g_ptr_array_index (list, i);

      if (can_take (subscriber) && is_wanted (self, subscriber, event))
        send_to (self, subscriber, event, signals);
    }
}

/* Whether a subscriber that keeps up is past @event now, told or not; the others find it in the store. */
static void
settle (JtSubscribers *self, JtEvent *event)
{
  GHashTableIter iter;
  gpointer value;

  if (event->sequence == 0)
    return;
  g_hash_table_iter_init (&iter, self->subscribers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Subscriber *subscriber = value;

      if (can_take (subscriber))
        subscriber->position = MAX (subscriber->position, event->sequence);
    }
}

static void
on_event (JtTracker *tracker, JtEvent *event, gpointer user_data)
{
  JtSubscribers *self = user_data;

  if (self->is_closed)
    return;
  self->last_emitted = MAX (self->last_emitted, event->sequence);
  settle (self, event);
  if (event->kind == JT_EVENT_RUN_FINISHED)
    jt_pacer_forget (self->pacer, event->run);
  if (event->kind != JT_EVENT_RUN_CHANGED || jt_pacer_may_pass (self->pacer, event->run, event))
    tell (self, event);
}

/* The root object */

static void
tell_root (JtSubscribers *self)
{
  GVariant *change = has_listeners (self) ? build_root_change (self, FALSE) : NULL;
  g_autoptr (JtSignal) signal = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (change == NULL)
    return;
  signal = jt_signal_new (JT_ROOT_PATH, JT_PROPERTIES_INTERFACE, "PropertiesChanged", change);
  if (!self->is_system)
    {
      emit (self, NULL, signal, 0, 0);
      return;
    }
  list = list_subscribers (self);
  for (guint i = 0; i < list->len; i++)
    {
      Subscriber *subscriber = g_ptr_array_index (list, i);

      subscriber->is_root_stale = !can_take (subscriber);
      if (subscriber->is_root_stale)
        continue;
      subscriber->unanswered_bytes += emit (self, subscriber->sender, signal, 0, 0);
      subscriber->unanswered_signals++;
      ask_if_it_reads (self, subscriber);
    }
}

static void
on_changed (JtTracker *tracker, gpointer user_data)
{
  JtSubscribers *self = user_data;

  if (!self->is_closed && jt_pacer_may_pass (self->pacer, 0, NULL))
    tell_root (self);
}

/* The pacer lets out what it held: an event of a run, or the root. */
static void
on_paced (JtEvent *event, gpointer user_data)
{
  JtSubscribers *self = user_data;

  if (self->is_closed)
    return;
  if (event != NULL)
    tell (self, event);
  else
    tell_root (self);
}

/* Coming and going */

static guint
count_of_user (JtSubscribers *self, guint32 uid, const char *except)
{
  GHashTableIter iter;
  gpointer value;
  guint count = 0;

  g_hash_table_iter_init (&iter, self->subscribers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Subscriber *) value)->uid == uid && !g_str_equal (((Subscriber *) value)->sender, except))
      count++;
  return count;
}

static void
on_has_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Visit) visit = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  Subscriber *subscriber = find_visited (visit);
  gboolean has_owner = TRUE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &has_owner);
  if (subscriber != NULL && !has_owner)
    drop (visit->self, subscriber, "it left the bus");
}

/* A sender that left while its call was on the way would never be heard of again: ask once. */
static void
check_presence (JtSubscribers *self, Subscriber *subscriber)
{
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "NameHasOwner", g_variant_new ("(s)", subscriber->sender), G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_has_owner, visit_new (self, subscriber));
}

static void
finish_subscribing (JtSubscribers *self, GTask *task, Subscriber *subscriber)
{
  if (self->is_closed)
    {
      subscriber_free (subscriber);
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "the service is leaving the bus");
      return;
    }
  if (self->max_per_user != 0
      && count_of_user (self, subscriber->uid, subscriber->sender) >= self->max_per_user)
    {
      subscriber_free (subscriber);
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "too many subscriptions, %u per user",
                               self->max_per_user);
      return;
    }
  subscriber->serial = ++self->last_serial;
  g_hash_table_replace (self->subscribers, subscriber->sender, subscriber);
  check_presence (self, subscriber);
  g_task_return_pointer (task, g_memdup2 (&subscriber->position, sizeof subscriber->position), g_free);
}

static void
return_not_kept (GTask *task, guint64 after)
{
  g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_FOUND,
                           "events after %" G_GUINT64_FORMAT " are not kept; load anew and subscribe without 'after'",
                           after);
}

static void
on_after_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = jt_store_list_events_finish (JT_STORE (source), result, &error);
  Subscriber *subscriber = g_task_get_task_data (task);

  g_task_set_task_data (task, NULL, NULL);
  if (events != NULL)
    {
      finish_subscribing (g_task_get_source_object (task), task, subscriber);
      return;
    }
  if (g_error_matches (error, JT_ERROR, JT_ERROR_NOT_FOUND))
    return_not_kept (task, subscriber->position);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  subscriber_free (subscriber);
}

void
jt_subscribers_subscribe_async (JtSubscribers *self, const char *sender, guint32 uid, JtFilter *filter, gboolean has_after,
                                guint64 after, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, cb, data);
  Subscriber *subscriber;

  g_task_set_source_tag (task, jt_subscribers_subscribe_async);
  if (!self->is_system)
    {
      jt_filter_free (filter);
      g_task_return_pointer (task, g_memdup2 (&self->last_emitted, sizeof self->last_emitted), g_free);
      return;
    }
  subscriber = g_new0 (Subscriber, 1);
  subscriber->sender = g_strdup (sender);
  subscriber->uid = uid;
  subscriber->filter = filter;
  subscriber->position = subscriber->previous = has_after ? after : self->last_emitted;
  if (!has_after)
    {
      finish_subscribing (self, task, subscriber);
      return;
    }
  if (after > self->last_emitted)
    {
      subscriber_free (subscriber);
      return_not_kept (task, after);
      return;
    }
  /* Not owned by the task: a result that is never delivered does not happen, and the steal below is one line shorter. */
  g_task_set_task_data (task, subscriber, NULL);
  jt_store_list_events_async (jt_tracker_get_store (self->tracker), uid, after, 1, NULL, on_after_checked,
                              g_steal_pointer (&task));
}

gboolean
jt_subscribers_subscribe_finish (JtSubscribers *self, GAsyncResult *result, guint64 *sequence, GError **error)
{
  guint64 *position = g_task_propagate_pointer (G_TASK (result), error);

  if (position == NULL)
    return FALSE;
  *sequence = *position;
  g_free (position);
  return TRUE;
}

void
jt_subscribers_begin (JtSubscribers *self, const char *sender)
{
  Subscriber *subscriber = g_hash_table_lookup (self->subscribers, sender);

  if (subscriber != NULL && subscriber->state == STATE_STARTING)
    resume (self, subscriber);
}

gboolean
jt_subscribers_remove (JtSubscribers *self, const char *sender)
{
  return g_hash_table_remove (self->subscribers, sender);
}

guint
jt_subscribers_count (JtSubscribers *self)
{
  return g_hash_table_size (self->subscribers);
}

void
jt_subscribers_set_max_per_user (JtSubscribers *self, guint max_per_user)
{
  self->max_per_user = max_per_user;
}

void
jt_subscribers_set_ping_timeout (JtSubscribers *self, guint timeout_msec)
{
  self->ping_timeout_msec = timeout_msec;
}

static void
announce_active (JtSubscribers *self)
{
  g_autoptr (JtFilter) filter = jt_filter_new (0);
  g_autoptr (GPtrArray) active = jt_tracker_list_active (self->tracker, filter, G_MAXUINT);

  for (guint i = 0; i < active->len; i++)
    announce (self, g_ptr_array_index (active, i));
}

JtSubscribers *
jt_subscribers_new (GDBusConnection *connection, JtTracker *tracker, gboolean is_system,
                    JtRootPropertiesFunc root_properties, gpointer user_data)
{
  JtSubscribers *self = g_object_new (JT_TYPE_SUBSCRIBERS, NULL);

  self->connection = g_object_ref (connection);
  self->tracker = g_object_ref (tracker);
  self->is_system = is_system;
  self->root_properties = root_properties;
  self->root_data = user_data;
  self->root_sent = g_variant_ref_sink (root_properties (user_data));
  self->last_emitted = self->previous = jt_tracker_get_last_sequence (tracker);
  announce_active (self);
  g_signal_connect_object (tracker, "event", G_CALLBACK (on_event), self, 0);
  g_signal_connect_object (tracker, "changed", G_CALLBACK (on_changed), self, 0);
  return self;
}

void
jt_subscribers_close (JtSubscribers *self)
{
  self->is_closed = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->subscribers);
}

static void
jt_subscribers_dispose (GObject *object)
{
  JtSubscribers *self = JT_SUBSCRIBERS (object);

  jt_subscribers_close (self);
  g_clear_pointer (&self->pacer, jt_pacer_free);
  g_clear_object (&self->connection);
  g_clear_object (&self->tracker);
  G_OBJECT_CLASS (jt_subscribers_parent_class)->dispose (object);
}

static void
jt_subscribers_finalize (GObject *object)
{
  JtSubscribers *self = JT_SUBSCRIBERS (object);

  g_hash_table_unref (self->subscribers);
  g_hash_table_unref (self->announced);
  g_clear_pointer (&self->root_sent, g_variant_unref);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (jt_subscribers_parent_class)->finalize (object);
}

static void
jt_subscribers_class_init (JtSubscribersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_subscribers_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_subscribers_finalize;
}

static void
jt_subscribers_init (JtSubscribers *self)
{
  self->cancellable = g_cancellable_new ();
  self->subscribers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) subscriber_free);
  self->announced = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) jt_run_unref);
  self->pacer = jt_pacer_new (on_paced, self);
  self->ping_timeout_msec = PING_TIMEOUT_MSEC;
}
