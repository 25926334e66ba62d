/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-preferences.h"

/* What JtPreferences holds, and the table of its keys: how each is read into it and written out of it. For the files of JtPreferences
 * alone. */

struct _JtPreferences
{
  gatomicrefcount ref_count;
  gboolean      is_enabled;
  char         *language;         /* (owned) */
  char         *timezone;         /* (owned) */
  char         *email;            /* (owned) */
  char        **default_channels; /* (owned) */
  GPtrArray    *rules;            /* (element-type JtNotifyRule) (owned) never changed, so that copies share it */
  JtQuietHours *quiet_hours;      /* (owned) */
  JtSeverity    quiet_except;
  JtDigestTimes digest;
  JtSeverity    digest_below;
  gint64        throttle_usec;
  guint         throttle_burst;
  gboolean      has_only_changes;
  gint64        remind_every_usec;
  gint64        escalate_after_usec;
  char        **escalate_to; /* (owned) */
  gboolean      has_away_summary;
};

typedef struct
{
  JtPreferenceRow info;
  /* Takes a value of the row's type, or fails and changes nothing; what it says goes on after "KEY: ". */
  gboolean (*read) (JtPreferences *preferences, GVariant *value, GError **error);
  GVariant *(*write) (JtPreferences *preferences); /* normal form, floating */
} JtPreferenceKey;

#define JT_N_PREFERENCES 17

extern const JtPreferenceKey jt_preference_keys[JT_N_PREFERENCES];
