/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "jt-state-file.h"

/* jobtracker-run itself, with real processes and no daemon. Jobs and tests wait for each other on FIFOs. */

static const char *supervisor;

typedef struct
{
  char       *folder;
  char       *fifo;    /* jobs write, tests read, or the other way round, one after the other */
  char       *gate;    /* jobs read only */
  char       *witness; /* made by a job that ran */
  int         folder_fd;
  GByteArray *spec;
  GPid        pid;
  int         pipe_fd;
  int         denied_syscall; /* -1: none */
  rlim_t      fsize;          /* of files that the supervisor may write */
  gboolean    leaks_descriptors;
  gboolean    stops_first;
  GString    *told;
  struct rusage usage;
} Fixture;

static void
put (Fixture *f, const char *format, ...)
{
  g_autofree char *record = NULL;
  va_list arguments;

  va_start (arguments, format);
  record = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_byte_array_append (f->spec, (const guint8 *) record, (guint) strlen (record) + 1);
}

static void
put_shell (Fixture *f, const char *line)
{
  put (f, "argv=/bin/sh");
  put (f, "argv=-c");
  put (f, "argv=%s", line);
}

static void
make_state (Fixture *f, guint attempt, const char *content)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.state", f->folder, attempt);

  g_assert_true (g_file_set_contents_full (path, content, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
setup (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("jt-supervisor-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  /* Jobs of other users look for their FIFO here. */
  g_assert_no_errno (g_chmod (f->folder, 0777));
  f->fifo = g_build_filename (f->folder, "fifo", NULL);
  f->gate = g_build_filename (f->folder, "gate", NULL);
  f->witness = g_build_filename (f->folder, "witness", NULL);
  g_assert_no_errno (mkfifo (f->fifo, 0666));
  g_assert_no_errno (mkfifo (f->gate, 0666));
  f->folder_fd = open (f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  f->spec = g_byte_array_new ();
  f->told = g_string_new (NULL);
  f->denied_syscall = -1;
  f->fsize = RLIM_INFINITY;
  put (f, "user=%s", g_get_user_name ());
  put (f, "log-max-size=16777216");
  put (f, "kill-grace=10000000");
  put (f, "success=0");
  make_state (f, 1, "");
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (f->folder);
  close (f->folder_fd);
  close (f->pipe_fd);
  g_byte_array_unref (f->spec);
  g_string_free (f->told, TRUE);
  g_free (f->folder);
  g_free (f->fifo);
  g_free (f->gate);
  g_free (f->witness);
}

static void
deny_syscall (int number)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint) number, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { .len = G_N_ELEMENTS (code), .filter = code };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
    _exit (99);
}

static void
become_supervisor (Fixture *f, int spec_fd, int write_fd, const char *attempt)
{
  struct rlimit limit = { f->fsize, f->fsize };
  sigset_t set;

  if (f->leaks_descriptors)
    dup2 (spec_fd, 77);
  if (f->stops_first)
    {
      sigemptyset (&set);
      sigaddset (&set, SIGTERM);
      sigprocmask (SIG_BLOCK, &set, NULL);
      kill (getpid (), SIGTERM);
    }
  if (f->fsize != RLIM_INFINITY)
    setrlimit (RLIMIT_FSIZE, &limit);
  if (f->denied_syscall >= 0)
    deny_syscall (f->denied_syscall);
  dup2 (f->folder_fd, JT_RUN_FD_FOLDER);
  dup2 (spec_fd, JT_RUN_FD_SPEC);
  dup2 (write_fd, JT_RUN_FD_PIPE);
  execl (supervisor, "jobtracker-run", "1", attempt, NULL);
  _exit (98);
}

static void
start (Fixture *f, const char *attempt)
{
  int memory = memfd_create ("spec", MFD_CLOEXEC);
  int spec_fd = fcntl (memory, F_DUPFD_CLOEXEC, 20);
  int fds[2];
  int write_fd;
  int folder_fd = fcntl (f->folder_fd, F_DUPFD_CLOEXEC, 20);

  close (memory);
  close (f->folder_fd);
  f->folder_fd = folder_fd;
  g_assert_cmpint (write (spec_fd, f->spec->data, f->spec->len), ==, f->spec->len);
  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  write_fd = fcntl (fds[1], F_DUPFD_CLOEXEC, 20);
  close (fds[1]);
  if (f->pipe_fd > 0)
    close (f->pipe_fd);
  f->pipe_fd = fds[0];
  f->pid = fork ();
  g_assert_no_errno (f->pid);
  if (f->pid == 0)
    become_supervisor (f, spec_fd, write_fd, attempt);
  close (spec_fd);
  close (write_fd);
}

/* Reads what the supervisor tells until there are @n lines, or the end. */
static void
read_told (Fixture *f, guint n_lines)
{
  char byte;

  while (n_lines > 0 && read (f->pipe_fd, &byte, 1) == 1)
    {
      g_string_append_c (f->told, byte);
      n_lines -= byte == '\n';
    }
}

/* The exit status of the supervisor. */
static int
finish (Fixture *f)
{
  int status;

  read_told (f, G_MAXUINT);
  g_assert_cmpint (wait4 (f->pid, &status, 0, &f->usage), ==, f->pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* (Not inlined: the compiler would see a dangling pointer where there is none.) */
static char *__attribute__ ((noinline))
read_file (Fixture *f, const char *name, gsize *length)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, length, NULL);
  return text;
}

typedef struct
{
  char    kind[16];
  int     code;
  guint64 finished, cpu, memory, log_size, dropped;
  char    flags[4];
  char    reason[512];
} Result;

/* The last line of the state file, which is also the last that the pipe said. */
static Result
read_result (Fixture *f)
{
  g_autofree char *state = read_file (f, "1.state", NULL);
  const char *at = strstr (state, "result ");
  Result result = { 0 };
  int reason = 0;

  g_assert_nonnull (at);
  g_assert_true (g_str_has_suffix (f->told->str, at));
  g_assert_cmpint (sscanf (at, "result %15s %d %lu %lu %lu %lu %lu %3s%n", result.kind, &result.code, &result.finished, &result.cpu,
                           &result.memory, &result.log_size, &result.dropped, result.flags, &reason), ==, 8);
  g_strlcpy (result.reason, g_strstrip ((char *) at + reason), sizeof result.reason);
  return result;
}

static Result
run (Fixture *f)
{
  start (f, "1");
  g_assert_cmpint (finish (f), <=, 1);
  return read_result (f);
}

/* The bytes of the output that the log keeps of @stream ("" all), checking each line's form; adds up in @n_pieces. */
static GString *
decode_log (Fixture *f, const char *stream, guint *n_pieces)
{
  gsize length = 0;
  g_autofree char *log = read_file (f, "log", &length);
  GString *output = g_string_new (NULL);
  char *end = log + length;

  for (char *line = log, *newline; line < end; line = newline + 1)
    {
      gboolean is_wanted;
      char *flag;

      newline = memchr (line, '\n', (gsize) (end - line));
      g_assert_nonnull (newline);
      /* 2026-01-02T03:04:05.123456789Z stdout F content */
      g_assert_cmpint (line[10], ==, 'T');
      g_assert_cmpint (line[19], ==, '.');
      g_assert_cmpint (line[29], ==, 'Z');
      flag = memchr (line + 31, ' ', (gsize) (newline - line - 31));
      g_assert_nonnull (flag);
      g_assert_true (flag[1] == 'F' || flag[1] == 'P');
      g_assert_cmpint (flag[2], ==, ' ');
      is_wanted = *stream == '\0' || strncmp (line + 31, stream, strlen (stream)) == 0;
      if (is_wanted)
        g_string_append_len (output, flag + 3, newline - flag - 3);
      if (is_wanted && flag[1] == 'F')
        g_string_append_c (output, '\n');
      if (n_pieces != NULL)
        *n_pieces += is_wanted;
    }
  return output;
}

static void
assert_output (Fixture *f, const char *expected)
{
  g_autoptr (GString) output = decode_log (f, "", NULL);

  g_assert_cmpstr (output->str, ==, expected);
}

static void
assert_start_failed (Fixture *f, const char *reason)
{
  Result result = run (f);

  g_assert_cmpstr (result.kind, ==, "start-failed");
  if (strstr (result.reason, reason) == NULL)
    g_error ("'%s' does not say '%s'", result.reason, reason);
  g_assert_false (g_file_test (f->witness, G_FILE_TEST_EXISTS));
}

/* Waits until the job opens the FIFO to write, and reads a number from it. */
static gint64
read_number (Fixture *f)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (f->fifo, &text, NULL, NULL));
  return g_ascii_strtoll (text, NULL, 10);
}

