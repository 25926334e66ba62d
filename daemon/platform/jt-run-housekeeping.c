/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-housekeeping.h"

#include "jt-in-thread.h"
#include "jt-run-folder.h"

/* --- removing --- */

typedef struct
{
  int               runs_fd;
  GArray           *runs; /* (owned) */
  JtLogsRemovedFunc removed;
  gpointer          user_data;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_array_unref (removal->runs);
  g_free (removal);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Removal *removal = task_data;

  for (guint i = 0; i < removal->runs->len; i++)
    jt_run_folder_remove (removal->runs_fd, g_array_index (removal->runs, guint64, i));
  g_task_return_boolean (task, TRUE);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = g_task_get_task_data (G_TASK (result));

  removal->removed (removal->user_data);
}

void
jt_run_housekeeping_remove (gpointer owner, int runs_fd, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->runs_fd = runs_fd;
  removal->runs = g_array_ref (runs);
  removal->removed = removed;
  removal->user_data = user_data;
  jt_in_thread (owner, remove_in_thread, removal, removal_free, on_removed, NULL);
}

/* --- listing --- */

typedef struct
{
  int           runs_fd;
  guint64       from;
  guint64       next;
  GArray       *runs; /* (owned) */
  JtFoldersFunc listed;
  gpointer      user_data;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_clear_pointer (&listing->runs, g_array_unref);
  g_free (listing);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Listing *listing = task_data;

  listing->runs = jt_run_folder_list (listing->runs_fd, listing->from, &listing->next);
  g_task_return_boolean (task, TRUE);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *listing = g_task_get_task_data (G_TASK (result));

  listing->listed (listing->runs, listing->next, listing->user_data);
}

void
jt_run_housekeeping_list (gpointer owner, int runs_fd, guint64 from, JtFoldersFunc listed, gpointer user_data)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->runs_fd = runs_fd;
  listing->from = from;
  listing->listed = listed;
  listing->user_data = user_data;
  jt_in_thread (owner, list_in_thread, listing, listing_free, on_listed, NULL);
}
