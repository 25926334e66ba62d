/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "jt-error.h"
#include "text-file.h"

#define MAX_ENTRIES 5000
#define MAX_DROP_INS 256
#define MAX_LINKS 10

/* What a name stands for in the first folder that has it. */
typedef struct
{
  char    *path;  /* (owned) */
  char    *alias; /* (owned) (nullable) another name for it, which is what is loaded */
  gboolean is_masked;
} Entry;

struct _UnitSearch
{
  char      **folders; /* (owned) in the order in which they count */
  GHashTable *places;  /* (element-type utf8) (owned) the folders, and what they are without links */
  GHashTable *entries; /* (element-type utf8 Entry) (owned) by name */
  GHashTable *wanted;  /* (element-type utf8 gboolean) (owned) "timers.target.wants/a.timer", and whether that counts */
};

static void
entry_free (Entry *entry)
{
  g_free (entry->path);
  g_free (entry->alias);
  g_free (entry);
}

void
unit_search_free (UnitSearch *search)
{
  if (search == NULL)
    return;
  g_strfreev (search->folders);
  g_hash_table_unref (search->places);
  g_hash_table_unref (search->entries);
  g_hash_table_unref (search->wanted);
  g_free (search);
}

/* --- folders --- */

static void
add_folders (GStrvBuilder *builder, const char *base, const char *const *names)
{
  for (; base != NULL && *names != NULL; names++)
    {
      g_autofree char *folder = g_build_filename (base, *names, NULL);

      g_strv_builder_add (builder, folder);
    }
}

static void
add_folders_of_all (GStrvBuilder *builder, const char *const *bases)
{
  static const char *const names[] = { "systemd/user", NULL };

  for (; *bases != NULL; bases++)
    add_folders (builder, *bases, names);
}

static void
add_system_folders (GStrvBuilder *builder)
{
  static const char *const folders[] = {
    "etc/systemd/system.control",  "run/systemd/system.control", "run/systemd/transient",        "run/systemd/generator.early",
    "etc/systemd/system",          "etc/systemd/system.attached", "run/systemd/system",          "run/systemd/system.attached",
    "run/systemd/generator",       "usr/local/lib/systemd/system", "lib/systemd/system",         "usr/lib/systemd/system",
    "run/systemd/generator.late",  NULL,
  };

  add_folders (builder, "/", folders);
}

static void
add_user_folders (GStrvBuilder *builder)
{
  static const char *const control[] = { "systemd/user.control", NULL };
  static const char *const early[] = { "systemd/user.control", "systemd/transient", "systemd/generator.early", NULL };
  static const char *const own[] = { "systemd/user", NULL };
  static const char *const etc[] = { "etc/systemd/user", NULL };
  static const char *const generated[] = { "systemd/generator", NULL };
  static const char *const late[] = { "systemd/generator.late", NULL };
  static const char *const last[] = { "usr/local/lib/systemd/user", "usr/lib/systemd/user", NULL };
  static const char *const run[] = { "run/systemd/user", NULL };
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");

  add_folders (builder, g_get_user_config_dir (), control);
  add_folders (builder, runtime, early);
  add_folders (builder, g_get_user_config_dir (), own);
  add_folders_of_all (builder, g_get_system_config_dirs ());
  add_folders (builder, "/", etc);
  add_folders (builder, runtime, own);
  add_folders (builder, "/", run);
  add_folders (builder, runtime, generated);
  add_folders (builder, g_get_user_data_dir (), own);
  add_folders_of_all (builder, g_get_system_data_dirs ());
  add_folders (builder, "/", last);
  add_folders (builder, runtime, late);
}

