/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-state-file.h"

#define RUNS_PER_SHARD 1000
/* A shard that is empty may go between being made and being entered. */
#define MAX_TRIES 100
#define MAX_STATE_BYTES 8192

/* Words of the supervisor's may hold what a file of the job's user said, or be cut inside a character; they go to the bus. */
static void
take_reason (JtStateRecord *record, const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words, -1);

  g_strdelimit (valid, "\001\002\003\004\005\006\007\010\t\013\014\r\016\017\033\177", ' ');
  g_strlcpy (record->reason, g_strstrip (valid), sizeof record->reason);
  if (!g_utf8_validate (record->reason, -1, NULL))
    *(char *) g_utf8_find_prev_char (record->reason, record->reason + strlen (record->reason)) = '\0';
}

void
jt_state_record_take_line (JtStateRecord *record, const char *line)
{
  unsigned long long numbers[8] = { 0 };
  long long finished = 0;
  int reason_at = 0;

  if (sscanf (line, "started %d %llu %llu %d %llu", &record->pid, &numbers[0], &numbers[1], &record->supervisor, &numbers[2]) == 5)
    {
      record->pid_start_time = numbers[0];
      record->started_usec = (gint64) numbers[1];
      record->log_offset = numbers[2];
      record->state = JT_FILE_STARTED;
    }
  else if (sscanf (line, "result %15s %d %lld %llu %llu %llu %llu %3s%n", record->kind, &record->code, &finished, &numbers[0],
                   &numbers[1], &numbers[2], &numbers[3], record->flags, &reason_at) == 8)
    {
      record->finished_usec = finished;
      record->cpu_usec = numbers[0];
      record->memory_bytes = numbers[1];
      record->log_size_bytes = numbers[2];
      record->dropped_bytes = numbers[3];
      take_reason (record, line + reason_at);
      record->state = JT_FILE_RESULT;
    }
  else if (g_str_has_prefix (line, "abandoned"))
    record->state = JT_FILE_ABANDONED;
}

static int
open_folder_at (int parent_fd, const char *name, gboolean create)
{
  int fd;

  if (create && mkdirat (parent_fd, name, 0700) < 0 && errno != EEXIST)
    return -1;
  fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  return fd;
}

static int
open_in_shard (int runs_fd, const char *shard, const char *name, gboolean create)
{
  int shard_fd = open_folder_at (runs_fd, shard, FALSE);
  int fd;
  int saved_errno;

  if (shard_fd < 0 && errno == ENOENT && create)
    shard_fd = open_folder_at (runs_fd, shard, TRUE);
  fd = shard_fd < 0 ? -1 : open_folder_at (shard_fd, name, create);
  saved_errno = errno;
  if (shard_fd >= 0)
    close (shard_fd);
  errno = saved_errno;
  return fd;
}

int
jt_run_folder_open (int runs_fd, guint64 run, gboolean create, GError **error)
{
  g_autofree char *shard = g_strdup_printf ("%" G_GUINT64_FORMAT, run / RUNS_PER_SHARD);
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, run);
  int fd = open_in_shard (runs_fd, shard, name, create);
  int saved_errno;

  for (guint tries = 1; fd < 0 && errno == ENOENT && create && tries < MAX_TRIES; tries++)
    fd = open_in_shard (runs_fd, shard, name, create);
  saved_errno = errno;
  if (fd < 0)
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not open the folder of run %s: %s", name,
                 g_strerror (saved_errno));
  errno = saved_errno;
  return fd;
}

static int
open_state (int folder_fd, guint attempt, int flags)
{
  char name[32];

  g_snprintf (name, sizeof name, JT_STATE_FILE_FORMAT, attempt);
  return openat (folder_fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

gboolean
jt_run_folder_create_state (int folder_fd, guint attempt, GError **error)
{
  int fd = open_state (folder_fd, attempt, O_RDWR | O_CREAT | O_EXCL);

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (errno == EEXIST)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "could not create the state file of attempt %u: there is one already", attempt);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not create the state file of attempt %u: %s", attempt,
                 g_strerror (errno));
  return FALSE;
}

