/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Where units are found: folders, aliases, templates, drop-ins, masks, wants. */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-error.h"
#include "unit-folder.h"
#include "unit-search.h"

typedef struct
{
  UnitFolder  *folder;
  UnitSearch  *search;
} Fixture;

/* "etc" goes before "lib". */
static UnitSearch *
look (Fixture *fixture)
{
  g_autofree char *etc = unit_folder_path (fixture->folder, "etc");
  g_autofree char *lib = unit_folder_path (fixture->folder, "lib");
  g_autofree char *absent = unit_folder_path (fixture->folder, "absent");
  const char *folders[] = { etc, absent, lib, NULL };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->search, unit_search_free);
  fixture->search = unit_search_new (folders, &error);
  g_assert_no_error (error);
  return fixture->search;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = unit_folder_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  unit_search_free (fixture->search);
  unit_folder_free (fixture->folder);
}

/* "NAME: VALUE" of the key X, or the error. */
static char *
load (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Unit) unit = unit_search_load (look (fixture), name, &error);

  return unit != NULL ? g_strdup_printf ("%s: %s", unit->name, unit_get (unit, "Unit", "X")) : g_strdup (error->message);
}

#define assert_loads(fixture, name, expected) \
  G_STMT_START \
  { \
    g_autofree char *loaded = load (fixture, name); \
    g_assert_cmpstr (loaded, ==, expected); \
  } \
  G_STMT_END

static void
test_order (Fixture *fixture, gconstpointer data)
{
  unit_folder_write (fixture->folder, "lib/a.service", "[Unit]\nX=lib\n");
  unit_folder_write (fixture->folder, "lib/b.service", "[Unit]\nX=lib\n");
  unit_folder_write (fixture->folder, "etc/b.service", "[Unit]\nX=etc\n");
  assert_loads (fixture, "a.service", "a.service: lib");
  assert_loads (fixture, "b.service", "b.service: etc");
  assert_loads (fixture, "c.service", "there is no unit c.service");
  assert_loads (fixture, "../a.service", "'../a.service' is not the name of a unit");
}

static void
test_masks (Fixture *fixture, gconstpointer data)
{
  unit_folder_write (fixture->folder, "lib/a.service", "[Unit]\nX=lib\n");
  unit_folder_link (fixture->folder, "etc/a.service", "/dev/null");
  unit_folder_write (fixture->folder, "lib/b.service", "[Unit]\nX=lib\n");
  unit_folder_write (fixture->folder, "etc/b.service", "");
  unit_folder_link (fixture->folder, "etc/c.service", "nowhere");
  assert_loads (fixture, "a.service", "a.service is masked");
  assert_loads (fixture, "b.service", "b.service is masked");
  g_assert_null (unit_search_load (look (fixture), "c.service", NULL));
}

static void
test_aliases (Fixture *fixture, gconstpointer data)
{
  g_autofree char *outside = unit_folder_path (fixture->folder, "elsewhere/other.service");

  unit_folder_write (fixture->folder, "lib/a.service", "[Unit]\nX=lib\n");
  unit_folder_link (fixture->folder, "etc/b.service", "../lib/a.service");
  unit_folder_link (fixture->folder, "etc/c.service", "b.service");
  unit_folder_link (fixture->folder, "etc/d.service", "d.service");
  unit_folder_link (fixture->folder, "etc/e.service", "f.service");
  unit_folder_link (fixture->folder, "etc/f.service", "e.service");
  unit_folder_write (fixture->folder, "elsewhere/other.service", "[Unit]\nX=outside\n");
  unit_folder_link (fixture->folder, "etc/g.service", outside);
  assert_loads (fixture, "b.service", "a.service: lib");
  assert_loads (fixture, "c.service", "a.service: lib");
  assert_loads (fixture, "e.service", "there is no unit e.service");
  /* A link out of the search path is a place and no other name. */
  assert_loads (fixture, "g.service", "g.service: outside");
  g_assert_null (unit_search_load (look (fixture), "d.service", NULL));
}

