/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-orphan.h"

#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define STAT_START_TIME 22

guint64
jt_process_read_start_time (gint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *after_name;

  /* The name may hold spaces and parentheses; what follows its last one is field 3 (proc(5)). */
  if (!g_file_get_contents (path, &text, NULL, NULL) || (after_name = strrchr (text, ')')) == NULL || after_name[1] == '\0')
    return 0;
  fields = g_strsplit (after_name + 2, " ", -1);
  return g_strv_length (fields) > STAT_START_TIME - 3 ? g_ascii_strtoull (fields[STAT_START_TIME - 3], NULL, 10) : 0;
}

void
jt_orphan_kill (gint32 pid, guint64 start_time)
{
  int pidfd = pid > 1 && start_time != 0 ? pidfd_open (pid, 0) : -1;

  if (pidfd < 0)
    return;
  /* The descriptor first: if the start time is right after that, it is the job, and its group cannot be another's. */
  if (jt_process_read_start_time (pid) == start_time)
    {
      if (getpgid (pid) == pid)
        kill (-pid, SIGKILL);
      pidfd_send_signal (pidfd, SIGKILL, NULL, 0);
    }
  close (pidfd);
}