static gboolean
try_lock (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

static void
read_record (int fd, JtStateRecord *record)
{
  char text[MAX_STATE_BYTES];
  gssize length = pread (fd, text, sizeof text - 1, 0);
  char *save = NULL;

  record->state = length < 0 ? JT_FILE_UNKNOWN : JT_FILE_EMPTY;
  if (length <= 0)
    return;
  text[length] = '\0';
  /* Content that is no whole line yet is content all the same: nobody starts over it. */
  record->state = JT_FILE_STARTED;
  for (char *line = strtok_r (text, "\n", &save); line != NULL; line = strtok_r (NULL, "\n", &save))
    jt_state_record_take_line (record, line);
}

/* Anything else is trouble that says nothing about the file: no descriptors left, no memory, a disk that fails. */
static gboolean
is_absence (int number)
{
  return number == ENOENT || number == ENOTDIR || number == ELOOP;
}

/* The lock first: what is read once it was had is the last word. Closing the descriptor lets it go again. */
static void
look (int fd, JtStateRecord *record)
{
  memset (record, 0, sizeof *record);
  record->is_locked = !try_lock (fd);
  read_record (fd, record);
}

static int
watch_state (int inotify_fd, int fd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  return inotify_fd < 0 ? -1 : inotify_add_watch (inotify_fd, path, IN_MODIFY);
}

void
jt_run_folder_inspect (int runs_fd, guint64 run, guint attempt, int inotify_fd, JtStateRecord *record, int *pidfd, int *watch)
{
  int folder_fd = jt_run_folder_open (runs_fd, run, FALSE, NULL);
  int fd = folder_fd < 0 ? -1 : open_state (folder_fd, attempt, O_RDWR);

  /* (errno is that of the latest of the two) */
  memset (record, 0, sizeof *record);
  record->state = is_absence (errno) ? JT_FILE_ABSENT : JT_FILE_UNKNOWN;
  *pidfd = *watch = -1;
  if (folder_fd >= 0)
    close (folder_fd);
  if (fd < 0)
    return;
  look (fd, record);
  if (record->is_locked)
    {
      *watch = watch_state (inotify_fd, fd);
      *pidfd = record->supervisor > 0 ? pidfd_open (record->supervisor, 0) : -1;
      /* Only if the lock is held even now is the process behind the descriptor the one that the file names. */
      look (fd, record);
    }
  if (!record->is_locked && *pidfd >= 0)
    {
      close (*pidfd);
      *pidfd = -1;
    }
  close (fd);
}

JtAbandonResult
jt_run_folder_abandon (int runs_fd, guint64 run, guint attempt)
{
  int folder_fd = jt_run_folder_open (runs_fd, run, FALSE, NULL);
  int fd = folder_fd < 0 ? -1 : open_state (folder_fd, attempt, O_RDWR | O_APPEND);
  JtAbandonResult result = is_absence (errno) ? JT_ABANDON_ABSENT : JT_ABANDON_FAILED;

  if (folder_fd >= 0)
    close (folder_fd);
  if (fd < 0)
    return result;
  if (!try_lock (fd) || lseek (fd, 0, SEEK_END) != 0)
    result = JT_ABANDON_TAKEN;
  else
    /* Any content keeps everybody from starting it, so a short write will do. */
    result = write (fd, "abandoned\n", 10) > 0 ? JT_ABANDON_DONE : JT_ABANDON_FAILED;
  close (fd);
  return result;
}

void
jt_run_folder_forget (int runs_fd, guint64 run, guint attempt)
{
  int folder_fd = jt_run_folder_open (runs_fd, run, FALSE, NULL);
  struct stat st;
  char name[32];

  if (folder_fd < 0)
    return;
  g_snprintf (name, sizeof name, JT_STATE_FILE_FORMAT, attempt);
  /* Never while it is empty: a supervisor on its way would find it gone, but a second one could be sent after it. */
  if (fstatat (folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size > 0)
    unlinkat (folder_fd, name, 0);
  close (folder_fd);
}

/* A state file that somebody could still start from is made unusable before it goes. */
static void
remove_entry (int folder_fd, const char *name)
{
  int fd = g_str_has_suffix (name, ".state") ? openat (folder_fd, name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW) : -1;
  gboolean is_held = FALSE;

  if (fd >= 0)
    {
      is_held = !try_lock (fd) || (lseek (fd, 0, SEEK_END) == 0 && write (fd, "abandoned\n", 10) <= 0);
      close (fd);
    }
  if (!is_held)
    unlinkat (folder_fd, name, 0);
}

void
jt_run_folder_remove (int runs_fd, guint64 run)
{
  g_autofree char *path = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, run / RUNS_PER_SHARD, run);
  int folder_fd = jt_run_folder_open (runs_fd, run, FALSE, NULL);
  DIR *folder = folder_fd < 0 ? NULL : fdopendir (folder_fd);
  struct dirent *entry;

  if (folder == NULL)
    return;
  while ((entry = readdir (folder)) != NULL)
    if (*entry->d_name != '.')
      remove_entry (folder_fd, entry->d_name);
  closedir (folder);
  unlinkat (runs_fd, path, AT_REMOVEDIR);
}

/* --- what is there --- */

/* The number that @name is, nothing before and behind it. */
static gboolean
read_name (const char *name, guint64 *number)
{
  return (*name != '0' || name[1] == '\0') && g_ascii_string_to_unsigned (name, 10, 0, G_MAXINT64, number, NULL);
}

/* Takes @fd. NULL: it is no folder. */
static DIR *
open_listing (int fd)
{
  DIR *listing = fd < 0 ? NULL : fdopendir (fd);

  if (listing == NULL && fd >= 0)
    close (fd);
  return listing;
}

/* The first shard from @from on. */
static gboolean
find_shard (int runs_fd, guint64 from, guint64 *found)
{
  DIR *shards = open_listing (openat (runs_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct dirent *entry;
  guint64 number;

  *found = G_MAXUINT64;
  while (shards != NULL && (entry = readdir (shards)) != NULL)
    if (read_name (entry->d_name, &number) && number >= from)
      *found = MIN (*found, number);
  if (shards != NULL)
    closedir (shards);
  return *found != G_MAXUINT64;
}

/* Adds the runs in @shard to @runs. FALSE: there is no such shard. */
static gboolean
list_shard (int runs_fd, guint64 shard, GArray *runs)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, shard);
  DIR *folders = open_listing (openat (runs_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  struct dirent *entry;
  guint64 run;

  if (folders == NULL)
    return FALSE;
  while ((entry = readdir (folders)) != NULL)
    if (read_name (entry->d_name, &run) && run / RUNS_PER_SHARD == shard)
      g_array_append_val (runs, run);
  closedir (folders);
  /* (one that holds anything stays) */
  if (runs->len == 0)
    unlinkat (runs_fd, name, AT_REMOVEDIR);
  return TRUE;
}

GArray *
jt_run_folder_list (int runs_fd, guint64 from, guint64 *next)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 shard = from / RUNS_PER_SHARD;

  *next = 0;
  if (!list_shard (runs_fd, shard, runs) && (!find_shard (runs_fd, shard, &shard) || !list_shard (runs_fd, shard, runs)))
    return runs;
  *next = (shard + 1) * RUNS_PER_SHARD;
  return runs;
}
