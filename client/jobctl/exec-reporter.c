/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "exec-reporter.h"

#include <string.h>

#include "jt-error.h"
#include "jt-names.h"

/* What one call may carry. */
#define CHUNK_BYTES (64 * 1024)
#define WAITING_BYTES (4 * 1024 * 1024)
/* What is next is not left out: of a flood its begin is told as well as its end. */
#define NEXT_BYTES (1024 * 1024)
/* Of more than that only the tail is kept: it is sent at leisure. */
#define HASTY_BYTES (16 * 1024 * 1024)
#define FLUSH_MSEC 250
#define PACE_MSEC 20
#define BUSY_MSEC 20
#define AWAY_MSEC 1000
#define PROGRESS_MSEC 250
#define HEARTBEAT_SECONDS 60
/* How long the command's own end is held up for the rest of its text, and for the record of it. */
#define REST_SECONDS 8
#define FINISH_SECONDS 10
#define HURRIED_SECONDS 2
#define FINISH_TRIES 10
#define FINISH_AGAIN_MSEC 200

/* What one costs beside its text: many short ones are much memory too. */
#define CHUNK_COST 256

/* Text of one stream. */
typedef struct
{
  gboolean    is_stderr;
  GByteArray *bytes; /* (owned) */
  guint64     left_out_bytes; /* before it */
} Chunk;

struct _ExecReporter
{
  Context          *context; /* (unowned) */
  const char       *run_path;
  GQueue            chunks;    /* (element-type Chunk) (owned) in the order in which they came; the first may be on its way */
  gsize             waiting_bytes;
  guint64           sent_bytes;
  gboolean          is_sending;
  gboolean          is_over;   /* the run has ended, or the service is gone at the end: nobody wants to hear more of it */
  gboolean          is_finishing;
  double            fraction;
  char             *text;
  guint             flush_source;
  guint             progress_source;
  guint             heartbeat_source;
  guint             signal;
  GCancellable     *cancellable;
  ExecCancelledFunc cancelled;
  gpointer          user_data;
};

static void
chunk_free (gpointer data)
{
  Chunk *chunk = data;

  g_byte_array_unref (chunk->bytes);
  g_free (chunk);
}

/* A service that is away is not started for what comes on the way, only for the end. */
static void
call (ExecReporter *reporter, const char *path, const char *interface, const char *method, GVariant *parameters, GAsyncReadyCallback done)
{
  g_dbus_connection_call (jt_client_get_connection (reporter->context->client), JT_BUS_NAME, path, interface, method, parameters, NULL,
                          reporter->is_finishing ? G_DBUS_CALL_FLAGS_NONE : G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, reporter->cancellable,
                          done, reporter);
}

/* --- the run ended from elsewhere --- */

static void
take_state (ExecReporter *reporter, const char *state)
{
  gboolean was_over = reporter->is_over;

  reporter->is_over = was_over || !g_str_equal (state, "running");
  if (!was_over && g_str_equal (state, "cancelled"))
    reporter->cancelled (reporter->user_data);
}

static void
on_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) state = NULL;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &state);
  if (g_variant_is_of_type (state, G_VARIANT_TYPE_STRING))
    take_state (user_data, g_variant_get_string (state, NULL));
}

/* Ending a command is not done on anybody's word: the service itself is asked, which no other can answer for. */
static void
ask_state (ExecReporter *reporter)
{
  if (!reporter->is_over)
    call (reporter, reporter->run_path, "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", JT_RUN_INTERFACE, "State"), on_state);
}

static void
on_run_finished (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
                 GVariant *parameters, gpointer user_data)
{
  ExecReporter *reporter = user_data;
  const char *run;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;
  g_variant_get (parameters, "(&oa{sv})", &run, NULL);
  if (g_str_equal (run, reporter->run_path))
    ask_state (reporter);
}

/* Of an answer that was given up NULL comes back: the reporter is gone. A run that has ended while nobody told us is asked how. */
static ExecReporter *
take_answer (GObject *source, GAsyncResult *result, gpointer user_data, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &local);
  ExecReporter *reporter = user_data;

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return NULL;
  if (g_error_matches (local, JT_ERROR, JT_ERROR_WRONG_STATE))
    ask_state (reporter);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return reporter;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  take_answer (source, result, user_data, NULL);
}

/* --- log text --- */

static void send_text (ExecReporter *reporter);

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
drop_first (ExecReporter *reporter)
{
  Chunk *chunk = g_queue_pop_head (&reporter->chunks);

  reporter->waiting_bytes -= chunk->bytes->len + CHUNK_COST;
  chunk_free (chunk);
}

