/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "machine-fixture.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define BACKUP SYSTEMD_PATH "/unit/backup_2eservice"

static void
add_method (Mock *systemd, const char *name, const char *in, const char *out, const char *code)
{
  g_variant_unref (mock_call (systemd, SYSTEMD_PATH, "AddMethod", g_variant_new ("(sssss)", MANAGER, name, in, out, code)));
}

static void
add_unit (Mock *systemd, const char *path, const char *state)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "ActiveState", "s", state);
  g_variant_dict_insert (&dict, "ActiveEnterTimestamp", "t", (guint64) 0);
  g_variant_dict_insert (&dict, "InactiveEnterTimestamp", "t", (guint64) 0);
  g_variant_unref (mock_call (systemd, SYSTEMD_PATH, "AddObject",
                              g_variant_new ("(ss@a{sv}@a(ssss))", path, UNIT, g_variant_dict_end (&dict),
                                             g_variant_new_array (G_VARIANT_TYPE ("(ssss)"), NULL, 0))));
}

static void
tell_reloaded (Mock *systemd)
{
  GVariant *argument = g_variant_new_variant (g_variant_new_boolean (FALSE));

  g_variant_unref (mock_call (systemd, SYSTEMD_PATH, "EmitSignal",
                              g_variant_new ("(sss@av)", MANAGER, "Reloading", "b",
                                             g_variant_new_array (G_VARIANT_TYPE_VARIANT, &argument, 1))));
}

/* A manager with one unit that has two names. */
static Mock *
start_systemd (Fixture *f, const char *state)
{
  Mock *systemd = mock_start_bare (f, SYSTEMD, SYSTEMD_PATH, MANAGER);

  add_method (systemd, "Subscribe", "", "", "");
  add_method (systemd, "LoadUnit", "s", "o",
              "ret = '" SYSTEMD_PATH "/unit/' + ('backup_2eservice' if args[0] in ('backup.service', 'alias.service') else 'other')");
  add_unit (systemd, BACKUP, state);
  add_unit (systemd, SYSTEMD_PATH "/unit/other", "inactive");
  /* The machine may have asked before all this was there. */
  tell_reloaded (systemd);
  return systemd;
}

static void
set_unit (Mock *systemd, const char *path, const char *state, guint64 active_usec, guint64 inactive_usec)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "ActiveState", "s", state);
  if (active_usec != 0)
    g_variant_dict_insert (&dict, "ActiveEnterTimestamp", "t", active_usec);
  if (inactive_usec != 0)
    g_variant_dict_insert (&dict, "InactiveEnterTimestamp", "t", inactive_usec);
  g_variant_unref (mock_call (systemd, path, "UpdateProperties", g_variant_new ("(s@a{sv})", UNIT, g_variant_dict_end (&dict))));
}

static void
watch (Fixture *f, const char *settings)
{
  g_autoptr (JtSettings) parsed = settings_of (settings);

  jt_surroundings_watch (f->machine, JOB, parsed, ALICE_UID);
}

static gboolean
was_asked_for_properties (Mock *systemd, const char *path, guint times)
{
  g_autoptr (GVariant) reply = mock_call (systemd, SYSTEMD_PATH, "GetCalls", NULL);
  g_autofree char *text = g_variant_print (reply, FALSE);
  guint n_found = 0;

  for (const char *at = text; (at = g_strstr_len (at, -1, "'LoadUnit'")) != NULL; at++)
    n_found++;
  return n_found >= times;
}

/* A unit whose state is not known yet cannot enter one: after as many look-ups, and a call answered behind the last. */
static void
wait_until_known (Fixture *f, Mock *systemd, guint n_loads)
{
  int code;
  g_autofree char *message = NULL;

  WAIT_UNTIL (was_asked_for_properties (systemd, BACKUP, n_loads));
  for (guint i = 0; i < 3; i++)
    {
      set_unit (systemd, SYSTEMD_PATH "/unit/other", "inactive", 0, 0);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  message = check (f, "{'on-event': <['unit:backup.service:failed']>}", ALICE_UID, &code);
  g_assert_cmpstr (message, ==, NULL);
}

static void
test_states (Fixture *f, gconstpointer data)
{
  Mock *systemd = start_systemd (f, "inactive");

  watch (f, "{'on-event': <['unit:backup.service:failed', 'unit:alias.service:active', 'unit:other.service:inactive']>}");
  wait_until_known (f, systemd, 3);
  set_unit (systemd, BACKUP, "activating", 0, 0);
  set_unit (systemd, BACKUP, "active", 10, 0);
  WAIT_UNTIL (f->occurred->len == 1);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 unit:alias.service:active");
  set_unit (systemd, BACKUP, "failed", 10, 20);
  WAIT_UNTIL (f->occurred->len == 2);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 unit:backup.service:failed");
  /* said again, and what nobody asked for */
  set_unit (systemd, BACKUP, "failed", 10, 20);
  set_unit (systemd, BACKUP, "inactive", 10, 20);
  set_unit (systemd, SYSTEMD_PATH "/unit/other", "active", 5, 0);
  set_unit (systemd, SYSTEMD_PATH "/unit/other", "inactive", 5, 6);
  WAIT_UNTIL (f->occurred->len == 3);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 unit:other.service:inactive");
  /* failed, started and failed again in one message */
  set_unit (systemd, BACKUP, "failed", 10, 30);
  set_unit (systemd, BACKUP, "failed", 35, 40);
  WAIT_UNTIL (f->occurred->len == 5);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 unit:backup.service:failed");
  mock_stop (systemd);
}

/* It has failed already: that is no news. It is loaded anew without its instants: neither. */
static void
test_no_news (Fixture *f, gconstpointer data)
{
  Mock *systemd = start_systemd (f, "failed");

  watch (f, "{'on-event': <['unit:backup.service:failed', 'unit:other.service:active']>}");
  wait_until_known (f, systemd, 2);
  set_unit (systemd, BACKUP, "failed", 0, 0);
  set_unit (systemd, SYSTEMD_PATH "/unit/other", "active", 1, 0);
  WAIT_UNTIL (f->occurred->len == 1);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 unit:other.service:active");
  jt_surroundings_watch (f->machine, JOB, NULL, 0);
  set_unit (systemd, BACKUP, "inactive", 0, 50);
  set_unit (systemd, BACKUP, "failed", 0, 60);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->occurred->len, ==, 1);
  mock_stop (systemd);
}

/* What happened while systemd was executed anew. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  Mock *systemd = start_systemd (f, "inactive");

  watch (f, "{'on-event': <['unit:backup.service:failed']>}");
  wait_until_known (f, systemd, 1);
  mock_stop (systemd);
  systemd = start_systemd (f, "failed");
  WAIT_UNTIL (f->occurred->len == 1);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 unit:backup.service:failed");
  mock_stop (systemd);
}

/* A job defined while systemd is not there hears of it when it comes. */
static void
test_comes_later (Fixture *f, gconstpointer data)
{
  Mock *systemd;

  watch (f, "{'on-event': <['unit:backup.service:failed']>}");
  systemd = start_systemd (f, "inactive");
  wait_until_known (f, systemd, 1);
  set_unit (systemd, BACKUP, "failed", 0, 1);
  WAIT_UNTIL (f->occurred->len == 1);
  mock_stop (systemd);
}

#define ADD(path, func) g_test_add ("/units/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("states", test_states);
  ADD ("no-news", test_no_news);
  ADD ("restart", test_restart);
  ADD ("comes-later", test_comes_later);
  return g_test_run ();
}
