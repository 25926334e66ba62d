/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* One connection to the service, for programs that may wait for their answers. No proxies, no caches: every call
 * crosses the bus. Lives on the thread that made it; whoever made it owns it. */

/* Exit statuses of the command line (interfaces: jobctl). */
typedef enum
{
  JT_EXIT_DONE = 0,
  JT_EXIT_FAILED = 1,
  JT_EXIT_USAGE = 2,
  JT_EXIT_NOT_FOUND = 3,
  JT_EXIT_NOT_AUTHORIZED = 4,
  JT_EXIT_WRONG_STATE = 5,
  JT_EXIT_QUOTA = 6,
  JT_EXIT_NO_SERVICE = 7,
  JT_EXIT_STORAGE = 8,
  JT_EXIT_UNKNOWN = 9,        /* no answer in time: it may have been done or not */
  JT_EXIT_WRITE_FAILED = 74,  /* EX_IOERR of sysexits.h */
  JT_EXIT_TIMED_OUT = 124,    /* of a job, as timeout(1) has it */
  JT_EXIT_LOST = 125,         /* a job that was lost or never started */
  JT_EXIT_SIGNAL_BASE = 128,  /* 128+N: a job ended by signal N */
} JtExit;

typedef enum
{
  JT_BUS_AUTO, /* JOBTRACKER_BUS, else the system service when its name is owned or there is no session bus, else the session's */
  JT_BUS_SYSTEM,
  JT_BUS_SESSION,
} JtBus;

typedef struct _JtClient JtClient;

JtClient *jt_client_new (JtBus bus, GError **error);
void      jt_client_free (JtClient *client);
void      jt_client_set_modest (JtClient *client, int timeout_msec);

GDBusConnection *jt_client_get_connection (JtClient *client);
const char      *jt_client_get_bus_description (JtClient *client);

void jt_client_limit_timeout (JtClient *client, int seconds);
GVariant *jt_client_call (JtClient *client, const char *path, const char *interface, const char *method,
                          GVariant *parameters, GError **error);
int       jt_client_call_fd (JtClient *client, const char *path, const char *interface, const char *method,
                             GVariant *parameters, GError **error);
GVariant *jt_client_get_all (JtClient *client, const char *path, const char *interface, GError **error);

JtExit jt_client_exit_status (const GError *error);

/* One of several calls that are made at once. */
typedef struct
{
  const char *path;
  const char *interface;
  const char *method;
  GVariant   *parameters; /* (nullable) a tuple; a floating one is taken */
  GVariant   *reply;      /* (out) (owned) */
} JtClientCall;

gboolean jt_client_call_many (JtClient *client, JtClientCall *calls, guint n_calls, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtClient, jt_client_free)
