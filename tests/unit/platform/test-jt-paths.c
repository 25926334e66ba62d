/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-error.h"
#include "jt-path-walk.h"
#include "machine-fixture.h"

/* Short, for the tests wait for it. */
#define SETTLE_USEC 20000
/* Longer than what has been told of is not told of again. */
#define MARKER_USEC 120000
/* An account that every system has, and that owns nothing here. */
#define DAEMON_UID 1

static char *
path_of (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, "watched", name, NULL);
}

static void
write_file (Fixture *f, const char *name, const char *text)
{
  g_autofree char *below = g_build_filename ("watched", name, NULL);

  fixture_write (f, below, text);
}

static void
make_folder (Fixture *f, const char *name, int mode)
{
  g_autofree char *path = path_of (f, name);

  g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
set_mode (Fixture *f, const char *name, int mode)
{
  g_autofree char *path = path_of (f, name);

  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
move (Fixture *f, const char *from, const char *to)
{
  g_autofree char *old = path_of (f, from);
  g_autofree char *new = path_of (f, to);

  g_assert_cmpint (g_rename (old, new), ==, 0);
}

static void
delete (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  fixture_set_up (f, data);
  g_chmod (f->folder, 0755);
  make_folder (f, "", 0755);
}

static void
pass_tick (void)
{
  struct timespec before, now;

  clock_gettime (CLOCK_REALTIME_COARSE, &before);
  do
    clock_gettime (CLOCK_REALTIME_COARSE, &now);
  while (now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec);
}

/* Until the clock that stamps files is past what it is now. (A tick that comes late shows an instant that is past already.) */
static void
pass_ticks (void)
{
  pass_tick ();
  pass_tick ();
}

static void
watch_settling (Fixture *f, guint64 job, const char *name, guint32 uid, guint settle_usec)
{
  g_autofree char *path = path_of (f, name);
  g_autofree char *text = g_strdup_printf ("{'watch-path': <['%s']>, 'watch-settle': <uint64 %u>}", path, settle_usec);
  g_autoptr (JtSettings) settings = settings_of (text);

  /* What was there before is none of its changes. */
  pass_ticks ();
  jt_surroundings_watch (f->machine, job, settings, uid);
}

static void
watch (Fixture *f, guint64 job, const char *name, guint32 uid)
{
  watch_settling (f, job, name, uid, SETTLE_USEC);
}

static void
look (Fixture *f, const char *sign, const char *name, guint32 uid, gboolean keeps_looking)
{
  g_autofree char *path = path_of (f, name);
  g_autofree char *text = g_strdup_printf ("{'condition': <['%spath:%s']>}", sign, path);
  g_autoptr (JtSettings) settings = settings_of (text);

  jt_surroundings_look (f->machine, RUN, settings, uid, keeps_looking);
}

static gboolean
is_there (Fixture *f, const char *name, guint32 uid)
{
  guint n_before = f->looked->len;

  look (f, "", name, uid, FALSE);
  WAIT_UNTIL (f->looked->len > n_before);
  return g_str_equal (last_of (f->looked), "42 -");
}

/* The walk that was begun first is over when one that was begun later is: there is one at a time for a user. */
static void
wait_until_walked (Fixture *f, guint32 uid)
{
  is_there (f, "nothing", uid);
  is_there (f, "nothing", uid);
}

static void
expect (Fixture *f, guint n_occurred)
{
  WAIT_UNTIL (f->occurred->len >= n_occurred);
  g_assert_cmpuint (f->occurred->len, ==, n_occurred);
}

/* Nothing was told of what went before: what is changed now, on a path that another job watches, is told first of all. */
static void
expect_nothing (Fixture *f, guint32 uid)
{
  guint n_before = f->occurred->len;

  watch_settling (f, JOB + 1, "marker", uid, MARKER_USEC);
  wait_until_walked (f, uid);
  write_file (f, "marker", "");
  WAIT_UNTIL (f->occurred->len > n_before);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (f->occurred, n_before), "8 "));
  jt_surroundings_watch (f->machine, JOB + 1, NULL, 0);
  g_ptr_array_set_size (f->occurred, (int) n_before);
  delete (f, "marker");
}

