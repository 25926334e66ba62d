/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <signal.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-dependency.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-recipient.h"
#include "jt-settings-table.h"

#define MAX_TEXT 256
#define MAX_TAG 64
#define MAX_PATH_LENGTH 4096
#define MAX_COMMAND_TOTAL (128 * 1024)
#define MAX_STDIN (64 * 1024)
#define MAX_SCHEDULE 4096
#define MAX_NAME 128

#define REFUSE(error, code, ...) (g_set_error (error, JT_ERROR, code, __VA_ARGS__), FALSE)

/* Characters that change how a terminal or a page shows the text after them: U+202A-202E, U+2066-2069, U+200E-200F, U+061C. */
static gboolean
turns_direction (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

gboolean
jt_setting_check_printable (const char *key, const char *text, gsize most, GError **error)
{
  gsize length = strlen (text);

  if (length > most)
    return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: %zu bytes, limit %zu"), key, length, most);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_iscntrl (c))
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: control character at byte %d"), key, (int) (at - text) + 1);
      if (turns_direction (c))
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: bidi control U+%04X at byte %d"), key, c, (int) (at - text) + 1);
    }
  return TRUE;
}

gboolean
jt_setting_check_text (const char *key, GVariant *value, GError **error)
{
  return jt_setting_check_printable (key, g_variant_get_string (value, NULL), MAX_TEXT, error);
}

gboolean
jt_setting_check_command (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **words = g_variant_get_strv (value, NULL);
  gsize total = 0;

  if (words[0] == NULL || *words[0] == '\0')
    return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: is empty; give a program and its arguments"), key);
  if (strchr (words[0], '/') != NULL && *words[0] != '/')
    return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is neither an absolute path nor a bare name"), key, words[0]);
  for (guint i = 0; words[i] != NULL; i++)
    total += strlen (words[i]) + 1;
  if (total > MAX_COMMAND_TOTAL)
    return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: total %zu bytes, limit %d"), key, total, MAX_COMMAND_TOTAL);
  return TRUE;
}

gboolean
jt_setting_check_shell (const char *key, GVariant *value, GError **error)
{
  gsize length;
  const char *line = g_variant_get_string (value, &length);

  if (length > MAX_COMMAND_TOTAL)
    return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: %zu bytes, limit %d"), key, length, MAX_COMMAND_TOTAL);
  if (*line == '\0')
    return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: is empty; give a line for /bin/sh"), key);
  return TRUE;
}

gboolean
jt_setting_check_stdin (const char *key, GVariant *value, GError **error)
{
  gsize length;

  g_variant_get_string (value, &length);
  if (length > MAX_STDIN)
    return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: %zu bytes, limit %d"), key, length, MAX_STDIN);
  return TRUE;
}

/* Names as useradd(8) makes them, or a number below the two that mean "none". */
gboolean
jt_setting_check_account (const char *key, GVariant *value, GError **error)
{
  const char *name = g_variant_get_string (value, NULL);
  guint64 number;

  if (g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT64, &number, NULL))
    {
      if (number >= G_MAXUINT32 || number == 65535)
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: %s is a reserved number; no account has it"), key, name);
      return TRUE;
    }
  if (strlen (name) > MAX_NAME)
    return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: %zu bytes, limit %d"), key, strlen (name), MAX_NAME);
  if (!g_ascii_isalpha (*name) && *name != '_')
    return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not an account's name; it begins with a letter"), key, name);
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("_-.@$", *at) == NULL)
      return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not an account's name (byte %d)"), key, name, (int) (at - name) + 1);
  return TRUE;
}

gboolean
jt_setting_check_path (const char *key, GVariant *value, GError **error)
{
  const char *path = g_variant_get_string (value, NULL);

  if (!jt_setting_check_printable (key, path, MAX_PATH_LENGTH, error))
    return FALSE;
  if (*path != '/')
    return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not absolute; it must begin with /"), key, path);
  return TRUE;
}

gboolean
jt_setting_check_environment (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **entries = g_variant_get_strv (value, NULL);
  gsize total = 0;

  for (guint i = 0; entries[i] != NULL; i++)
    {
      const char *equals = strchr (entries[i], '=');

      total += strlen (entries[i]) + 1;
      if (equals == NULL || equals == entries[i])
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not NAME=VALUE"), key, entries[i]);
      for (const char *at = entries[i]; at < equals; at++)
        if ((!g_ascii_isalnum (*at) && *at != '_') || g_ascii_isdigit (*entries[i]))
          return REFUSE (error, JT_ERROR_INVALID_SETTINGS,
                         _("%s: '%.*s' is not a variable's name; letters, digits and _ , no digit first"), key,
                         (int) MIN (equals - entries[i], 64), entries[i]);
    }
  if (total > MAX_COMMAND_TOTAL)
    return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: total %zu bytes, limit %d"), key, total, MAX_COMMAND_TOTAL);
  return TRUE;
}

