/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The settings of one job revision: immutable, reference-counted, small. It keeps only what was given,
 * as one a{sv} in normal form, and answers defaults from the one table of known keys (names, types,
 * limits, defaults, help). The D-Bus key, the key in a job file and the option of `jobctl add` are the same word. */

typedef struct _JtSettings JtSettings;

typedef enum
{
  JT_SETTING_OFFERED,   /* built */
  JT_SETTING_PROMISED,  /* known, answered NotSupported until built */
} JtSettingStatus;

typedef struct
{
  const char     *key;
  const char     *type;      /* GVariant type string: s, as, b, t, u, i, d, ai */
  JtSettingStatus status;
  gboolean        is_duration; /* t in microseconds, written "1h 30min" by people */
  gboolean        is_size;     /* t in bytes, written "16M" by people */
  const char     *help;      /* one line, N_() */
  const char     *value_name;/* "DURATION", for --help */
} JtSettingInfo;

/* All known keys in the order of the documentation, terminated by a NULL key. */
const JtSettingInfo *jt_settings_get_table (void);
const JtSettingInfo *jt_setting_info_find (const char *key); /* (nullable) */
/* The words that a setting takes when it takes no others, NULL-terminated; else NULL. (transfer none) */
const char *const *jt_setting_info_get_words (const JtSettingInfo *info);
/* Whether work that others do may bring this setting along: what it is, when it is expected, what is kept of it. How a job is
 * started is said where it is defined. */
gboolean jt_setting_is_for_reports (const char *key);
/* Of a name that kill-signal may have; 0 for any other. */
int jt_setting_signal_number (const char *name);

/* From the bus. Unknown keys, wrong types, values out of range, combinations that exclude each other:
 * JT_ERROR_INVALID_SETTINGS naming the key; over-long ones JT_ERROR_TOO_LARGE; promised ones JT_ERROR_NOT_SUPPORTED.
 * The text of schedules is checked by core, which knows the zone and the clock. (transfer full) */
JtSettings *jt_settings_new (GVariant *asv, GError **error);
/* One key as a person writes it ("1h 30min", "yes", "a;b" for lists) to its typed value. (transfer full, not floating) */
GVariant *jt_setting_parse_text (const JtSettingInfo *info, const char *text, GError **error);
/* From the [Job] group of a key file; messages name group and key. (transfer full) */
JtSettings *jt_settings_new_from_key_file (GKeyFile *file, GError **error);
/* What jt_settings_get_bytes() gave. Keys that are not known stay, values are not checked again, but for their types, so that
 * they can be read: JT_ERROR_INVALID_SETTINGS. (transfer full) */
JtSettings *jt_settings_new_from_bytes (gconstpointer data, gsize length, GError **error);
/* The given keys change, those in @reset (nullable) return to their default, the rest stays. (transfer full) */
JtSettings *jt_settings_update (JtSettings *settings, GVariant *changes, const char *const *reset, GError **error);
JtSettings *jt_settings_ref (JtSettings *settings);
void        jt_settings_unref (JtSettings *settings);

/* What was given, in normal form. Floating a{sv}. */
GVariant *jt_settings_to_variant (JtSettings *settings);
/* The same as it is kept: equal settings are equal bytes. Borrowed. */
gconstpointer jt_settings_get_bytes (JtSettings *settings, gsize *length);
gboolean  jt_settings_equal (JtSettings *a, JtSettings *b);
gboolean  jt_settings_has (JtSettings *settings, const char *key);

/* The value or the default. The key must be known and of that type (programmer error otherwise). */
const char *jt_settings_get_string (JtSettings *settings, const char *key); /* (nullable), borrowed */
char      **jt_settings_get_strv (JtSettings *settings, const char *key);   /* (transfer full), never NULL */
/* One string of an as, borrowed; NULL behind the last. What is asked of every job is asked so: a copy costs more than the question. */
const char *jt_settings_get_nth (JtSettings *settings, const char *key, guint n);
gboolean    jt_settings_has_entry (JtSettings *settings, const char *key, const char *entry);
gboolean    jt_settings_get_boolean (JtSettings *settings, const char *key);
guint64     jt_settings_get_uint64 (JtSettings *settings, const char *key); /* t: durations in usec, sizes in bytes */
guint32     jt_settings_get_uint32 (JtSettings *settings, const char *key);
gint32      jt_settings_get_int32 (JtSettings *settings, const char *key);
double      jt_settings_get_double (JtSettings *settings, const char *key);
/* ai; (transfer full) array of gint */
GArray *jt_settings_get_ints (JtSettings *settings, const char *key);

gboolean jt_settings_has_command (JtSettings *settings);
/* Whether a job may have these settings: without a command it must be one that others report about, by its origin (@is_tracked) or
 * because it is expected to check in, and nothing can be scheduled. JT_ERROR_INVALID_SETTINGS. */
gboolean jt_settings_check_runnable (JtSettings *settings, gboolean is_tracked, GError **error);
/* What is run, as one line: the shell's, or the words of the command quoted. (transfer full) */
char *jt_settings_describe_command (JtSettings *settings);

/* A job's name: 1 to 128 bytes of A-Z a-z 0-9 . _ @ - , not beginning with '.' or '-'. Else InvalidArgument or TooLarge. */
gboolean jt_job_name_check (const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtSettings, jt_settings_unref)
