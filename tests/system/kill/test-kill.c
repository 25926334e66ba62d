/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Kills the service, supervisors, and the spawner that makes them, at random moments while jobs start and run, and then looks whether
 * its promises held: nothing acknowledged is lost, no attempt ran twice, every exit status is the right one, only a run whose supervisor
 * was killed may be `lost`, each end has what follows from it once, and no spawner outlives its service. Every attempt appends "RUN ATTEMPT" to one witness file, in one write. */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

#include "jt-names.h"
#include "jt-test-bus.h"

#define DEFAULT_ROUNDS 200
#define STARTS_PER_ROUND 6
#define MAX_DELAY_USEC 25000
#define CALL_TIMEOUT_MSEC 20000

typedef struct
{
  const char *name;
  const char *script;
  const char *state;     /* how it ends when nobody kills its supervisor */
  gint32      exit_code;
  guint32     retries;
  const char *schedule;
} Kind;

#define WITNESS "printf '%s %s\\n' $JOBTRACKER_RUN $JOBTRACKER_ATTEMPT >> \"$WITNESS\"; "

static const Kind kinds[] = {
  { "good", WITNESS "exit 0", "succeeded", 0, 0, NULL },
  { "three", WITNESS "exit 3", "failed", 3, 0, NULL },
  { "slow", WITNESS "sleep 0.05; exit 7", "failed", 7, 0, NULL },
  { "killed", WITNESS "kill -9 $$", "failed", -1, 0, NULL },
  { "third-time", WITNESS "[ $JOBTRACKER_ATTEMPT -ge 3 ]", "succeeded", 0, 3, NULL },
  { "chatty", WITNESS "seq 2000; exit 5", "failed", 5, 0, NULL },
  { "timed", WITNESS "exit 0", "succeeded", 0, 0, "every 1s" },
};

/* Jobs that come after the first of these kinds: one after each end of one, one after ends of two. They end as `good`. */
#define UPSTREAM "good-0"
#define OTHER_UPSTREAM "third-time-4"

typedef struct
{
  char            *directory;
  char            *witness;
  char            *state;
  const char      *daemon;
  const char      *supervisor;
  JtTestBus       *bus;
  GDBusConnection *connection;
  GPid             pid;
  GRand           *rand;
  GHashTable      *jobs;        /* acknowledged: object path → Kind index */
  GHashTable      *runs;        /* acknowledged: object path → Kind index */
  GHashTable      *interrupted; /* run ids whose supervisor was killed */
  guint            n_spawners_killed;
  guint            n_pending;
  gboolean         is_up;
} World;

static World world;

typedef struct
{
  guint    kind;
  gboolean is_job;
} Call;

static GVariant *
settings_of (const Kind *kind)
{
  g_autofree char *environment = g_strdup_printf ("WITNESS=%s", world.witness);
  const char *environment_list[] = { environment, NULL };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "shell", g_variant_new_string (kind->script));
  g_variant_builder_add (&builder, "{sv}", "environment", g_variant_new_strv (environment_list, -1));
  g_variant_builder_add (&builder, "{sv}", "working-directory", g_variant_new_string ("/"));
  if (kind->retries > 0)
    {
      g_variant_builder_add (&builder, "{sv}", "retries", g_variant_new_uint32 (kind->retries));
      g_variant_builder_add (&builder, "{sv}", "retry-delay", g_variant_new_uint64 (1000));
    }
  if (kind->schedule != NULL)
    {
      const char *schedules[] = { kind->schedule, NULL };

      g_variant_builder_add (&builder, "{sv}", "schedule", g_variant_new_strv (schedules, -1));
    }
  return g_variant_builder_end (&builder);
}

static void
on_name_owner (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
               GVariant *parameters, gpointer user_data)
{
  const char *owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  world.is_up = *owner != '\0';
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  const char *path;

  world.n_pending--;
  if (reply == NULL)
    return; /* killed before it answered, or refused because the job still runs: nothing is promised */
  g_variant_get (reply, "(&o)", &path);
  g_hash_table_insert (call->is_job ? world.jobs : world.runs, g_strdup (path), GUINT_TO_POINTER (call->kind));
}

