/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-notify-event.h"

/* One rule of a user's preferences: which events it is about, and by which channels they are told. A value, read from a{sv} and never
 * changed. The first rule of the list that matches decides; what a rule leaves out matches everything. */

typedef struct
{
  guint32    events;       /* a bit for each JtNotifyEvent; 0: any */
  char     **jobs;         /* (owned) (nullable): any. Globs over NAME, or over OWNER/NAME where they hold a slash */
  char     **tags;         /* (owned) (nullable): any. Globs; one of the job's tags has to match one of them */
  JtSeverity min_severity; /* JT_SEVERITY_INFO: any */
  char     **channels;     /* (owned) empty: silence */
} JtNotifyRule;

/* @value: a{sv} with events as, jobs as, tags as, min-severity s, channels as. @number: its place from 1, for messages. Fails with
 * JT_ERROR_INVALID_SETTINGS or JT_ERROR_TOO_LARGE, naming rule and key. (transfer full) */
JtNotifyRule *jt_notify_rule_new (GVariant *value, guint number, GError **error);
void          jt_notify_rule_free (JtNotifyRule *rule);
/* Normal form: what matches everything is left out, nothing stands twice. Floating a{sv}. */
GVariant     *jt_notify_rule_to_variant (const JtNotifyRule *rule);
/* @tags: (nullable) of the job. */
gboolean      jt_notify_rule_matches (const JtNotifyRule *rule, JtNotifyEvent event, JtSeverity severity, const char *job_name,
                                      const char *owner_name, const char *const *tags);
/* What it asks for: "events failed, jobs db-*"; "everything". English, for reasons. (transfer full) */
char         *jt_notify_rule_describe (const JtNotifyRule *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtNotifyRule, jt_notify_rule_free)
