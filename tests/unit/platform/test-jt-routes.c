/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-routes.h"

/* Tables as the kernel writes them, from machines of several kinds. */
#define HEAD_4 "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define LOCAL_4 "eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
#define DEFAULT_4 "eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
#define TUNNEL_4 "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
#define DOWN_4 "eth0\t00000000\t0102A8C0\t0002\t0\t0\t100\t00000000\t0\t0\t0\n"
#define UNREACHABLE_4 "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
#define HALF_4 "tun0\t00000000\t0100000A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
#define ZERO "00000000000000000000000000000000"
#define LINK_6 "fe800000000000000000000000000000 40 " ZERO " 00 " ZERO " 00000100 00000001 00000000 00000001     eth0\n"
#define REJECT_6 ZERO " 00 " ZERO " 00 " ZERO " ffffffff 00000001 00000000 00200200       lo\n"
#define DEFAULT_6 ZERO " 00 " ZERO " 00 fe800000000000000000000000000001 00000400 00000002 00000000 00450003     eth0\n"

typedef struct
{
  char     *folder;
  JtRoutes *routes;
  guint     n_changes;
} Fixture;

static void
write_table (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  if (text != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  else
    g_remove (path);
}

static void
on_changed (JtRoutes *routes, Fixture *f)
{
  f->n_changes++;
}

static gboolean
never_came (gpointer what)
{
  g_error ("never came: %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

static void
wait_for_changes (Fixture *f, guint n_changes)
{
  guint id = g_timeout_add_seconds (60, never_came, (gpointer) "changed");

  while (f->n_changes < n_changes)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static void
start (Fixture *f)
{
  f->n_changes = 0;
  f->routes = jt_routes_new (f->folder);
  g_signal_connect (f->routes, "changed", G_CALLBACK (on_changed), f);
  g_assert_cmpint (jt_routes_get_reachable (f->routes), ==, JT_ANSWER_PENDING);
  wait_for_changes (f, 1);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("jt-routes-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  write_table (f, "route", NULL);
  write_table (f, "ipv6_route", NULL);
  g_rmdir (f->folder);
  g_free (f->folder);
}

static void
test_tables (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *table_4;
    const char *table_6;
    JtAnswer    answer;
  } rows[] = {
    { NULL, NULL, JT_ANSWER_NO },
    { HEAD_4, "", JT_ANSWER_NO },
    { HEAD_4 LOCAL_4, LINK_6 REJECT_6, JT_ANSWER_NO },
    { HEAD_4 DOWN_4 UNREACHABLE_4 HALF_4, NULL, JT_ANSWER_NO },
    { HEAD_4 LOCAL_4 DEFAULT_4, NULL, JT_ANSWER_YES },
    { HEAD_4 TUNNEL_4, LINK_6, JT_ANSWER_YES },
    { HEAD_4, LINK_6 DEFAULT_6 REJECT_6, JT_ANSWER_YES },
    { "nonsense\n", "more of it\n", JT_ANSWER_NO },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      write_table (f, "route", rows[i].table_4);
      write_table (f, "ipv6_route", rows[i].table_6);
      start (f);
      g_test_message ("row %u", i);
      g_assert_cmpint (jt_routes_get_reachable (f->routes), ==, rows[i].answer);
      g_assert_finalize_object (f->routes);
    }
}

/* lo goes up or down, in a network of this process alone. */
static void
set_loopback (gboolean is_up)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = is_up ? IFF_UP : 0 };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (ioctl (fd, SIOCSIFFLAGS, &request), ==, 0);
  close (fd);
}

/* The kernel says that something changed, and the tables say what. */
static void
test_told (Fixture *f, gconstpointer data)
{
  if (unshare (CLONE_NEWNET) < 0)
    {
      g_test_skip ("no network of our own to be had");
      return;
    }
  write_table (f, "route", HEAD_4);
  start (f);
  g_assert_true (jt_routes_are_told (f->routes));
  write_table (f, "route", HEAD_4 DEFAULT_4);
  set_loopback (TRUE);
  wait_for_changes (f, 2);
  g_assert_cmpint (jt_routes_get_reachable (f->routes), ==, JT_ANSWER_YES);
  write_table (f, "route", HEAD_4);
  set_loopback (FALSE);
  wait_for_changes (f, 3);
  g_assert_cmpint (jt_routes_get_reachable (f->routes), ==, JT_ANSWER_NO);
  g_assert_finalize_object (f->routes);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/routes/tables", Fixture, NULL, set_up, test_tables, tear_down);
  g_test_add ("/routes/told", Fixture, NULL, set_up, test_told, tear_down);
  return g_test_run ();
}
