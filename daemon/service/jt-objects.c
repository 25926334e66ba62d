/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-authority.h"
#include "jt-interfaces.h"
#include "jt-log.h"
#include "jt-names.h"
#include "jt-service-private.h"

/* Where calls arrive and which way they go: identify the caller, count the call, look up the rule, find the object,
 * hand the call to its member. Jobs and runs are a lazily answered subtree. Its nodes are never enumerated and
 * all answer Introspect alike; whether there is one behind a path is told to those only who may see it. */

#define MAX_CALLS_IN_FLIGHT 8192

/* The same text for what is not there and for what is somebody else's. */
static void
refuse_not_found (JtCall *call, const char *noun)
{
  jt_call_return_error (call, JT_ERROR_NOT_FOUND, "no such %s: %s", noun,
                        g_dbus_method_invocation_get_object_path (call->invocation));
}

static const JtCallRow *
find_handler (const char *interface, const char *member)
{
  const JtCallRow *row = NULL;

  if (g_str_equal (interface, JT_ROOT_INTERFACE))
    row = jt_root_object_get_rows ();
  else if (g_str_equal (interface, JT_JOB_INTERFACE))
    row = jt_job_object_get_rows ();
  else if (g_str_equal (interface, JT_RUN_INTERFACE))
    row = jt_run_object_get_rows ();
  else if (g_str_equal (interface, JT_NOTIFICATIONS_INTERFACE))
    row = jt_notifications_object_get_rows ();
  for (; row != NULL && row->member != NULL; row++)
    if (g_str_equal (row->member, member))
      return row;
  return NULL;
}

static void
run_handler (JtCall *call)
{
  const char *interface = g_dbus_method_invocation_get_interface_name (call->invocation);
  const char *member = g_dbus_method_invocation_get_method_name (call->invocation);
  const JtCallRow *row;

  if (g_str_equal (interface, JT_PROPERTIES_INTERFACE))
    {
      jt_properties_handle (call);
      return;
    }
  if (g_str_equal (interface, JT_OBJECT_MANAGER_INTERFACE))
    {
      jt_managed_objects_handle (call);
      return;
    }
  row = find_handler (interface, member);
  if (row != NULL)
    row->handler (call);
  else
    jt_call_return_error (call, JT_ERROR_NOT_SUPPORTED, "%s.%s is not built yet", interface, member);
}

static void
on_run_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  g_autoptr (GError) error = NULL;

  call->run = jt_store_get_run_finish (JT_STORE (source), result, &error);
  if (call->run != NULL && jt_authority_may_see (call->peer->uid, call->run->owner))
    run_handler (call);
  else if (call->run != NULL || g_error_matches (error, JT_ERROR, JT_ERROR_NOT_FOUND))
    refuse_not_found (call, "run");
  else
    jt_call_take_error (call, g_steal_pointer (&error));
}

static void
find_run (JtCall *call)
{
  JtRun *run = jt_tracker_get_active_run (call->service->tracker, call->id);

  if (run == NULL)
    {
      jt_store_get_run_async (jt_tracker_get_store (call->service->tracker), call->id, NULL, on_run_read, call);
      return;
    }
  call->run = jt_run_ref (run);
  if (jt_authority_may_see (call->peer->uid, run->owner))
    run_handler (call);
  else
    refuse_not_found (call, "run");
}

static void
find_job (JtCall *call)
{
  const JtJobEntry *entry = jt_tracker_get_job (call->service->tracker, call->id);

  if (entry == NULL || !jt_authority_may_see (call->peer->uid, entry->job->owner))
    {
      refuse_not_found (call, "job");
      return;
    }
  call->job = jt_job_ref (entry->job);
  call->status = entry->status;
  run_handler (call);
}

static void
find_object (JtCall *call)
{
  const char *path = g_dbus_method_invocation_get_object_path (call->invocation);

  if (g_str_equal (path, JT_ROOT_PATH))
    run_handler (call);
  else if (g_str_has_prefix (path, JT_JOBS_PATH "/"))
    {
      if (jt_job_id_from_path (path, &call->id))
        find_job (call);
      else
        refuse_not_found (call, "job");
    }
  else if (jt_run_id_from_path (path, &call->id))
    find_run (call);
  else
    refuse_not_found (call, "run");
}

static gboolean
is_allowed (JtCall *call)
{
  JtService *service = call->service;
  const JtAuthorityRow *row
    = jt_authority_find (g_dbus_method_invocation_get_interface_name (call->invocation),
                         g_dbus_method_invocation_get_method_name (call->invocation));

  return row != NULL && jt_authority_may_call (row, call->peer->uid, service->is_system, service->bus_owner);
}

