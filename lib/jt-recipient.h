/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* One entry of the setting notify, as text: "user:alice", "email:ops@example.com", "webhook:NAME", "none". */

#define JT_RECIPIENT_NONE "none"
#define JT_RECIPIENT_USER "user:"
#define JT_RECIPIENT_EMAIL "email:"
#define JT_RECIPIENT_WEBHOOK "webhook:"

/* NULL: it is well. Else what is wrong with it, as a sentence that goes on after the entry: "is not a plain address …". (transfer none) */
const char *jt_recipient_find_fault (const char *text);
/* The same for an address alone: one plain user@host. */
const char *jt_address_find_fault (const char *address);
