/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-duration.h"
#include "jt-size.h"

#define MAX_FILE_BYTES (1024 * 1024)
#define MEBIBYTE (1024 * 1024 * (guint64) 1)
#define DAY_USEC (24 * 3600 * (guint64) G_USEC_PER_SEC)
#define MAX_LINE_BYTES (64 * 1024)
#define MAX_CHANNELS 32
#define MAX_TEXT 255
#define SENDMAIL "/usr/sbin/sendmail"

typedef enum
{
  KIND_PATH,
  KIND_COUNT,
  KIND_LARGE_COUNT, /* these three into a guint64 */
  KIND_LARGE_SIZE,
  KIND_TIME,
  KIND_FLAG,
  KIND_URL,    /* "none" is NULL */
  KIND_DOMAIN, /* "auto" is NULL */
} KeyKind;

typedef struct
{
  const char *group;
  const char *key;
  KeyKind     kind;
  gsize       offset;
  guint64     minimum;
  guint64     maximum;
} KeyInfo;

#define FIELD(field) G_STRUCT_OFFSET (JtConfig, field)

/* Own parser over this table instead of GKeyFile: that one knows no line numbers and takes the last of two equal keys. */
static const KeyInfo keys[] = {
  { "Service", "state-directory", KIND_PATH, FIELD (state_directory), 0, 0 },
  { "Service", "job-directory", KIND_PATH, FIELD (job_directory), 0, 0 },
  { "Service", "supervisor", KIND_PATH, FIELD (supervisor), 0, 0 },
  { "Limits", "max-jobs-per-user", KIND_COUNT, FIELD (max_jobs_per_user), 0, 1000000 },
  { "Limits", "max-running", KIND_COUNT, FIELD (max_running), 0, 100000 },
  { "Limits", "max-running-per-user", KIND_COUNT, FIELD (max_running_per_user), 0, 100000 },
  { "Limits", "max-queued-per-user", KIND_COUNT, FIELD (max_queued_per_user), 0, 1000000 },
  { "Limits", "max-tracked-per-user", KIND_COUNT, FIELD (max_tracked_per_user), 0, 1000000 },
  { "Limits", "max-calls-per-second", KIND_COUNT, FIELD (max_calls_per_second), 0, 1000000 },
  { "Limits", "max-call-burst", KIND_COUNT, FIELD (max_call_burst), 0, 2000000 },
  { "Limits", "max-subscribers-per-user", KIND_COUNT, FIELD (max_subscribers_per_user), 0, 1024 },
  { "Retention", "keep-runs", KIND_LARGE_COUNT, FIELD (retention.keep_runs), 0, G_MAXINT32 },
  { "Retention", "keep-for", KIND_TIME, FIELD (retention.keep_for_usec), 0, G_MAXINT64 },
  { "Retention", "keep-logs", KIND_LARGE_COUNT, FIELD (retention.keep_logs), 0, G_MAXINT32 },
  { "Retention", "keep-logs-for", KIND_TIME, FIELD (retention.keep_logs_for_usec), 0, G_MAXINT64 },
  { "Retention", "keep-failed-logs-for", KIND_TIME, FIELD (retention.keep_failed_logs_for_usec), 0, G_MAXINT64 },
  { "Retention", "max-runs", KIND_LARGE_COUNT, FIELD (retention.max_runs), 0, G_MAXINT64 },
  { "Retention", "max-logs", KIND_LARGE_COUNT, FIELD (retention.max_logs), 0, G_MAXINT64 },
  { "Retention", "max-log-size-per-job", KIND_LARGE_SIZE, FIELD (retention.max_log_bytes_per_job), 0, G_MAXINT64 },
  { "Retention", "max-log-size", KIND_LARGE_SIZE, FIELD (retention.max_log_bytes), 0, G_MAXINT64 },
  { "Notifications", "enabled", KIND_FLAG, FIELD (is_notifying), 0, 0 },
  { "Notifications", "gateway-url", KIND_URL, FIELD (gateway_url), 0, 0 },
  { "Notifications", "message-id-domain", KIND_DOMAIN, FIELD (message_id_domain), 0, 0 },
  { "Notifications", "template-directory", KIND_PATH, FIELD (template_directory), 0, 0 },
  { "Notifications", "channel-directory", KIND_PATH, FIELD (channel_directory), 0, 0 },
};

#define CHANNEL "Channel "
static const char *const groups[] = { "Service", "Limits", "Retention", "Notifications", "Channel NAME", NULL };