gboolean
jt_setting_check_tags (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **tags = g_variant_get_strv (value, NULL);

  for (guint i = 0; tags[i] != NULL; i++)
    {
      if (*tags[i] == '\0')
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: an empty tag"), key);
      if (!jt_setting_check_printable (key, tags[i], MAX_TAG, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
jt_setting_check_schedules (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **texts = g_variant_get_strv (value, NULL);

  for (guint i = 0; texts[i] != NULL; i++)
    if (strlen (texts[i]) > MAX_SCHEDULE)
      return REFUSE (error, JT_ERROR_TOO_LARGE, _("%s: %zu bytes, limit %d"), key, strlen (texts[i]), MAX_SCHEDULE);
  return TRUE;
}

gboolean
jt_setting_check_codes (const char *key, GVariant *value, GError **error)
{
  gsize n_codes;
  const gint32 *codes = g_variant_get_fixed_array (value, &n_codes, sizeof (gint32));

  for (gsize i = 0; i < n_codes; i++)
    if (codes[i] < 0 || codes[i] > 255)
      return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: %d is not an exit code, 0 to 255"), key, codes[i]);
  return TRUE;
}

static const char *const signal_names[] = { "SIGTERM", "SIGINT",  "SIGHUP",  "SIGQUIT", "SIGKILL",
                                            "SIGUSR1", "SIGUSR2", "SIGABRT", "SIGALRM", NULL };
static const int signal_numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, SIGABRT, SIGALRM };

G_STATIC_ASSERT (G_N_ELEMENTS (signal_names) == G_N_ELEMENTS (signal_numbers) + 1);

int
jt_setting_signal_number (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (g_str_equal (signal_names[i], name))
      return signal_numbers[i];
  return 0;
}

gboolean
jt_setting_check_signal (const char *key, GVariant *value, GError **error)
{
  const char *name = g_variant_get_string (value, NULL);
  const char *nearest;

  if (jt_setting_signal_number (name) != 0)
    return TRUE;
  nearest = jt_nearest (name, signal_names);
  return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not a signal's name; did you mean '%s'?"), key, name,
                 nearest != NULL ? nearest : signal_names[0]);
}

/* NAME=SOFT[:HARD] with the names of getrlimit(2), numbers or "infinity". */
static gboolean
is_limit_value (const char *text, gsize length)
{
  if (length == strlen ("infinity") && strncmp (text, "infinity", length) == 0)
    return TRUE;
  if (length == 0 || length > 19)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return TRUE;
}

gboolean
jt_setting_check_limits (const char *key, GVariant *value, GError **error)
{
  static const char *const names[] = { "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice",
                                       "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack", NULL };
  g_autofree const char **limits = g_variant_get_strv (value, NULL);

  for (guint i = 0; limits[i] != NULL; i++)
    {
      const char *equals = strchr (limits[i], '=');
      const char *colon = equals == NULL ? NULL : strchr (equals, ':');
      g_autofree char *name = equals == NULL ? NULL : g_strndup (limits[i], (gsize) (equals - limits[i]));
      gsize soft_length;

      if (name == NULL || !g_strv_contains (names, name))
        {
          const char *nearest = name == NULL ? NULL : jt_nearest (name, names);

          if (nearest != NULL)
            return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not NAME=SOFT[:HARD]; did you mean '%s'?"), key, limits[i],
                           nearest);
          return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is not NAME=SOFT[:HARD] with a name of getrlimit(2)"), key,
                         limits[i]);
        }
      soft_length = colon == NULL ? strlen (equals + 1) : (gsize) (colon - equals - 1);
      if (!is_limit_value (equals + 1, soft_length) || (colon != NULL && !is_limit_value (colon + 1, strlen (colon + 1))))
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s': a limit is a whole number or infinity"), key, limits[i]);
    }
  return TRUE;
}

/* An entry is shown escaped: what is wrong with it may be a character that turns a terminal. */
gboolean
jt_setting_check_recipients (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **entries = g_variant_get_strv (value, NULL);

  for (guint i = 0; entries[i] != NULL; i++)
    {
      const char *fault = jt_recipient_find_fault (entries[i]);
      g_autofree char *shown = fault == NULL ? NULL : g_strescape (entries[i], NULL);

      if (fault != NULL)
        /* Translators: a setting's key, which of its entries, the entry, and "is no recipient; …" */
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: entry %u: '%.64s' %s"), key, i + 1, shown, fault);
      if (g_str_equal (entries[i], JT_RECIPIENT_NONE) && entries[1] != NULL)
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: entry %u: none stands alone: nobody is told"), key, i + 1);
    }
  return TRUE;
}

