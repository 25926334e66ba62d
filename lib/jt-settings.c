/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-settings-bytes.h"
#include "jt-settings-table.h"
#include "jt-size.h"

#define MAX_KEYS 128
#define KEY_FILE_GROUP "Job"

/* One block of memory, because there may be a hundred thousand of them. */
struct _JtSettings
{
  gatomicrefcount ref_count;
  guint32         length;  /* of the values in bytes */
  guint64         values[]; /* a{sv}, serialized, in normal form, keys sorted; aligned as GVariant wants it */
};

static JtSettings *
settings_alloc (gsize length)
{
  JtSettings *settings = g_malloc (sizeof *settings + length);

  g_atomic_ref_count_init (&settings->ref_count);
  settings->length = (guint32) length;
  return settings;
}

JtSettings *
jt_settings_ref (JtSettings *settings)
{
  g_atomic_ref_count_inc (&settings->ref_count);
  return settings;
}

void
jt_settings_unref (JtSettings *settings)
{
  if (settings == NULL || !g_atomic_ref_count_dec (&settings->ref_count))
    return;
  g_free (settings);
}

/* --- checks --- */

static const JtSettingRow *
find_row (const char *key, GError **error)
{
  const JtSettingRow *row = jt_setting_row_find (key);
  g_autoptr (GPtrArray) names = NULL;
  const char *nearest;

  if (row != NULL)
    return row;
  names = g_ptr_array_new ();
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    g_ptr_array_add (names, (char *) info->key);
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (key, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown setting '%.64s'; did you mean '%s'?"), key, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown setting '%.64s'"), key);
  return NULL;
}

static gboolean
get_number (GVariant *value, double *number)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_UINT64:
      *number = (double) g_variant_get_uint64 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      *number = g_variant_get_uint32 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT32:
      *number = g_variant_get_int32 (value);
      return TRUE;
    case G_VARIANT_CLASS_DOUBLE:
      *number = g_variant_get_double (value);
      return TRUE;
    default:
      return FALSE;
    }
}

static char *
show_number (const JtSettingRow *row, double number)
{
  if (row->info.is_duration)
    return jt_duration_format ((gint64) number);
  if (row->info.is_size)
    return jt_size_format ((guint64) number);
  return g_strdup_printf ("%g", number);
}

static gboolean
check_range (const JtSettingRow *row, GVariant *value, GError **error)
{
  double most = row->most != 0 ? row->most : (double) G_MAXINT64;
  double number;

  if (get_number (value, &number))
    {
      g_autofree char *least_text = NULL;
      g_autofree char *most_text = NULL;

      if (!isfinite (number))
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: must be a finite number"), row->info.key);
          return FALSE;
        }
      if (number >= row->least && number <= most)
        return TRUE;
      least_text = show_number (row, row->least);
      most_text = show_number (row, most);
      /* Translators: a setting's key, the least and the greatest value */
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: must be %s to %s"), row->info.key, least_text, most_text);
      return FALSE;
    }
  if (g_variant_is_container (value) && row->most != 0 && (double) g_variant_n_children (value) > row->most)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("%s: %zu entries, limit %.0f"), row->info.key,
                   g_variant_n_children (value), row->most);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_value (const JtSettingRow *row, GVariant *value, GError **error)
{
  if (row->info.status == JT_SETTING_PROMISED)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, _("%s: this setting is not supported yet"), row->info.key);
      return FALSE;
    }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (row->info.type)))
    {
      /* Translators: a setting's key and two types of D-Bus, as in "as" */
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: expected %s, got %s"), row->info.key, row->info.type,
                   g_variant_get_type_string (value));
      return FALSE;
    }
  if (!check_range (row, value, error))
    return FALSE;
  return row->check == NULL || row->check (row->info.key, value, error);
}

static gboolean
has_value (GVariant *values, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (values, key, NULL);

  return value != NULL;
}

/* What says nothing without the other. */
static const struct
{
  const char *key;
  const char *needs;
} companions[] = {
  { "jitter-fixed", "jitter" },
  { "condition-wait", "condition" },
  { "watch-settle", "watch-path" },
};

