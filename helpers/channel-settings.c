/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "channel-notification.h"

#define MAX_SHOWN 64

struct _ChannelSettings
{
  JsonObject *line;     /* (owned) */
  JsonObject *settings; /* (unowned): in line */
  JsonObject *secrets;  /* (unowned): in line */
  GHashTable *asked;    /* (owned) keys */
  char       *fault;    /* (owned) the first */
};

/* What the service itself reads in the group of a channel, and may pass on. */
static const char *const of_service[] = { "type", "program", "run-as", "new-privileges", "timeout", "idle-timeout",
                                          "memory-max", "max-batch", "max-age", NULL };

ChannelSettings *
channel_settings_new (JsonObject *object)
{
  ChannelSettings *self = g_new0 (ChannelSettings, 1);

  self->line = json_object_ref (object);
  self->settings = channel_object_get_object (object, "settings");
  self->secrets = channel_object_get_object (object, "secrets");
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
channel_settings_free (ChannelSettings *self)
{
  if (self == NULL)
    return;
  json_object_unref (self->line);
  g_hash_table_unref (self->asked);
  g_free (self->fault);
  g_free (self);
}

const char *
channel_settings_get_channel (ChannelSettings *self)
{
  return channel_object_get_text (self->line, "channel", "");
}

const char *
channel_settings_get_host (ChannelSettings *self)
{
  const char *host = channel_object_get_text (self->line, "host", "");

  return *host != '\0' ? host : g_get_host_name ();
}

void
channel_settings_take_fault (ChannelSettings *self, const char *key, char *fault)
{
  if (self->fault == NULL)
    self->fault = g_strdup_printf ("setting '%s': %s", key, fault);
  g_free (fault);
}

void
channel_settings_set_fault (ChannelSettings *self, const char *key, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  channel_settings_take_fault (self, key, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

gboolean
channel_settings_has (ChannelSettings *self, const char *key)
{
  return self->settings != NULL && json_object_has_member (self->settings, key);
}

/* Where the service finds a secret. */
static gboolean
names_a_source (const char *key)
{
  return g_str_has_suffix (key, "-file") || g_str_has_suffix (key, "-credential");
}

static void
add_names (JsonObject *object, const char *prefix, GPtrArray *names)
{
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, prefix) && strlen (l->data) > strlen (prefix) && !names_a_source (l->data)
        && !g_ptr_array_find_with_equal_func (names, l->data, g_str_equal, NULL))
      g_ptr_array_add (names, g_strdup (l->data));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GStrv
channel_settings_list (ChannelSettings *self, const char *prefix)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  add_names (self->settings, prefix, names);
  add_names (self->secrets, prefix, names);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_hash_table_add (self->asked, g_strdup (names->pdata[i]));
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static gboolean
has_control_character (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

/* Not empty, or NULL. */
static const char *
find_text (ChannelSettings *self, const char *key)
{
  const char *text;

  g_hash_table_add (self->asked, g_strdup (key));
  if (!channel_settings_has (self, key))
    return NULL;
  text = channel_object_get_text (self->settings, key, NULL);
  if (text == NULL)
    channel_settings_set_fault (self, key, "is not text");
  else if (*text == '\0')
    channel_settings_set_fault (self, key, "is empty; give it a value or leave it out");
  else if (has_control_character (text))
    channel_settings_set_fault (self, key, "has a line break or another control character in it");
  else
    return text;
  return NULL;
}

const char *
channel_settings_get_text (ChannelSettings *self, const char *key, const char *fallback)
{
  const char *text = find_text (self, key);

  return text != NULL ? text : fallback;
}

gint64
channel_settings_get_number (ChannelSettings *self, const char *key, gint64 fallback, gint64 least, gint64 most)
{
  const char *text = find_text (self, key);
  g_autoptr (GError) error = NULL;
  gint64 number;

  if (text == NULL)
    return fallback;
  if (g_ascii_string_to_signed (text, 10, least, most, &number, &error))
    return number;
  channel_settings_set_fault (self, key, "must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not '%.*s'",
                              least, most, MAX_SHOWN, text);
  return fallback;
}

gboolean
channel_settings_get_boolean (ChannelSettings *self, const char *key, gboolean fallback)
{
  static const char *const words[] = { "no", "yes", "false", "true", NULL };
  const char *text = find_text (self, key);

  if (text == NULL)
    return fallback;
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (text, words[i]))
      return i % 2 == 1;
  channel_settings_set_fault (self, key, "must be yes or no, not '%.*s'", MAX_SHOWN, text);
  return fallback;
}

guint
channel_settings_get_choice (ChannelSettings *self, const char *key, guint fallback, const char *const *choices)
{
  const char *text = find_text (self, key);
  g_autofree char *list = g_strjoinv (", ", (char **) choices);

  if (text == NULL)
    return fallback;
  for (guint i = 0; choices[i] != NULL; i++)
    if (g_str_equal (text, choices[i]))
      return i;
  channel_settings_set_fault (self, key, "must be one of %s, not '%.*s'", list, MAX_SHOWN, text);
  return fallback;
}

static gint64
unit_to_milliseconds (const char *unit, gsize length)
{
  static const struct
  {
    const char *names;
    gint64      milliseconds;
  } units[] = { { "|ms|msec|", 1 },
                { "||s|sec|second|seconds|", 1000 },
                { "|m|min|minute|minutes|", 60000 },
                { "|h|hr|hour|hours|", 3600000 },
                { "|d|day|days|", 86400000 } };
  g_autofree char *name = g_strdup_printf ("|%.*s|", (int) length, unit);

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strstr (units[i].names, name) != NULL)
      return units[i].milliseconds;
  return -1;
}

/* As the service reads them too, parts added up. -1: no time span. */
static gint64
parse_milliseconds (const char *text)
{
  double sum = 0;

  if (*text == '\0')
    return -1;
  while (*text != '\0')
    {
      gsize digits = strspn (text, G_CSET_DIGITS ".");
      g_autofree char *number = g_strndup (text, digits);
      const char *unit = text + digits + strspn (text + digits, " ");
      gsize length = strspn (unit, G_CSET_a_2_z);
      gint64 factor = unit_to_milliseconds (unit, length);

      if (!g_ascii_isdigit (*text) || text[digits - 1] == '.' || strchr (number, '.') != strrchr (number, '.') || factor < 0)
        return -1;
      sum += g_ascii_strtod (number, NULL) * (double) factor;
      text = unit + length + strspn (unit + length, " ");
    }
  return (gint64) MIN (sum, 1e15);
}

gint64
channel_settings_get_milliseconds (ChannelSettings *self, const char *key, gint64 fallback, gint64 least, gint64 most)
{
  const char *text = find_text (self, key);
  gint64 span;

  if (text == NULL)
    return fallback;
  span = parse_milliseconds (text);
  if (span >= least && span <= most)
    return span;
  if (span < 0)
    channel_settings_set_fault (self, key, "must be a time span such as 30s or 2min, not '%.*s'", MAX_SHOWN, text);
  else
    channel_settings_set_fault (self, key, "must be from %g s to %g s, not '%.*s'", (double) least / 1000, (double) most / 1000,
                                MAX_SHOWN, text);
  return fallback;
}

const char *
channel_settings_get_file (ChannelSettings *self, const char *key)
{
  const char *path = find_text (self, key);

  if (path != NULL && !g_path_is_absolute (path))
    channel_settings_set_fault (self, key, "must be an absolute path, not '%.*s'", MAX_SHOWN, path);
  else if (path != NULL && access (path, R_OK) != 0)
    channel_settings_set_fault (self, key, "cannot read %s: %s", path, g_strerror (errno));
  return path;
}

const char *
channel_settings_get_secret (ChannelSettings *self, const char *key)
{
  const char *secret = channel_object_get_text (self->secrets, key, NULL);

  if (channel_settings_has (self, key))
    channel_settings_set_fault (self, key, "a secret does not belong among the settings; write %s-file=PATH or %s-credential=NAME instead",
                                key, key);
  if (secret != NULL && *secret == '\0')
    channel_settings_set_fault (self, key, "the secret is empty");
  return secret;
}

/* ---- keys that nobody knows ---- */

static gboolean
is_known (ChannelSettings *self, const char *key)
{
  return g_hash_table_contains (self->asked, key) || g_strv_contains (of_service, key) || names_a_source (key);
}

/* How many letters must be put in, taken out or replaced. */
static guint
distance (const char *a, const char *b)
{
  gsize width = strlen (b);
  g_autofree guint *row = g_new (guint, width + 1);

  for (guint i = 0; i <= width; i++)
    row[i] = i;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      guint corner = row[0];

      row[0] = i;
      for (guint j = 1; j <= width; j++)
        {
          guint best = MIN (MIN (row[j], row[j - 1]) + 1, corner + (a[i - 1] != b[j - 1]));

          corner = row[j];
          row[j] = best;
        }
    }
  return row[width];
}

static const char *
find_nearest (ChannelSettings *self, const char *key)
{
  GHashTableIter iter;
  gpointer known;
  const char *nearest = NULL;
  guint least = 3;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, &known, NULL))
    if (strlen (key) < MAX_SHOWN && distance (key, known) < least)
      {
        nearest = known;
        least = distance (key, known);
      }
  return nearest;
}

const char *
channel_settings_find_fault (ChannelSettings *self)
{
  g_autoptr (GList) keys = self->settings != NULL ? json_object_get_members (self->settings) : NULL;

  for (GList *l = keys; l != NULL && self->fault == NULL; l = l->next)
    if (!is_known (self, l->data))
      {
        const char *nearest = find_nearest (self, l->data);

        if (nearest != NULL)
          channel_settings_set_fault (self, l->data, "is not known; did you mean '%s'?", nearest);
        else
          channel_settings_set_fault (self, l->data, "is not known");
      }
  return self->fault;
}
