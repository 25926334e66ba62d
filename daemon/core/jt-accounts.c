/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-accounts.h"

G_DEFINE_INTERFACE (JtAccounts, jt_accounts, G_TYPE_OBJECT)

static void
jt_accounts_default_init (JtAccountsInterface *iface)
{
}

void
jt_accounts_lookup_async (JtAccounts *self, const char *name, guint32 uid, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  JT_ACCOUNTS_GET_IFACE (self)->lookup_async (self, name, uid, cancellable, callback, user_data);
}

JtAccount *
jt_accounts_lookup_finish (JtAccounts *self, GAsyncResult *result, GError **error)
{
  return JT_ACCOUNTS_GET_IFACE (self)->lookup_finish (self, result, error);
}

void
jt_accounts_lookup_group_async (JtAccounts *self, const char *name, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  JT_ACCOUNTS_GET_IFACE (self)->lookup_group_async (self, name, cancellable, callback, user_data);
}

gboolean
jt_accounts_lookup_group_finish (JtAccounts *self, GAsyncResult *result, guint32 *gid, GError **error)
{
  return JT_ACCOUNTS_GET_IFACE (self)->lookup_group_finish (self, result, gid, error);
}

void
jt_account_free (JtAccount *account)
{
  if (account == NULL)
    return;
  g_free (account->name);
  g_free (account->home);
  g_free (account->shell);
  g_free (account);
}
