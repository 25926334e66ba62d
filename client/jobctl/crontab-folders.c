/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-folders.h"

#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "crontab-sources.h"
#include "remarks.h"

/* Debian's times, for machines without /etc/crontab. */
static const struct
{
  const char *folder;
  const char *schedule;
} folders[] = {
  { "/etc/cron.hourly", "17 * * * *" },
  { "/etc/cron.daily", "25 6 * * *" },
  { "/etc/cron.weekly", "47 6 * * 7" },
  { "/etc/cron.monthly", "52 6 1 * *" },
  { "/etc/cron.yearly", NULL },
};

static gboolean
is_run_parts (const char *word)
{
  return g_str_equal (word, "run-parts") || g_str_equal (word, "/usr/bin/run-parts") || g_str_equal (word, "/bin/run-parts");
}

/* "test -x /usr/sbin/anacron ||", "[ -x … ] ||": how many words, 0 if they are not there. */
static guint
count_guard_words (char **words)
{
  gboolean has_bracket = g_strcmp0 (words[0], "[") == 0;
  guint closing = has_bracket ? 4 : 3;

  if (g_strv_length (words) <= closing || (!has_bracket && !g_str_equal (words[0], "test")) || !g_str_equal (words[1], "-x")
      || !g_str_has_suffix (words[2], "/anacron") || (has_bracket && !g_str_equal (words[3], "]")))
    return 0;
  return g_str_equal (words[closing], "||") ? closing + 1 : 0;
}

/* The words of @line without the brackets of a group. */
static char **
split_words (const char *line)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *word = words[i];
      gsize length;

      word += *word == '(' || *word == '{';
      length = strlen (word);
      while (length > 0 && strchr (");}", word[length - 1]) != NULL)
        word[--length] = '\0';
      if (length > 0)
        g_strv_builder_add (builder, word);
    }
  return g_strv_builder_end (builder);
}

/* "nice", "nice -n 5": how many words, and what it comes to. */
static guint
count_nice_words (char **words, int *nice)
{
  gint64 number = 10;

  if (words[0] == NULL || !g_str_equal (words[0], "nice"))
    return 0;
  *nice = 10;
  if (g_strcmp0 (words[1], "-n") != 0 || words[2] == NULL)
    return 1;
  *nice = g_ascii_string_to_signed (words[2], 10, -20, 19, &number, NULL) ? (int) number : 0;
  return 3;
}

/**
 * crontab_folder_of_line:
 * @line: of a shell
 * @habits: (out): how it does that
 *
 * Returns: (transfer full) (nullable): the folder whose scripts @line runs, when that is all that it does
 */
char *
crontab_folder_of_line (const char *line, CrontabFolderHabits *habits)
{
  g_auto (GStrv) all = split_words (line);
  guint n_guard = count_guard_words (all);
  char **words = all + n_guard;
  char *folder;

  *habits = (CrontabFolderHabits) { .is_for_anacron = n_guard > 0 };
  habits->is_from_root = g_strv_length (words) > 3 && g_str_equal (words[0], "cd") && g_str_equal (words[1], "/") && g_str_equal (words[2], "&&");
  if (habits->is_from_root)
    words += 3;
  words += count_nice_words (words, &habits->nice);
  if (words[0] == NULL || !is_run_parts (words[0]))
    return NULL;
  do
    words++;
  while (*words != NULL && g_str_has_prefix (*words, "--"));
  if (*words == NULL || words[1] != NULL || !g_path_is_absolute (*words) || strpbrk (*words, "$`*?<>&|;\"'\\") != NULL)
    return NULL;
  folder = g_strdup (*words);
  while (strlen (folder) > 1 && g_str_has_suffix (folder, "/"))
    folder[strlen (folder) - 1] = '\0';
  return folder;
}

/* --- script by script --- */

/* The line of a shell that the entry is. Borrowed. */
static const char *
get_line (const ImportEntry *entry)
{
  g_autofree const char **command = NULL;
  const char *line = NULL;

  if (!g_variant_lookup (entry->settings, "shell", "&s", &line) && g_variant_lookup (entry->settings, "command", "^a&s", &command)
      && g_strv_length ((char **) command) == 3)
    line = command[2];
  return line != NULL ? line : "";
}

