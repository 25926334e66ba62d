/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "text-file.h"
#include "unit-words.h"

/* The variables that a service finds, systemd.exec(5), "ENVIRONMENT": those that it names, and files of them. */

#define MAX_FILE (64 * 1024)

/* What a job is given anyway. */
#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static gboolean
is_assignment (const char *text)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

  return length > 0 && !g_ascii_isdigit (*text) && text[length] == '=';
}

static void
set_variable (SystemdJob *job, const char *assignment)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name = g_strndup (assignment, (gsize) (equals - assignment));

  job->environment = g_environ_setenv (job->environment, name, equals + 1, TRUE);
}

/* --- Environment= --- */

static gboolean
take_assignment (SystemdJob *job, const UnitLine *line, const char *word)
{
  g_autofree char *assignment = systemd_job_expand (job, line, word);

  if (assignment == NULL)
    return FALSE;
  if (is_assignment (assignment))
    set_variable (job, assignment);
  else
    systemd_job_say (job, REMARK_LOST, line, _("'%.64s' is not NAME=VALUE, and systemd passes it over as well"), assignment);
  return is_assignment (assignment);
}

static void
take_line (SystemdJob *job, const UnitLine *line)
{
  const char *at = line->value;
  g_autoptr (GError) error = NULL;
  gboolean is_good = TRUE;
  char *word;

  while (unit_word_take (&at, UNIT_ESCAPES_STRICT, &word, &error) && word != NULL)
    {
      is_good = take_assignment (job, line, word) && is_good;
      g_free (word);
    }
  if (error != NULL)
    systemd_job_say (job, REMARK_LOST, line, _("%s, and systemd passes over what follows as well"), error->message);
  else if (is_good)
    systemd_job_say (job, REMARK_SAME, line, "environment");
}

static void
take_variables (SystemdJob *job)
{
  static const char *const keys[] = { "Environment", NULL };
  g_autoptr (GPtrArray) lines = unit_list (job->service, "Service", keys);

  for (guint i = 0; i < lines->len; i++)
    take_line (job, g_ptr_array_index (lines, i));
}

static void
take_back_variables (SystemdJob *job)
{
  static const char *const keys[] = { "UnsetEnvironment", NULL };
  g_autoptr (GPtrArray) lines = unit_list (job->service, "Service", keys);

  for (guint i = 0; i < lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);
      g_auto (GStrv) words = unit_words_split (line->value, UNIT_ESCAPES_KEPT, NULL);

      for (guint w = 0; words != NULL && words[w] != NULL; w++)
        if (strchr (words[w], '=') == NULL || g_strcmp0 (g_environ_getenv (job->environment, words[w]), strchr (words[w], '=') + 1) == 0)
          {
            words[w][strcspn (words[w], "=")] = '\0';
            job->environment = g_environ_unsetenv (job->environment, words[w]);
          }
      systemd_job_say (job, REMARK_DIFFERS, line, _("what every job finds (PATH, HOME and the like) is set all the same"));
    }
}

/* --- EnvironmentFile= --- */

/* Whether a line means to a job what it means to systemd: no escapes, no quotes but those around a value. */
static gboolean
is_plain_line (const char *line)
{
  const char *value = strchr (line, '=');
  gsize length;

  line += strspn (line, " \t");
  if (*line == '\0' || *line == '#')
    return TRUE;
  if (value == NULL || !is_assignment (line))
    return FALSE;
  length = strlen (++value);
  if (length >= 2 && (*value == '"' || *value == '\'') && value[length - 1] == *value)
    return strcspn (value + 1, "\"'\\`$") == length - 2;
  return strpbrk (value, "\"'\\") == NULL && !g_ascii_isspace (*value) && (length == 0 || !g_ascii_isspace (value[length - 1]));
}

/* A variable that the unit sets and the file as well: in systemd the file's counts, in a job the setting's. */
static const char *
find_clash (const char *const *lines, char **environment)
{
  for (; environment != NULL && *environment != NULL; environment++)
    for (guint i = 0; lines[i] != NULL; i++)
      {
        const char *line = lines[i] + strspn (lines[i], " \t");
        gsize length = strcspn (*environment, "=") + 1;

        if (strncmp (line, *environment, length) == 0)
          return *environment;
      }
  return NULL;
}

static void
say_about_file (SystemdJob *job, const UnitLine *line, const char *path, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const char *clash = find_clash ((const char *const *) lines, job->environment);
  gboolean is_plain = TRUE;

  for (guint i = 0; lines[i] != NULL; i++)
    is_plain = is_plain && is_plain_line (lines[i]);
  if (clash != NULL)
    systemd_job_say (job, REMARK_BLOCKS, line, _("the file sets %.*s, which Environment= sets as well: there the file wins, in a job Environment="),
                     (int) strcspn (clash, "="), clash);
  else if (!is_plain)
    systemd_job_say (job, REMARK_DIFFERS, line,
                     _("environment-file=%s; a job takes quotes off only around a whole value, and knows no escapes and no lines that go on"), path);
  else if (*line->value == '-')
    systemd_job_say (job, REMARK_DIFFERS, line, _("environment-file=%s; a job whose file is gone does not start"), path);
  else
    systemd_job_say (job, REMARK_SAME, line, "environment-file=%s", path);
}