/* Rules between keys. */
static gboolean
check_together (GVariant *values, GError **error)
{
  const char *overlap = "skip";

  if (has_value (values, "command") && has_value (values, "shell"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("command and shell exclude each other; give one of them"));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    if (has_value (values, companions[i].key) && !has_value (values, companions[i].needs))
      {
        /* Translators: two settings' keys */
        g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: says something about %s, which is not given"), companions[i].key,
                     companions[i].needs);
        return FALSE;
      }
  g_variant_lookup (values, "overlap", "&s", &overlap);
  if (has_value (values, "max-parallel") && !g_str_equal (overlap, "allow"))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("max-parallel: goes with overlap=allow, and overlap is %s"), overlap);
      return FALSE;
    }
  return TRUE;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* @table: key → GVariant. Sorted, so that equal settings are equal bytes. */
static JtSettings *
settings_from_table (GHashTable *table, GError **error)
{
  guint n_keys;
  g_autofree const char **keys = (const char **) g_hash_table_get_keys_as_array (table, &n_keys);
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) normal = NULL;
  JtSettings *settings;
  GVariantBuilder builder;

  qsort (keys, n_keys, sizeof *keys, compare_keys);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < n_keys; i++)
    g_variant_builder_add (&builder, "{sv}", keys[i], g_hash_table_lookup (table, keys[i]));
  values = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (!check_together (values, error))
    return NULL;
  normal = g_variant_get_normal_form (values);
  settings = settings_alloc (g_variant_get_size (normal));
  g_variant_store (normal, settings->values);
  return settings;
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}

/* Puts the checked entries of @dict into @table; a key may come once. */
static gboolean
take_entries (GHashTable *table, GVariant *dict, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dict);
  if (g_variant_iter_n_children (&iter) > MAX_KEYS)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("more than %d settings"), MAX_KEYS);
      return FALSE;
    }
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      const JtSettingRow *row = find_row (key, error);

      if (row == NULL || !check_value (row, owned, error))
        return FALSE;
      if (!g_hash_table_add (seen, (char *) row->info.key))
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: is given twice"), key);
          return FALSE;
        }
      g_hash_table_insert (table, g_strdup (key), g_steal_pointer (&owned));
    }
  return TRUE;
}

JtSettings *
jt_settings_new (GVariant *asv, GError **error)
{
  g_autoptr (GHashTable) table = new_table ();

  if (!take_entries (table, asv, error))
    return NULL;
  return settings_from_table (table, error);
}

/* What this table does not know, GVariant has to look at. */
static gboolean
is_normal (JtSettings *settings)
{
  g_autoptr (GVariant) values
      = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE_VARDICT, settings->values, settings->length, FALSE, NULL, NULL));

  return g_variant_is_normal_form (values);
}

/* What is on record was checked when it came in, by an older or newer table if need be: here it must only be safe to read. */
static gboolean
check_stored (JtSettings *settings, GError **error)
{
  gboolean is_known = TRUE;
  JtSettingBytesIter iter;
  JtSettingBytes entry;

  jt_setting_bytes_iter_init (&iter, settings->values, settings->length);
  while (jt_setting_bytes_iter_next (&iter, &entry))
    {
      const JtSettingRow *row = jt_setting_row_find (entry.key);

      if (row != NULL && !jt_setting_bytes_has_type (&entry, row->info.type))
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "%s: is on record with type '%.*s', want '%s'", entry.key,
                       (int) MIN (entry.type_length, 16), entry.type, row->info.type);
          return FALSE;
        }
      is_known = is_known && row != NULL;
      iter.is_damaged = row != NULL && !jt_setting_bytes_is_well (&entry);
    }
  if (!iter.is_damaged && (is_known || is_normal (settings)))
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "the settings on record are damaged");
  return FALSE;
}

JtSettings *
jt_settings_new_from_bytes (gconstpointer data, gsize length, GError **error)
{
  g_autoptr (JtSettings) settings = settings_alloc (length);

  if (length > 0)
    memcpy (settings->values, data, length);
  return check_stored (settings, error) ? g_steal_pointer (&settings) : NULL;
}

