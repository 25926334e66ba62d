/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-power.h"

#include "jt-in-thread.h"
#include "jt-mirror.h"

struct _JtPower
{
  GObject   parent;
  JtPeer   *peer;   /* (owned) */
  JtMirror *mirror; /* (owned) */
  char     *folder; /* of the kernel's power supplies */
  JtAnswer  answer;
  JtAnswer  told; /* by UPower, the last that was known */
  gboolean  is_reading;
};

enum
{
  PLUGGED_IN,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtPower, jt_power, G_TYPE_OBJECT)

/* The kernel's power supplies */

static gboolean
says (const char *folder, const char *name, const char *file, const char *word)
{
  g_autofree char *path = g_build_filename (folder, name, file, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (g_strchomp (text), word);
}

/* A mouse has a battery too, with the scope of a device. */
static gboolean
is_drained (const char *folder, const char *name)
{
  return says (folder, name, "type", "Battery") && says (folder, name, "status", "Discharging") && !says (folder, name, "scope", "Device");
}

static gboolean
is_feeding (const char *folder, const char *name)
{
  return (says (folder, name, "type", "Mains") || says (folder, name, "type", "USB")) && says (folder, name, "online", "1");
}

static void
read_in_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean has_drained = FALSE;
  gboolean has_feeding = FALSE;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      has_drained |= is_drained (folder, name);
      has_feeding |= is_feeding (folder, name);
    }
  g_task_return_boolean (task, has_feeding || !has_drained);
}

static void
set_answer (JtPower *self, JtAnswer answer)
{
  self->answer = answer;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtPower *self = user_data;
  gboolean on_mains = g_task_propagate_boolean (G_TASK (result), NULL);

  self->is_reading = FALSE;
  if (jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT)
    set_answer (self, on_mains ? JT_ANSWER_YES : JT_ANSWER_NO);
}

void
jt_power_refresh (JtPower *self)
{
  if (self->is_reading || jt_peer_get_presence (self->peer) != JT_PRESENCE_ABSENT)
    return;
  self->is_reading = TRUE;
  self->answer = JT_ANSWER_PENDING;
  jt_in_thread (self, read_in_thread, g_strdup (self->folder), g_free, on_read, self);
}

/* UPower */

static void
on_mirror_changed (JtMirror *mirror, JtPower *self)
{
  g_autoptr (GVariant) on_battery = jt_mirror_lookup (mirror, "OnBattery", "b");
  JtAnswer before = self->told;

  if (jt_peer_get_presence (self->peer) == JT_PRESENCE_ABSENT)
    {
      jt_power_refresh (self);
      g_signal_emit (self, signals[CHANGED], 0);
      return;
    }
  if (on_battery == NULL)
    {
      set_answer (self, jt_mirror_is_settled (mirror) ? JT_ANSWER_UNKNOWN : JT_ANSWER_PENDING);
      return;
    }
  self->told = g_variant_get_boolean (on_battery) ? JT_ANSWER_NO : JT_ANSWER_YES;
  set_answer (self, self->told);
  if (before == JT_ANSWER_NO && self->told == JT_ANSWER_YES)
    g_signal_emit (self, signals[PLUGGED_IN], 0);
}

JtPeer *
jt_power_get_peer (JtPower *self)
{
  return self->peer;
}

JtAnswer
jt_power_get_on_mains (JtPower *self)
{
  return self->answer;
}

static void
jt_power_dispose (GObject *object)
{
  JtPower *self = JT_POWER (object);

  if (self->peer != NULL)
    jt_peer_close (self->peer);
  G_OBJECT_CLASS (jt_power_parent_class)->dispose (object);
}

static void
jt_power_finalize (GObject *object)
{
  JtPower *self = JT_POWER (object);

  g_clear_object (&self->mirror);
  g_clear_object (&self->peer);
  g_free (self->folder);
  G_OBJECT_CLASS (jt_power_parent_class)->finalize (object);
}

static void
jt_power_class_init (JtPowerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_power_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_power_finalize;
  signals[PLUGGED_IN] = g_signal_new ("plugged-in", JT_TYPE_POWER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_POWER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_power_init (JtPower *self)
{
}

JtPower *
jt_power_new (JtBusLink *link, const char *sysfs)
{
  JtPower *self = g_object_new (JT_TYPE_POWER, NULL);

  self->peer = jt_peer_new (link, "org.freedesktop.UPower", "UPower");
  self->mirror = jt_mirror_new (self->peer, "/org/freedesktop/UPower", "org.freedesktop.UPower");
  self->folder = g_build_filename (sysfs, "class", "power_supply", NULL);
  g_signal_connect_object (self->mirror, "changed", G_CALLBACK (on_mirror_changed), self, 0);
  return self;
}
