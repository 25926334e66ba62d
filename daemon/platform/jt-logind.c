/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-logind.h"

#include <unistd.h>

#include <gio/gunixfdlist.h>

#include "jt-error.h"

#define NAME "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"
#define SESSION "org.freedesktop.login1.Session"
#define USER "org.freedesktop.login1.User"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define INHIBIT_MSEC 10000

/* Whether somebody is at the machine, for one user. */
typedef struct
{
  guint32  uid;
  guint    n_followers;
  JtAnswer answer;
  gboolean is_asking;
  gboolean wants_again; /* something changed while it was asked */
} Idle;

struct _JtLogind
{
  GObject       parent;
  JtPeer       *peer; /* (owned) */
  GCancellable *cancellable;
  GHashTable   *idles; /* (element-type uid Idle) (owned) */
};

enum
{
  RESUMED,
  SESSION_BEGAN,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtLogind, jt_logind, G_TYPE_OBJECT)

/* What waits for an answer. */
typedef struct
{
  JtLogind *self; /* (owned) */
  guint32   uid;
} Question;

static Question *
question_new (JtLogind *self, guint32 uid)
{
  Question *question = g_new (Question, 1);

  question->self = g_object_ref (self);
  question->uid = uid;
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* Idleness */

static void ask_idle (JtLogind *self, Idle *idle);

static void
settle_idle (JtLogind *self, guint32 uid, JtAnswer answer)
{
  Idle *idle = g_hash_table_lookup (self->idles, GUINT_TO_POINTER (uid));

  if (idle == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  idle->is_asking = FALSE;
  if (idle->wants_again)
    ask_idle (self, idle);
  if (idle->answer == answer)
    return;
  idle->answer = answer;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* An object that is not there is a user who is not: nobody uses his session. */
static JtAnswer
answer_of_error (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  if (g_strcmp0 (name, "org.freedesktop.login1.NoSuchUser") == 0 || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return JT_ANSWER_YES;
  return JT_ANSWER_UNKNOWN;
}

static void
on_idle_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, &error);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    {
      settle_idle (question->self, question->uid, answer_of_error (error));
      return;
    }
  g_variant_get (reply, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    settle_idle (question->self, question->uid, JT_ANSWER_UNKNOWN);
  else
    settle_idle (question->self, question->uid, g_variant_get_boolean (value) ? JT_ANSWER_YES : JT_ANSWER_NO);
}

static void
get_idle_hint (JtLogind *self, guint32 uid, const char *path, const char *interface)
{
  jt_peer_call (self->peer, path, PROPERTIES, "Get", g_variant_new ("(ss)", interface, "IdleHint"), "(v)", self->cancellable, on_idle_told,
                question_new (self, uid));
}

static void
on_user_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, &error);
  JtLogind *self = question->self;
  const char *path;

  if (reply == NULL)
    settle_idle (self, question->uid, answer_of_error (error));
  else if (jt_peer_get_presence (self->peer) != JT_PRESENCE_PRESENT)
    settle_idle (self, question->uid, JT_ANSWER_UNKNOWN);
  else
    {
      g_variant_get (reply, "(&o)", &path);
      get_idle_hint (self, question->uid, path, USER);
    }
}

static void
ask_idle (JtLogind *self, Idle *idle)
{
  if (jt_peer_get_presence (self->peer) != JT_PRESENCE_PRESENT)
    {
      idle->answer = jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT ? JT_ANSWER_UNKNOWN : JT_ANSWER_PENDING;
      return;
    }
  idle->wants_again = idle->is_asking;
  if (idle->is_asking)
    return;
  idle->is_asking = TRUE;
  if (idle->uid == 0)
    get_idle_hint (self, 0, PATH, MANAGER);
  else
    jt_peer_call (self->peer, PATH, MANAGER, "GetUser", g_variant_new ("(u)", idle->uid), "(o)", self->cancellable, on_user_told,
                  question_new (self, idle->uid));
}

void
jt_logind_refresh (JtLogind *self)
{
  GHashTableIter iter;
  gpointer idle;

  g_hash_table_iter_init (&iter, self->idles);
  while (g_hash_table_iter_next (&iter, NULL, &idle))
    ask_idle (self, idle);
}

void
jt_logind_follow_idle (JtLogind *self, guint32 uid)
{
  Idle *idle = g_hash_table_lookup (self->idles, GUINT_TO_POINTER (uid));

  jt_peer_use (self->peer);
  if (idle == NULL)
    {
      idle = g_new0 (Idle, 1);
      idle->uid = uid;
      g_hash_table_insert (self->idles, GUINT_TO_POINTER (uid), idle);
      ask_idle (self, idle);
    }
  idle->n_followers++;
}

void
jt_logind_unfollow_idle (JtLogind *self, guint32 uid)
{
  Idle *idle = g_hash_table_lookup (self->idles, GUINT_TO_POINTER (uid));

  if (idle != NULL && --idle->n_followers == 0)
    g_hash_table_remove (self->idles, GUINT_TO_POINTER (uid));
}

JtAnswer
jt_logind_get_idle (JtLogind *self, guint32 uid)
{
  Idle *idle = g_hash_table_lookup (self->idles, GUINT_TO_POINTER (uid));

  return idle != NULL ? idle->answer : JT_ANSWER_UNKNOWN;
}

/* What logind tells */

static void
on_prepare_for_sleep (const char *path, GVariant *parameters, gpointer user_data)
{
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (!begins)
    g_signal_emit (user_data, signals[RESUMED], 0);
}

/* sd-login's classes of people's sessions, those that need no manager of their own among them. */
static gboolean
is_class_of_people (const char *class)
{
  static const char *const classes[] = { "user", "user-early", "user-light", "user-early-light", NULL };

  return g_strv_contains (classes, class);
}

static void
on_session_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtLogind) self = user_data;
  g_autoptr (GVariant) reply = jt_peer_call_finish (source, result, NULL);
  g_autoptr (GVariant) properties = NULL;
  const char *class;
  guint32 uid;

  /* It may be over already. */
  if (reply == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  properties = g_variant_get_child_value (reply, 0);
  if (g_variant_lookup (properties, "Class", "&s", &class) && is_class_of_people (class)
      && g_variant_lookup (properties, "User", "(u&o)", &uid, NULL))
    g_signal_emit (self, signals[SESSION_BEGAN], 0, uid);
}

