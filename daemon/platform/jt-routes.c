/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-routes.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>
#include <linux/netlink.h>
#include <linux/route.h>
#include <linux/rtnetlink.h>

#include "jt-in-thread.h"

/* Routes come by the dozen when an interface does. */
#define SETTLE_MSEC 100
#define MAX_READS 64

struct _JtRoutes
{
  GObject  parent;
  char    *folder;
  int      fd; /* -1: nobody tells */
  GSource *source;
  guint    settle_id;
  JtAnswer answer;
  gboolean is_reading;
  gboolean wants_again; /* something changed while it was read */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtRoutes, jt_routes, G_TYPE_OBJECT)

static gboolean
is_useful (const char *interface, guint flags)
{
  return !g_str_equal (interface, "lo") && (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
}

static gboolean
is_default_4 (const char *line)
{
  char interface[32];
  guint destination, mask, flags;

  return sscanf (line, "%31s %x %*x %x %*d %*u %*d %x", interface, &destination, &flags, &mask) == 4 && destination == 0 && mask == 0
         && is_useful (interface, flags);
}

static gboolean
is_default_6 (const char *line)
{
  char destination[33], interface[32];
  guint length, flags;

  return sscanf (line, "%32s %x %*32s %*x %*32s %*x %*x %*x %x %31s", destination, &length, &flags, interface) == 4 && length == 0
         && strspn (destination, "0") == 32 && is_useful (interface, flags);
}

static gboolean
has_default (const char *folder, const char *name, gboolean (*is_default) (const char *line))
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  FILE *file = fopen (path, "re");
  gboolean is_found = FALSE;
  char line[512];

  while (file != NULL && !is_found && fgets (line, sizeof line, file) != NULL)
    is_found = is_default (line);
  if (file != NULL)
    fclose (file);
  return is_found;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  g_task_return_boolean (task, has_default (folder, "route", is_default_4) || has_default (folder, "ipv6_route", is_default_6));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtRoutes *self = user_data;
  JtAnswer answer = g_task_propagate_boolean (G_TASK (result), NULL) ? JT_ANSWER_YES : JT_ANSWER_NO;

  self->is_reading = FALSE;
  if (self->wants_again)
    jt_routes_refresh (self);
  if (answer == self->answer)
    return;
  self->answer = answer;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
jt_routes_refresh (JtRoutes *self)
{
  self->wants_again = self->is_reading;
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  jt_in_thread (self, read_in_thread, g_strdup (self->folder), g_free, on_read, self);
}

static gboolean
on_settled (gpointer user_data)
{
  JtRoutes *self = user_data;

  self->settle_id = 0;
  jt_routes_refresh (self);
  return G_SOURCE_REMOVE;
}

/* What changed is not read here: the tables say it, also when the kernel had to drop messages. */
static gboolean
routes_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  JtRoutes *self = user_data;
  char buffer[8192];

  for (guint i = 0; i < MAX_READS && recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0; i++)
    ;
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (SETTLE_MSEC, on_settled, self);
  return G_SOURCE_CONTINUE;
}

static void
listen_to_kernel (JtRoutes *self)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE };

  self->fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (self->fd < 0)
    return;
  if (bind (self->fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      close (self->fd);
      self->fd = -1;
      return;
    }
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (routes_ready_cb), self, NULL);
  g_source_attach (self->source, NULL);
}

JtAnswer
jt_routes_get_reachable (JtRoutes *self)
{
  return self->answer;
}

gboolean
jt_routes_are_told (JtRoutes *self)
{
  return self->fd >= 0;
}

static void
jt_routes_finalize (GObject *object)
{
  JtRoutes *self = JT_ROUTES (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->folder);
  G_OBJECT_CLASS (jt_routes_parent_class)->finalize (object);
}

static void
jt_routes_class_init (JtRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_routes_finalize;
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_ROUTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_routes_init (JtRoutes *self)
{
  self->fd = -1;
}

JtRoutes *
jt_routes_new (const char *folder)
{
  JtRoutes *self = g_object_new (JT_TYPE_ROUTES, NULL);

  self->folder = g_strdup (folder);
  listen_to_kernel (self);
  jt_routes_refresh (self);
  return self;
}
