/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "notify-fixture.h"

#include <string.h>

#include "jt-error.h"

gint64
instant (const char *rfc3339)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (rfc3339, utc);

  if (time == NULL)
    g_error ("'%s' is no instant", rfc3339);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

char *
show_instant (gint64 usec)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);

  return usec == 0 ? g_strdup ("never") : g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

JtZone *
zone (const char *name)
{
  g_autoptr (GError) error = NULL;
  JtZone *found = jt_zone_get (name, &error);

  g_assert_no_error (error);
  return found;
}

GVariant *
dict (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, *text == '\0' ? "@a{sv} {}" : text, NULL, NULL, &error);

  if (error != NULL)
    g_error ("%s: %s", text, error->message);
  return value;
}

JtPreferences *
preferences (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = dict (text);
  JtPreferences *found = jt_preferences_new (values, &error);

  if (error != NULL)
    g_error ("%s: %s", text, error->message);
  return found;
}

void
expect_refusal (GError *error, const char *what, const char *message)
{
  if (error == NULL)
    g_error ("%s was taken", what);
  if (!g_error_matches (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS) && !g_error_matches (error, JT_ERROR, JT_ERROR_TOO_LARGE))
    g_error ("%s: %s %d", what, g_quark_to_string (error->domain), error->code);
  if (strstr (error->message, message) == NULL)
    g_error ("%s: \"%s\" does not say \"%s\"", what, error->message, message);
}