JtSettings *
jt_settings_update (JtSettings *settings, GVariant *changes, const char *const *reset, GError **error)
{
  g_autoptr (GHashTable) table = new_table ();
  g_autoptr (GVariant) values = g_variant_ref_sink (jt_settings_to_variant (settings));
  GVariantIter iter;
  char *key;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{sv}", &key, &value))
    g_hash_table_insert (table, key, value);
  for (guint i = 0; reset != NULL && reset[i] != NULL; i++)
    {
      if (find_row (reset[i], error) == NULL)
        return NULL;
      g_hash_table_remove (table, reset[i]);
    }
  if (!take_entries (table, changes, error))
    return NULL;
  /* The other kind of command takes the place of the one before. */
  if (g_variant_lookup (changes, "shell", "s", NULL) && !g_variant_lookup (changes, "command", "as", NULL))
    g_hash_table_remove (table, "command");
  else if (g_variant_lookup (changes, "command", "as", NULL) && !g_variant_lookup (changes, "shell", "s", NULL))
    g_hash_table_remove (table, "shell");
  return settings_from_table (table, error);
}

/* --- as people write them --- */

static gboolean
refuse_text (const JtSettingInfo *info, const char *expected, const char *text, GError **error)
{
  /* Translators: a setting's key, what is expected ("a whole number"), and what was given */
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: expected %s, got '%.64s'"), info->key, expected, text);
  return FALSE;
}

static gboolean
parse_boolean (const JtSettingInfo *info, const char *text, gboolean *value, GError **error)
{
  static const char *const yes[] = { "yes", "true", "on", "1", NULL };
  static const char *const no[] = { "no", "false", "off", "0", NULL };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  *value = g_strv_contains (yes, lower);
  return *value || g_strv_contains (no, lower) || refuse_text (info, _("yes or no"), text, error);
}

/* Parts between ';', which a backslash keeps. (transfer full) */
static char **
split_list (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GString) part = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      if (at[0] == '\\' && (at[1] == ';' || at[1] == '\\'))
        g_string_append_c (part, *++at);
      else if (*at != ';')
        g_string_append_c (part, *at);
      else
        {
          g_strv_builder_add (builder, g_strstrip (part->str));
          g_string_truncate (part, 0);
        }
    }
  if (*g_strstrip (part->str) != '\0')
    g_strv_builder_add (builder, part->str);
  return g_strv_builder_end (builder);
}

static GVariant *
parse_codes (const JtSettingInfo *info, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ";, ", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ai"));
  for (guint i = 0; parts[i] != NULL; i++)
    {
      gint64 code;

      if (*parts[i] == '\0')
        continue;
      if (!g_ascii_string_to_signed (parts[i], 10, G_MININT32, G_MAXINT32, &code, NULL))
        {
          g_variant_builder_clear (&builder);
          refuse_text (info, _("whole numbers"), parts[i], error);
          return NULL;
        }
      g_variant_builder_add (&builder, "i", (gint32) code);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
parse_uint64 (const JtSettingInfo *info, const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 usec;
  guint64 number;

  if (info->is_duration && jt_duration_parse (text, &usec, NULL, &local_error))
    return g_variant_new_uint64 ((guint64) usec);
  if (info->is_size && jt_size_parse (text, &number, &local_error))
    return g_variant_new_uint64 (number);
  if (!info->is_duration && !info->is_size && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    return g_variant_new_uint64 (number);
  if (local_error != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "%s: %s", info->key, local_error->message);
  else
    refuse_text (info, _("a whole number"), text, error);
  return NULL;
}

static GVariant *
parse_number (const JtSettingInfo *info, const char *text, GError **error)
{
  gboolean is_unsigned = *info->type == 'u';
  gint64 number;
  double real;
  char *end;

  if (*info->type == 'd')
    {
      real = g_ascii_strtod (text, &end);
      if (end != text && *end == '\0')
        return g_variant_new_double (real);
      refuse_text (info, _("a number"), text, error);
      return NULL;
    }
  if (!g_ascii_string_to_signed (text, 10, is_unsigned ? 0 : G_MININT32, is_unsigned ? G_MAXUINT32 : G_MAXINT32, &number, NULL))
    {
      refuse_text (info, _("a whole number"), text, error);
      return NULL;
    }
  return is_unsigned ? g_variant_new_uint32 ((guint32) number) : g_variant_new_int32 ((gint32) number);
}

static GVariant *
parse_typed (const JtSettingInfo *info, const char *text, GError **error)
{
  g_auto (GStrv) list = NULL;
  gboolean flag;

  if (g_str_equal (info->type, "s"))
    return g_variant_new_string (text);
  if (g_str_equal (info->type, "b"))
    return parse_boolean (info, text, &flag, error) ? g_variant_new_boolean (flag) : NULL;
  if (g_str_equal (info->type, "t"))
    return parse_uint64 (info, text, error);
  if (g_str_equal (info->type, "ai"))
    return parse_codes (info, text, error);
  if (!g_str_equal (info->type, "as"))
    return parse_number (info, text, error);
  list = split_list (text);
  return g_variant_new_strv ((const char *const *) list, -1);
}

GVariant *
jt_setting_parse_text (const JtSettingInfo *info, const char *text, GError **error)
{
  GVariant *value;

  if (info->status == JT_SETTING_PROMISED)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, _("%s: this setting is not supported yet"), info->key);
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: is not valid UTF-8"), info->key);
      return NULL;
    }
  value = parse_typed (info, text, error);
  return value == NULL ? NULL : g_variant_ref_sink (value);
}

static gboolean
check_groups (GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (!g_str_equal (groups[i], KEY_FILE_GROUP))
      {
        g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "unknown group [%.64s]; a job file has one, [" KEY_FILE_GROUP "]", groups[i]);
        return FALSE;
      }
  if (groups[0] != NULL)
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "there is no group [" KEY_FILE_GROUP "]");
  return FALSE;
}

