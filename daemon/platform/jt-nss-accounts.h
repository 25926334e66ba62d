/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-accounts.h"

/* Accounts through the name service switch, looked up on GIO's task threads: NSS may go to a network. */

#define JT_TYPE_NSS_ACCOUNTS (jt_nss_accounts_get_type ())
G_DECLARE_FINAL_TYPE (JtNssAccounts, jt_nss_accounts, JT, NSS_ACCOUNTS, GObject)

JtAccounts *jt_nss_accounts_new (void);
