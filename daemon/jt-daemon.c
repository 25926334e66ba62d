/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-daemon.h"

#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#include "jt-boot-id.h"
#include "jt-channel-programs.h"
#include "jt-composer.h"
#include "jt-error.h"
#include "jt-local-executor.h"
#include "jt-log.h"
#include "jt-machine.h"
#include "jt-names.h"
#include "jt-notify.h"
#include "jt-nss-accounts.h"
#include "jt-outbox.h"
#include "jt-real-clock.h"
#include "jt-service.h"
#include "jt-sqlite-store.h"
#include "jt-state-directory.h"
#include "jt-template-folder.h"

#define FIRST_RECONNECT_MSEC 100
#define LAST_RECONNECT_MSEC 5000

struct _JtDaemon
{
  GObject          parent;
  gboolean         is_system;
  char            *bus_address; /* (owned) (nullable) */
  int              lock_fd;     /* (owned) */
  JtClock         *clock;       /* (owned), as what follows */
  JtAccounts      *accounts;
  JtExecutor      *executor;
  JtSurroundings  *surroundings;
  JtStore         *store;
  JtTracker       *tracker;
  JtClock         *channel_clock; /* an alarm of its own */
  JtChannels      *channels;
  JtNotifier      *notifier;
  JtComposer      *composer;
  JtOutbox        *outbox;
  JtService       *service;
  GDBusConnection *connection;
  GMainLoop       *loop;
  JtExitStatus     status;
  gboolean         is_tracking; /* the tracker has started */
  gboolean         is_ready;
  gboolean         is_stopping;
  gboolean         wants_reload; /* asked for while one was under way */
  guint            reconnect_msec;
  guint            reconnect_id;
  guint            source_ids[4]; /* signals and the watchdog */
};

G_DEFINE_FINAL_TYPE (JtDaemon, jt_daemon, G_TYPE_OBJECT)

static void connect_to_bus (JtDaemon *self);

/* Log lines */

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autofree char *line = NULL;

  if ((level & G_LOG_LEVEL_DEBUG) != 0 && g_getenv ("G_MESSAGES_DEBUG") == NULL)
    return G_LOG_WRITER_HANDLED;
  if (GPOINTER_TO_INT (user_data) && g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  line = g_log_writer_format_fields (level, fields, n_fields, FALSE);
  fprintf (stderr, "%s\n", line);
  return G_LOG_WRITER_HANDLED;
}

void
jt_daemon_init_log (void)
{
  g_log_set_writer_func (write_log, GINT_TO_POINTER (g_log_writer_is_journald (fileno (stderr))), NULL);
}

/* Going down */

static void
quit (JtDaemon *self, JtExitStatus status)
{
  if (self->status == JT_EXIT_OK)
    self->status = status;
  g_main_loop_quit (self->loop);
}

static void
on_tracker_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_stop_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("could not stop in order: %s", error->message);
  jt_log_event (G_LOG_LEVEL_INFO, JT_MESSAGE_STOPPED, "stopped; running jobs go on");
  quit (self, JT_EXIT_OK);
}

/* The bus first: nobody may ask for what would not be done. Runs go on without the service. */
static void
stop (JtDaemon *self, JtExitStatus status)
{
  if (self->is_stopping)
    return;
  self->is_stopping = TRUE;
  self->status = status;
  jt_notify_stopping ();
  jt_service_detach (self->service);
  jt_outbox_stop (self->outbox);
  if (self->is_tracking)
    jt_tracker_stop_async (self->tracker, on_tracker_stopped, g_object_ref (self));
  else
    quit (self, status);
}

static void
fail (JtDaemon *self, JtExitStatus status, const char *message)
{
  jt_log_warning ("%s", message);
  stop (self, status);
}

/* Reload */

static void reload (JtDaemon *self);

static void
take_name (JtDaemon *self);

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) problems = jt_service_reload_finish (JT_SERVICE (source), result, &error);

  if (problems == NULL)
    jt_log_warning ("could not reload: %s", error->message);
  if (self->is_stopping)
    return;
  if (!self->is_ready)
    take_name (self);
  if (self->wants_reload)
    reload (self);
}

static void
reload (JtDaemon *self)
{
  self->wants_reload = FALSE;
  jt_service_reload_async (self->service, NULL, on_reloaded, g_object_ref (self));
}