static void
call_service (const char *path, const char *interface, const char *method, GVariant *parameters, guint kind, gboolean is_job)
{
  Call *call = g_new (Call, 1);

  call->kind = kind;
  call->is_job = is_job;
  world.n_pending++;
  g_dbus_connection_call (world.connection, JT_BUS_NAME, path, interface, method, parameters, G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MSEC, NULL, on_reply, call);
}

static void
start_some_jobs (void)
{
  g_autofree gpointer *paths = g_hash_table_get_keys_as_array (world.jobs, NULL);
  guint n_jobs = g_hash_table_size (world.jobs);

  for (guint i = 0; i < STARTS_PER_ROUND && n_jobs > 0; i++)
    {
      const char *path = paths[g_rand_int_range (world.rand, 0, (gint32) n_jobs)];
      guint kind = GPOINTER_TO_UINT (g_hash_table_lookup (world.jobs, path));

      call_service (path, JT_JOB_INTERFACE, "Start", g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)), kind, FALSE);
    }
}

static void
add_a_job (guint round)
{
  guint index = round < G_N_ELEMENTS (kinds) ? round : (guint) g_rand_int_range (world.rand, 0, G_N_ELEMENTS (kinds) - 1);
  g_autofree char *name = g_strdup_printf ("%s-%u", kinds[index].name, round);

  call_service (JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob", g_variant_new ("(s@a{sv})", name, settings_of (&kinds[index])), index,
                TRUE);
}

static GVariant *
call_now (const char *path, const char *interface, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (world.connection, JT_BUS_NAME, path, interface, method, parameters, NULL,
                                                 G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MSEC, NULL, &error);

  if (error != NULL)
    g_error ("%s of %s: %s", method, path, error->message);
  return reply;
}

/* With that name, on record. (transfer full) (nullable) */
static char *
find_job (const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (world.connection, JT_BUS_NAME, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob",
                                                            g_variant_new ("(s)", name), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                                            CALL_TIMEOUT_MSEC, NULL, NULL);
  char *path = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(o)", &path);
  return path;
}

/* What was begun before somebody came after it may have ended before, too. */
static guint64
find_newest_run (void)
{
  g_autoptr (GVariant) reply = call_now (JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                                         g_variant_new ("(@a{sv}su)", g_variant_new ("a{sv}", NULL), "", 1));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);
  guint64 id = 0;

  if (g_variant_n_children (rows) > 0)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, 0);

      g_variant_lookup (row, "id", "t", &id);
    }
  return id;
}

