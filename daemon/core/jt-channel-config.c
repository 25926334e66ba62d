/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channel-config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-size.h"

#define MAX_NAME 64
#define MAX_KEYS 64
#define MAX_KEY 64
#define MAX_VALUE 4096
#define MAX_FOLDER 32
#define DEFAULT_TIMEOUT (60 * (gint64) G_USEC_PER_SEC)
#define DEFAULT_IDLE (10 * (gint64) G_USEC_PER_SEC)
#define DEFAULT_MEMORY (256 * 1024 * (guint64) 1024)
#define DEFAULT_MAX_BATCH 100
#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define DEFAULT_RUN_AS "nobody"

static const char *const types[] = { "email", "webhook", "program", NULL };
/* A key that is one of these, or ends in one after a dash, holds what nobody else may know. */
static const char *const secret_words[] = { "password", "passphrase", "token", "secret", "signing-key", "api-key", "private-key", NULL };

static void
secret_free (gpointer data)
{
  JtChannelSecret *secret = data;

  g_free (secret->key);
  g_free (secret->source);
  g_free (secret);
}

JtChannelConfig *
jt_channel_config_new (const char *name, gboolean runs_as_others)
{
  JtChannelConfig *self = g_new0 (JtChannelConfig, 1);

  self->name = g_strdup (name);
  self->run_as = g_strdup (runs_as_others ? DEFAULT_RUN_AS : NULL);
  self->timeout_usec = DEFAULT_TIMEOUT;
  self->idle_usec = DEFAULT_IDLE;
  self->memory_max_bytes = DEFAULT_MEMORY;
  self->max_batch = DEFAULT_MAX_BATCH;
  self->max_age_usec = 48 * HOUR_USEC;
  self->settings = g_ptr_array_new_with_free_func (g_free);
  self->secrets = g_ptr_array_new_with_free_func (secret_free);
  return self;
}

void
jt_channel_config_free (JtChannelConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->type);
  g_free (self->program);
  g_free (self->run_as);
  g_free (self->problem);
  g_ptr_array_unref (self->settings);
  g_ptr_array_unref (self->secrets);
  g_free (self);
}

static gboolean
is_plain_word (const char *text, const char *more, gsize limit)
{
  gsize length = strlen (text);

  if (length == 0 || length > limit || !g_ascii_isalnum (*text))
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr (more, *at) == NULL)
      return FALSE;
  return TRUE;
}

const char *
jt_channel_config_find_name_fault (const char *name)
{
  if (g_str_equal (name, "desktop"))
    return "is the channel of popups, which needs no configuration";
  return is_plain_word (name, "._-", MAX_NAME) ? NULL : "is no name for a channel; use up to 64 letters, digits, '.', '_', '-'";
}

/* --- one key --- */

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (JT_ERROR, JT_ERROR_INVALID_ARGUMENT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
read_time (const char *key, const char *value, gint64 least_usec, gint64 most_usec, gint64 *usec, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 read_usec;

  if (!jt_duration_parse (value, &read_usec, NULL, &local_error))
    return fail (error, "%s: %s", key, local_error->message);
  if (read_usec < least_usec || read_usec > most_usec)
    {
      g_autofree char *least = jt_duration_format (least_usec);
      g_autofree char *most = jt_duration_format (most_usec);

      return fail (error, "%s: '%.64s' is out of range; expected %s to %s", key, value, least, most);
    }
  *usec = read_usec;
  return TRUE;
}

static gboolean
set_type (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  if (!g_strv_contains (types, value))
    return fail (error, "%s: '%.64s' is unknown; expected email, webhook or program", key, value);
  self->type = g_strdup (value);
  return TRUE;
}

static gboolean
set_program (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  if (!g_path_is_absolute (value))
    return fail (error, "%s: '%.64s' is no absolute path", key, value);
  self->program = g_strdup (value);
  return TRUE;
}

static gboolean
set_run_as (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  if (!is_plain_word (value, "._-", MAX_NAME) && *value != '_')
    return fail (error, "%s: '%.64s' is no name of an account", key, value);
  g_free (self->run_as);
  self->run_as = g_strdup (value);
  return TRUE;
}

static gboolean
set_timeout (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  return read_time (key, value, G_USEC_PER_SEC, HOUR_USEC, &self->timeout_usec, error);
}

static gboolean
set_idle (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  if (g_str_equal (value, "0"))
    {
      self->idle_usec = 0;
      return TRUE;
    }
  return read_time (key, value, 1, HOUR_USEC, &self->idle_usec, error);
}

static gboolean
set_max_age (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  return read_time (key, value, 60 * G_USEC_PER_SEC, 30 * 24 * HOUR_USEC, &self->max_age_usec, error);
}

static gboolean
set_memory_max (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint64 bytes;

  if (!jt_size_parse (value, &bytes, &local_error))
    return fail (error, "%s: %s", key, local_error->message);
  if (bytes != 0 && bytes < 1024 * 1024)
    return fail (error, "%s: '%.64s' is too little to run anything; expected 1M or more, or 0 for no limit", key, value);
  self->memory_max_bytes = bytes;
  return TRUE;
}

static gboolean
set_max_batch (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 1, 1000, &number, NULL))
    return fail (error, "%s: '%.64s' is not a whole number from 1 to 1000", key, value);
  self->max_batch = (guint) number;
  return TRUE;
}

