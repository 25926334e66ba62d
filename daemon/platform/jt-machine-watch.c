/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-machine-private.h"
#include "jt-occasion.h"

/* What one job waits for. */
typedef struct
{
  JtMachine *machine; /* (unowned): it owns us */
  guint64    job;
  guint32    uid;
  GPtrArray *occasions; /* (element-type JtOccasion) (owned) */
  GPtrArray *paths;     /* (element-type JtPathWatch) (owned) */
} JobWatch;

/* What has happened. */
typedef struct
{
  JtOccasionKind kind;
  guint32        uid; /* of a login */
  const char    *unit;
  const char    *state;
} Happening;

static void
job_watch_free (gpointer data)
{
  JobWatch *watch = data;

  for (guint i = 0; i < watch->occasions->len; i++)
    {
      JtOccasion *occasion = g_ptr_array_index (watch->occasions, i);

      if (occasion->kind == JT_OCCASION_UNIT)
        jt_units_unwatch (watch->machine->units, occasion->unit);
    }
  g_ptr_array_unref (watch->occasions);
  g_ptr_array_unref (watch->paths);
  g_free (watch);
}

GHashTable *
jt_machine_new_jobs (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, job_watch_free);
}

/* Telling */

static gboolean
is_what_happened (const JobWatch *watch, const JtOccasion *occasion, const Happening *happening)
{
  if (occasion->kind != happening->kind)
    return FALSE;
  if (occasion->kind == JT_OCCASION_LOGIN)
    return watch->uid == happening->uid;
  return occasion->kind != JT_OCCASION_UNIT
         || (g_str_equal (occasion->unit, happening->unit) && g_str_equal (occasion->state, happening->state));
}

typedef struct
{
  guint64 job;
  char   *cause;
} Cause;

static void
clear_cause (gpointer data)
{
  g_free (((Cause *) data)->cause);
}

/* Found first and told then: who is told may watch other jobs, or others things. */
static GArray *
find_causes (JtMachine *self, const Happening *happening)
{
  GArray *causes = g_array_new (FALSE, FALSE, sizeof (Cause));
  GHashTableIter iter;
  gpointer value;

  g_array_set_clear_func (causes, clear_cause);
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      JobWatch *watch = value;

      for (guint i = 0; i < watch->occasions->len; i++)
        if (is_what_happened (watch, g_ptr_array_index (watch->occasions, i), happening))
          {
            Cause cause = { watch->job, g_strdup (((JtOccasion *) g_ptr_array_index (watch->occasions, i))->text) };

            g_array_append_val (causes, cause);
            break;
          }
    }
  return causes;
}

static void
tell (JtMachine *self, const Happening *happening)
{
  g_autoptr (GArray) causes = find_causes (self, happening);

  for (guint i = 0; i < causes->len; i++)
    {
      Cause *cause = &g_array_index (causes, Cause, i);

      jt_surroundings_emit_occurred (JT_SURROUNDINGS (self), cause->job, cause->cause);
    }
}

static void
on_resumed (JtMachine *self)
{
  tell (self, &(Happening){ .kind = JT_OCCASION_RESUME });
}

static void
on_session_began (JtMachine *self, guint uid)
{
  tell (self, &(Happening){ .kind = JT_OCCASION_LOGIN, .uid = uid });
}

static void
on_network_up (JtMachine *self)
{
  tell (self, &(Happening){ .kind = JT_OCCASION_NETWORK_UP });
}

static void
on_plugged_in (JtMachine *self)
{
  tell (self, &(Happening){ .kind = JT_OCCASION_AC_POWER });
}

static void
on_unit_entered (JtMachine *self, const char *unit, const char *state)
{
  tell (self, &(Happening){ .kind = JT_OCCASION_UNIT, .unit = unit, .state = state });
}

static void
on_path_changed (JtPathWatch *path, gpointer user_data)
{
  JobWatch *watch = user_data;
  g_autofree char *cause = g_strconcat ("watch-path:", jt_path_watch_get_path (path), NULL);

  jt_surroundings_emit_occurred (JT_SURROUNDINGS (watch->machine), watch->job, cause);
}

void
jt_machine_connect_occasions (JtMachine *self)
{
  g_signal_connect_object (self->logind, "resumed", G_CALLBACK (on_resumed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->logind, "session-began", G_CALLBACK (on_session_began), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "up", G_CALLBACK (on_network_up), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->power, "plugged-in", G_CALLBACK (on_plugged_in), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->units, "entered", G_CALLBACK (on_unit_entered), self, G_CONNECT_SWAPPED);
}

/* Watching */

static void
listen_for (JobWatch *watch, const JtOccasion *occasion)
{
  JtMachine *self = watch->machine;

  switch (occasion->kind)
    {
    case JT_OCCASION_LOGIN:
    case JT_OCCASION_RESUME:
      jt_peer_use (jt_logind_get_peer (self->logind));
      break;
    case JT_OCCASION_NETWORK_UP:
      jt_peer_use (jt_network_get_peer (self->network));
      break;
    case JT_OCCASION_AC_POWER:
      jt_peer_use (jt_power_get_peer (self->power));
      break;
    case JT_OCCASION_UNIT:
      jt_units_watch (self->units, occasion->unit);
      break;
    case JT_OCCASION_STARTUP:
    default:
      break;
    }
}

static void
watch_occasions (JobWatch *watch, JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "on-event");

  for (guint i = 0; entries[i] != NULL; i++)
    {
      JtOccasion *occasion = jt_occasion_parse (entries[i], NULL);

      if (occasion == NULL)
        continue;
      g_ptr_array_add (watch->occasions, occasion);
      listen_for (watch, occasion);
    }
}

static void
watch_paths (JobWatch *watch, JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "watch-path");
  guint64 settle_usec = jt_settings_get_uint64 (settings, "watch-settle");
  g_autoptr (JtPathWatcher) watcher = entries[0] != NULL ? jt_paths_get_watcher (watch->machine->paths, watch->uid) : NULL;

  for (guint i = 0; entries[i] != NULL; i++)
    g_ptr_array_add (watch->paths, jt_path_watch_new_for_changes (watcher, entries[i], settle_usec, on_path_changed, watch));
}

void
jt_machine_watch (JtSurroundings *surroundings, guint64 job, JtSettings *settings, guint32 uid)
{
  JtMachine *self = JT_MACHINE (surroundings);
  JobWatch *watch;
  gpointer old = NULL;

  /* The old one goes last, so that what both watch is not looked for anew. */
  g_hash_table_steal_extended (self->jobs, &job, NULL, &old);
  if (settings != NULL)
    {
      watch = g_new0 (JobWatch, 1);
      watch->machine = self;
      watch->job = job;
      watch->uid = uid;
      watch->occasions = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_occasion_free);
      watch->paths = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_path_watch_free);
      watch_occasions (watch, settings);
      watch_paths (watch, settings);
      if (watch->occasions->len > 0 || watch->paths->len > 0)
        g_hash_table_insert (self->jobs, &watch->job, watch);
      else
        job_watch_free (watch);
    }
  if (old != NULL)
    job_watch_free (old);
}
