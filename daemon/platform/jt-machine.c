/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-machine-private.h"

#define POLL_MSEC 5000
#define ANSWER_MSEC 10000

static void surroundings_iface_init (JtSurroundingsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (JtMachine, jt_machine, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_SURROUNDINGS, surroundings_iface_init))

static void
set_wake (JtSurroundings *surroundings, gint64 realtime_usec)
{
  jt_wake_alarm_set (JT_MACHINE (surroundings)->alarm, realtime_usec);
}

static void
surroundings_iface_init (JtSurroundingsInterface *iface)
{
  iface->check_async = jt_machine_check_async;
  iface->check_finish = jt_machine_check_finish;
  iface->watch = jt_machine_watch;
  iface->look = jt_machine_look;
  iface->stop_looking = jt_machine_stop_looking;
  iface->inhibit_async = jt_machine_inhibit_async;
  iface->inhibit_finish = jt_machine_inhibit_finish;
  iface->release = jt_machine_release;
  iface->set_wake = set_wake;
}

/* Whatever has changed: those who wait look for themselves. */
static void
on_changed (JtMachine *self)
{
  jt_machine_resume_checks (self);
  jt_machine_resume_inhibitors (self);
  jt_machine_look_again (self);
}

static void
jt_machine_dispose (GObject *object)
{
  JtMachine *self = JT_MACHINE (object);

  g_clear_handle_id (&self->evaluate_id, g_source_remove);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  g_clear_pointer (&self->jobs, g_hash_table_unref);
  g_clear_pointer (&self->looks, g_hash_table_unref);
  g_clear_pointer (&self->inhibitors, g_hash_table_unref);
  g_clear_object (&self->logind);
  g_clear_object (&self->power);
  g_clear_object (&self->network);
  g_clear_object (&self->units);
  g_clear_pointer (&self->paths, jt_paths_free);
  g_clear_pointer (&self->alarm, jt_wake_alarm_free);
  G_OBJECT_CLASS (jt_machine_parent_class)->dispose (object);
}

static void
jt_machine_finalize (GObject *object)
{
  JtMachine *self = JT_MACHINE (object);

  g_ptr_array_unref (self->checks);
  g_free (self->sysfs);
  g_free (self->load);
  G_OBJECT_CLASS (jt_machine_parent_class)->finalize (object);
}

static void
jt_machine_class_init (JtMachineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_machine_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_machine_finalize;
}

static void
jt_machine_init (JtMachine *self)
{
  self->checks = g_ptr_array_new ();
  self->jobs = jt_machine_new_jobs ();
  self->looks = jt_machine_new_looks ();
  self->inhibitors = jt_machine_new_inhibitors ();
  self->paths = jt_paths_new ();
  self->alarm = jt_wake_alarm_new ();
}

void
jt_machine_options_init (JtMachineOptions *options)
{
  *options = (JtMachineOptions) { NULL, NULL, "/sys", "/proc/net", "/proc/loadavg", POLL_MSEC, ANSWER_MSEC };
}

JtSurroundings *
jt_machine_new (const JtMachineOptions *options)
{
  JtMachine *self = g_object_new (JT_TYPE_MACHINE, NULL);
  g_autoptr (JtBusLink) system = jt_bus_link_new (options->system_bus);
  g_autoptr (JtBusLink) other = g_strcmp0 (options->system_bus, options->units_bus) == 0 ? NULL : jt_bus_link_new (options->units_bus);

  self->sysfs = g_strdup (options->sysfs);
  self->load = g_strdup (options->load);
  self->poll_msec = options->poll_msec;
  self->answer_msec = options->answer_msec;
  self->logind = jt_logind_new (system);
  self->power = jt_power_new (system, options->sysfs);
  self->network = jt_network_new (system, options->routes);
  self->units = jt_units_new (other != NULL ? other : system);
  g_signal_connect_object (self->logind, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->power, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jt_units_get_peer (self->units), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  jt_machine_connect_occasions (self);
  return JT_SURROUNDINGS (self);
}