static void
test_templates (Fixture *fixture, gconstpointer data)
{
  unit_folder_write (fixture->folder, "lib/a@.service", "[Unit]\nX=template\n");
  unit_folder_write (fixture->folder, "lib/a@own.service", "[Unit]\nX=own\n");
  unit_folder_link (fixture->folder, "etc/a@linked.service", "../lib/a@.service");
  unit_folder_link (fixture->folder, "etc/b@.service", "../lib/a@.service");
  assert_loads (fixture, "a@x.service", "a@x.service: template");
  assert_loads (fixture, "a@own.service", "a@own.service: own");
  assert_loads (fixture, "a@linked.service", "a@linked.service: template");
  assert_loads (fixture, "b@x.service", "a@x.service: template");
  assert_loads (fixture, "a@.service", "a@.service is a template; name an instance, as in a@NAME.service");
}

static void
test_drop_ins (Fixture *fixture, gconstpointer data)
{
  unit_folder_write (fixture->folder, "lib/a-b@.service", "[Unit]\nX=0\n");
  unit_folder_link (fixture->folder, "etc/alias@i.service", "a-b@i.service");
  unit_folder_write (fixture->folder, "lib/service.d/10.conf", "[Unit]\nA=10 of all\n");
  unit_folder_write (fixture->folder, "lib/a-@i.service.d/20.conf", "[Unit]\nA=20 of a-\n");
  unit_folder_write (fixture->folder, "lib/a-b@.service.d/30.conf", "[Unit]\nA=30 of the template\n");
  unit_folder_write (fixture->folder, "lib/a-b@i.service.d/30.conf", "[Unit]\nA=30 of the instance\n");
  unit_folder_write (fixture->folder, "lib/a-b@i.service.d/40.conf", "[Unit]\nA=40 in lib\n");
  unit_folder_write (fixture->folder, "etc/a-@.service.d/40.conf", "[Unit]\nA=40 in etc\n");
  unit_folder_write (fixture->folder, "etc/alias@i.service.d/50.conf", "[Unit]\nA=50 of an alias\n");
  unit_folder_write (fixture->folder, "lib/a-b@i.service.d/60.conf", "[Unit]\nA=60\n");
  unit_folder_link (fixture->folder, "etc/a-b@i.service.d/60.conf", "/dev/null");
  unit_folder_write (fixture->folder, "etc/a-b@i.service.d/70.txt", "[Unit]\nA=70\n");
  unit_folder_write (fixture->folder, "etc/a-c@i.service.d/80.conf", "[Unit]\nA=80\n");
  {
    static const char *const keys[] = { "A", NULL };
    g_autoptr (Unit) unit = unit_search_load (look (fixture), "a-b@i.service", NULL);
    g_autoptr (GPtrArray) lines = unit_list (unit, "Unit", keys);
    static const char *const expected[] = { "10 of all", "20 of a-", "30 of the instance", "40 in etc", "50 of an alias" };

    g_assert_cmpuint (lines->len, ==, G_N_ELEMENTS (expected));
    for (guint i = 0; i < lines->len; i++)
      g_assert_cmpstr (((const UnitLine *) g_ptr_array_index (lines, i))->value, ==, expected[i]);
    g_assert_cmpuint (unit->paths->len, ==, 6);
  }
}