/* The search path of @manager, or what SYSTEMD_UNIT_PATH says in its place; ended by ":" it goes before. (transfer full) */
char **
unit_search_list_folders (UnitManager manager)
{
  const char *own = g_getenv ("SYSTEMD_UNIT_PATH");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (own != NULL ? own : "", ":", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (builder, parts[i]);
  if (own != NULL && *own != '\0' && !g_str_has_suffix (own, ":"))
    return g_strv_builder_end (builder);
  if (manager == UNIT_MANAGER_SYSTEM)
    add_system_folders (builder);
  else
    add_user_folders (builder);
  return g_strv_builder_end (builder);
}

/* --- what lies there --- */

/* An empty file, or /dev/null. */
static gboolean
is_nothing (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && (S_ISREG (status.st_mode) ? status.st_size == 0 : S_ISCHR (status.st_mode));
}

static gboolean
is_in_folders (UnitSearch *search, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_hash_table_contains (search->places, folder);
}

/* Where a link goes to, as a path; the last step only, for what it goes to may be a link again. (transfer full) (nullable) */
static char *
read_link (const char *path)
{
  g_autofree char *target = g_file_read_link (path, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *real = NULL;
  g_autofree char *target_folder = NULL;
  g_autofree char *base = NULL;

  if (target == NULL)
    return NULL;
  if (!g_path_is_absolute (target))
    {
      g_autofree char *whole = g_build_filename (folder, target, NULL);

      g_free (g_steal_pointer (&target));
      target = g_steal_pointer (&whole);
    }
  target_folder = g_path_get_dirname (target);
  base = g_path_get_basename (target);
  real = realpath (target_folder, NULL);
  return g_build_filename (real != NULL ? real : target_folder, base, NULL);
}

/* A link within the search path is another name for a unit, one out of it only a place. */
static void
add_entry (UnitSearch *search, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *target = NULL;
  Entry *entry;

  if (g_hash_table_contains (search->entries, name))
    return;
  target = read_link (path);
  entry = g_new0 (Entry, 1);
  entry->is_masked = is_nothing (path);
  if (target != NULL && !entry->is_masked && is_in_folders (search, target))
    {
      g_autofree char *base = g_path_get_basename (target);
      g_autoptr (UnitName) parts = unit_name_parse (base);

      if (parts != NULL && !g_str_equal (base, name))
        entry->alias = g_steal_pointer (&base);
    }
  entry->path = g_steal_pointer (&path);
  g_hash_table_insert (search->entries, g_strdup (name), entry);
}

/* The links of "timers.target.wants": the first folder that has one says whether it counts. */
static void
add_wanted (UnitSearch *search, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *unit;

  while (dir != NULL && (unit = g_dir_read_name (dir)) != NULL && g_hash_table_size (search->wanted) <= MAX_ENTRIES)
    {
      g_autofree char *link = g_build_filename (path, unit, NULL);
      g_autofree char *key = g_build_filename (name, unit, NULL);

      if (!g_hash_table_contains (search->wanted, key))
        g_hash_table_insert (search->wanted, g_steal_pointer (&key),
                             GINT_TO_POINTER (g_file_test (link, G_FILE_TEST_IS_SYMLINK) && !is_nothing (link)));
    }
}

static gboolean
list_folder (UnitSearch *search, const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".wants") || g_str_has_suffix (name, ".requires"))
        add_wanted (search, folder, name);
      else if (g_str_has_suffix (name, ".timer") || g_str_has_suffix (name, ".service"))
        add_entry (search, folder, name);
      if (g_hash_table_size (search->entries) > MAX_ENTRIES || g_hash_table_size (search->wanted) > MAX_ENTRIES)
        {
          g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("more than %d units"), MAX_ENTRIES);
          return FALSE;
        }
    }
  return TRUE;
}

static void
add_place (UnitSearch *search, const char *folder)
{
  char *real = realpath (folder, NULL);

  g_hash_table_add (search->places, g_strdup (folder));
  if (real != NULL)
    g_hash_table_add (search->places, real);
}

/**
 * unit_search_new:
 * @folders: the search path, in the order in which it counts
 *
 * Returns: (transfer full): what lies there now; %NULL with %JT_ERROR_TOO_LARGE
 */
UnitSearch *
unit_search_new (const char *const *folders, GError **error)
{
  g_autoptr (UnitSearch) search = g_new0 (UnitSearch, 1);

  search->folders = g_strdupv ((char **) folders);
  search->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  search->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) entry_free);
  search->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; folders[i] != NULL; i++)
    add_place (search, folders[i]);
  for (guint i = 0; folders[i] != NULL; i++)
    if (!list_folder (search, folders[i], error))
      return NULL;
  return g_steal_pointer (&search);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Units of @type that something wants to be started, sorted: what systemctl calls enabled. (transfer full) */