static void
on_session_new (const char *path, GVariant *parameters, gpointer user_data)
{
  JtLogind *self = user_data;
  const char *session;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(so)")))
    return;
  g_variant_get (parameters, "(&s&o)", NULL, &session);
  jt_peer_call (self->peer, session, PROPERTIES, "GetAll", g_variant_new ("(s)", SESSION), "(a{sv})", self->cancellable, on_session_told,
                g_object_ref (self));
  jt_logind_refresh (self);
}

static void
on_idle_may_have_changed (const char *path, GVariant *parameters, gpointer user_data)
{
  jt_logind_refresh (user_data);
}

static void
on_peer_changed (JtPeer *peer, JtLogind *self)
{
  jt_logind_refresh (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

JtPeer *
jt_logind_get_peer (JtLogind *self)
{
  return self->peer;
}

/* Inhibitors */

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result, &error);
  int fd = -1;
  gint32 handle;

  if (reply != NULL)
    {
      g_variant_get (reply, "(h)", &handle);
      fd = fds != NULL ? g_unix_fd_list_get (fds, handle, &error) : -1;
    }
  if (fd >= 0)
    {
      g_task_return_int (task, fd);
      return;
    }
  if (error == NULL)
    g_set_error_literal (&error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "logind gave no descriptor");
  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, error);
}

void
jt_logind_inhibit_async (JtLogind *self, const char *what, const char *why, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GDBusConnection *connection = jt_peer_get_connection (self->peer);

  if (connection == NULL)
    {
      g_autofree char *absence = jt_peer_describe_absence (self->peer);

      g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "%s", absence);
      return;
    }
  /* A peer that is only being asked for is called all the same: the bus keeps the order. */
  g_dbus_connection_call_with_unix_fd_list (connection, NAME, PATH, MANAGER, "Inhibit",
                                            g_variant_new ("(ssss)", what, "JobTracker", why, "block"), G_VARIANT_TYPE ("(h)"),
                                            G_DBUS_CALL_FLAGS_NONE, INHIBIT_MSEC, NULL, cancellable, on_inhibited,
                                            g_steal_pointer (&task));
}

int
jt_logind_inhibit_finish (JtLogind *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

/* The object */

static void
jt_logind_dispose (GObject *object)
{
  JtLogind *self = JT_LOGIND (object);

  g_cancellable_cancel (self->cancellable);
  if (self->peer != NULL)
    jt_peer_close (self->peer);
  G_OBJECT_CLASS (jt_logind_parent_class)->dispose (object);
}

static void
jt_logind_finalize (GObject *object)
{
  JtLogind *self = JT_LOGIND (object);

  g_clear_object (&self->peer);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->idles);
  G_OBJECT_CLASS (jt_logind_parent_class)->finalize (object);
}

static void
jt_logind_class_init (JtLogindClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_logind_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_logind_finalize;
  signals[RESUMED] = g_signal_new ("resumed", JT_TYPE_LOGIND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SESSION_BEGAN] = g_signal_new ("session-began", JT_TYPE_LOGIND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_LOGIND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_logind_init (JtLogind *self)
{
  self->cancellable = g_cancellable_new ();
  self->idles = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

JtLogind *
jt_logind_new (JtBusLink *link)
{
  JtLogind *self = g_object_new (JT_TYPE_LOGIND, NULL);

  self->peer = jt_peer_new (link, NAME, "logind");
  g_signal_connect_object (self->peer, "changed", G_CALLBACK (on_peer_changed), self, 0);
  jt_peer_listen (self->peer, PATH, MANAGER, "PrepareForSleep", NULL, on_prepare_for_sleep, self);
  jt_peer_listen (self->peer, PATH, MANAGER, "SessionNew", NULL, on_session_new, self);
  jt_peer_listen (self->peer, PATH, MANAGER, "SessionRemoved", NULL, on_idle_may_have_changed, self);
  jt_peer_listen (self->peer, NULL, PROPERTIES, "PropertiesChanged", USER, on_idle_may_have_changed, self);
  jt_peer_listen (self->peer, PATH, PROPERTIES, "PropertiesChanged", MANAGER, on_idle_may_have_changed, self);
  return self;
}
