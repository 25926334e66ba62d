/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-address.h"

#include <string.h>

#define MAX_LOCAL 64
#define MAX_LABEL 63
#define MAX_HOST 253

/* What needs no quotes before an @ (atext of RFC 5322 and RFC 6532, and dots between). */
static gboolean
is_local_part (const char *text, gsize length)
{
  if (length == 0 || length > MAX_LOCAL || text[0] == '.' || text[0] == '-' || text[length - 1] == '.')
    return FALSE;
  for (const char *at = text; at < text + length; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c >= 0x80 && !g_unichar_isgraph (c))
        return FALSE;
      if (c < 0x80 && !g_ascii_isalnum ((char) c) && strchr ("!#$%&'*+-/=?^_`{|}~.", (int) c) == NULL)
        return FALSE;
      if (c == '.' && at[1] == '.')
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_dns_name (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0 || length > MAX_LABEL || labels[i][0] == '-' || labels[i][length - 1] == '-')
        return FALSE;
      if (strspn (labels[i], G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") != length)
        return FALSE;
    }
  return labels[0] != NULL;
}

char *
email_host_read (const char *text)
{
  g_autofree char *host = g_str_is_ascii (text) ? g_strdup (text) : g_hostname_to_ascii (text);

  if (host == NULL || strlen (host) > MAX_HOST || !is_dns_name (host))
    return NULL;
  return g_steal_pointer (&host);
}

char *
email_address_read (const char *text, const char **fault)
{
  const char *at = strrchr (text, '@');
  g_autofree char *host = at != NULL ? email_host_read (at + 1) : NULL;
  g_autofree char *local = at != NULL ? g_strndup (text, (gsize) (at - text)) : NULL;
  g_autofree char *address = NULL;

  *fault = "is not one plain address, as in ops@example.com";
  if (host == NULL || !g_utf8_validate (local, -1, NULL) || !is_local_part (local, strlen (local)))
    return NULL;
  address = g_strconcat (local, "@", host, NULL);
  if (strlen (address) <= EMAIL_MAX_ADDRESS)
    return g_steal_pointer (&address);
  *fault = "is longer than the 254 bytes that an address may have";
  return NULL;
}
