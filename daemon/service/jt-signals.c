/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-signals.h"

#include "jt-interfaces.h"
#include "jt-names.h"

JtSignal *
jt_signal_new (const char *path, const char *interface, const char *member, GVariant *parameters)
{
  JtSignal *signal = g_new0 (JtSignal, 1);

  signal->path = g_strdup (path);
  signal->interface = interface;
  signal->member = member;
  if (parameters != NULL)
    signal->parameters = g_variant_ref_sink (parameters);
  return signal;
}

void
jt_signal_free (JtSignal *signal)
{
  if (signal == NULL)
    return;
  g_free (signal->path);
  g_free (signal->subject);
  g_clear_pointer (&signal->parameters, g_variant_unref);
  g_clear_pointer (&signal->what, g_variant_unref);
  g_free (signal);
}

static GVariant *
number_entry (const char *key, guint64 number)
{
  return g_variant_new_dict_entry (g_variant_new_string (key), g_variant_new_variant (g_variant_new_uint64 (number)));
}

GVariant *
jt_signal_build (const JtSignal *signal, guint64 sequence, guint64 previous)
{
  gsize n_entries;
  g_autofree GVariant **entries = NULL;
  GVariant *body[2];

  if (signal->parameters != NULL)
    return signal->parameters;
  n_entries = g_variant_n_children (signal->what);
  entries = g_new (GVariant *, n_entries + 2);
  for (gsize i = 0; i < n_entries; i++)
    entries[i] = g_variant_get_child_value (signal->what, i);
  entries[n_entries] = number_entry ("sequence", sequence);
  entries[n_entries + 1] = number_entry ("previous", previous);
  body[0] = g_variant_new_object_path (signal->subject);
  body[1] = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), entries, n_entries + 2);
  for (gsize i = 0; i < n_entries; i++)
    g_variant_unref (entries[i]);
  return g_variant_new_tuple (body, 2);
}

GVariant *
jt_signal_properties_changed (const char *interface, GVariant *changed, const char *const *invalidated)
{
  static const char *const none[] = { NULL };

  return g_variant_new ("(s@a{sv}^as)", interface, changed, invalidated != NULL ? invalidated : none);
}

static GVariant *
interfaces_added (const char *path, const char *interface, GVariant *properties)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_add (&builder, "{s@a{sv}}", interface, properties);
  return g_variant_new ("(o@a{sa{sv}})", path, g_variant_builder_end (&builder));
}

static void
add (GPtrArray *signals, const char *path, const char *interface, const char *member, GVariant *parameters)
{
  g_ptr_array_add (signals, jt_signal_new (path, interface, member, parameters));
}

static void
add_removed (GPtrArray *signals, const char *path, const char *interface)
{
  const char *const interfaces[] = { interface, NULL };

  add (signals, JT_ROOT_PATH, JT_OBJECT_MANAGER_INTERFACE, "InterfacesRemoved",
       g_variant_new ("(o^as)", path, interfaces));
}

static void
add_what (GPtrArray *signals, const char *member, const char *subject, JtEvent *event)
{
  JtSignal *signal = jt_signal_new (JT_ROOT_PATH, JT_ROOT_INTERFACE, member, NULL);

  signal->subject = g_strdup (subject);
  signal->what = g_variant_ref (jt_event_get_what (event));
  g_ptr_array_add (signals, signal);
}

static void
add_job_properties (GPtrArray *signals, JtTracker *tracker, guint64 id, gboolean is_status_only)
{
  const JtJobEntry *entry = jt_tracker_get_job (tracker, id);
  g_autofree char *path = jt_job_path (id);

  if (entry == NULL)
    return;
  add (signals, path, JT_PROPERTIES_INTERFACE, "PropertiesChanged",
       jt_signal_properties_changed (JT_JOB_INTERFACE,
                                     is_status_only ? jt_job_to_status_properties (entry->job, &entry->status)
                                                    : jt_job_to_properties (entry->job, &entry->status),
                                     NULL));
}

static void
add_job_signals (GPtrArray *signals, JtTracker *tracker, JtEvent *event)
{
  const JtJobEntry *entry = jt_tracker_get_job (tracker, event->job);
  g_autofree char *path = jt_job_path (event->job);

  switch (event->kind)
    {
    case JT_EVENT_JOB_ADDED:
      if (entry != NULL)
        add (signals, JT_ROOT_PATH, JT_OBJECT_MANAGER_INTERFACE, "InterfacesAdded",
             interfaces_added (path, JT_JOB_INTERFACE, jt_job_to_properties (entry->job, &entry->status)));
      add_what (signals, "JobAdded", path, event);
      return;
    case JT_EVENT_JOB_REMOVED:
      add_removed (signals, path, JT_JOB_INTERFACE);
      add_what (signals, "JobRemoved", path, event);
      return;
    default:
      add_job_properties (signals, tracker, event->job, FALSE);
      return;
    }
}

static const char *
run_signal_name (JtEventKind kind)
{
  switch (kind)
    {
    case JT_EVENT_RUN_STARTED:
      return "RunStarted";
    case JT_EVENT_RUN_FINISHED:
      return "RunFinished";
    default:
      return "RunChanged";
    }
}

static void
add_run_signals (GPtrArray *signals, JtTracker *tracker, JtEvent *event, const JtRun *before, gboolean is_new,
                 gboolean is_announced)
{
  static const char *const invalidated[] = { "Attempts", NULL };
  g_autofree char *path = jt_run_path (event->run);
  GVariant *properties = jt_run_to_changed_properties (event->value, before);

  if (is_new && event->kind != JT_EVENT_RUN_FINISHED)
    add (signals, JT_ROOT_PATH, JT_OBJECT_MANAGER_INTERFACE, "InterfacesAdded",
         interfaces_added (path, JT_RUN_INTERFACE, properties));
  else
    add (signals, path, JT_PROPERTIES_INTERFACE, "PropertiesChanged",
         jt_signal_properties_changed (JT_RUN_INTERFACE, properties, invalidated));
  add_what (signals, run_signal_name (event->kind), path, event);
  if (event->kind != JT_EVENT_RUN_FINISHED)
    return;
  if (is_announced)
    add_removed (signals, path, JT_RUN_INTERFACE);
  add_job_properties (signals, tracker, event->job, TRUE);
}

GPtrArray *
jt_signals_from_event (JtTracker *tracker, JtEvent *event, const JtRun *before, gboolean is_new, gboolean is_announced)
{
  GPtrArray *signals = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_signal_free);

  if (event->run == 0)
    add_job_signals (signals, tracker, event);
  else
    add_run_signals (signals, tracker, event, before, is_new, is_announced);
  return signals;
}