JtSettings *
jt_settings_new_from_key_file (GKeyFile *file, GError **error)
{
  g_autoptr (GHashTable) table = new_table ();
  g_auto (GStrv) keys = NULL;

  if (!check_groups (file, error))
    return NULL;
  keys = g_key_file_get_keys (file, KEY_FILE_GROUP, NULL, error);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      const JtSettingRow *row = find_row (keys[i], error);
      g_autofree char *text = NULL;
      g_autoptr (GVariant) value = NULL;

      if (row == NULL)
        return NULL;
      text = g_key_file_get_value (file, KEY_FILE_GROUP, keys[i], error);
      value = text == NULL ? NULL : jt_setting_parse_text (&row->info, g_strchomp (text), error);
      if (value == NULL || !check_value (row, value, error))
        return NULL;
      g_hash_table_insert (table, g_strdup (keys[i]), g_steal_pointer (&value));
    }
  return keys == NULL ? NULL : settings_from_table (table, error);
}

/* --- reading --- */

GVariant *
jt_settings_to_variant (JtSettings *settings)
{
  return g_variant_new_from_data (G_VARIANT_TYPE_VARDICT, settings->values, settings->length, TRUE,
                                  (GDestroyNotify) jt_settings_unref, jt_settings_ref (settings));
}

gconstpointer
jt_settings_get_bytes (JtSettings *settings, gsize *length)
{
  *length = settings->length;
  return settings->values;
}

gboolean
jt_settings_equal (JtSettings *a, JtSettings *b)
{
  return a == b || (a->length == b->length && memcmp (a->values, b->values, a->length) == 0);
}

/* What was given, or the default. The type was checked when the settings were made. The bytes belong to the settings' one block, or to
 * the default, which is kept for ever. */
static JtSettingBytes
find (JtSettings *settings, const char *key, const char *type)
{
  const JtSettingRow *row;
  JtSettingBytes entry;

  if (jt_setting_bytes_find (settings->values, settings->length, key, &entry) && jt_setting_bytes_has_type (&entry, type))
    return entry;
  row = jt_setting_row_find (key);
  if (row == NULL || !g_str_equal (row->info.type, type))
    g_error ("setting '%s' of type %s is not in the table", key, type);
  return *jt_setting_row_get_default (row);
}

gboolean
jt_settings_has (JtSettings *settings, const char *key)
{
  JtSettingBytes entry;

  return jt_setting_bytes_find (settings->values, settings->length, key, &entry);
}