static void
send_next (ExecReporter *reporter)
{
  Chunk *first = g_queue_peek_head (&reporter->chunks);

  if (first == NULL || reporter->is_over)
    return;
  if (first->bytes->len < CHUNK_BYTES / 2 && !reporter->is_finishing)
    plan_flush (reporter, FLUSH_MSEC);
  else if (reporter->sent_bytes > HASTY_BYTES && !reporter->is_finishing)
    plan_flush (reporter, PACE_MSEC);
  else
    send_text (reporter);
}

/* What the service could not take stays the first. */
static void
on_text_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  ExecReporter *reporter = take_answer (source, result, user_data, &error);

  if (reporter == NULL)
    return;
  reporter->is_sending = FALSE;
  if (g_error_matches (error, JT_ERROR, JT_ERROR_OVERLOADED) || g_error_matches (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED))
    plan_flush (reporter, BUSY_MSEC);
  else if (error != NULL && error->domain != JT_ERROR && reporter->is_finishing)
    reporter->is_over = TRUE;
  else if (error != NULL && (error->domain != JT_ERROR || error->code == JT_ERROR_STORAGE_UNAVAILABLE))
    plan_flush (reporter, AWAY_MSEC);
  else
    {
      reporter->sent_bytes += ((Chunk *) g_queue_peek_head (&reporter->chunks))->bytes->len;
      drop_first (reporter);
      send_next (reporter);
    }
}

static Chunk *
chunk_new (gboolean is_stderr)
{
  Chunk *chunk = g_new0 (Chunk, 1);

  chunk->is_stderr = is_stderr;
  chunk->bytes = g_byte_array_new ();
  return chunk;
}

static void
push_chunk (ExecReporter *reporter, gboolean is_stderr, const char *bytes, gsize length)
{
  Chunk *last = g_queue_peek_tail (&reporter->chunks);
  gboolean is_on_its_way = reporter->is_sending && reporter->chunks.length == 1;

  if (last == NULL || is_on_its_way || last->is_stderr != is_stderr || last->bytes->len + length > CHUNK_BYTES)
    {
      last = chunk_new (is_stderr);
      g_queue_push_tail (&reporter->chunks, last);
      reporter->waiting_bytes += CHUNK_COST;
    }
  g_byte_array_append (last->bytes, (const guint8 *) bytes, (guint) length);
  reporter->waiting_bytes += length;
}

/* What was left out before the first is a chunk of its own before it. */
static void
say_left_out (ExecReporter *reporter)
{
  Chunk *first = g_queue_peek_head (&reporter->chunks);
  Chunk *note = chunk_new (first->is_stderr);
  g_autofree char *line = g_strdup_printf ("\n[%" G_GUINT64_FORMAT " bytes came too fast to be kept]\n", first->left_out_bytes);

  first->left_out_bytes = 0;
  g_byte_array_append (note->bytes, (const guint8 *) line, (guint) strlen (line));
  g_queue_push_head (&reporter->chunks, note);
  reporter->waiting_bytes += note->bytes->len + CHUNK_COST;
}

static void
send_text (ExecReporter *reporter)
{
  Chunk *first;
  GVariant *data;

  if (reporter->is_sending || g_queue_is_empty (&reporter->chunks))
    return;
  if (((Chunk *) g_queue_peek_head (&reporter->chunks))->left_out_bytes > 0)
    say_left_out (reporter);
  first = g_queue_peek_head (&reporter->chunks);
  data = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, first->bytes->data, first->bytes->len, 1);
  reporter->is_sending = TRUE;
  call (reporter, reporter->run_path, JT_RUN_INTERFACE, "AppendLog", g_variant_new ("(s@ay)", first->is_stderr ? "stderr" : "stdout", data),
        on_text_sent);
}

/* The oldest but for what is next; the last of all stays. */
static GList *
find_oldest (ExecReporter *reporter)
{
  gsize next_bytes = 0;

  for (GList *link = reporter->chunks.head; link != NULL && link->next != NULL; link = link->next)
    {
      next_bytes += ((Chunk *) link->data)->bytes->len + CHUNK_COST;
      if (next_bytes > NEXT_BYTES)
        return link;
    }
  return NULL;
}

