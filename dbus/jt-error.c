/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"

#include "jt-names.h"

static const GDBusErrorEntry entries[] = {
  { JT_ERROR_INVALID_ARGUMENT, JT_ERROR_PREFIX "InvalidArgument" },
  { JT_ERROR_INVALID_SETTINGS, JT_ERROR_PREFIX "InvalidSettings" },
  { JT_ERROR_INVALID_SCHEDULE, JT_ERROR_PREFIX "InvalidSchedule" },
  { JT_ERROR_INVALID_TEMPLATE, JT_ERROR_PREFIX "InvalidTemplate" },
  { JT_ERROR_TOO_LARGE, JT_ERROR_PREFIX "TooLarge" },
  { JT_ERROR_QUOTA_EXCEEDED, JT_ERROR_PREFIX "QuotaExceeded" },
  { JT_ERROR_NOT_AUTHORIZED, JT_ERROR_PREFIX "NotAuthorized" },
  { JT_ERROR_NOT_FOUND, JT_ERROR_PREFIX "NotFound" },
  { JT_ERROR_EXISTS, JT_ERROR_PREFIX "Exists" },
  { JT_ERROR_WRONG_STATE, JT_ERROR_PREFIX "WrongState" },
  { JT_ERROR_NOT_SUPPORTED, JT_ERROR_PREFIX "NotSupported" },
  { JT_ERROR_PAUSED, JT_ERROR_PREFIX "Paused" },
  { JT_ERROR_STORAGE_UNAVAILABLE, JT_ERROR_PREFIX "StorageUnavailable" },
  { JT_ERROR_OVERLOADED, JT_ERROR_PREFIX "Overloaded" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == JT_N_ERRORS);

GQuark
jt_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("jt-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark) quark;
}

const char *
jt_error_get_dbus_name (JtError code)
{
  g_return_val_if_fail ((guint) code < JT_N_ERRORS, entries[0].dbus_error_name);
  return entries[code].dbus_error_name;
}
