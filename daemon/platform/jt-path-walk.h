/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <sys/types.h>

#include <glib.h>

/* One walk along a path, as a user: whether something is there for that user, and what inotify is to tell of so that it is known when
 * that changes. Each folder on the way is watched for the next name, through symbolic links too, so that any of them may be replaced
 * or not be there yet. Blocks: for the pool. */

/* Folders below one path that ends with two stars; more are not watched. */
#define JT_PATH_MAX_FOLDERS 2048

typedef struct
{
  int      wd;
  gboolean is_content; /* what is looked for, or below it; else a folder on the way */
  char    *name;       /* (nullable) the one that matters in a folder on the way; NULL: only the folder itself */
} JtPathMark;

typedef struct
{
  char    *path; /* without the stars */
  gboolean is_recursive;
  gboolean wants_content; /* changes inside too, not only whether something is there */
  uid_t    uid;
  int      inotify_fd; /* (unowned) -1: nothing is to be told */
  guint    budget;     /* how many marks there may be */
  /* found: */
  gboolean is_there;
  dev_t    device; /* which thing that is */
  ino_t    inode;
  gint64   changed_usec; /* when it, or a folder below it, last changed, by the kernel's clock */
  guint    n_folders; /* below it, when recursive */
  gboolean is_cut;    /* there would be more, or inotify would not take more */
  gboolean is_full;   /* it is inotify */
  GArray  *marks;     /* (element-type JtPathMark) (owned) */
} JtPathWalk;

JtPathWalk *jt_path_walk_new (const char *path, gboolean wants_content, uid_t uid);
void        jt_path_walk_free (JtPathWalk *walk);
void        jt_path_walk_run (JtPathWalk *walk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPathWalk, jt_path_walk_free)
