/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "bench-common.h"

#include <stdio.h>
#include <unistd.h>

#include "jt-migrations.h"
#include "jt-planner.h"
#include "jt-store-changes.h"

/* bench-fill FOLDER JOBS RUNS DAYS [COPIES]: makes FOLDER/jobtracker.db with a past of DAYS: JOBS jobs whose RUNS runs
 * are spread evenly over it, as the service would have left it behind: through the store's own code, jobs, runs,
 * attempts, occurrences and rollups. Only the commits are larger and not synchronous. With COPIES each run stands there
 * so many times, a little later each time: the copies' rows are made by SQL from the first one's, without attempts and
 * occurrences, and count in the rollups. The jobs are due next new year. */

#define SETTINGS "{'command': <['/bin/true', %s]>, 'schedule': <['0 0 1 1 *']>}"
#define RUNS_PER_COMMIT 5000
#define DAY_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)
/* The service keeps this many. */
#define EVENTS 100000

typedef struct
{
  JtDb          *db;       /* (owned) */
  JtRollupDelta *rollups;  /* (owned) of the day under way */
  JtJob        **jobs;     /* (owned) */
  JtJobStatus   *statuses; /* (owned) */
  guint          n_jobs;
  guint          n_runs;
  guint          n_copies;
  gint64         now_usec;
  gint64         begin_usec;
  gint64         step_usec;      /* from one run to the next, of whatever job */
  gint64         copy_step_usec; /* from one copy to the next */
  guint32        random;
} Fill;

static void
execute (Fill *fill, const char *sql)
{
  g_autoptr (GError) error = NULL;

  if (!jt_db_execute (fill->db, sql, &error))
    g_error ("%s: %s", sql, error->message);
}

static void
apply (Fill *fill, JtChange *change)
{
  g_autoptr (GError) error = NULL;

  if (!jt_store_apply_change (fill->db, change, fill->now_usec, fill->rollups, &error))
    g_error ("could not fill: %s", error->message);
}

/* Everything with the same numbers each time. */
static guint32
next_random (Fill *fill, guint32 below)
{
  fill->random = fill->random * 1664525u + 1013904223u;
  return (guint32) (((guint64) fill->random * below) >> 32);
}

/* --- jobs --- */

/* No two jobs have the same. */
static JtSettings *
make_settings (const char *word)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (g_variant_new_parsed (SETTINGS, word));

  return jt_settings_new (values, NULL);
}

static JtJob *
make_job (Fill *fill, guint number)
{
  JtJob *job = jt_job_new ();

  job->id = number + 1;
  job->revision = 1;
  job->owner = getuid ();
  job->owner_name = g_strdup (g_get_user_name ());
  job->name = g_strdup_printf ("job-%06u", number);
  job->created_usec = job->revised_usec = fill->begin_usec;
  job->seed = number * G_GUINT64_CONSTANT (2654435761);
  job->settings = make_settings (job->name);
  return job;
}

static void
put_jobs (Fill *fill)
{
  execute (fill, "BEGIN");
  for (guint i = 0; i < fill->n_jobs; i++)
    {
      g_autoptr (JtChange) change = jt_change_new ();

      fill->jobs[i] = make_job (fill, i);
      jt_change_put_job (change, fill->jobs[i]);
      apply (fill, change);
    }
  execute (fill, "COMMIT");
}

static void
put_statuses (Fill *fill)
{
  gint64 next_usec = jt_planner_next (fill->jobs[0], fill->now_usec, 0);

  execute (fill, "BEGIN");
  for (guint i = 0; i < fill->n_jobs; i++)
    {
      g_autoptr (JtChange) change = jt_change_new ();

      fill->statuses[i].cursor_usec = fill->now_usec;
      fill->statuses[i].next_elapse_usec = next_usec;
      jt_change_put_status (change, fill->jobs[i]->id, &fill->statuses[i]);
      apply (fill, change);
    }
  execute (fill, "COMMIT");
}

/* --- runs --- */

