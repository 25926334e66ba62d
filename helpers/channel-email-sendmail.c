/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-sendmail.h"

#include <sysexits.h>

#include <gio/gio.h>

#define MAX_COMPLAINT 600

typedef struct
{
  GSubprocess  *process; /* (owned) */
  GCancellable *over;    /* (owned) ends what still reads and writes */
  GBytes       *bytes;   /* (owned) */
  GString      *complaint; /* (owned) the first of what it said */
  char          buffer[4096];
  guint         timeout; /* source */
  gboolean      is_written;
  gboolean      is_timed_out;
  guint         n_pending; /* calls that have not come back */
  EmailVerdict  verdict;
  EmailDoneFunc done;
  gpointer      user_data;
} Handover;

/* Only when nothing can come back to it any more. */
static void
end_call (Handover *self)
{
  self->n_pending--;
  if (self->n_pending > 0)
    return;
  self->done (self->verdict, self->user_data);
  g_object_unref (self->process);
  g_object_unref (self->over);
  g_bytes_unref (self->bytes);
  g_string_free (self->complaint, TRUE);
  g_free (self);
}

/* ---- how it ended ---- */

static gboolean
is_refusal (int status)
{
  return status == EX_DATAERR || status == EX_NOUSER || status == EX_NOHOST;
}

static EmailVerdict
judge (Handover *self)
{
  g_autofree char *words = g_strdup (self->complaint->len > 0 ? self->complaint->str : "it says nothing");
  int status;

  if (self->is_timed_out)
    return email_verdict (EMAIL_RETRY, TRUE, g_strdup ("sendmail did not end in time and was killed"));
  if (!g_subprocess_get_if_exited (self->process))
    return email_verdict (EMAIL_RETRY, TRUE,
                          g_strdup_printf ("sendmail was killed by signal %d", g_subprocess_get_term_sig (self->process)));
  status = g_subprocess_get_exit_status (self->process);
  if (status == 0 && self->is_written)
    return email_verdict (EMAIL_DELIVERED, FALSE, g_strdup ("handed over to sendmail"));
  if (status == 0)
    return email_verdict (EMAIL_RETRY, TRUE, g_strdup ("sendmail ended without having read the whole message"));
  return email_verdict (is_refusal (status) ? EMAIL_REFUSED : EMAIL_RETRY, FALSE,
                        g_strdup_printf ("sendmail ended with status %d: %s", status, words));
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handover *self = user_data;
  GInputStream *complaints = g_subprocess_get_stderr_pipe (self->process);
  gssize n;

  g_subprocess_wait_finish (self->process, result, NULL);
  if (self->timeout != 0)
    g_source_remove (self->timeout);
  n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (complaints), self->buffer, sizeof self->buffer, NULL, NULL);
  if (n > 0 && self->complaint->len < MAX_COMPLAINT)
    g_string_append_len (self->complaint, self->buffer, MIN (n, MAX_COMPLAINT));
  self->verdict = judge (self);
  /* What it has left behind may hold its descriptors for as long as it likes. */
  g_cancellable_cancel (self->over);
  end_call (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  Handover *self = user_data;

  self->timeout = 0;
  self->is_timed_out = TRUE;
  g_subprocess_force_exit (self->process);
  return G_SOURCE_REMOVE;
}

/* ---- what goes in and comes out ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handover *self = user_data;

  self->is_written = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL);
  end_call (self);
}

static void read_complaints (Handover *self);

static void
on_complaint (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handover *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0 && self->complaint->len < MAX_COMPLAINT)
    g_string_append_len (self->complaint, self->buffer, MIN (n, MAX_COMPLAINT));
  if (n > 0 && !g_cancellable_is_cancelled (self->over))
    read_complaints (self);
  end_call (self);
}

static void
read_complaints (Handover *self)
{
  self->n_pending++;
  g_input_stream_read_async (g_subprocess_get_stderr_pipe (self->process), self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                             self->over, on_complaint, self);
}

void
email_sendmail_send (const EmailSettings *settings, const EmailMessage *message, EmailDoneFunc done, gpointer user_data)
{
  /* -oi: a line with a dot alone does not end it. */
  const char *argv[] = { settings->sendmail_path, "-oi", "-f", settings->envelope_from, "--", message->to, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
    = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  Handover *self;

  if (process == NULL)
    {
      done (email_trouble (g_strdup_printf ("could not run sendmail: %s", error->message)), user_data);
      return;
    }
  self = g_new0 (Handover, 1);
  self->process = g_steal_pointer (&process);
  self->over = g_cancellable_new ();
  self->bytes = email_message_write (message, settings, FALSE);
  self->complaint = g_string_new (NULL);
  self->done = done;
  self->user_data = user_data;
  self->timeout = g_timeout_add ((guint) settings->timeout, on_timeout, self);
  self->n_pending = 2;
  g_subprocess_wait_async (self->process, NULL, on_ended, self);
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (self->process), g_bytes_get_data (self->bytes, NULL),
                                   g_bytes_get_size (self->bytes), G_PRIORITY_DEFAULT, self->over, on_written, self);
  read_complaints (self);
}
