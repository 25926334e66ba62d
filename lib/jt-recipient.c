/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-recipient.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define MAX_ADDRESS 254 /* RFC 5321, with its erratum */
#define MAX_LOCAL 64
#define MAX_LABEL 63
#define MAX_WEBHOOK 64
#define MAX_ACCOUNT 128

/* Printable ASCII that needs no quotes before an @ (atext of RFC 5322, and dots between). */
static gboolean
is_local_part (const char *text, gsize length)
{
  if (length == 0 || length > MAX_LOCAL || text[0] == '.' || text[0] == '-' || text[length - 1] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && (text[i] == '\0' || strchr ("!#$%&'*+-/=?^_`{|}~.", text[i]) == NULL
                                       || (text[i] == '.' && text[i - 1] == '.')))
      return FALSE;
  return TRUE;
}

/* Names of DNS, and those of a machine alone ("localhost"). */
static gboolean
is_host (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0 || length > MAX_LABEL || labels[i][0] == '-' || labels[i][length - 1] == '-')
        return FALSE;
      for (const char *at = labels[i]; *at != '\0'; at++)
        if (!g_ascii_isalnum (*at) && *at != '-')
          return FALSE;
    }
  return labels[0] != NULL;
}

const char *
jt_address_find_fault (const char *address)
{
  const char *at = strchr (address, '@');

  if (strlen (address) > MAX_ADDRESS)
    return _("is longer than the 254 bytes that an address may have");
  if (at == NULL || !is_local_part (address, (gsize) (at - address)) || !is_host (at + 1))
    return _("is not one plain address, as in email:ops@example.com");
  return NULL;
}

/* As jt_setting_check_account() takes them. */
static const char *
find_fault_of_account (const char *name)
{
  if (strlen (name) <= MAX_ACCOUNT && (g_ascii_isalnum (*name) || *name == '_') && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.@$") == strlen (name))
    return NULL;
  return _("does not name an account, as in user:alice");
}

static const char *
find_fault_of_webhook (const char *name)
{
  gsize length = strlen (name);

  if (length >= 1 && length <= MAX_WEBHOOK && g_ascii_isalnum (*name)
      && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.") == length)
    return NULL;
  return _("does not name a webhook, as in webhook:chat; 1 to 64 of letters, digits and . _ -");
}

const char *
jt_recipient_find_fault (const char *text)
{
  if (g_str_equal (text, JT_RECIPIENT_NONE))
    return NULL;
  if (g_str_has_prefix (text, JT_RECIPIENT_USER))
    return find_fault_of_account (text + strlen (JT_RECIPIENT_USER));
  if (g_str_has_prefix (text, JT_RECIPIENT_EMAIL))
    return jt_address_find_fault (text + strlen (JT_RECIPIENT_EMAIL));
  if (g_str_has_prefix (text, JT_RECIPIENT_WEBHOOK))
    return find_fault_of_webhook (text + strlen (JT_RECIPIENT_WEBHOOK));
  return _("is no recipient; write user:NAME, email:ADDRESS, webhook:NAME, or none");
}