static void
add_follower (const char *name, const char *const *after)
{
  g_autoptr (GVariant) good = g_variant_ref_sink (settings_of (&kinds[0]));
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (good);

  g_variant_dict_insert (&settings, "after", "^as", after);
  g_variant_dict_insert (&settings, "overlap", "s", "allow");
  g_variant_unref (call_now (JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob", g_variant_new ("(s@a{sv})", name, g_variant_dict_end (&settings))));
}

/* Once, when those that they come after are there. (transfer full) (nullable): the path of UPSTREAM */
static char *
add_followers (void)
{
  static const char *const first[] = { UPSTREAM ":finished", NULL };
  static const char *const both[] = { UPSTREAM ":finished", OTHER_UPSTREAM ":finished", NULL };

  g_autofree char *path = find_job (UPSTREAM);
  g_autofree char *other = find_job (OTHER_UPSTREAM);

  if (path == NULL || other == NULL)
    return NULL;
  add_follower ("follower", first);
  add_follower ("join", both);
  return g_steal_pointer (&path);
}

/* jobtracker-run in @pid as a spawner, or else as a supervisor. */
static gboolean
is_helper (const char *pid, gboolean as_spawner)
{
  g_autofree char *exe_path = g_strdup_printf ("/proc/%s/exe", pid);
  g_autofree char *exe = g_file_read_link (exe_path, NULL);
  g_autofree char *arguments_path = g_strdup_printf ("/proc/%s/cmdline", pid);
  g_autofree char *arguments = NULL;
  gsize length = 0;

  return exe != NULL && g_str_has_suffix (exe, "/jobtracker-run") && g_file_get_contents (arguments_path, &arguments, &length, NULL) &&
         length > strlen (arguments) + 1 &&
         g_str_equal (arguments + strlen (arguments) + 1, "--spawner") == as_spawner;
}

/* Supervisors of ours are told by the run folder that they hold. */
static void
kill_a_supervisor (void)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (pid_t));
  const char *name;

  while ((name = g_dir_read_name (proc)) != NULL)
    {
      g_autofree char *fd_path = g_strdup_printf ("/proc/%s/fd/3", name);
      g_autofree char *folder = NULL;
      pid_t pid = (pid_t) g_ascii_strtoll (name, NULL, 10);

      if (pid <= 0 || !is_helper (name, FALSE))
        continue;
      folder = g_file_read_link (fd_path, NULL);
      if (folder != NULL && g_str_has_prefix (folder, world.state))
        g_array_append_val (found, pid);
    }
  if (found->len > 0)
    {
      pid_t pid = g_array_index (found, pid_t, g_rand_int_range (world.rand, 0, (gint32) found->len));
      g_autofree char *fd_path = g_strdup_printf ("/proc/%d/fd/3", pid);
      g_autofree char *folder = g_file_read_link (fd_path, NULL);

      if (folder != NULL && kill (pid, SIGKILL) == 0)
        g_hash_table_add (world.interrupted, g_path_get_basename (folder));
    }
}

/* 0: there is none. */
static pid_t
find_spawner (void)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (proc)) != NULL)
    {
      g_autofree char *stat_path = g_strdup_printf ("/proc/%s/stat", name);
      g_autofree char *text = NULL;
      const char *after_name;
      int parent = 0;

      if (!g_ascii_isdigit (*name) || !is_helper (name, TRUE) || !g_file_get_contents (stat_path, &text, NULL, NULL))
        continue;
      after_name = strrchr (text, ')');
      if (after_name != NULL && sscanf (after_name, ") %*c %d", &parent) == 1 && parent == world.pid)
        return (pid_t) g_ascii_strtoll (name, NULL, 10);
    }
  return 0;
}

/* No run may suffer from it. */
static void
kill_the_spawner (void)
{
  pid_t pid = find_spawner ();

  if (pid > 0 && kill (pid, SIGKILL) == 0)
    world.n_spawners_killed++;
}

static gboolean
delay_is_over_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The moment of the blow: any time within the first milliseconds of the calls and starts. */
static void
run_for (gint64 usec)
{
  g_autoptr (GSource) source = g_timeout_source_new (0);
  gboolean is_over = FALSE;

  g_source_set_ready_time (source, g_get_monotonic_time () + usec);
  g_source_set_callback (source, delay_is_over_cb, &is_over, NULL);
  g_source_attach (source, NULL);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* A test that fails leaves no service behind. */
static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_daemon (void)
{
  const char *argv[] = { world.daemon, "--session", "--state-directory", world.state, "--job-directory", world.directory,
                         "--supervisor", world.supervisor, NULL };
  g_autoptr (GError) error = NULL;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_test, NULL, &world.pid, &error);
  g_assert_no_error (error);
  while (!world.is_up)
    {
      g_assert_cmpint (waitpid (world.pid, NULL, WNOHANG), ==, 0);
      run_for (1000);
    }
}

