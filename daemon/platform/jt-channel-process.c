/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channel-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jt-channel-lines.h"
#include "jt-channel-secrets.h"
#include "jt-error.h"
#include "jt-fd.h"
#include "jt-log.h"

#define MAX_LINE (64 * 1024)
#define MAX_OUTPUT (1024 * 1024)
#define MAX_ERROR_LINE 1024
#define MAX_ERRORS (64 * 1024)
#define CHUNK (16 * 1024)

/* What the program writes on one descriptor, cut into lines. */
typedef struct
{
  int      fd;
  GSource *source;
  GString *rest;  /* the line that has no end yet */
  gsize    total; /* since it was last fed */
  gboolean is_cut; /* the end of a line on stderr that is too long is left out */
} Output;

struct _JtChannelProcess
{
  JtChannelProcessFuncs funcs;
  gpointer   user_data;
  char      *name;
  GPtrArray *secrets;     /* (owned) */
  GPid       pid;         /* 0: it has gone */
  int        pidfd;
  GSource   *end_source;
  int        input_fd;    /* -1: closed */
  GSource   *input_source;
  GString   *pending;     /* of the line that is on its way */
  gsize      pending_at;
  guint64    fed;
  guint64    written;
  guint64    taken;       /* when the input was closed */
  gboolean   closes_input; /* as soon as nothing is pending */
  Output     out;
  Output     err;
  char      *last_words;  /* (nullable) */
  gboolean   is_flooding;
};

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
watch (int fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer user_data)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), user_data, NULL);
  g_source_attach (source, NULL);
  return source;
}

/* --- into it --- */

static guint64
count_taken (JtChannelProcess *self)
{
  int waiting = 0;

  if (self->input_fd < 0 || ioctl (self->input_fd, FIONREAD, &waiting) < 0)
    return self->taken;
  return self->written - (guint64) waiting;
}

static void
end_input (JtChannelProcess *self)
{
  clear_source (&self->input_source);
  self->taken = count_taken (self);
  jt_fd_clear (&self->input_fd);
}

static gboolean
take_next (JtChannelProcess *self)
{
  char *line = self->closes_input ? NULL : self->funcs.next (self->user_data);

  if (line == NULL)
    return FALSE;
  explicit_bzero (self->pending->str, self->pending->allocated_len);
  g_string_assign (self->pending, line);
  self->pending_at = 0;
  self->fed += self->pending->len;
  /* The first holds secrets. */
  explicit_bzero (line, strlen (line));
  g_free (line);
  return TRUE;
}

/* FALSE: for now there is nothing to wait for. */
static gboolean
write_some (JtChannelProcess *self)
{
  for (;;)
    {
      gssize n;

      if (self->pending_at == self->pending->len && !take_next (self))
        {
          if (self->closes_input)
            end_input (self);
          return FALSE;
        }
      n = write (self->input_fd, self->pending->str + self->pending_at, self->pending->len - self->pending_at);
      if (n < 0 && errno == EAGAIN)
        return TRUE;
      /* It closed its input; its end tells the rest. */
      if (n < 0 && errno != EINTR)
        return FALSE;
      self->pending_at += (gsize) MAX (n, 0);
      self->written += (guint64) MAX (n, 0);
    }
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  JtChannelProcess *self = user_data;

  if (write_some (self))
    return G_SOURCE_CONTINUE;
  clear_source (&self->input_source);
  return G_SOURCE_REMOVE;
}

static void
resume (JtChannelProcess *self)
{
  if (self->input_fd >= 0 && self->input_source == NULL)
    self->input_source = watch (self->input_fd, G_IO_OUT, on_writable, self);
}

void
jt_channel_process_feed (JtChannelProcess *self)
{
  self->out.total = self->err.total = 0;
  resume (self);
}

void
jt_channel_process_close_input (JtChannelProcess *self)
{
  self->closes_input = TRUE;
  resume (self);
}

/* --- out of it --- */

static void
flood (JtChannelProcess *self, const char *why)
{
  self->is_flooding = TRUE;
  clear_source (&self->out.source);
  g_string_truncate (self->out.rest, 0);
  self->funcs.flooded (why, self->user_data);
}

static void
take_output (JtChannelProcess *self, const char *bytes, gsize length)
{
  self->out.total += length;
  while (length > 0 && !self->is_flooding)
    {
      const char *end = memchr (bytes, '\n', length);
      gsize part = end != NULL ? (gsize) (end - bytes) : length;

      if (self->out.rest->len + part > MAX_LINE)
        {
          flood (self, "it wrote a line of more than 64 KiB");
          return;
        }
      g_string_append_len (self->out.rest, bytes, (gssize) part);
      if (end == NULL)
        break;
      self->funcs.line (self->out.rest->str, self->out.rest->len, self->user_data);
      g_string_truncate (self->out.rest, 0);
      bytes += part + 1;
      length -= part + 1;
    }
  if (self->out.total > MAX_OUTPUT && !self->is_flooding)
    flood (self, "it wrote more than 1 MiB");
}

