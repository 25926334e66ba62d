/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "delivery-follower.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "notify.h"

#define LOOK_USEC (1000 * 1000)
/* What is older than these is over, or waits for long. */
#define LEAST_LOOKED_AT 100

typedef struct
{
  Context    *context; /* (unowned) */
  GHashTable *seen;    /* (element-type utf8 utf8) (owned) (nullable) before the first look; how each of the latest was in the last one */
  guint64     n_shown; /* of the first look, so many at most */
  gboolean    is_away;
} Follower;

static void
print_text (Context *context, GVariant *row)
{
  const char *reason = row_string (row, "reason");
  g_autofree char *now = context->times == TIMES_UTC ? text_time (g_get_real_time (), 0, TIMES_UTC) : text_iso (g_get_real_time ());
  g_autofree char *job = text_escape (row_string (row, "job-name"));
  g_autofree char *what = notify_describe (context, row, "state");
  g_autofree char *why = text_escape (*reason != '\0' ? reason : row_string (row, "detail"));
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));

  printf ("%s  %s  %s%s%s%s%s\n", now, id, job, *job != '\0' ? ": " : "", what, *why != '\0' ? ", " : "", why);
}

/* TRUE: it is not as it was. Puts how it is into @seen. */
static gboolean
note (Follower *follower, GHashTable *seen, GVariant *row)
{
  char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));
  char *now = g_strdup_printf ("%s %u", row_string (row, "state"), row_uint32 (row, "attempts"));
  const char *before = follower->seen != NULL ? g_hash_table_lookup (follower->seen, id) : NULL;

  g_hash_table_insert (seen, id, now);
  return g_strcmp0 (before, now) != 0;
}

/* Rows come newest first; the oldest is told first. */
static void
show_changes (Follower *follower, GPtrArray *rows)
{
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = rows->len; i > 0; i--)
    {
      GVariant *row = rows->pdata[i - 1];

      if (!note (follower, seen, row) || (follower->seen == NULL && i > follower->n_shown))
        continue;
      if (follower->context->is_json)
        json_print_line (json_from_variant (row));
      else
        print_text (follower->context, row);
    }
  g_clear_pointer (&follower->seen, g_hash_table_unref);
  follower->seen = seen;
}

/* A service that is away, or busy, comes back. */
static gboolean
is_passing (const GError *error)
{
  JtExit status = jt_client_exit_status (error);

  return status == JT_EXIT_NO_SERVICE || status == JT_EXIT_UNKNOWN;
}

static gboolean
look (Follower *follower, GVariant *filter, guint64 limit, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GError) local = NULL;

  if (notify_collect (follower->context, filter, limit, rows, &local))
    {
      follower->is_away = FALSE;
      show_changes (follower, rows);
      return TRUE;
    }
  if (!is_passing (local) || g_dbus_connection_is_closed (jt_client_get_connection (follower->context->client)))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!follower->is_away && !follower->context->is_quiet)
    fputs (_("jobctl: the service is gone; waiting for it\n"), stderr);
  follower->is_away = TRUE;
  return TRUE;
}

/* Comes back with an error, or when nobody reads any more. */
int
delivery_follow (Context *context, GVariant *filter, guint64 limit, GError **error)
{
  Follower follower = { .context = context, .n_shown = limit };
  int status = JT_EXIT_DONE;

  while (status == JT_EXIT_DONE && fflush (stdout) == 0)
    {
      if (!look (&follower, filter, MAX (limit, LEAST_LOOKED_AT), error))
        status = JT_EXIT_FAILED;
      else if (fflush (stdout) == 0)
        g_usleep (LOOK_USEC);
    }
  g_clear_pointer (&follower.seen, g_hash_table_unref);
  return status;
}
