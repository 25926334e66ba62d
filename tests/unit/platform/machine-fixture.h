/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-machine.h"
#include "jt-test-bus.h"

/* A machine on a bus of the test's own, with python-dbusmock in the place of logind, UPower, NetworkManager and systemd, and
 * folders in the place of the kernel's. What the machine tells is written down. */

#define ROOT_UID 0
#define ALICE_UID 1000
#define BOB_UID 1001
#define JOB 7
#define RUN 42

typedef struct _Mock Mock;

typedef struct
{
  char            *folder;
  char            *address;
  JtTestBus       *bus;
  GDBusConnection *control; /* ours, to speak to the mocks */
  JtSurroundings  *machine;
  GPtrArray       *occurred; /* (element-type utf8) "7 login" */
  GPtrArray       *looked;   /* (element-type utf8) "42 !idle", "42 -" when all hold */
} Fixture;

void fixture_set_up (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data);
void fixture_stop_bus (Fixture *f);
void fixture_start_bus (Fixture *f);
/* In the place of a file of the kernel's: "power_supply/BAT0/type". */
void fixture_write (Fixture *f, const char *name, const char *text);

/* As it is on the bus when this returns. */
Mock *mock_start (Fixture *f, const char *template, const char *name);
Mock *mock_start_bare (Fixture *f, const char *name, const char *path, const char *interface);
void  mock_stop (Mock *mock);
/* A method of org.freedesktop.DBus.Mock at @path. (transfer full) */
GVariant *mock_call (Mock *mock, const char *path, const char *method, GVariant *arguments);
GVariant *mock_call_interface (Mock *mock, const char *path, const char *interface, const char *method, GVariant *arguments);

/* @text: of an a{sv} */
JtSettings *settings_of (const char *text);
/* NULL: nothing is wrong. (transfer full) */
char *check (Fixture *f, const char *settings, guint32 uid, int *code);

/* The main loop runs until it is so; the test fails when it never is. What another process has to notice for itself wakes nobody here: it
 * is looked at again and again. */
#define WAIT_UNTIL(what)                                                                                                     \
  G_STMT_START                                                                                                               \
  {                                                                                                                          \
    guint wait_id_ = g_timeout_add_seconds (60, never_came, (gpointer) #what);                                               \
    guint look_id_ = g_timeout_add (20, look_again, NULL);                                                                   \
    while (!(what))                                                                                                          \
      g_main_context_iteration (NULL, TRUE);                                                                                 \
    g_source_remove (look_id_);                                                                                              \
    g_source_remove (wait_id_);                                                                                              \
  }                                                                                                                          \
  G_STMT_END

gboolean    look_again (gpointer user_data);
gboolean    never_came (gpointer what);
const char *last_of (GPtrArray *lines); /* "" when there is none */