static void
log_words (JtChannelProcess *self)
{
  g_autofree char *hidden = jt_channel_secrets_hide (self->secrets, self->err.rest->str);
  g_autofree char *words = jt_channel_lines_tidy (hidden);

  g_string_truncate (self->err.rest, 0);
  if (*words == '\0')
    return;
  jt_log_info ("channel %s: %s", self->name, words);
  g_free (self->last_words);
  self->last_words = g_steal_pointer (&words);
}

static void
take_errors (JtChannelProcess *self, const char *bytes, gsize length)
{
  gboolean was_heard = self->err.total <= MAX_ERRORS;

  self->err.total += length;
  if (self->err.total > MAX_ERRORS)
    {
      if (was_heard)
        jt_log_warning ("channel %s: what else it writes on stderr is left out", self->name);
      return;
    }
  for (gsize i = 0; i < length; i++)
    if (bytes[i] == '\n')
      {
        log_words (self);
        self->err.is_cut = FALSE;
      }
    else if (!self->err.is_cut && bytes[i] != '\0')
      {
        g_string_append_c (self->err.rest, bytes[i]);
        self->err.is_cut = self->err.rest->len >= MAX_ERROR_LINE;
      }
}

/* FALSE: there is no more. */
static gboolean
read_some (JtChannelProcess *self, Output *output)
{
  char bytes[CHUNK];
  gssize n = TEMP_FAILURE_RETRY (read (output->fd, bytes, sizeof bytes));

  if (n < 0 && errno == EAGAIN)
    return TRUE;
  if (n <= 0)
    return FALSE;
  if (output == &self->out)
    take_output (self, bytes, (gsize) n);
  else
    take_errors (self, bytes, (gsize) n);
  return TRUE;
}

static gboolean
on_output (int fd, GIOCondition condition, gpointer user_data)
{
  JtChannelProcess *self = user_data;
  Output *output = fd == self->out.fd ? &self->out : &self->err;

  /* Once flooding, the source has gone already. */
  if (read_some (self, output) && output->source != NULL)
    return G_SOURCE_CONTINUE;
  clear_source (&output->source);
  return G_SOURCE_REMOVE;
}

/* --- its end --- */

static void
drain (JtChannelProcess *self, Output *output)
{
  /* What got away from its group may write on: no more than the pipe holds is waited for. */
  for (gsize i = 0; i < MAX_OUTPUT / CHUNK + 1 && output->source != NULL; i++)
    {
      int waiting = 0;

      if (ioctl (output->fd, FIONREAD, &waiting) < 0 || waiting == 0 || !read_some (self, output))
        break;
    }
  clear_source (&output->source);
  jt_fd_clear (&output->fd);
}

static char *
describe (int status)
{
  if (WIFSIGNALED (status))
    return g_strdup_printf ("was killed by signal %d (%s)", WTERMSIG (status), strsignal (WTERMSIG (status)));
  return g_strdup_printf ("ended with exit status %d", WEXITSTATUS (status));
}

static gboolean
on_ended (int fd, GIOCondition condition, gpointer user_data)
{
  JtChannelProcess *self = user_data;
  g_autofree char *how = NULL;
  int status = 0;

  /* Its group before the number is anybody else's. */
  kill (-self->pid, SIGKILL);
  if (TEMP_FAILURE_RETRY (waitpid (self->pid, &status, WNOHANG)) == 0)
    return G_SOURCE_CONTINUE;
  self->pid = 0;
  clear_source (&self->end_source);
  end_input (self);
  drain (self, &self->out);
  drain (self, &self->err);
  if (self->out.rest->len > 0 && !self->is_flooding)
    self->funcs.line (self->out.rest->str, self->out.rest->len, self->user_data);
  log_words (self);
  how = describe (status);
  self->funcs.ended (how, self->user_data);
  return G_SOURCE_REMOVE;
}

void
jt_channel_process_signal (JtChannelProcess *self, int signal_number)
{
  if (self->pid > 0)
    kill (-self->pid, signal_number);
}

guint64
jt_channel_process_get_fed (JtChannelProcess *self)
{
  return self->fed;
}

guint64
jt_channel_process_get_taken (JtChannelProcess *self)
{
  return count_taken (self);
}

char *
jt_channel_process_hide (JtChannelProcess *self, const char *text)
{
  return jt_channel_secrets_hide (self->secrets, text != NULL ? text : "");
}