static void
kill_daemon (int signal_number)
{
  pid_t spawner = find_spawner ();
  int spawner_fd = spawner > 0 ? pidfd_open (spawner, 0) : -1;
  struct pollfd end = { spawner_fd, POLLIN, 0 };
  int status;

  g_assert_cmpint (kill (world.pid, signal_number), ==, 0);
  g_assert_cmpint (waitpid (world.pid, &status, 0), ==, world.pid);
  if (signal_number == SIGTERM)
    g_assert_cmpint (status, ==, 0);
  /* It goes by itself. */
  if (spawner_fd >= 0)
    {
      g_assert_cmpint (poll (&end, 1, -1), ==, 1);
      close (spawner_fd);
    }
  while (world.is_up)
    g_main_context_iteration (NULL, TRUE);
}

static gsize
count_active (void)
{
  g_autoptr (GVariant) reply = call_now (JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListActive",
                                         g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

  return g_variant_n_children (rows);
}

/* Waits for the ends of all that is under way. */
static void
wait_for_quiet (void)
{
  while (count_active () > 0)
    run_for (MAX_DELAY_USEC);
}

/* (transfer full) "run attempt" → number of lines */
static GHashTable *
read_witness (void)
{
  GHashTable *lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) split = NULL;

  g_assert_true (g_file_get_contents (world.witness, &text, NULL, NULL));
  split = g_strsplit (text, "\n", -1);
  for (guint i = 0; split[i] != NULL; i++)
    if (*split[i] != '\0')
      g_hash_table_insert (lines, g_strdup (split[i]),
                           GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (lines, split[i])) + 1));
  return lines;
}

static void
check_run (const char *path, guint kind_index, GHashTable *witness)
{
  const Kind *kind = &kinds[kind_index];
  g_autoptr (GVariant) reply = call_now (path, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new ("(s)", JT_RUN_INTERFACE));
  g_autoptr (GVariant) all = g_variant_get_child_value (reply, 0);
  const char *id = strrchr (path, '/') + 1;
  g_autofree char *first_line = g_strdup_printf ("%s 1", id);
  const char *state = "";
  const char *reason = "";
  gint32 exit_code = 0;
  gint32 signal_number = 0;
  guint32 attempt = 0;

  g_variant_lookup (all, "Signal", "i", &signal_number);
  g_variant_lookup (all, "State", "&s", &state);
  g_variant_lookup (all, "Reason", "&s", &reason);
  g_variant_lookup (all, "ExitCode", "i", &exit_code);
  g_variant_lookup (all, "Attempt", "u", &attempt);
  if (g_hash_table_contains (world.interrupted, id))
    {
      /* The blow may meet the supervisor's child, which has its name and its descriptors until it becomes the job. */
      if (!g_str_equal (state, kind->state) && signal_number != SIGKILL)
        g_assert_cmpstr (state, ==, "lost");
      return;
    }
  if (!g_str_equal (state, kind->state) || exit_code != kind->exit_code)
    g_error ("run %s (%s) is %s, exit %d, reason '%s'; expected %s, exit %d", id, kind->name, state, exit_code, reason, kind->state,
             kind->exit_code);
  g_assert_true (g_hash_table_contains (witness, first_line));
  if (kind->retries > 0)
    g_assert_cmpuint (attempt, ==, 3);
}

static void
check_promises (void)
{
  g_autoptr (GHashTable) witness = read_witness ();
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, witness);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) != 1)
      g_error ("attempt '%s' ran %u times", (char *) key, GPOINTER_TO_UINT (value));

  g_hash_table_iter_init (&iter, world.jobs);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_variant_unref (call_now (key, "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", JT_JOB_INTERFACE, "Name")));
  g_hash_table_iter_init (&iter, world.runs);
  while (g_hash_table_iter_next (&iter, &key, &value))
    check_run (key, GPOINTER_TO_UINT (value), witness);
  g_test_message ("%u jobs, %u runs acknowledged, %u attempts witnessed, %u supervisors and %u spawners killed",
                  g_hash_table_size (world.jobs), g_hash_table_size (world.runs), g_hash_table_size (witness),
                  g_hash_table_size (world.interrupted), world.n_spawners_killed);
}

