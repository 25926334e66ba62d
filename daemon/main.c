/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>

#include "jt-daemon.h"
#include "jt-file-limit.h"

static gboolean wants_version, wants_session, wants_system;
static char *bus_address, *config_path, *state_directory, *job_directory, *supervisor;

static const GOptionEntry entries[] = {
  { "session", 0, 0, G_OPTION_ARG_NONE, &wants_session, N_ ("Serve one user on the session bus"), NULL },
  { "system", 0, 0, G_OPTION_ARG_NONE, &wants_system, N_ ("Serve everybody on the system bus (default)"), NULL },
  { "bus-address", 0, 0, G_OPTION_ARG_STRING, &bus_address, N_ ("Use the bus at this address"), N_ ("ADDRESS") },
  { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, N_ ("Read this configuration file"), N_ ("FILE") },
  { "state-directory", 0, 0, G_OPTION_ARG_FILENAME, &state_directory, N_ ("Keep the record here"), N_ ("FOLDER") },
  { "job-directory", 0, 0, G_OPTION_ARG_FILENAME, &job_directory, N_ ("Read job files here"), N_ ("FOLDER") },
  { "supervisor", 0, 0, G_OPTION_ARG_FILENAME, &supervisor, N_ ("Start attempts with this jobtracker-run"), N_ ("PATH") },
  { "version", 0, 0, G_OPTION_ARG_NONE, &wants_version, N_ ("Show the version"), NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static gboolean
parse_options (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _ ("Schedules jobs, starts them, and keeps the record."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("unexpected argument '%s'"), (*argv)[1]);
  else if (wants_session && wants_system)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--session and --system exclude each other"));
  else
    return TRUE;
  return FALSE;
}

/* A path from the command line holds wherever the process goes later. */
static void
make_absolute (char **path)
{
  char *absolute = *path != NULL ? g_canonicalize_filename (*path, NULL) : NULL;

  g_free (*path);
  *path = absolute;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtDaemon) daemon = NULL;
  JtDaemonOptions options;
  JtExitStatus status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  jt_daemon_init_log ();
  if (!parse_options (&argc, &argv, &error))
    {
      fprintf (stderr, "jobtrackerd: %s\n", error->message);
      return JT_EXIT_USAGE;
    }
  if (wants_version)
    {
      printf ("jobtrackerd %s\n", PACKAGE_VERSION);
      return JT_EXIT_OK;
    }
  /* The command line was for whoever typed it. What goes over the bus, into the record and into the log is English. */
  setlocale (LC_MESSAGES, "C");
  setlocale (LC_NUMERIC, "C");
  umask (0077);
  jt_file_limit_raise ();
  make_absolute (&config_path);
  make_absolute (&state_directory);
  make_absolute (&job_directory);
  make_absolute (&supervisor);
  options = (JtDaemonOptions){ !wants_session, bus_address, config_path, state_directory, job_directory, supervisor };
  daemon = jt_daemon_new (&options, &status, &error);
  if (daemon == NULL)
    {
      fprintf (stderr, "jobtrackerd: %s\n", error->message);
      return status;
    }
  return jt_daemon_run (daemon);
}
