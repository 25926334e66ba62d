/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <glib/gi18n-lib.h>

#include "jt-settings.h"
#include "setting-options.h"
#include "unit-words.h"

/* Whether jobs can have that setting, and for it that word (nullable): some are only promised. */
gboolean
systemd_job_offers (const char *key, const char *word)
{
  const JtSettingInfo *info = jt_setting_info_find (key);
  const char *const *words = info != NULL ? jt_setting_info_get_words (info) : NULL;

  return info != NULL && info->status == JT_SETTING_OFFERED && (word == NULL || (words != NULL && g_strv_contains (words, word)));
}

/* "KEY=VALUE: …" about a line of the units. */
void
systemd_job_say (SystemdJob *job, RemarkKind kind, const UnitLine *line, const char *format, ...)
{
  g_autofree char *what = g_strdup_printf ("%s=%s", line->key, line->value);
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  remarks_add (job->remarks, kind, what, "%s", why);
}

/* What @text, of @line of the service or the timer, stands for. (transfer full) NULL: cannot be said, and is said so. */
char *
systemd_job_expand (SystemdJob *job, const UnitLine *line, const char *text)
{
  gboolean is_of_timer = g_ptr_array_find (job->timer->lines, line, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *expanded = unit_expand (is_of_timer ? job->timer : job->service, job->manager, text, &error);

  if (expanded == NULL)
    systemd_job_say (job, REMARK_BLOCKS, line, "%s", error->message);
  else if (!g_utf8_validate (expanded, -1, NULL))
    systemd_job_say (job, REMARK_BLOCKS, line, _("invalid UTF-8"));
  else
    return g_steal_pointer (&expanded);
  return NULL;
}

/* FALSE: it is none, which is said; systemd passes it over. */
gboolean
systemd_job_get_span (SystemdJob *job, const UnitLine *line, gint64 *usec)
{
  if (unit_parse_span (line->value, usec))
    return TRUE;
  systemd_job_say (job, REMARK_LOST, line, _("this is no time span, and systemd passes it over as well"));
  return FALSE;
}

/* @value: floating. */
void
systemd_job_put (SystemdJob *job, const char *key, GVariant *value)
{
  g_variant_dict_insert_value (&job->settings, key, value);
}

/* The setting that means what @line says. @value: floating. */
void
systemd_job_carry (SystemdJob *job, const UnitLine *line, const char *key, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autofree char *text = setting_to_text (key, owned);

  systemd_job_put (job, key, owned);
  systemd_job_say (job, REMARK_SAME, line, "%s=%s", key, text);
}
