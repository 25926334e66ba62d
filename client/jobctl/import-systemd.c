/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "import.h"
#include "jt-error.h"
#include "systemd-import.h"

/* jobctl import systemd: the timers that are named, or all that are enabled. */

typedef struct
{
  UnitManager manager;
  char      **folders; /* (owned) */
  GPtrArray  *entries; /* (element-type ImportEntry) (unowned) */
} Reader;

/* The machine's for root, and the caller's own for everybody else. */
static UnitManager
choose_manager (Context *context)
{
  if (options_has (context->options, "user") || context->bus == JT_BUS_SESSION)
    return UNIT_MANAGER_USER;
  return geteuid () == 0 || context->bus == JT_BUS_SYSTEM ? UNIT_MANAGER_SYSTEM : UNIT_MANAGER_USER;
}

static gboolean
read_timer (Reader *self, UnitSearch *search, const char *name, GError **error)
{
  ImportEntry *entry = systemd_import_timer (search, self->manager, name, g_get_real_time (), error);

  if (entry == NULL)
    return FALSE;
  g_ptr_array_add (self->entries, entry);
  return TRUE;
}

/* One that cannot be read is no reason to leave the others. */
static gboolean
read_enabled (Reader *self, GPtrArray *complaints, GError **error)
{
  g_autoptr (UnitSearch) search = unit_search_new ((const char *const *) self->folders, error);
  g_auto (GStrv) names = search != NULL ? unit_search_list_enabled (search, "timer") : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (!read_timer (self, search, names[i], &local_error))
        g_ptr_array_add (complaints, g_strdup_printf (_("%s is left alone: %s"), names[i], local_error->message));
    }
  return search != NULL;
}

/* A file's folder comes before all others, so that its service and drop-ins may lie beside it. */
static UnitSearch *
search_around (Reader *self, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *whole = g_canonicalize_filename (folder, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) folders = NULL;

  g_strv_builder_add (builder, whole);
  g_strv_builder_addv (builder, (const char **) self->folders);
  folders = g_strv_builder_end (builder);
  return unit_search_new ((const char *const *) folders, error);
}

/* "logrotate" is logrotate.timer, as it is logrotate.service to systemctl. */
static gboolean
read_named (Reader *self, const char *text, GError **error)
{
  gboolean is_path = strchr (text, '/') != NULL;
  g_autofree char *base = g_path_get_basename (text);
  g_autofree char *name = strchr (base, '.') != NULL ? g_strdup (base) : g_strconcat (base, ".timer", NULL);
  g_autoptr (UnitSearch) search = NULL;

  if (!g_str_has_suffix (name, ".timer"))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is no timer; jobs are made of timers and what they start"), name);
      return FALSE;
    }
  search = is_path ? search_around (self, text, error) : unit_search_new ((const char *const *) self->folders, error);
  if (search != NULL && read_timer (self, search, name, error))
    return TRUE;
  if (is_path)
    g_prefix_error (error, "%s: ", text);
  return FALSE;
}

gboolean
import_systemd_read (Context *context, char *const *names, GPtrArray *entries, GPtrArray *complaints, GError **error)
{
  UnitManager manager = choose_manager (context);
  g_auto (GStrv) folders = unit_search_list_folders (manager);
  Reader reader = { manager, folders, entries };

  if (*names == NULL)
    return read_enabled (&reader, complaints, error);
  for (; *names != NULL; names++)
    if (!read_named (&reader, *names, error))
      return FALSE;
  return TRUE;
}