static void
test_many_drop_ins (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  unit_folder_write (fixture->folder, "lib/a.service", "[Unit]\nX=0\n");
  for (guint i = 0; i < 260; i++)
    {
      g_autofree char *name = g_strdup_printf ("etc/a.service.d/%u.conf", i);

      unit_folder_write (fixture->folder, name, "[Unit]\nX=1\n");
    }
  g_assert_null (unit_search_load (look (fixture), "a.service", &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = unit_folder_path (fixture->folder, "lib");
  g_autofree char *folder = g_build_filename (path, "a.service", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_null (unit_search_load (look (fixture), "a.service", &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
}

static void
test_enabled (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  unit_folder_write (fixture->folder, "lib/a.timer", "[Timer]\n");
  unit_folder_link (fixture->folder, "lib/timers.target.wants/c.timer", "../c.timer");
  unit_folder_link (fixture->folder, "lib/timers.target.wants/gone.timer", "../gone.timer");
  unit_folder_link (fixture->folder, "etc/timers.target.wants/gone.timer", "/dev/null");
  unit_folder_link (fixture->folder, "etc/timers.target.wants/a.timer", "../../lib/a.timer");
  unit_folder_link (fixture->folder, "etc/timers.target.wants/a@.timer", "../../lib/a@.timer");
  unit_folder_link (fixture->folder, "etc/timers.target.wants/a@b.timer", "../../lib/a@.timer");
  unit_folder_link (fixture->folder, "etc/some.service.requires/d.timer", "../../lib/d.timer");
  unit_folder_link (fixture->folder, "etc/multi-user.target.wants/a.timer", "../../lib/a.timer");
  unit_folder_link (fixture->folder, "etc/multi-user.target.wants/s.service", "../../lib/s.service");
  unit_folder_write (fixture->folder, "etc/timers.target.wants/e.timer", "no link");
  names = unit_search_list_enabled (look (fixture), "timer");
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "a.timer a@b.timer c.timer d.timer");
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  unit_folder_write (fixture->folder, "lib/a.timer", "[Timer]\n");
  unit_folder_write (fixture->folder, "lib/b@.timer", "[Timer]\n");
  unit_folder_write (fixture->folder, "lib/c.service", "[Service]\n");
  unit_folder_write (fixture->folder, "lib/d.timer", "[Timer]\n");
  unit_folder_link (fixture->folder, "etc/d.timer", "/dev/null");
  names = unit_search_list_all (look (fixture), "timer");
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "a.timer b@.timer");
}

static void
test_many_units (Fixture *fixture, gconstpointer data)
{
  g_autofree char *etc = unit_folder_path (fixture->folder, "etc");
  const char *folders[] = { etc, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (etc, 0700), ==, 0);
  for (guint i = 0; i < 5001; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.timer", etc, i);

      g_assert_cmpint (mknod (path, S_IFREG | 0600, 0), ==, 0);
    }
  g_assert_null (unit_search_new (folders, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* SYSTEMD_UNIT_PATH replaces the search path, or goes before it when it ends with a colon. */
static void
test_own_path (void)
{
  g_auto (GStrv) usual = NULL;
  g_auto (GStrv) own = NULL;
  g_auto (GStrv) both = NULL;

  g_unsetenv ("SYSTEMD_UNIT_PATH");
  usual = unit_search_list_folders (UNIT_MANAGER_SYSTEM);
  g_assert_true (g_strv_contains ((const char *const *) usual, "/etc/systemd/system"));
  g_assert_true (g_strv_contains ((const char *const *) usual, "/usr/lib/systemd/system"));
  g_setenv ("SYSTEMD_UNIT_PATH", "/a:/b", TRUE);
  own = unit_search_list_folders (UNIT_MANAGER_SYSTEM);
  g_assert_cmpuint (g_strv_length (own), ==, 2);
  g_setenv ("SYSTEMD_UNIT_PATH", "/a:", TRUE);
  both = unit_search_list_folders (UNIT_MANAGER_USER);
  g_unsetenv ("SYSTEMD_UNIT_PATH");
  g_assert_cmpstr (both[0], ==, "/a");
  g_assert_true (g_strv_contains ((const char *const *) both, "/etc/systemd/user"));
}

#define ADD(name, function) g_test_add ("/unit-search/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order", test_order);
  ADD ("masks", test_masks);
  ADD ("aliases", test_aliases);
  ADD ("templates", test_templates);
  ADD ("drop-ins", test_drop_ins);
  ADD ("many-drop-ins", test_many_drop_ins);
  ADD ("no-file", test_no_file);
  ADD ("enabled", test_enabled);
  ADD ("all", test_all);
  ADD ("many-units", test_many_units);
  g_test_add_func ("/unit-search/own-path", test_own_path);
  return g_test_run ();
}
