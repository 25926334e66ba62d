/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "export-crontab.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "crontab-text.h"
#include "crontab-variables.h"
#include "text.h"

/* Crontabs out of jobs: one for all of them, or a file of /etc/cron.d for each.
 *
 * A variable holds from its line to the end of the table, and none can be taken back. So jobs with fewer of them come first; where
 * two have each what the other must not have, there is no such table. */

typedef struct
{
  const ExportOptions *options;
  GString             *text;  /* (owned) */
  GTree               *state; /* (owned) the variables that hold so far */
} Table;

static void
begin_table (Table *table, const ExportOptions *options)
{
  *table = (Table) { .options = options };
  table->text = g_string_new (NULL);
  table->state = crontab_environment_new ();
  g_tree_insert (table->state, g_strdup ("SHELL"), g_strdup (CRONTAB_DEFAULT_SHELL));
  g_tree_insert (table->state, g_strdup ("PATH"), g_strdup (CRONTAB_DEFAULT_PATH));
}

static void
end_table (Table *table)
{
  g_string_free (table->text, TRUE);
  g_tree_unref (table->state);
}

static void
set_variable (Table *table, const char *name, const char *value)
{
  g_autofree char *quoted = NULL;

  if (g_strcmp0 (g_tree_lookup (table->state, name), value) == 0)
    return;
  quoted = crontab_text_quote (value);
  g_string_append_printf (table->text, "%s=%s\n", name, quoted);
  g_tree_insert (table->state, g_strdup (name), g_strdup (value));
}

static gboolean
set_variable_cb (gpointer name, gpointer value, gpointer table)
{
  set_variable (table, name, value);
  return FALSE;
}

/* --- which come first --- */

/* Those with a zone come last, for the sake of cronie's way with tables that have one. */
static guint
count_variables (const CrontabDraft *draft)
{
  guint count = (guint) g_tree_nnodes (draft->environment);

  for (guint i = 0; i < draft->whens->len; i++)
    if (((const CrontabWhen *) g_ptr_array_index (draft->whens, i))->zone != NULL)
      return count + 1;
  return count;
}

static int
compare_drafts (gconstpointer a, gconstpointer b)
{
  guint count_a = count_variables (*(CrontabDraft *const *) a);
  guint count_b = count_variables (*(CrontabDraft *const *) b);

  return (count_a > count_b) - (count_a < count_b);
}

typedef struct
{
  const CrontabDraft *draft;
  const char *const  *of_cron;
  GString            *names; /* (owned) */
} Excess;

static gboolean
find_excess_cb (gpointer name, gpointer value, gpointer user_data)
{
  Excess *excess = user_data;

  if (!g_strv_contains (excess->of_cron, name) && g_tree_lookup (excess->draft->environment, name) == NULL)
    g_string_append_printf (excess->names, "%s%s", excess->names->len > 0 ? ", " : "", (const char *) name);
  return FALSE;
}

/* Variables that other jobs need and this one must not have. What cron reads itself can be said again so that it means nothing. */
static void
check_excess (Table *table, const CrontabDraft *draft)
{
  static const char *const of_cron[] = { "MAILTO", "CRON_TZ", "RANDOM_DELAY", NULL };
  static const char *const of_debian[] = { "MAILTO", NULL };
  g_autoptr (GString) names = g_string_new (NULL);
  Excess excess = { draft, table->options->cron == CRON_DEBIAN ? of_debian : of_cron, names };

  g_tree_foreach (table->state, find_excess_cb, &excess);
  if (names->len > 0)
    remarks_add (draft->job->remarks, REMARK_LOST, names->str, "%s",
                 _("other jobs need it, this one has not got it, and a crontab takes no variable back; --output-folder writes a file for each"));
}

static gboolean
is_set (Table *table, const char *name, const char *nothing)
{
  const char *value = g_tree_lookup (table->state, name);

  return value != NULL && !g_str_equal (value, nothing);
}

/* What holds by what other jobs said to cron, and must not for this one. */
static void
say_nothing_again (Table *table, const CrontabDraft *draft)
{
  const char *user = export_job_get_user (draft->job);

  if (table->options->cron != CRON_DEBIAN && is_set (table, "RANDOM_DELAY", "0") && g_tree_lookup (draft->environment, "RANDOM_DELAY") == NULL)
    set_variable (table, "RANDOM_DELAY", "0");
  if (!is_set (table, "MAILTO", user) || g_tree_lookup (draft->environment, "MAILTO") != NULL)
    return;
  set_variable (table, "MAILTO", user);
  remarks_add (draft->job->remarks, REMARK_DIFFERS, "MAILTO", _("is set to %s, whom cron mails anyway; the job finds it in its environment"), user);
}