char **
unit_search_list_enabled (UnitSearch *search, const char *type)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer counts;

  g_hash_table_iter_init (&iter, search->wanted);
  while (g_hash_table_iter_next (&iter, &key, &counts))
    {
      const char *name = strrchr (key, '/') + 1;
      g_autoptr (UnitName) parts = unit_name_parse (name);

      if (counts && parts != NULL && g_str_equal (parts->type, type) && g_strcmp0 (parts->instance, "") != 0
          && g_hash_table_add (seen, (char *) name))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* Units of @type that are not masked, sorted; templates as "a@.timer". (transfer full) */
char **
unit_search_list_all (UnitSearch *search, const char *type)
{
  g_autofree char *suffix = g_strconcat (".", type, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, search->entries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_suffix (key, suffix) && !((const Entry *) value)->is_masked)
      g_ptr_array_add (names, g_strdup (key));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* --- names and aliases --- */

/* What @alias stands for when it is asked for under @name: a link to a template keeps the instance. (transfer full) */
static char *
follow_alias (const UnitName *name, const char *alias)
{
  g_autoptr (UnitName) parts = unit_name_parse (alias);

  if (g_strcmp0 (parts->instance, "") != 0 || name->instance == NULL)
    return g_strdup (alias);
  g_free (parts->instance);
  parts->instance = g_strdup (name->instance);
  return unit_name_with_type (parts, parts->type);
}

/* What is loaded for @name: its own file, or the one of its template. *@real: the name at the end of all aliases. (nullable) */
static const Entry *
find_entry (UnitSearch *search, const char *name, char **real)
{
  g_autofree char *current = g_strdup (name);

  for (guint i = 0; i < MAX_LINKS; i++)
    {
      g_autoptr (UnitName) parts = unit_name_parse (current);
      g_autofree char *template = parts != NULL ? unit_name_of_template (parts) : NULL;
      const Entry *entry = g_hash_table_lookup (search->entries, current);

      if (entry == NULL && template != NULL)
        entry = g_hash_table_lookup (search->entries, template);
      /* A link from an instance to its own template is no other name. */
      if (entry == NULL || entry->alias == NULL || g_strcmp0 (entry->alias, template) == 0)
        {
          *real = g_steal_pointer (&current);
          return entry;
        }
      g_free (g_steal_pointer (&current));
      current = follow_alias (parts, entry->alias);
    }
  return NULL;
}

/* @name and all that are other names of it. (transfer full) */
static GPtrArray *
list_names (UnitSearch *search, const char *name)
{
  g_autoptr (UnitName) parts = unit_name_parse (name);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_ptr_array_add (names, g_strdup (name));
  g_hash_table_iter_init (&iter, search->entries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autoptr (UnitName) other = ((const Entry *) value)->alias != NULL ? unit_name_parse (key) : NULL;
      g_autofree char *real = NULL;
      g_autofree char *with_instance = NULL;

      if (other == NULL)
        continue;
      if (g_strcmp0 (other->instance, "") == 0 && parts->instance != NULL)
        {
          g_free (other->instance);
          other->instance = g_strdup (parts->instance);
        }
      with_instance = unit_name_with_type (other, other->type);
      if (find_entry (search, with_instance, &real) != NULL && g_str_equal (real, name) && !g_str_equal (with_instance, name))
        g_ptr_array_add (names, g_steal_pointer (&with_instance));
    }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* --- drop-ins --- */

typedef struct
{
  GHashTable *found; /* (element-type utf8 utf8) file name to path, the first that has it */
} DropIns;

static void
add_drop_in_folder (DropIns *self, const char *folder, const char *name)
{
  g_autofree char *base = g_strconcat (name, ".d", NULL);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ".conf") && *file != '.' && !g_hash_table_contains (self->found, file))
      g_hash_table_insert (self->found, g_strdup (file), g_build_filename (path, file, NULL));
}

/* "a-b@c.timer" has a-b@c.timer.d, a-b@.timer.d, a-.timer.d below it in this order. */
static void
add_drop_ins_of_name (DropIns *self, const char *folder, const char *name)
{
  g_autoptr (UnitName) parts = unit_name_parse (name);
  g_autofree char *template = parts != NULL ? unit_name_of_template (parts) : NULL;
  g_autofree char *shorter = NULL;
  gsize length;

  add_drop_in_folder (self, folder, name);
  if (parts == NULL)
    return;
  if (template != NULL)
    add_drop_ins_of_name (self, folder, template);
  for (length = strlen (parts->prefix); length > 0 && parts->prefix[length - 1] == '-';)
    parts->prefix[--length] = '\0';
  if (strrchr (parts->prefix, '-') == NULL)
    return;
  strrchr (parts->prefix, '-')[1] = '\0';
  shorter = unit_name_with_type (parts, parts->type);
  add_drop_ins_of_name (self, folder, shorter);
}

/* (transfer full): paths, in the order of the files' names, wherever they lie */
static char **
list_drop_ins (UnitSearch *search, const Unit *unit)
{
  DropIns self = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  g_autoptr (GHashTable) found = self.found;
  g_autoptr (GPtrArray) names = list_names (search, unit->name);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autofree gpointer *keys = NULL;

  for (guint i = 0; i < names->len; i++)
    for (guint f = 0; search->folders[f] != NULL; f++)
      add_drop_ins_of_name (&self, search->folders[f], g_ptr_array_index (names, i));
  for (guint f = 0; search->folders[f] != NULL; f++)
    add_drop_in_folder (&self, search->folders[f], unit->parts->type);
  keys = g_hash_table_get_keys_as_array (found, NULL);
  for (guint i = 0; keys[i] != NULL; i++)
    g_ptr_array_add (files, keys[i]);
  g_ptr_array_sort (files, compare_names);
  for (guint i = 0; i < files->len; i++)
    files->pdata[i] = g_strdup (g_hash_table_lookup (found, files->pdata[i]));
  g_ptr_array_add (files, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&files), FALSE);
}