typedef struct
{
  JtConfig   *config;
  const char *path;
  guint       line;
  const char *group; /* (nullable) static */
  guint       seen_at[G_N_ELEMENTS (keys)];
  gboolean    runs_as_others;
  gboolean    may_hold_secrets;
  JtChannelConfig *channel;  /* (nullable) whose group it is */
  GHashTable *channel_lines; /* (owned) "NAME" or "NAME KEY" → line */
} Parser;

G_GNUC_PRINTF (3, 4)
static gboolean
fail (Parser *parser, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s:%u: %s", parser->path, parser->line, message);
  return FALSE;
}

/* For messages: what a file holds is cut and made printable before it reaches a terminal or a log. */
static char *
show (const char *text)
{
  g_autofree char *cut = g_strndup (text, 64);
  g_autofree char *valid = g_utf8_make_valid (cut, -1);

  return g_strescape (valid, NULL);
}

static char *
suggest (const char *word, const char *const *candidates)
{
  const char *nearest = jt_nearest (word, candidates);

  return nearest != NULL ? g_strdup_printf ("; did you mean '%s'?", nearest) : g_strdup ("");
}

/* Whether @what is new; where not, the line where it was first given. */
static gboolean
note_line (Parser *parser, const char *what, guint *first)
{
  *first = GPOINTER_TO_UINT (g_hash_table_lookup (parser->channel_lines, what));
  if (*first == 0)
    g_hash_table_insert (parser->channel_lines, g_strdup (what), GUINT_TO_POINTER (parser->line));
  return *first == 0;
}

static gboolean
begin_channel (Parser *parser, const char *name, GError **error)
{
  const char *fault = jt_channel_config_find_name_fault (name);
  g_autofree char *shown = show (name);
  guint first;

  if (fault != NULL)
    return fail (parser, error, "'%s' %s", shown, fault);
  if (!note_line (parser, name, &first))
    return fail (parser, error, "[Channel %s] is given twice; first in line %u", name, first);
  if (parser->config->channels->len >= MAX_CHANNELS)
    return fail (parser, error, "more than %d channels", MAX_CHANNELS);
  parser->channel = jt_channel_config_new (name, parser->runs_as_others);
  parser->group = CHANNEL;
  g_ptr_array_add (parser->config->channels, parser->channel);
  return TRUE;
}

static gboolean
read_channel_pair (Parser *parser, const char *key, const char *value, GError **error)
{
  g_autofree char *what = g_strdup_printf ("%s %s", parser->channel->name, key);
  g_autoptr (GError) local_error = NULL;
  guint first;

  if (!note_line (parser, what, &first))
    return fail (parser, error, "key '%s' is given twice; first in line %u", key, first);
  if (*value == '\0')
    return fail (parser, error, "key '%s' has no value", key);
  if (!jt_channel_config_set (parser->channel, key, value, parser->may_hold_secrets, &local_error))
    return fail (parser, error, "%s", local_error->message);
  return TRUE;
}

static gboolean
read_group (Parser *parser, const char *text, GError **error)
{
  gsize length = strlen (text);
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *hint = NULL;

  if (text[length - 1] != ']')
    return fail (parser, error, "a group must end with ']'");
  name = g_strndup (text + 1, length - 2);
  parser->channel = NULL;
  if (g_str_has_prefix (name, CHANNEL))
    return begin_channel (parser, g_strchug (name + strlen (CHANNEL)), error);
  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_equal (groups[i], name))
      {
        parser->group = groups[i];
        return TRUE;
      }
  shown = show (name);
  hint = suggest (name, groups);
  return fail (parser, error, "unknown group [%s]%s", shown, hint);
}

static int
find_key (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].key, key))
      return (int) i;
  return -1;
}

static gboolean
fail_unknown_key (Parser *parser, const char *key, GError **error)
{
  const char *names[G_N_ELEMENTS (keys) + 1] = { NULL };
  g_autofree char *shown = show (key);
  g_autofree char *hint = NULL;
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, parser->group))
      names[count++] = keys[i].key;
  hint = suggest (key, names);
  return fail (parser, error, "unknown key '%s' in [%s]%s", shown, parser->group, hint);
}

static gboolean
store_path (Parser *parser, const KeyInfo *info, const char *value, GError **error)
{
  char **field = G_STRUCT_MEMBER_P (parser->config, info->offset);
  g_autofree char *shown = show (value);

  if (!g_path_is_absolute (value))
    return fail (parser, error, "%s: '%s' is no absolute path", info->key, shown);
  g_free (*field);
  *field = g_strdup (value);
  return TRUE;
}

