/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-settings-bytes.h"
#include "jt-settings.h"

/* The table of all settings with what only their checks need. For the files of JtSettings alone. */

typedef gboolean (*JtSettingCheck) (const char *key, GVariant *value, GError **error);

typedef struct
{
  JtSettingInfo  info;
  const char    *fallback; /* GVariant text of the default; NULL: the type's zero or empty value */
  double         least;    /* of numbers, and of list lengths */
  double         most;     /* 0: no limit but the type's */
  JtSettingCheck check;    /* (nullable) of the value, after type and range */
} JtSettingRow;

#define JT_N_SETTING_ROWS_MAX 96

const JtSettingRow *jt_setting_row_find (const char *key);
/* The default, as a value of the row's type that was given would be. Kept for ever. */
const JtSettingBytes *jt_setting_row_get_default (const JtSettingRow *row);

/* Checks of single values (jt-settings-checks.c). */
gboolean jt_setting_check_text (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_command (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_shell (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_stdin (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_account (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_path (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_environment (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_tags (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_schedules (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_after (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_codes (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_signal (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_limits (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_recipients (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_factor (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_choice (const char *key, GVariant *value, GError **error);
/* Of those that concern the machine around a job (jt-settings-surroundings.c). */
gboolean jt_setting_check_conditions (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_occasions (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_watched (const char *key, GVariant *value, GError **error);
gboolean jt_setting_check_inhibitors (const char *key, GVariant *value, GError **error);
/* Printable UTF-8 of at most @most bytes: no control characters, none that turn the direction of writing. */
gboolean jt_setting_check_printable (const char *key, const char *text, gsize most, GError **error);