static gboolean
set_new_privileges (JtChannelConfig *self, const char *key, const char *value, GError **error)
{
  if (!g_str_equal (value, "yes") && !g_str_equal (value, "no"))
    return fail (error, "%s: '%.64s'; expected yes or no", key, value);
  self->allows_new_privileges = g_str_equal (value, "yes");
  self->is_privilege_given = TRUE;
  return TRUE;
}

/* What a program may have a use for is told to it as well. */
static const struct
{
  const char *key;
  gboolean    is_told;
  gboolean (*set) (JtChannelConfig *self, const char *key, const char *value, GError **error);
} known[] = {
  { "type", TRUE, set_type },
  { "program", TRUE, set_program },
  { "run-as", FALSE, set_run_as },
  { "new-privileges", FALSE, set_new_privileges },
  { "timeout", TRUE, set_timeout },
  { "idle-timeout", FALSE, set_idle },
  { "memory-max", TRUE, set_memory_max },
  { "max-batch", TRUE, set_max_batch },
  { "max-age", TRUE, set_max_age },
};

/* A slip in a key of the service's own would go to the program, which cannot know what it was meant to be. */
static gboolean
check_slip (const char *key, GError **error)
{
  const char *names[G_N_ELEMENTS (known) + 1] = { NULL };
  const char *nearest;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    names[i] = known[i].key;
  nearest = strlen (key) < 6 ? NULL : jt_nearest (key, names);
  if (nearest == NULL || ABS ((int) strlen (nearest) - (int) strlen (key)) > 1)
    return TRUE;
  return fail (error, "key '%.64s' is too near to '%s'; did you mean that?", key, nearest);
}

static gboolean
is_secret (const char *key)
{
  for (guint i = 0; secret_words[i] != NULL; i++)
    if (g_str_has_suffix (key, secret_words[i]))
      {
        gsize before = strlen (key) - strlen (secret_words[i]);

        if (before == 0 || key[before - 1] == '-')
          return TRUE;
      }
  return FALSE;
}

static gboolean
add_secret (JtChannelConfig *self, const char *key, gsize key_length, int kind, const char *source, GError **error)
{
  g_autofree char *name = g_strndup (key, key_length);
  JtChannelSecret *secret;

  for (guint i = 0; i < self->secrets->len; i++)
    if (g_str_equal (((JtChannelSecret *) g_ptr_array_index (self->secrets, i))->key, name))
      return fail (error, "%.64s: there is another key that gives '%s'; one of them", key, name);
  if (kind == JT_SECRET_FILE && !g_path_is_absolute (source))
    return fail (error, "%.64s: '%.64s' is no absolute path", key, source);
  if (kind == JT_SECRET_CREDENTIAL && (!is_plain_word (source, "._-@", 255) || strstr (source, "..") != NULL))
    return fail (error, "%.64s: '%.64s' is no name of a credential", key, source);
  secret = g_new0 (JtChannelSecret, 1);
  secret->key = g_steal_pointer (&name);
  secret->source = g_strdup (source);
  secret->kind = kind;
  g_ptr_array_add (self->secrets, secret);
  return TRUE;
}

static void
add_setting (JtChannelConfig *self, const char *key, const char *value)
{
  g_ptr_array_add (self->settings, g_strdup (key));
  g_ptr_array_add (self->settings, g_strdup (value));
}

static gboolean
set_free_key (JtChannelConfig *self, const char *key, const char *value, gboolean may_hold_secrets, GError **error)
{
  gsize length = strlen (key);

  if (!is_plain_word (key, "-_.", MAX_KEY))
    return fail (error, "'%.64s' is no key of a channel; use up to %d letters, digits, '-', '_', '.'", key, MAX_KEY);
  if (length > 5 && g_str_has_suffix (key, "-file"))
    return add_secret (self, key, length - 5, JT_SECRET_FILE, value, error);
  if (length > 11 && g_str_has_suffix (key, "-credential"))
    return add_secret (self, key, length - 11, JT_SECRET_CREDENTIAL, value, error);
  if (is_secret (key) && !may_hold_secrets)
    return fail (error, "%s: a secret in a file that others can read; move it to a file of its own and write %s-file=PATH, or "
                        "%s-credential=NAME", key, key, key);
  if (is_secret (key))
    return add_secret (self, key, length, JT_SECRET_INLINE, value, error);
  if (!check_slip (key, error))
    return FALSE;
  add_setting (self, key, value);
  return TRUE;
}