/* The bus */

static gboolean
on_reconnect (gpointer user_data)
{
  JtDaemon *self = user_data;

  self->reconnect_id = 0;
  connect_to_bus (self);
  return G_SOURCE_REMOVE;
}

static void
reconnect_later (JtDaemon *self)
{
  if (self->is_stopping || self->reconnect_id != 0)
    return;
  g_clear_object (&self->connection);
  self->reconnect_id = g_timeout_add (self->reconnect_msec, on_reconnect, self);
  self->reconnect_msec = MIN (self->reconnect_msec * 2, LAST_RECONNECT_MSEC);
}

static void
on_lost (JtService *service, const char *reason, gpointer user_data)
{
  JtDaemon *self = user_data;

  if (self->is_stopping)
    return;
  jt_log_event (G_LOG_LEVEL_WARNING, JT_MESSAGE_BUS_LOST, "lost the bus: %s; jobs go on", reason);
  jt_notify_status ("without the bus; jobs go on");
  reconnect_later (self);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->is_stopping)
    return;
  if (!jt_service_attach_finish (JT_SERVICE (source), result, &error))
    {
      /* A service that has work goes on with it and waits for its name; one that begins has no business here. */
      if (self->is_ready)
        reconnect_later (self);
      else
        fail (self, JT_EXIT_UNAVAILABLE, error->message);
      return;
    }
  self->reconnect_msec = FIRST_RECONNECT_MSEC;
  if (self->is_ready)
    jt_log_event (G_LOG_LEVEL_INFO, JT_MESSAGE_BUS_BACK, "back on the bus");
  else
    jt_log_event (G_LOG_LEVEL_INFO, JT_MESSAGE_STARTED, "ready with %u jobs", jt_tracker_count_jobs (self->tracker));
  self->is_ready = TRUE;
  jt_outbox_let_begin (self->outbox);
  jt_notify_ready ("ready");
  jt_real_clock_watch_each_zone (self->clock);
}

static void
take_name (JtDaemon *self)
{
  if (self->connection == NULL || g_dbus_connection_is_closed (self->connection))
    reconnect_later (self);
  else
    jt_service_attach_async (self->service, self->connection, NULL, on_attached, g_object_ref (self));
}

static JtExitStatus
status_of_error (const GError *error)
{
  if (g_error_matches (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE))
    return JT_EXIT_STORAGE;
  return g_error_matches (error, JT_ERROR, JT_ERROR_EXISTS) ? JT_EXIT_UNAVAILABLE : JT_EXIT_CONFIG;
}

static void
on_tracker_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_start_finish (JT_TRACKER (source), result, &error))
    {
      fail (self, status_of_error (error), error->message);
      return;
    }
  self->is_tracking = TRUE;
  if (self->is_stopping)
    return;
  /* Job files before the name: what they define is there when the first caller comes. */
  reload (self);
}

static void
on_name_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean has_owner = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &has_owner);
  if (self->is_stopping)
    return;
  if (has_owner)
    fail (self, JT_EXIT_UNAVAILABLE, "another process has the bus name " JT_BUS_NAME "; is the service running already?");
  else
    jt_tracker_start_async (self->tracker, NULL, on_tracker_started, g_object_ref (self));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_finish (result, &error);

  if (self->is_stopping)
    return;
  if (connection == NULL && self->is_ready)
    {
      reconnect_later (self);
      return;
    }
  if (connection == NULL)
    {
      g_autofree char *message = g_strdup_printf ("could not connect to the bus at %s: %s", self->bus_address, error->message);

      fail (self, JT_EXIT_UNAVAILABLE, message);
      return;
    }
  g_set_object (&self->connection, connection);
  if (self->is_ready)
    take_name (self);
  else
    /* Somebody else's name means another service at work: nothing may be started, nor recovered, beside it. */
    g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                            "NameHasOwner", g_variant_new ("(s)", JT_BUS_NAME), G_VARIANT_TYPE ("(b)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_name_asked, g_object_ref (self));
}

static void
connect_to_bus (JtDaemon *self)
{
  g_dbus_connection_new_for_address (self->bus_address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                       | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, NULL, on_connected, g_object_ref (self));
}

