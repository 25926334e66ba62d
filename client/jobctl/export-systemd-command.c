/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "export-systemd.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* What a job runs, as whom, where and with which variables, as a service. */

/* What a job finds there without asking for it. */
#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define MAX_INPUT_LINE 512

/* --- command --- */

/* Words of a command line: the first says what is run, and no variable is looked for in it. */
static char *
write_words (char **words)
{
  gboolean has_dollar = strchr (words[0], '$') != NULL;
  GString *text = g_string_new (has_dollar ? ":" : NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *word = systemd_draft_quote (words[i], !has_dollar);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", word);
    }
  return g_string_free (text, FALSE);
}

static char **
list_words (JtSettings *settings)
{
  const char *shell = jt_settings_get_string (settings, "shell");
  const char *words[] = { "/bin/sh", "-c", shell, NULL };

  return shell != NULL ? g_strdupv ((char **) words) : jt_settings_get_strv (settings, "command");
}

/* A bare name is looked for in the job's own PATH, and systemd has a setting for that. */
static void
put_search_path (SystemdDraft *draft, const char *program)
{
  g_auto (GStrv) environment = jt_settings_get_strv (draft->job->settings, "environment");
  const char *path = g_environ_getenv (environment, "PATH");
  g_auto (GStrv) folders = g_strsplit (path != NULL ? path : "", ":", -1);

  if (*program == '/' || path == NULL)
    return;
  for (guint i = 0; folders[i] != NULL; i++)
    if (*folders[i] != '/')
      {
        systemd_draft_lose (draft, "command", _("it is looked for in a PATH with a folder that is not absolute"));
        return;
      }
  systemd_draft_put_text (draft, draft->service, "ExecSearchPath", "environment", path);
}

static void
put_command (SystemdDraft *draft)
{
  const char *key = jt_settings_has (draft->job->settings, "shell") ? "shell" : "command";
  g_auto (GStrv) words = list_words (draft->job->settings);
  g_autofree char *text = words[0] != NULL ? write_words (words) : NULL;

  if (text == NULL)
    {
      systemd_draft_lose (draft, "command", _("there is none, so systemd would have nothing to start"));
      return;
    }
  /* What stands before a program's name would be read as a prefix, and a control character refused. */
  if (strchr ("-@:+!", *words[0]) != NULL || strpbrk (words[0], "\n\t") != NULL)
    {
      systemd_draft_lose (draft, key, _("systemd cannot start a program of that name"));
      return;
    }
  put_search_path (draft, words[0]);
  systemd_draft_put (draft->service, "ExecStart", text);
}

/* --- variables --- */

/* Variables of the service that a line may look at, and that systemd has no equal for. */
static void
check_own_variables (SystemdDraft *draft)
{
  static const char *const names[] = { "JOBTRACKER_RUN", "JOBTRACKER_ATTEMPT", "JOBTRACKER_SCHEDULED_FOR", NULL };
  g_auto (GStrv) words = list_words (draft->job->settings);
  g_autofree char *all = g_strjoinv (" ", words);

  for (guint i = 0; names[i] != NULL; i++)
    if (strstr (all, names[i]) != NULL)
      systemd_draft_lose (draft, names[i], _("the command looks at it, and systemd does not set it"));
  if (strstr (all, "JOBTRACKER_JOB") != NULL)
    {
      g_autofree char *assignment = g_strconcat ("JOBTRACKER_JOB=", draft->job->name, NULL);

      systemd_draft_put (draft->service, "Environment", assignment);
    }
}

static gboolean
is_good_value (const char *text)
{
  for (; *text != '\0'; text++)
    if (((guchar) *text < 32 && strchr ("\n\t", *text) == NULL) || *text == 127)
      return FALSE;
  return TRUE;
}

static void
put_environment (SystemdDraft *draft)
{
  g_auto (GStrv) environment = jt_settings_get_strv (draft->job->settings, "environment");
  const char *file = jt_settings_get_string (draft->job->settings, "environment-file");

  if (g_environ_getenv (environment, "PATH") == NULL)
    systemd_draft_put (draft->service, "Environment", "PATH=" USUAL_PATH);
  for (guint i = 0; environment[i] != NULL; i++)
    {
      g_autofree char *word = systemd_draft_quote (environment[i], FALSE);

      if (is_good_value (environment[i]))
        systemd_draft_put (draft->service, "Environment", word);
      else
        systemd_draft_lose (draft, "environment", _("systemd takes no control characters in the value of a variable"));
    }
  if (file == NULL)
    return;
  if (strpbrk (file, "*?[") != NULL)
    systemd_draft_lose (draft, "environment-file", _("systemd takes * ? and [ in the name for a pattern"));
  else
    systemd_draft_put_text (draft, draft->service, "EnvironmentFile", "environment-file", file);
  systemd_draft_differ (draft, "environment-file", _("systemd reads quotes, backslashes and lines that go on in it; where environment sets the same "
                                                     "variable, the file wins"));
}

/* --- account and folder --- */

/* Said for root as well: HOME and the like are set by it. A user's manager runs all as its user. */
static void
put_user (SystemdDraft *draft)
{
  const char *user = export_job_get_user (draft->job);

  if (!draft->options->is_session)
    systemd_draft_put_text (draft, draft->service, "User", "user", user);
  else if (!g_str_equal (user, draft->options->user))
    systemd_draft_lose (draft, "user", _("a user's service runs as that user"));
}

static void
put_account (SystemdDraft *draft)
{
  const char *group = jt_settings_get_string (draft->job->settings, "group");
  const char *folder = jt_settings_get_string (draft->job->settings, "working-directory");

  put_user (draft);
  if (group != NULL)
    systemd_draft_put_text (draft, draft->service, "Group", "group", group);
  if (folder != NULL)
    systemd_draft_put_text (draft, draft->service, "WorkingDirectory", "working-directory", folder);
  else
    systemd_draft_put (draft->service, "WorkingDirectory", "-~");
}

/* --- input --- */

/* Whether each line can stand as text, as it is. */
static gboolean
is_plain_input (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint count = g_strv_length (lines);

  /* systemd ends each line itself. */
  if (count < 2 || *lines[count - 1] != '\0')
    return FALSE;
  for (guint i = 0; i + 1 < count; i++)
    {
      gsize length = strlen (lines[i]);

      if (length == 0 || length > MAX_INPUT_LINE || strpbrk (lines[i], "\\\r") != NULL || g_ascii_isspace (lines[i][0])
          || g_ascii_isspace (lines[i][length - 1]))
        return FALSE;
    }
  return TRUE;
}

static void
put_input (SystemdDraft *draft)
{
  const char *text = jt_settings_get_string (draft->job->settings, "stdin");
  g_auto (GStrv) lines = NULL;
  g_autofree char *encoded = NULL;

  if (text == NULL)
    return;
  systemd_draft_put (draft->service, "StandardInput", "data");
  if (!is_plain_input (text))
    {
      encoded = g_base64_encode ((const guchar *) text, strlen (text));
      systemd_draft_put (draft->service, "StandardInputData", encoded);
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    systemd_draft_put_text (draft, draft->service, "StandardInputText", "stdin", lines[i]);
}

void
systemd_draft_take_command (SystemdDraft *draft)
{
  gboolean waits = g_strcmp0 (jt_settings_get_string (draft->job->settings, "leftover"), "wait") == 0;

  /* A oneshot is its command; ExitType= is for the others. */
  systemd_draft_put (draft->service, "Type", waits ? "exec" : "oneshot");
  put_command (draft);
  put_account (draft);
  check_own_variables (draft);
  put_environment (draft);
  put_input (draft);
}