typedef struct
{
  const char *key;
  const char *offered[5];
  const char *promised[5];
} Choice;

static const Choice choices[] = {
  { "catch-up", { "none", "one", "all" }, { NULL } },
  { "overlap", { "skip", "queue", "replace", "allow" }, { NULL } },
  { "leftover", { "kill", "wait", "leave" }, { NULL } },
  { "retry-backoff", { "constant", "linear", "exponential" }, { NULL } },
  { "executor", { "local" }, { "systemd", "slurm" } },
  { "log-keep", { "always", "on-failure", "never" }, { NULL } },
};

static gboolean
refuse_choice (const Choice *choice, const char *word, GError **error)
{
  g_autofree char *all = g_strjoinv (", ", (char **) choice->offered);
  const char *nearest;

  if (g_strv_contains (choice->promised, word))
    return REFUSE (error, JT_ERROR_NOT_SUPPORTED, _("%s: '%s' is not supported yet; there is: %s"), choice->key, word, all);
  nearest = jt_nearest (word, choice->offered);
  if (nearest != NULL)
    return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: unknown '%.64s'; did you mean '%s'?"), choice->key, word, nearest);
  return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: unknown '%.64s'; there is: %s"), choice->key, word, all);
}

/* Each job once: of two entries about the same one only one could hold. */
gboolean
jt_setting_check_after (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **entries = g_variant_get_strv (value, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autoptr (JtDependency) dependency = jt_dependency_parse (entries[i], error);

      if (dependency == NULL)
        {
          g_prefix_error (error, "%s: ", key);
          return FALSE;
        }
      if (!g_hash_table_add (seen, g_strdup_printf ("%s/%s", dependency->owner != NULL ? dependency->owner : "", dependency->name)))
        return REFUSE (error, JT_ERROR_INVALID_SETTINGS, _("%s: '%.64s' is there twice"), key, dependency->name);
    }
  return TRUE;
}

/* (up to the row's greatest) */
gboolean
jt_setting_check_factor (const char *key, GVariant *value, GError **error)
{
  double factor = g_variant_get_double (value);

  if (factor == 0 || factor >= 1)
    return TRUE;
  /* Translators: a setting's key, and what was given */
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: %g is less than usual; write 1 or more, or 0 for not at all"), key, factor);
  return FALSE;
}

gboolean
jt_setting_check_choice (const char *key, GVariant *value, GError **error)
{
  const char *word = g_variant_get_string (value, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].key, key))
      return g_strv_contains (choices[i].offered, word) || refuse_choice (&choices[i], word, error);
  g_return_val_if_reached (FALSE);
}

const char *const *
jt_setting_info_get_words (const JtSettingInfo *info)
{
  static const char *const booleans[] = { "yes", "no", NULL };

  if (g_str_equal (info->type, "b"))
    return booleans;
  if (g_str_equal (info->key, "kill-signal"))
    return signal_names;
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].key, info->key))
      return choices[i].offered;
  return NULL;
}

gboolean
jt_job_name_check (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (length == 0)
    return REFUSE (error, JT_ERROR_INVALID_ARGUMENT, "name is empty");
  if (length > MAX_NAME)
    return REFUSE (error, JT_ERROR_TOO_LARGE, "name: %" G_GSIZE_FORMAT " bytes, limit %d", length, MAX_NAME);
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char_validated (at, -1);
      int byte = (int) (at - name) + 1;

      if (c == (gunichar) -1 || c == (gunichar) -2)
        return REFUSE (error, JT_ERROR_INVALID_ARGUMENT, "name: invalid UTF-8 at byte %d", byte);
      if (g_unichar_iscntrl (c))
        return REFUSE (error, JT_ERROR_INVALID_ARGUMENT, "name: control character at byte %d", byte);
      if (turns_direction (c))
        return REFUSE (error, JT_ERROR_INVALID_ARGUMENT, "name: bidi control U+%04X at byte %d", c, byte);
      if (c >= 128 || (!g_ascii_isalnum ((char) c) && strchr (".-_@", (char) c) == NULL))
        return REFUSE (error, JT_ERROR_INVALID_ARGUMENT, "name: may use letters, digits and . _ - @ (byte %d)", byte);
    }
  if (*name == '.' || *name == '-')
    return REFUSE (error, JT_ERROR_INVALID_ARGUMENT,
                   "name: may use letters, digits and . _ - @ , and begins with a letter, a digit, _ or @");
  return TRUE;
}
