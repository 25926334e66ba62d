/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What people are told of, and how bad each of it is. Words are those of the preferences, of the bus and of the record. */

typedef enum
{
  JT_NOTIFY_STARTED,   /* a run begins */
  JT_NOTIFY_SUCCEEDED, /* a run ends well, and no trouble was told before it */
  JT_NOTIFY_FAILED,    /* a run ends badly, all attempts used up */
  JT_NOTIFY_TIMED_OUT,
  JT_NOTIFY_LOST,
  JT_NOTIFY_RETRYING,  /* an attempt failed, another follows */
  JT_NOTIFY_RECOVERED, /* a run ends well, or word came, after trouble was told */
  JT_NOTIFY_MISSED,    /* an occurrence was let go */
  JT_NOTIFY_LATE,      /* an expected check-in did not come */
  JT_NOTIFY_SLOW,      /* a run passes its usual duration, told while it still runs */
  JT_NOTIFY_SKIPPED,   /* by overlap, condition or failed dependency */
  JT_NOTIFY_CANCELLED, /* by a person */
  JT_NOTIFY_DIGEST,    /* made of rows that waited; no rule names this one and those below */
  JT_NOTIFY_SUMMARY,   /* what happened while nobody was logged in */
  JT_NOTIFY_TEST,      /* a person tries a channel */
  JT_N_NOTIFY_EVENTS,
} JtNotifyEvent;

/* How many of them, from the first, come from jobs and can be named by a rule. */
#define JT_N_RULE_EVENTS JT_NOTIFY_DIGEST

/* Ascending. */
typedef enum
{
  JT_SEVERITY_INFO,
  JT_SEVERITY_NOTICE,
  JT_SEVERITY_WARNING,
  JT_SEVERITY_ERROR,
  JT_N_SEVERITIES,
} JtSeverity;

const char *jt_notify_event_to_string (JtNotifyEvent event);
gboolean    jt_notify_event_from_string (const char *text, JtNotifyEvent *event);
JtSeverity  jt_notify_event_get_severity (JtNotifyEvent event);
/* Whether it begins or goes on with trouble of a job: failed, timed-out, lost, missed, late. Trouble can be acknowledged, is reminded of,
 * escalates, and ends with a recovery. */
gboolean    jt_notify_event_is_trouble (JtNotifyEvent event);
/* The words of the first JT_N_RULE_EVENTS, NULL-terminated; and of the severities. Borrowed. */
const char *const *jt_notify_event_list_words (void);
const char *const *jt_severity_list_words (void);
const char        *jt_severity_to_string (JtSeverity severity);
gboolean           jt_severity_from_string (const char *text, JtSeverity *severity);
