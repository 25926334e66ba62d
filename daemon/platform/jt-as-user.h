/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <sys/types.h>

#include <glib.h>

/* Looks at files as a user would: the thread that calls this has the user's ids for files, and groups, until it is over, and the kernel
 * says what may be seen. Other threads are not concerned. For threads of the pool, which must neither start threads nor return in
 * between; a no-op for the service's own user. */

typedef struct
{
  gboolean is_other; /* whether anything is to be undone */
  uid_t    uid;
  gid_t    gid;
  int      n_groups;
  gid_t   *groups; /* (owned) those before */
} JtAsUser;

/* FALSE: nobody has that uid, or the service may not be anybody else; nothing has changed then. */
gboolean jt_as_user_begin (JtAsUser *self, uid_t uid);
void jt_as_user_end (JtAsUser *self);
