/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "exec-child.h"
#include "exec-reporter.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-settings.h"
#include "progress-reader.h"
#include "setting-options.h"
#include "verbs.h"

#define SLICE_BYTES (64 * 1024)
/* As shells have it: not found, and found but not to be executed. */
#define EXIT_NOT_FOUND 127
#define EXIT_NOT_EXECUTABLE 126
#define KILL_GRACE_USEC (10 * G_USEC_PER_SEC)

typedef struct _Exec Exec;

typedef struct
{
  Exec          *exec;
  int            index; /* 0 stdout, 1 stderr */
  guint          source;
  ProgressReader progress;
} Stream;

struct _Exec
{
  Context      *context;
  ExecChild     child;
  ExecReporter *reporter; /* (nullable): not tracked */
  Stream        streams[2];
  gboolean      reads_progress;
  gboolean      keeps_log;
  gboolean      has_ended;
  gboolean      has_timed_out;
  int           kill_signal;
  guint64       timeout_usec;
  guint64       grace_usec;
  guint         timer;
};

/* --- output on its way --- */

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EAGAIN)
        {
          struct pollfd wait = { .fd = fd, .events = POLLOUT };

          poll (&wait, 1, -1);
        }
      else if (n < 0 && errno != EINTR)
        return FALSE;
      bytes += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

/* FALSE at its end, or when nobody takes the output any more: then the command must feel it as it would have without us. */
static gboolean
pass_slice (Stream *stream)
{
  Exec *exec = stream->exec;
  char slice[SLICE_BYTES];
  gssize n = read (exec->child.out_fds[stream->index], slice, sizeof slice);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return TRUE;
  if (n <= 0 || !write_all (stream->index + 1, slice, (gsize) n))
    return FALSE;
  if (exec->reporter == NULL)
    return TRUE;
  if (exec->keeps_log)
    exec_reporter_add_text (exec->reporter, stream->index == 1, slice, (gsize) n);
  if (exec->reads_progress && progress_reader_feed (&stream->progress, slice, (gsize) n))
    exec_reporter_set_progress (exec->reporter, stream->progress.fraction, stream->progress.text);
  return TRUE;
}

static gboolean
stream_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Stream *stream = user_data;

  if (pass_slice (stream))
    return G_SOURCE_CONTINUE;
  close (fd);
  stream->exec->child.out_fds[stream->index] = -1;
  stream->source = 0;
  return G_SOURCE_REMOVE;
}

/* What the command left in its streams; children of it that hold them open are not waited for. */
static void
drain (Exec *exec)
{
  for (int i = 0; i < 2; i++)
    {
      struct pollfd ready = { .fd = exec->child.out_fds[i], .events = POLLIN };

      while (ready.fd >= 0 && poll (&ready, 1, 0) > 0 && pass_slice (&exec->streams[i]))
        ;
      g_clear_handle_id (&exec->streams[i].source, g_source_remove);
      if (exec->child.out_fds[i] >= 0)
        close (exec->child.out_fds[i]);
      exec->child.out_fds[i] = -1;
    }
}

/* --- the course of it --- */

