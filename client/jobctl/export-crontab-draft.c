/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "crontab-text.h"
#include "crontab-variables.h"
#include "export-crontab.h"
#include "jt-recipient.h"
#include "jt-zone.h"

/* What a job's line says, and which variables have to hold for it. */

/* What a job has without asking for it, where cron gives less. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* Debian's cron leaves out a table with a longer one. */
#define MAX_LINE 998

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

/* Names to values, sorted. (transfer full) */
GTree *
crontab_environment_new (void)
{
  return g_tree_new_full (compare_names, NULL, g_free, g_free);
}

static void
set_variable (CrontabDraft *draft, const char *name, const char *value)
{
  g_tree_insert (draft->environment, g_strdup (name), g_strdup (value));
}

static const char *
get_variable (const CrontabDraft *draft, const char *name)
{
  return g_tree_lookup (draft->environment, (gpointer) name);
}

/* Remarks have a format of their own for one that is lost. */
static void
lose (CrontabDraft *draft, const char *what, const char *why)
{
  remarks_add (draft->job->remarks, REMARK_LOST, what, "%s", why);
}

/* --- the command --- */

/* As a shell has to be told that nothing in it is meant for it. */
static void
append_word (GString *line, const char *word)
{
  g_autofree char *quoted = NULL;

  if (line->len > 0)
    g_string_append_c (line, ' ');
  if (*word != '\0' && strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_./:@%+,-") == strlen (word))
    {
      g_string_append (line, word);
      return;
    }
  quoted = g_shell_quote (word);
  g_string_append (line, quoted);
}

/* SHELL -c LINE, as a crontab with that shell gives it. */
static gboolean
is_shell_command (char **command, const char *shell)
{
  return g_strv_length (command) == 3 && g_strcmp0 (command[0], shell) == 0 && g_str_equal (command[1], "-c");
}

static gboolean
is_like_sh (const char *shell)
{
  static const char *const names[] = { "sh", "bash", "dash", "ksh", "mksh", "zsh", "ash", NULL };
  g_autofree char *name = g_path_get_basename (shell);

  return g_strv_contains (names, name);
}

/* "exec" before a bare name: else a shell may have a command of its own that is called so. */
static char *
write_words (char **command)
{
  g_autoptr (GString) line = g_string_new (strchr (command[0], '/') != NULL ? NULL : "exec");

  for (; *command != NULL; command++)
    append_word (line, *command);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/* The line that the table's shell gets, before it goes anywhere. (transfer full) (nullable) */
static char *
write_command (CrontabDraft *draft)
{
  JtSettings *settings = draft->job->settings;
  const char *line = jt_settings_get_string (settings, "shell");
  g_auto (GStrv) command = jt_settings_get_strv (settings, "command");
  const char *shell = get_variable (draft, "SHELL");

  if (line == NULL && command[0] == NULL)
    {
      lose (draft, "command", _("there is none, so cron would have nothing to start"));
      return NULL;
    }
  if (line == NULL && shell != NULL && strchr (shell, '/') != NULL && is_shell_command (command, shell))
    return g_strdup (command[2]);
  if (shell != NULL && !g_str_equal (shell, CRONTAB_DEFAULT_SHELL))
    {
      g_autofree char *what = g_strdup_printf ("environment=SHELL=%s", shell);

      lose (draft, what, _("cron gives every line to that shell; the job is none of its lines"));
    }
  set_variable (draft, "SHELL", CRONTAB_DEFAULT_SHELL);
  return line != NULL ? g_strdup (line) : write_words (command);
}

/* cron goes to HOME; another folder is entered by the line itself. */
static char *
add_folder (CrontabDraft *draft, char *line)
{
  const char *folder = jt_settings_get_string (draft->job->settings, "working-directory");
  const char *home = get_variable (draft, "HOME");
  g_autofree char *owned = line;
  g_autoptr (GString) out = g_string_new (NULL);

  if (g_strcmp0 (folder, home) == 0)
    return g_steal_pointer (&owned);
  if (folder == NULL && g_path_is_absolute (home))
    lose (draft, "environment=HOME", _("cron runs the job in that folder; working-directory says so"));
  else if (folder == NULL)
    remarks_add (draft->job->remarks, REMARK_DIFFERS, "environment=HOME", "%s", _("it is not absolute; cron runs the job wherever it is itself, or not at all"));
  else if (!is_like_sh (get_variable (draft, "SHELL")))
    lose (draft, "working-directory", _("cron runs the job in its home folder, and its shell is not known to take cd"));
  else
    {
      append_word (out, "cd");
      append_word (out, folder);
      g_string_append_printf (out, " || exit; %s", owned);
      return g_string_free (g_steal_pointer (&out), FALSE);
    }
  return g_steal_pointer (&owned);
}

static void
write_line (CrontabDraft *draft, const ExportOptions *options)
{
  const char *input = jt_settings_get_string (draft->job->settings, "stdin");
  g_autofree char *command = write_command (draft);

  if (command == NULL)
    return;
  command = add_folder (draft, g_steal_pointer (&command));
  draft->line = crontab_text_join (command, input, options->cron);
  if (draft->line == NULL)
    {
      g_autofree char *alone = crontab_text_join (command, NULL, options->cron);

      if (alone == NULL)
        lose (draft, jt_settings_has (draft->job->settings, "shell") ? "shell" : "command",
              _("a crontab has no way to write an end of line in a command, nor a backslash before a percent sign"));
      else
        lose (draft, "stdin", _("cron ends the last line of the input itself, and has no way to write a backslash at the end of another"));
    }
  else if (strlen (draft->line) > MAX_LINE && options->cron != CRON_CRONIE)
    lose (draft, jt_settings_has (draft->job->settings, "shell") ? "shell" : "command",
          _("the line is longer than the 998 bytes that Debian's cron takes; put it into a script"));
  if (draft->line != NULL && options->cron == CRON_UNKNOWN && crontab_text_is_disputed (draft->line))
    remarks_add (draft->job->remarks, REMARK_DIFFERS, jt_settings_has (draft->job->settings, "shell") ? "shell" : "command", "%s",
                 _("its backslashes are written for Debian's cron, which hands one of two to the shell; cronie hands on both (--cron cronie)"));
}

/* --- variables --- */

/* Those that mean something to cron besides. */
static gboolean
check_variable (CrontabDraft *draft, const char *name, const char *value, const ExportOptions *options)
{
  g_autofree char *what = g_strdup_printf ("environment=%s", name);
  g_autofree char *quoted = crontab_text_quote (value);
  gboolean is_account = g_str_equal (name, "USER") || g_str_equal (name, "LOGNAME");

  if (options->cron != CRON_DEBIAN && (g_str_equal (name, "CRON_TZ") || g_str_equal (name, "RANDOM_DELAY")))
    lose (draft, what, _("cron reads it itself; the settings timezone and jitter say what it should read"));
  else if (is_account && !g_str_equal (value, export_job_get_user (draft->job)))
    lose (draft, what, _("cron sets it to the account's name"));
  else if (quoted == NULL)
    lose (draft, what, _("a crontab has no way to write this value"));
  else
    return !is_account;
  return FALSE;
}

static void
put_environment (CrontabDraft *draft, const ExportOptions *options)
{
  g_auto (GStrv) environment = jt_settings_get_strv (draft->job->settings, "environment");

  for (guint i = 0; environment[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (environment[i], "=", 2);

      if (check_variable (draft, parts[0], parts[1], options))
        set_variable (draft, parts[0], parts[1]);
    }
  if (get_variable (draft, "PATH") == NULL)
    set_variable (draft, "PATH", DEFAULT_PATH);
  if (get_variable (draft, "SHELL") == NULL)
    remarks_add (draft->job->remarks, REMARK_DIFFERS, "environment=SHELL", "%s", _("cron sets it to the shell of its lines, not to the account's"));
}

/* (transfer full) (nullable): as MAILTO has it; webhooks are lost */
static char *
join_recipients (CrontabDraft *draft, char **recipients)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *recipients != NULL; recipients++)
    {
      const char *name = strchr (*recipients, ':');

      if (g_str_has_prefix (*recipients, JT_RECIPIENT_WEBHOOK))
        lose (draft, *recipients, _("cron sends mail only"));
      else if (name != NULL)
        g_string_append_printf (out, "%s%s", out->len > 0 ? "," : "", name + 1);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* What the job finds in MAILTO and whom cron mails is one thing there. */
static void
put_recipients (CrontabDraft *draft)
{
  const char *mailto = get_variable (draft, "MAILTO");
  g_auto (GStrv) recipients = jt_settings_get_strv (draft->job->settings, "notify");
  g_autoptr (GPtrArray) ignored = remarks_new ();
  g_auto (GStrv) said = mailto != NULL ? crontab_recipients_parse (mailto, ignored) : NULL;
  g_autofree char *joined = NULL;

  if (said != NULL && g_strv_equal ((const char *const *) said, (const char *const *) recipients))
    return;
  if (recipients[0] == NULL)
    {
      if (mailto != NULL)
        remarks_add (draft->job->remarks, REMARK_DIFFERS, "environment=MAILTO", "%s", _("cron mails the output to it; notify says whom it should"));
      return;
    }
  joined = join_recipients (draft, recipients);
  if (*joined == '\0' && !g_str_equal (recipients[0], JT_RECIPIENT_NONE))
    return;
  if (mailto != NULL)
    remarks_add (draft->job->remarks, REMARK_DIFFERS, "environment=MAILTO", "%s", _("gives way to the recipients of notify"));
  set_variable (draft, "MAILTO", joined);
}

/* crontab_check_settings() says why another delay is none. */
static void
put_delay (CrontabDraft *draft, const ExportOptions *options)
{
  JtSettings *settings = draft->job->settings;
  guint64 minutes = jt_settings_get_uint64 (settings, "jitter") / (60 * G_USEC_PER_SEC);
  gboolean is_whole = minutes > 0 && minutes * 60 * G_USEC_PER_SEC == jt_settings_get_uint64 (settings, "jitter");
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, minutes);

  if (is_whole && jt_settings_get_boolean (settings, "jitter-fixed") && options->cron != CRON_DEBIAN)
    set_variable (draft, "RANDOM_DELAY", text);
}

/* --- times --- */

/* cronie's CRON_TZ is a variable like others to Debian's cron, which goes by the system's zone. */
static void
check_zone (CrontabDraft *draft, CrontabWhen *when, const char *what, const ExportOptions *options)
{
  g_autoptr (JtZone) system = jt_zone_get (NULL, NULL);
  gboolean is_other = when->zone != NULL && !g_str_equal (when->time, "@reboot")
                      && (system == NULL || g_strcmp0 (jt_zone_get_name (system), when->zone) != 0);

  if (is_other && options->cron == CRON_DEBIAN)
    remarks_add (draft->job->remarks, REMARK_LOST, what, _("the time is one of %s; Debian's cron goes by the system's zone"), when->zone);
  else if (is_other && options->cron == CRON_UNKNOWN)
    remarks_add (draft->job->remarks, REMARK_DIFFERS, what,
                 _("CRON_TZ=%s of cronie; Debian's cron takes no notice of it and goes by the system's zone"), when->zone);
  if (options->cron == CRON_DEBIAN)
    g_clear_pointer (&when->zone, g_free);
}

static void
add_when (CrontabDraft *draft, const char *schedule, const ExportOptions *options)
{
  const char *zone = jt_settings_get_string (draft->job->settings, "timezone");
  const char *fault = NULL;
  g_autofree char *what = g_strdup_printf ("schedule=%s", schedule);
  CrontabWhen *when = crontab_when_new (schedule, zone, options->now_usec, &fault);

  if (when == NULL)
    {
      lose (draft, what, fault);
      return;
    }
  for (guint i = 0; i < draft->whens->len; i++)
    if (crontab_whens_may_coincide (g_ptr_array_index (draft->whens, i), when, options->now_usec))
      {
        lose (draft, what, _("where two schedules elapse at one instant cron would start the job twice"));
        break;
      }
  check_zone (draft, when, zone != NULL ? "timezone" : what, options);
  g_ptr_array_add (draft->whens, when);
}

static void
put_times (CrontabDraft *draft, const ExportOptions *options)
{
  g_auto (GStrv) schedules = jt_settings_get_strv (draft->job->settings, "schedule");

  if (schedules[0] == NULL)
    lose (draft, "schedule", _("there is none, so cron would never start it"));
  for (guint i = 0; schedules[i] != NULL; i++)
    add_when (draft, schedules[i], options);
}

/* @job is borrowed; its remarks say what the draft has not got. */
CrontabDraft *
crontab_draft_new (ExportJob *job, const ExportOptions *options)
{
  CrontabDraft *draft = g_new0 (CrontabDraft, 1);

  draft->job = job;
  draft->whens = g_ptr_array_new_with_free_func ((GDestroyNotify) crontab_when_free);
  draft->environment = crontab_environment_new ();
  put_times (draft, options);
  put_environment (draft, options);
  write_line (draft, options);
  put_recipients (draft);
  put_delay (draft, options);
  crontab_check_settings (job, options);
  return draft;
}

void
crontab_draft_free (CrontabDraft *draft)
{
  if (draft == NULL)
    return;
  g_ptr_array_unref (draft->whens);
  g_tree_unref (draft->environment);
  g_free (draft->line);
  g_free (draft);
}
