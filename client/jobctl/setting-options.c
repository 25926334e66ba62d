/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "setting-options.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-settings.h"
#include "jt-size.h"
#include "text.h"

/* What jobtracker-run gives a job whose settings name none. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define MAX_ENVIRONMENT_FILE (64 * 1024)

/* Words that come to the hand more easily than the keys they stand for. */
static const Option shorthands[] = {
  { "at", 0, N_("TIME"), N_("once: --schedule 'at TIME'"), "18:30" },
  { "every", 0, N_("DURATION"), N_("again and again: --schedule 'every DURATION'"), "15min" },
  { "env", 'e', N_("NAME=VALUE"), N_("the same as --environment"), "LANG=C.UTF-8" },
  { "env-file", 0, N_("FILE"), N_("the same as --environment-file"), "/etc/default/backup" },
  { "cwd", 'C', N_("FOLDER"), N_("the same as --working-directory"), "/srv" },
  { NULL },
};

/* An option for every known key, so that a key which no build has yet is answered by the service, not as a misspelling. */
const Option *
setting_options_get (void)
{
  static Option *options;
  guint count = 0;
  guint i = 0;

  if (options != NULL)
    return options;
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    count++;
  options = g_new0 (Option, count + 1);
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++, i++)
    {
      options[i].name = info->key;
      options[i].value_name = info->value_name != NULL ? info->value_name : N_("VALUE");
      options[i].help = info->help;
    }
  return options;
}

const Option *
setting_shorthands_get (void)
{
  return shorthands;
}

static const JtSettingInfo *
find_setting (const char *key, GError **error)
{
  const JtSettingInfo *info = jt_setting_info_find (key);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *shown = NULL;
  const char *nearest;

  if (info != NULL)
    return info;
  shown = text_escape (key);
  names = g_ptr_array_new ();
  for (const JtSettingInfo *known = jt_settings_get_table (); known->key != NULL; known++)
    g_ptr_array_add (names, (char *) known->key);
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (key, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown setting '%s'; did you mean '%s'?"), shown, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown setting '%s'; jobctl add --help lists them"), shown);
  return NULL;
}

/* The service knows only its own folder: a path that depends on where the command is given means nothing to it. */
static gboolean
check_absolute (const char *key, const char *path, GError **error)
{
  g_autofree char *absolute = NULL;

  if (g_path_is_absolute (path))
    return TRUE;
  absolute = g_canonicalize_filename (path, NULL);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s: '%s' must be absolute; here it would be %s"), key, path, absolute);
  return FALSE;
}

/**
 * setting_put_text:
 * @text: the value as a person writes it; for a list, all of it, separated by ";"
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT or %JT_ERROR_INVALID_SETTINGS naming the key, or the nearest there is
 */
gboolean
setting_put_text (GVariantDict *settings, const char *key, const char *text, GError **error)
{
  const JtSettingInfo *info = find_setting (key, error);
  g_autoptr (GVariant) value = NULL;

  if (info == NULL)
    return FALSE;
  if ((g_str_equal (key, "working-directory") || g_str_equal (key, "environment-file")) && !check_absolute (key, text, error))
    return FALSE;
  value = jt_setting_parse_text (info, text, error);
  if (value == NULL)
    return FALSE;
  g_variant_dict_insert_value (settings, key, value);
  return TRUE;
}

/* A setting as a person writes it, but for separators that are easier to read. (transfer full) */
char *
setting_to_text (const char *key, GVariant *value)
{
  const JtSettingInfo *info = jt_setting_info_find (key);
  g_autofree const char **words = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_strdup (g_variant_get_string (value, NULL));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) && info != NULL && info->is_duration)
    return jt_duration_format ((gint64) g_variant_get_uint64 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) && info != NULL && info->is_size)
    return jt_size_format (g_variant_get_uint64 (value));
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_print (value, FALSE);
  words = g_variant_get_strv (value, NULL);
  return g_strjoinv ("; ", (char **) words);
}

/* One element more of a list: options are repeated instead of separated. */
static void
append_text (GVariantDict *settings, const char *key, const char *text)
{
  g_auto (GStrv) before = NULL;
  guint length;

  if (!g_variant_dict_lookup (settings, key, "^as", &before))
    before = g_new0 (char *, 1);
  length = g_strv_length (before);
  before = g_renew (char *, before, length + 2);
  before[length] = g_strdup (text);
  before[length + 1] = NULL;
  g_variant_dict_insert (settings, key, "^as", before);
}

static gboolean
check_variable (const char *text, GError **error)
{
  const char *equals = strchr (text, '=');

  if (equals != NULL && equals != text)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--env: '%s' is not NAME=VALUE"), text);
  return FALSE;
}

/* The key that an option stands for. */
static const char *
key_of_option (const char *name)
{
  if (g_str_equal (name, "at") || g_str_equal (name, "every"))
    return "schedule";
  if (g_str_equal (name, "env"))
    return "environment";
  if (g_str_equal (name, "env-file"))
    return "environment-file";
  return g_str_equal (name, "cwd") ? "working-directory" : name;
}