static gboolean
ended_cb (int fd, GIOCondition condition, gpointer user_data)
{
  ((Exec *) user_data)->has_ended = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
resized_cb (gpointer user_data)
{
  exec_child_resize (&((Exec *) user_data)->child);
  return G_SOURCE_CONTINUE;
}

static gboolean
kill_cb (gpointer user_data)
{
  Exec *exec = user_data;

  exec->timer = 0;
  exec_child_signal (&exec->child, SIGKILL);
  return G_SOURCE_REMOVE;
}

static void
stop (Exec *exec)
{
  g_clear_handle_id (&exec->timer, g_source_remove);
  exec_child_signal (&exec->child, exec->kill_signal);
  exec->timer = g_timeout_add ((guint) MIN (exec->grace_usec / 1000 + 1, G_MAXUINT), kill_cb, exec);
}

static gboolean
timeout_cb (gpointer user_data)
{
  Exec *exec = user_data;

  exec->timer = 0;
  exec->has_timed_out = TRUE;
  stop (exec);
  return G_SOURCE_REMOVE;
}

/* Somebody cancelled the run. */
static void
on_run_ended (gpointer user_data)
{
  Exec *exec = user_data;

  if (!exec->has_ended)
    stop (exec);
}

static void
follow (Exec *exec)
{
  g_autoptr (GSource) end = g_unix_fd_source_new (exec->child.pidfd, G_IO_IN);
  guint resized = g_unix_signal_add (SIGWINCH, resized_cb, exec);

  g_source_set_callback (end, G_SOURCE_FUNC (ended_cb), exec, NULL);
  g_source_attach (end, NULL);
  for (int i = 0; i < 2; i++)
    {
      exec->streams[i] = (Stream){ .exec = exec, .index = i };
      progress_reader_init (&exec->streams[i].progress);
      if (exec->child.out_fds[i] >= 0)
        exec->streams[i].source = g_unix_fd_add (exec->child.out_fds[i], G_IO_IN | G_IO_HUP | G_IO_ERR, stream_cb, &exec->streams[i]);
    }
  if (exec->timeout_usec > 0)
    exec->timer = g_timeout_add ((guint) MIN (exec->timeout_usec / 1000 + 1, G_MAXUINT), timeout_cb, exec);
  while (!exec->has_ended)
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&exec->timer, g_source_remove);
  g_source_remove (resized);
  drain (exec);
}

/* --- the record --- */

