/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which exit status says what an error says (interfaces: jobctl; reliability: bad input). */

#include "jobctl.h"
#include "jt-error.h"
#include "remote.h"

static void
test_exit_statuses (void)
{
  static const struct
  {
    JtError code;
    int     status;
  } rows[] = {
    { JT_ERROR_INVALID_ARGUMENT, 2 }, { JT_ERROR_INVALID_SETTINGS, 2 },    { JT_ERROR_INVALID_SCHEDULE, 2 }, { JT_ERROR_INVALID_TEMPLATE, 2 },
    { JT_ERROR_TOO_LARGE, 2 },        { JT_ERROR_QUOTA_EXCEEDED, 6 },      { JT_ERROR_NOT_AUTHORIZED, 4 },   { JT_ERROR_NOT_FOUND, 3 },
    { JT_ERROR_EXISTS, 5 },           { JT_ERROR_WRONG_STATE, 5 },         { JT_ERROR_NOT_SUPPORTED, 2 },    { JT_ERROR_PAUSED, 5 },
    { JT_ERROR_OVERLOADED, 7 },       { JT_ERROR_STORAGE_UNAVAILABLE, 8 },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (rows) == JT_N_ERRORS);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (JT_ERROR, (int) rows[i].code, "x");

      g_assert_cmpint (jt_client_exit_status (error), ==, rows[i].status);
    }
}

static void
test_exit_statuses_of_the_bus (void)
{
  static const struct
  {
    GDBusError code;
    int        status;
  } rows[] = {
    { G_DBUS_ERROR_SERVICE_UNKNOWN, 7 }, { G_DBUS_ERROR_NAME_HAS_NO_OWNER, 7 }, { G_DBUS_ERROR_UNKNOWN_METHOD, 7 },
    { G_DBUS_ERROR_NO_REPLY, 9 },        { G_DBUS_ERROR_TIMEOUT, 9 },           { G_DBUS_ERROR_ACCESS_DENIED, 4 },
    { G_DBUS_ERROR_INVALID_ARGS, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (G_DBUS_ERROR, (int) rows[i].code, "x");

      g_assert_cmpint (jt_client_exit_status (error), ==, rows[i].status);
    }
}

static GVariant *
make_run (const char *state, gint32 exit_code, gint32 signal)
{
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "state", "s", state);
  g_variant_dict_insert (&row, "exit-code", "i", exit_code);
  g_variant_dict_insert (&row, "signal", "i", signal);
  return g_variant_ref_sink (g_variant_dict_end (&row));
}

static void
test_exit_statuses_of_runs (void)
{
  static const struct
  {
    const char *state;
    gint32      exit_code;
    gint32      signal;
    int         status;
  } rows[] = {
    { "succeeded", 0, 0, 0 },   { "succeeded", 3, 0, 3 },  { "failed", 7, 0, 7 },      { "failed", -1, 9, 137 },  { "failed", -1, 0, 125 },
    { "timed-out", -1, 15, 124 }, { "lost", -1, 0, 125 },  { "cancelled", -1, 15, 143 }, { "cancelled", -1, 0, 125 }, { "skipped", -1, 0, 125 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) run = make_run (rows[i].state, rows[i].exit_code, rows[i].signal);

      g_assert_cmpint (run_exit_status (run), ==, rows[i].status);
    }
}

static void
test_row_readers (void)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new_parsed ("{'path': <objectpath '/a'>, 'n': <uint64 7>, 'u': <uint32 8>}"));

  g_assert_cmpstr (row_string (row, "path"), ==, "/a");
  g_assert_cmpstr (row_string (row, "n"), ==, "");
  g_assert_cmpstr (row_string (row, "absent"), ==, "");
  g_assert_cmpuint (row_uint64 (row, "n"), ==, 7);
  g_assert_cmpuint (row_uint32 (row, "u"), ==, 8);
  g_assert_cmpint (row_int32 (row, "absent"), ==, -1);
}

static void
test_job_name (void)
{
  g_autofree char *own_text = g_strdup_printf ("{'name': <'a'>, 'owner-name': <'%s'>}", g_get_user_name ());
  g_autoptr (GVariant) own = g_variant_parse (NULL, own_text, NULL, NULL, NULL);
  g_autoptr (GVariant) other = g_variant_parse (NULL, "{'name': <'a'>, 'owner-name': <'somebody else'>}", NULL, NULL, NULL);
  g_autofree char *own_name = row_job_name (own, "name");
  g_autofree char *other_name = row_job_name (other, "name");

  g_assert_cmpstr (own_name, ==, "a");
  g_assert_cmpstr (other_name, ==, "somebody else/a");
}

/* The shell at the other end must see the words as they were, and no --host. */
static void
test_remote_command (void)
{
  char *argv[] = { (char *) "--host", (char *) "a@b", (char *) "add", (char *) "x y", (char *) "-Hz", (char *) "--", (char *) "--host", (char *) "it's", NULL };
  g_auto (GStrv) command = remote_build_command ("a@b", argv, NULL);
  g_autofree char *line = g_strjoinv ("|", command);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (line, ==, "ssh|--|a@b|jobctl|'add'|'x y'|'--'|'--host'|'it'\\''s'");
  g_assert_null (remote_build_command ("-oProxyCommand=x", argv, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/exit-statuses", test_exit_statuses);
  g_test_add_func ("/client/exit-statuses-of-the-bus", test_exit_statuses_of_the_bus);
  g_test_add_func ("/client/exit-statuses-of-runs", test_exit_statuses_of_runs);
  g_test_add_func ("/client/row-readers", test_row_readers);
  g_test_add_func ("/client/job-name", test_job_name);
  g_test_add_func ("/client/remote-command", test_remote_command);
  return g_test_run ();
}
