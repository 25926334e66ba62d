/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */

/* Supervises one attempt of a run: takes the lock of its state file, starts the job once, keeps its output, enforces its timeout,
 * stops all that it started, writes the result. It outlives the daemon. Usage: jobtracker-run --spawner, from which supervisors are
 * forked, or jobtracker-run RUN ATTEMPT for one alone (the run's number is for people who list processes), with the descriptors of
 * jt-state-file.h. SIGTERM: stop with grace. SIGRTMIN with a value: pass that signal on. With --channel it becomes the program of a
 * channel of notifications (run-channel.h). libc only. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jt-state-file.h"
#include "run-channel.h"
#include "run-child.h"
#include "run-log.h"
#include "run-processes.h"
#include "run-spawner.h"
#include "run-spec.h"
#include "run-stream.h"

#define DRAIN_USEC 2000000
/* After SIGKILL went out, it is sent again to what has forked away meanwhile; ever more seldom to what cannot be killed yet. */
#define KILL_AGAIN_USEC 20000
#define KILL_SELDOM_USEC 1000000
#define NEVER INT64_MAX

typedef struct
{
  Spec     spec;
  Child    child;
  Log      log;
  unsigned attempt;
  int      state_fd;
  int      signal_fd;
  bool     has_daemon;    /* the pipe still has a reader */
  bool     has_ended;     /* the main process */
  int      status;        /* its wait status */
  int64_t  ended_usec;    /* realtime */
  bool     timed_out;
  bool     stopped;
  int64_t  timeout_at;    /* monotonic instants */
  int64_t  kill_at;       /* SIGKILL is due, the first time or again */
  int64_t  kill_again_usec;
  int64_t  drain_until;
  char     reason[512];   /* why the child could not become the job */
  Stream   streams[2];    /* last, being large: the rest lies on one page, and fork(2) makes every page that is written a copy */
} Supervisor;

static Supervisor self;

static int64_t
read_clock (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- state --- */

/* To the file first: what the daemon learns from the pipe is on record. Whether the file has it. */
static bool __attribute__ ((format (printf, 1, 2)))
tell (const char *format, ...)
{
  char line[JT_STATE_LINE_MAX];
  va_list arguments;
  bool is_recorded;
  int length;

  va_start (arguments, format);
  length = vsnprintf (line, sizeof line, format, arguments);
  va_end (arguments);
  if (length >= (int) sizeof line)
    {
      length = (int) sizeof line - 1;
      line[length - 1] = '\n';
    }
  is_recorded = write (self.state_fd, line, (size_t) length) == length;
  /* A start that is not on record does not happen; a result without a record is told all the same. */
  if (!is_recorded && strncmp (line, "started", 7) == 0)
    return false;
  if (self.has_daemon && write (JT_RUN_FD_PIPE, line, (size_t) length) != length)
    self.has_daemon = false;
  return is_recorded;
}

/* The one gate: whoever locks the empty file first runs the attempt, every other gives up. */
static bool
take_state_file (void)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  char name[32];

  snprintf (name, sizeof name, JT_STATE_FILE_FORMAT, self.attempt);
  self.state_fd = openat (JT_RUN_FD_FOLDER, name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (self.state_fd < 0 || fcntl (self.state_fd, F_OFD_SETLK, &lock) < 0)
    return false;
  return lseek (self.state_fd, 0, SEEK_END) == 0;
}

/* --- stopping --- */

static void
ask_to_end (void)
{
  processes_signal_all (self.spec.kill_signal);
  /* A stopped process answers no signal but SIGKILL until it goes on. */
  processes_signal_all (SIGCONT);
}

static void
begin_stop (int64_t now)
{
  if (self.kill_at != NEVER)
    return;
  self.kill_at = now + self.spec.grace_usec;
  ask_to_end ();
}

static void
reap (void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      if (pid != self.child.pid)
        continue;
      self.has_ended = true;
      self.status = status;
      self.ended_usec = read_clock (CLOCK_REALTIME);
      self.timeout_at = self.spec.leftover == LEFTOVER_WAIT ? self.timeout_at : NEVER;
      self.drain_until = read_clock (CLOCK_MONOTONIC) + DRAIN_USEC;
      /* What it forked while it was being asked to end has not heard of it. */
      if (self.kill_at != NEVER)
        ask_to_end ();
    }
}

static void
take_signal (int64_t now)
{
  struct signalfd_siginfo info;

  while (read (self.signal_fd, &info, sizeof info) == (ssize_t) sizeof info)
    {
      if ((int) info.ssi_signo == SIGTERM)
        {
          self.stopped = self.stopped || !self.has_ended;
          begin_stop (now);
        }
      else if ((int) info.ssi_signo == SIGRTMIN && !self.has_ended && info.ssi_int > 0)
        kill (self.child.pid, info.ssi_int);
    }
  reap ();
}