/* The last part of the program's path, made into a name. (transfer full) */
static char *
make_name (Context *context, const char *program)
{
  const char *given = options_get (context->options, "name");
  g_autofree char *base = NULL;

  if (given != NULL)
    return g_strdup (given);
  base = g_path_get_basename (program);
  g_strcanon (base, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-", '-');
  if (*base == '.' || *base == '-')
    *base = '_';
  if (strlen (base) > 128)
    base[128] = '\0';
  return g_steal_pointer (&base);
}

static char *
describe (char **command)
{
  g_autofree char *line = g_strjoinv (" ", command);
  g_autofree char *valid = g_utf8_make_valid (line, -1);
  g_autofree char *shown = text_escape (valid);

  return text_cut (shown, 200);
}

/* What is no fault of the command line: the command is run all the same. */
static gboolean
may_go_untracked (const GError *error)
{
  switch (jt_client_exit_status (error))
    {
    case JT_EXIT_NO_SERVICE:
    case JT_EXIT_STORAGE:
    case JT_EXIT_QUOTA:
    case JT_EXIT_UNKNOWN:
    case JT_EXIT_NOT_AUTHORIZED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* (transfer full) NULL with an error, or without: go on untracked. */
static char *
begin_run (Context *context, const char *name, char **command, GVariantDict *settings, GError **error)
{
  g_autofree char *message = describe (command);
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) options = NULL;

  g_variant_dict_insert (settings, "message", "s", message);
  options = g_variant_ref_sink (g_variant_dict_end (settings));
  if (context_connect (context, &local))
    reply = context_call_root (context, "StartTracking", g_variant_new ("(s@a{sv})", name, options), &local);
  if (reply != NULL)
    {
      g_autoptr (GVariant) path = g_variant_get_child_value (reply, 0);

      return g_variant_dup_string (path, NULL);
    }
  if (!may_go_untracked (local))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (!context->is_quiet)
    fprintf (stderr, _("jobctl: this run is not recorded: %s\n"), local->message);
  return NULL;
}

static char **
make_environment (const char *name, const char *run_path)
{
  char **envp = g_get_environ ();

  if (run_path == NULL)
    return envp;
  envp = g_environ_setenv (envp, "JOBTRACKER_JOB", name, TRUE);
  return g_environ_setenv (envp, "JOBTRACKER_RUN", strrchr (run_path, '/') + 1, TRUE);
}

static GVariant *
describe_end (Exec *exec, int status, const struct rusage *usage)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  if (exec->child.error != 0)
    {
      g_autofree char *reason = g_strdup_printf ("cannot be executed: %s", g_strerror (exec->child.error));

      g_variant_dict_insert (&details, "reason", "s", reason);
    }
  if (WIFSIGNALED (status))
    g_variant_dict_insert (&details, "signal", "i", WTERMSIG (status));
  else
    g_variant_dict_insert (&details, "exit-code", "i", WEXITSTATUS (status));
  g_variant_dict_insert (&details, "cpu-usage", "t",
                         (guint64) (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * G_USEC_PER_SEC +
                           (guint64) (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec));
  g_variant_dict_insert (&details, "memory-peak", "t", (guint64) usage->ru_maxrss * 1024);
  return g_variant_dict_end (&details);
}

static void
end_run (Exec *exec, int status, const struct rusage *usage)
{
  GVariant *details = describe_end (exec, status, usage);
  g_autoptr (GError) error = NULL;

  if (exec_reporter_finish (exec->reporter, exec->has_timed_out ? "timed-out" : "", details, &error) || exec->context->is_quiet)
    return;
  /* Ended from elsewhere: that is on record. */
  if (jt_client_exit_status (error) != JT_EXIT_WRONG_STATE)
    fprintf (stderr, _("jobctl: the end of this run is not recorded: %s\n"), error->message);
}

static int
get_exit_status (Exec *exec, int status)
{
  if (exec->child.error != 0)
    return exec->child.error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
  if (exec->has_timed_out)
    return JT_EXIT_TIMED_OUT;
  return WIFSIGNALED (status) ? JT_EXIT_SIGNAL_BASE + WTERMSIG (status) : WEXITSTATUS (status);
}

static gboolean
read_switch (Context *context, const char *option, gboolean *is_on, GError **error)
{
  const char *text = options_get (context->options, option);

  *is_on = g_strcmp0 (text, "off") != 0;
  if (text == NULL || g_str_equal (text, "auto") || !*is_on)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--%s needs auto or off"), option);
  return FALSE;
}

static void
read_limits (Exec *exec, GVariantDict *settings)
{
  const char *kill_signal = "SIGTERM";

  g_variant_dict_lookup (settings, "kill-signal", "&s", &kill_signal);
  exec->kill_signal = jt_setting_signal_number (kill_signal);
  if (exec->kill_signal == 0)
    exec->kill_signal = SIGTERM; /* the service refuses it, if it is there */
  exec->grace_usec = KILL_GRACE_USEC;
  g_variant_dict_lookup (settings, "timeout", "t", &exec->timeout_usec);
  g_variant_dict_lookup (settings, "kill-grace", "t", &exec->grace_usec);
}

static int
run (Exec *exec, const char *name, char **command, const char *run_path, GError **error)
{
  g_auto (GStrv) envp = make_environment (name, run_path);
  struct rusage usage;
  int status;

  signal (SIGPIPE, SIG_IGN);
  if (!exec_child_spawn (&exec->child, command, envp, run_path != NULL && (exec->reads_progress || exec->keeps_log), error))
    return JT_EXIT_FAILED;
  exec_child_forward_signals (&exec->child);
  if (run_path != NULL)
    exec->reporter = exec_reporter_new (exec->context, run_path, on_run_ended, exec);
  follow (exec);
  status = exec_child_reap (&exec->child, &usage);
  if (exec->child.error == ENOENT)
    fprintf (stderr, _("jobctl: %s: command not found\n"), command[0]);
  else if (exec->child.error != 0)
    fprintf (stderr, "jobctl: %s: %s\n", command[0], g_strerror (exec->child.error));
  if (exec->reporter != NULL)
    end_run (exec, status, &usage);
  exec_reporter_free (exec->reporter);
  return get_exit_status (exec, status);
}

int
verb_exec (Context *context, GError **error)
{
  char **command = g_steal_pointer (&context->options->command);
  Exec exec = { .context = context };
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *name = NULL;
  g_autofree char *run_path = NULL;
  g_autoptr (GError) local = NULL;

  if (command == NULL || command[0] == NULL)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("nothing to run; write jobctl exec -- COMMAND"));
      return JT_EXIT_USAGE;
    }
  if (!read_switch (context, "progress", &exec.reads_progress, error) || !read_switch (context, "log", &exec.keeps_log, error) ||
      !setting_read_report_options (context->options, &settings, error))
    return JT_EXIT_USAGE;
  read_limits (&exec, &settings);
  name = make_name (context, command[0]);
  run_path = begin_run (context, name, command, &settings, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return JT_EXIT_FAILED;
    }
  return run (&exec, name, command, run_path, error);
}
