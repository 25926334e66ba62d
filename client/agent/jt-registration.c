/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-registration.h"

#include "jt-error.h"
#include "jt-names.h"

#define MOST_REPORTS 4096

typedef struct
{
  guint64     id;
  const char *outcome; /* (unowned) interned */
  char       *detail;  /* (owned) */
} Report;

struct _JtRegistration
{
  GObject       parent;
  JtLink       *link;            /* (owned) */
  JtServerInfo *server;          /* (owned) (nullable) */
  gboolean      is_registered;
  guint         n_registrations; /* so far, so that one can be told from the next */
  guint         n_failures;      /* to register, in a row */
  GSource      *timer;           /* (owned) (nullable) until the next try */
  GQueue        reports;         /* (element-type Report) (owned) that nobody has heard yet, the oldest first */
  gboolean      is_reporting;    /* the oldest is under way */
  guint         n_registrations_of_report; /* when it was sent */
  guint         n_refused;       /* reports, in a row */
  GSource      *report_timer;    /* (owned) (nullable) until the next try */
};

enum
{
  POPUP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtRegistration, jt_registration, G_TYPE_OBJECT)

static void try_to_register (JtRegistration *self);
static void send_report (JtRegistration *self);

static void
report_free (gpointer data)
{
  Report *report = data;

  if (report == NULL)
    return;
  g_free (report->detail);
  g_free (report);
}

/* Nobody has heard it, so the next service is told. */
static gboolean
is_unheard (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* It has no time for it now. */
static gboolean
is_busy (const GError *error)
{
  return g_error_matches (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED) || g_error_matches (error, JT_ERROR, JT_ERROR_OVERLOADED)
         || g_error_matches (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED);
}

static gboolean
on_time_to_report (gpointer user_data)
{
  JtRegistration *self = JT_REGISTRATION (user_data);

  g_clear_pointer (&self->report_timer, g_source_unref);
  send_report (self);
  return G_SOURCE_REMOVE;
}

static void
report_later (JtRegistration *self)
{
  self->n_refused++;
  self->report_timer = g_timeout_source_new (jt_link_backoff_msec (self->n_refused, g_random_double ()));
  g_source_set_callback (self->report_timer, on_time_to_report, self, NULL);
  g_source_attach (self->report_timer, NULL);
}

static void
on_reported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtRegistration) self = JT_REGISTRATION (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_link_call_finish (JT_LINK (source), result, NULL, &error);

  self->is_reporting = FALSE;
  if (reply == NULL && is_busy (error))
    {
      report_later (self);
      return;
    }
  self->n_refused = 0;
  if (reply == NULL && is_unheard (error))
    {
      if (self->n_registrations != self->n_registrations_of_report)
        send_report (self);
      return;
    }
  if (reply == NULL)
    g_debug ("could not report what became of a popup: %s", error->message);
  report_free (g_queue_pop_head (&self->reports));
  send_report (self);
}

/* One at a time, so that they come in order, and a storm of popups does not use up what the bus grants a connection. It stays
 * in the queue until it was heard. */
static void
send_report (JtRegistration *self)
{
  const Report *report = g_queue_peek_head (&self->reports);

  if (report == NULL || !self->is_registered || self->is_reporting || self->report_timer != NULL)
    return;
  self->is_reporting = TRUE;
  self->n_registrations_of_report = self->n_registrations;
  jt_link_call_async (self->link, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "ReportDelivery",
                      g_variant_new ("(tss)", report->id, report->outcome, report->detail), on_reported, g_object_ref (self));
}

