/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <locale.h>
#include <stdio.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "jt-agent.h"
#include "jt-client.h"

#define AGENT_NAME "org.example.JobTracker.Agent"

typedef struct
{
  GMainLoop       *loop;            /* (owned) */
  GDBusConnection *session;         /* (owned) */
  char            *system_address;  /* (owned) (nullable) not to be served */
  char            *session_address; /* (owned) (nullable) not to be served */
  JtAgent         *agent;           /* (owned) (nullable) once the name is ours */
  int              status;
} Program;

static gboolean wants_version, wants_session, wants_system;

static const GOptionEntry entries[] = {
  { "system", 0, 0, G_OPTION_ARG_NONE, &wants_system, N_ ("Show what the service of the machine says, and no other"), NULL },
  { "session", 0, 0, G_OPTION_ARG_NONE, &wants_session, N_ ("Show what one's own service says, and no other"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &wants_version, N_ ("Show the version"), NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static gboolean
parse_options (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _("Shows the notifications of JobTracker as popups of the desktop."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unexpected argument '%s'"), (*argv)[1]);
  else if (wants_session && wants_system)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--session and --system exclude each other"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
on_told_to_end (gpointer user_data)
{
  Program *program = user_data;

  g_main_loop_quit (program->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Program *program = user_data;

  if (program->agent == NULL)
    program->agent = jt_agent_new (connection, program->system_address, program->session_address);
}

/* One is enough for a session: the second one has nothing to do. */
static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Program *program = user_data;

  if (connection != NULL && !g_dbus_connection_is_closed (connection))
    g_message ("another jobtracker-agent shows the popups of this session");
  g_main_loop_quit (program->loop);
}

/* With its bus the session has ended, or whoever starts us does so again. */
static void
on_session_closed (GDBusConnection *connection, gboolean by_remote, GError *error, Program *program)
{
  g_message ("lost the session bus");
  program->status = JT_EXIT_NO_SERVICE;
  g_main_loop_quit (program->loop);
}

static int
run (void)
{
  g_autoptr (GError) error = NULL;
  Program program = { .status = JT_EXIT_DONE };
  guint name, terminate, interrupt;

  program.session = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (program.session == NULL)
    {
      fprintf (stderr, _("jobtracker-agent: could not reach the session bus: %s\n"), error->message);
      return JT_EXIT_NO_SERVICE;
    }
  if (!wants_session)
    program.system_address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  if (!wants_system)
    program.session_address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_dbus_connection_set_exit_on_close (program.session, FALSE);
  program.loop = g_main_loop_new (NULL, FALSE);
  terminate = g_unix_signal_add (SIGTERM, on_told_to_end, &program);
  interrupt = g_unix_signal_add (SIGINT, on_told_to_end, &program);
  g_signal_connect (program.session, "closed", G_CALLBACK (on_session_closed), &program);
  name = g_bus_own_name_on_connection (program.session, AGENT_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, on_name_acquired,
                                       on_name_lost, &program, NULL);
  g_main_loop_run (program.loop);
  g_signal_handlers_disconnect_by_data (program.session, &program);
  g_bus_unown_name (name);
  g_source_remove (terminate);
  g_source_remove (interrupt);
  g_clear_object (&program.agent);
  g_clear_object (&program.session);
  g_main_loop_unref (program.loop);
  g_free (program.system_address);
  g_free (program.session_address);
  return program.status;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("jobtracker-agent");
  if (!parse_options (&argc, &argv, &error))
    {
      fprintf (stderr, "jobtracker-agent: %s\n", error->message);
      return JT_EXIT_USAGE;
    }
  if (wants_version)
    {
      puts ("jobtracker-agent " PACKAGE_VERSION);
      return JT_EXIT_DONE;
    }
  return run ();
}