/* (transfer full) (element-type GVariant) all rows there are, newest first */
static GPtrArray *
list_history (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree char *cursor = g_strdup ("");

  do
    {
      g_autoptr (GVariant) reply = call_now (JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                                             g_variant_new ("(@a{sv}su)", g_variant_new ("a{sv}", NULL), cursor, 1000));
      g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

      g_clear_pointer (&cursor, g_free);
      g_variant_get_child (reply, 1, "s", &cursor);
      for (gsize i = 0; i < g_variant_n_children (rows); i++)
        g_ptr_array_add (all, g_variant_get_child_value (rows, i));
    }
  while (*cursor != '\0');
  return all;
}

/* (transfer full) state → how many runs are on record with it */
static GHashTable *
count_history (void)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) rows = list_history ();

  for (guint i = 0; i < rows->len; i++)
    {
      const char *state = "";

      g_variant_lookup (rows->pdata[i], "state", "&s", &state);
      g_hash_table_insert (counts, g_strdup (state), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, state)) + 1));
    }
  return counts;
}

static const char *
word_in (GVariant *row, const char *key)
{
  const char *word = "";

  g_variant_lookup (row, key, "&s", &word);
  return word;
}

/* "after a (run 3), b (run 4)" */
static void
read_cause (const char *cause, guint64 runs[2])
{
  for (guint i = 0; i < 2; i++)
    {
      cause = strstr (cause, "(run ");
      runs[i] = cause == NULL ? 0 : g_ascii_strtoull (cause + strlen ("(run "), NULL, 10);
      if (cause == NULL)
        return;
      cause++;
    }
}

/* From the newest on, each run of @follower names as its cause runs that are older than those of the one before: none has two. @told:
 * (nullable) gets the first of them each. */
static void
check_causes (GPtrArray *rows, const char *follower, GHashTable *told)
{
  guint64 before[2] = { G_MAXUINT64, G_MAXUINT64 };

  for (guint i = 0; i < rows->len; i++)
    {
      guint64 runs[2] = { 0, 0 };

      if (!g_str_equal (word_in (rows->pdata[i], "job-name"), follower) || !g_str_equal (word_in (rows->pdata[i], "trigger"), "dependency"))
        continue;
      read_cause (word_in (rows->pdata[i], "cause"), runs);
      g_assert_cmpuint (runs[0], >, 0);
      g_assert_cmpuint (runs[0], <, before[0]);
      g_assert_true (told != NULL || (runs[1] > 0 && runs[1] < before[1]));
      memcpy (before, runs, sizeof before);
      if (told != NULL)
        g_hash_table_add (told, g_memdup2 (&runs[0], sizeof runs[0]));
    }
}

/* Each end is followed by one run or one row of its having been skipped, whenever the service was killed. */
static void
check_followers (guint64 since)
{
  g_autoptr (GPtrArray) rows = list_history ();
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint count = 0;

  check_causes (rows, "follower", told);
  check_causes (rows, "join", NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      guint64 id = 0;

      g_variant_lookup (rows->pdata[i], "id", "t", &id);
      if (id <= since || !g_str_equal (word_in (rows->pdata[i], "job-name"), UPSTREAM))
        continue;
      count++;
      if (!g_hash_table_contains (told, &id))
        g_error ("nothing followed run %" G_GUINT64_FORMAT ", which is %s", id, word_in (rows->pdata[i], "state"));
    }
  g_test_message ("%u ends had one run after them each", count);
}

