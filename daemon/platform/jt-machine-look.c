/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-condition.h"
#include "jt-machine-private.h"

/* Many answers may come at once, and somebody's files may change as fast as he likes. */
#define COALESCE_MSEC 10

/* One run's question. */
typedef struct
{
  JtMachine *machine; /* (unowned): it owns us */
  guint64    run;
  guint32    uid;
  gboolean   keeps_looking;
  GPtrArray *conditions; /* (element-type JtCondition) (owned) */
  GPtrArray *paths;      /* (element-type JtPathWatch) (owned) one for each condition; NULL: it is about something else */
  gboolean   has_told;
  char      *told; /* (nullable) the condition that did not hold, or NULL */
  gboolean   is_overdue;
  guint      deadline_id;
} Look;

static void evaluate_soon (JtMachine *self, guint delay_msec);

static void
look_free (gpointer data)
{
  Look *look = data;

  for (guint i = 0; i < look->conditions->len; i++)
    if (((JtCondition *) g_ptr_array_index (look->conditions, i))->fact == JT_FACT_IDLE)
      jt_logind_unfollow_idle (look->machine->logind, look->uid);
  g_clear_handle_id (&look->deadline_id, g_source_remove);
  g_ptr_array_unref (look->conditions);
  g_ptr_array_unref (look->paths);
  g_free (look->told);
  g_free (look);
}

GHashTable *
jt_machine_new_looks (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, look_free);
}

/* Answers */

/* The kernel's own file: nobody is waited for. */
static JtAnswer
compare_load (JtMachine *self, double limit)
{
  g_autofree char *text = NULL;
  char *end;
  double load;

  if (!g_file_get_contents (self->load, &text, NULL, NULL))
    return JT_ANSWER_UNKNOWN;
  load = g_ascii_strtod (text, &end);
  if (end == text)
    return JT_ANSWER_UNKNOWN;
  return load < limit ? JT_ANSWER_YES : JT_ANSWER_NO;
}

static JtAnswer
answer_of (Look *look, guint at)
{
  JtCondition *condition = g_ptr_array_index (look->conditions, at);
  JtMachine *self = look->machine;

  switch (condition->fact)
    {
    case JT_FACT_AC_POWER:
      return jt_power_get_on_mains (self->power);
    case JT_FACT_NETWORK:
      return jt_network_get_reachable (self->network);
    case JT_FACT_UNMETERED:
      return jt_network_get_unmetered (self->network);
    case JT_FACT_IDLE:
      return jt_logind_get_idle (self->logind, look->uid);
    case JT_FACT_PATH:
      return jt_path_watch_get_presence (g_ptr_array_index (look->paths, at));
    case JT_FACT_LOAD:
      return compare_load (self, condition->load);
    default:
      return JT_ANSWER_UNKNOWN;
    }
}

/* What nobody can say does not hold, and neither does its contrary. */
static gboolean
holds (const JtCondition *condition, JtAnswer answer)
{
  return answer == (condition->is_negated ? JT_ANSWER_NO : JT_ANSWER_YES);
}

/* FALSE: it is not known yet. @unmet: (nullable) borrowed */
static gboolean
find_unmet (Look *look, const char **unmet)
{
  *unmet = NULL;
  for (guint i = 0; i < look->conditions->len; i++)
    {
      JtCondition *condition = g_ptr_array_index (look->conditions, i);
      JtAnswer answer = answer_of (look, i);

      if (answer == JT_ANSWER_PENDING && !look->is_overdue)
        return FALSE;
      if (holds (condition, answer))
        continue;
      *unmet = condition->text;
      return TRUE;
    }
  return TRUE;
}

/* Telling */

static void
evaluate (JtMachine *self, Look *look)
{
  guint64 run = look->run;
  g_autofree char *told = NULL;
  const char *unmet;

  if (!find_unmet (look, &unmet) || (look->has_told && g_strcmp0 (unmet, look->told) == 0))
    return;
  told = g_strdup (unmet);
  look->has_told = TRUE;
  g_free (look->told);
  look->told = g_strdup (unmet);
  if (told == NULL || !look->keeps_looking)
    jt_machine_stop_looking (JT_SURROUNDINGS (self), run);
  jt_surroundings_emit_looked (JT_SURROUNDINGS (self), run, told);
}