static void
act_on_time (int64_t now)
{
  if (now >= self.timeout_at)
    {
      self.timed_out = !self.has_ended;
      self.timeout_at = NEVER;
      begin_stop (now);
    }
  if (now < self.kill_at)
    return;
  processes_signal_all (SIGKILL);
  self.kill_at = now + self.kill_again_usec;
  self.kill_again_usec = self.kill_again_usec * 2 < KILL_SELDOM_USEC ? self.kill_again_usec * 2 : KILL_SELDOM_USEC;
}

static bool
is_over (int64_t now)
{
  bool is_drained = (self.streams[0].fd < 0 && self.streams[1].fd < 0) || now >= self.drain_until;

  if (!self.has_ended)
    return false;
  if (self.spec.leftover == LEFTOVER_LEAVE && self.kill_at == NEVER)
    return is_drained;
  if (waitpid (-1, NULL, WNOHANG) < 0 && errno == ECHILD)
    return is_drained;
  if (self.spec.leftover == LEFTOVER_KILL)
    begin_stop (now);
  return false;
}

static int
next_wait (int64_t now)
{
  int64_t at = self.timeout_at;

  at = self.kill_at < at ? self.kill_at : at;
  if (self.has_ended && self.drain_until > now && self.drain_until < at)
    at = self.drain_until;
  if (at == NEVER)
    return -1;
  return at <= now ? 0 : (int) ((at - now > 3600000000 ? 3600000000 : at - now) / 1000) + 1;
}

/* Words from the child: it could not become the job. The end without any: it is the job now. */
static void
read_reason (void)
{
  ssize_t n = read (self.child.error_fd, self.reason, sizeof self.reason - 1);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  close (self.child.error_fd);
  self.child.error_fd = -1;
  self.reason[n > 0 ? n : 0] = '\0';
}

static void
supervise (void)
{
  int64_t now = read_clock (CLOCK_MONOTONIC);

  while (!is_over (now))
    {
      struct pollfd fds[] = {
        { self.signal_fd, POLLIN, 0 },
        { self.streams[0].fd, POLLIN, 0 },
        { self.streams[1].fd, POLLIN, 0 },
        { self.child.error_fd, POLLIN, 0 },
      };

      if (poll (fds, 4, next_wait (now)) < 0 && errno != EINTR)
        break;
      for (int i = 0; i < 2; i++)
        if (fds[i + 1].revents != 0)
          stream_read (&self.streams[i], &self.log);
      log_flush (&self.log);
      if (fds[3].revents != 0)
        read_reason ();
      now = read_clock (CLOCK_MONOTONIC);
      if (fds[0].revents != 0)
        take_signal (now);
      act_on_time (now);
    }
  if (self.child.error_fd >= 0)
    read_reason ();
}

/* --- start and end --- */

static void
prepare_signals (void)
{
  static const int unheard[] = { SIGPIPE, SIGHUP, SIGINT, SIGXFSZ };
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGRTMIN);
  self.signal_fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  /* Blocked, not ignored: the job's process then has no more to set right than its mask. */
  for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++)
    sigaddset (&set, unheard[i]);
  sigprocmask (SIG_BLOCK, &set, NULL);
}

/* Told to stop before anything ran: then nothing runs. */
static bool
is_told_to_stop (void)
{
  sigset_t waiting;

  return sigpending (&waiting) == 0 && sigismember (&waiting, SIGTERM) == 1;
}

static bool
is_success (void)
{
  if (!WIFEXITED (self.status) || self.timed_out || self.stopped)
    return false;
  if (self.spec.n_success_codes == 0)
    return WEXITSTATUS (self.status) == 0;
  for (unsigned i = 0; i < self.spec.n_success_codes; i++)
    if (self.spec.success_codes[i] == WEXITSTATUS (self.status))
      return true;
  return false;
}

static int
finish_unstarted (char *reason)
{
  uint64_t size = log_close (&self.log, true);

  for (char *at = reason; *at != '\0'; at++)
    *at = (unsigned char) *at < ' ' ? ' ' : *at;
  tell ("result start-failed 0 %lld 0 0 %llu 0 - %s\n", (long long) read_clock (CLOCK_REALTIME), (unsigned long long) size, reason);
  fdatasync (self.state_fd);
  return 1;
}