const char *
jt_channel_process_get_last_words (JtChannelProcess *self)
{
  return self->last_words;
}

/* --- its begin --- */

/* As jt-spawner.c: what this costs does not depend on how large the service is. On the main thread, as it dies with the thread that made
 * it. */
static int
spawn (JtChannelProcess *self, const char *supervisor, const JtChannelConfig *config, const int *fds)
{
  g_autofree char *memory = g_strdup_printf ("%" G_GUINT64_FORMAT, config->memory_max_bytes);
  g_autofree char *parent = g_strdup_printf ("%d", getpid ());
  g_autofree char *language = g_strdup_printf ("LANG=%s", g_getenv ("LANG") != NULL ? g_getenv ("LANG") : "C.UTF-8");
  char *argv[] = { (char *) "jobtracker-run", (char *) "--channel", config->name,
                   config->run_as != NULL ? config->run_as : (char *) "-", memory,
                   (char *) (config->allows_new_privileges ? "new" : "none"), parent, config->program, NULL };
  char *environment[] = { language, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all;
  sigset_t none;
  int result;

  sigfillset (&all);
  sigemptyset (&none);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawn_file_actions_init (&actions);
  for (int i = 0; i < 3; i++)
    posix_spawn_file_actions_adddup2 (&actions, fds[i], i);
  result = posix_spawn (&self->pid, supervisor, &actions, &attributes, argv, environment);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return result;
}

static int
open_pipes (JtChannelProcess *self, int *theirs)
{
  int in[2], out[2], err[2];

  if (pipe2 (in, O_CLOEXEC) < 0)
    return errno;
  theirs[0] = in[0];
  self->input_fd = in[1];
  if (pipe2 (out, O_CLOEXEC) < 0)
    return errno;
  theirs[1] = out[1];
  self->out.fd = out[0];
  if (pipe2 (err, O_CLOEXEC) < 0)
    return errno;
  theirs[2] = err[1];
  self->err.fd = err[0];
  g_unix_set_fd_nonblocking (self->input_fd, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->out.fd, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->err.fd, TRUE, NULL);
  return 0;
}

static int
start (JtChannelProcess *self, const char *supervisor, const JtChannelConfig *config)
{
  int theirs[3] = { -1, -1, -1 };
  int result = open_pipes (self, theirs);

  if (result == 0)
    result = spawn (self, supervisor, config, theirs);
  for (int i = 0; i < 3; i++)
    jt_fd_clear (&theirs[i]);
  if (result != 0)
    {
      self->pid = 0;
      return result;
    }
  self->pidfd = pidfd_open (self->pid, 0);
  return self->pidfd < 0 ? errno : 0;
}

JtChannelProcess *
jt_channel_process_start (const char *supervisor, const JtChannelConfig *config, GPtrArray *secrets,
                          const JtChannelProcessFuncs *funcs, gpointer user_data, GError **error)
{
  JtChannelProcess *self = g_new0 (JtChannelProcess, 1);
  int result;

  self->funcs = *funcs;
  self->user_data = user_data;
  self->name = g_strdup (config->name);
  self->secrets = g_ptr_array_ref (secrets);
  self->pending = g_string_new (NULL);
  self->out.rest = g_string_new (NULL);
  self->err.rest = g_string_new (NULL);
  self->input_fd = self->out.fd = self->err.fd = self->pidfd = -1;
  result = start (self, supervisor, config);
  if (result != 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "could not start %s: %s", supervisor, g_strerror (result));
      jt_channel_process_free (self);
      return NULL;
    }
  self->end_source = watch (self->pidfd, G_IO_IN, on_ended, self);
  self->out.source = watch (self->out.fd, G_IO_IN, on_output, self);
  self->err.source = watch (self->err.fd, G_IO_IN, on_output, self);
  resume (self);
  return self;
}

void
jt_channel_process_free (JtChannelProcess *self)
{
  if (self->pid > 0)
    {
      kill (-self->pid, SIGKILL);
      waitpid (self->pid, NULL, WNOHANG);
    }
  clear_source (&self->end_source);
  clear_source (&self->input_source);
  clear_source (&self->out.source);
  clear_source (&self->err.source);
  jt_fd_clear (&self->pidfd);
  jt_fd_clear (&self->input_fd);
  jt_fd_clear (&self->out.fd);
  jt_fd_clear (&self->err.fd);
  explicit_bzero (self->pending->str, self->pending->allocated_len);
  g_string_free (self->pending, TRUE);
  g_string_free (self->out.rest, TRUE);
  g_string_free (self->err.rest, TRUE);
  g_ptr_array_unref (self->secrets);
  g_free (self->last_words);
  g_free (self->name);
  g_free (self);
}
