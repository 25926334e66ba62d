/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "exec-child.h"
#include "exec-reporter.h"
#include "exec-stream.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-settings.h"
#include "progress-reader.h"
#include "setting-options.h"
#include "verbs.h"

/* As shells have it: not found, and found but not to be executed. */
#define EXIT_NOT_FOUND 127
#define EXIT_NOT_EXECUTABLE 126
#define KILL_GRACE_USEC (10 * G_USEC_PER_SEC)
/* How long the command's begin is held up for the record of it. */
#define BEGIN_SECONDS 5
/* What a program prints when it is stopped comes after that it was. */
#define STOP_USEC (20 * 1000)

typedef struct
{
  Context       *context;
  ExecChild      child;
  ExecStream     streams[2];
  ExecReporter  *reporter; /* (nullable): not tracked */
  ProgressReader progress[2];
  gboolean       reads_progress;
  gboolean       keeps_log;
  gboolean       has_ended;
  gboolean       has_timed_out;
  int            kill_signal;
  guint64        timeout_usec; /* 0: none */
  gint64         deadline_usec; /* monotonic */
  guint64        grace_usec;
  guint          timer;
} Exec;

/* --- the course of it --- */

static void
on_output (gboolean is_stderr, const char *bytes, gsize length, gpointer user_data)
{
  Exec *exec = user_data;
  ProgressReader *progress = &exec->progress[is_stderr ? 1 : 0];

  if (exec->reporter == NULL)
    return;
  if (exec->keeps_log)
    exec_reporter_add_text (exec->reporter, is_stderr, bytes, length);
  if (exec->reads_progress && progress_reader_feed (progress, bytes, length))
    exec_reporter_set_progress (exec->reporter, progress->fraction, progress->text);
}

static gboolean
ended_cb (int fd, GIOCondition condition, gpointer user_data)
{
  ((Exec *) user_data)->has_ended = TRUE;
  return G_SOURCE_REMOVE;
}

/* The terminal's own signal may have come to the command before the size was known there. */
static void
resize (Exec *exec)
{
  gboolean has_changed = FALSE;

  for (int i = 0; i < 2; i++)
    if (exec->streams[i].terminal != NULL)
      has_changed = exec_terminal_resize (exec->streams[i].terminal) || has_changed;
  if (has_changed)
    kill (0, SIGWINCH);
}

static gboolean
resized_cb (gpointer user_data)
{
  resize (user_data);
  return G_SOURCE_CONTINUE;
}

static void
sync_terminals (Exec *exec)
{
  for (int i = 0; i < 2; i++)
    if (exec->streams[i].terminal != NULL)
      exec_terminal_sync (exec->streams[i].terminal);
}

static void
on_stop (gboolean is_over, gpointer user_data)
{
  Exec *exec = user_data;

  if (is_over)
    resize (exec);
  else
    {
      g_usleep (STOP_USEC);
      exec_streams_drain (exec->streams);
    }
  sync_terminals (exec);
}

static gboolean
signalled_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Exec *exec = user_data;

  exec_child_take_signals (&exec->child, on_stop, exec);
  return G_SOURCE_CONTINUE;
}

static gboolean
kill_cb (gpointer user_data)
{
  Exec *exec = user_data;

  exec->timer = 0;
  exec_child_signal_all (&exec->child, SIGKILL);
  return G_SOURCE_REMOVE;
}

static void
stop (Exec *exec)
{
  g_clear_handle_id (&exec->timer, g_source_remove);
  exec_child_signal_all (&exec->child, exec->kill_signal);
  exec->timer = g_timeout_add ((guint) MIN (exec->grace_usec / 1000 + 1, G_MAXUINT), kill_cb, exec);
}

static void arm_timeout (Exec *exec);

static gboolean
timeout_cb (gpointer user_data)
{
  Exec *exec = user_data;

  exec->timer = 0;
  exec->has_timed_out = g_get_monotonic_time () >= exec->deadline_usec;
  if (exec->has_timed_out)
    stop (exec);
  else
    arm_timeout (exec);
  return G_SOURCE_REMOVE;
}

