/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify.h"

#include <glib/gstdio.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A service manager's end of the socket. */
typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) */
  int   fd;
} Manager;

static void
manager_listen (Manager *manager, const char *name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize length = strlen (name);

  memcpy (address.sun_path, name, length);
  if (*name == '@')
    address.sun_path[0] = '\0';
  manager->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (manager->fd, >=, 0);
  g_assert_no_errno (bind (manager->fd, (struct sockaddr *) &address,
                           (socklen_t) (offsetof (struct sockaddr_un, sun_path) + length)));
  g_setenv ("NOTIFY_SOCKET", name, TRUE);
}

static void
set_up (Manager *manager, gconstpointer data)
{
  manager->folder = g_dir_make_tmp ("jobtracker-notify.XXXXXX", NULL);
  manager->path = g_build_filename (manager->folder, "notify", NULL);
  manager_listen (manager, manager->path);
}

static void
tear_down (Manager *manager, gconstpointer data)
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
  close (manager->fd);
  g_unlink (manager->path);
  g_rmdir (manager->folder);
  g_free (manager->path);
  g_free (manager->folder);
}

static void
assert_told (Manager *manager, const char *expected)
{
  char buffer[256];
  gssize length = recv (manager->fd, buffer, sizeof buffer - 1, MSG_DONTWAIT);

  g_assert_cmpint (length, >=, 0);
  buffer[length] = '\0';
  g_assert_cmpstr (buffer, ==, expected);
}

static void
assert_told_nothing (Manager *manager)
{
  char byte;

  g_assert_cmpint (recv (manager->fd, &byte, 1, MSG_DONTWAIT), <, 0);
}

static void
test_states (Manager *manager, gconstpointer data)
{
  jt_notify_ready ("ready");
  assert_told (manager, "READY=1\nSTATUS=ready");
  jt_notify_status ("without the bus");
  assert_told (manager, "STATUS=without the bus");
  jt_notify_stopping ();
  assert_told (manager, "STOPPING=1");
}

static void
test_abstract (Manager *manager, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("@jobtracker-notify-%d", (int) getpid ());

  close (manager->fd);
  manager_listen (manager, name);
  jt_notify_stopping ();
  assert_told (manager, "STOPPING=1");
}

static void
test_nobody (Manager *manager, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (200, '/');
  const char *names[] = { "/nonexistent/notify", "", "@", "relative", "vsock:2:1234", long_name };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_setenv ("NOTIFY_SOCKET", names[i], TRUE);
      jt_notify_ready ("ready");
    }
  g_unsetenv ("NOTIFY_SOCKET");
  jt_notify_ready ("ready");
  assert_told_nothing (manager);
}

static void
test_watchdog (Manager *manager, gconstpointer data)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  guint source;

  g_assert_cmpuint (jt_notify_start_watchdog (), ==, 0);
  g_setenv ("WATCHDOG_USEC", "2000", TRUE);
  g_setenv ("WATCHDOG_PID", "1", TRUE);
  g_assert_cmpuint (jt_notify_start_watchdog (), ==, 0);
  g_setenv ("WATCHDOG_PID", pid, TRUE);
  source = jt_notify_start_watchdog ();
  g_assert_cmpuint (source, !=, 0);
  g_main_context_iteration (NULL, TRUE);
  assert_told (manager, "WATCHDOG=1");
  g_source_remove (source);
  g_setenv ("WATCHDOG_USEC", "often", TRUE);
  g_assert_cmpuint (jt_notify_start_watchdog (), ==, 0);
}

#define ADD(path, function) g_test_add (path, Manager, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/notify/states", test_states);
  ADD ("/notify/abstract", test_abstract);
  ADD ("/notify/nobody", test_nobody);
  ADD ("/notify/watchdog", test_watchdog);
  return g_test_run ();
}
