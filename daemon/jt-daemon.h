/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The running service: builds clock, store, executor, tracker and bus service, brings them up in the order that keeps the
 * promises, and takes them down again. The one place besides main.c that sees all of them. It owns the state directory
 * (by a lock in it) and the connection to the bus, which may go and come back while jobs go on. */

/* sysexits where they fit, so that a unit's log says what kind of failure it was. */
typedef enum
{
  JT_EXIT_OK = 0,
  JT_EXIT_USAGE = 64,
  JT_EXIT_UNAVAILABLE = 69, /* no bus, or somebody else has the name */
  JT_EXIT_STORAGE = 74,     /* the record cannot be opened */
  JT_EXIT_CONFIG = 78,
} JtExitStatus;

typedef struct
{
  gboolean    is_system;
  const char *bus_address;     /* (nullable) in place of the well-known one */
  const char *config_path;     /* (nullable) */
  const char *state_directory; /* (nullable) */
  const char *job_directory;   /* (nullable) */
  const char *supervisor;      /* (nullable) */
} JtDaemonOptions;

#define JT_TYPE_DAEMON (jt_daemon_get_type ())
G_DECLARE_FINAL_TYPE (JtDaemon, jt_daemon, JT, DAEMON, GObject)

/* Installs the writer of log lines. First of all. */
void       jt_daemon_init_log (void);
/* Reads the configuration and takes the state directory; may block, the main loop does not run yet. NULL with @status. */
JtDaemon  *jt_daemon_new (const JtDaemonOptions *options, JtExitStatus *status, GError **error);
/* Runs until it is told to stop. */
JtExitStatus jt_daemon_run (JtDaemon *self);