static gboolean
store_flag (Parser *parser, const KeyInfo *info, const char *value, GError **error)
{
  g_autofree char *shown = show (value);

  if (!g_str_equal (value, "yes") && !g_str_equal (value, "no"))
    return fail (parser, error, "%s: '%s'; expected yes or no", info->key, shown);
  *(gboolean *) G_STRUCT_MEMBER_P (parser->config, info->offset) = g_str_equal (value, "yes");
  return TRUE;
}

/* The parser of GLib takes blanks and quotes in a host, and the address goes into texts where it has to end where it ends. */
static gboolean
is_url (const char *value)
{
  g_autoptr (GUri) uri = g_uri_parse (value, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  gsize length = strspn (value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~:/[]@!$&'()*+,;=%");

  return value[length] == '\0' && (g_str_equal (scheme, "https") || g_str_equal (scheme, "http"))
         && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' && g_uri_get_userinfo (uri) == NULL
         && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

static gboolean
is_domain (const char *value)
{
  return g_ascii_isalnum (*value)
         && value[strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")] == '\0';
}

static gboolean
store_text (Parser *parser, const KeyInfo *info, const char *value, GError **error)
{
  char **field = G_STRUCT_MEMBER_P (parser->config, info->offset);
  gboolean is_address = info->kind == KIND_URL;
  g_autofree char *shown = show (value);
  gsize length = strlen (value);

  if (length > MAX_TEXT)
    return fail (parser, error, "%s: %zu bytes, limit %d", info->key, length, MAX_TEXT);
  g_clear_pointer (field, g_free);
  if (g_str_equal (value, is_address ? "none" : "auto"))
    return TRUE;
  if (is_address && !is_url (value))
    return fail (parser, error, "%s: '%s' is no address; expected https://HOST/ or http://HOST/, without user, query and fragment, or none",
                 info->key, shown);
  if (!is_address && !is_domain (value))
    return fail (parser, error, "%s: '%s' is no name of a domain; expected one such as jobs.example.com, or auto", info->key, shown);
  while (is_address && length > 0 && value[length - 1] == '/')
    length--;
  *field = g_strndup (value, length);
  return TRUE;
}

static gboolean
store_number (Parser *parser, const KeyInfo *info, const char *value, GError **error)
{
  guint *field = G_STRUCT_MEMBER_P (parser->config, info->offset);
  g_autofree char *shown = show (value);
  gsize digits = strspn (value, "0123456789");
  guint64 number;

  if (info->kind == KIND_LARGE_SIZE)
    {
      g_autoptr (GError) local_error = NULL;

      if (!jt_size_parse (value, &number, &local_error))
        return fail (parser, error, "%s: %s", info->key, local_error->message);
    }
  else if (info->kind == KIND_TIME && !g_str_equal (value, "0"))
    {
      g_autoptr (GError) local_error = NULL;
      gint64 usec;

      if (!jt_duration_parse (value, &usec, NULL, &local_error))
        return fail (parser, error, "%s: %s", info->key, local_error->message);
      number = (guint64) usec;
    }
  else
    {
      if (value[digits] != '\0')
        return fail (parser, error, "%s: '%s' is not a number at column %zu; expected a whole number", info->key, shown,
                     digits + 1);
      number = digits > 19 ? G_MAXUINT64 : g_ascii_strtoull (value, NULL, 10);
    }
  if (number < info->minimum || number > info->maximum)
    return fail (parser, error, "%s: '%s' is out of range; expected %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                 info->key, shown, info->minimum, info->maximum);
  if (info->kind >= KIND_LARGE_COUNT)
    *(guint64 *) G_STRUCT_MEMBER_P (parser->config, info->offset) = number;
  else
    *field = (guint) number;
  return TRUE;
}

static gboolean
read_pair (Parser *parser, char *text, GError **error)
{
  char *equals = strchr (text, '=');
  char *key = text;
  char *value;
  int index;

  if (equals == NULL)
    {
      g_autofree char *shown = show (text);

      return fail (parser, error, "'%s' has no '='; expected KEY=VALUE", shown);
    }
  *equals = '\0';
  value = g_strstrip (equals + 1);
  g_strstrip (key);
  if (parser->group == NULL)
    return fail (parser, error, "a key before the first group; expected [Service], [Limits], [Retention], [Notifications] or [Channel NAME]");
  if (parser->channel != NULL)
    return read_channel_pair (parser, key, value, error);
  index = find_key (parser->group, key);
  if (index < 0)
    return fail_unknown_key (parser, key, error);
  if (parser->seen_at[index] != 0)
    return fail (parser, error, "key '%s' is given twice; first in line %u", key, parser->seen_at[index]);
  parser->seen_at[index] = parser->line;
  if (*value == '\0')
    return fail (parser, error, "key '%s' has no value", key);
  switch (keys[index].kind)
    {
    case KIND_PATH:
      return store_path (parser, &keys[index], value, error);
    case KIND_FLAG:
      return store_flag (parser, &keys[index], value, error);
    case KIND_URL:
    case KIND_DOMAIN:
      return store_text (parser, &keys[index], value, error);
    case KIND_COUNT:
    case KIND_LARGE_COUNT:
    case KIND_LARGE_SIZE:
    case KIND_TIME:
    default:
      return store_number (parser, &keys[index], value, error);
    }
}

static gboolean
read_line (Parser *parser, char *line, GError **error)
{
  const char *invalid = NULL;
  char *text;

  parser->line++;
  if (strlen (line) > MAX_LINE_BYTES)
    return fail (parser, error, "line of %zu bytes, limit %d", strlen (line), MAX_LINE_BYTES);
  if (!g_utf8_validate (line, -1, &invalid))
    return fail (parser, error, "not UTF-8 at byte %zu of the line", (gsize) (invalid - line) + 1);
  text = g_strstrip (line);
  if (*text == '\0' || *text == '#' || *text == ';')
    return TRUE;
  return *text == '[' ? read_group (parser, text, error) : read_pair (parser, text, error);
}

/* Of a pair that does not go together the default gives way; what was written does not. */
static gboolean
settle_running (Parser *parser, GError **error)
{
  JtConfig *config = parser->config;

  if (config->max_running == 0 || config->max_running_per_user <= config->max_running)
    return TRUE;
  if (parser->seen_at[find_key ("Limits", "max-running-per-user")] != 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s: max-running-per-user (%u) is above max-running (%u)", parser->path,
                   config->max_running_per_user, config->max_running);
      return FALSE;
    }
  config->max_running_per_user = config->max_running;
  return TRUE;
}

/* A failure's log is what somebody will want to read: it never goes before a success's. */
static gboolean
settle_log_ages (Parser *parser, GError **error)
{
  JtRetention *retention = &parser->config->retention;

  if (retention->keep_failed_logs_for_usec == 0
      || (retention->keep_logs_for_usec != 0 && retention->keep_failed_logs_for_usec >= retention->keep_logs_for_usec))
    return TRUE;
  if (parser->seen_at[find_key ("Retention", "keep-failed-logs-for")] != 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s: keep-failed-logs-for is shorter than keep-logs-for; a failure's log"
                   " is kept at least as long as a success's", parser->path);
      return FALSE;
    }
  retention->keep_failed_logs_for_usec = retention->keep_logs_for_usec;
  return TRUE;
}

static gboolean
settle_channels (Parser *parser, GError **error)
{
  GPtrArray *channels = parser->config->channels;

  for (guint i = 0; i < channels->len; i++)
    {
      JtChannelConfig *channel = g_ptr_array_index (channels, i);
      g_autoptr (GError) local_error = NULL;
      guint first;

      if (jt_channel_config_settle (channel, parser->config->channel_directory, &local_error))
        continue;
      note_line (parser, channel->name, &first);
      parser->line = first;
      return fail (parser, error, "%s", local_error->message);
    }
  return TRUE;
}

static gboolean
parse (Parser *parser, char *data, gsize length, GError **error)
{
  char *line = g_str_has_prefix (data, "\xef\xbb\xbf") ? data + 3 : data;

  if (strlen (data) != length)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s: NUL at byte %zu", parser->path, strlen (data) + 1);
      return FALSE;
    }
  while (line != NULL)
    {
      char *end = strchr (line, '\n');

      if (end != NULL)
        *end++ = '\0';
      if (!read_line (parser, line, error))
        return FALSE;
      line = end;
    }
  if (parser->seen_at[find_key ("Limits", "max-call-burst")] == 0)
    parser->config->max_call_burst = parser->config->max_calls_per_second * 2;
  return settle_running (parser, error) && settle_log_ages (parser, error) && settle_channels (parser, error);
}

static gboolean
check_file (const char *path, const struct stat *info, GError **error)
{
  if (!S_ISREG (info->st_mode))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s: not a regular file", path);
      return FALSE;
    }
  if ((info->st_mode & 0022) != 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s: mode %04o, want 0644 or less", path,
                   info->st_mode & 07777);
      return FALSE;
    }
  if (info->st_uid != 0 && info->st_uid != geteuid ())
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s: owned by uid %u, want 0 or %u", path, info->st_uid,
                   geteuid ());
      return FALSE;
    }
  if (info->st_size > MAX_FILE_BYTES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "%s: %" G_GINT64_FORMAT " bytes, limit %d", path,
                   (gint64) info->st_size, MAX_FILE_BYTES);
      return FALSE;
    }
  return TRUE;
}

