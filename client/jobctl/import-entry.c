/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "import-entry.h"

#include "remarks.h"

#define MAX_NAME 100

ImportEntry *
import_entry_new (const char *path, guint line)
{
  ImportEntry *entry = g_new0 (ImportEntry, 1);

  entry->path = g_strdup (path);
  entry->line = line;
  entry->remarks = remarks_new ();
  return entry;
}

void
import_entry_free (ImportEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->path);
  g_free (entry->name);
  g_free (entry->user);
  g_free (entry->turn_off);
  g_clear_pointer (&entry->settings, g_variant_unref);
  g_ptr_array_unref (entry->remarks);
  g_free (entry);
}

/* (transfer full) (element-type ImportEntry) */
GPtrArray *
import_entries_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) import_entry_free);
}

/* As compilers name a place. (transfer full) */
char *
import_entry_get_source (const ImportEntry *entry)
{
  return entry->line != 0 ? g_strdup_printf ("%s:%u", entry->path, entry->line) : g_strdup (entry->path);
}

/* What a job's name may be made of; never empty, never beginning with '.' or '-'. (transfer full) */
char *
import_name_clean (const char *text, const char *fallback)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0' && out->len < MAX_NAME; text++)
    if (g_ascii_isalnum (*text) || *text == '_' || ((*text == '.' || *text == '-') && out->len > 0))
      g_string_append_c (out, *text);
    else if (out->len > 0 && out->str[out->len - 1] != '-')
      g_string_append_c (out, '-');
  while (out->len > 0 && (out->str[out->len - 1] == '-' || out->str[out->len - 1] == '.'))
    g_string_truncate (out, out->len - 1);
  if (out->len == 0)
    g_string_append (out, fallback);
  return g_string_free (out, FALSE);
}

/* The second of a name becomes NAME-2, and so on. */
void
import_names_make_unique (GPtrArray *entries)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < entries->len; i++)
    {
      ImportEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *base = g_strdup (entry->name);

      for (guint number = 2; g_hash_table_contains (taken, entry->name); number++)
        {
          g_free (entry->name);
          entry->name = g_strdup_printf ("%s-%u", base, number);
        }
      g_hash_table_add (taken, entry->name);
    }
}
