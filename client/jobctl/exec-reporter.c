/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "exec-reporter.h"

#include "jt-error.h"
#include "jt-names.h"

#define CHUNK_BYTES (48 * 1024)
#define WAITING_BYTES (4 * 1024 * 1024)
#define FLUSH_MSEC 250
#define PROGRESS_MSEC 250
#define HEARTBEAT_SECONDS 60

struct _ExecReporter
{
  Context      *context; /* (unowned) */
  const char   *run_path;
  GByteArray   *waiting[2];  /* stdout, stderr */
  guint64       left_out[2]; /* bytes that did not fit */
  gboolean      is_sending;
  double        fraction;    /* -1: nothing to tell */
  char         *text;
  guint         flush_source;
  guint         progress_source;
  guint         heartbeat_source;
  guint         signal;
  GCancellable *cancellable;
  ExecEndedFunc ended;
  gpointer      user_data;
};

static void send_text (ExecReporter *reporter);

static void
call (ExecReporter *reporter, const char *path, const char *interface, const char *method, GVariant *parameters, GAsyncReadyCallback done)
{
  g_dbus_connection_call (jt_client_get_connection (reporter->context->client), JT_BUS_NAME, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, reporter->cancellable, done, reporter);
}

/* --- log text --- */

static gboolean
flush_cb (gpointer user_data)
{
  ExecReporter *reporter = user_data;

  reporter->flush_source = 0;
  send_text (reporter);
  return G_SOURCE_REMOVE;
}

static void
plan_flush (ExecReporter *reporter, guint msec)
{
  if (reporter->flush_source == 0)
    reporter->flush_source = g_timeout_add (msec, flush_cb, reporter);
}

static void
on_text_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  ExecReporter *reporter = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  reporter->is_sending = FALSE;
  if (reporter->waiting[0]->len + reporter->waiting[1]->len > 0)
    plan_flush (reporter, reply != NULL ? 20 : 1000);
}

/* (transfer full) floating parameters of one AppendLog; NULL when nothing waits. */
static GVariant *
take_chunk (ExecReporter *reporter)
{
  int index = reporter->waiting[0]->len > 0 ? 0 : 1;
  GByteArray *waiting = reporter->waiting[index];
  gsize length = MIN (waiting->len, CHUNK_BYTES);
  GVariant *data;

  if (length == 0)
    return NULL;
  data = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, waiting->data, length, 1);
  g_byte_array_remove_range (waiting, 0, (guint) length);
  return g_variant_new ("(s@ay)", index == 0 ? "stdout" : "stderr", data);
}

static void
send_text (ExecReporter *reporter)
{
  GVariant *parameters = reporter->is_sending ? NULL : take_chunk (reporter);

  if (parameters == NULL)
    return;
  reporter->is_sending = TRUE;
  call (reporter, reporter->run_path, JT_RUN_INTERFACE, "AppendLog", parameters, on_text_sent);
}

static void
say_left_out (ExecReporter *reporter, int index)
{
  g_autofree char *line = NULL;

  if (reporter->left_out[index] == 0)
    return;
  line = g_strdup_printf ("\n[%" G_GUINT64_FORMAT " bytes came too fast to be kept]\n", reporter->left_out[index]);
  reporter->left_out[index] = 0;
  g_byte_array_append (reporter->waiting[index], (const guint8 *) line, (guint) strlen (line));
}

void
exec_reporter_add_text (ExecReporter *reporter, gboolean is_stderr, const char *bytes, gsize length)
{
  int index = is_stderr ? 1 : 0;
  GByteArray *waiting = reporter->waiting[index];

  if (waiting->len + length > WAITING_BYTES)
    {
      reporter->left_out[index] += length;
      return;
    }
  say_left_out (reporter, index);
  g_byte_array_append (waiting, (const guint8 *) bytes, (guint) length);
  if (waiting->len >= CHUNK_BYTES)
    send_text (reporter);
  else
    plan_flush (reporter, FLUSH_MSEC);
}

/* --- progress, heartbeats --- */