static void
write_word (const char *path)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (write (fd, "go\n", 3), ==, 3);
  close (fd);
}

/* --- start once --- */

static void
test_held_lock (Fixture *f, gconstpointer data)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = openat (f->folder_fd, "1.state", O_RDWR | O_CLOEXEC);
  g_autofree char *line = g_strdup_printf ("echo ran > %s", f->witness);
  g_autofree char *state = NULL;

  g_assert_no_errno (fcntl (fd, F_OFD_SETLK, &lock));
  put_shell (f, line);
  start (f, "1");
  g_assert_cmpint (finish (f), ==, JT_RUN_EXIT_GAVE_UP);
  close (fd);
  state = read_file (f, "1.state", NULL);
  g_assert_cmpstr (state, ==, "");
  g_assert_cmpstr (f->told->str, ==, "");
  g_assert_false (g_file_test (f->witness, G_FILE_TEST_EXISTS));
}

static void
test_content (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo ran > %s", f->witness);
  g_autofree char *state = NULL;

  make_state (f, 1, data);
  put_shell (f, line);
  start (f, "1");
  g_assert_cmpint (finish (f), ==, JT_RUN_EXIT_GAVE_UP);
  state = read_file (f, "1.state", NULL);
  g_assert_cmpstr (state, ==, data);
  g_assert_false (g_file_test (f->witness, G_FILE_TEST_EXISTS));
}

static void
test_absent (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "1.state", NULL);
  g_autofree char *line = g_strdup_printf ("echo ran > %s", f->witness);

  g_assert_no_errno (g_remove (path));
  put_shell (f, line);
  start (f, "1");
  g_assert_cmpint (finish (f), ==, JT_RUN_EXIT_GAVE_UP);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (f->witness, G_FILE_TEST_EXISTS));
}

static void
test_symlink (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "1.state", NULL);
  g_autofree char *target = g_build_filename (f->folder, "target", NULL);

  g_assert_true (g_file_set_contents (target, "", 0, NULL));
  g_assert_no_errno (g_remove (path));
  g_assert_no_errno (symlink (target, path));
  put_shell (f, "true");
  start (f, "1");
  g_assert_cmpint (finish (f), ==, JT_RUN_EXIT_GAVE_UP);
}

/* Many at once: one runs it. */
static void
test_race (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo ran >> %s", f->witness);
  g_autofree char *witness = NULL;
  GPid pids[12];
  guint n_gave_up = 0;
  int status;

  put_shell (f, line);
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      start (f, "1");
      pids[i] = f->pid;
    }
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      n_gave_up += WIFEXITED (status) && WEXITSTATUS (status) == JT_RUN_EXIT_GAVE_UP;
    }
  g_assert_cmpuint (n_gave_up, ==, G_N_ELEMENTS (pids) - 1);
  witness = read_file (f, "witness", NULL);
  g_assert_cmpstr (witness, ==, "ran\n");
}

