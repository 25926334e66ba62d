/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-names.h"
#include "jt-service-private.h"

/* org.freedesktop.DBus.ObjectManager over the jobs and active runs that the caller may see. For machines where these are many
 * there are ListJobs and ListActive; this refuses there, and does not answer a part. */

#define MAX_OBJECTS 5000
#define MAX_BYTES (8 * 1024 * 1024)

static gsize
add_object (GVariantBuilder *objects, char *path, const char *interface, GVariant *properties)
{
  g_autofree char *owned_path = path;
  g_autoptr (GVariant) owned = g_variant_ref_sink (properties);
  GVariantBuilder interfaces;

  g_variant_builder_init (&interfaces, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_add (&interfaces, "{s@a{sv}}", interface, owned);
  g_variant_builder_add (objects, "{oa{sa{sv}}}", owned_path, &interfaces);
  return g_variant_get_size (owned) + strlen (owned_path);
}

static void
refuse (JtCall *call, GVariantBuilder *objects)
{
  g_variant_builder_clear (objects);
  jt_call_return_error (call, JT_ERROR_TOO_LARGE, "more than %d objects or %d bytes; use ListJobs and ListActive",
                        MAX_OBJECTS, MAX_BYTES);
}

void
jt_managed_objects_handle (JtCall *call)
{
  g_autoptr (JtFilter) filter = jt_filter_new (call->peer->uid);
  g_autoptr (GPtrArray) jobs = jt_tracker_list_jobs (call->service->tracker, filter, MAX_OBJECTS + 1);
  g_autoptr (GPtrArray) runs = jt_tracker_list_active (call->service->tracker, filter, MAX_OBJECTS + 1);
  GVariantBuilder objects;
  gsize bytes = 0;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  if (jobs->len + runs->len > MAX_OBJECTS)
    {
      refuse (call, &objects);
      return;
    }
  for (guint i = 0; i < jobs->len && bytes <= MAX_BYTES; i++)
    {
      const JtJobEntry *entry = g_ptr_array_index (jobs, i);

      bytes += add_object (&objects, jt_job_path (entry->job->id), JT_JOB_INTERFACE,
                           jt_job_to_properties (entry->job, &entry->status));
    }
  for (guint i = 0; i < runs->len && bytes <= MAX_BYTES; i++)
    {
      const JtRun *run = g_ptr_array_index (runs, i);

      bytes += add_object (&objects, jt_run_path (run->id), JT_RUN_INTERFACE, jt_run_to_properties (run));
    }
  if (bytes > MAX_BYTES)
    refuse (call, &objects);
  else
    jt_call_return (call, g_variant_new ("(@a{oa{sa{sv}}})", g_variant_builder_end (&objects)));
}
