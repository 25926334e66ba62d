/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-dependency.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-settings.h"

#define MAX_OWNER 128

static const char *const forms[] = { "", "failed", "finished", NULL }; /* in the order of JtAfterForm */

void
jt_dependency_free (JtDependency *dependency)
{
  if (dependency == NULL)
    return;
  g_free (dependency->owner);
  g_free (dependency->name);
  g_free (dependency->text);
  g_free (dependency);
}

static gboolean
take_form (JtDependency *dependency, const char *word, GError **error)
{
  for (guint i = 1; forms[i] != NULL; i++)
    if (g_str_equal (forms[i], word))
      {
        dependency->form = (JtAfterForm) i;
        return TRUE;
      }
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown '%.64s' behind the colon; there is NAME, NAME:failed and NAME:finished"),
               word);
  return FALSE;
}

static gboolean
take_name (JtDependency *dependency, const char *name, GError **error)
{
  const char *slash = strchr (name, '/');

  if (slash != NULL)
    {
      dependency->owner = g_strndup (name, (gsize) (slash - name));
      name = slash + 1;
    }
  if (dependency->owner != NULL && (*dependency->owner == '\0' || strlen (dependency->owner) > MAX_OWNER))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("in front of the slash stands a user; write alice/backup"));
      return FALSE;
    }
  dependency->name = g_strdup (name);
  if (jt_job_name_check (name, NULL))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' cannot be the name of a job; write backup or backup:failed"), name);
  return FALSE;
}

JtDependency *
jt_dependency_parse (const char *text, GError **error)
{
  g_autoptr (JtDependency) dependency = g_new0 (JtDependency, 1);
  const char *colon = strchr (text, ':');
  g_autofree char *name = colon == NULL ? g_strdup (text) : g_strndup (text, (gsize) (colon - text));

  dependency->text = g_strdup (text);
  if (!take_name (dependency, name, error) || (colon != NULL && !take_form (dependency, colon + 1, error)))
    return NULL;
  return g_steal_pointer (&dependency);
}

JtMark
jt_dependency_judge (JtAfterForm form, JtRunState state)
{
  if (state == JT_RUN_MISSED || !jt_run_state_is_final (state))
    return JT_MARK_NONE;
  /* Nobody knows what it did, or it did nothing: whatever is waited for, it was not that. */
  if (state == JT_RUN_LOST || state == JT_RUN_SKIPPED)
    return JT_MARK_BAD;
  if (form == JT_AFTER_FINISHED)
    return JT_MARK_GOOD;
  if (form == JT_AFTER_SUCCESS)
    return jt_run_state_is_success (state) ? JT_MARK_GOOD : JT_MARK_BAD;
  if (jt_run_state_is_failure (state))
    return JT_MARK_GOOD;
  return jt_run_state_is_success (state) ? JT_MARK_SILENT : JT_MARK_BAD;
}