static gboolean
take_option (GVariantDict *settings, const char *name, const char *value, GError **error)
{
  const JtSettingInfo *info;
  g_autofree char *schedule = NULL;

  if (g_str_equal (name, "at") || g_str_equal (name, "every"))
    {
      schedule = g_strdup_printf ("%s %s", name, value);
      append_text (settings, "schedule", schedule);
      return TRUE;
    }
  name = key_of_option (name);
  if (g_str_equal (name, "environment") && !check_variable (value, error))
    return FALSE;
  info = jt_setting_info_find (name);
  if (info == NULL)
    return TRUE;
  if (!g_str_equal (info->type, "as"))
    return setting_put_text (settings, name, value, error);
  append_text (settings, name, value);
  return TRUE;
}

static gboolean
take_command (char **command, GVariantDict *settings, GError **error)
{
  if (command[0] == NULL)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("the command is missing after --"));
      return FALSE;
    }
  for (guint i = 0; command[i] != NULL; i++)
    {
      const char *end;

      if (g_utf8_validate (command[i], -1, &end))
        continue;
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("word %u of the command is not valid UTF-8 at byte %d"), i + 1,
                   (int) (end - command[i]) + 1);
      return FALSE;
    }
  g_variant_dict_insert (settings, "command", "^as", command);
  return TRUE;
}

/**
 * setting_read_options:
 *
 * Puts what the options say, and the command after "--", into @settings.
 *
 * Returns: %FALSE with an error that names the option
 */
gboolean
setting_read_options (Options *options, GVariantDict *settings, GError **error)
{
  if (options_has (options, "at") && options_has (options, "every"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                           _("use one of --at and --every; several --schedule may stand together"));
      return FALSE;
    }
  for (guint i = 0; i + 1 < options->order->len; i += 2)
    if (!take_option (settings, g_ptr_array_index (options->order, i), g_ptr_array_index (options->order, i + 1), error))
      return FALSE;
  return options->command == NULL || take_command (options->command, settings, error);
}

/**
 * setting_read_report_options:
 *
 * The same for work that the service does not start: what would say how it is started is refused, not ignored.
 *
 * Returns: %FALSE with an error that names the option
 */
gboolean
setting_read_report_options (Options *options, GVariantDict *settings, GError **error)
{
  for (guint i = 0; i + 1 < options->order->len; i += 2)
    {
      const char *name = g_ptr_array_index (options->order, i);
      const JtSettingInfo *info = jt_setting_info_find (key_of_option (name));

      if (info == NULL || info->status == JT_SETTING_PROMISED || jt_setting_is_for_reports (info->key))
        continue;
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                   _("--%s: a report says what was done, not how a job is started; that is for jobctl add"), name);
      return FALSE;
    }
  return setting_read_options (options, settings, error);
}

static char *
find_path_of (GVariant *settings)
{
  g_auto (GStrv) environment = NULL;
  const char *path = NULL;

  if (g_variant_lookup (settings, "environment", "^as", &environment))
    path = g_environ_getenv (environment, "PATH");
  return g_strdup (path != NULL ? path : DEFAULT_PATH);
}

static gboolean
check_program_file (const char *path, GError **error)
{
  g_autofree char *shown = text_escape (path);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("command: %s is not found"), shown);
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("command: %s is a folder"), shown);
  else if (access (path, X_OK) != 0)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("command: %s is not executable; chmod +x %s"), shown, shown);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_program (const char *program, const char *path, GError **error)
{
  g_auto (GStrv) folders = NULL;
  g_autofree char *shown = NULL;

  if (g_path_is_absolute (program))
    return check_program_file (program, error);
  /* What has a slash and is not absolute, or is empty, is the service's to refuse. */
  if (strchr (program, '/') != NULL || *program == '\0')
    return TRUE;
  folders = g_strsplit (path, ":", -1);
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *candidate = g_build_filename (folders[i], program, NULL);

      if (access (candidate, X_OK) == 0 && !g_file_test (candidate, G_FILE_TEST_IS_DIR))
        return TRUE;
    }
  shown = text_escape (program);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("command: %s is not found in PATH=%s"), shown, path);
  return FALSE;
}

/* Opened as the caller: the service, which may read more, must not tell what is in a file. */
static gboolean
check_environment_file (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  g_autofree char *buffer = g_malloc (MAX_ENVIRONMENT_FILE + 1);
  gsize length = 0;
  gssize got = 1;
  int code = errno;

  if (fd >= 0)
    {
      while (length <= MAX_ENVIRONMENT_FILE && (got = read (fd, buffer + length, MAX_ENVIRONMENT_FILE + 1 - length)) > 0)
        length += (gsize) got;
      code = errno;
      close (fd);
    }
  if (fd < 0 || got < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("environment-file: cannot read %s: %s"), path, g_strerror (code));
      return FALSE;
    }
  if (length <= MAX_ENVIRONMENT_FILE)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("environment-file: %s is larger than 64 KiB"), path);
  return FALSE;
}

/**
 * setting_check_files:
 * @settings: `a{sv}`
 *
 * That the program and the environment file are there: a misspelling is found now and not at half past two.
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT or %JT_ERROR_TOO_LARGE
 */
gboolean
setting_check_files (GVariant *settings, GError **error)
{
  g_auto (GStrv) command = NULL;
  g_autofree char *path = find_path_of (settings);
  const char *environment_file;

  if (g_variant_lookup (settings, "environment-file", "&s", &environment_file) && *environment_file != '\0'
      && !check_environment_file (environment_file, error))
    return FALSE;
  if (!g_variant_lookup (settings, "command", "^as", &command) || command[0] == NULL)
    return TRUE;
  return check_program (command[0], path, error);
}
