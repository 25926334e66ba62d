/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-preferences.h"

/* When to speak again of trouble that was told and goes on: reminders to the user who was told, once an escalation to others. Pure. */

typedef struct
{
  gint64   told_usec;        /* when the trouble was first told; 0: it was not, so nothing follows */
  gint64   reminded_usec;    /* the last reminder; 0: none yet */
  gint64   escalated_usec;   /* 0: it has not escalated */
  gint64   muted_until_usec; /* 0: not muted */
  gboolean is_acknowledged;  /* somebody has taken it on: nothing follows */
} JtTrouble;

/* The next instant at which something is to be told; 0: none. It may be past, after the service was away: one reminder is due then, not all
 * that were missed. A mute puts it off. @escalates: (out) (nullable) whether it is the escalation, which comes first where both are due at once. */
gint64 jt_reminder_next (JtPreferences *preferences, const JtTrouble *trouble, gboolean *escalates);
