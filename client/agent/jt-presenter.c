/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-presenter.h"

#include <libnotify/notify.h>

#define SERVER_NAME "org.freedesktop.Notifications"
#define APP_NAME "JobTracker"
#define DESKTOP_ENTRY "org.example.JobTracker"
#define ASK_AGAIN_SECONDS 30

/* What the thread works with. The presenter lives on the main loop; the thread has this, and it may outlive the presenter
 * when a server hangs. */
typedef struct
{
  gatomicrefcount n_references;
  GMainContext   *context;   /* (owned) the thread's */
  GMainLoop      *loop;      /* (owned) */
  GHashTable     *shown;     /* (element-type guint64 NotifyNotification) (owned) the thread's alone */
  GMutex          mutex;
  JtPresenter    *presenter; /* (unowned) (nullable) under the mutex: NULL when it is gone */
} Worker;

struct _JtPresenter
{
  GObject  parent;
  Worker  *worker;    /* (owned) */
  GThread *thread;    /* (owned) */
  guint    watch;
  gboolean is_owned;  /* somebody has the server's name */
  GSource *timer;     /* (owned) (nullable) to ask it again who it is */
};

enum
{
  SERVER,
  SHOWN,
  CLOSED,
  ACTION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtPresenter, jt_presenter, G_TYPE_OBJECT)

/* One thing to do, for the thread or by it. */
typedef struct
{
  Worker         *worker;  /* (owned) */
  guint64         place;
  JtPopupContent *content; /* (owned) (nullable) */
  JtServerInfo   *info;    /* (owned) (nullable) */
  char           *text;    /* (owned) (nullable) */
  char           *token;   /* (owned) (nullable) */
  guint           signal;
} Errand;

static Worker *
worker_ref (Worker *worker)
{
  g_atomic_ref_count_inc (&worker->n_references);
  return worker;
}

static void
worker_unref (Worker *worker)
{
  if (!g_atomic_ref_count_dec (&worker->n_references))
    return;
  g_hash_table_unref (worker->shown);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_mutex_clear (&worker->mutex);
  g_free (worker);
}

static Errand *
errand_new (Worker *worker, guint64 place)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->worker = worker_ref (worker);
  errand->place = place;
  return errand;
}

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  jt_popup_content_free (errand->content);
  jt_server_info_free (errand->info);
  g_free (errand->text);
  g_free (errand->token);
  worker_unref (errand->worker);
  g_free (errand);
}

static void ask_later (JtPresenter *self);

/* The main loop's side: says it to whoever listens. */
static gboolean
emit_cb (gpointer data)
{
  const Errand *errand = data;
  g_autoptr (JtPresenter) presenter = NULL;

  g_mutex_lock (&errand->worker->mutex);
  if (errand->worker->presenter != NULL)
    presenter = g_object_ref (errand->worker->presenter);
  g_mutex_unlock (&errand->worker->mutex);
  if (presenter == NULL)
    return G_SOURCE_REMOVE;
  if (errand->signal == SERVER)
    {
      if (errand->info == NULL && presenter->is_owned)
        ask_later (presenter);
      g_signal_emit (presenter, signals[SERVER], 0, errand->info);
    }
  else if (errand->signal == ACTION)
    g_signal_emit (presenter, signals[ACTION], 0, errand->place, errand->text, errand->token);
  else
    g_signal_emit (presenter, signals[errand->signal], 0, errand->place, errand->text);
  return G_SOURCE_REMOVE;
}

static void
tell_main_loop (Errand *errand, guint signal)
{
  errand->signal = signal;
  /* Not g_main_context_invoke(): before the main loop runs it would call from here. */
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, emit_cb, errand, errand_free);
  g_source_attach (source, NULL);
}

static void
tell_worker (Errand *errand, GSourceFunc function)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, errand, errand_free);
  g_source_attach (source, errand->worker->context);
}

/* From here on: the thread's side. */

typedef struct
{
  Worker  *worker; /* (unowned): ends the thread, and with it this, before it goes */
  guint64  place;
} Mark;

static const Mark *
get_mark (NotifyNotification *notification)
{
  return g_object_get_data (G_OBJECT (notification), "jt-mark");
}

static const char *
name_reason (int reason)
{
  /* The numbers of the desktop notifications specification. */
  return reason == 1 ? "expired" : reason == 2 ? "dismissed" : "closed";
}

static void
on_closed (NotifyNotification *notification, gpointer user_data)
{
  const Mark *mark = get_mark (notification);
  Errand *errand = errand_new (mark->worker, mark->place);
  Worker *worker = mark->worker;
  guint64 place = mark->place;

  errand->text = g_strdup (name_reason (notify_notification_get_closed_reason (notification)));
  tell_main_loop (errand, CLOSED);
  /* (libnotify holds it until this returns) */
  g_hash_table_remove (worker->shown, &place);
}