/* Without GDBus's autolaunch: it would start a bus by a child process. */
static char *
find_system_bus (void)
{
  const char *variable = g_getenv ("DBUS_SYSTEM_BUS_ADDRESS");

  return g_strdup (variable != NULL && *variable != '\0' ? variable : "unix:path=/run/dbus/system_bus_socket");
}

static char *
find_bus_address (const JtDaemonOptions *options)
{
  const char *variable = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = NULL;
  g_autofree char *escaped = NULL;

  if (options->bus_address != NULL)
    return g_strdup (options->bus_address);
  if (options->is_system)
    return find_system_bus ();
  if (variable != NULL && *variable != '\0')
    return g_strdup (variable);
  socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  escaped = g_dbus_address_escape_value (socket);
  return g_strconcat ("unix:path=", escaped, NULL);
}

/* Coming up */

static gboolean
on_stop_signal (gpointer user_data)
{
  stop (user_data, JT_EXIT_OK);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload_signal (gpointer user_data)
{
  JtDaemon *self = user_data;

  if (self->is_ready && !self->is_stopping)
    {
      self->wants_reload = TRUE;
      reload (self);
    }
  return G_SOURCE_CONTINUE;
}

static char *
default_config_path (gboolean is_system)
{
  return is_system ? g_build_filename (SYSCONFDIR, "jobtracker", "jobtracker.conf", NULL)
                   : g_build_filename (g_get_user_config_dir (), "jobtracker", "jobtracker.conf", NULL);
}

static JtConfig *
load_config (const JtDaemonOptions *options, GError **error)
{
  g_autofree char *path = options->config_path != NULL ? g_strdup (options->config_path)
                                                       : default_config_path (options->is_system);
  g_autoptr (JtConfig) config = jt_config_load (path, options->is_system, error);

  if (config == NULL)
    return NULL;
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    jt_log_debug ("no configuration at %s; defaults hold", path);
  return jt_config_override (config, options->state_directory, options->job_directory, options->supervisor);
}

/* Units are those of the systemd that has started the service: the system's, or the user's own, which is on the session bus. */
static JtSurroundings *
make_surroundings (JtDaemon *self)
{
  g_autofree char *system_bus = self->is_system ? g_strdup (self->bus_address) : find_system_bus ();
  JtMachineOptions options;

  jt_machine_options_init (&options);
  options.system_bus = system_bus;
  options.units_bus = self->bus_address;
  return jt_machine_new (&options);
}

/* Notifications */

static void
on_templates_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtDaemon) self = user_data;
  g_auto (GStrv) problems = NULL;
  GHashTable *templates = jt_template_folder_read_finish (result, &problems);

  for (guint i = 0; problems[i] != NULL; i++)
    jt_log_event (G_LOG_LEVEL_WARNING, JT_MESSAGE_BAD_FILE, "%s", problems[i]);
  if (self->composer != NULL)
    jt_composer_set_templates (self->composer, templates);
  else
    g_hash_table_unref (templates);
}

static void
configure_notifications (JtDaemon *self, JtConfig *config)
{
  const char *domain = jt_config_get_message_id_domain (config);

  jt_notifier_set_enabled (self->notifier, config->is_notifying);
  jt_notifier_set_domain (self->notifier, domain);
  jt_composer_set_addresses (self->composer, config->gateway_url, domain);
  jt_template_folder_read_async (config->template_directory, NULL, on_templates_read, g_object_ref (self));
}

static void
on_configured (JtService *service, JtConfig *config, gpointer user_data)
{
  JtDaemon *self = user_data;

  jt_channels_set_config (self->channels, config);
  configure_notifications (self, config);
  jt_outbox_reload (self->outbox);
}

static void
build_notifications (JtDaemon *self, JtConfig *config)
{
  self->channel_clock = jt_real_clock_new ();
  self->channels = jt_channel_programs_new (config, self->channel_clock);
  self->notifier = jt_notifier_new (self->clock, self->accounts);
  self->composer = jt_composer_new (self->store, self->executor, self->notifier, g_get_host_name ());
  jt_tracker_set_notifier (self->tracker, self->notifier);
  self->outbox = jt_outbox_new (self->tracker, self->notifier, self->channels, self->composer);
  jt_outbox_hold_back (self->outbox);
  configure_notifications (self, config);
}

