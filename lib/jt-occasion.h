/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What may start a job besides its schedules (setting `on-event`): a value, read from one entry of the list. ("Event" is taken: that
 * is what the service tells its subscribers.) When it happens, JtSurroundings says so. */

typedef enum
{
  JT_OCCASION_STARTUP,    /* once after each start of the machine, when the service is there */
  JT_OCCASION_LOGIN,      /* the job's owner begins a session */
  JT_OCCASION_RESUME,     /* the machine wakes from suspend */
  JT_OCCASION_NETWORK_UP, /* the network can be reached again */
  JT_OCCASION_AC_POWER,   /* the machine is plugged in */
  JT_OCCASION_UNIT,       /* a unit of systemd enters a state */
} JtOccasionKind;

typedef struct
{
  JtOccasionKind kind;
  char          *unit;  /* (owned) (nullable) with its suffix: "backup.service" */
  char          *state; /* (owned) (nullable) "failed", "active" or "inactive" */
  char          *text;  /* (owned) as it was given */
} JtOccasion;

/* "startup", "login", "resume", "network-up", "ac-power", "unit:NAME.service:failed". JT_ERROR_INVALID_SETTINGS says what there is.
 * (transfer full) */
JtOccasion *jt_occasion_parse (const char *text, GError **error);
void        jt_occasion_free (JtOccasion *occasion);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtOccasion, jt_occasion_free)