/* A timer of GLib's ends with 49 days; a job may have a year. */
static void
arm_timeout (Exec *exec)
{
  gint64 left_msec = MAX (exec->deadline_usec - g_get_monotonic_time (), 0) / 1000 + 1;

  exec->timer = g_timeout_add ((guint) MIN (left_msec, G_MAXINT), timeout_cb, exec);
}

static void
on_cancelled (gpointer user_data)
{
  Exec *exec = user_data;

  if (!exec->has_ended)
    stop (exec);
}

static void
follow (Exec *exec)
{
  guint signals = g_unix_fd_add (exec->child.signal_fd, G_IO_IN, signalled_cb, exec);
  guint resized = g_unix_signal_add (SIGWINCH, resized_cb, exec);

  g_unix_fd_add (exec->child.pidfd, G_IO_IN, ended_cb, exec);
  for (int i = 0; i < 2; i++)
    progress_reader_init (&exec->progress[i]);
  exec_streams_start (exec->streams, on_output, exec);
  exec->deadline_usec = g_get_monotonic_time () + (gint64) exec->timeout_usec;
  if (exec->timeout_usec > 0)
    arm_timeout (exec);
  while (!exec->has_ended)
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&exec->timer, g_source_remove);
  g_source_remove (signals);
  g_source_remove (resized);
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
  char *path = NULL;

  g_variant_dict_insert (settings, "message", "s", message);
  options = g_variant_ref_sink (g_variant_dict_end (settings));
  if (context_connect (context, &local))
    {
      jt_client_limit_timeout (context->client, BEGIN_SECONDS);
      reply = context_call_root (context, "StartTracking", g_variant_new ("(s@a{sv})", name, options), &local);
    }
  if (reply != NULL)
    {
      g_variant_get (reply, "(o)", &path);
      return path;
    }
  /* A call that is answered late must not leave a run behind: it ends with the connection. */
  g_clear_pointer (&context->client, jt_client_free);
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

/* Output that went nowhere makes no success. */
static int
check_written (Exec *exec, int status)
{
  for (int i = 0; i < 2; i++)
    if (exec->streams[i].write_error != 0 && exec->streams[i].write_error != EPIPE)
      {
        fprintf (stderr, _("jobctl: write error: %s\n"), g_strerror (exec->streams[i].write_error));
        return status != 0 ? status : JT_EXIT_WRITE_FAILED;
      }
  return status;
}

static int
get_exit_status (Exec *exec, int status)
{
  if (exec->child.error != 0)
    return exec->child.error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
  if (exec->has_timed_out)
    return JT_EXIT_TIMED_OUT;
  return check_written (exec, WIFSIGNALED (status) ? JT_EXIT_SIGNAL_BASE + WTERMSIG (status) : WEXITSTATUS (status));
}

static void
say_not_executed (Exec *exec, const char *program)
{
  if (exec->child.error == ENOENT)
    fprintf (stderr, _("jobctl: %s: command not found\n"), program);
  else if (exec->child.error != 0)
    fprintf (stderr, "jobctl: %s: %s\n", program, g_strerror (exec->child.error));
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

/* Output goes through here where somebody wants to see it. */
static gboolean
spawn (Exec *exec, char **command, char **envp, gboolean reads, GError **error)
{
  int out_fds[2] = { -1, -1 };
  gboolean is_done;

  for (int i = 0; i < 2; i++)
    exec->streams[i].fd = -1;
  if (reads && !exec_streams_open (exec->streams, out_fds, error))
    return FALSE;
  is_done = exec_child_spawn (&exec->child, command, envp, out_fds, error);
  for (int i = 0; i < 2; i++)
    if (out_fds[i] >= 0)
      close (out_fds[i]);
  return is_done;
}

static int
run (Exec *exec, const char *name, char **command, const char *run_path, GError **error)
{
  g_auto (GStrv) envp = make_environment (name, run_path);
  struct rusage usage;
  int status;

  if (!spawn (exec, command, envp, run_path != NULL && (exec->reads_progress || exec->keeps_log), error))
    return JT_EXIT_FAILED;
  if (run_path != NULL)
    exec->reporter = exec_reporter_new (exec->context, name, run_path, on_cancelled, exec);
  follow (exec);
  exec_streams_end (exec->streams);
  status = exec_child_reap (&exec->child, &usage);
  say_not_executed (exec, command[0]);
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

  exec_child_remember_signals ();
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
