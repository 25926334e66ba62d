/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-boot-id.h"
#include "jt-error.h"
#include "jt-nss-accounts.h"

typedef struct
{
  gboolean   is_done;
  JtAccount *account;
  guint32    gid;
  GError    *error;
} Answer;

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->account = jt_accounts_lookup_finish (JT_ACCOUNTS (source), result, &answer->error);
  answer->is_done = TRUE;
}

static void
group_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  jt_accounts_lookup_group_finish (JT_ACCOUNTS (source), result, &answer->gid, &answer->error);
  answer->is_done = TRUE;
}

static Answer
look_up (const char *name, guint32 uid, gboolean is_group)
{
  g_autoptr (JtAccounts) accounts = jt_nss_accounts_new ();
  Answer answer = { FALSE, NULL, 4711, NULL };

  if (is_group)
    jt_accounts_lookup_group_async (accounts, name, NULL, group_found_cb, &answer);
  else
    jt_accounts_lookup_async (accounts, name, uid, NULL, found_cb, &answer);
  while (!answer.is_done)
    g_main_context_iteration (NULL, TRUE);
  return answer;
}

static void
test_root (gconstpointer data)
{
  Answer answer = look_up (data, 0, FALSE);

  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.account->uid, ==, 0);
  g_assert_cmpuint (answer.account->gid, ==, 0);
  g_assert_cmpstr (answer.account->name, ==, "root");
  g_assert_cmpstr (answer.account->home, ==, "/root");
  jt_account_free (answer.account);
}

static void
test_unknown (void)
{
  Answer answer = look_up ("nobody-has-this-name", 0, FALSE);

  g_assert_null (answer.account);
  g_assert_error (answer.error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (answer.error->message, ==, "no such user 'nobody-has-this-name'");
  g_error_free (answer.error);
  answer = look_up (NULL, 4000000000, FALSE);
  g_assert_null (answer.account);
  g_assert_error (answer.error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  g_error_free (answer.error);
}

static void
test_group (void)
{
  Answer answer = look_up ("daemon", 0, TRUE);

  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.gid, ==, 1);
  answer = look_up ("1", 0, TRUE);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.gid, ==, 1);
  answer = look_up ("nobody-has-this-name", 0, TRUE);
  g_assert_error (answer.error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (answer.gid, ==, 4711);
  g_error_free (answer.error);
}

static void
test_boot_id (void)
{
  g_autofree char *first = jt_boot_id_read ();
  g_autofree char *second = jt_boot_id_read ();

  g_assert_cmpstr (first, ==, second);
  g_assert_cmpuint (strlen (first), ==, 36);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/nss-accounts/by-name", "root", test_root);
  g_test_add_data_func ("/nss-accounts/by-number-as-name", "0", test_root);
  g_test_add_data_func ("/nss-accounts/by-uid", NULL, test_root);
  g_test_add_func ("/nss-accounts/unknown", test_unknown);
  g_test_add_func ("/nss-accounts/group", test_group);
  g_test_add_func ("/boot-id/same", test_boot_id);
  return g_test_run ();
}
