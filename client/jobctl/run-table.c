/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "run-table.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "words.h"

static const TableColumn columns[] = {
  /* Translators: the number of a run */
  { N_("RUN"), .is_right = TRUE },
  { N_("JOB"), .is_flexible = TRUE },
  { N_("STATE"), .is_state = TRUE },
  { N_("STARTED"), .is_right = TRUE },
  /* Translators: how long it took */
  { N_("TOOK"), .is_right = TRUE, .rank = 1 },
  /* Translators: which attempt of how many */
  { N_("TRY"), .is_right = TRUE, .rank = 4 },
  /* Translators: exit code or signal */
  { N_("EXIT"), .is_right = TRUE, .rank = 2 },
  /* Translators: what started it */
  { N_("TRIGGER"), .rank = 5 },
  { N_("REASON"), .is_flexible = TRUE, .rank = 3 },
  { NULL },
};

/* Of runs that go on: how far they are, and not how they ended. */
static const TableColumn active_columns[] = {
  { N_("RUN"), .is_right = TRUE },
  { N_("JOB"), .is_flexible = TRUE },
  { N_("STATE"), .is_state = TRUE },
  { N_("STARTED"), .is_right = TRUE },
  { N_("TOOK"), .is_right = TRUE, .rank = 2 },
  { N_("DONE"), .is_right = TRUE },
  { N_("ETA"), .is_right = TRUE, .rank = 1 },
  { N_("TRY"), .is_right = TRUE, .rank = 4 },
  { N_("TRIGGER"), .rank = 5 },
  { N_("MESSAGE"), .is_flexible = TRUE, .rank = 3 },
  { NULL },
};

static char *
exit_of (GVariant *row)
{
  gint32 signal = row_int32 (row, "signal");
  gint32 exit_code = row_int32 (row, "exit-code");

  if (signal > 0)
    return g_strdup_printf (_("signal %d"), signal);
  return exit_code >= 0 ? g_strdup_printf ("%d", exit_code) : g_strdup ("-");
}

/* How long it took, or has taken until now. */
static char *
took_of (GVariant *row)
{
  guint64 started = row_uint64 (row, "started-at");
  guint64 finished = row_uint64 (row, "finished-at");
  guint64 until = finished != 0 ? finished : (guint64) g_get_real_time ();

  return started == 0 || until < started ? g_strdup ("-") : text_duration (until - started);
}

static char *
reason_of (Context *context, GVariant *row)
{
  guint64 count = row_uint64 (row, "count");
  g_autofree char *next = NULL;

  if (g_str_equal (row_string (row, "state"), "retry-wait"))
    {
      next = context_time (context, (gint64) row_uint64 (row, "next-attempt-at"));
      /* Translators: "next attempt in 30 s" */
      return g_strdup_printf (_("next attempt %s"), next);
    }
  if (count > 1)
    {
      g_autofree char *shown = g_strdup_printf ("%" G_GUINT64_FORMAT, count);

      /* Translators: so many instants of the schedule were let go in one */
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s occurrence", "%s occurrences", (gulong) count), shown);
    }
  return word_of_reason (row_string (row, "reason"));
}

static void
add_row (Context *context, Table *table, GVariant *row)
{
  guint64 started = row_uint64 (row, "started-at");
  guint64 shown = started != 0 ? started : row_uint64 (row, "queued-at");
  g_autofree char *name = row_job_name (row, "job-name");
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));
  g_autofree char *when = context_time (context, (gint64) shown);
  g_autofree char *took = took_of (row);
  g_autofree char *try = g_strdup_printf ("%u/%u", row_uint32 (row, "attempt"), row_uint32 (row, "max-attempts"));
  g_autofree char *exit = exit_of (row);
  g_autofree char *reason = reason_of (context, row);

  table_add (table, id, name, row_string (row, "state"), when, took, try, exit, word_of_trigger (row_string (row, "trigger")),
             reason, NULL);
}

/* The share that is done, as people write it; "-" when nobody said. (transfer full) */
char *
run_table_done (GVariant *row, const char *key)
{
  double fraction = -1;

  g_variant_lookup (row, key, "d", &fraction);
  return fraction < 0 ? g_strdup ("-") : g_strdup_printf ("%d%%", (int) (fraction * 100));
}

static void
add_active_row (Context *context, Table *table, GVariant *row)
{
  guint64 started = row_uint64 (row, "started-at");
  g_autofree char *name = row_job_name (row, "job-name");
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));
  g_autofree char *when = context_time (context, (gint64) (started != 0 ? started : row_uint64 (row, "queued-at")));
  g_autofree char *took = took_of (row);
  g_autofree char *done = run_table_done (row, "progress");
  g_autofree char *eta = context_time (context, (gint64) row_uint64 (row, "eta"));
  g_autofree char *try = g_strdup_printf ("%u/%u", row_uint32 (row, "attempt"), row_uint32 (row, "max-attempts"));
  g_autofree char *reason = reason_of (context, row);

  table_add (table, id, name, row_string (row, "state"), when, took, done, eta, try, row_string (row, "trigger"),
             *reason != '\0' ? reason : row_string (row, "message"), NULL);
}

static void
print (Context *context, GPtrArray *rows, const char *when_empty, const TableColumn *headings,
       void (*add) (Context *context, Table *table, GVariant *row))
{
  g_autoptr (Table) table = NULL;

  if (context->is_json)
    {
      json_print (json_from_rows (rows));
      return;
    }
  if (rows->len == 0)
    {
      context_say (context, "%s", when_empty);
      return;
    }
  table = table_new (headings);
  for (guint i = 0; i < rows->len; i++)
    add (context, table, g_ptr_array_index (rows, i));
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  table_print (table, &context->terminal);
}

/* @when_empty: the sentence for a person when there is none */
void
run_table_print (Context *context, GPtrArray *rows, const char *when_empty)
{
  print (context, rows, when_empty, columns, add_row);
}

void
run_table_print_active (Context *context, GPtrArray *rows, const char *when_empty)
{
  print (context, rows, when_empty, active_columns, add_active_row);
}
