/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-surroundings.h"

#include "jt-error.h"

typedef struct
{
  guint64     run;
  JtSettings *settings; /* (owned) */
  gboolean    keeps_looking;
} Look;

struct _JtFakeSurroundings
{
  GObject     parent;
  GString    *log;
  GHashTable *unmet;   /* set of texts of conditions */
  GPtrArray  *looks;   /* (element-type Look) */
  char       *missing; /* (nullable) */
  gboolean    refuses_inhibitors;
};

static void
note (JtFakeSurroundings *self, const char *what, gint64 number)
{
  g_string_append_printf (self->log, "%s%s %" G_GINT64_FORMAT, self->log->len > 0 ? ", " : "", what, number);
}

static void
look_free (gpointer data)
{
  Look *each = data;

  jt_settings_unref (each->settings);
  g_free (each);
}

static gboolean
is_missing (JtFakeSurroundings *self, JtSettings *settings)
{
  static const char *const keys[] = { "condition", "on-event", "watch-path", "inhibit" };

  if (self->missing == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (GStrv) entries = jt_settings_get_strv (settings, keys[i]);

      if (g_strv_contains ((const char *const *) entries, self->missing))
        return TRUE;
    }
  return g_str_equal (self->missing, "wake") && jt_settings_get_boolean (settings, "wake");
}

static gboolean
answer_cb (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = g_task_get_task_data (task);

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
answer_later (JtSurroundings *surroundings, GError *error, GAsyncReadyCallback cb, gpointer data)
{
  GTask *task = g_task_new (surroundings, NULL, cb, data);

  if (error != NULL)
    g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, task, NULL);
}

static gboolean
finish (JtSurroundings *surroundings, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
check_async (JtSurroundings *surroundings, JtSettings *settings, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeSurroundings *self = JT_FAKE_SURROUNDINGS (surroundings);
  GError *error = NULL;

  if (is_missing (self, settings))
    error = g_error_new (JT_ERROR, JT_ERROR_NOT_SUPPORTED, "'%s': nobody here knows", self->missing);
  answer_later (surroundings, error, cb, data);
}

static void
watch (JtSurroundings *surroundings, guint64 job, JtSettings *settings, guint32 uid)
{
  note (JT_FAKE_SURROUNDINGS (surroundings), settings != NULL ? "watch" : "unwatch", (gint64) job);
}

/* (nullable) */
static char *
find_unmet (JtFakeSurroundings *self, JtSettings *settings)
{
  g_auto (GStrv) entries = jt_settings_get_strv (settings, "condition");

  for (guint i = 0; entries[i] != NULL; i++)
    if (g_hash_table_contains (self->unmet, entries[i]))
      return g_strdup (entries[i]);
  return NULL;
}

static Look *
find_look (JtFakeSurroundings *self, guint64 run)
{
  for (guint i = 0; i < self->looks->len; i++)
    if (((Look *) g_ptr_array_index (self->looks, i))->run == run)
      return g_ptr_array_index (self->looks, i);
  return NULL;
}

static void
tell (JtFakeSurroundings *self, guint64 run)
{
  Look *each = find_look (self, run);
  g_autofree char *unmet = each == NULL ? NULL : find_unmet (self, each->settings);

  if (each == NULL)
    return;
  if (unmet == NULL || !each->keeps_looking)
    g_ptr_array_remove (self->looks, each);
  jt_surroundings_emit_looked (JT_SURROUNDINGS (self), run, unmet);
}

typedef struct
{
  JtFakeSurroundings *self;
  guint64             run;
} Answer;

static gboolean
tell_cb (gpointer user_data)
{
  g_autofree Answer *answer = user_data;

  tell (answer->self, answer->run);
  g_object_unref (answer->self);
  return G_SOURCE_REMOVE;
}

static void
look (JtSurroundings *surroundings, guint64 run, JtSettings *settings, guint32 uid, gboolean keeps_looking)
{
  JtFakeSurroundings *self = JT_FAKE_SURROUNDINGS (surroundings);
  Look *each = g_new0 (Look, 1);
  Answer *answer = g_new0 (Answer, 1);

  note (self, "look", (gint64) run);
  each->run = run;
  each->settings = jt_settings_ref (settings);
  each->keeps_looking = keeps_looking;
  g_ptr_array_add (self->looks, each);
  answer->self = g_object_ref (self);
  answer->run = run;
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_cb, answer, NULL);
}

