/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* Looks up accounts without blocking the main loop (platform does it on its bounded pool). */

typedef struct
{
  guint32 uid;
  guint32 gid;
  char   *name;
  char   *home;
  char   *shell;
} JtAccount;

#define JT_TYPE_ACCOUNTS (jt_accounts_get_type ())
G_DECLARE_INTERFACE (JtAccounts, jt_accounts, JT, ACCOUNTS, GObject)

struct _JtAccountsInterface
{
  GTypeInterface parent;
  void (*lookup_async) (JtAccounts *self, const char *name, guint32 uid, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
  JtAccount *(*lookup_finish) (JtAccounts *self, GAsyncResult *result, GError **error);
  void (*lookup_group_async) (JtAccounts *self, const char *name, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*lookup_group_finish) (JtAccounts *self, GAsyncResult *result, guint32 *gid, GError **error);
};

/* By @name, or by @uid when @name is NULL. Unknown: JT_ERROR_INVALID_ARGUMENT "no such user 'x'". */
void       jt_accounts_lookup_async (JtAccounts *self, const char *name, guint32 uid, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
JtAccount *jt_accounts_lookup_finish (JtAccounts *self, GAsyncResult *result, GError **error);
void       jt_accounts_lookup_group_async (JtAccounts *self, const char *name, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean   jt_accounts_lookup_group_finish (JtAccounts *self, GAsyncResult *result, guint32 *gid, GError **error);
void       jt_account_free (JtAccount *account);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtAccount, jt_account_free)
