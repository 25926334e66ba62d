/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-test-bus.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESS_BYTES 512

struct _JtTestBus
{
  GPid  pid;
  char *address;
};

/* One line; the daemon has opened its socket by then. */
static char *
read_address (int fd)
{
  char text[ADDRESS_BYTES] = "";
  gsize length = 0;

  while (strchr (text, '\n') == NULL)
    {
      gssize n = read (fd, text + length, sizeof text - 1 - length);

      if (n <= 0)
        g_error ("dbus-daemon did not start");
      length += (gsize) n;
      text[length] = '\0';
    }
  return g_strndup (text, strcspn (text, "\n"));
}

JtTestBus *
jt_test_bus_new (void)
{
  return jt_test_bus_new_at ("unix:tmpdir=/tmp");
}

JtTestBus *
jt_test_bus_new_at (const char *where)
{
  /* (setpriv: it ends when the test does, also when that is killed) */
  const char *arguments[] = { "setpriv", "--pdeathsig", "KILL", "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address", where,
                              "--print-address=1", NULL };
  JtTestBus *bus = g_new0 (JtTestBus, 1);
  g_autoptr (GError) error = NULL;
  int fd = -1;

  g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &bus->pid, NULL, &fd,
                            NULL, &error);
  g_assert_no_error (error);
  bus->address = read_address (fd);
  close (fd);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", bus->address, TRUE);
  return bus;
}

const char *
jt_test_bus_get_address (JtTestBus *bus)
{
  return bus->address;
}

void
jt_test_bus_free (JtTestBus *bus)
{
  kill (bus->pid, SIGTERM);
  waitpid (bus->pid, NULL, 0);
  g_spawn_close_pid (bus->pid);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_free (bus->address);
  g_free (bus);
}