static void
add_attempt (JtRun *run)
{
  JtAttempt *attempt = jt_attempt_new ();

  attempt->number = attempt->spawns = 1;
  attempt->boot_id = g_strdup ("00000000-0000-4000-8000-000000000000");
  attempt->committed_usec = run->queued_usec;
  attempt->started_usec = run->started_usec;
  attempt->finished_usec = run->finished_usec;
  attempt->pid = 4000 + (gint32) (run->id % 30000);
  attempt->pid_start_time = run->id;
  attempt->state = run->state;
  attempt->exit_code = run->exit_code;
  attempt->cpu_usec = run->cpu_usec;
  attempt->memory_peak_bytes = run->memory_peak_bytes;
  g_ptr_array_add (run->attempts, attempt);
}

/* One in twenty fails; durations spread over three powers of ten, as those of real jobs do. */
static JtRun *
make_run (Fill *fill, const JtJob *job, guint number)
{
  JtRun *run = jt_run_new ();
  gint64 duration_usec = 1000 * (gint64) (1 + next_random (fill, 100)) * (1 + next_random (fill, 1000));

  run->id = (guint64) number * fill->n_copies + 1;
  run->job = job->id;
  run->job_revision = 1;
  run->job_name = g_strdup (job->name);
  run->owner = job->owner;
  run->owner_name = g_strdup (job->owner_name);
  run->state = next_random (fill, 20) == 0 ? JT_RUN_FAILED : JT_RUN_SUCCEEDED;
  run->trigger = JT_TRIGGER_SCHEDULE;
  run->attempt = run->max_attempts = 1;
  run->scheduled_usec = fill->begin_usec + number * fill->step_usec;
  run->queued_usec = run->scheduled_usec + 500 + next_random (fill, 1000);
  run->started_usec = run->queued_usec + 1000 + next_random (fill, 4000);
  run->finished_usec = run->started_usec + duration_usec;
  run->exit_code = run->state == JT_RUN_FAILED;
  run->reason = run->state == JT_RUN_FAILED ? g_strdup ("exit-code") : NULL;
  run->cpu_usec = (guint64) duration_usec / 3;
  run->memory_peak_bytes = (guint64) (2 + next_random (fill, 500)) << 20;
  run->host = g_strdup ("build-host-01");
  run->executor = g_strdup ("local");
  run->invocation_id = g_strdup_printf ("%032x", number);
  add_attempt (run);
  return run;
}

static void
add_samples (Fill *fill, JtChange *change, JtJobStatus *status, const JtRun *run)
{
  JtSample sample;

  jt_job_status_take_run (status, run);
  jt_sample_from_run (&sample, run);
  sample.turn = status->turn;
  sample.phase_usec = status->phase_usec;
  sample.streak = status->streak;
  jt_change_add_sample (change, &sample);
  sample.turn = 0;
  for (guint i = 1; i < fill->n_copies; i++)
    {
      sample.at_usec += fill->copy_step_usec;
      jt_change_add_sample (change, &sample);
    }
}

/* The row of run @id again, later and under the ids that follow. */
static void
put_copies (Fill *fill, guint64 id)
{
  g_autoptr (GError) error = NULL;
  JtStatement *statement = jt_db_prepare (fill->db,
                                          "WITH copy (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM copy WHERE n + 1 < ?2)"
    " INSERT INTO run SELECT id + n, job, job_revision, job_name, owner, owner_name, state, trigger, attempt, max_attempts,"
    " scheduled + n * ?3, queued + n * ?3, started + n * ?3, finished + n * ?3, next_attempt, progress, message, eta, exit_code,"
    " signal, reason, cpu, memory_peak, log_size, acknowledged_by, acknowledge_note, retry_of, missed_count, missed_from,"
    " missed_to, cancel_requested, cancel_reason, host, executor, invocation_id, request_id, parameters, bus_id, sender,"
    " is_detached, heartbeat_timeout, heartbeat_at, due, cause FROM run, copy WHERE id = ?1",
                                          &error);

  if (statement != NULL)
    {
      jt_statement_bind_int (statement, (gint64) id);
      jt_statement_bind_int (statement, fill->n_copies);
      jt_statement_bind_int (statement, fill->copy_step_usec);
    }
  if (statement == NULL || !jt_statement_run (statement, &error))
    g_error ("could not copy: %s", error->message);
}

