/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-as-user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_BUFFER_BYTES (4 * 1024)
#define LAST_BUFFER_BYTES (4 * 1024 * 1024)
#define MAX_GROUPS 65536 /* NGROUPS_MAX of Linux */
#define NO_ID ((uid_t) -1)

/* The C library's setgroups() changes all threads; the kernel's, only this one. */
static gboolean
set_groups (int n_groups, const gid_t *groups)
{
  return syscall (SYS_setgroups, n_groups, groups) == 0;
}

static gboolean
set_ids (uid_t uid, gid_t gid)
{
  setfsgid (gid);
  setfsuid (uid);
  /* They do not tell of failure, but what was before, also when nothing is changed. */
  return setfsgid (NO_ID) == (int) gid && setfsuid (NO_ID) == (int) uid;
}

static struct passwd *
find_user (uid_t uid, struct passwd *entry, char **buffer)
{
  struct passwd *found = NULL;

  for (gsize size = FIRST_BUFFER_BYTES; size <= LAST_BUFFER_BYTES; size *= 4)
    {
      *buffer = g_realloc (*buffer, size);
      if (getpwuid_r (uid, entry, *buffer, size, &found) != ERANGE)
        break;
    }
  return found;
}

/* (transfer full) (nullable) */
static gid_t *
find_groups (const struct passwd *user, int *n_groups)
{
  g_autofree gid_t *groups = NULL;

  *n_groups = 64;
  for (;;)
    {
      int room = *n_groups;

      groups = g_renew (gid_t, groups, (gsize) room);
      if (getgrouplist (user->pw_name, user->pw_gid, groups, n_groups) >= 0)
        return g_steal_pointer (&groups);
      if (*n_groups <= room || *n_groups > MAX_GROUPS)
        return NULL;
    }
}

/* The thread goes back to the pool, and whatever it does next would be done as somebody else. */
static void
must (gboolean is_done)
{
  if (!is_done)
    g_error ("could not become the service's user again");
}

static gboolean
remember (JtAsUser *self)
{
  self->uid = (uid_t) setfsuid (NO_ID);
  self->gid = (gid_t) setfsgid (NO_ID);
  self->n_groups = getgroups (0, NULL);
  if (self->n_groups < 0)
    return FALSE;
  self->groups = g_new (gid_t, (gsize) self->n_groups + 1);
  self->n_groups = getgroups (self->n_groups, self->groups);
  return self->n_groups >= 0;
}

static gboolean
become (JtAsUser *self, const struct passwd *user)
{
  int n_groups;
  g_autofree gid_t *groups = find_groups (user, &n_groups);

  if (groups == NULL || !set_groups (n_groups, groups))
    return FALSE;
  if (set_ids (user->pw_uid, user->pw_gid))
    return TRUE;
  must (set_ids (self->uid, self->gid) && set_groups (self->n_groups, self->groups));
  return FALSE;
}

gboolean
jt_as_user_begin (JtAsUser *self, uid_t uid)
{
  g_autofree char *buffer = NULL;
  struct passwd entry;
  struct passwd *user;

  *self = (JtAsUser) { 0 };
  if (uid == geteuid ())
    return TRUE;
  user = find_user (uid, &entry, &buffer);
  if (user == NULL || !remember (self) || !become (self, user))
    {
      g_clear_pointer (&self->groups, g_free);
      return FALSE;
    }
  self->is_other = TRUE;
  return TRUE;
}

void
jt_as_user_end (JtAsUser *self)
{
  if (!self->is_other)
    return;
  must (set_ids (self->uid, self->gid) && set_groups (self->n_groups, self->groups));
  g_clear_pointer (&self->groups, g_free);
  self->is_other = FALSE;
}