/* A file that is not there yet, and neither is its folder. */
static void
test_file (Fixture *f, gconstpointer data)
{
  g_autofree char *path = path_of (f, "a/b/file");
  g_autofree char *cause = g_strdup_printf ("7 watch-path:%s", path);

  watch (f, JOB, "a/b/file", geteuid ());
  wait_until_walked (f, geteuid ());
  write_file (f, "a/b/file", "one");
  expect (f, 1);
  g_assert_cmpstr (last_of (f->occurred), ==, cause);
  write_file (f, "a/b/file", "two"); /* (replaces it) */
  expect (f, 2);
  g_assert_cmpint (utimensat (AT_FDCWD, path, NULL, 0), ==, 0);
  expect (f, 3);
  write_file (f, "a/b/other", "");
  expect_nothing (f, geteuid ());
  delete (f, "a/b/file");
  expect (f, 4);
  write_file (f, "a/b/file", "three");
  expect (f, 5);
  /* a folder on the way is another */
  make_folder (f, "new/b", 0755);
  write_file (f, "new/b/file", "four");
  move (f, "a", "old");
  expect (f, 6);
  move (f, "new", "a");
  expect (f, 7);
  write_file (f, "old/b/file", "five");
  expect_nothing (f, geteuid ());
  jt_surroundings_watch (f->machine, JOB, NULL, 0);
  write_file (f, "a/b/file", "six");
  expect_nothing (f, geteuid ());
}

/* A file that is written to for a while is one change, when it is over. */
/* Nobody has to wait until the folders are found: what changes once the watch is asked for counts, and what was there does not. */
static void
test_at_once (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/%u", i);

      make_folder (f, name, 0755);
    }
  write_file (f, "in/old", "");
  watch (f, JOB + 2, "many/**", 0); /* is walked first, which takes a while */
  watch (f, JOB, "in", 0);
  watch (f, JOB + 3, "in/old", 0);
  write_file (f, "in/new", "");
  expect (f, 1);
  g_assert_true (g_str_has_prefix (last_of (f->occurred), "7 "));
  expect_nothing (f, 0);
}