static void
put_run (Fill *fill, guint number)
{
  g_autoptr (JtChange) change = jt_change_new ();
  JtJob *job = fill->jobs[number % fill->n_jobs];
  g_autoptr (JtRun) run = make_run (fill, job, number);
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, run->scheduled_usec);

  jt_change_add_occurrence (change, job->id, key, "run", run->id);
  jt_change_put_run (change, run);
  add_samples (fill, change, &fill->statuses[number % fill->n_jobs], run);
  if (number + EVENTS >= fill->n_runs)
    {
      g_autoptr (JtEvent) event = jt_event_new_for_run (JT_EVENT_RUN_FINISHED, run->finished_usec, run);

      jt_change_add_event (change, event);
    }
  apply (fill, change);
  if (fill->n_copies > 1)
    put_copies (fill, run->id);
}

static void
write_rollups (Fill *fill)
{
  g_autoptr (GError) error = NULL;

  if (!jt_rollup_delta_write (fill->rollups, fill->db, &error))
    g_error ("could not fill: %s", error->message);
}

/* Rollups wait for the end of a day, when nothing more is added to most of them. */
static void
put_runs (Fill *fill)
{
  guint per_day = (guint) MAX (DAY_USEC / fill->step_usec, 1);

  execute (fill, "BEGIN");
  for (guint i = 0; i < fill->n_runs; i++)
    {
      put_run (fill, i);
      if ((i + 1) % per_day == 0)
        write_rollups (fill);
      if ((i + 1) % RUNS_PER_COMMIT == 0)
        execute (fill, "COMMIT; BEGIN");
    }
  write_rollups (fill);
  execute (fill, "COMMIT");
}

/* --- the file --- */

static void
open_record (Fill *fill, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "jobtracker.db", NULL);
  g_autoptr (GError) error = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_error ("%s is there already", path);
  fill->db = jt_db_open (path, TRUE, &error);
  if (fill->db == NULL || !jt_db_migrate (fill->db, jt_migrations, NULL, path, &error))
    g_error ("%s", error->message);
  execute (fill, "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144");
}

static void
read_arguments (Fill *fill, int argc, char **argv)
{
  guint days;

  if (argc != 5 && argc != 6)
    g_error ("usage: bench-fill FOLDER JOBS RUNS DAYS [COPIES]");
  fill->n_jobs = bench_parse_count (argv[2], 10000000);
  fill->n_runs = bench_parse_count (argv[3], 100000000);
  days = bench_parse_count (argv[4], 10000);
  fill->n_copies = argc == 6 ? bench_parse_count (argv[5], 1000) : 1;
  fill->now_usec = g_get_real_time ();
  fill->begin_usec = fill->now_usec - days * DAY_USEC;
  fill->step_usec = days * DAY_USEC / fill->n_runs;
  /* Copies stand between a run of a job and the next one of that job. */
  fill->copy_step_usec = fill->step_usec * fill->n_jobs / fill->n_copies;
}

int
main (int argc, char **argv)
{
  Fill fill = { .random = 42 };

  read_arguments (&fill, argc, argv);
  fill.rollups = jt_rollup_delta_new ();
  fill.jobs = g_new0 (JtJob *, fill.n_jobs);
  fill.statuses = g_new0 (JtJobStatus, fill.n_jobs);
  open_record (&fill, argv[1]);
  put_jobs (&fill);
  put_runs (&fill);
  put_statuses (&fill);
  for (guint i = 0; i < fill.n_jobs; i++)
    jt_job_unref (fill.jobs[i]);
  g_free (fill.jobs);
  g_free (fill.statuses);
  jt_rollup_delta_free (fill.rollups);
  jt_db_close (fill.db);
  return EXIT_SUCCESS;
}
