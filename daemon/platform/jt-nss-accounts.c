/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-nss-accounts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "jt-error.h"

#define FIRST_BUFFER_BYTES (4 * 1024)
/* A group with a very long list of members. */
#define LAST_BUFFER_BYTES (4 * 1024 * 1024)

struct _JtNssAccounts
{
  GObject parent;
};

typedef struct
{
  char   *name; /* (nullable) */
  guint32 uid;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->name);
  g_free (question);
}

static void
ask (gpointer source, GAsyncReadyCallback callback, gpointer user_data, const char *name, guint32 uid, GCancellable *cancellable,
     GTaskThreadFunc thread_func)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  Question *question = g_new (Question, 1);

  question->name = g_strdup (name);
  question->uid = uid;
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, thread_func);
}

/* Asks with a larger buffer until the entry fits. NULL: unknown, or errno in @number is not zero. */
static struct passwd *
find_user (const Question *question, struct passwd *entry, char **buffer, int *number)
{
  gboolean is_number = FALSE;
  guint64 uid = question->uid;
  struct passwd *found = NULL;

  if (question->name != NULL)
    is_number = g_ascii_string_to_unsigned (question->name, 10, 0, G_MAXUINT32 - 1, &uid, NULL);
  for (gsize size = FIRST_BUFFER_BYTES; size <= LAST_BUFFER_BYTES; size *= 4)
    {
      *buffer = g_realloc (*buffer, size);
      if (question->name == NULL || is_number)
        *number = getpwuid_r ((uid_t) uid, entry, *buffer, size, &found);
      else
        *number = getpwnam_r (question->name, entry, *buffer, size, &found);
      if (*number != ERANGE)
        break;
    }
  return found;
}

static struct group *
find_group (const Question *question, struct group *entry, char **buffer, int *number)
{
  guint64 gid = 0;
  gboolean is_number = g_ascii_string_to_unsigned (question->name, 10, 0, G_MAXUINT32 - 1, &gid, NULL);
  struct group *found = NULL;

  for (gsize size = FIRST_BUFFER_BYTES; size <= LAST_BUFFER_BYTES; size *= 4)
    {
      *buffer = g_realloc (*buffer, size);
      *number = is_number ? getgrgid_r ((gid_t) gid, entry, *buffer, size, &found)
                          : getgrnam_r (question->name, entry, *buffer, size, &found);
      if (*number != ERANGE)
        break;
    }
  return found;
}

/* Some modules of NSS answer with these where there is simply no such name (getpwnam(3)). */
static gboolean
is_trouble (int number)
{
  return number != 0 && number != ENOENT && number != ESRCH && number != EBADF && number != EPERM;
}

static void
lookup_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Question *question = task_data;
  g_autofree char *buffer = NULL;
  struct passwd entry;
  int number = 0;
  struct passwd *found = find_user (question, &entry, &buffer, &number);
  JtAccount *account;

  if (found == NULL)
    {
      if (is_trouble (number))
        g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "could not look up a user: %s", g_strerror (number));
      else if (question->name != NULL)
        g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "no such user '%s'", question->name);
      else
        g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "no user has the uid %u", question->uid);
      return;
    }
  account = g_new (JtAccount, 1);
  account->uid = found->pw_uid;
  account->gid = found->pw_gid;
  account->name = g_strdup (found->pw_name);
  account->home = g_strdup (found->pw_dir);
  account->shell = g_strdup (found->pw_shell);
  g_task_return_pointer (task, account, (GDestroyNotify) jt_account_free);
}

static void
lookup_async (JtAccounts *self, const char *name, guint32 uid, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  ask (self, callback, user_data, name, uid, cancellable, lookup_in_thread);
}

static JtAccount *
lookup_finish (JtAccounts *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
lookup_group_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Question *question = task_data;
  g_autofree char *buffer = NULL;
  struct group entry;
  int number = 0;
  struct group *found = find_group (question, &entry, &buffer, &number);

  if (found != NULL)
    g_task_return_int (task, found->gr_gid);
  else if (is_trouble (number))
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "could not look up group '%s': %s", question->name,
                             g_strerror (number));
  else
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "no such group '%s'", question->name);
}

static void
lookup_group_async (JtAccounts *self, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  ask (self, callback, user_data, name, 0, cancellable, lookup_group_in_thread);
}

static gboolean
lookup_group_finish (JtAccounts *self, GAsyncResult *result, guint32 *gid, GError **error)
{
  gssize number = g_task_propagate_int (G_TASK (result), error);

  if (number < 0)
    return FALSE;
  *gid = (guint32) number;
  return TRUE;
}

static void
accounts_iface_init (JtAccountsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->lookup_group_async = lookup_group_async;
  iface->lookup_group_finish = lookup_group_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtNssAccounts, jt_nss_accounts, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_ACCOUNTS, accounts_iface_init))

static void
jt_nss_accounts_class_init (JtNssAccountsClass *klass)
{
}

static void
jt_nss_accounts_init (JtNssAccounts *self)
{
}

JtAccounts *
jt_nss_accounts_new (void)
{
  return g_object_new (JT_TYPE_NSS_ACCOUNTS, NULL);
}