/* Who is told may look for others and stop looking. */
static gboolean
on_evaluate (gpointer user_data)
{
  g_autoptr (JtMachine) self = g_object_ref (user_data);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key;

  self->evaluate_id = 0;
  g_hash_table_iter_init (&iter, self->looks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_array_append_vals (runs, key, 1);
  for (guint i = 0; i < runs->len && self->looks != NULL; i++)
    {
      Look *look = g_hash_table_lookup (self->looks, &g_array_index (runs, guint64, i));

      if (look != NULL)
        evaluate (self, look);
    }
  return G_SOURCE_REMOVE;
}

static void
evaluate_soon (JtMachine *self, guint delay_msec)
{
  if (self->evaluate_id != 0 && delay_msec > 0)
    return;
  g_clear_handle_id (&self->evaluate_id, g_source_remove);
  self->evaluate_id = g_timeout_add (delay_msec, on_evaluate, self);
}

void
jt_machine_look_again (JtMachine *self)
{
  if (self->looks != NULL && g_hash_table_size (self->looks) > 0)
    evaluate_soon (self, COALESCE_MSEC);
}

static void
on_path_known (JtPathWatch *path, gpointer user_data)
{
  jt_machine_look_again (((Look *) user_data)->machine);
}

static gboolean
on_deadline (gpointer user_data)
{
  Look *look = user_data;

  look->deadline_id = 0;
  look->is_overdue = TRUE;
  evaluate_soon (look->machine, 0);
  return G_SOURCE_REMOVE;
}

/* Asking */

static gboolean
on_poll (gpointer user_data)
{
  JtMachine *self = user_data;

  if (g_hash_table_size (self->looks) == 0)
    {
      self->poll_id = 0;
      return G_SOURCE_REMOVE;
    }
  jt_logind_refresh (self->logind);
  jt_power_refresh (self->power);
  jt_network_refresh (self->network);
  jt_machine_look_again (self);
  return G_SOURCE_CONTINUE;
}

static void
ask_about (Look *look, const JtCondition *condition)
{
  JtMachine *self = look->machine;

  switch (condition->fact)
    {
    case JT_FACT_AC_POWER:
      jt_peer_use (jt_power_get_peer (self->power));
      jt_power_refresh (self->power);
      break;
    case JT_FACT_NETWORK:
    case JT_FACT_UNMETERED:
      jt_peer_use (jt_network_get_peer (self->network));
      jt_network_refresh (self->network);
      break;
    case JT_FACT_IDLE:
      jt_logind_follow_idle (self->logind, look->uid);
      break;
    case JT_FACT_PATH:
    case JT_FACT_LOAD:
    default:
      break;
    }
}

static void
add_condition (Look *look, JtCondition *condition)
{
  JtPathWatch *path = NULL;

  ask_about (look, condition);
  if (condition->fact == JT_FACT_PATH)
    {
      g_autoptr (JtPathWatcher) watcher = jt_paths_get_watcher (look->machine->paths, look->uid);

      path = jt_path_watch_new_for_presence (watcher, condition->path, on_path_known, look);
    }
  g_ptr_array_add (look->conditions, condition);
  g_ptr_array_add (look->paths, path);
}

void
jt_machine_look (JtSurroundings *surroundings, guint64 run, JtSettings *settings, guint32 uid, gboolean keeps_looking)
{
  JtMachine *self = JT_MACHINE (surroundings);
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "condition");
  Look *look = g_new0 (Look, 1);

  look->machine = self;
  look->run = run;
  look->uid = uid;
  look->keeps_looking = keeps_looking;
  look->conditions = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_condition_free);
  look->paths = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_path_watch_free);
  for (guint i = 0; entries[i] != NULL; i++)
    {
      JtCondition *condition = jt_condition_parse (entries[i], NULL);

      if (condition != NULL)
        add_condition (look, condition);
    }
  look->deadline_id = g_timeout_add (self->answer_msec, on_deadline, look);
  g_hash_table_replace (self->looks, &look->run, look);
  if (keeps_looking && self->poll_id == 0)
    self->poll_id = g_timeout_add (self->poll_msec, on_poll, self);
  evaluate_soon (self, 0);
}

void
jt_machine_stop_looking (JtSurroundings *surroundings, guint64 run)
{
  g_hash_table_remove (JT_MACHINE (surroundings)->looks, &run);
}