static void
test_stopped_before (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo ran > %s", f->witness);
  g_autofree char *state = NULL;

  f->stops_first = TRUE;
  put_shell (f, line);
  start (f, "1");
  g_assert_cmpint (finish (f), ==, 0);
  state = read_file (f, "1.state", NULL);
  g_assert_cmpstr (state, ==, "abandoned\n");
  g_assert_false (g_file_test (f->witness, G_FILE_TEST_EXISTS));
}

/* Without a record of its start a job does not run; the file is as empty as before. */
static void
test_no_room_for_state (Fixture *f, gconstpointer data)
{
  g_autofree char *state = NULL;

  f->fsize = 0;
  put_shell (f, "kill -9 $PPID");
  start (f, "1");
  g_assert_cmpint (finish (f), ==, 1);
  g_assert_true (g_str_has_prefix (f->told->str, "result start-failed 0 "));
  g_assert_nonnull (strstr (f->told->str, "cannot write the state file: File too large"));
  state = read_file (f, "1.state", NULL);
  g_assert_cmpstr (state, ==, "");
}

/* --- results --- */

static void
test_exit (Fixture *f, gconstpointer data)
{
  int code = GPOINTER_TO_INT (data);
  g_autofree char *line = g_strdup_printf ("exit %d", code);
  guint64 before = (guint64) g_get_real_time ();
  long pid, supervisor_pid;
  guint64 start_time, started, offset;
  Result result;

  put_shell (f, line);
  result = run (f);
  g_assert_cmpstr (result.kind, ==, "exit");
  g_assert_cmpint (result.code, ==, code);
  g_assert_cmpstr (result.flags, ==, "-");
  g_assert_cmpstr (result.reason, ==, "");
  g_assert_cmpuint (result.memory, >, 100000);
  g_assert_cmpint (sscanf (f->told->str, "started %ld %lu %lu %ld %lu\n", &pid, &start_time, &started, &supervisor_pid, &offset), ==, 5);
  g_assert_cmpint (supervisor_pid, ==, f->pid);
  g_assert_cmpint (pid, !=, f->pid);
  g_assert_cmpuint (start_time, >, 0);
  g_assert_cmpuint (started, >=, before);
  g_assert_cmpuint (result.finished, >=, started);
  g_assert_cmpuint (result.finished, <=, (guint64) g_get_real_time ());
}

static void
test_signal (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("kill -%d $$", GPOINTER_TO_INT (data));
  Result result;

  put_shell (f, line);
  result = run (f);
  g_assert_cmpstr (result.kind, ==, "signal");
  g_assert_cmpint (result.code, ==, GPOINTER_TO_INT (data));
  g_assert_cmpstr (result.flags, ==, "-");
}

static void
test_cpu (Fixture *f, gconstpointer data)
{
  Result result;

  put_shell (f, "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
  result = run (f);
  g_assert_cmpuint (result.cpu, >, 10000);
}

/* --- the log --- */

static void
test_log_bytes (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) out = NULL;
  g_autoptr (GString) err = NULL;

  put_shell (f, "printf 'a\\000b\\r\\n\\n\\377\\033[1mlast'; printf 'words\\n' >&2");
  run (f);
  out = decode_log (f, "stdout", NULL);
  err = decode_log (f, "stderr", NULL);
  g_assert_cmpmem (out->str, out->len, "a\0b\r\n\n\377\033[1mlast", 15);
  g_assert_cmpstr (err->str, ==, "words\n");
}

static void
test_log_long_line (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) out = NULL;
  guint n_pieces = 0;

  put_shell (f, "head -c 40000 /dev/zero | tr '\\0' x; echo; head -c 16384 /dev/zero | tr '\\0' y; echo");
  run (f);
  out = decode_log (f, "stdout", &n_pieces);
  g_assert_cmpuint (out->len, ==, 40001 + 16385);
  g_assert_cmpint (out->str[40000], ==, '\n');
  g_assert_cmpint (out->str[39999], ==, 'x');
  g_assert_cmpint (out->str[out->len - 1], ==, '\n');
  /* three of the first; the second fills a piece just before its newline, which may be seen with it or after it */
  g_assert_cmpuint (n_pieces, >=, 3 + 1);
  g_assert_cmpuint (n_pieces, <=, 3 + 2);
}

typedef struct
{
  guint       cap;
  const char *shell;
  guint64     output;
} Cap;

static const Cap caps[] = {
  { 4096, "seq 1 20000", 108894 },
  { 4096, "head -c 1000000 /dev/zero | tr '\\0' x", 1000000 },
  { 65536, "seq 1 200000; seq 1 200000 >&2", 2577790 },
  { 65536, "printf ''", 0 },
  { 1048576, "yes | head -c 30000000", 30000000 },
  { 4096, "head -c 100000 /dev/zero | tr '\\0' '\\n'", 100000 },
};

/* Head and tail are there, and the marker's number is exact. */
static void
test_log_cap (Fixture *f, gconstpointer data)
{
  const Cap *cap = data;
  g_autoptr (GString) out = NULL;
  g_autoptr (GString) marker = NULL;
  g_autofree char *tail = NULL;
  guint64 said = 0;
  Result result;

  put (f, "log-max-size=%u", cap->cap);
  put_shell (f, cap->shell);
  result = run (f);
  out = decode_log (f, "std", NULL);
  marker = decode_log (f, "system", NULL);
  g_assert_cmpuint (result.dropped, ==, cap->output - out->len);
  g_assert_cmpuint (result.log_size, <=, cap->cap + 256);
  if (result.dropped > 0)
    g_assert_cmpint (sscanf (marker->str, "[%lu bytes of output were dropped here]\n", &said), ==, 1);
  g_assert_cmpuint (said, ==, result.dropped);
  if (cap->output > cap->cap)
    g_assert_cmpuint (out->len, >, 0);
  tail = read_file (f, "1.tail", NULL);
  g_assert_null (tail);
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpint (f->usage.ru_maxrss, <, 8 * 1024);
#endif
}

