/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-upgrade.h"

#include "jt-store-rollups.h"
#include "jt-store-rows.h"

/* The first schema that has statistics. */
#define SCHEMA_WITH_ROLLUPS 2
/* Runs between two times that sums are written. */
#define RUNS_A_PAGE 1000

/* All that it has is read once, and never again. */
typedef struct
{
  JtDb          *db;
  JtRollupDelta *rollups; /* (owned) */
  GError       **error;
} Filling;

/* The id that @sql gives for @values, 0 none. FALSE with the error. */
static gboolean
find_next (Filling *filling, const JtSql *sql, const guint64 *values, guint n_values, guint64 *found)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare_sql (filling->db, sql, filling->error);

  if (row == NULL)
    return FALSE;
  for (guint i = 0; i < n_values; i++)
    jt_statement_bind_int (row, (gint64) values[i]);
  *found = jt_statement_step (row, &local_error) ? (guint64) jt_statement_int (row) : 0;
  jt_statement_end (row);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (filling->error, g_steal_pointer (&local_error));
  return FALSE;
}

/* As if it ended only now: @status is that of its job so far. What is under way is counted when it ends. */
static void
add_run (Filling *filling, JtJobStatus *status, const JtRun *run)
{
  JtSample sample;

  if (!jt_run_state_is_final (run->state))
    return;
  jt_job_status_take_run (status, run);
  jt_sample_from_run (&sample, run);
  if (status->last_run == run->id)
    {
      sample.turn = status->turn;
      sample.phase_usec = status->phase_usec;
      sample.streak = status->streak;
    }
  jt_rollup_delta_add (filling->rollups, &sample);
}

static gboolean
keep_turn (Filling *filling, guint64 job, const JtJobStatus *status)
{
  JtStatement *statement = jt_db_prepare (filling->db, "UPDATE job SET turned = ?2 WHERE id = ?1", filling->error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job);
  jt_statement_bind_int (statement, status->turned_usec);
  return jt_statement_run (statement, filling->error);
}

static gboolean
fill_job (Filling *filling, guint64 job)
{
  JtJobStatus status = { 0 };
  guint64 id = 0;

  for (guint64 n = 1;; n++)
    {
      g_autoptr (JtRun) run = NULL;

      if (!find_next (filling, JT_SQL ("SELECT id FROM run INDEXED BY run_by_job WHERE job = ?1 AND id > ?2 ORDER BY id LIMIT 1"),
                      (const guint64[]){ job, id }, 2, &id))
        return FALSE;
      run = id == 0 ? NULL : jt_store_read_run (filling->db, id, filling->error);
      if (run != NULL)
        add_run (filling, &status, run);
      else if (id != 0)
        return FALSE;
      if ((id == 0 || n % RUNS_A_PAGE == 0) && !jt_rollup_delta_write (filling->rollups, filling->db, filling->error))
        return FALSE;
      if (id == 0)
        return keep_turn (filling, job, &status);
    }
}

static gboolean
fill_jobs (Filling *filling)
{
  guint64 job = 0;

  do
    if (!find_next (filling, JT_SQL ("SELECT id FROM job WHERE id > ?1 ORDER BY id LIMIT 1"), (const guint64[]){ job }, 1, &job)
        || (job != 0 && !fill_job (filling, job)))
      return FALSE;
  while (job != 0);
  return TRUE;
}

gboolean
jt_store_upgrade (JtDb *db, gint64 from, GError **error)
{
  Filling filling = { db, NULL, error };
  gboolean is_good;

  if (from >= SCHEMA_WITH_ROLLUPS)
    return TRUE;
  g_message ("statistics are made of the history that there is; with a million runs that takes half a minute, once");
  filling.rollups = jt_rollup_delta_new ();
  is_good = fill_jobs (&filling);
  jt_rollup_delta_free (filling.rollups);
  return is_good;
}
