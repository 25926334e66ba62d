/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "export-systemd.h"

#include <stdarg.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "text.h"
#include "unit-search.h"
#include "unit-words.h"

/* Units out of jobs: NAME.timer and NAME.service for each. */

static SystemdDraft *
draft_new (ExportJob *job, const ExportOptions *options)
{
  SystemdDraft *draft = g_new0 (SystemdDraft, 1);

  draft->job = job;
  draft->options = options;
  draft->name = g_strdup (job->name);
  draft->unit = g_string_new (NULL);
  draft->service = g_string_new (NULL);
  draft->timer = g_string_new (NULL);
  return draft;
}

static void
draft_free (SystemdDraft *draft)
{
  g_free (draft->name);
  g_string_free (draft->unit, TRUE);
  g_string_free (draft->service, TRUE);
  g_string_free (draft->timer, TRUE);
  g_free (draft);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SystemdDraft, draft_free)

/* --- what the parts share --- */

static void
add_remark (SystemdDraft *draft, RemarkKind kind, const char *key, const char *format, va_list arguments)
{
  gboolean is_given = jt_setting_info_find (key) != NULL && jt_settings_has (draft->job->settings, key);
  g_autofree char *text = is_given ? export_job_get_text (draft->job, key) : NULL;
  g_autofree char *what = is_given ? g_strdup_printf ("%s=%s", key, text) : g_strdup (key);
  g_autofree char *why = g_strdup_vprintf (format, arguments);

  remarks_add (draft->job->remarks, kind, what, "%s", why);
}

void
systemd_draft_lose (SystemdDraft *draft, const char *key, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_remark (draft, REMARK_LOST, key, format, arguments);
  va_end (arguments);
}

void
systemd_draft_differ (SystemdDraft *draft, const char *key, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_remark (draft, REMARK_DIFFERS, key, format, arguments);
  va_end (arguments);
}

void
systemd_draft_put (GString *section, const char *key, const char *value)
{
  g_string_append_printf (section, "%s=%s\n", key, value);
}

static char *
double_characters (const char *text, const char *characters)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (strchr (characters, *text) != NULL)
        g_string_append_c (out, *text);
      g_string_append_c (out, *text);
    }
  return g_string_free (out, FALSE);
}

/* One word of a value: "%" and, in a command, "$" stand for themselves. (transfer full) */
char *
systemd_draft_quote (const char *word, gboolean is_command)
{
  g_autofree char *doubled = double_characters (word, is_command ? "%$" : "%");

  return unit_word_quote (doubled);
}

/* A value that systemd takes as it stands, but for blanks at its ends, a backslash at its end, and a line's end in it. */
void
systemd_draft_put_text (SystemdDraft *draft, GString *section, const char *key, const char *setting, const char *value)
{
  g_autofree char *doubled = double_characters (value, "%");
  gsize length = strlen (value);

  if (length > 0 && strpbrk (value, "\n\r") == NULL && !g_ascii_isspace (value[0]) && !g_ascii_isspace (value[length - 1]) && value[length - 1] != '\\')
    systemd_draft_put (section, key, doubled);
  else
    systemd_draft_lose (draft, setting, _("%s= of systemd cannot have it: a blank or backslash at an end, or an end of line"), key);
}

/* Microseconds in full: parts of a second would need a unit of their own. */
void
systemd_draft_put_span (GString *section, const char *key, guint64 usec)
{
  if (usec % G_USEC_PER_SEC == 0)
    g_string_append_printf (section, "%s=%" G_GUINT64_FORMAT "\n", key, usec / G_USEC_PER_SEC);
  else
    g_string_append_printf (section, "%s=%" G_GUINT64_FORMAT "us\n", key, usec);
}

/* --- names --- */

/* "@" begins an instance, which needs a name before it and one after. */
static void
check_name (SystemdDraft *draft)
{
  g_autofree char *service = g_strconcat (draft->name, ".service", NULL);
  g_autoptr (UnitName) parts = unit_name_parse (service);

  if (parts != NULL && g_strcmp0 (parts->instance, "") != 0)
    return;
  systemd_draft_lose (draft, draft->job->name, _("no unit can have that name; @ stands between a template's name and an instance's"));
  g_strdelimit (draft->name, "@", '-');
}

/* A unit of the administrator goes before the vendor's of the same name. */
static void
check_place (SystemdDraft *draft)
{
  g_auto (GStrv) folders = unit_search_list_folders (draft->options->is_session ? UNIT_MANAGER_USER : UNIT_MANAGER_SYSTEM);
  g_autofree char *service = g_strconcat (draft->name, ".service", NULL);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], service, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      systemd_draft_differ (draft, service, _("there is %s, and the unit would take its place or stand behind it"), path);
      return;
    }
}

/* --- files --- */

static void
append_comment (GString *text, const char *line)
{
  g_autofree char *shown = text_escape (line);

  g_string_append_printf (text, "# %s\n", shown);
}

static void
append_lost (GString *text, const ExportJob *job)
{
  for (guint i = 0; i < job->remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (job->remarks, i);
      g_autofree char *line = remark->kind >= REMARK_LOST ? g_strdup_printf (_("lost: %s: %s"), remark->what, remark->why) : NULL;

      if (line != NULL)
        append_comment (text, line);
    }
}

/* It says nothing about what runs: what cannot be written in it is left away. */
static char *
write_description (SystemdDraft *draft)
{
  const char *description = jt_settings_get_string (draft->job->settings, "description");
  g_autofree char *doubled = double_characters (description != NULL ? description : "", "%");

  g_strstrip (doubled);
  while (g_str_has_suffix (doubled, "\\"))
    doubled[strlen (doubled) - 1] = '\0';
  return *doubled != '\0' ? g_strdup_printf ("Description=%s\n", doubled) : g_strdup ("");
}

/* The section that both have, as far as there is anything in it. */
static void
append_unit (GString *text, SystemdDraft *draft, const char *lines)
{
  g_autofree char *description = write_description (draft);

  if (*description != '\0' || *lines != '\0')
    g_string_append_printf (text, "[Unit]\n%s%s\n", description, lines);
}

static void
write_service (SystemdDraft *draft, GPtrArray *files)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = g_strconcat (draft->name, ".service", NULL);

  append_comment (text, _("Written by jobctl export --to systemd. What runs from here must not run there as well: jobctl disable NAME"));
  append_lost (text, draft->job);
  append_unit (text, draft, draft->unit->str);
  g_string_append_printf (text, "[Service]\n%s", draft->service->str);
  export_files_add (files, name, text->str);
}

static void
write_timer (SystemdDraft *draft, GPtrArray *files)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = g_strconcat (draft->name, ".timer", NULL);

  append_comment (text, _("Written by jobctl export --to systemd. What runs from here must not run there as well: jobctl disable NAME"));
  append_unit (text, draft, "");
  g_string_append_printf (text, "[Timer]\n%s\n[Install]\nWantedBy=timers.target\n", draft->timer->str);
  export_files_add (files, name, text->str);
}

void
export_systemd_write (GPtrArray *jobs, const ExportOptions *options, GPtrArray *files)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      g_autoptr (SystemdDraft) draft = draft_new (g_ptr_array_index (jobs, i), options);

      check_name (draft);
      check_place (draft);
      systemd_draft_take_schedules (draft);
      systemd_draft_take_command (draft);
      systemd_draft_take_settings (draft);
      if (draft->timer->len > 0)
        write_timer (draft, files);
      write_service (draft, files);
    }
}
