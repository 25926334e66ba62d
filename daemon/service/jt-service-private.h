/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-agents.h"
#include "jt-buckets.h"
#include "jt-call.h"
#include "jt-notifications.h"
#include "jt-subscribers.h"

/* What the files of this folder share of the service. Fields are read by handlers and written by jt-service.c only. */

struct _JtService
{
  GObject          parent;
  JtTracker       *tracker;  /* (owned) */
  JtAccounts      *accounts; /* (owned) */
  JtConfig        *config;   /* (owned) */
  gboolean         is_system;
  guint32          bus_owner; /* uid that this process runs as */
  JtBuckets       *buckets;   /* (owned) */
  guint            calls_in_flight;
  gboolean         is_reloading;
  char            *state_directory; /* (owned) (nullable) overrides, these three */
  char            *job_directory;
  char            *supervisor;
  JtNotifications  notifications; /* all of it, or nothing */
  GHashTable      *rendering;     /* (element-type uid) (owned) set of those a template is written out for */
  /* While attached */
  GDBusConnection *connection;  /* (owned) (nullable) */
  JtPeers         *peers;       /* (owned) (nullable) */
  JtSubscribers   *subscribers; /* (owned) (nullable) */
  JtAgents        *agents;      /* (owned) (nullable) */
  guint            object_ids[4];
  guint            subtree_ids[2];
  guint            name_lost_id;
  gulong           closed_id;
  gulong           reloaded_id;
  char            *bus_id;      /* (owned) (nullable) */
  GCancellable    *bus_cancellable; /* (owned) (nullable) of questions about reporters */
  JtPeerResolver   resolver; /* tests */
  gpointer         resolver_data;
};

/* Tests run as one uid and say by this who calls. Before attaching. */
void     jt_service_set_resolver (JtService *self, JtPeerResolver resolver, gpointer user_data);
void     jt_service_emit_configured (JtService *self);
/* For tests; NULL while not attached. */
JtSubscribers *jt_service_get_subscribers (JtService *self);
/* jt-objects.c: registers the root and the two subtrees at service->connection. */
gboolean jt_objects_register (JtService *self, GError **error);
void     jt_objects_unregister (JtService *self);
/* jt-properties.c: Get, GetAll and Set of the object that the call is about. */
void     jt_properties_handle (JtCall *call);
/* jt-managed-objects.c */
void     jt_managed_objects_handle (JtCall *call);
/* jt-root-object.c, jt-job-object.c, jt-run-object.c, jt-notifications-object.c: members and their handlers, terminated
 * by a NULL member. */
const JtCallRow *jt_root_object_get_rows (void);
const JtCallRow *jt_job_object_get_rows (void);
const JtCallRow *jt_run_object_get_rows (void);
const JtCallRow *jt_notifications_object_get_rows (void);
/* All properties of the root object by their D-Bus names. Floating a{sv}. */
GVariant *jt_root_object_get_properties (JtService *self);
/* jt-root-lists.c */
void jt_root_handle_list_jobs (JtCall *call);
void jt_root_handle_list_active (JtCall *call);
void jt_root_handle_list_runs (JtCall *call);
/* jt-root-jobs.c */
void jt_root_handle_add_job (JtCall *call);
void jt_root_handle_add_jobs (JtCall *call);
void jt_root_handle_find_job (JtCall *call);
void jt_root_handle_preview_schedule (JtCall *call);
/* jt-root-tracking.c */
void jt_root_handle_start_tracking (JtCall *call);
void jt_root_handle_ping (JtCall *call);
/* jt-root-statistics.c */
void jt_root_handle_get_statistics (JtCall *call);
/* jt-root-control.c */
void jt_root_handle_pause (JtCall *call);
void jt_root_handle_resume (JtCall *call);
void jt_root_handle_reload (JtCall *call);
void jt_root_handle_subscribe (JtCall *call);
void jt_root_handle_unsubscribe (JtCall *call);
