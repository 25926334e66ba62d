/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Returns the length of the address of @text, a path or, behind '@', an abstract name; 0: it is none. */
static socklen_t
read_address (const char *text, struct sockaddr_un *address)
{
  gsize length = strlen (text);

  if ((*text != '/' && *text != '@') || length < 2 || length >= sizeof address->sun_path)
    return 0;
  *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  memcpy (address->sun_path, text, length);
  if (*text == '@')
    address->sun_path[0] = '\0';
  return (socklen_t) (offsetof (struct sockaddr_un, sun_path) + length);
}

/* A manager that is not there, or does not listen, is no reason to stop. */
static void
send_state (const char *state)
{
  const char *text = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address;
  socklen_t length = text != NULL ? read_address (text, &address) : 0;
  int fd;

  if (length == 0)
    return;
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address, length) < 0)
    g_debug ("the service manager could not be told: %m");
  if (fd >= 0)
    close (fd);
}

void
jt_notify_ready (const char *status)
{
  g_autofree char *state = g_strdup_printf ("READY=1\nSTATUS=%s", status);

  send_state (state);
}

void
jt_notify_status (const char *status)
{
  g_autofree char *state = g_strdup_printf ("STATUS=%s", status);

  send_state (state);
}

void
jt_notify_stopping (void)
{
  send_state ("STOPPING=1");
}

static gboolean
on_watchdog (gpointer user_data)
{
  send_state ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/* 0: no watchdog waits for this process. */
static guint64
read_watchdog_usec (void)
{
  const char *interval = g_getenv ("WATCHDOG_USEC");
  const char *pid = g_getenv ("WATCHDOG_PID");
  guint64 interval_usec = 0;
  guint64 whose = 0;

  if (interval == NULL || !g_ascii_string_to_unsigned (interval, 10, 1, G_MAXINT64, &interval_usec, NULL))
    return 0;
  if (pid != NULL && (!g_ascii_string_to_unsigned (pid, 10, 1, G_MAXINT32, &whose, NULL) || (pid_t) whose != getpid ()))
    return 0;
  return interval_usec;
}

guint
jt_notify_start_watchdog (void)
{
  guint64 interval_usec = read_watchdog_usec ();

  if (interval_usec == 0)
    return 0;
  return g_timeout_add ((guint) CLAMP (interval_usec / 2000, 1, G_MAXUINT), on_watchdog, NULL);
}