static gboolean
progress_cb (gpointer user_data)
{
  ExecReporter *reporter = user_data;

  reporter->progress_source = 0;
  call (reporter, reporter->run_path, JT_RUN_INTERFACE, "SetProgress",
        g_variant_new ("(ds)", reporter->fraction, reporter->text != NULL ? reporter->text : ""), NULL);
  return G_SOURCE_REMOVE;
}

void
exec_reporter_set_progress (ExecReporter *reporter, double fraction, const char *text)
{
  reporter->fraction = fraction;
  g_free (reporter->text);
  reporter->text = g_strdup (text);
  if (reporter->progress_source == 0)
    reporter->progress_source = g_timeout_add (PROGRESS_MSEC, progress_cb, reporter);
}

static gboolean
heartbeat_cb (gpointer user_data)
{
  ExecReporter *reporter = user_data;

  call (reporter, reporter->run_path, JT_RUN_INTERFACE, "Heartbeat", NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/* --- the end --- */

static void
on_run_finished (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
                 GVariant *parameters, gpointer user_data)
{
  ExecReporter *reporter = user_data;
  g_autoptr (GVariant) run = g_variant_get_child_value (parameters, 0);

  if (g_variant_is_of_type (run, G_VARIANT_TYPE_OBJECT_PATH) && g_str_equal (g_variant_get_string (run, NULL), reporter->run_path))
    reporter->ended (reporter->user_data);
}

ExecReporter *
exec_reporter_new (Context *context, const char *run_path, ExecEndedFunc ended, gpointer user_data)
{
  ExecReporter *reporter = g_new0 (ExecReporter, 1);

  reporter->context = context;
  reporter->run_path = run_path;
  reporter->ended = ended;
  reporter->user_data = user_data;
  reporter->fraction = -1;
  reporter->cancellable = g_cancellable_new ();
  for (int i = 0; i < 2; i++)
    reporter->waiting[i] = g_byte_array_new ();
  reporter->heartbeat_source = g_timeout_add_seconds (HEARTBEAT_SECONDS, heartbeat_cb, reporter);
  reporter->signal = g_dbus_connection_signal_subscribe (jt_client_get_connection (context->client), JT_BUS_NAME, JT_ROOT_INTERFACE,
                                                         "RunFinished", JT_ROOT_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_run_finished,
                                                         reporter, NULL);
  /* Without it a cancellation is not heard of, no more. */
  call (reporter, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)), NULL);
  return reporter;
}

static void
clear_sources (ExecReporter *reporter)
{
  g_clear_handle_id (&reporter->flush_source, g_source_remove);
  g_clear_handle_id (&reporter->progress_source, g_source_remove);
  g_clear_handle_id (&reporter->heartbeat_source, g_source_remove);
}

void
exec_reporter_free (ExecReporter *reporter)
{
  if (reporter == NULL)
    return;
  clear_sources (reporter);
  g_cancellable_cancel (reporter->cancellable);
  g_dbus_connection_signal_unsubscribe (jt_client_get_connection (reporter->context->client), reporter->signal);
  /* Answers that were given up still come, and find the reporter gone otherwise. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (int i = 0; i < 2; i++)
    g_byte_array_unref (reporter->waiting[i]);
  g_object_unref (reporter->cancellable);
  g_free (reporter->text);
  g_free (reporter);
}

gboolean
exec_reporter_finish (ExecReporter *reporter, const char *state, GVariant *details, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (details);
  g_autoptr (GVariant) reply = NULL;
  GVariant *parameters;

  clear_sources (reporter);
  while (reporter->is_sending)
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&reporter->flush_source, g_source_remove);
  for (int i = 0; i < 2; i++)
    say_left_out (reporter, i);
  while ((parameters = take_chunk (reporter)) != NULL)
    {
      g_autoptr (GVariant) appended
        = jt_client_call (reporter->context->client, reporter->run_path, JT_RUN_INTERFACE, "AppendLog", parameters, NULL);

      if (appended == NULL)
        break;
    }
  reply = jt_client_call (reporter->context->client, reporter->run_path, JT_RUN_INTERFACE, "Finish",
                          g_variant_new ("(s@a{sv})", state, owned), error);
  return reply != NULL;
}
