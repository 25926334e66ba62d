/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The folders of runs, STATE/runs/ID÷1000/ID, and the state files of their attempts. Everything here touches the disk: for the
 * executor's pool, never for the main loop. */

/* What the state file of an attempt says. */
typedef enum
{
  JT_FILE_ABSENT,    /* no folder or no file */
  JT_FILE_UNKNOWN,   /* it could not be looked at; later perhaps */
  JT_FILE_EMPTY,
  JT_FILE_STARTED,
  JT_FILE_RESULT,
  JT_FILE_ABANDONED,
} JtFileState;

typedef struct
{
  JtFileState state;
  gboolean    is_locked; /* a supervisor lives (or a child of it that has not executed yet) */
  /* of `started` */
  gint32  pid;
  guint64 pid_start_time;
  gint64  started_usec;
  gint32  supervisor;
  guint64 log_offset;
  /* of `result` */
  char    kind[16];
  gint32  code;
  gint64  finished_usec;
  guint64 cpu_usec;
  guint64 memory_bytes;
  guint64 log_size_bytes;
  guint64 dropped_bytes;
  char    flags[4];
  char    reason[512];
} JtStateRecord;

/* Takes one line (of the file or the pipe) into @record. */
void jt_state_record_take_line (JtStateRecord *record, const char *line);

/* Opens the run's folder, making it when @create; -1 with @error. @runs_fd: STATE/runs. */
int jt_run_folder_open (int runs_fd, guint64 run, gboolean create, GError **error);
/* Makes the state file of @attempt; FALSE with G_FILE_ERROR_EXIST when there is one, which is left as it is. Nothing is synced:
 * after a power failure the boot is another, and what has no result is lost whether its file is there or not. */
gboolean jt_run_folder_create_state (int folder_fd, guint attempt, GError **error);
/* Reads the state file and tries its lock. @pidfd: of the supervisor that holds it, -1 if none. @inotify_fd: where a held file is to be
 * watched (-1: nowhere), @watch its watch. */
void jt_run_folder_inspect (int runs_fd, guint64 run, guint attempt, int inotify_fd, JtStateRecord *record, int *pidfd, int *watch);

typedef enum
{
  JT_ABANDON_DONE,   /* the file says so now: nobody will start it */
  JT_ABANDON_ABSENT, /* there is no file, so nobody can start it */
  JT_ABANDON_TAKEN,  /* a supervisor was first */
  JT_ABANDON_FAILED, /* the disk refuses */
} JtAbandonResult;

/* Takes the lock and writes `abandoned` if the file is still empty. */
JtAbandonResult jt_run_folder_abandon (int runs_fd, guint64 run, guint attempt);
/* Unlinks the state file, but for an empty one. */
void jt_run_folder_forget (int runs_fd, guint64 run, guint attempt);
/* Unlinks the log and what else is there of a run that is over. */
void jt_run_folder_remove (int runs_fd, guint64 run);
/* The runs that have a folder among the first thousand ids from that of @from on where there are any. @next: where to go on, 0 behind
 * the last. What is empty there is removed. (transfer full) (element-type guint64) */
GArray *jt_run_folder_list (int runs_fd, guint64 from, guint64 *next);
