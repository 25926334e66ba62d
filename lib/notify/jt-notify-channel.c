/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify-channel.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-recipient.h"

#define MAX_NAME 64

/* As a [Channel NAME] of jobtracker.conf may be called. */
static gboolean
is_channel_name (const char *text)
{
  gsize length = strlen (text);

  return length >= 1 && length <= MAX_NAME && g_ascii_isalnum (*text)
         && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.") == length;
}

const char *
jt_notify_channel_find_fault (const char *text, gboolean takes_users)
{
  if (g_str_equal (text, JT_RECIPIENT_NONE))
    return _("is no channel; leave the list empty for silence");
  if (g_str_has_prefix (text, JT_RECIPIENT_USER) && !takes_users)
    return _("is no channel; what other users are told stands in their own preferences, or in the setting notify of a job");
  if (g_str_has_prefix (text, JT_RECIPIENT_USER) || g_str_has_prefix (text, JT_RECIPIENT_EMAIL) || g_str_has_prefix (text, JT_RECIPIENT_WEBHOOK))
    return jt_recipient_find_fault (text);
  if (strchr (text, '@') != NULL)
    return _("is no channel; write email: in front of an address");
  if (!is_channel_name (text))
    return _("is no channel; write desktop, email, the name of another, email:ADDRESS or webhook:NAME");
  return NULL;
}
