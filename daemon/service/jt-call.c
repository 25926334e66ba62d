/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-call.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "jt-service-private.h"

#define MAX_REPLY_BYTES (8 * 1024 * 1024)
#define MAX_REQUEST_ID_BYTES 128

JtCall *
jt_call_new (JtService *service, GDBusMethodInvocation *invocation)
{
  JtCall *call = g_new0 (JtCall, 1);

  call->service = g_object_ref (service);
  call->invocation = invocation;
  service->calls_in_flight++;
  return call;
}

void
jt_call_free (JtCall *call)
{
  if (call == NULL)
    return;
  g_clear_object (&call->invocation);
  jt_call_set_data (call, NULL, NULL);
  g_clear_pointer (&call->peer, jt_peer_free);
  g_clear_pointer (&call->job, jt_job_unref);
  g_clear_pointer (&call->run, jt_run_unref);
  call->service->calls_in_flight--;
  g_object_unref (call->service);
  g_free (call);
}

GVariant *
jt_call_get_parameters (JtCall *call)
{
  return g_dbus_method_invocation_get_parameters (call->invocation);
}

const char *
jt_call_get_sender (JtCall *call)
{
  return g_dbus_method_invocation_get_sender (call->invocation);
}

void
jt_call_set_data (JtCall *call, gpointer data, GDestroyNotify destroy)
{
  if (call->data != NULL && call->data_destroy != NULL)
    call->data_destroy (call->data);
  call->data = data;
  call->data_destroy = destroy;
}

void
jt_call_return (JtCall *call, GVariant *value)
{
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;

  if (owned != NULL && g_variant_get_size (owned) > MAX_REPLY_BYTES)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "the reply has %zu bytes, limit %d; ask for less with 'limit'",
                            g_variant_get_size (owned), MAX_REPLY_BYTES);
      return;
    }
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation), owned);
  jt_call_free (call);
}

void
jt_call_return_fd (JtCall *call, int fd)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new_from_array (&fd, 1);

  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&call->invocation), g_variant_new ("(h)", 0),
                                                           list);
  jt_call_free (call);
}

void
jt_call_take_error (JtCall *call, GError *error)
{
  /* An errno or an SQL text of ours means nothing to a client and may tell too much. */
  if (error->domain != JT_ERROR && error->domain != G_DBUS_ERROR)
    {
      g_autoptr (GError) inner = error;

      error = g_error_new (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not do it: %s",
                           g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "the service is stopping"
                                                                                     : "see the log of the service");
      g_debug ("%s: %s", g_dbus_method_invocation_get_method_name (call->invocation), inner->message);
    }
  /* What a message quotes may have been cut within a letter, and only whole ones may leave. */
  if (!g_utf8_validate (error->message, -1, NULL))
    {
      char *broken = error->message;

      error->message = g_utf8_make_valid (broken, -1);
      g_free (broken);
    }
  g_dbus_method_invocation_take_error (g_steal_pointer (&call->invocation), error);
  jt_call_free (call);
}

void
jt_call_return_error (JtCall *call, JtError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  jt_call_take_error (call, g_error_new_valist (JT_ERROR, (int) code, format, args));
  va_end (args);
}

gboolean
jt_call_check_options (JtCall *call, GVariant *options, const JtVardictKey *keys)
{
  GError *error = NULL;

  if (jt_vardict_check (options, keys, "option", &error))
    return TRUE;
  jt_call_take_error (call, error);
  return FALSE;
}

char *
jt_call_digest (JtCall *call)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GVariant) parameters = g_variant_get_normal_form (jt_call_get_parameters (call));
  const char *strings[] = { g_dbus_method_invocation_get_interface_name (call->invocation),
                            g_dbus_method_invocation_get_method_name (call->invocation),
                            g_dbus_method_invocation_get_object_path (call->invocation),
                            g_variant_get_type_string (parameters) };

  /* With their NULs, so that no two lists of strings look alike. */
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_checksum_update (checksum, (const guchar *) strings[i], (gssize) strlen (strings[i]) + 1);
  g_checksum_update (checksum, g_variant_get_data (parameters), (gssize) g_variant_get_size (parameters));
  return g_strdup (g_checksum_get_string (checksum));
}

gboolean
jt_call_read_request_id (JtCall *call, GVariant *options, const char **request_id)
{
  const char *text = jt_vardict_get_string (options, "request-id", NULL);
  gsize length = text != NULL ? strlen (text) : 0;

  *request_id = text;
  if (text == NULL)
    return TRUE;
  if (length > MAX_REQUEST_ID_BYTES)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "option 'request-id' has %zu bytes, limit %d", length,
                            MAX_REQUEST_ID_BYTES);
      return FALSE;
    }
  for (const char *c = text; *c != '\0' || length == 0; c++)
    if (!g_ascii_isgraph (*c))
      {
        jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT,
                              "option 'request-id' must be 1 to %d printable ASCII characters without spaces",
                              MAX_REQUEST_ID_BYTES);
        return FALSE;
      }
  return TRUE;
}

gboolean
jt_call_check_text (JtCall *call, const char *what, const char *text, gsize limit)
{
  if (strlen (text) > limit)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "%s has %zu bytes, limit %zu", what, strlen (text), limit);
      return FALSE;
    }
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      {
        jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "%s has a control character at byte %zu", what,
                              (gsize) (c - text) + 1);
        return FALSE;
      }
  return TRUE;
}