static int
finish (void)
{
  struct rusage usage;
  bool keeps_log = self.spec.log_keep == LOG_KEEP_ALWAYS || (self.spec.log_keep == LOG_KEEP_ON_FAILURE && !is_success ());
  bool is_signal = WIFSIGNALED (self.status);
  uint64_t size;

  stream_close (&self.streams[0], &self.log);
  stream_close (&self.streams[1], &self.log);
  if (*self.reason != '\0')
    return finish_unstarted (self.reason);
  size = log_close (&self.log, keeps_log);
  getrusage (RUSAGE_CHILDREN, &usage);
  tell ("result %s %d %lld %lld %lld %llu %llu %s%s%s\n", is_signal ? "signal" : "exit",
        is_signal ? WTERMSIG (self.status) : WEXITSTATUS (self.status), (long long) self.ended_usec,
        (long long) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec,
        (long long) usage.ru_maxrss * 1024, (unsigned long long) size, (unsigned long long) self.log.dropped,
        self.timed_out ? "t" : "", self.stopped ? "s" : "", self.timed_out || self.stopped ? "" : "-");
  /* With a daemon listening the result is committed at once; without one this file is all there is after a power failure. */
  if (!self.has_daemon)
    fdatasync (self.state_fd);
  return 0;
}

/* Without `started` in the file a second supervisor could take the attempt for its own: then nothing may run. It need not reach the
 * disk: after a power failure the boot is another, and without a result the attempt is lost all the same. */
static bool
record_start (void)
{
  if (tell ("started %d %llu %lld %d %lld\n", self.child.pid, (unsigned long long) process_start_time (self.child.pid),
            (long long) read_clock (CLOCK_REALTIME), getpid (), (long long) self.log.begin))
    return true;
  snprintf (self.reason, sizeof self.reason, "cannot write the state file: %s", strerror (errno));
  (void) !ftruncate (self.state_fd, 0);
  return false;
}

static int
run_job (void)
{
  if (child_fork (&self.spec, &self.child, self.reason, sizeof self.reason) < 0)
    return finish_unstarted (self.reason);
  if (is_told_to_stop ())
    return tell ("abandoned\n") ? 0 : 1;
  if (!record_start ())
    return finish_unstarted (self.reason);
  stream_init (&self.streams[0], self.child.out_fd, "stdout");
  stream_init (&self.streams[1], self.child.err_fd, "stderr");
  self.timeout_at = self.spec.timeout_usec > 0 ? read_clock (CLOCK_MONOTONIC) + self.spec.timeout_usec : NEVER;
  (void) !write (self.child.go_fd, "g", 1);
  close (self.child.go_fd);
  supervise ();
  return finish ();
}

/* Started without a spawner, the descriptors are those that the program was given: 0 if they are not there. */
static unsigned
begin_alone (const char *attempt)
{
  for (int fd = JT_RUN_FD_FOLDER; fd <= JT_RUN_FD_PIPE; fd++)
    if (fcntl (fd, F_SETFD, FD_CLOEXEC) < 0)
      return 0;
  /* Whatever else was inherited by mistake is not kept open for as long as the job runs. */
  close_range (JT_RUN_FD_PIPE + 1, ~0U, 0);
  return (unsigned) strtoul (attempt, NULL, 10);
}

static int
run_attempt (void)
{
  self.has_daemon = true;
  self.kill_at = NEVER;
  self.timeout_at = NEVER;
  self.kill_again_usec = KILL_AGAIN_USEC;
  self.log.fd = -1;
  prepare_signals ();
  if (!take_state_file ())
    return JT_RUN_EXIT_GAVE_UP;
  if (prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 || self.signal_fd < 0 || chdir ("/") < 0)
    return snprintf (self.reason, sizeof self.reason, "cannot supervise: %s", strerror (errno)), finish_unstarted (self.reason);
  umask (0022);
  if (spec_read (JT_RUN_FD_SPEC, &self.spec) < 0)
    return strcpy (self.reason, "the specification cannot be read"), finish_unstarted (self.reason);
  log_open (&self.log, JT_RUN_FD_FOLDER, self.attempt, self.spec.log_max_bytes);
  return run_job ();
}

int
main (int argc, char *argv[])
{
  if (argc > 1 && strcmp (argv[1], "--channel") == 0)
    return channel_run (argc, argv);
  if (argc > 1 && strcmp (argv[1], "--spawner") == 0)
    self.attempt = spawner_serve (argc, argv);
  else if (argc == 3)
    self.attempt = begin_alone (argv[2]);
  if (self.attempt == 0)
    return fprintf (stderr, "usage: jobtracker-run --spawner, or RUN ATTEMPT (started by jobtrackerd, which gives it descriptors)\n"), 2;
  /* All is written by now: no library need say goodbye, which costs a fork more than it sounds. */
  _exit (run_attempt ());
}
