/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-digest-times.h"
#include "jt-notify-rules.h"
#include "jt-quiet-hours.h"

/* What one user wants to be told, and how: an immutable, reference-counted value, any thread. It is made of the keys that were given, and
 * has the default for all others; a key given with its default is one that was not given. Every refusal is JT_ERROR_INVALID_SETTINGS (or
 * JT_ERROR_TOO_LARGE) and begins with the key. */

typedef struct _JtPreferences JtPreferences;

#define JT_PREFERENCES_MAX_RULES 64
#define JT_PREFERENCES_MAX_ENTRIES 64 /* of each list */
#define JT_PREFERENCES_MAX_TEXT 256   /* bytes of each text */

typedef struct
{
  const char *key;
  const char *type;    /* GVariant type string */
  const char *unit;    /* "µs", or "" */
  const char *value;   /* what stands for it in help: "HH:MM-HH:MM" */
  const char *fallback; /* the default in GVariant's text form */
  const char *help;    /* one sentence, to be translated where it is shown */
} JtPreferenceRow;

/* The keys there are, in the order in which they are shown. Borrowed. */
const JtPreferenceRow *jt_preferences_list_keys (guint *n_rows);

/* @values: a{sv} of given keys. (transfer full) */
JtPreferences *jt_preferences_new (GVariant *values, GError **error);
/* The same for values that were kept: a key that is not well (any more: a zone that was removed, a key of a later version) is left out
 * and has its default. @problems: (out) (transfer full) a sentence for each, NULL-terminated. (transfer full) */
JtPreferences *jt_preferences_load (GVariant *values, char ***problems);
/* Of a user who never set anything. (transfer none) */
JtPreferences *jt_preferences_get_default (void);
/* @changes: a{sv} of keys to set, and "reset" as, the keys that return to their default ("*": all of them), which
 * comes first. What is not named stays.
 * (transfer full) */
JtPreferences *jt_preferences_update (JtPreferences *preferences, GVariant *changes, GError **error);
JtPreferences *jt_preferences_ref (JtPreferences *preferences);
void           jt_preferences_unref (JtPreferences *preferences);
/* Normal form, in the order of the keys. TRUE: what differs from the defaults, as it is kept; FALSE: every key. Floating a{sv}. */
GVariant      *jt_preferences_to_variant (JtPreferences *preferences, gboolean only_given);

/* What is returned is borrowed. */
gboolean             jt_preferences_is_enabled (JtPreferences *preferences);
const char          *jt_preferences_get_language (JtPreferences *preferences); /* "": the service's */
const char          *jt_preferences_get_timezone (JtPreferences *preferences); /* "": the machine's */
const char          *jt_preferences_get_email (JtPreferences *preferences);    /* "": not said */
const char *const   *jt_preferences_get_default_channels (JtPreferences *preferences);
GPtrArray           *jt_preferences_get_rules (JtPreferences *preferences); /* (element-type JtNotifyRule) */
JtQuietHours        *jt_preferences_get_quiet_hours (JtPreferences *preferences);
/* This severity and those above break through; JT_N_SEVERITIES: none does. */
JtSeverity           jt_preferences_get_quiet_except (JtPreferences *preferences);
const JtDigestTimes *jt_preferences_get_digest (JtPreferences *preferences);
JtSeverity           jt_preferences_get_digest_below (JtPreferences *preferences);
gint64               jt_preferences_get_throttle_usec (JtPreferences *preferences); /* 0: none */
guint                jt_preferences_get_throttle_burst (JtPreferences *preferences);
gboolean             jt_preferences_has_only_changes (JtPreferences *preferences);
gint64               jt_preferences_get_remind_every_usec (JtPreferences *preferences);   /* 0: never */
gint64               jt_preferences_get_escalate_after_usec (JtPreferences *preferences); /* 0: never */
const char *const   *jt_preferences_get_escalate_to (JtPreferences *preferences);
gboolean             jt_preferences_has_away_summary (JtPreferences *preferences);
/* The zone of @timezone; the machine's when there is none of that name any more. (transfer full) */
JtZone              *jt_preferences_get_zone (JtPreferences *preferences);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPreferences, jt_preferences_unref)
