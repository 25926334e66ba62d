/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The one public error domain. Asking for the quark registers every code's D-Bus name
 * (org.example.JobTracker.Error.*), in the service and in its clients alike, so that an error
 * crosses the bus unchanged. Messages say what was wrong, where, and what would be right. */

typedef enum
{
  JT_ERROR_INVALID_ARGUMENT,
  JT_ERROR_INVALID_SETTINGS,
  JT_ERROR_INVALID_SCHEDULE,
  JT_ERROR_INVALID_TEMPLATE,
  JT_ERROR_TOO_LARGE,
  JT_ERROR_QUOTA_EXCEEDED,
  JT_ERROR_NOT_AUTHORIZED,
  JT_ERROR_NOT_FOUND,
  JT_ERROR_EXISTS,
  JT_ERROR_WRONG_STATE,
  JT_ERROR_NOT_SUPPORTED,
  JT_ERROR_PAUSED,
  JT_ERROR_STORAGE_UNAVAILABLE,
  JT_ERROR_OVERLOADED,
  JT_N_ERRORS /*< skip >*/
} JtError;

#define JT_ERROR (jt_error_quark ())
GQuark jt_error_quark (void);

/* The D-Bus name of @code, never NULL. */
const char *jt_error_get_dbus_name (JtError code);