static void
on_action (NotifyNotification *notification, char *action, gpointer user_data)
{
  const Mark *mark = get_mark (notification);
  Errand *errand = errand_new (mark->worker, mark->place);

  errand->text = g_strdup (action);
  errand->token = g_strdup (notify_notification_get_activation_token (notification));
  tell_main_loop (errand, ACTION);
}

static NotifyNotification *
find_notification (Worker *worker, guint64 place)
{
  NotifyNotification *notification = g_hash_table_lookup (worker->shown, &place);
  Mark *mark;

  if (notification != NULL)
    return notification;
  notification = notify_notification_new (APP_NAME, NULL, NULL);
  mark = g_new (Mark, 1);
  *mark = (Mark){ worker, place };
  g_object_set_data_full (G_OBJECT (notification), "jt-mark", mark, g_free);
  g_signal_connect (notification, "closed", G_CALLBACK (on_closed), NULL);
  g_hash_table_insert (worker->shown, g_memdup2 (&place, sizeof place), notification);
  return notification;
}

static void
fill_notification (NotifyNotification *notification, const JtPopupContent *content)
{
  notify_notification_update (notification, content->summary, content->body, content->icon);
  notify_notification_set_timeout (notification, content->timeout_msec);
  notify_notification_clear_actions (notification);
  notify_notification_clear_hints (notification);
  notify_notification_set_hint (notification, "urgency", g_variant_new_byte ((guchar) content->urgency));
  notify_notification_set_hint (notification, "category", g_variant_new_string (content->category));
  notify_notification_set_hint (notification, "desktop-entry", g_variant_new_string (DESKTOP_ENTRY));
  if (content->is_transient)
    notify_notification_set_hint (notification, "transient", g_variant_new_boolean (TRUE));
  for (guint i = 0; i + 1 < content->actions->len; i += 2)
    notify_notification_add_action (notification, content->actions->pdata[i], content->actions->pdata[i + 1], on_action, NULL, NULL);
}

static gboolean
show_cb (gpointer data)
{
  const Errand *errand = data;
  NotifyNotification *notification = find_notification (errand->worker, errand->place);
  Errand *answer = errand_new (errand->worker, errand->place);
  g_autoptr (GError) error = NULL;

  fill_notification (notification, errand->content);
  if (!notify_notification_show (notification, &error))
    {
      if (error != NULL)
        g_dbus_error_strip_remote_error (error);
      answer->text = g_strdup (error != NULL ? error->message : "the notification server did not say why");
    }
  tell_main_loop (answer, SHOWN);
  return G_SOURCE_REMOVE;
}

static gboolean
close_cb (gpointer data)
{
  const Errand *errand = data;
  NotifyNotification *notification = g_hash_table_lookup (errand->worker->shown, &errand->place);

  if (notification == NULL)
    return G_SOURCE_REMOVE;
  /* That it closes now is no news. */
  g_signal_handlers_disconnect_by_func (notification, on_closed, NULL);
  notify_notification_close (notification, NULL);
  g_hash_table_remove (errand->worker->shown, &errand->place);
  return G_SOURCE_REMOVE;
}

static void
read_capabilities (JtServerInfo *info)
{
  GList *capabilities = notify_get_server_caps ();

  for (GList *at = capabilities; at != NULL; at = at->next)
    {
      info->has_actions |= g_str_equal (at->data, "actions");
      info->has_body |= g_str_equal (at->data, "body");
      info->has_markup |= g_str_equal (at->data, "body-markup");
      info->has_persistence |= g_str_equal (at->data, "persistence");
    }
  g_list_free_full (capabilities, g_free);
}

/* Another server knows none of the numbers that the one before gave: a popup replaced by such a number could be anybody's. */
static gboolean
meet_server_cb (gpointer data)
{
  const Errand *errand = data;
  Errand *answer = errand_new (errand->worker, 0);
  JtServerInfo *info = g_new0 (JtServerInfo, 1);
  g_autofree char *vendor = NULL;
  g_autofree char *specification = NULL;

  g_hash_table_remove_all (errand->worker->shown);
  if (notify_get_server_info (&info->server, &vendor, &info->version, &specification))
    {
      read_capabilities (info);
      answer->info = info;
    }
  else
    jt_server_info_free (info);
  tell_main_loop (answer, SERVER);
  return G_SOURCE_REMOVE;
}