/* Who has nothing to say leaves no file behind; what is written last, without a newline, is kept all the same. */
static void
test_log_silent (Fixture *f, gconstpointer data)
{
  g_autofree char *log = NULL;

  put_shell (f, data);
  run (f);
  log = read_file (f, "log", NULL);
  if (g_str_equal (data, "true"))
    g_assert_null (log);
  else
    g_assert_nonnull (strstr (log, " stdout P a\n"));
}

static void
test_log_ends (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) out = NULL;

  put (f, "log-max-size=4096");
  put_shell (f, "seq 1 20000");
  run (f);
  out = decode_log (f, "stdout", NULL);
  g_assert_true (g_str_has_prefix (out->str, "1\n2\n3\n"));
  g_assert_true (g_str_has_suffix (out->str, "\n19999\n20000\n"));
}

/* A tail that was begun but drops nothing leaves no marker. */
static void
test_log_tail_without_loss (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) out = NULL;
  g_autoptr (GString) expected = g_string_new (NULL);
  Result result;

  for (guint i = 1; i <= 70; i++)
    g_string_append_printf (expected, "%u\n", i);
  put (f, "log-max-size=4096");
  put_shell (f, "seq 1 70");
  result = run (f);
  out = decode_log (f, "", NULL);
  g_assert_cmpuint (result.dropped, ==, 0);
  g_assert_cmpstr (out->str, ==, expected->str);
  g_assert_cmpuint (result.log_size, >, 2048);
}

/* The disk is full for the log: the job runs, and what is gone is counted. */
static void
test_log_no_room (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) out = NULL;
  Result result;

  f->fsize = 400;
  put_shell (f, "echo first; sleep 0.01; seq 1 1000; exit 4");
  result = run (f);
  out = decode_log (f, "std", NULL);
  g_assert_cmpstr (result.kind, ==, "exit");
  g_assert_cmpint (result.code, ==, 4);
  g_assert_cmpuint (result.dropped, ==, strlen ("first\n") + 3893 - out->len);
  g_assert_cmpuint (result.dropped, >, 0);
}

static void
test_log_attempts (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  guint64 offset;
  gsize length;
  const char *second;

  put_shell (f, "echo out");
  run (f);
  first = read_file (f, "log", &length);
  g_string_truncate (f->told, 0);
  make_state (f, 2, "");
  start (f, "2");
  g_assert_cmpint (finish (f), ==, 0);
  assert_output (f, "out\nout\n");
  second = f->told->str;
  g_assert_cmpint (sscanf (second, "started %*d %*u %*u %*d %lu", &offset), ==, 1);
  g_assert_cmpuint (offset, ==, length);
}

/* What a killed supervisor left of a line does not swallow the next attempt's first. */
static void
test_log_after_crash (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "log", NULL);

  g_assert_true (g_file_set_contents (path, "2026-01-02T03:04:05.123456789Z stdout F hal", -1, NULL));
  put_shell (f, "echo out");
  run (f);
  assert_output (f, "hal\nout\n");
}

typedef struct
{
  const char *keep;
  int         code;
  gboolean    is_kept;
} Keep;

static const Keep keeps[] = {
  { "always", 0, TRUE }, { "on-failure", 0, FALSE }, { "on-failure", 1, TRUE }, { "on-failure", 3, FALSE }, { "never", 1, FALSE },
};

static void
test_log_keep (Fixture *f, gconstpointer data)
{
  const Keep *keep = data;
  g_autofree char *path = g_build_filename (f->folder, "log", NULL);
  g_autofree char *line = g_strdup_printf ("echo new; exit %d", keep->code);

  g_assert_true (g_file_set_contents (path, "2026-01-02T03:04:05.123456789Z stdout F old\n", -1, NULL));
  put (f, "success=3");
  put (f, "log-keep=%s", keep->keep);
  put_shell (f, line);
  run (f);
  assert_output (f, keep->is_kept ? "old\nnew\n" : "old\n");
}

/* A supervisor that is killed leaves what was said until then. */
static void
test_log_readable_after_kill (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo before; echo $$ > %s; echo >/dev/null < %s", f->fifo, f->fifo);
  gint64 job;
  int status;

  put_shell (f, line);
  start (f, "1");
  job = read_number (f);
  g_assert_cmpint (job, >, 1);
  /* stopped, it has written what it read; its pipe is read no further */
  g_assert_no_errno (kill (f->pid, SIGKILL));
  g_assert_cmpint (waitpid (f->pid, &status, 0), ==, f->pid);
  kill ((pid_t) job, SIGKILL);
  {
    g_autofree char *log = read_file (f, "log", NULL);

    /* either it came to open the log, and to read the line, before it was killed, or not; never half of it */
    g_assert_true (log == NULL || *log == '\0' || g_str_has_suffix (log, " stdout F before\n"));
  }
}

/* --- stopping --- */

static void
test_timeout (Fixture *f, gconstpointer data)
{
  Result result;

  put (f, "timeout=50000");
  put_shell (f, "sleep 1000");
  result = run (f);
  g_assert_cmpstr (result.kind, ==, "signal");
  g_assert_cmpint (result.code, ==, SIGTERM);
  g_assert_cmpstr (result.flags, ==, "t");
}

