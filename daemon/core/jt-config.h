/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-channel-config.h"
#include "jt-retention.h"

/* jobtracker.conf as checked values: a key file, every key with its limits. A bad key is named with file, line and
 * nearest known key. Immutable, reference-counted; Reload makes a new one. */

typedef struct
{
  gatomicrefcount ref_count;
  char   *path;                    /* (nullable) where it was read */
  /* [Service] */
  char   *state_directory;
  char   *job_directory;           /* jobs.d */
  char   *supervisor;              /* path of jobtracker-run */
  /* [Limits]; 0 = no limit */
  guint   max_jobs_per_user;       /* 1000 on the system bus, 0 on the session bus */
  guint   max_running;             /* all users */
  guint   max_running_per_user;    /* 64 on the system bus */
  guint   max_queued_per_user;
  guint   max_tracked_per_user;    /* runs that a user reports at a time */
  guint   max_calls_per_second;    /* token bucket per uid, burst twice as many; 0 on the session bus */
  guint   max_subscribers_per_user;
  JtRetention retention;           /* [Retention] */
  guint   max_call_burst;          /* calls that may come at once; twice max_calls_per_second when not given */
  /* [Notifications] */
  gboolean is_notifying;           /* enabled */
  char   *gateway_url;             /* (nullable) of the dashboard, for links; without a slash at its end */
  char   *message_id_domain;       /* (nullable) NULL: the machine's name */
  char   *template_directory;
  char   *channel_directory;       /* programs that are channels by their names */
  /* [Channel NAME], the programs of channel_directory, and "email" by sendmail(1) where that is and nothing else is said */
  GPtrArray *channels;             /* (element-type JtChannelConfig) by name */
} JtConfig;

/* @path NULL or absent file: the defaults. @is_system chooses them. */
JtConfig *jt_config_load (const char *path, gboolean is_system, GError **error);
JtConfig *jt_config_ref (JtConfig *config);
void      jt_config_unref (JtConfig *config);
/* The same values with those of the command line in place of the file's (each nullable). (transfer full) */
JtConfig *jt_config_override (JtConfig *config, const char *state_directory, const char *job_directory, const char *supervisor);

/* What stands behind the '@' of message ids. */
const char *jt_config_get_message_id_domain (JtConfig *config);
/* (nullable) (transfer none) */
const JtChannelConfig *jt_config_find_channel (JtConfig *config, const char *name);

/* @value: as it would stand in the file */
typedef void (*JtConfigFunc) (const char *group, const char *key, const char *value, gpointer user_data);
/* Every key there is but those of channels, in the order of the table: the manual is made from it. */
void jt_config_foreach (JtConfig *config, JtConfigFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtConfig, jt_config_unref)
