/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-row-units.h"

#include "jt-settings.h"

static const char *const instants[]
  = { "scheduled-for", "queued-at",     "started-at",  "finished-at", "next-attempt-at", "eta", "next-elapse",
      "last-finished", "muted-until",   "from",        "to",          "since",           "until", "at",
      "expected-by",   "late-since",    "due-at",
      /* of deliveries and channels */
      "created-at",    "delivered-at",  "expires-at",  "paused-until", "last-delivered-at", NULL };

static const char *const durations[] = { "duration", "last-duration", "typical-duration", "cpu-usage", "cpu-mean", "mtbf", "mttr",
                                         /* of the distributions in statistics */
                                         "min", "mean", "p50", "p90", "p95", "p99", "max",
                                         /* of preferences */
                                         "throttle", "remind-every", "escalate-after", NULL };

gboolean
jt_row_key_is_instant (const char *key)
{
  return g_strv_contains (instants, key);
}

gboolean
jt_row_key_is_duration (const char *key)
{
  const JtSettingInfo *info = jt_setting_info_find (key);

  return g_strv_contains (durations, key) || (info != NULL && info->is_duration);
}