/* Who calls is known by now. */
static void
admit_call (JtCall *call)
{
  if (!jt_buckets_take (call->service->buckets, call->peer->uid))
    {
      jt_call_return_error (call, JT_ERROR_QUOTA_EXCEEDED, "too many calls, %u a second per user; wait and try again",
                            call->service->config->max_calls_per_second);
      return;
    }
  if (!is_allowed (call))
    {
      jt_log_event (G_LOG_LEVEL_DEBUG, JT_MESSAGE_DENIED, "refused %s to uid %u",
                    g_dbus_method_invocation_get_method_name (call->invocation), call->peer->uid);
      jt_call_return_error (call, JT_ERROR_NOT_AUTHORIZED, "%s is for the administrator only",
                            g_dbus_method_invocation_get_method_name (call->invocation));
      return;
    }
  find_object (call);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  g_autoptr (GError) error = NULL;

  call->peer = jt_peers_identify_finish (JT_PEERS (source), result, &error);
  if (call->peer == NULL)
    jt_call_take_error (call, g_steal_pointer (&error));
  else
    admit_call (call);
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *member, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  JtService *self = user_data;
  JtCall *call = jt_call_new (self, invocation);

  if (self->peers == NULL || sender == NULL || self->calls_in_flight > MAX_CALLS_IN_FLIGHT)
    jt_call_return_error (call, JT_ERROR_OVERLOADED, "too many calls at once; try again");
  else if ((call->peer = jt_peers_find (self->peers, sender)) != NULL)
    admit_call (call);
  else
    jt_peers_identify_async (self->peers, sender, NULL, on_identified, call);
}

static const GDBusInterfaceVTable interface_vtable = { .method_call = on_method_call };

static char **
enumerate_nothing (GDBusConnection *connection, const char *sender, const char *path, gpointer user_data)
{
  return g_new0 (char *, 1);
}

static GDBusInterfaceInfo **
introspect_node (const char *path, const char *node)
{
  GDBusInterfaceInfo **infos;

  if (node == NULL)
    return NULL;
  infos = g_new0 (GDBusInterfaceInfo *, 3);
  infos[0] = g_dbus_interface_info_ref (g_str_equal (path, JT_JOBS_PATH) ? jt_interfaces_job () : jt_interfaces_run ());
  infos[1] = g_dbus_interface_info_ref (jt_interfaces_properties ());
  return infos;
}

static GDBusInterfaceInfo **
introspect_jobs (GDBusConnection *connection, const char *sender, const char *path, const char *node, gpointer user_data)
{
  return introspect_node (JT_JOBS_PATH, node);
}

static GDBusInterfaceInfo **
introspect_runs (GDBusConnection *connection, const char *sender, const char *path, const char *node, gpointer user_data)
{
  return introspect_node (JT_RUNS_PATH, node);
}

static const GDBusInterfaceVTable *
dispatch_node (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *node,
               gpointer *out_user_data, gpointer user_data)
{
  *out_user_data = user_data;
  return &interface_vtable;
}

static const GDBusSubtreeVTable jobs_vtable = { enumerate_nothing, introspect_jobs, dispatch_node };
static const GDBusSubtreeVTable runs_vtable = { enumerate_nothing, introspect_runs, dispatch_node };

static gboolean
register_root (JtService *self, GError **error)
{
  GDBusInterfaceInfo *infos[] = { jt_interfaces_root (), jt_interfaces_notifications (), jt_interfaces_properties (),
                                  jt_interfaces_object_manager () };

  G_STATIC_ASSERT (G_N_ELEMENTS (infos) == G_N_ELEMENTS (self->object_ids));
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    {
      self->object_ids[i] = g_dbus_connection_register_object (self->connection, JT_ROOT_PATH, infos[i], &interface_vtable,
                                                               self, NULL, error);
      if (self->object_ids[i] == 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
jt_objects_register (JtService *self, GError **error)
{
  GDBusSubtreeFlags flags = G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES;

  if (!register_root (self, error))
    return FALSE;
  self->subtree_ids[0]
    = g_dbus_connection_register_subtree (self->connection, JT_JOBS_PATH, &jobs_vtable, flags, self, NULL, error);
  if (self->subtree_ids[0] == 0)
    return FALSE;
  self->subtree_ids[1]
    = g_dbus_connection_register_subtree (self->connection, JT_RUNS_PATH, &runs_vtable, flags, self, NULL, error);
  return self->subtree_ids[1] != 0;
}

void
jt_objects_unregister (JtService *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->object_ids); i++)
    if (self->object_ids[i] != 0)
      g_dbus_connection_unregister_object (self->connection, self->object_ids[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->subtree_ids); i++)
    if (self->subtree_ids[i] != 0)
      g_dbus_connection_unregister_subtree (self->connection, self->subtree_ids[i]);
  memset (self->object_ids, 0, sizeof self->object_ids);
  memset (self->subtree_ids, 0, sizeof self->subtree_ids);
}