static void
take_file (SystemdJob *job, const UnitLine *line)
{
  gboolean is_optional = *line->value == '-';
  g_autofree char *path = systemd_job_expand (job, line, line->value + (is_optional ? 1 : 0));
  g_autofree char *text = NULL;
  gsize length;

  if (path == NULL)
    return;
  if (*path != '/' || strpbrk (path, "*?[") != NULL)
    {
      systemd_job_say (job, REMARK_BLOCKS, line, _("a job reads one file, by its absolute path"));
      return;
    }
  text = text_file_read (path, MAX_FILE, &length, NULL);
  if (text == NULL && is_optional && access (path, F_OK) != 0)
    {
      systemd_job_say (job, REMARK_DIFFERS, line, _("there is no such file; should there be one, the job would not read it"));
      return;
    }
  if (job->environment_file != NULL)
    {
      systemd_job_say (job, REMARK_BLOCKS, line, _("a job reads one file of variables, and has %s"), job->environment_file);
      return;
    }
  job->environment_file = g_strdup (path);
  systemd_job_put (job, "environment-file", g_variant_new_string (path));
  if (text != NULL)
    say_about_file (job, line, path, text);
  else
    systemd_job_say (job, REMARK_DIFFERS, line, _("environment-file=%s; it cannot be read now"), path);
}

static void
take_files (SystemdJob *job)
{
  static const char *const keys[] = { "EnvironmentFile", NULL };
  g_autoptr (GPtrArray) lines = unit_list (job->service, "Service", keys);

  for (guint i = 0; i < lines->len; i++)
    take_file (job, g_ptr_array_index (lines, i));
}

/* --- what systemd adds --- */

/* StateDirectory=a b: /var/lib/a, /var/lib/b, made for the service, and named to it. */
static void
take_folders (SystemdJob *job, const char *key, const char *base, const char *variable)
{
  const char *keys[] = { key, NULL };
  g_autoptr (GPtrArray) lines = unit_list (job->service, "Service", keys);
  g_autoptr (GString) paths = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);
      g_auto (GStrv) words = unit_words_split (line->value, UNIT_ESCAPES_KEPT, NULL);

      for (guint w = 0; words != NULL && words[w] != NULL; w++)
        {
          g_autofree char *folder = systemd_job_expand (job, line, words[w]);

          if (folder != NULL)
            g_string_append_printf (paths, "%s%s/%.*s", paths->len > 0 ? ":" : "", base, (int) strcspn (folder, ":"), folder);
        }
      systemd_job_say (job, REMARK_DIFFERS, line, _("%s is set; the folder is not made for the job, and has to be there"), variable);
    }
  if (paths->len > 0)
    job->environment = g_environ_setenv (job->environment, variable, paths->str, TRUE);
}

static void
take_all_folders (SystemdJob *job)
{
  if (job->manager != UNIT_MANAGER_SYSTEM)
    return;
  take_folders (job, "StateDirectory", "/var/lib", "STATE_DIRECTORY");
  take_folders (job, "CacheDirectory", "/var/cache", "CACHE_DIRECTORY");
  take_folders (job, "LogsDirectory", "/var/log", "LOGS_DIRECTORY");
  take_folders (job, "ConfigurationDirectory", "/etc", "CONFIGURATION_DIRECTORY");
}

/* The user's manager passes on what the session has; without these two a job could not even ask it anything. */
static void
add_session (SystemdJob *job)
{
  g_autofree char *folder = g_strdup_printf ("/run/user/%u", getuid ());
  g_autofree char *address = g_strdup_printf ("unix:path=%s/bus", folder);

  if (job->manager != UNIT_MANAGER_USER)
    return;
  job->environment = g_environ_setenv (job->environment, "XDG_RUNTIME_DIR", folder, FALSE);
  job->environment = g_environ_setenv (job->environment, "DBUS_SESSION_BUS_ADDRESS", address, FALSE);
  remarks_add (job->remarks, REMARK_DIFFERS, "environment",
               _("XDG_RUNTIME_DIR and DBUS_SESSION_BUS_ADDRESS are set; what else the user's manager passes on, such as DISPLAY, is not"));
}

void
systemd_job_take_environment (SystemdJob *job)
{
  take_variables (job);
  take_back_variables (job);
  take_files (job);
  take_all_folders (job);
  add_session (job);
  if (g_strcmp0 (g_environ_getenv (job->environment, "PATH"), USUAL_PATH) == 0)
    job->environment = g_environ_unsetenv (job->environment, "PATH");
  if (job->environment != NULL && *job->environment != NULL)
    systemd_job_put (job, "environment", g_variant_new_strv ((const char *const *) job->environment, -1));
}