/* --- loading --- */

static gboolean
read_file (Unit *unit, const char *path, GError **error)
{
  gsize length;
  g_autofree char *text = text_file_read (path, UNIT_MAX_FILE, &length, error);

  return text != NULL && unit_read_text (unit, text, length, path, error);
}

static gboolean
read_drop_ins (UnitSearch *search, Unit *unit, GError **error)
{
  g_auto (GStrv) paths = list_drop_ins (search, unit);

  if (g_strv_length (paths) > MAX_DROP_INS)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("%s has more than %d drop-ins"), unit->name, MAX_DROP_INS);
      return FALSE;
    }
  for (guint i = 0; paths[i] != NULL; i++)
    if (!is_nothing (paths[i]) && !read_file (unit, paths[i], error))
      return FALSE;
  return TRUE;
}

/**
 * unit_search_load:
 *
 * Returns: (transfer full): the unit with its drop-ins, under the name at the end of its aliases; %NULL with %JT_ERROR_NOT_FOUND,
 *   %JT_ERROR_WRONG_STATE when it is masked, or the error of a file that cannot be read
 */
Unit *
unit_search_load (UnitSearch *search, const char *name, GError **error)
{
  g_autoptr (UnitName) parts = unit_name_parse (name);
  g_autofree char *real = NULL;
  g_autoptr (Unit) unit = NULL;
  const Entry *entry;

  if (parts == NULL)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is not the name of a unit"), name);
      return NULL;
    }
  if (g_strcmp0 (parts->instance, "") == 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s is a template; name an instance, as in %s@NAME.%s"), name, parts->prefix,
                   parts->type);
      return NULL;
    }
  entry = find_entry (search, name, &real);
  if (entry == NULL)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("there is no unit %s"), name);
      return NULL;
    }
  if (entry->is_masked)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, _("%s is masked"), name);
      return NULL;
    }
  unit = unit_new (real);
  return read_file (unit, entry->path, error) && read_drop_ins (search, unit, error) ? g_steal_pointer (&unit) : NULL;
}
