/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-episodes.h"

#define EPISODE_COLUMNS "job, recipient, user, run, event, told, reminded, reminders, escalated, acknowledged_by"

gboolean
jt_store_put_episode (JtDb *db, const JtEpisode *episode, GError **error)
{
  JtStatement *statement = jt_db_prepare (db,
                                          "INSERT OR REPLACE INTO episode (" EPISODE_COLUMNS ")"
                                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                                          error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) episode->job);
  jt_statement_bind_text (statement, episode->recipient);
  jt_statement_bind_int (statement, episode->user);
  jt_statement_bind_int (statement, (gint64) episode->run);
  jt_statement_bind_text (statement, episode->event != NULL ? episode->event : "");
  jt_statement_bind_int (statement, episode->told_usec);
  jt_statement_bind_int (statement, episode->reminded_usec);
  jt_statement_bind_int (statement, episode->reminders);
  jt_statement_bind_int (statement, episode->escalated_usec);
  jt_statement_bind_text (statement, episode->acknowledged_by);
  return jt_statement_run (statement, error);
}

gboolean
jt_store_end_episodes (JtDb *db, guint64 job, const char *recipient, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "DELETE FROM episode WHERE job = ?1 AND (?2 IS NULL OR recipient = ?2)", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job);
  jt_statement_bind_text (statement, recipient);
  return jt_statement_run (statement, error);
}

static JtEpisode *
read_row (JtStatement *row)
{
  guint64 job = (guint64) jt_statement_int (row);
  JtEpisode *episode = jt_episode_new (job, jt_statement_text (row), NULL);

  episode->user = jt_statement_int (row);
  episode->run = (guint64) jt_statement_int (row);
  episode->event = g_strdup (jt_statement_text (row));
  episode->told_usec = jt_statement_int (row);
  episode->reminded_usec = jt_statement_int (row);
  episode->reminders = (guint) jt_statement_int (row);
  episode->escalated_usec = jt_statement_int (row);
  episode->acknowledged_by = g_strdup (jt_statement_text (row));
  return episode;
}

gboolean
jt_store_read_episodes (JtDb *db, GPtrArray *episodes, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT " EPISODE_COLUMNS " FROM episode", error);

  if (row == NULL)
    return FALSE;
  while (jt_statement_step (row, &local_error))
    g_ptr_array_add (episodes, read_row (row));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
