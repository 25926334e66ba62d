/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-accounts.h"

#include "jt-error.h"

struct _JtFakeAccounts
{
  GObject  parent;
  guint    count;
  gboolean is_silent;
  gboolean is_troubled;
  GQueue   waiting; /* (element-type GTask) */
};

static const struct
{
  const char *name;
  guint32     id;
} known[] = { { "root", 0 }, { "alice", 1000 }, { "bob", 1001 } };

static int
find (const char *name, guint32 id)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (name != NULL ? g_str_equal (known[i].name, name) : known[i].id == id)
      return (int) i;
  return -1;
}

char *
jt_fake_accounts_name_of (guint32 uid)
{
  int index = find (NULL, uid);

  return index >= 0 ? g_strdup (known[index].name) : g_strdup_printf ("%u", uid);
}

static void
fake_lookup_async (JtAccounts *accounts, const char *name, guint32 uid, GCancellable *c, GAsyncReadyCallback cb,
                   gpointer data)
{
  g_autoptr (GTask) task = g_task_new (accounts, c, cb, data);
  JtFakeAccounts *self = JT_FAKE_ACCOUNTS (accounts);
  int index = find (name, uid);
  JtAccount *account;

  self->count++;
  if (self->is_silent)
    {
      g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
      return;
    }
  if (self->is_troubled)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "could not look up a user: timed out");
      return;
    }
  if (index < 0)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "no such user '%s'", name != NULL ? name : "?");
      return;
    }
  account = g_new0 (JtAccount, 1);
  account->uid = account->gid = known[index].id;
  account->name = g_strdup (known[index].name);
  account->home = g_strdup ("/");
  account->shell = g_strdup ("/bin/sh");
  g_task_return_pointer (task, account, (GDestroyNotify) jt_account_free);
}

static JtAccount *
fake_lookup_finish (JtAccounts *accounts, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_lookup_group_async (JtAccounts *accounts, const char *name, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (accounts, c, cb, data);
  int index = find (name, 0);

  JT_FAKE_ACCOUNTS (accounts)->count++;
  if (index < 0)
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "no such group '%s'", name);
  else
    g_task_return_int (task, known[index].id);
}

static gboolean
fake_lookup_group_finish (JtAccounts *accounts, GAsyncResult *result, guint32 *gid, GError **error)
{
  gssize id = g_task_propagate_int (G_TASK (result), error);

  if (id < 0)
    return FALSE;
  *gid = (guint32) id;
  return TRUE;
}

static void
accounts_iface_init (JtAccountsInterface *iface)
{
  iface->lookup_async = fake_lookup_async;
  iface->lookup_finish = fake_lookup_finish;
  iface->lookup_group_async = fake_lookup_group_async;
  iface->lookup_group_finish = fake_lookup_group_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtFakeAccounts, jt_fake_accounts, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_ACCOUNTS, accounts_iface_init))

static void
jt_fake_accounts_dispose (GObject *object)
{
  g_queue_clear_full (&JT_FAKE_ACCOUNTS (object)->waiting, g_object_unref);
  G_OBJECT_CLASS (jt_fake_accounts_parent_class)->dispose (object);
}

void
jt_fake_accounts_set_silent (JtFakeAccounts *self, gboolean is_silent)
{
  self->is_silent = is_silent;
  while (!is_silent && !g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

      g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "no such user");
    }
}

void
jt_fake_accounts_set_troubled (JtFakeAccounts *self, gboolean is_troubled)
{
  self->is_troubled = is_troubled;
}

static void
jt_fake_accounts_class_init (JtFakeAccountsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_fake_accounts_dispose;
}

static void
jt_fake_accounts_init (JtFakeAccounts *self)
{
}

JtAccounts *
jt_fake_accounts_new (void)
{
  return g_object_new (JT_TYPE_FAKE_ACCOUNTS, NULL);
}

guint
jt_fake_accounts_count (JtFakeAccounts *self)
{
  return self->count;
}