/* What the scripts have from the line that runs their folder: all but what is run. */
static GVariant *
make_settings (const ImportEntry *line, const char *schedule, const char *path, const CrontabFolderHabits *habits)
{
  const char *command[] = { path, NULL };
  const char *schedules[] = { schedule, NULL };
  GVariantDict settings;

  g_variant_dict_init (&settings, line != NULL ? line->settings : NULL);
  g_variant_dict_remove (&settings, "shell");
  g_variant_dict_insert (&settings, "command", "^as", command);
  if (line == NULL)
    {
      g_variant_dict_insert (&settings, "schedule", "^as", schedules);
      g_variant_dict_insert (&settings, "leftover", "s", "leave");
      g_variant_dict_insert (&settings, "catch-up", "s", "one");
    }
  if (habits->nice != 0)
    g_variant_dict_insert (&settings, "nice", "i", habits->nice);
  if (line == NULL || habits->is_from_root)
    g_variant_dict_insert (&settings, "working-directory", "s", "/");
  return g_variant_ref_sink (g_variant_dict_end (&settings));
}

static ImportEntry *
make_entry (const ImportEntry *line, const char *folder, const char *name, const char *path, GVariant *settings)
{
  ImportEntry *entry = import_entry_new (path, 0);
  g_autofree char *folder_name = g_path_get_basename (folder);

  entry->name = g_strdup_printf ("%s.%s", folder_name, name);
  entry->user = g_strdup (line != NULL ? line->user : "root");
  entry->settings = settings;
  if (line == NULL)
    {
      remarks_add (entry->remarks, REMARK_DIFFERS, folder,
                   _("no crontab runs this folder; it gets the time that Debian's has for it, and catch-up=one, as with anacron"));
      return entry;
    }
  remarks_add (entry->remarks, REMARK_DIFFERS, folder,
               _("cron runs the scripts of the folder one after the other, here each starts by itself; one that is put there later is not seen"));
  remarks_add_all (entry->remarks, line->remarks);
  return entry;
}

static void
add_scripts (const char *root, const char *folder, const ImportEntry *line, const char *schedule, const CrontabFolderHabits *habits, GPtrArray *entries)
{
  g_autoptr (GPtrArray) names = crontab_list_folder (root, folder, crontab_is_plain_name);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename ("/", root, folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && access (path, X_OK) == 0)
        g_ptr_array_add (entries, make_entry (line, folder, name, path, make_settings (line, schedule, path, habits)));
    }
}

/* The lines that run @folder leave @entries; of those the one that counts: anacron's, where it is installed. (transfer full) (nullable) */
static ImportEntry *
take_line (GPtrArray *entries, const char *folder, gboolean has_anacron, CrontabFolderHabits *habits)
{
  ImportEntry *found = NULL;

  for (guint i = 0; i < entries->len;)
    {
      ImportEntry *entry = g_ptr_array_index (entries, i);
      CrontabFolderHabits own = { 0 };
      g_autofree char *named = crontab_folder_of_line (get_line (entry), &own);

      if (g_strcmp0 (named, folder) != 0)
        {
          i++;
          continue;
        }
      entry = g_ptr_array_steal_index (entries, i);
      if (found != NULL && (own.is_for_anacron || !has_anacron))
        {
          import_entry_free (entry);
          continue;
        }
      import_entry_free (found);
      found = entry;
      *habits = own;
    }
  return found;
}

/* @root: a folder before every path. The scripts take the place of lines in @entries (element-type ImportEntry). */
void
crontab_read_folders (const char *root, gboolean has_anacron, GPtrArray *entries)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      CrontabFolderHabits habits = { 0 };
      g_autoptr (ImportEntry) line = take_line (entries, folders[i].folder, has_anacron, &habits);

      if (line != NULL || folders[i].schedule != NULL)
        add_scripts (root, folders[i].folder, line, folders[i].schedule, &habits, entries);
    }
}