/* NULL without @error: the file is absent. */
static char *
read_file (const char *path, gsize *length, gboolean *is_private, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  g_autofree char *data = NULL;
  struct stat info;
  gsize used = 0;
  gssize n = -1;

  if (fd < 0 && errno == ENOENT)
    return NULL;
  if (fd < 0 || fstat (fd, &info) < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not read %s: %s", path, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (check_file (path, &info, error))
    {
      data = g_malloc (MAX_FILE_BYTES + 1);
      while ((n = read (fd, data + used, MAX_FILE_BYTES - used)) > 0)
        used += (gsize) n;
      if (n < 0)
        g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not read %s: %s", path, g_strerror (errno));
    }
  close (fd);
  if (n != 0)
    return NULL;
  data[used] = '\0';
  *length = used;
  *is_private = (info.st_mode & 0044) == 0;
  return g_steal_pointer (&data);
}

/* The service manager's folder (StateDirectory= of the unit) where there is one; of several only the first is ours. */
static char *
default_state_directory (gboolean is_system)
{
  const char *managed = g_getenv ("STATE_DIRECTORY");

  if (managed != NULL && *managed == '/')
    return g_strndup (managed, strcspn (managed, ":"));
  return is_system ? g_strdup ("/var/lib/jobtracker") : g_build_filename (g_get_user_state_dir (), "jobtracker", NULL);
}

static JtConfig *
new_with_defaults (const char *path, gboolean is_system)
{
  JtConfig *config = g_new0 (JtConfig, 1);

  g_atomic_ref_count_init (&config->ref_count);
  config->path = g_strdup (path);
  config->supervisor = g_build_filename (LIBEXECDIR, "jobtracker-run", NULL);
  config->retention = (JtRetention){ .keep_runs = 10000,
                                     .keep_for_usec = 400 * DAY_USEC,
                                     .keep_logs_for_usec = 30 * DAY_USEC,
                                     .keep_failed_logs_for_usec = 90 * DAY_USEC,
                                     .max_runs = 10000000,
                                     .max_log_bytes_per_job = 512 * MEBIBYTE,
                                     .max_log_bytes = 8192 * MEBIBYTE };
  config->state_directory = default_state_directory (is_system);
  config->is_notifying = TRUE;
  config->channels = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_channel_config_free);
  if (!is_system)
    {
      config->template_directory = g_build_filename (g_get_user_config_dir (), "jobtracker", "templates", NULL);
      config->channel_directory = g_build_filename (g_get_user_config_dir (), "jobtracker", "channels.d", NULL);
      config->job_directory = g_build_filename (g_get_user_config_dir (), "jobtracker", "jobs.d", NULL);
      return config;
    }
  config->job_directory = g_build_filename (SYSCONFDIR, "jobtracker", "jobs.d", NULL);
  config->template_directory = g_build_filename (SYSCONFDIR, "jobtracker", "templates", NULL);
  config->channel_directory = g_build_filename (SYSCONFDIR, "jobtracker", "channels.d", NULL);
  config->max_jobs_per_user = 1000;
  config->max_running_per_user = 64;
  config->max_queued_per_user = 10000;
  config->max_tracked_per_user = 10000;
  config->max_calls_per_second = 500;
  config->max_call_burst = 1000;
  config->max_subscribers_per_user = 16;
  return config;
}