gboolean
jt_channel_config_set (JtChannelConfig *self, const char *key, const char *value, gboolean may_hold_secrets, GError **error)
{
  if (self->settings->len / 2 + self->secrets->len >= MAX_KEYS)
    return fail (error, "more than %d keys in [Channel %s]", MAX_KEYS, self->name);
  if (strlen (value) > MAX_VALUE)
    return fail (error, "%.64s: %zu bytes, limit %d", key, strlen (value), MAX_VALUE);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].key, key))
      {
        if (!known[i].set (self, key, value, error))
          return FALSE;
        if (known[i].is_told)
          add_setting (self, key, value);
        return TRUE;
      }
  return set_free_key (self, key, value, may_hold_secrets, error);
}

const char *
jt_channel_config_get (const JtChannelConfig *self, const char *key)
{
  for (guint i = 0; i + 1 < self->settings->len; i += 2)
    if (g_str_equal (g_ptr_array_index (self->settings, i), key))
      return g_ptr_array_index (self->settings, i + 1);
  return NULL;
}

/* --- the whole --- */

/* (transfer full) (nullable) */
static char *
find_in_folder (const char *folder, const char *name)
{
  g_autofree char *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

gboolean
jt_channel_config_settle (JtChannelConfig *self, const char *folder, GError **error)
{
  if (self->type == NULL && self->program == NULL)
    self->program = find_in_folder (folder, self->name);
  if (self->type == NULL && self->program != NULL)
    self->type = g_strdup ("program");
  if (self->type == NULL && g_strv_contains (types, self->name))
    self->type = g_strdup (self->name);
  if (self->type == NULL)
    return fail (error, "[Channel %s] has no type; expected type=email, webhook or program", self->name);
  if (self->program == NULL && g_str_equal (self->type, "program"))
    {
      self->program = find_in_folder (folder, self->name);
      if (self->program == NULL)
        return fail (error, "[Channel %s] has no program; expected program=PATH, or a program named %s in the folder of channels",
                     self->name, self->name);
    }
  if (self->program == NULL)
    self->program = g_strdup_printf ("%s/channel-%s", LIBEXECDIR, self->type);
  /* sendmail(1) belongs to a group that may write to the queue: it works for nobody else's. */
  if (!self->is_privilege_given && g_strcmp0 (jt_channel_config_get (self, "transport"), "sendmail") == 0)
    self->allows_new_privileges = TRUE;
  g_free (self->problem);
  self->problem = jt_channel_config_check_program (self->program);
  return TRUE;
}

char *
jt_channel_config_check_program (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat info;

  if (stat (path, &info) < 0)
    return g_strdup_printf ("no program at %s: %s", path, g_strerror (errno));
  if (!S_ISREG (info.st_mode) || (info.st_mode & 0111) == 0)
    return g_strdup_printf ("%s is no program", path);
  if ((info.st_mode & 0022) != 0)
    return g_strdup_printf ("others may write %s: mode %04o, want 0755 or less", path, info.st_mode & 07777);
  if (info.st_uid != 0 && info.st_uid != geteuid ())
    return g_strdup_printf ("%s is owned by uid %u, want 0 or %u", path, info.st_uid, geteuid ());
  if (stat (folder, &info) == 0 && (info.st_mode & 0022) != 0 && (info.st_mode & S_ISVTX) == 0)
    return g_strdup_printf ("others may put another program in place of %s: mode %04o of its folder", path, info.st_mode & 07777);
  return NULL;
}

static gboolean
has_name (GPtrArray *channels, const char *name)
{
  for (guint i = 0; i < channels->len; i++)
    if (g_str_equal (((JtChannelConfig *) g_ptr_array_index (channels, i))->name, name))
      return TRUE;
  return FALSE;
}

GPtrArray *
jt_channel_config_read_folder (const char *folder, GPtrArray *channels, gboolean runs_as_others)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_channel_config_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && found->len < MAX_FOLDER && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (JtChannelConfig) channel = NULL;

      if (jt_channel_config_find_name_fault (name) != NULL || has_name (channels, name)
          || !g_file_test (path, G_FILE_TEST_IS_REGULAR) || !g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        continue;
      channel = jt_channel_config_new (name, runs_as_others);
      channel->type = g_strdup ("program");
      channel->program = g_steal_pointer (&path);
      channel->problem = jt_channel_config_check_program (channel->program);
      g_ptr_array_add (found, g_steal_pointer (&channel));
    }
  return found;
}
