/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-file-limit.h"

#include <sys/resource.h>

static char *original; /* set once, before there are threads */

static char *
limit_to_text (rlim_t limit)
{
  return limit == RLIM_INFINITY ? g_strdup ("infinity") : g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) limit);
}

/* Once, while the process has one thread. A refusal changes nothing. */
void
jt_file_limit_raise (void)
{
  struct rlimit limit;
  g_autofree char *soft = NULL;
  g_autofree char *hard = NULL;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
    return;
  soft = limit_to_text (limit.rlim_cur);
  hard = limit_to_text (limit.rlim_max);
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) == 0 && original == NULL)
    original = g_strconcat (soft, ":", hard, NULL);
}

const char *
jt_file_limit_get_original (void)
{
  return original;
}