static gboolean
miss_server_cb (gpointer data)
{
  const Errand *errand = data;

  g_hash_table_remove_all (errand->worker->shown);
  return G_SOURCE_REMOVE;
}

static gboolean
quit_cb (gpointer data)
{
  const Errand *errand = data;

  g_hash_table_remove_all (errand->worker->shown);
  g_main_loop_quit (errand->worker->loop);
  return G_SOURCE_REMOVE;
}

/* libnotify's proxy is made here, so its signals come here. */
static gpointer
work (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  notify_init (APP_NAME);
  g_main_loop_run (worker->loop);
  g_main_context_pop_thread_default (worker->context);
  worker_unref (worker);
  return NULL;
}

/* The main loop's side again. */

static void
on_server_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  JtPresenter *self = JT_PRESENTER (user_data);

  self->is_owned = TRUE;
  tell_worker (errand_new (self->worker, 0), meet_server_cb);
}

static gboolean
on_time_to_ask (gpointer user_data)
{
  JtPresenter *self = JT_PRESENTER (user_data);

  g_clear_pointer (&self->timer, g_source_unref);
  if (self->is_owned)
    tell_worker (errand_new (self->worker, 0), meet_server_cb);
  return G_SOURCE_REMOVE;
}

/* It has the name and does not answer. */
static void
ask_later (JtPresenter *self)
{
  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new_seconds (ASK_AGAIN_SECONDS);
  g_source_set_callback (self->timer, on_time_to_ask, self, NULL);
  g_source_attach (self->timer, NULL);
}

/* Said at once, whatever the thread waits for. */
static void
on_server_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  JtPresenter *self = JT_PRESENTER (user_data);

  self->is_owned = FALSE;
  tell_worker (errand_new (self->worker, 0), miss_server_cb);
  g_signal_emit (self, signals[SERVER], 0, NULL);
}

/* Each call is answered by the signal "shown". */
void
jt_presenter_show (JtPresenter *self, guint64 place, const JtPopupContent *content)
{
  Errand *errand = errand_new (self->worker, place);

  errand->content = jt_popup_content_copy (content);
  tell_worker (errand, show_cb);
}

void
jt_presenter_close (JtPresenter *self, guint64 place)
{
  tell_worker (errand_new (self->worker, place), close_cb);
}

static Worker *
worker_new (JtPresenter *presenter)
{
  Worker *worker = g_new0 (Worker, 1);

  g_atomic_ref_count_init (&worker->n_references);
  worker->context = g_main_context_new ();
  worker->loop = g_main_loop_new (worker->context, FALSE);
  worker->shown = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  g_mutex_init (&worker->mutex);
  worker->presenter = presenter;
  return worker;
}

/**
 * jt_presenter_new:
 * @session: the session bus that libnotify uses too, g_bus_get()
 *
 * A server that the bus can start is started.
 *
 * Returns: (transfer full): the presenter; the signal "server" comes soon, also when there is none
 */
JtPresenter *
jt_presenter_new (GDBusConnection *session)
{
  JtPresenter *self = g_object_new (JT_TYPE_PRESENTER, NULL);

  self->watch = g_bus_watch_name_on_connection (session, SERVER_NAME, G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_server_appeared,
                                                on_server_vanished, self, NULL);
  return self;
}

static void
jt_presenter_init (JtPresenter *self)
{
  self->worker = worker_new (self);
  self->thread = g_thread_new ("libnotify", work, worker_ref (self->worker));
}

/* The thread is not waited for: it may be in a call to a server that does not answer. */
static void
jt_presenter_dispose (GObject *object)
{
  JtPresenter *self = JT_PRESENTER (object);

  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  self->watch = 0;
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (self->worker != NULL)
    {
      g_mutex_lock (&self->worker->mutex);
      self->worker->presenter = NULL;
      g_mutex_unlock (&self->worker->mutex);
      tell_worker (errand_new (self->worker, 0), quit_cb);
    }
  g_clear_pointer (&self->worker, worker_unref);
  g_clear_pointer (&self->thread, g_thread_unref);
  G_OBJECT_CLASS (jt_presenter_parent_class)->dispose (object);
}

static void
jt_presenter_class_init (JtPresenterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = jt_presenter_dispose;
  signals[SERVER] = g_signal_new ("server", JT_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SHOWN] = g_signal_new ("shown", JT_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64,
                                 G_TYPE_STRING);
  signals[CLOSED] = g_signal_new ("closed", JT_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64,
                                  G_TYPE_STRING);
  signals[ACTION] = g_signal_new ("action", JT_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT64,
                                  G_TYPE_STRING, G_TYPE_STRING);
}