/* A machine that can send mail does so without anything being said. */
static void
add_sendmail (JtConfig *config, gboolean runs_as_others)
{
  g_autoptr (JtChannelConfig) channel = NULL;

  if (jt_config_find_channel (config, "email") != NULL || access (SENDMAIL, X_OK) != 0)
    return;
  channel = jt_channel_config_new ("email", runs_as_others);
  if (jt_channel_config_set (channel, "transport", "sendmail", FALSE, NULL)
      && jt_channel_config_settle (channel, NULL, NULL))
    g_ptr_array_add (config->channels, g_steal_pointer (&channel));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const JtChannelConfig *const *first = a;
  const JtChannelConfig *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

static void
complete_channels (JtConfig *config, gboolean runs_as_others)
{
  g_autoptr (GPtrArray) found = jt_channel_config_read_folder (config->channel_directory, config->channels, runs_as_others);

  g_ptr_array_extend_and_steal (config->channels, g_steal_pointer (&found));
  add_sendmail (config, runs_as_others);
  g_ptr_array_sort (config->channels, compare_names);
}

JtConfig *
jt_config_load (const char *path, gboolean is_system, GError **error)
{
  g_autoptr (JtConfig) config = new_with_defaults (path, is_system);
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Parser parser = { .config = config, .path = path, .runs_as_others = is_system && geteuid () == 0, .channel_lines = lines };
  g_autoptr (GError) local_error = NULL;
  g_autofree char *data = NULL;
  gsize length = 0;

  if (path != NULL)
    data = read_file (path, &length, &parser.may_hold_secrets, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (data != NULL && !parse (&parser, data, length, error))
    return NULL;
  complete_channels (config, parser.runs_as_others);
  return g_steal_pointer (&config);
}

const char *
jt_config_get_message_id_domain (JtConfig *config)
{
  const char *host = g_get_host_name ();

  if (config->message_id_domain != NULL)
    return config->message_id_domain;
  return is_domain (host) ? host : "localhost";
}

const JtChannelConfig *
jt_config_find_channel (JtConfig *config, const char *name)
{
  for (guint i = 0; i < config->channels->len; i++)
    if (g_str_equal (((JtChannelConfig *) g_ptr_array_index (config->channels, i))->name, name))
      return g_ptr_array_index (config->channels, i);
  return NULL;
}

JtConfig *
jt_config_override (JtConfig *config, const char *state_directory, const char *job_directory, const char *supervisor)
{
  JtConfig *copy = g_new (JtConfig, 1);

  *copy = *config;
  g_atomic_ref_count_init (&copy->ref_count);
  copy->path = g_strdup (config->path);
  copy->state_directory = g_strdup (state_directory != NULL ? state_directory : config->state_directory);
  copy->job_directory = g_strdup (job_directory != NULL ? job_directory : config->job_directory);
  copy->supervisor = g_strdup (supervisor != NULL ? supervisor : config->supervisor);
  copy->gateway_url = g_strdup (config->gateway_url);
  copy->message_id_domain = g_strdup (config->message_id_domain);
  copy->template_directory = g_strdup (config->template_directory);
  copy->channel_directory = g_strdup (config->channel_directory);
  copy->channels = g_ptr_array_ref (config->channels);
  return copy;
}

/* As it would stand in the file. (transfer full) */
static char *
format_value (JtConfig *config, const KeyInfo *info)
{
  gpointer field = G_STRUCT_MEMBER_P (config, info->offset);

  switch (info->kind)
    {
    case KIND_PATH:
      return g_strdup (*(char **) field);
    case KIND_COUNT:
      return g_strdup_printf ("%u", *(guint *) field);
    case KIND_LARGE_COUNT:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, *(guint64 *) field);
    case KIND_LARGE_SIZE:
      return jt_size_format (*(guint64 *) field);
    case KIND_FLAG:
      return g_strdup (*(gboolean *) field ? "yes" : "no");
    case KIND_URL:
      return g_strdup (*(char **) field != NULL ? *(char **) field : "none");
    case KIND_DOMAIN:
      return g_strdup (*(char **) field != NULL ? *(char **) field : "auto");
    case KIND_TIME:
    default:
      return jt_duration_format ((gint64) *(guint64 *) field);
    }
}

void
jt_config_foreach (JtConfig *config, JtConfigFunc func, gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = format_value (config, &keys[i]);

      func (keys[i].group, keys[i].key, value, user_data);
    }
}

JtConfig *
jt_config_ref (JtConfig *config)
{
  g_atomic_ref_count_inc (&config->ref_count);
  return config;
}

void
jt_config_unref (JtConfig *config)
{
  if (config == NULL || !g_atomic_ref_count_dec (&config->ref_count))
    return;
  g_free (config->path);
  g_free (config->state_directory);
  g_free (config->job_directory);
  g_free (config->supervisor);
  g_free (config->gateway_url);
  g_free (config->message_id_domain);
  g_free (config->template_directory);
  g_free (config->channel_directory);
  g_ptr_array_unref (config->channels);
  g_free (config);
}