static void
test_timeout_ignored (Fixture *f, gconstpointer data)
{
  Result result;

  put (f, "timeout=50000");
  put (f, "kill-grace=50000");
  put_shell (f, "trap '' TERM; sleep 1000; sleep 1000");
  result = run (f);
  g_assert_cmpstr (result.kind, ==, "signal");
  g_assert_cmpint (result.code, ==, SIGKILL);
  g_assert_cmpstr (result.flags, ==, "t");
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("trap 'exit 9' TERM; echo 1 > %s; sleep 1000 & wait", f->fifo);
  Result result;

  put_shell (f, line);
  start (f, "1");
  read_number (f);
  g_assert_no_errno (kill (f->pid, SIGTERM));
  finish (f);
  result = read_result (f);
  g_assert_cmpstr (result.kind, ==, "exit");
  g_assert_cmpint (result.code, ==, 9);
  g_assert_cmpstr (result.flags, ==, "s");
}

static void
test_kill_signal (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("trap 'exit 8' INT; echo 1 > %s; sleep 1000 & wait", f->fifo);
  Result result;

  put (f, "kill-signal=SIGINT");
  /* what a shell puts into the background is deaf to SIGINT */
  put (f, "kill-grace=50000");
  put_shell (f, line);
  start (f, "1");
  read_number (f);
  g_assert_no_errno (kill (f->pid, SIGTERM));
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 8);
}

/* A stopped process hears the request to end. */
static void
test_stop_frozen (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("trap 'exit 9' TERM; echo $$ > %s; kill -STOP $$; sleep 1000", f->fifo);
  Result result;
  gint64 job;

  put_shell (f, line);
  start (f, "1");
  job = read_number (f);
  g_assert_no_errno (kill ((pid_t) job, SIGSTOP));
  g_assert_no_errno (kill (f->pid, SIGTERM));
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 9);
}

static void
test_pass_signal (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("trap 'exit 7' USR1; echo 1 > %s; sleep 1000 & wait", f->fifo);
  union sigval value = { .sival_int = SIGUSR1 };
  Result result;

  put_shell (f, line);
  start (f, "1");
  read_number (f);
  g_assert_no_errno (sigqueue (f->pid, SIGRTMIN, value));
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 7);
  g_assert_cmpstr (result.flags, ==, "-");
}

static void
test_ignores_hangup (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo 1 > %s; read word < %s; exit 6", f->fifo, f->fifo);
  Result result;

  put_shell (f, line);
  start (f, "1");
  read_number (f);
  g_assert_no_errno (kill (f->pid, SIGHUP));
  g_assert_no_errno (kill (f->pid, SIGINT));
  g_assert_no_errno (kill (f->pid, SIGPIPE));
  write_word (f->fifo);
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 6);
}

/* The daemon's going away changes nothing; the result is in the file. */
static void
test_without_daemon (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo 1 > %s; read word < %s; echo said; exit 6", f->fifo, f->fifo);
  g_autofree char *state = NULL;
  int status;

  put_shell (f, line);
  start (f, "1");
  read_number (f);
  close (f->pipe_fd);
  f->pipe_fd = 0;
  write_word (f->fifo);
  g_assert_cmpint (waitpid (f->pid, &status, 0), ==, f->pid);
  state = read_file (f, "1.state", NULL);
  g_assert_nonnull (strstr (state, "\nresult exit 6 "));
  assert_output (f, "said\n");
  f->pipe_fd = dup (f->folder_fd);
}

/* --- leftovers --- */

static gboolean
is_alive (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  return strstr (text, ") Z ") == NULL;
}

/* Forked twice, in a session of its own, deaf to SIGTERM: it ends all the same, before the result is told. */
static void
test_leftover_kill (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("(setsid sh -c \"trap '' TERM HUP; echo \\$\\$ > %s; sleep 1000; sleep 1000\" &) ; "
                                           "read word < %s; exit 3", f->fifo, f->gate);
  Result result;
  gint64 job;

  put (f, "leftover=kill");
  put (f, "kill-grace=50000");
  put_shell (f, line);
  start (f, "1");
  job = read_number (f);
  g_assert_true (is_alive (job));
  write_word (f->gate);
  finish (f);
  result = read_result (f);
  g_assert_cmpstr (result.kind, ==, "exit");
  g_assert_cmpint (result.code, ==, 3);
  g_assert_cmpstr (result.flags, ==, "-");
  g_assert_false (is_alive (job));
}

static void
test_leftover_wait (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("(setsid sh -c \"echo \\$PPID > %s; read word < %s; echo late\" &) ; exit 3", f->fifo, f->fifo);
  Result result;

  put (f, "leftover=wait");
  put_shell (f, line);
  start (f, "1");
  read_number (f);
  write_word (f->fifo);
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 3);
  assert_output (f, "late\n");
}

static void
test_leftover_leave (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("(setsid sh -c 'echo $$ > %s; exec sleep 1000' >/dev/null 2>&1 &) ; "
                                           "read word < %s; exit 3", f->fifo, f->gate);
  Result result;
  gint64 job;

  put (f, "leftover=leave");
  put_shell (f, line);
  start (f, "1");
  job = read_number (f);
  write_word (f->gate);
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 3);
  g_assert_true (is_alive (job));
  g_assert_no_errno (kill ((pid_t) job, SIGKILL));
}

/* Somebody holds the output open: it is awaited for two seconds, no longer. */
static void
test_leftover_holds_output (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("sleep 1000 & echo $! > %s; echo said; exit 3", f->fifo);
  Result result;
  gint64 job;

  put (f, "leftover=leave");
  put_shell (f, line);
  start (f, "1");
  job = read_number (f);
  finish (f);
  result = read_result (f);
  g_assert_cmpint (result.code, ==, 3);
  assert_output (f, "said\n");
  g_assert_no_errno (kill ((pid_t) job, SIGKILL));
}

