/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "machine-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>

#define MOCK "org.freedesktop.DBus.Mock"

struct _Mock
{
  Fixture *f; /* (unowned) */
  GPid     pid;
  char    *name;
};

gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
never_came (gpointer what)
{
  g_error ("never came: %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

const char *
last_of (GPtrArray *lines)
{
  return lines->len > 0 ? g_ptr_array_index (lines, lines->len - 1) : "";
}

static void
on_occurred (JtSurroundings *machine, guint64 job, const char *cause, Fixture *f)
{
  g_ptr_array_add (f->occurred, g_strdup_printf ("%" G_GUINT64_FORMAT " %s", job, cause));
}

static void
on_looked (JtSurroundings *machine, guint64 run, const char *unmet, Fixture *f)
{
  g_ptr_array_add (f->looked, g_strdup_printf ("%" G_GUINT64_FORMAT " %s", run, unmet != NULL ? unmet : "-"));
}

void
fixture_start_bus (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->bus = jt_test_bus_new_at (f->address);
  f->control = g_dbus_connection_new_for_address_sync (f->address,
                                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                       NULL, NULL, &error);
  g_assert_no_error (error);
}

void
fixture_stop_bus (Fixture *f)
{
  g_dbus_connection_close_sync (f->control, NULL, NULL);
  g_clear_object (&f->control);
  g_clear_pointer (&f->bus, jt_test_bus_free);
}

void
fixture_write (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0755);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

void
fixture_set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *load = NULL;
  JtMachineOptions options;

  f->folder = g_dir_make_tmp ("jt-machine-XXXXXX", NULL);
  f->address = g_strdup_printf ("unix:path=%s/bus", f->folder);
  load = g_build_filename (f->folder, "loadavg", NULL);
  fixture_start_bus (f);
  jt_machine_options_init (&options);
  options.system_bus = options.units_bus = f->address;
  options.sysfs = options.routes = f->folder;
  options.load = load;
  options.poll_msec = 20;
  f->machine = jt_machine_new (&options);
  f->occurred = g_ptr_array_new_with_free_func (g_free);
  f->looked = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (f->machine, "occurred", G_CALLBACK (on_occurred), f);
  g_signal_connect (f->machine, "looked", G_CALLBACK (on_looked), f);
}

static void
remove_below (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      remove_below (path);
      g_remove (path);
    }
}

static void
on_gone (gpointer data, GObject *object)
{
  *(gboolean *) data = TRUE;
}

void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  gboolean is_gone = FALSE;

  g_signal_handlers_disconnect_by_data (f->machine, f);
  g_object_weak_ref (G_OBJECT (f->machine), on_gone, &is_gone);
  g_object_unref (f->machine);
  /* What is on its way keeps it for a while. */
  WAIT_UNTIL (is_gone);
  fixture_stop_bus (f);
  g_ptr_array_unref (f->occurred);
  g_ptr_array_unref (f->looked);
  remove_below (f->folder);
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->address);
}

/* Mocks */

static gboolean
has_owner (Fixture *f, const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (f->control, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                                            "NameHasOwner", g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"),
                                                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean is_there = FALSE;

  g_variant_get (reply, "(b)", &is_there);
  return is_there;
}

static void
wake_up (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member, GVariant *parameters,
         gpointer user_data)
{
  g_main_context_wakeup (NULL);
}

static Mock *
spawn (Fixture *f, const char *name, const char *const *arguments)
{
  Mock *mock = g_new0 (Mock, 1);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "DBUS_SESSION_BUS_ADDRESS", f->address, TRUE);
  g_autoptr (GError) error = NULL;
  guint id;

  mock->f = f;
  mock->name = g_strdup (name);
  id = g_dbus_connection_signal_subscribe (f->control, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", NULL, name,
                                           G_DBUS_SIGNAL_FLAGS_NONE, wake_up, NULL, NULL);
  g_spawn_async (NULL, (char **) arguments, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 &mock->pid, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (has_owner (f, name));
  g_dbus_connection_signal_unsubscribe (f->control, id);
  return mock;
}

Mock *
mock_start (Fixture *f, const char *template, const char *name)
{
  const char *arguments[] = { "setpriv", "--pdeathsig", "KILL", "/usr/bin/python3", "-m", "dbusmock", "--session", "--template", template, NULL };

  return spawn (f, name, arguments);
}

Mock *
mock_start_bare (Fixture *f, const char *name, const char *path, const char *interface)
{
  const char *arguments[] = { "setpriv", "--pdeathsig", "KILL", "/usr/bin/python3", "-m", "dbusmock", "--session", name, path, interface, NULL };

  return spawn (f, name, arguments);
}

void
mock_stop (Mock *mock)
{
  kill (mock->pid, SIGKILL);
  waitpid (mock->pid, NULL, 0);
  g_spawn_close_pid (mock->pid);
  g_free (mock->name);
  g_free (mock);
}

GVariant *
mock_call_interface (Mock *mock, const char *path, const char *interface, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (mock->f->control, mock->name, path, interface, method, arguments, NULL,
                                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

GVariant *
mock_call (Mock *mock, const char *path, const char *method, GVariant *arguments)
{
  return mock_call_interface (mock, path, MOCK, method, arguments);
}

/* Questions */

JtSettings *
settings_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_autoptr (JtSettings) settings = NULL;

  g_assert_no_error (error);
  settings = jt_settings_new_from_bytes (g_variant_get_data (parsed), g_variant_get_size (parsed), &error);
  g_assert_no_error (error);
  return g_steal_pointer (&settings);
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

char *
check (Fixture *f, const char *text, guint32 uid, int *code)
{
  g_autoptr (JtSettings) settings = settings_of (text);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  jt_surroundings_check_async (f->machine, settings, uid, NULL, take_result, &result);
  WAIT_UNTIL (result != NULL);
  if (jt_surroundings_check_finish (f->machine, result, &error))
    return NULL;
  *code = error->code;
  return g_strdup (error->message);
}