static void
set_zone (Table *table, const CrontabDraft *draft, const CrontabWhen *when)
{
  if (table->options->cron == CRON_DEBIAN)
    return;
  if (when->zone != NULL)
    set_variable (table, "CRON_TZ", when->zone);
  else if (is_set (table, "CRON_TZ", ""))
    {
      set_variable (table, "CRON_TZ", "");
      if (!g_str_equal (when->time, "@reboot"))
        remarks_add (draft->job->remarks, REMARK_DIFFERS, "CRON_TZ", "%s", _("is emptied for it; with one cronie may leave out a line that is due while the system's clock is changed"));
    }
}

/* --- what is written --- */

static void
append_comment (Table *table, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append_comment (Table *table, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = text_escape (text);
  g_string_append_printf (table->text, "# %s\n", shown);
}

static void
append_comments (Table *table, const CrontabDraft *draft)
{
  const char *description = jt_settings_get_string (draft->job->settings, "description");
  g_auto (GStrv) tags = jt_settings_get_strv (draft->job->settings, "tags");
  g_autofree char *all_tags = g_strjoinv (", ", tags);

  g_string_append_c (table->text, '\n');
  append_comment (table, description != NULL ? "%s: %s" : "%s", draft->job->name, description);
  if (tags[0] != NULL)
    append_comment (table, _("tags: %s"), all_tags);
  for (guint i = 0; i < draft->job->remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (draft->job->remarks, i);

      if (remark->kind == REMARK_LOST)
        append_comment (table, _("lost: %s: %s"), remark->what, remark->why);
    }
}

static void
append_line (Table *table, const CrontabDraft *draft, const CrontabWhen *when)
{
  /* A line of somebody else's would run with the rights of whose crontab it gets into. */
  gboolean is_foreign = !table->options->with_user && !g_str_equal (export_job_get_user (draft->job), table->options->user);
  gboolean is_enabled = jt_settings_get_boolean (draft->job->settings, "enabled") && !is_foreign;

  set_zone (table, draft, when);
  g_string_append_printf (table->text, "%s%s ", is_enabled ? "" : "#", when->time);
  if (table->options->with_user)
    g_string_append_printf (table->text, "%s ", export_job_get_user (draft->job));
  g_string_append_printf (table->text, "%s\n", draft->line);
}

static void
append_draft (Table *table, const CrontabDraft *draft)
{
  gboolean has_lines = draft->line != NULL && draft->whens->len > 0;

  if (has_lines)
    check_excess (table, draft);
  append_comments (table, draft);
  if (!has_lines)
    return;
  say_nothing_again (table, draft);
  g_tree_foreach (draft->environment, set_variable_cb, table);
  for (guint i = 0; i < draft->whens->len; i++)
    append_line (table, draft, g_ptr_array_index (draft->whens, i));
}

static void
write_table (GPtrArray *drafts, guint first, guint count, const char *name, const ExportOptions *options, GPtrArray *files)
{
  Table table;

  begin_table (&table, options);
  append_comment (&table, "%s", _("Written by jobctl export --to crontab. What runs from here must not run there as well: jobctl disable NAME"));
  for (guint i = first; i < first + count; i++)
    append_draft (&table, g_ptr_array_index (drafts, i));
  export_files_add (files, name, table.text->str);
  end_table (&table);
}

/* cron reads no file of /etc/cron.d whose name has a dot. */
static char *
make_file_name (const char *name, GHashTable *taken)
{
  g_autofree char *base = g_strcanon (g_strdup (name), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '-');
  char *unique = g_strdup (base);

  for (guint number = 2; g_hash_table_contains (taken, unique); number++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s-%u", base, number);
    }
  g_hash_table_add (taken, g_strdup (unique));
  return unique;
}

static void
write_files (GPtrArray *drafts, const ExportOptions *options, GPtrArray *files)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < drafts->len; i++)
    {
      const CrontabDraft *draft = g_ptr_array_index (drafts, i);
      g_autofree char *name = make_file_name (draft->job->name, taken);

      write_table (drafts, i, 1, name, options, files);
    }
}

void
export_crontab_write (GPtrArray *jobs, const ExportOptions *options, GPtrArray *files)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) crontab_draft_free);

  for (guint i = 0; i < jobs->len; i++)
    g_ptr_array_add (drafts, crontab_draft_new (g_ptr_array_index (jobs, i), options));
  if (options->is_split)
    {
      write_files (drafts, options, files);
      return;
    }
  g_ptr_array_sort (drafts, compare_drafts);
  write_table (drafts, 0, drafts->len, "crontab", options, files);
}
