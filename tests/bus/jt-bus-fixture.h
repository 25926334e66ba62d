/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-fake-channels.h"
#include "jt-fake-clock.h"
#include "jt-fake-executor.h"
#include "jt-service-private.h"
#include "jt-test-bus.h"

/* The service library on a bus of its own, with the real store in a temporary folder, a clock and an executor that the
 * test turns by hand, and callers of any uid. Everything is torn down in reverse by bus_fixture_free(). */

#define T0 G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

#define UID_ROOT 0u
#define UID_ALICE 1000u
#define UID_BOB 1001u

typedef struct
{
  char *sender;
  char *destination; /* (nullable): broadcast */
  char *path;
  char *interface;
  char *member;
  GVariant *body;
} SeenSignal;

/* One connection of a caller. */
typedef struct
{
  GDBusConnection *connection;
  GMutex           lock;
  GPtrArray       *signals; /* (element-type SeenSignal), under the lock: the filter runs on GDBus's thread */
} Client;

typedef struct
{
  JtTestBus       *bus;
  char            *directory;
  char            *job_directory;
  char            *config_path;
  gboolean         is_system;
  JtClock         *clock;
  JtExecutor      *executor;
  JtStore         *store;
  JtTracker       *tracker;
  JtAccounts      *accounts;
  JtChannels      *channels;
  JtNotifier      *notifier;
  JtComposer      *composer;
  JtOutbox        *outbox;
  JtService       *service;
  GDBusConnection *connection;
  GHashTable      *uids; /* unique name → uid + 1 */
  GPtrArray       *clients;
} BusFixture;

/* @config_text: (nullable) of jobtracker.conf */
BusFixture *bus_fixture_new (gboolean is_system, const char *config_text);
void        bus_fixture_free (BusFixture *fixture);
/* As a restart does; clients stay where they are. */
void        bus_fixture_stop_service (BusFixture *fixture);
void        bus_fixture_start_service (BusFixture *fixture);
/* Owned by the fixture. @wants_signals: matches every signal that is broadcast or meant for it. */
Client     *bus_fixture_add_client (BusFixture *fixture, guint32 uid, gboolean wants_signals);
/* Sees what is meant for others too. */
Client     *bus_fixture_add_eavesdropper (BusFixture *fixture);
/* (transfer full) NULL with @error. @parameters: floating or NULL. */
GVariant   *client_call (Client *client, const char *path, const char *interface, const char *member,
                         GVariant *parameters, GError **error);
/* As the same, but a failure fails the test. */
GVariant   *client_must (Client *client, const char *path, const char *interface, const char *member,
                         GVariant *parameters);
/* The call must fail with the D-Bus error @name (short for ours: "NotFound"); (transfer full) its message. */
char       *client_refused (Client *client, const char *path, const char *interface, const char *member,
                            GVariant *parameters, const char *name);
/* All that the bus had for @client when this was called is in its list when it returns. */
void        client_settle (Client *client);
/* Signals called @member seen so far. */
guint       client_count (Client *client, const char *member);
/* Waits until there are @count of them. */
void        client_wait (Client *client, const char *member, guint count);
/* The @index-th signal called @member, its body. (transfer full) */
GVariant   *client_get_body (Client *client, const char *member, guint index);
void        client_clear (Client *client);
void        run_until (gboolean (*is_done) (gpointer user_data), gpointer user_data);

/* What most tests begin with. (transfer full) object paths */
GVariant *settings_of_command (const char *first_key, ...); /* key, floating GVariant… beside a command; floating */
char     *client_add_job (Client *client, const char *name, GVariant *settings);
char     *client_start_job (Client *client, const char *job);
guint64   id_of (const char *path);
/* Writes a job file. */
void      bus_fixture_write_job_file (BusFixture *fixture, const char *name, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusFixture, bus_fixture_free)
