/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-severity-counts.h"

void
jt_severity_counts_add (JtSeverityCounts *counts, JtSeverity severity)
{
  g_return_if_fail (severity < JT_N_SEVERITIES);
  counts->count[severity]++;
}

guint
jt_severity_counts_get_total (const JtSeverityCounts *counts)
{
  guint total = 0;

  for (guint i = 0; i < JT_N_SEVERITIES; i++)
    total += counts->count[i];
  return total;
}

JtSeverity
jt_severity_counts_get_worst (const JtSeverityCounts *counts)
{
  for (guint i = JT_N_SEVERITIES; i > 0; i--)
    if (counts->count[i - 1] > 0)
      return (JtSeverity) (i - 1);
  return JT_SEVERITY_INFO;
}

char *
jt_severity_counts_describe (const JtSeverityCounts *counts)
{
  /* Kept in English with the record; who shows a person counts puts them through the templates. */
  static const char *const words[][2] = {
    [JT_SEVERITY_INFO] = { "message", "messages" },
    [JT_SEVERITY_NOTICE] = { "notice", "notices" },
    [JT_SEVERITY_WARNING] = { "warning", "warnings" },
    [JT_SEVERITY_ERROR] = { "error", "errors" },
  };
  GString *text = g_string_new (NULL);

  for (guint i = JT_N_SEVERITIES; i > 0; i--)
    if (counts->count[i - 1] > 0)
      g_string_append_printf (text, "%s%u %s", text->len > 0 ? ", " : "", counts->count[i - 1], words[i - 1][counts->count[i - 1] != 1]);
  return text->len > 0 ? g_string_free (text, FALSE) : (g_string_free (text, TRUE), g_strdup ("nothing"));
}