static void
test_settles (Fixture *f, gconstpointer data)
{
  g_autofree char *path = path_of (f, "file");
  int fd;

  write_file (f, "file", "");
  watch (f, JOB, "file", geteuid ());
  wait_until_walked (f, geteuid ());
  fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);
  for (guint i = 0; i < 200; i++)
    {
      g_assert_cmpint (write (fd, "x", 1), ==, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  close (fd);
  expect (f, 1);
  expect_nothing (f, geteuid ());
}

/* Without settling it is told of changes all the same no more often than ten times a second, and of the last one too. */
static void
test_often (Fixture *f, gconstpointer data)
{
  gint64 begin_usec;

  write_file (f, "file", "");
  watch_settling (f, JOB, "file", geteuid (), 0);
  wait_until_walked (f, geteuid ());
  begin_usec = g_get_monotonic_time ();
  for (guint i = 0; i < 400; i++)
    {
      write_file (f, "file", "x");
      g_main_context_iteration (NULL, FALSE);
    }
  WAIT_UNTIL (f->occurred->len >= 2);
  watch_settling (f, JOB + 1, "marker", geteuid (), MARKER_USEC);
  wait_until_walked (f, geteuid ());
  write_file (f, "marker", "");
  WAIT_UNTIL (g_str_has_prefix (last_of (f->occurred), "8 "));
  /* The first, and then one each time; the marker. */
  g_assert_cmpuint (f->occurred->len, <=, 2 + (g_get_monotonic_time () - begin_usec) / 100000);
}

static void
test_folder (Fixture *f, gconstpointer data)
{
  write_file (f, "in/one", "");
  make_folder (f, "in/below", 0755);
  watch (f, JOB, "in", geteuid ());
  wait_until_walked (f, geteuid ());
  expect_nothing (f, geteuid ());
  write_file (f, "in/two", "");
  expect (f, 1);
  delete (f, "in/one");
  expect (f, 2);
  write_file (f, "in/below/three", "");
  expect_nothing (f, geteuid ());
  move (f, "in", "out");
  expect (f, 3);
  make_folder (f, "in", 0755);
  expect (f, 4);
  write_file (f, "in/one", "");
  expect (f, 5);
}

static void
test_recursive (Fixture *f, gconstpointer data)
{
  make_folder (f, "in/a/b", 0755);
  watch (f, JOB, "in/**", geteuid ());
  wait_until_walked (f, geteuid ());
  write_file (f, "in/a/b/one", "");
  expect (f, 1);
  make_folder (f, "in/new/c/d", 0755);
  expect (f, 2);
  wait_until_walked (f, geteuid ());
  write_file (f, "in/new/c/d/two", "");
  expect (f, 3);
  /* what has left the tree is none of it */
  move (f, "in/new", "new");
  expect (f, 4);
  wait_until_walked (f, geteuid ());
  write_file (f, "new/c/d/three", "");
  expect_nothing (f, geteuid ());
}

static void
test_links (Fixture *f, gconstpointer data)
{
  g_autofree char *link = path_of (f, "current");
  g_autofree char *next = path_of (f, "next");
  g_autofree char *loop = path_of (f, "loop");

  write_file (f, "releases/1/conf", "");
  write_file (f, "releases/2/conf", "");
  g_assert_cmpint (symlink ("releases/1", link), ==, 0);
  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  watch (f, JOB, "current/conf", geteuid ());
  wait_until_walked (f, geteuid ());
  write_file (f, "releases/1/conf", "x");
  expect (f, 1);
  g_assert_cmpint (symlink ("releases/2", next), ==, 0);
  move (f, "next", "current");
  expect (f, 2);
  write_file (f, "releases/1/conf", "y");
  expect_nothing (f, geteuid ());
  write_file (f, "releases/2/conf", "y");
  expect (f, 3);
  g_assert_false (is_there (f, "loop", geteuid ()));
  g_assert_true (is_there (f, "current/../../releases/1/conf", geteuid ()));
  g_assert_false (is_there (f, "current/conf/below", geteuid ()));
}

/* A condition that waits */

static void
test_presence (Fixture *f, gconstpointer data)
{
  look (f, "", "mnt/disk", geteuid (), TRUE);
  WAIT_UNTIL (f->looked->len == 1);
  g_assert_true (g_str_has_prefix (last_of (f->looked), "42 path:"));
  make_folder (f, "mnt/disk", 0755);
  WAIT_UNTIL (f->looked->len == 2);
  g_assert_cmpstr (last_of (f->looked), ==, "42 -");
  look (f, "!", "mnt/disk", geteuid (), TRUE);
  WAIT_UNTIL (f->looked->len == 3);
  g_assert_true (g_str_has_prefix (last_of (f->looked), "42 !path:"));
  delete (f, "mnt/disk");
  WAIT_UNTIL (f->looked->len == 4);
  g_assert_cmpstr (last_of (f->looked), ==, "42 -");
  /* told no more */
  look (f, "", "mnt/disk", geteuid (), TRUE);
  WAIT_UNTIL (f->looked->len == 5);
  jt_surroundings_stop_looking (f->machine, RUN);
  make_folder (f, "mnt/disk", 0755);
  wait_until_walked (f, geteuid ());
  g_assert_false (g_str_equal (g_ptr_array_index (f->looked, 5), "42 -"));
}

/* Other people's files: a service of root's must not say more than the owner of a job sees. */

static void
test_others (Fixture *f, gconstpointer data)
{
  if (geteuid () != 0)
    {
      g_test_skip ("only root can be others");
      return;
    }
  write_file (f, "closed/secret", "");
  set_mode (f, "closed", 0700);
  g_assert_true (is_there (f, "closed/secret", ROOT_UID));
  g_assert_true (is_there (f, "closed", DAEMON_UID));
  g_assert_false (is_there (f, "closed/secret", DAEMON_UID));
  g_assert_false (is_there (f, "closed/nothing", DAEMON_UID));
  watch (f, JOB, "closed/secret", DAEMON_UID);
  wait_until_walked (f, DAEMON_UID);
  write_file (f, "closed/secret", "changed");
  delete (f, "closed/secret");
  write_file (f, "closed/secret", "new");
  expect_nothing (f, DAEMON_UID);
  /* nobody whom the system knows */
  g_assert_false (is_there (f, "", 3999999999u));
}

/* A folder may be entered and not read: one may know of a name in it, and not what else is there. */
static void
test_enterable (Fixture *f, gconstpointer data)
{
  if (geteuid () != 0)
    {
      g_test_skip ("only root can be others");
      return;
    }
  make_folder (f, "home", 0711);
  watch (f, JOB, "home/public", DAEMON_UID);
  wait_until_walked (f, DAEMON_UID);
  write_file (f, "home/private", "");
  expect_nothing (f, DAEMON_UID);
  write_file (f, "home/public", "");
  expect (f, 1);
  g_assert_true (is_there (f, "home/public", DAEMON_UID));
  /* closed: what is seen goes, and comes back */
  set_mode (f, "home", 0700);
  expect (f, 2);
  write_file (f, "home/public", "x");
  expect_nothing (f, DAEMON_UID);
  set_mode (f, "home", 0711);
  expect (f, 3);
  /* the folder itself cannot be read, so nobody says what happens in it */
  watch (f, JOB, "home", DAEMON_UID);
  wait_until_walked (f, DAEMON_UID);
  write_file (f, "home/private", "y");
  expect_nothing (f, DAEMON_UID);
}

/* The thread that looked as somebody else is the service's own again. */
static void
test_own_again (Fixture *f, gconstpointer data)
{
  g_autoptr (JtPathWalk) walk = NULL;
  g_autofree char *path = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can be others");
      return;
    }
  write_file (f, "closed/secret", "");
  set_mode (f, "closed", 0700);
  path = path_of (f, "closed/secret");
  walk = jt_path_walk_new (path, TRUE, DAEMON_UID);
  jt_path_walk_run (walk);
  g_assert_false (walk->is_there);
  g_assert_cmpint (g_access (path, R_OK), ==, 0);
  jt_path_walk_free (g_steal_pointer (&walk));
  walk = jt_path_walk_new (path, TRUE, ROOT_UID);
  jt_path_walk_run (walk);
  g_assert_true (walk->is_there);
}