static void
stop_looking (JtSurroundings *surroundings, guint64 run)
{
  JtFakeSurroundings *self = JT_FAKE_SURROUNDINGS (surroundings);
  Look *each = find_look (self, run);

  note (self, "stop", (gint64) run);
  if (each != NULL)
    g_ptr_array_remove (self->looks, each);
}

static void
inhibit_async (JtSurroundings *surroundings, guint64 run, JtSettings *settings, const char *why, GCancellable *c, GAsyncReadyCallback cb,
               gpointer data)
{
  JtFakeSurroundings *self = JT_FAKE_SURROUNDINGS (surroundings);

  note (self, "inhibit", (gint64) run);
  answer_later (surroundings, self->refuses_inhibitors ? g_error_new_literal (JT_ERROR, JT_ERROR_NOT_SUPPORTED, "no logind") : NULL, cb, data);
}

static void
release (JtSurroundings *surroundings, guint64 run)
{
  note (JT_FAKE_SURROUNDINGS (surroundings), "release", (gint64) run);
}

static void
set_wake (JtSurroundings *surroundings, gint64 realtime_usec)
{
  note (JT_FAKE_SURROUNDINGS (surroundings), "wake", realtime_usec == G_MAXINT64 ? 0 : realtime_usec);
}

static void
surroundings_iface_init (JtSurroundingsInterface *iface)
{
  iface->check_async = check_async;
  iface->check_finish = finish;
  iface->watch = watch;
  iface->look = look;
  iface->stop_looking = stop_looking;
  iface->inhibit_async = inhibit_async;
  iface->inhibit_finish = finish;
  iface->release = release;
  iface->set_wake = set_wake;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtFakeSurroundings, jt_fake_surroundings, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_SURROUNDINGS, surroundings_iface_init))

static void
jt_fake_surroundings_finalize (GObject *object)
{
  JtFakeSurroundings *self = JT_FAKE_SURROUNDINGS (object);

  g_string_free (self->log, TRUE);
  g_hash_table_unref (self->unmet);
  g_ptr_array_unref (self->looks);
  g_free (self->missing);
  G_OBJECT_CLASS (jt_fake_surroundings_parent_class)->finalize (object);
}

static void
jt_fake_surroundings_class_init (JtFakeSurroundingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_fake_surroundings_finalize;
}

static void
jt_fake_surroundings_init (JtFakeSurroundings *self)
{
  self->log = g_string_new (NULL);
  self->unmet = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->looks = g_ptr_array_new_with_free_func (look_free);
}

JtSurroundings *
jt_fake_surroundings_new (void)
{
  return g_object_new (JT_TYPE_FAKE_SURROUNDINGS, NULL);
}

char *
jt_fake_surroundings_take_log (JtFakeSurroundings *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}

void
jt_fake_surroundings_set (JtFakeSurroundings *self, const char *condition, gboolean holds)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint64));

  if (holds)
    g_hash_table_remove (self->unmet, condition);
  else
    g_hash_table_add (self->unmet, g_strdup (condition));
  for (guint i = 0; i < self->looks->len; i++)
    g_array_append_val (runs, ((Look *) g_ptr_array_index (self->looks, i))->run);
  for (guint i = 0; i < runs->len; i++)
    tell (self, g_array_index (runs, guint64, i));
}

void
jt_fake_surroundings_set_missing (JtFakeSurroundings *self, const char *entry)
{
  g_free (self->missing);
  self->missing = g_strdup (entry);
}

void
jt_fake_surroundings_refuse_inhibitors (JtFakeSurroundings *self)
{
  self->refuses_inhibitors = TRUE;
}
