/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-accounts.h"

/* Accounts that a test can count on: root (0), alice (1000), bob (1001), each with a group of the same name and id. */

#define JT_TYPE_FAKE_ACCOUNTS (jt_fake_accounts_get_type ())
G_DECLARE_FINAL_TYPE (JtFakeAccounts, jt_fake_accounts, JT, FAKE_ACCOUNTS, GObject)

JtAccounts *jt_fake_accounts_new (void);
/* (transfer full) the digits for uids without an account */
char       *jt_fake_accounts_name_of (guint32 uid);
/* Look-ups made so far. */
guint       jt_fake_accounts_count (JtFakeAccounts *self);
/* Users are asked for and nobody answers; FALSE: there are none of those that were asked for meanwhile. */
void jt_fake_accounts_set_silent (JtFakeAccounts *self, gboolean is_silent);
/* Nobody can say who there is. */
void jt_fake_accounts_set_troubled (JtFakeAccounts *self, gboolean is_troubled);