/* Limits */

static void
make_many_folders (Fixture *f, guint n_folders)
{
  for (guint i = 0; i < n_folders; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/%u/%u", i / 100, i);

      make_folder (f, name, 0755);
    }
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  g_autofree char *path = path_of (f, "many/**");
  g_autofree char *settings = g_strdup_printf ("{'watch-path': <['%s']>}", path);
  g_autofree char *allowed = NULL;
  g_autofree char *refused = NULL;
  GLogLevelFlags fatal;
  int code = -1;

  make_many_folders (f, JT_PATH_MAX_FOLDERS - 30);
  allowed = check (f, settings, geteuid (), &code);
  g_assert_cmpstr (allowed, ==, NULL);
  make_many_folders (f, JT_PATH_MAX_FOLDERS);
  refused = check (f, settings, geteuid (), &code);
  g_assert_nonnull (refused);
  g_assert_cmpint (code, ==, JT_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (refused, "there are more than 2048 folders below it"));
  /* as far as it goes, with a warning */
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  watch (f, JOB, "many/**", geteuid ());
  wait_until_walked (f, geteuid ());
  g_log_set_always_fatal (fatal);
  write_file (f, "many/0/one", "");
  expect (f, 1);
}

/* More happens than inotify keeps: it counts as a change. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  g_autofree char *path = path_of (f, "in/file");
  g_autofree char *other = path_of (f, "in/other");
  guint n_events = 40000;

  write_file (f, "in/file", "");
  write_file (f, "in/other", "");
  watch (f, JOB, "in", geteuid ());
  watch (f, JOB + 1, "elsewhere", geteuid ());
  wait_until_walked (f, geteuid ());
  for (guint i = 0; i < n_events; i++)
    g_assert_cmpint (g_chmod (i % 2 == 0 ? path : other, 0600), ==, 0);
  expect (f, 2);
}

#define ADD(path, func) g_test_add ("/paths/" path, Fixture, NULL, set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("file", test_file);
  ADD ("at-once", test_at_once);
  ADD ("settles", test_settles);
  ADD ("often", test_often);
  ADD ("folder", test_folder);
  ADD ("recursive", test_recursive);
  ADD ("links", test_links);
  ADD ("presence", test_presence);
  ADD ("others", test_others);
  ADD ("enterable", test_enterable);
  ADD ("own-again", test_own_again);
  ADD ("too-many", test_too_many);
  ADD ("flood", test_flood);
  return g_test_run ();
}
