/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-tls.h"

#include <string.h>

#include <glib.h>

/* gnutls_certificate_status_t, which curl hands through as it is. */
static const struct
{
  long        bit;
  const char *words;
} faults[] = {
  { 1 << 10, "it has expired" },
  { 1 << 9, "it is not valid yet" },
  { 1 << 5, "it has been revoked" },
  { 1 << 6, "its issuer is not trusted; name the file of the CA by tls-ca" },
  { 1 << 7, "its issuer is no CA" },
  { 1 << 8, "it is signed in a way that is not safe" },
};

static const char *
find_fault (CURL *curl)
{
  const char *backend = curl_version_info (CURLVERSION_NOW)->ssl_version;
  long result = 0;

  curl_easy_getinfo (curl, CURLINFO_SSL_VERIFYRESULT, &result);
  if (backend != NULL && g_str_has_prefix (backend, "GnuTLS"))
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
      if (result & faults[i].bit)
        return faults[i].words;
  return NULL;
}

char *
email_tls_describe (CURL *curl, CURLcode status, const char *error)
{
  const char *fault;

  switch (status)
    {
    case CURLE_PEER_FAILED_VERIFICATION:
      fault = find_fault (curl);
      if (fault == NULL && strstr (error, "target host") != NULL)
        return g_strdup_printf ("TLS: the server's certificate is refused: it is for another name; nothing was sent (%s)", error);
      return g_strdup_printf ("TLS: the server's certificate is refused: %s; nothing was sent", fault != NULL ? fault : error);
    case CURLE_SSL_CACERT_BADFILE:
      return g_strdup_printf ("TLS: the file of tls-ca cannot be used: %s", error);
    case CURLE_SSL_CONNECT_ERROR:
      return g_strdup_printf ("TLS: no secure connection came about: %s; nothing was sent", error);
    default:
      return NULL;
    }
}