static gboolean
build (JtDaemon *self, JtConfig *config, const JtDaemonOptions *options, GError **error)
{
  g_autofree char *boot_id = jt_boot_id_read ();
  g_autofree char *machine_id = jt_machine_id_read ();

  self->clock = jt_real_clock_new ();
  jt_real_clock_watch_zones (self->clock);
  self->accounts = jt_nss_accounts_new ();
  self->executor = jt_local_executor_new (config->state_directory, config->supervisor, self->clock, error);
  if (self->executor == NULL)
    return FALSE;
  self->store = jt_sqlite_store_new (config->state_directory, self->clock);
  self->tracker = jt_tracker_new (self->clock, self->store, self->executor, config, boot_id);
  if (machine_id != NULL)
    jt_tracker_set_machine_id (self->tracker, machine_id);
  self->surroundings = make_surroundings (self);
  jt_tracker_set_surroundings (self->tracker, self->surroundings);
  build_notifications (self, config);
  self->service = jt_service_new (self->tracker, self->accounts, config, self->is_system);
  jt_service_set_notifications (self->service, self->notifier, self->outbox, self->composer);
  g_signal_connect (self->service, "configured", G_CALLBACK (on_configured), self);
  jt_service_set_overrides (self->service, options->state_directory, options->job_directory, options->supervisor);
  g_signal_connect (self->service, "lost", G_CALLBACK (on_lost), self);
  return TRUE;
}

JtDaemon *
jt_daemon_new (const JtDaemonOptions *options, JtExitStatus *status, GError **error)
{
  g_autoptr (JtDaemon) self = g_object_new (JT_TYPE_DAEMON, NULL);
  g_autoptr (JtConfig) config = load_config (options, error);
  GError *local_error = NULL;

  *status = JT_EXIT_CONFIG;
  if (config == NULL)
    return NULL;
  self->is_system = options->is_system;
  self->bus_address = find_bus_address (options);
  self->lock_fd = jt_state_directory_take (config->state_directory, &local_error);
  if (self->lock_fd < 0 || !build (self, config, options, &local_error))
    {
      *status = status_of_error (local_error);
      g_propagate_error (error, local_error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

JtExitStatus
jt_daemon_run (JtDaemon *self)
{
  self->source_ids[0] = g_unix_signal_add (SIGTERM, on_stop_signal, self);
  self->source_ids[1] = g_unix_signal_add (SIGINT, on_stop_signal, self);
  self->source_ids[2] = g_unix_signal_add (SIGHUP, on_reload_signal, self);
  self->source_ids[3] = jt_notify_start_watchdog ();
  connect_to_bus (self);
  g_main_loop_run (self->loop);
  if (self->connection != NULL && !g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_flush_sync (self->connection, NULL, NULL); /* the loop has ended: the last answers leave */
  jt_sqlite_store_close (JT_SQLITE_STORE (self->store));
  return self->status;
}

static void
jt_daemon_dispose (GObject *object)
{
  JtDaemon *self = JT_DAEMON (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->source_ids); i++)
    g_clear_handle_id (&self->source_ids[i], g_source_remove);
  g_clear_handle_id (&self->reconnect_id, g_source_remove);
  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  g_clear_object (&self->outbox);
  g_clear_object (&self->composer);
  g_clear_object (&self->tracker);
  g_clear_object (&self->notifier);
  g_clear_object (&self->channels);
  g_clear_object (&self->channel_clock);
  g_clear_object (&self->surroundings);
  g_clear_object (&self->executor);
  g_clear_object (&self->store);
  g_clear_object (&self->accounts);
  g_clear_object (&self->clock);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (jt_daemon_parent_class)->dispose (object);
}

static void
jt_daemon_finalize (GObject *object)
{
  JtDaemon *self = JT_DAEMON (object);

  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_main_loop_unref (self->loop);
  g_free (self->bus_address);
  G_OBJECT_CLASS (jt_daemon_parent_class)->finalize (object);
}

static void
jt_daemon_class_init (JtDaemonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_daemon_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_daemon_finalize;
}

static void
jt_daemon_init (JtDaemon *self)
{
  self->lock_fd = -1;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->reconnect_msec = FIRST_RECONNECT_MSEC;
}
