/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "jt-settings.h"
#include "run-table.h"
#include "setting-options.h"
#include "verbs.h"
#include "words.h"

#define LABEL_WIDTH 20

static void
print_pair (const char *label, const char *value)
{
  g_autofree char *shown = text_escape (value);

  printf ("  %s%*s%s\n", label, MAX (LABEL_WIDTH - text_width (label), 1), "", shown);
}

/* What may be empty is not shown then. */
static void
print_text (const char *label, const char *text)
{
  if (*text != '\0')
    print_pair (label, text);
}

static void
print_time (Context *context, const char *label, guint64 usec)
{
  g_autofree char *exact = text_iso ((gint64) usec);
  g_autofree char *shown = context_time (context, (gint64) usec);
  g_autofree char *both = g_strdup_printf ("%s (%s)", exact, shown);

  if (usec != 0)
    print_pair (label, context->times == TIMES_RELATIVE ? both : shown);
}

static void
print_word (Context *context, const char *label, const char *word)
{
  g_autofree char *painted = terminal_paint (&context->terminal, terminal_color_of_word (word), word_of_state (word));

  printf ("  %s%*s%s\n", label, MAX (LABEL_WIDTH - text_width (label), 1), "", painted);
}

/* As a shell would take it. */
static char *
describe_command (GVariant *variant)
{
  g_autoptr (JtSettings) settings = jt_settings_new (variant, NULL);

  return settings != NULL ? jt_settings_describe_command (settings) : g_strdup ("");
}

/* By when word of the job is due, or since when it is overdue and why: rows say it, properties do not. */
static void
print_expectation (Context *context, GVariant *job)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (job, "Id"));
  g_autofree char *path = g_strconcat (JT_JOBS_PATH "/", id, NULL);
  g_autoptr (GPtrArray) rows = NULL;
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "job", "s", path);
  rows = context_list_all (context, "ListJobs", g_variant_dict_end (&filter), NULL);
  if (rows == NULL || rows->len != 1)
    return;
  if (row_uint64 (rows->pdata[0], "late-since") == 0)
    {
      print_time (context, _("expected by"), row_uint64 (rows->pdata[0], "expected-by"));
      return;
    }
  print_time (context, _("late since"), row_uint64 (rows->pdata[0], "late-since"));
  print_pair (_("because"), row_string (rows->pdata[0], "late-reason"));
}

static void
print_job (Context *context, GVariant *job)
{
  g_autofree char *revision = NULL;
  g_autoptr (GVariant) settings = g_variant_lookup_value (job, "Settings", G_VARIANT_TYPE_VARDICT);
  guint64 typical = row_uint64 (job, "TypicalDuration");
  g_autofree char *took = text_duration (typical);
  const char *last_run = row_string (job, "LastRun");
  GVariantIter iter;
  const char *key;
  GVariant *value;

  printf ("%s/%s\n", row_string (job, "OwnerName"), row_string (job, "Name"));
  print_word (context, _("health"), row_string (job, "Health"));
  if (g_variant_lookup (settings, "expect-every", "t", NULL))
    print_expectation (context, job);
  /* Translators: the next start of a job */
  print_time (context, _("next"), row_uint64 (job, "NextElapse"));
  /* What is past is as good as never said. */
  if ((gint64) row_uint64 (job, "MutedUntil") > g_get_real_time ())
    /* Translators: so long nobody is told of a job */
    print_time (context, _("muted until"), row_uint64 (job, "MutedUntil"));
  if (strlen (last_run) > 1)
    {
      print_word (context, _("last run"), row_string (job, "LastState"));
      print_pair (_("last run number"), strrchr (last_run, '/') + 1);
      print_time (context, _("last finished"), row_uint64 (job, "LastFinished"));
    }
  if (typical != 0)
    print_pair (_("usually takes"), took);
  print_pair (_("defined by"), word_of_origin (row_string (job, "Origin")));
  revision = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (job, "Revision"));
  printf (_("Settings (revision %s):\n"), revision);
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = g_str_equal (key, "command") ? describe_command (settings) : setting_to_text (key, value);

      print_pair (key, text);
    }
}