static void
stop_timer (JtRegistration *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
on_time_to_register (gpointer user_data)
{
  JtRegistration *self = JT_REGISTRATION (user_data);

  g_clear_pointer (&self->timer, g_source_unref);
  try_to_register (self);
  return G_SOURCE_REMOVE;
}

static void
register_later (JtRegistration *self)
{
  stop_timer (self);
  self->n_failures++;
  self->timer = g_timeout_source_new (jt_link_backoff_msec (self->n_failures, g_random_double ()));
  g_source_set_callback (self->timer, on_time_to_register, self, NULL);
  g_source_attach (self->timer, NULL);
}

/* A service that knows no agents, or does not want this one, will not change its mind: the next one is asked. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED) || g_error_matches (error, JT_ERROR, JT_ERROR_NOT_AUTHORIZED)
         || g_error_matches (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtRegistration) self = JT_REGISTRATION (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_link_call_finish (JT_LINK (source), result, NULL, &error);

  if (reply != NULL)
    {
      g_debug ("registered with the service on the %s bus", jt_link_get_name (self->link));
      self->is_registered = jt_link_has_service (self->link);
      self->n_registrations++;
      self->n_failures = 0;
      send_report (self);
      return;
    }
  if (!jt_link_has_service (self->link))
    return;
  if (is_final (error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("the service on the %s bus takes no agent: %s", jt_link_get_name (self->link), error->message);
      return;
    }
  g_debug ("could not register with the service on the %s bus: %s", jt_link_get_name (self->link), error->message);
  register_later (self);
}

static GVariant *
describe_server (const JtServerInfo *info)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "actions", g_variant_new_boolean (info->has_actions));
  g_variant_builder_add (&builder, "{sv}", "body-markup", g_variant_new_boolean (info->has_markup));
  g_variant_builder_add (&builder, "{sv}", "persistence", g_variant_new_boolean (info->has_persistence));
  g_variant_builder_add (&builder, "{sv}", "server", g_variant_new_string (info->server));
  g_variant_builder_add (&builder, "{sv}", "version", g_variant_new_string (info->version));
  return g_variant_builder_end (&builder);
}

static void
try_to_register (JtRegistration *self)
{
  if (self->server == NULL || !jt_link_has_service (self->link))
    return;
  jt_link_call_async (self->link, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "RegisterAgent",
                      g_variant_new ("(@a{sv})", describe_server (self->server)), on_registered, g_object_ref (self));
}

static void
on_appeared (JtLink *link, JtRegistration *self)
{
  stop_timer (self);
  self->n_failures = 0;
  try_to_register (self);
}

static void
on_vanished (JtLink *link, JtRegistration *self)
{
  stop_timer (self);
  self->is_registered = FALSE;
}

static void
on_heard (JtLink *link, const char *member, GVariant *parameters, JtRegistration *self)
{
  g_autoptr (GVariant) notification = NULL;
  g_autoptr (JtPopup) popup = NULL;
  guint64 id = 0;

  if (!g_str_equal (member, "Notify") || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ta{sv})")))
    return;
  g_variant_get (parameters, "(t@a{sv})", &id, &notification);
  popup = jt_popup_new (jt_link_get_name (link), id, notification);
  g_signal_emit (self, signals[POPUP], 0, popup);
}

/* There is this notification server now: the service is told what it can do, and only from now on that we are there. */
void
jt_registration_set_server (JtRegistration *self, const JtServerInfo *info)
{
  g_clear_pointer (&self->server, jt_server_info_free);
  self->server = jt_server_info_copy (info);
  jt_link_start (self->link);
  stop_timer (self);
  try_to_register (self);
}

/* There is none any more. Leaving the bus is how a registration ends. */
void
jt_registration_leave (JtRegistration *self)
{
  g_clear_pointer (&self->server, jt_server_info_free);
  stop_timer (self);
  jt_link_stop (self->link);
}

/* @outcome: one of the words of the interface */
void
jt_registration_report (JtRegistration *self, guint64 id, const char *outcome, const char *detail)
{
  Report *report = g_new (Report, 1);

  *report = (Report){ id, g_intern_string (outcome), g_strdup (detail) };
  g_queue_push_tail (&self->reports, report);
  /* (the oldest may be under way) */
  if (self->reports.length > MOST_REPORTS)
    report_free (g_queue_pop_nth (&self->reports, 1));
  send_report (self);
}

/* Borrowed. */
JtLink *
jt_registration_get_link (JtRegistration *self)
{
  return self->link;
}

/* (transfer full) */
JtRegistration *
jt_registration_new (JtLink *link)
{
  JtRegistration *self = g_object_new (JT_TYPE_REGISTRATION, NULL);

  self->link = g_object_ref (link);
  g_signal_connect_object (link, "appeared", G_CALLBACK (on_appeared), self, 0);
  g_signal_connect_object (link, "vanished", G_CALLBACK (on_vanished), self, 0);
  g_signal_connect_object (link, "heard", G_CALLBACK (on_heard), self, 0);
  return self;
}

static void
jt_registration_init (JtRegistration *self)
{
  g_queue_init (&self->reports);
}

static void
jt_registration_dispose (GObject *object)
{
  JtRegistration *self = JT_REGISTRATION (object);

  stop_timer (self);
  if (self->report_timer != NULL)
    g_source_destroy (self->report_timer);
  g_clear_pointer (&self->report_timer, g_source_unref);
  if (self->link != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->link, self);
      jt_link_stop (self->link);
    }
  g_clear_object (&self->link);
  G_OBJECT_CLASS (jt_registration_parent_class)->dispose (object);
}

static void
jt_registration_finalize (GObject *object)
{
  JtRegistration *self = JT_REGISTRATION (object);

  jt_server_info_free (self->server);
  g_queue_clear_full (&self->reports, report_free);
  G_OBJECT_CLASS (jt_registration_parent_class)->finalize (object);
}

static void
jt_registration_class_init (JtRegistrationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = jt_registration_dispose;
  object_class->finalize = jt_registration_finalize;
  signals[POPUP] = g_signal_new ("popup", JT_TYPE_REGISTRATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}