/* Every end is in the statistics exactly once, whenever the service was killed. (A missed row stands for any number of instants.) */
static void
check_statistics (const char *filter)
{
  g_autoptr (GHashTable) history = count_history ();
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, filter, NULL, NULL, NULL);
  g_autoptr (GVariant) reply = call_now (JT_ROOT_PATH, JT_ROOT_INTERFACE, "GetStatistics", g_variant_new ("(@a{sv})", dict));
  g_autoptr (GVariant) statistics = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) counts = g_variant_lookup_value (statistics, "counts", G_VARIANT_TYPE ("a{st}"));
  GVariantIter iter;
  const char *state;
  guint64 count;
  guint n_states = 0;

  g_variant_iter_init (&iter, counts);
  while (g_variant_iter_next (&iter, "{&st}", &state, &count))
    {
      guint expected = GPOINTER_TO_UINT (g_hash_table_lookup (history, state));

      n_states++;
      if (!g_str_equal (state, "missed") && count != expected)
        g_error ("statistics have %" G_GUINT64_FORMAT " runs %s, history has %u", count, state, expected);
    }
  g_assert_cmpuint (n_states, ==, g_hash_table_size (history));
}

/* By name: a job may be on record though the service was killed before it could answer. The first rounds have one of each kind. */
static void
disable_schedules (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u", kinds[i].name, i);
      g_autofree char *job = kinds[i].schedule != NULL ? find_job (name) : NULL;

      if (job != NULL)
        g_variant_unref (call_now (job, JT_JOB_INTERFACE, "SetEnabled", g_variant_new ("(b)", FALSE)));
    }
}

static void
test_promises_hold (void)
{
  const char *rounds_text = g_getenv ("JOBTRACKER_KILL_ROUNDS");
  g_autofree char *followed = NULL;
  guint64 followed_since = 0;
  guint n_rounds = rounds_text != NULL ? (guint) atoi (rounds_text) : DEFAULT_ROUNDS;

  for (guint round = 0; round < n_rounds; round++)
    {
      start_daemon ();
      if (round >= G_N_ELEMENTS (kinds) && followed == NULL && (followed = add_followers ()) != NULL)
        followed_since = find_newest_run ();
      if (followed != NULL)
        call_service (followed, JT_JOB_INTERFACE, "Start", g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)), 0, FALSE);
      add_a_job (round);
      start_some_jobs ();
      run_for (g_rand_int_range (world.rand, 0, MAX_DELAY_USEC));
      if (g_rand_int_range (world.rand, 0, 4) == 0)
        kill_a_supervisor ();
      if (g_rand_int_range (world.rand, 0, 2) == 0)
        {
          kill_the_spawner ();
          run_for (g_rand_int_range (world.rand, 0, MAX_DELAY_USEC));
        }
      kill_daemon (SIGKILL);
      while (world.n_pending > 0)
        g_main_context_iteration (NULL, TRUE);
    }
  start_daemon ();
  disable_schedules ();
  wait_for_quiet ();
  check_promises ();
  if (followed != NULL)
    check_followers (followed_since);
  check_statistics ("{}");
  check_statistics ("{'by': <'job'>}");
  kill_daemon (SIGTERM);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc < 3)
    g_error ("usage: test-kill JOBTRACKERD JOBTRACKER-RUN");
  world.daemon = argv[1];
  world.supervisor = argv[2];
  world.directory = g_dir_make_tmp ("jobtracker-kill-XXXXXX", NULL);
  world.witness = g_build_filename (world.directory, "witness", NULL);
  world.state = g_build_filename (world.directory, "state", NULL);
  g_assert_true (g_file_set_contents (world.witness, "", 0, NULL));
  world.jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world.runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world.interrupted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world.rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  world.bus = jt_test_bus_new ();
  world.connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_dbus_connection_set_exit_on_close (world.connection, FALSE);
  g_dbus_connection_signal_subscribe (world.connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                      "/org/freedesktop/DBus", JT_BUS_NAME, G_DBUS_SIGNAL_FLAGS_NONE, on_name_owner, NULL, NULL);
  g_test_add_func ("/kill/promises-hold", test_promises_hold);
  status = g_test_run ();

  g_clear_object (&world.connection);
  jt_test_bus_free (world.bus);
  remove_tree (world.directory);
  return status;
}
