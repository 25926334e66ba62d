/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "unit-words.h"

/* What a service reads, and where its output goes: StandardInput= and those around it. Files are the shell's affair. */

#define BLANKS " \t\n\r"

/* "file:/path" and the like: the path. (transfer full) (nullable) */
static char *
get_file (SystemdJob *job, const UnitLine *line, const char *prefix)
{
  g_autofree char *path = g_str_has_prefix (line->value, prefix) ? systemd_job_expand (job, line, line->value + strlen (prefix)) : NULL;

  return path != NULL && *path == '/' ? g_steal_pointer (&path) : NULL;
}

/* --- input --- */

static gboolean
append_text (SystemdJob *job, const UnitLine *line, GString *data)
{
  g_autofree char *plain = unit_text_unescape (line->value);
  g_autofree char *expanded = systemd_job_expand (job, line, plain);

  if (expanded == NULL)
    return FALSE;
  g_string_append (data, expanded);
  g_string_append_c (data, '\n');
  return TRUE;
}

static gboolean
append_bytes (SystemdJob *job, const UnitLine *line, GString *data)
{
  g_autofree char *text = g_strdup (line->value);
  g_autofree guchar *bytes = NULL;
  gsize length = 0;

  bytes = g_base64_decode (text, &length);
  if (length > 0 && memchr (bytes, '\0', length) == NULL && g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
    {
      g_string_append_len (data, (const char *) bytes, (gssize) length);
      return TRUE;
    }
  systemd_job_say (job, REMARK_BLOCKS, line, _("a job's input is text in UTF-8"));
  return FALSE;
}

/* TRUE: there is input that the unit itself has. */
static gboolean
take_data (SystemdJob *job)
{
  static const char *const keys[] = { "StandardInputText", "StandardInputData", NULL };
  g_autoptr (GPtrArray) lines = unit_list (job->service, "Service", keys);
  g_autoptr (GString) data = g_string_new (NULL);
  gboolean is_good = TRUE;

  for (guint i = 0; i < lines->len && is_good; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);

      is_good = g_str_equal (line->key, "StandardInputText") ? append_text (job, line, data) : append_bytes (job, line, data);
      if (is_good)
        systemd_job_say (job, REMARK_SAME, line, "stdin");
    }
  if (lines->len > 0 && is_good)
    systemd_job_put (job, "stdin", g_variant_new_string (data->str));
  return lines->len > 0;
}

static void
take_input (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "StandardInput");
  g_autofree char *path = line != NULL ? get_file (job, line, "file:") : NULL;
  gboolean is_data = line == NULL || g_str_equal (line->value, "data");

  if (is_data)
    {
      take_data (job);
      return;
    }
  if (path != NULL)
    {
      g_autofree char *quoted = g_shell_quote (path);

      g_string_append_printf (job->setup, "exec <%s; ", quoted);
      systemd_job_say (job, REMARK_SAME, line, "shell: exec <%s", quoted);
    }
  else if (g_str_equal (line->value, "null"))
    systemd_job_say (job, REMARK_SAME, line, _("what jobs have anyway"));
  else
    systemd_job_say (job, REMARK_BLOCKS, line, _("a job reads a text, a file or nothing"));
}

/* --- output --- */

/* How a shell opens @value as systemd does: "file:" goes on from the beginning without cutting what is there. */
static const char *
get_operator (const char *value)
{
  static const char *const operators[][2] = { { "file:", "<>" }, { "append:", ">>" }, { "truncate:", ">" } };

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (value, operators[i][0]))
      return operators[i][1];
  return NULL;
}

static void
take_file (SystemdJob *job, const UnitLine *line, int stream, const char *operator)
{
  const char *colon = strchr (line->value, ':');
  g_autofree char *prefix = g_strndup (line->value, (gsize) (colon - line->value) + 1);
  g_autofree char *path = get_file (job, line, prefix);
  g_autofree char *quoted = path != NULL ? g_shell_quote (path) : NULL;

  if (quoted == NULL)
    {
      systemd_job_say (job, REMARK_BLOCKS, line, _("this is no absolute path"));
      return;
    }
  g_string_append_printf (job->setup, "exec %d%s%s; ", stream, operator, quoted);
  if (job->user != NULL && !g_str_equal (job->user, "root"))
    systemd_job_say (job, REMARK_DIFFERS, line, _("shell: exec %d%s%s; opened by %s and not by root"), stream, operator, quoted, job->user);
  else
    systemd_job_say (job, REMARK_DIFFERS, line, _("shell: exec %d%s%s; the job's log has nothing of it"), stream, operator, quoted);
}

static void
take_output (SystemdJob *job, const char *key, int stream)
{
  const UnitLine *line = unit_find (job->service, "Service", key);
  const char *operator = line != NULL ? get_operator (line->value) : NULL;

  if (line == NULL)
    return;
  if (operator != NULL)
    take_file (job, line, stream, operator);
  else if (g_str_equal (line->value, "inherit"))
    systemd_job_say (job, REMARK_SAME, line, _("as systemd and jobs do anyway"));
  else if (g_str_equal (line->value, "null"))
    {
      g_string_append_printf (job->setup, "exec %d>/dev/null; ", stream);
      systemd_job_say (job, REMARK_SAME, line, "shell: exec %d>/dev/null", stream);
    }
  else
    systemd_job_say (job, REMARK_DIFFERS, line, _("it is kept in the job's log"));
}

/* Unless it says otherwise, errors go where the output does. */
static void
follow_output (SystemdJob *job)
{
  const char *output = unit_get (job->service, "Service", "StandardOutput");
  const char *errors = unit_get (job->service, "Service", "StandardError");

  if (output != NULL && (errors == NULL || g_str_equal (errors, "inherit")) && (get_operator (output) != NULL || g_str_equal (output, "null")))
    g_string_append (job->setup, "exec 2>&1; ");
}

void
systemd_job_take_streams (SystemdJob *job)
{
  take_input (job);
  take_output (job, "StandardOutput", 1);
  follow_output (job);
  take_output (job, "StandardError", 2);
}
