/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-preferences.h"

/* Whom one user's preferences tell of one event, and why: a pure function from facts to decisions. What is decided here is written down
 * by others; throttling comes later, when a row is to go, for it depends on what else has gone.
 *
 * In this order: notifications off; the first rule that matches, else the default rule; muted; acknowledged; told already (only-changes);
 * quiet hours; the digest. */

typedef struct
{
  JtNotifyEvent      event;
  JtSeverity         severity;
  const char        *job_name;
  const char        *owner_name;
  const char *const *tags;             /* (nullable) */
  gint64             at_usec;
  gint64             muted_until_usec; /* 0: not muted */
  gboolean           is_repeat;        /* the same trouble was told and has not ended; FALSE for a reminder, which is wanted */
  gboolean           was_told;         /* recovered: the trouble before it was told. Else it is decided as succeeded */
  gboolean           is_acknowledged;  /* somebody has taken the trouble on */
  gboolean           has_address;      /* an e-mail address is known */
} JtNotifyFacts;

typedef enum
{
  JT_VERDICT_TELL,
  JT_VERDICT_HOLD,     /* told at until_usec, or with the digest of then */
  JT_VERDICT_SUPPRESS, /* a rule would tell; mute, acknowledgement or only-changes keeps silent. A row that can be listed */
  JT_VERDICT_SILENT,   /* no rule wants it told. No row */
} JtVerdict;

#define JT_HOLD_QUIET_HOURS "quiet-hours"
#define JT_HOLD_DIGEST "digest"
#define JT_HOLD_THROTTLE "throttle"
#define JT_HOLD_ESCALATION "escalation"

#define JT_RULE_DEFAULT (-1)
#define JT_RULE_NONE (-2)

typedef struct
{
  JtVerdict verdict;
  char     *channel;    /* (owned) (nullable) NULL for JT_VERDICT_SILENT; as jt-notify-channel.h says */
  gint64    until_usec; /* of JT_VERDICT_HOLD, else 0 */
  char     *hold;       /* (owned) (nullable) of JT_VERDICT_HOLD: JT_HOLD_QUIET_HOURS, JT_HOLD_DIGEST, JT_HOLD_ESCALATION */
  int       rule;       /* index in rules from 0, JT_RULE_DEFAULT, or JT_RULE_NONE: it came to no rule */
  char     *reason;     /* (owned) one English sentence: which rule, and why */
} JtDecision;

/* At least one decision; no channel twice; a silent one stands alone. @zone: the user's. (transfer full) (element-type JtDecision) */
GPtrArray  *jt_decide (JtPreferences *preferences, const JtNotifyFacts *facts, JtZone *zone);
/* Whom the same trouble escalates to, told first at @told_usec: one decision for each of escalate-to, held until then, or to be told when
 * that is past; neither quiet hours nor the digest hold it, for those are of a person who did not answer. Empty: no trouble, acknowledged,
 * or nobody to escalate to. (transfer full) (element-type JtDecision) */
GPtrArray  *jt_decide_escalation (JtPreferences *preferences, const JtNotifyFacts *facts, gint64 told_usec, JtZone *zone);
void        jt_decision_free (JtDecision *decision);
const char *jt_verdict_to_string (JtVerdict verdict); /* "tell", "hold", "suppress", "silent" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDecision, jt_decision_free)
