/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "delivery-follower.h"
#include "json.h"
#include "notify.h"
#include "words.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT 1000000

/* --- what is asked for --- */

static gboolean
put_instant (Context *context, GVariantDict *filter, const char *key, GError **error)
{
  gint64 usec = -1;

  if (!options_get_instant (context->options, key, &usec, error))
    return FALSE;
  if (usec >= 0)
    g_variant_dict_insert (filter, key, "t", (guint64) usec);
  return TRUE;
}

static gboolean
put_job (Context *context, GVariantDict *filter, GError **error)
{
  const char *name = options_get (context->options, "job");
  g_autofree char *path = name == NULL ? NULL : context_find_job (context, name, error);

  if (path != NULL)
    g_variant_dict_insert (filter, "job", "o", path);
  return name == NULL || path != NULL;
}

static gboolean
put_run (Context *context, GVariantDict *filter, GError **error)
{
  const char *text = options_get (context->options, "run");
  g_autofree char *path = text == NULL ? NULL : context_find_run (context, text, error);

  if (path != NULL)
    g_variant_dict_insert (filter, "run", "o", path);
  return text == NULL || path != NULL;
}

static gboolean
put_digest (Context *context, GVariantDict *filter, GError **error)
{
  const char *text = options_get (context->options, "digest");
  guint64 id;

  if (text == NULL)
    return TRUE;
  if (!notify_read_id (text, &id, error))
    return FALSE;
  g_variant_dict_insert (filter, "merged-into", "t", id);
  return TRUE;
}

static GVariant *
read_filter (Context *context, GError **error)
{
  static const char *const words[] = { "channel", "event", "user", NULL };
  g_auto (GVariantDict) filter = G_VARIANT_DICT_INIT (NULL);

  context_put_words (context, &filter, words);
  if (options_has (context->options, "state"))
    g_variant_dict_insert (&filter, "state", "^as", options_get_all (context->options, "state"));
  if (!put_instant (context, &filter, "since", error) || !put_instant (context, &filter, "until", error)
      || !put_digest (context, &filter, error) || !put_job (context, &filter, error) || !put_run (context, &filter, error))
    return NULL;
  return g_variant_ref_sink (g_variant_dict_end (&filter));
}

/* --- what is shown --- */

/* Why it stands where it stands; of a digest, how much it tells. (transfer full) */
static char *
reason_of (GVariant *row)
{
  const char *reason = row_string (row, "reason");
  const char *hold = row_string (row, "hold");
  guint64 merged_into = row_uint64 (row, "merged-into");
  guint32 count = row_uint32 (row, "count");

  if (merged_into != 0)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, merged_into);

      /* Translators: the number of the notification that this one became a part of */
      return g_strdup_printf (_("told by %s"), id);
    }
  if (*hold != '\0')
    return g_strdup (word_of_hold (hold));
  if (*reason != '\0')
    return g_strdup (reason);
  if (count > 1)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "tells %u", "tells %u together", count), count);
  return g_strdup (row_string (row, "detail"));
}

static void
add_row (Context *context, Table *table, GVariant *row)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));
  g_autofree char *when = context_time (context, (gint64) row_uint64 (row, "created-at"));
  g_autofree char *tries = g_strdup_printf ("%u", row_uint32 (row, "attempts"));
  g_autofree char *next = notify_next (context, row, "state", "next-attempt-at");
  g_autofree char *reason = reason_of (row);
  const char *run = strrchr (row_string (row, "run"), '/');

  table_add (table, id, when, word_of_event (row_string (row, "event")), row_string (row, "job-name"), run != NULL && run[1] != '\0' ? run + 1 : "-",
             notify_recipient (row), row_string (row, "channel"), row_string (row, "state"), tries, next, reason, NULL);
}

static void
print_table (Context *context, GPtrArray *rows)
{
  static const TableColumn columns[] = {
    { N_("ID"), .is_right = TRUE },
    { N_("CREATED"), .is_right = TRUE, .rank = 2 },
    { N_("EVENT") },
    { N_("JOB"), .is_flexible = TRUE },
    { N_("RUN"), .is_right = TRUE, .rank = 4 },
    { N_("TO"), .is_flexible = TRUE },
    { N_("CHANNEL") },
    { N_("STATE"), .is_state = TRUE },
    { N_("TRIES"), .is_right = TRUE, .rank = 5 },
    /* Translators: when it is tried next */
    { N_("NEXT"), .is_right = TRUE, .rank = 3 },
    { N_("REASON"), .is_flexible = TRUE, .rank = 1, .least_width = 16 },
    { NULL },
  };
  g_autoptr (Table) table = table_new (columns);

  for (guint i = 0; i < rows->len; i++)
    add_row (context, table, g_ptr_array_index (rows, i));
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  table_print (table, &context->terminal);
}

int
verb_notify_deliveries (Context *context, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) filter = NULL;
  guint64 limit = DEFAULT_LIMIT;

  if (!options_get_count (context->options, "limit", 1, MAX_LIMIT, &limit, error))
    return JT_EXIT_USAGE;
  filter = read_filter (context, error);
  if (filter != NULL && options_has (context->options, "follow"))
    return delivery_follow (context, filter, limit, error);
  if (filter == NULL || !notify_collect (context, filter, limit, rows, error))
    return JT_EXIT_FAILED;
  if (context->is_json)
    json_print (json_from_rows (rows));
  else if (rows->len == 0)
    context_say (context, "%s", _("No deliveries."));
  else
    print_table (context, rows);
  return JT_EXIT_DONE;
}