static void
print_attempts (Context *context, GVariant *run)
{
  static const TableColumn columns[] = {
    { N_("ATTEMPT"), .is_right = TRUE }, { N_("STATE"), .is_state = TRUE }, { N_("STARTED"), .is_right = TRUE },
    { N_("TOOK"), .is_right = TRUE },    { N_("EXIT"), .is_right = TRUE },  { N_("CPU"), .is_right = TRUE, .rank = 1 },
    { N_("MEMORY"), .is_right = TRUE, .rank = 2 }, { N_("REASON"), .is_flexible = TRUE, .rank = 3 }, { NULL },
  };
  g_autoptr (GVariant) attempts = g_variant_lookup_value (run, "Attempts", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (Table) table = table_new (columns);

  for (gsize i = 0; attempts != NULL && i < g_variant_n_children (attempts); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (attempts, i);
      guint64 started = row_uint64 (row, "started-at");
      guint64 finished = row_uint64 (row, "finished-at");
      gint32 signal = row_int32 (row, "signal");
      g_autofree char *number = g_strdup_printf ("%u", row_uint32 (row, "attempt"));
      g_autofree char *when = context_time (context, (gint64) started);
      g_autofree char *took = finished > started && started != 0 ? text_duration (finished - started) : g_strdup ("-");
      g_autofree char *exit = signal > 0 ? g_strdup_printf (_("signal %d"), signal) : g_strdup_printf ("%d", row_int32 (row, "exit-code"));
      g_autofree char *cpu = text_duration (row_uint64 (row, "cpu-usage"));
      g_autofree char *memory = g_format_size_full (row_uint64 (row, "memory-peak"), G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *reason = word_of_reason (row_string (row, "reason"));

      table_add (table, number, row_string (row, "state"), when, took, exit, cpu, memory, reason, NULL);
    }
  if (table_get_length (table) > 0)
    table_print (table, &context->terminal);
}

static void
print_run (Context *context, GVariant *run)
{
  g_autofree char *log_size = g_format_size_full (row_uint64 (run, "LogSize"), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (run, "Id"));
  g_autofree char *reason = word_of_reason (row_string (run, "Reason"));
  g_autofree char *done = run_table_done (run, "Progress");

  /* Translators: a number and a job's name */
  printf (_("run %s of %s\n"), id, row_string (run, "JobName"));
  print_word (context, _("state"), row_string (run, "State"));
  print_pair (_("started by"), word_of_trigger (row_string (run, "Trigger")));
  if (*row_string (run, "Cause") != '\0')
    /* Translators: what made a run begin: an event, or the jobs that it came after */
    print_pair (_("because of"), row_string (run, "Cause"));
  print_time (context, _("scheduled for"), row_uint64 (run, "ScheduledFor"));
  if (row_uint64 (run, "DueAt") != row_uint64 (run, "ScheduledFor"))
    /* Translators: when it was to start, behind the time of its schedule */
    print_time (context, _("put off to"), row_uint64 (run, "DueAt"));
  print_time (context, _("started"), row_uint64 (run, "StartedAt"));
  print_time (context, _("finished"), row_uint64 (run, "FinishedAt"));
  print_time (context, _("next attempt"), row_uint64 (run, "NextAttemptAt"));
  if (!g_str_equal (done, "-"))
    print_pair (_("done"), done);
  /* Translators: when a run will probably be over */
  print_time (context, _("likely to end"), row_uint64 (run, "Eta"));
  print_text (_("message"), row_string (run, "Message"));
  if (*reason != '\0')
    print_pair (_("reason"), reason);
  print_text (_("acknowledged by"), row_string (run, "AcknowledgedBy"));
  print_pair (_("output"), log_size);
  print_attempts (context, run);
}

static int
show (Context *context, const char *path, const char *interface, void (*print) (Context *, GVariant *), GError **error)
{
  g_autoptr (GVariant) properties = jt_client_get_all (context->client, path, interface, error);

  if (properties == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json)
    json_print (json_from_variant (properties));
  else
    print (context, properties);
  return JT_EXIT_DONE;
}

/* A job may be called by a number too, so jobs are asked first. */
int
verb_show (Context *context, GError **error)
{
  const char *what = context->arguments[0];
  g_autofree char *run = context_run_path (what);
  g_autoptr (GError) local = NULL;
  g_autofree char *job = context_find_job (context, what, &local);

  if (job != NULL)
    return show (context, job, JT_JOB_INTERFACE, print_job, error);
  if (run != NULL && g_error_matches (local, JT_ERROR, JT_ERROR_NOT_FOUND))
    return show (context, run, JT_RUN_INTERFACE, print_run, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return JT_EXIT_FAILED;
}