/* Hundreds that fork away are all found. */
static void
test_leftover_many (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("i=0; while [ $i -lt 100 ]; do i=$((i+1)); (setsid sleep 1000 >/dev/null 2>&1 & echo $! >> %s) ; "
                                           "done; exit 0", f->witness);
  g_autofree char *text = NULL;
  g_auto (GStrv) pids = NULL;

  put (f, "leftover=kill");
  put_shell (f, line);
  run (f);
  text = read_file (f, "witness", NULL);
  pids = g_strsplit (g_strstrip (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (pids), ==, 100);
  for (guint i = 0; pids[i] != NULL; i++)
    g_assert_false (is_alive (g_ascii_strtoll (pids[i], NULL, 10)));
}

/* --- what the job finds --- */

static void
test_environment (Fixture *f, gconstpointer data)
{
  g_autofree char *expected = NULL;
  g_autofree char *home = g_strdup (g_get_home_dir ());

  g_setenv ("JT_LEAKED", "1", TRUE);
  put (f, "env=COLOUR=blue=ish");
  put (f, "env=JOBTRACKER_RUN=42");
  put (f, "argv=sort");
  put (f, "argv=-z");
  put (f, "argv=/proc/self/environ");
  run (f);
  {
    g_autoptr (GString) out = decode_log (f, "stdout", NULL);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    for (char *at = out->str; at < out->str + out->len; at += strlen (at) + 1)
      g_ptr_array_add (names, at);
    g_assert_cmpuint (names->len, ==, 8);
    g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "COLOUR=blue=ish");
    g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 1), "HOME=/"));
    g_assert_cmpstr (g_ptr_array_index (names, 2), ==, "JOBTRACKER_RUN=42");
    g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 3), "LANG="));
    g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 4), "LOGNAME="));
    g_assert_cmpstr (g_ptr_array_index (names, 5), ==, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 6), "SHELL=/"));
    g_assert_true (g_str_has_prefix (g_ptr_array_index (names, 7), "USER="));
  }
}

static void
test_own_path (Fixture *f, gconstpointer data)
{
  g_autofree char *program = g_build_filename (f->folder, "mine", NULL);

  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\necho mine\n", -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  put (f, "env=PATH=/nowhere:%s:/bin", f->folder);
  put (f, "argv=mine");
  run (f);
  assert_output (f, "mine\n");
}

static void
test_descriptors (Fixture *f, gconstpointer data)
{
  f->leaks_descriptors = TRUE;
  put_shell (f, "cd /proc/$$/fd; for n in 0 1 2 3 4 5 6 7 8 9 11 12 13 14 20 21 22 77; do [ -e $n ] && echo $n; done; readlink 0");
  run (f);
  assert_output (f, "0\n1\n2\n/dev/null\n");
}

static void
test_surroundings (Fixture *f, gconstpointer data)
{
  put_shell (f, "umask; grep -E 'Sig(Blk|Ign)' /proc/$$/status | tr -d '\\t'; set -- $(cat /proc/$$/stat); [ $5 = $$ ] && [ $6 = $$ ] && echo leads");
  run (f);
  assert_output (f, "0022\nSigBlk:0000000000000000\nSigIgn:0000000000000000\nleads\n");
}

static void
test_input (Fixture *f, gconstpointer data)
{
  put (f, "stdin=two\nlines");
  put_shell (f, "cat; echo .");
  run (f);
  assert_output (f, "two\nlines.\n");
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  put (f, "limit=nofile=17:19");
  put (f, "limit=core=0");
  put (f, "nice=5");
  put (f, "directory=/usr");
  put_shell (f, "ulimit -Sn; ulimit -Hn; ulimit -c; nice; pwd");
  run (f);
  assert_output (f, "17\n19\n0\n5\n/usr\n");
}

static gboolean
is_root (void)
{
  if (geteuid () == 0)
    return TRUE;
  g_test_skip ("needs root");
  return FALSE;
}

static void
test_user (Fixture *f, gconstpointer data)
{
  if (!is_root ())
    return;
  put (f, "user=nobody");
  put_shell (f, "id -un; id -G; grep -E '^(Uid|CapEff)' /proc/self/status; echo $HOME $USER $LOGNAME; pwd");
  run (f);
  {
    g_autoptr (GString) out = decode_log (f, "stdout", NULL);

    g_assert_true (g_str_has_prefix (out->str, "nobody\n65534\nUid:\t65534\t65534\t65534\t65534\nCapEff:\t0000000000000000\n"));
    g_assert_nonnull (strstr (out->str, " nobody nobody\n/\n"));
  }
}

static void
test_group (Fixture *f, gconstpointer data)
{
  if (!is_root ())
    return;
  put (f, "user=nobody");
  put (f, "group=daemon");
  put_shell (f, "id -gn; id -G");
  run (f);
  assert_output (f, "daemon\n1\n");
}

/* --- never executed --- */

static void
test_no_such_user (Fixture *f, gconstpointer data)
{
  put (f, "user=nobody-has-this-name");
  put_shell (f, "true");
  assert_start_failed (f, "no such user 'nobody-has-this-name'");
}

static void
test_no_such_group (Fixture *f, gconstpointer data)
{
  put (f, "group=nobody-has-this-name");
  put_shell (f, "true");
  assert_start_failed (f, "no such group 'nobody-has-this-name'");
}

static void
test_other_account (Fixture *f, gconstpointer data)
{
  put (f, "expected-uid=%u", geteuid () + 1);
  put_shell (f, "true");
  assert_start_failed (f, "is no longer the account that owns the job");
}

static void
test_no_such_program (Fixture *f, gconstpointer data)
{
  put (f, "argv=/nowhere/x");
  assert_start_failed (f, "cannot execute /nowhere/x: No such file or directory");
}