const char *
jt_settings_get_string (JtSettings *settings, const char *key)
{
  const char *text = find (settings, key, "s").value;

  return *text == '\0' ? NULL : text;
}

char **
jt_settings_get_strv (JtSettings *settings, const char *key)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JtSettingBytes entry = find (settings, key, "as");
  const char *text;

  for (guint i = 0; (text = jt_setting_bytes_get_nth (&entry, i)) != NULL; i++)
    g_strv_builder_add (builder, text);
  return g_strv_builder_end (builder);
}

const char *
jt_settings_get_nth (JtSettings *settings, const char *key, guint n)
{
  JtSettingBytes entry = find (settings, key, "as");

  return jt_setting_bytes_get_nth (&entry, n);
}

gboolean
jt_settings_has_entry (JtSettings *settings, const char *key, const char *entry)
{
  const char *each;

  for (guint i = 0; (each = jt_settings_get_nth (settings, key, i)) != NULL; i++)
    if (g_str_equal (each, entry))
      return TRUE;
  return FALSE;
}

gboolean
jt_settings_get_boolean (JtSettings *settings, const char *key)
{
  return *(const guint8 *) find (settings, key, "b").value != 0;
}

guint64
jt_settings_get_uint64 (JtSettings *settings, const char *key)
{
  JtSettingBytes entry = find (settings, key, "t");
  guint64 value;

  memcpy (&value, entry.value, sizeof value);
  return value;
}

guint32
jt_settings_get_uint32 (JtSettings *settings, const char *key)
{
  JtSettingBytes entry = find (settings, key, "u");
  guint32 value;

  memcpy (&value, entry.value, sizeof value);
  return value;
}

gint32
jt_settings_get_int32 (JtSettings *settings, const char *key)
{
  JtSettingBytes entry = find (settings, key, "i");
  gint32 value;

  memcpy (&value, entry.value, sizeof value);
  return value;
}

double
jt_settings_get_double (JtSettings *settings, const char *key)
{
  JtSettingBytes entry = find (settings, key, "d");
  double value;

  memcpy (&value, entry.value, sizeof value);
  return value;
}

GArray *
jt_settings_get_ints (JtSettings *settings, const char *key)
{
  GArray *ints = g_array_new (FALSE, FALSE, sizeof (gint));
  JtSettingBytes entry = find (settings, key, "ai");

  return g_array_append_vals (ints, entry.value, (guint) (entry.length / sizeof (gint32)));
}

gboolean
jt_settings_has_command (JtSettings *settings)
{
  return jt_settings_has (settings, "command") || jt_settings_has (settings, "shell");
}

gboolean
jt_settings_check_runnable (JtSettings *settings, gboolean is_tracked, GError **error)
{
  static const char *const starters[] = { "schedule", "after", "on-event", "watch-path", "condition" };

  if (jt_settings_has_command (settings))
    return TRUE;
  if (!is_tracked && !jt_settings_has (settings, "expect-every"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "command is empty; give a command, or a line for shell");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (starters); i++)
    if (jt_settings_has (settings, starters[i]))
      {
        g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS,
                     "%s: there is no command to start; give one, or leave %s out for work that only reports", starters[i], starters[i]);
        return FALSE;
      }
  return TRUE;
}

/**
 * jt_settings_describe_command:
 *
 * Returns: (transfer full): what is run, as one line that a shell would understand
 */
char *
jt_settings_describe_command (JtSettings *settings)
{
  const char *shell = jt_settings_get_string (settings, "shell");
  g_auto (GStrv) command = NULL;
  GString *text;

  if (shell != NULL && *shell != '\0')
    return g_strdup (shell);
  command = jt_settings_get_strv (settings, "command");
  text = g_string_new (NULL);
  for (guint i = 0; command[i] != NULL; i++)
    {
      gboolean is_plain = *command[i] != '\0' && strpbrk (command[i], " \t\n\"'\\$&|;<>()*?[]#~`{}!") == NULL;
      g_autofree char *word = is_plain ? g_strdup (command[i]) : g_shell_quote (command[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", word);
    }
  return g_string_free (text, FALSE);
}
