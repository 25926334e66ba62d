/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-condition.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"

#define MAX_LOAD 100000

static const char *const plain_words[] = { "ac-power", "network", "unmetered", "idle", NULL }; /* in the order of JtFact */
static const char *const all_words[] = { "ac-power", "network", "unmetered", "idle", "path:", "load<", NULL };

void
jt_condition_free (JtCondition *condition)
{
  if (condition == NULL)
    return;
  g_free (condition->path);
  g_free (condition->text);
  g_free (condition);
}

static gboolean
refuse (const char *text, GError **error)
{
  const char *nearest = jt_nearest (text, all_words);

  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown '%.64s'; did you mean '%s'?"), text, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS,
                 _("unknown '%.64s'; there is ac-power, network, unmetered, idle, path:/x and load<4, each with ! in front or without"), text);
  return FALSE;
}

static gboolean
take_path (JtCondition *condition, const char *path, GError **error)
{
  if (*path != '/')
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' is not absolute; write path:/mnt/backup"), path);
      return FALSE;
    }
  condition->fact = JT_FACT_PATH;
  condition->path = g_strdup (path);
  return TRUE;
}

static gboolean
take_load (JtCondition *condition, const char *number, GError **error)
{
  char *end;

  condition->fact = JT_FACT_LOAD;
  condition->load = g_ascii_strtod (number, &end);
  if (end != number && *end == '\0' && isfinite (condition->load) && condition->load > 0 && condition->load <= MAX_LOAD)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' is not a load average above 0; write load<4"), number);
  return FALSE;
}

static gboolean
take_fact (JtCondition *condition, const char *word, GError **error)
{
  if (g_str_has_prefix (word, "path:"))
    return take_path (condition, word + strlen ("path:"), error);
  if (g_str_has_prefix (word, "load<"))
    return take_load (condition, word + strlen ("load<"), error);
  for (guint i = 0; plain_words[i] != NULL; i++)
    if (g_str_equal (plain_words[i], word))
      {
        condition->fact = (JtFact) i;
        return TRUE;
      }
  return refuse (word, error);
}

JtCondition *
jt_condition_parse (const char *text, GError **error)
{
  g_autoptr (JtCondition) condition = g_new0 (JtCondition, 1);

  condition->text = g_strdup (text);
  condition->is_negated = *text == '!';
  return take_fact (condition, text + (condition->is_negated ? 1 : 0), error) ? g_steal_pointer (&condition) : NULL;
}