static void
test_not_in_path (Fixture *f, gconstpointer data)
{
  put (f, "argv=nowhere-to-be-found");
  assert_start_failed (f, "cannot execute nowhere-to-be-found: not found in PATH");
}

static void
test_not_executable (Fixture *f, gconstpointer data)
{
  put (f, "argv=/etc/passwd");
  assert_start_failed (f, "cannot execute /etc/passwd: Permission denied");
}

static void
test_no_program (Fixture *f, gconstpointer data)
{
  g_autofree char *program = g_build_filename (f->folder, "mine", NULL);
  g_autofree char *text = g_strdup_printf ("echo ran > %s\n", f->witness);

  g_assert_true (g_file_set_contents_full (program, text, -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  put (f, "argv=%s", program);
  assert_start_failed (f, "Exec format error");
}

static void
test_no_directory (Fixture *f, gconstpointer data)
{
  put (f, "directory=/nowhere");
  put_shell (f, "true");
  assert_start_failed (f, "cannot enter /nowhere: No such file or directory");
}

static void
test_too_many_processes (Fixture *f, gconstpointer data)
{
  GPid other;

  if (!is_root ())
    return;
  /* The kernel lets the last process beyond the limit change its user, and refuses the exec (execve(2), EAGAIN). */
  other = fork ();
  if (other == 0)
    {
      if (setuid (65534) == 0 && kill (getppid (), 0) < 0)
        raise (SIGSTOP);
      _exit (0);
    }
  g_assert_cmpint (waitpid (other, NULL, WUNTRACED), ==, other);
  put (f, "user=nobody");
  put (f, "owner=0");
  put (f, "limit=nproc=0");
  put (f, "argv=/bin/true");
  assert_start_failed (f, "cannot execute /bin/true: Resource temporarily unavailable");
  kill (other, SIGKILL);
  waitpid (other, NULL, 0);
}

/* The supervisor is root; a user's job gets no more of it than the user could take. */
static void
test_more_than_own (Fixture *f, gconstpointer data)
{
  const char *const *row = data;

  if (!is_root ())
    return;
  put (f, "user=nobody");
  put (f, "owner=65534");
  put (f, "%s", row[0]);
  put_shell (f, "true");
  assert_start_failed (f, row[1]);
}

static const char *const more_priority[] = { "nice=-1", "cannot set nice -1: Permission denied" };
static const char *const more_real_time[] = { "limit=rtprio=99", "cannot set limit rtprio=99: Operation not permitted" };

static void
test_spec_unreadable (Fixture *f, gconstpointer data)
{
  g_byte_array_set_size (f->spec, 0);
  assert_start_failed (f, "the specification cannot be read");
}

typedef struct
{
  const char *name;
  int         number;
  const char *reason;
} Privilege;

static const Privilege privileges[] = {
  { "setgroups", SYS_setgroups, "cannot set the groups of 'nobody'" },
  { "setresgid", SYS_setresgid, "cannot become group" },
  { "setresuid", SYS_setresuid, "cannot become user 'nobody'" },
  { "close-range", SYS_close_range, "cannot close the descriptors" },
  { "prctl", SYS_prctl, "cannot supervise" },
  { "chdir", SYS_chdir, "cannot supervise" },
  { "setpriority", SYS_setpriority, "cannot set nice 1" },
  { "memfd-create", SYS_memfd_create, "cannot prepare stdin" },
};

/* Whatever step fails, the command is not reached. */
static void
test_privilege (Fixture *f, gconstpointer data)
{
  const Privilege *privilege = data;
  g_autofree char *line = g_strdup_printf ("echo ran > %s", f->witness);

  if (!is_root ())
    return;
  f->denied_syscall = privilege->number;
  put (f, "user=nobody");
  put (f, "nice=1");
  put (f, "stdin=text");
  put_shell (f, line);
  assert_start_failed (f, privilege->reason);
}

/* --- environment-file --- */

static void
put_environment_file (Fixture *f, const char *content, gssize length)
{
  g_autofree char *path = g_build_filename (f->folder, "environment", NULL);

  g_assert_true (g_file_set_contents_full (path, content, length, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  put (f, "environment-file=%s", path);
}

static void
test_environment_file (Fixture *f, gconstpointer data)
{
  put_environment_file (f, "# words\n\n A=one\r\nB=\"two words\"\nC='it is'\nD=\nE=over\n", -1);
  put (f, "env=E=ruled");
  put_shell (f, "echo $A,$B,$C,$D,$E");
  run (f);
  assert_output (f, "one,two words,it is,,ruled\n");
}

/* The message tells where, not what: the file may hold secrets. */
static void
test_environment_file_line (Fixture *f, gconstpointer data)
{
  put_environment_file (f, "A=1\nsecret words\n", -1);
  put_shell (f, "true");
  assert_start_failed (f, "line 2 is not NAME=VALUE");
  g_assert_null (strstr (f->told->str, "secret"));
}

static void
test_environment_file_large (Fixture *f, gconstpointer data)
{
  g_autofree char *content = g_strnfill (65537, 'A');

  content[1] = '=';
  put_environment_file (f, content, 65537);
  put_shell (f, "true");
  assert_start_failed (f, "is larger than 65536 bytes");
}

static void
test_environment_file_fifo (Fixture *f, gconstpointer data)
{
  put (f, "environment-file=%s", f->fifo);
  put_shell (f, "true");
  assert_start_failed (f, "is not a regular file");
}

/* It is read with the rights of the job's user, not ours. */
static void
test_environment_file_rights (Fixture *f, gconstpointer data)
{
  if (!is_root ())
    return;
  put (f, "user=nobody");
  put (f, "environment-file=/etc/shadow");
  put_shell (f, "true");
  assert_start_failed (f, "cannot read environment-file /etc/shadow: Permission denied");
}

#define ADD(path, data, function) g_test_add ("/supervisor/" path, Fixture, data, setup, function, teardown)

static void
add_start_tests (void)
{
  ADD ("once/held-lock", NULL, test_held_lock);
  ADD ("once/started", "started 1 2 3 4 5\n", test_content);
  ADD ("once/abandoned", "abandoned\n", test_content);
  ADD ("once/any-byte", "x", test_content);
  ADD ("once/absent", NULL, test_absent);
  ADD ("once/symlink", NULL, test_symlink);
  ADD ("once/race", NULL, test_race);
  ADD ("once/stopped-before", NULL, test_stopped_before);
  ADD ("once/no-room-for-state", NULL, test_no_room_for_state);
  ADD ("result/exit-0", GINT_TO_POINTER (0), test_exit);
  ADD ("result/exit-255", GINT_TO_POINTER (255), test_exit);
  ADD ("result/kill", GINT_TO_POINTER (SIGKILL), test_signal);
  ADD ("result/segv", GINT_TO_POINTER (SIGSEGV), test_signal);
  ADD ("result/signal-64", GINT_TO_POINTER (64), test_signal);
  ADD ("result/cpu", NULL, test_cpu);
}

static void
add_log_tests (void)
{
  ADD ("log/bytes", NULL, test_log_bytes);
  ADD ("log/long-line", NULL, test_log_long_line);
  for (guint i = 0; i < G_N_ELEMENTS (caps); i++)
    {
      g_autofree char *path = g_strdup_printf ("/supervisor/log/cap-%u", i);

      g_test_add (path, Fixture, &caps[i], setup, test_log_cap, teardown);
    }
  ADD ("log/silent", "true", test_log_silent);
  ADD ("log/last-words", "printf a", test_log_silent);
  ADD ("log/ends", NULL, test_log_ends);
  ADD ("log/tail-without-loss", NULL, test_log_tail_without_loss);
  ADD ("log/no-room", NULL, test_log_no_room);
  ADD ("log/attempts", NULL, test_log_attempts);
  ADD ("log/after-crash", NULL, test_log_after_crash);
  ADD ("log/readable-after-kill", NULL, test_log_readable_after_kill);
  for (guint i = 0; i < G_N_ELEMENTS (keeps); i++)
    {
      g_autofree char *path = g_strdup_printf ("/supervisor/log/keep-%s-%d", keeps[i].keep, keeps[i].code);

      g_test_add (path, Fixture, &keeps[i], setup, test_log_keep, teardown);
    }
}

static void
add_stop_tests (void)
{
  ADD ("stop/timeout", NULL, test_timeout);
  ADD ("stop/timeout-ignored", NULL, test_timeout_ignored);
  ADD ("stop/term", NULL, test_stop);
  ADD ("stop/kill-signal", NULL, test_kill_signal);
  ADD ("stop/frozen", NULL, test_stop_frozen);
  ADD ("stop/pass-signal", NULL, test_pass_signal);
  ADD ("stop/ignores-hangup", NULL, test_ignores_hangup);
  ADD ("stop/without-daemon", NULL, test_without_daemon);
  ADD ("leftover/kill", NULL, test_leftover_kill);
  ADD ("leftover/wait", NULL, test_leftover_wait);
  ADD ("leftover/leave", NULL, test_leftover_leave);
  ADD ("leftover/holds-output", NULL, test_leftover_holds_output);
  ADD ("leftover/many", NULL, test_leftover_many);
}

static void
add_job_tests (void)
{
  ADD ("job/environment", NULL, test_environment);
  ADD ("job/own-path", NULL, test_own_path);
  ADD ("job/descriptors", NULL, test_descriptors);
  ADD ("job/surroundings", NULL, test_surroundings);
  ADD ("job/input", NULL, test_input);
  ADD ("job/limits", NULL, test_limits);
  ADD ("job/user", NULL, test_user);
  ADD ("job/group", NULL, test_group);
  ADD ("job/environment-file", NULL, test_environment_file);
}

static void
add_failure_tests (void)
{
  ADD ("failed/more-priority", more_priority, test_more_than_own);
  ADD ("failed/more-real-time", more_real_time, test_more_than_own);
  ADD ("failed/no-such-user", NULL, test_no_such_user);
  ADD ("failed/no-such-group", NULL, test_no_such_group);
  ADD ("failed/other-account", NULL, test_other_account);
  ADD ("failed/no-such-program", NULL, test_no_such_program);
  ADD ("failed/not-in-path", NULL, test_not_in_path);
  ADD ("failed/not-executable", NULL, test_not_executable);
  ADD ("failed/no-program", NULL, test_no_program);
  ADD ("failed/no-directory", NULL, test_no_directory);
  ADD ("failed/too-many-processes", NULL, test_too_many_processes);
  ADD ("failed/spec-unreadable", NULL, test_spec_unreadable);
  for (guint i = 0; i < G_N_ELEMENTS (privileges); i++)
    {
      g_autofree char *path = g_strdup_printf ("/supervisor/failed/privilege-%s", privileges[i].name);

      g_test_add (path, Fixture, &privileges[i], setup, test_privilege, teardown);
    }
  ADD ("failed/environment-file-line", NULL, test_environment_file_line);
  ADD ("failed/environment-file-large", NULL, test_environment_file_large);
  ADD ("failed/environment-file-fifo", NULL, test_environment_file_fifo);
  ADD ("failed/environment-file-rights", NULL, test_environment_file_rights);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  supervisor = argv[1];
  /* As the spawner finds it, whatever the tests were started from (nohup(1), say). */
  for (int number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  add_start_tests ();
  add_log_tests ();
  add_stop_tests ();
  add_job_tests ();
  add_failure_tests ();
  return g_test_run ();
}