/* The end of the output matters most, so the oldest goes. */
static void
make_room (ExecReporter *reporter, gsize length)
{
  GList *link;

  while (reporter->waiting_bytes + length > WAITING_BYTES && (link = find_oldest (reporter)) != NULL)
    {
      Chunk *oldest = link->data;
      Chunk *next = link->next->data;

      next->left_out_bytes += oldest->left_out_bytes + oldest->bytes->len;
      reporter->waiting_bytes -= oldest->bytes->len + CHUNK_COST;
      g_queue_delete_link (&reporter->chunks, link);
      chunk_free (oldest);
    }
}

/* @length: at most 64 KiB */
void
exec_reporter_add_text (ExecReporter *reporter, gboolean is_stderr, const char *bytes, gsize length)
{
  if (reporter->is_over)
    return;
  make_room (reporter, length);
  push_chunk (reporter, is_stderr, bytes, length);
  if (!reporter->is_sending && reporter->flush_source == 0)
    send_next (reporter);
}

/* --- progress, heartbeats --- */

static gboolean
progress_cb (gpointer user_data)
{
  ExecReporter *reporter = user_data;

  reporter->progress_source = 0;
  call (reporter, reporter->run_path, JT_RUN_INTERFACE, "SetProgress",
        g_variant_new ("(ds)", reporter->fraction, reporter->text != NULL ? reporter->text : ""), on_answer);
  return G_SOURCE_REMOVE;
}

void
exec_reporter_set_progress (ExecReporter *reporter, double fraction, const char *text)
{
  if (reporter->is_over)
    return;
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

  if (!reporter->is_over)
    call (reporter, reporter->run_path, JT_RUN_INTERFACE, "Heartbeat", NULL, on_answer);
  return G_SOURCE_CONTINUE;
}

/* --- begin and end --- */

/* Signals of this job alone; where they cannot be had, the next heartbeat is told. */
static void
subscribe (ExecReporter *reporter, const char *job)
{
  GVariantDict filter;

  reporter->signal = g_dbus_connection_signal_subscribe (jt_client_get_connection (reporter->context->client), JT_BUS_NAME, JT_ROOT_INTERFACE,
                                                         "RunFinished", JT_ROOT_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_run_finished,
                                                         reporter, NULL);
  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "job", "s", job);
  call (reporter, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(@a{sv})", g_variant_dict_end (&filter)), NULL);
}

ExecReporter *
exec_reporter_new (Context *context, const char *job, const char *run_path, ExecCancelledFunc cancelled, gpointer user_data)
{
  ExecReporter *reporter = g_new0 (ExecReporter, 1);

  reporter->context = context;
  reporter->run_path = run_path;
  reporter->cancelled = cancelled;
  reporter->user_data = user_data;
  reporter->cancellable = g_cancellable_new ();
  g_queue_init (&reporter->chunks);
  reporter->heartbeat_source = g_timeout_add_seconds (HEARTBEAT_SECONDS, heartbeat_cb, reporter);
  subscribe (reporter, job);
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
  g_queue_clear_full (&reporter->chunks, chunk_free);
  g_object_unref (reporter->cancellable);
  g_free (reporter->text);
  g_free (reporter);
}

static gboolean
give_up_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* All text that waits, as long as there is somebody who takes it. FALSE: there is, but it takes too long. */
static gboolean
send_rest (ExecReporter *reporter)
{
  gboolean has_given_up = FALSE;
  guint source = g_timeout_add_seconds (REST_SECONDS, give_up_cb, &has_given_up);

  while (!g_queue_is_empty (&reporter->chunks) && !reporter->is_over && !has_given_up)
    {
      if (reporter->flush_source == 0)
        send_text (reporter);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (source);
  return !has_given_up;
}

gboolean
exec_reporter_finish (ExecReporter *reporter, const char *state, GVariant *details, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (details);
  g_autoptr (GVariant) reply = NULL;

  clear_sources (reporter);
  reporter->is_finishing = TRUE;
  jt_client_limit_timeout (reporter->context->client, send_rest (reporter) ? FINISH_SECONDS : HURRIED_SECONDS);
  clear_sources (reporter);
  /* A service that has just come up may have to read yet what the run was begun with. */
  for (guint i = 0; reply == NULL && (i == 0 || (i < FINISH_TRIES && g_error_matches (*error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE))); i++)
    {
      if (i > 0)
        g_usleep (FINISH_AGAIN_MSEC * 1000);
      g_clear_error (error);
      reply = jt_client_call (reporter->context->client, reporter->run_path, JT_RUN_INTERFACE, "Finish",
                              g_variant_new ("(s@a{sv})", state, owned), error);
    }
  return reply != NULL;
}
