/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Who may do what: one constant table of (interface, member). A member without a row is refused, whatever it is;
 * a test walks the XML and demands a row for each. The table knows uids only: objects that the caller may not see are
 * the dispatcher's business, which answers for them as for absent ones. polkit will join here. Pure functions. */

typedef enum
{
  JT_RIGHT_ANY,   /* any caller; what it may see is narrowed by the handler */
  JT_RIGHT_OWNER, /* the owner of the job or run, or uid 0 */
  JT_RIGHT_ADMIN, /* touches everybody: uid 0; on a session bus the owner of the bus too */
} JtRight;

typedef struct
{
  const char *interface;
  const char *member;
  JtRight     right;
} JtAuthorityRow;

/* The whole table, terminated by a NULL interface. */
const JtAuthorityRow *jt_authority_get_table (void);
const JtAuthorityRow *jt_authority_find (const char *interface, const char *member); /* (nullable) */
/* For JT_RIGHT_ANY and JT_RIGHT_ADMIN. @bus_owner: uid of the session, unused on the system bus. */
gboolean jt_authority_may_call (const JtAuthorityRow *row, guint32 uid, gboolean is_system, guint32 bus_owner);
gboolean jt_authority_may_see (guint32 uid, guint32 owner);
