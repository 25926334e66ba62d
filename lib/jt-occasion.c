/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-occasion.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"

/* As long as systemd lets a unit's name be (UNIT_NAME_MAX). */
#define MAX_UNIT_NAME 255

static const char *const plain_words[] = { "startup", "login", "resume", "network-up", "ac-power", NULL }; /* in the order of the kinds */
static const char *const all_words[] = { "startup", "login", "resume", "network-up", "ac-power", "unit:", NULL };
static const char *const unit_states[] = { "failed", "active", "inactive", NULL };
static const char *const unit_suffixes[] = { ".service", ".mount",  ".socket", ".target", ".timer", ".path",
                                             ".device",  ".swap",   ".scope",  ".slice",  ".automount", NULL };

void
jt_occasion_free (JtOccasion *occasion)
{
  if (occasion == NULL)
    return;
  g_free (occasion->unit);
  g_free (occasion->state);
  g_free (occasion->text);
  g_free (occasion);
}

static gboolean
refuse (const char *text, GError **error)
{
  const char *nearest = jt_nearest (text, all_words);

  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown '%.64s'; did you mean '%s'?"), text, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS,
                 _("unknown '%.64s'; there is startup, login, resume, network-up, ac-power and unit:NAME.service:failed"), text);
  return FALSE;
}

/* The characters of systemd.unit(5), in front of one of its suffixes. A template is not a unit, and never enters a state. */
static gboolean
is_unit_name (const char *name)
{
  if (*name == '.' || strlen (name) > MAX_UNIT_NAME)
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr (":-_.\\@", *at) == NULL)
      return FALSE;
  for (guint i = 0; unit_suffixes[i] != NULL; i++)
    if (g_str_has_suffix (name, unit_suffixes[i]))
      return name[strlen (name) - strlen (unit_suffixes[i]) - 1] != '@';
  return FALSE;
}

static gboolean
take_unit (JtOccasion *occasion, const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');

  occasion->kind = JT_OCCASION_UNIT;
  occasion->unit = colon == NULL ? g_strdup (text) : g_strndup (text, (gsize) (colon - text));
  occasion->state = g_strdup (colon == NULL ? "" : colon + 1);
  if (!is_unit_name (occasion->unit))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' is not the name of a unit; write unit:backup.service:failed"),
                   occasion->unit);
      return FALSE;
    }
  if (g_strv_contains (unit_states, occasion->state))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' is no state of a unit; there is failed, active and inactive"),
               occasion->state);
  return FALSE;
}

static gboolean
take_kind (JtOccasion *occasion, GError **error)
{
  if (g_str_has_prefix (occasion->text, "unit:"))
    return take_unit (occasion, occasion->text + strlen ("unit:"), error);
  for (guint i = 0; plain_words[i] != NULL; i++)
    if (g_str_equal (plain_words[i], occasion->text))
      {
        occasion->kind = (JtOccasionKind) i;
        return TRUE;
      }
  return refuse (occasion->text, error);
}

JtOccasion *
jt_occasion_parse (const char *text, GError **error)
{
  g_autoptr (JtOccasion) occasion = g_new0 (JtOccasion, 1);

  occasion->text = g_strdup (text);
  return take_kind (occasion, error) ? g_steal_pointer (&occasion) : NULL;
}
