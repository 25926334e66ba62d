/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Stored lines as JSON. */

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "log-printer.h"

static void
test_lines (void)
{
  static const char *const rows[][2] = {
    { "2026-01-01T00:00:00.000000Z stdout F a b", "{\"time\":\"2026-01-01T00:00:00.000000Z\",\"stream\":\"stdout\",\"text\":\"a b\"}" },
    { "T stderr P half", "{\"time\":\"T\",\"stream\":\"stderr\",\"text\":\"half\",\"partial\":true}" },
    { "T stdout F ", "{\"time\":\"T\",\"stream\":\"stdout\",\"text\":\"\"}" },
    { "T stdout F", "{\"time\":\"T\",\"stream\":\"stdout\",\"text\":\"\"}" },
    { "", "{\"time\":\"\",\"stream\":\"\",\"text\":\"\"}" },
    { "T stdout F \xff", "{\"time\":\"T\",\"stream\":\"stdout\",\"text\":\"\xef\xbf\xbd\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) node = log_line_to_json (rows[i][0], strlen (rows[i][0]));
      g_autofree char *text = json_to_string (node, FALSE);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_all (void)
{
  static const char text[] = "T stdout F one\nT stdout F two\nT stdout F cut";
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("jobtracker-log-XXXXXX", &path, NULL);
  g_autoptr (JsonNode) node = NULL;

  g_unlink (path);
  g_assert_cmpint (write (fd, text, sizeof text - 1), ==, sizeof text - 1);
  lseek (fd, 0, SEEK_SET);
  node = log_read_all (fd, NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 3);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-printer/lines", test_lines);
  g_test_add_func ("/log-printer/all", test_all);
  return g_test_run ();
}
