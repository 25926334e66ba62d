/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "jt-condition.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-occasion.h"
#include "jt-settings-table.h"

/* Checks of the settings that concern the machine around a job. */

#define MAX_ENTRY 4096

static const char *const inhibitors[] = { "sleep", "shutdown", "idle", NULL };

/* Each entry by @parse, whose error gets the key in front. */
static gboolean
check_entries (const char *key, GVariant *value, gboolean (*parse) (const char *entry, GError **error), GError **error)
{
  g_autofree const char **entries = g_variant_get_strv (value, NULL);

  for (guint i = 0; entries[i] != NULL; i++)
    {
      if (!jt_setting_check_printable (key, entries[i], MAX_ENTRY, error))
        return FALSE;
      if (!parse (entries[i], error))
        {
          g_prefix_error (error, "%s: ", key);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
parse_condition (const char *entry, GError **error)
{
  g_autoptr (JtCondition) condition = jt_condition_parse (entry, error);

  return condition != NULL;
}

gboolean
jt_setting_check_conditions (const char *key, GVariant *value, GError **error)
{
  return check_entries (key, value, parse_condition, error);
}

static gboolean
parse_occasion (const char *entry, GError **error)
{
  g_autoptr (JtOccasion) occasion = jt_occasion_parse (entry, error);

  return occasion != NULL;
}

gboolean
jt_setting_check_occasions (const char *key, GVariant *value, GError **error)
{
  return check_entries (key, value, parse_occasion, error);
}

static gboolean
parse_watched (const char *entry, GError **error)
{
  if (*entry == '/')
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' is not absolute; it must begin with /"), entry);
  return FALSE;
}

gboolean
jt_setting_check_watched (const char *key, GVariant *value, GError **error)
{
  return check_entries (key, value, parse_watched, error);
}

static gboolean
refuse_inhibitor (const char *key, const char *word, GError **error)
{
  const char *nearest = jt_nearest (word, inhibitors);

  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: unknown '%.64s'; did you mean '%s'?"), key, word, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: unknown '%.64s'; there is: %s"), key, word, "sleep, shutdown, idle");
  return FALSE;
}

gboolean
jt_setting_check_inhibitors (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **words = g_variant_get_strv (value, NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (!g_strv_contains (inhibitors, words[i]))
        return refuse_inhibitor (key, words[i], error);
      for (guint j = 0; j < i; j++)
        if (g_str_equal (words[j], words[i]))
          {
            g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: '%s' is given twice"), key, words[i]);
            return FALSE;
          }
    }
  return TRUE;
}
