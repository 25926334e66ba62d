/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "jt-error.h"
#include "machine-fixture.h"

#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"
#define UPOWER "org.freedesktop.UPower"
#define UPOWER_PATH "/org/freedesktop/UPower"
#define NM "org.freedesktop.NetworkManager"
#define NM_PATH "/org/freedesktop/NetworkManager"

/* The template's GetUser ends with an error of Python's. */
static Mock *
start_logind (Fixture *f)
{
  static const char code[] = "path = '/org/freedesktop/login1/user/%d' % args[0]\n"
                             "if path not in objects:\n"
                             "    raise dbus.exceptions.DBusException('no such user', name='org.freedesktop.login1.NoSuchUser')\n"
                             "ret = path";
  Mock *logind = mock_start (f, "logind", LOGIND);

  g_variant_unref (mock_call (logind, LOGIND_PATH, "AddMethod", g_variant_new ("(sssss)", LOGIND_MANAGER, "GetUser", "u", "o", code)));
  return logind;
}

static void
assert_supported (Fixture *f, const char *settings)
{
  int code = -1;
  g_autofree char *message = check (f, settings, ALICE_UID, &code);

  g_assert_cmpstr (message, ==, NULL);
}

static void
assert_not_supported (Fixture *f, const char *settings, const char *beginning)
{
  int code = -1;
  g_autofree char *message = check (f, settings, ALICE_UID, &code);

  if (message == NULL)
    g_error ("%s was not refused", settings);
  g_assert_cmpint (code, ==, JT_ERROR_NOT_SUPPORTED);
  if (!g_str_has_prefix (message, beginning))
    g_error ("found \"%s\", expected \"%s…\"", message, beginning);
}

static gboolean
is_refused (Fixture *f, const char *settings)
{
  int code;
  g_autofree char *message = check (f, settings, ALICE_UID, &code);

  return message != NULL;
}

static void
watch (Fixture *f, const char *settings, guint32 uid)
{
  g_autoptr (JtSettings) parsed = settings_of (settings);

  jt_surroundings_watch (f->machine, JOB, parsed, uid);
}

static void
look (Fixture *f, const char *settings, guint32 uid, gboolean keeps_looking)
{
  g_autoptr (JtSettings) parsed = settings_of (settings);
  guint n_before = f->looked->len;

  jt_surroundings_look (f->machine, RUN, parsed, uid, keeps_looking);
  g_assert_cmpuint (f->looked->len, ==, n_before); /* never before it returns */
}

/* What a peer says reaches the machine by another connection than the test's: the answer may be that of a moment ago. */
static void
assert_looked (Fixture *f, const char *settings, guint32 uid, const char *answer)
{
  g_autofree char *expected = g_strdup_printf ("%d %s", RUN, answer);
  gint64 until_usec = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  do
    {
      guint n_before = f->looked->len;

      look (f, settings, uid, FALSE);
      WAIT_UNTIL (f->looked->len > n_before);
    }
  while (!g_str_equal (last_of (f->looked), expected) && g_get_monotonic_time () < until_usec);
  g_assert_cmpstr (last_of (f->looked), ==, expected);
}

static void
wait_for_looked (Fixture *f, const char *expected)
{
  WAIT_UNTIL (g_str_equal (last_of (f->looked), expected));
}

/* From now on it is told when that changes. What a peer said just before may not be here yet, and what holds is told once only. */
static void
begin_to_look (Fixture *f, const char *settings, guint32 uid, const char *answer)
{
  g_autofree char *expected = g_strdup_printf ("%d %s", RUN, answer);

  assert_looked (f, settings, uid, answer);
  look (f, settings, uid, TRUE);
  wait_for_looked (f, expected);
}

/* What the bus has sent by now has been taken by the machine. */
static void
settle (Fixture *f, const char *settings)
{
  int code;
  g_autofree char *message = check (f, settings, ALICE_UID, &code);
}

/* At definition */

static void
test_absent (Fixture *f, gconstpointer data)
{
  assert_not_supported (f, "{'condition': <['load<4', '!idle']>}", "condition: '!idle': logind ");
  assert_not_supported (f, "{'condition': <['unmetered']>}", "condition: 'unmetered': NetworkManager is not on this machine's bus");
  assert_not_supported (f, "{'on-event': <['startup', 'login']>}", "on-event: 'login': logind ");
  assert_not_supported (f, "{'on-event': <['resume']>}", "on-event: 'resume': logind ");
  assert_not_supported (f, "{'on-event': <['ac-power']>}", "on-event: 'ac-power': UPower ");
  assert_not_supported (f, "{'on-event': <['unit:x.service:failed']>}", "on-event: 'unit:x.service:failed': systemd ");
  assert_not_supported (f, "{'inhibit': <['sleep']>}", "inhibit: 'sleep': logind ");
}

static void
test_always_supported (Fixture *f, gconstpointer data)
{
  assert_supported (f, "{'condition': <['ac-power', '!network', 'load<4', 'path:/nowhere']>}");
  assert_supported (f, "{'on-event': <['startup', 'network-up']>, 'watch-path': <['/nowhere/at/all']>}");
  assert_supported (f, "{'command': <['true']>}");
}

static void
test_present (Fixture *f, gconstpointer data)
{
  Mock *mocks[] = { start_logind (f), mock_start (f, "upower", UPOWER), mock_start (f, "networkmanager", NM) };

  assert_supported (f, "{'condition': <['idle', 'unmetered']>, 'on-event': <['login', 'resume', 'ac-power']>, 'inhibit': <['idle']>}");
  for (guint i = 0; i < G_N_ELEMENTS (mocks); i++)
    mock_stop (mocks[i]);
}

static void
test_no_bus (void)
{
  const char *addresses[] = { NULL, "unix:path=/nonexistent/socket" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      Fixture f = { 0 };
      JtMachineOptions options;

      jt_machine_options_init (&options);
      options.system_bus = addresses[i];
      f.machine = jt_machine_new (&options);
      assert_not_supported (&f, "{'on-event': <['login']>}", "on-event: 'login': logind cannot be asked, for there is no bus to be had: ");
      assert_not_supported (&f, "{'on-event': <['unit:x.service:failed']>}", "on-event: 'unit:x.service:failed': systemd cannot be asked");
      assert_supported (&f, "{'condition': <['ac-power', 'network']>}");
      g_object_unref (f.machine);
    }
}

static void
test_wake (Fixture *f, gconstpointer data)
{
  assert_not_supported (f, "{'wake': <true>}", "wake: ");
  fixture_write (f, "class/rtc/rtc0/name", "no alarm");
  assert_not_supported (f, "{'wake': <true>}", "wake: ");
  fixture_write (f, "class/rtc/rtc0/wakealarm", "");
  g_assert_cmpint (is_refused (f, "{'wake': <true>}"), ==, geteuid () != 0);
}

static guint
count_connections (Fixture *f)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (f->control, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                                            "ListNames", NULL, G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_autofree const char **names = NULL;

  g_variant_get (reply, "(^a&s)", &names);
  return g_strv_length ((char **) names);
}

/* No connection before somebody on the bus is needed. */
static void
test_asks_nobody (Fixture *f, gconstpointer data)
{
  guint n_before = count_connections (f);

  fixture_write (f, "loadavg", "0.50 0.1 0.1 1/100 1\n");
  assert_looked (f, "{'condition': <['load<1', 'path:/', '!path:/nowhere']>}", ALICE_UID, "-");
  watch (f, "{'watch-path': <['/nowhere']>, 'watch-settle': <uint64 1000>}", ROOT_UID);
  assert_supported (f, "{'on-event': <['startup', 'network-up']>, 'condition': <['ac-power']>}");
  g_assert_cmpuint (count_connections (f), ==, n_before);
  assert_not_supported (f, "{'on-event': <['login']>}", "on-event: 'login'");
  g_assert_cmpuint (count_connections (f), >, n_before);
}

/* logind */

static void
add_session (Mock *logind, const char *id, guint32 uid, const char *class)
{
  g_autofree char *path = g_strdup_printf (LOGIND_PATH "/session/%s", id);
  g_autofree char *name = g_strdup_printf ("user%u", uid);
  GVariant *arguments[] = { g_variant_new_variant (g_variant_new_string (id)), g_variant_new_variant (g_variant_new_object_path (path)) };

  g_variant_unref (mock_call (logind, LOGIND_PATH, "AddSession", g_variant_new ("(ssusb)", id, "seat0", uid, name, TRUE)));
  g_variant_unref (mock_call_interface (logind, path, "org.freedesktop.DBus.Properties", "Set",
                                        g_variant_new ("(ssv)", LOGIND ".Session", "Class", g_variant_new_string (class))));
  g_variant_unref (mock_call (logind, LOGIND_PATH, "EmitSignal",
                              g_variant_new ("(sss@av)", LOGIND_MANAGER, "SessionNew", "so",
                                             g_variant_new_array (G_VARIANT_TYPE_VARIANT, arguments, 2))));
}

static void
prepare_for_sleep (Mock *logind, gboolean begins)
{
  GVariant *argument = g_variant_new_variant (g_variant_new_boolean (begins));

  g_variant_unref (mock_call (logind, LOGIND_PATH, "EmitSignal",
                              g_variant_new ("(sss@av)", LOGIND_MANAGER, "PrepareForSleep", "b",
                                             g_variant_new_array (G_VARIANT_TYPE_VARIANT, &argument, 1))));
}

/* Only the owner's sessions, and only a person's. */
static void
test_login (Fixture *f, gconstpointer data)
{
  Mock *logind = start_logind (f);

  watch (f, "{'on-event': <['resume', 'login']>}", ALICE_UID);
  settle (f, "{'on-event': <['login']>}");
  add_session (logind, "c1", BOB_UID, "user");
  add_session (logind, "c2", ALICE_UID, "greeter");
  add_session (logind, "c3", ALICE_UID, "background");
  add_session (logind, "c4", ALICE_UID, "manager");
  add_session (logind, "c5", ALICE_UID, "user");
  WAIT_UNTIL (f->occurred->len > 0);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 login");
  jt_surroundings_watch (f->machine, JOB, NULL, 0);
  add_session (logind, "c6", ALICE_UID, "user");
  watch (f, "{'on-event': <['resume']>}", ALICE_UID);
  prepare_for_sleep (logind, TRUE);
  prepare_for_sleep (logind, FALSE);
  WAIT_UNTIL (f->occurred->len > 1);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 resume");
  g_assert_cmpuint (f->occurred->len, ==, 2);
  mock_stop (logind);
}

/* Anybody may send a signal to a connection that he knows the name of. */
static void
test_forged (Fixture *f, gconstpointer data)
{
  Mock *logind = start_logind (f);
  g_autoptr (GVariant) reply = NULL;
  g_autofree const char **names = NULL;

  watch (f, "{'on-event': <['resume']>}", ALICE_UID);
  settle (f, "{'on-event': <['login']>}");
  reply = g_dbus_connection_call_sync (f->control, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", NULL,
                                       G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_variant_get (reply, "(^a&s)", &names);
  for (guint i = 0; names[i] != NULL; i++)
    if (*names[i] == ':')
      g_dbus_connection_emit_signal (f->control, names[i], LOGIND_PATH, LOGIND_MANAGER, "PrepareForSleep", g_variant_new ("(b)", FALSE), NULL);
  g_dbus_connection_flush_sync (f->control, NULL, NULL);
  watch (f, "{'on-event': <['login']>}", ALICE_UID);
  add_session (logind, "c1", ALICE_UID, "user");
  WAIT_UNTIL (f->occurred->len > 0);
  g_assert_cmpuint (f->occurred->len, ==, 1);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 login");
  mock_stop (logind);
}

static void
set_idle (Mock *logind, const char *path, const char *interface, gboolean is_idle)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "IdleHint", "b", is_idle);
  g_variant_unref (mock_call (logind, path, "UpdateProperties", g_variant_new ("(s@a{sv})", interface, g_variant_dict_end (&dict))));
}

static void
test_idle (Fixture *f, gconstpointer data)
{
  Mock *logind = start_logind (f);

  /* nobody there at all */
  assert_looked (f, "{'condition': <['idle']>}", ALICE_UID, "-");
  assert_looked (f, "{'condition': <['!idle']>}", ALICE_UID, "!idle");
  add_session (logind, "c1", ALICE_UID, "user");
  assert_looked (f, "{'condition': <['idle']>}", ALICE_UID, "idle");
  assert_looked (f, "{'condition': <['!idle']>}", ALICE_UID, "-");
  assert_looked (f, "{'condition': <['idle']>}", BOB_UID, "-");
  /* root's: whoever is at the machine */
  assert_looked (f, "{'condition': <['idle']>}", ROOT_UID, "idle");
  begin_to_look (f, "{'condition': <['idle']>}", ALICE_UID, "idle");
  set_idle (logind, LOGIND_PATH "/user/1000", LOGIND ".User", TRUE);
  wait_for_looked (f, "42 -");
  set_idle (logind, LOGIND_PATH, LOGIND_MANAGER, TRUE);
  assert_looked (f, "{'condition': <['idle']>}", ROOT_UID, "-");
  mock_stop (logind);
  settle (f, "{'on-event': <['login']>}");
  /* nobody can say: neither */
  assert_looked (f, "{'condition': <['idle']>}", ALICE_UID, "idle");
  assert_looked (f, "{'condition': <['!idle']>}", ALICE_UID, "!idle");
}

/* Inhibitors */

static char *
list_inhibitors (Mock *logind)
{
  g_autoptr (GVariant) reply = mock_call_interface (logind, LOGIND_PATH, LOGIND_MANAGER, "ListInhibitors", NULL);
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *what, *who, *why, *mode;
  GVariantIter iter;

  if (!g_variant_is_of_type (list, G_VARIANT_TYPE ("a(ssssuu)"))) /* an empty one has another type there */
    return g_strdup ("");
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s&s&suu)", &what, &who, &why, &mode, NULL, NULL))
    g_string_append_printf (text, "%s|%s|%s|%s;", what, who, why, mode);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
has_inhibitors (Mock *logind, const char *expected)
{
  g_autofree char *found = list_inhibitors (logind);

  return g_str_equal (found, expected);
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
inhibit (Fixture *f, guint64 run, const char *settings, GError **error)
{
  g_autoptr (JtSettings) parsed = settings_of (settings);
  g_autoptr (GAsyncResult) result = NULL;

  jt_surroundings_inhibit_async (f->machine, run, parsed, "backup is running", NULL, take_result, &result);
  WAIT_UNTIL (result != NULL);
  return jt_surroundings_inhibit_finish (f->machine, result, error);
}

static void
test_inhibit (Fixture *f, gconstpointer data)
{
  Mock *logind = start_logind (f);
  g_autoptr (GError) error = NULL;

  g_assert_true (inhibit (f, 1, "{'inhibit': <['sleep', 'shutdown']>}", &error));
  g_assert_no_error (error);
  g_assert_true (has_inhibitors (logind, "sleep:shutdown|JobTracker|backup is running|block;"));
  g_assert_true (inhibit (f, 2, "{'inhibit': <['idle']>}", NULL));
  g_assert_true (has_inhibitors (logind, "sleep:shutdown|JobTracker|backup is running|block;idle|JobTracker|backup is running|block;"));
  jt_surroundings_release (f->machine, 1);
  WAIT_UNTIL (has_inhibitors (logind, "idle|JobTracker|backup is running|block;"));
  jt_surroundings_release (f->machine, 1);
  jt_surroundings_release (f->machine, 2);
  WAIT_UNTIL (has_inhibitors (logind, ""));
  g_assert_true (inhibit (f, 3, "{'command': <['true']>}", NULL));
  mock_stop (logind);
}

/* The run may be over before logind has answered. */
static void
test_inhibit_released_early (Fixture *f, gconstpointer data)
{
  Mock *logind = start_logind (f);
  g_autoptr (JtSettings) settings = settings_of ("{'inhibit': <['sleep']>}");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  settle (f, "{'inhibit': <['sleep']>}");
  jt_surroundings_inhibit_async (f->machine, 1, settings, "why", NULL, take_result, &result);
  jt_surroundings_release (f->machine, 1);
  WAIT_UNTIL (result != NULL);
  g_assert_false (jt_surroundings_inhibit_finish (f->machine, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  WAIT_UNTIL (has_inhibitors (logind, ""));
  mock_stop (logind);
}

static void
test_inhibit_without_logind (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (inhibit (f, 1, "{'inhibit': <['sleep']>}", &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "inhibit: could not put off sleep: "));
}

/* UPower */

static void
set_on_battery (Mock *upower, gboolean on_battery)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "OnBattery", "b", on_battery);
  g_variant_unref (mock_call (upower, UPOWER_PATH, "UpdateProperties", g_variant_new ("(s@a{sv})", UPOWER, g_variant_dict_end (&dict))));
}

static void
test_ac_power (Fixture *f, gconstpointer data)
{
  Mock *upower = mock_start (f, "upower", UPOWER);

  watch (f, "{'on-event': <['ac-power']>}", ALICE_UID);
  assert_looked (f, "{'condition': <['ac-power']>}", ALICE_UID, "-");
  assert_looked (f, "{'condition': <['!ac-power']>}", ALICE_UID, "!ac-power");
  set_on_battery (upower, TRUE);
  begin_to_look (f, "{'condition': <['!ac-power', 'ac-power']>}", ALICE_UID, "ac-power");
  g_assert_cmpuint (f->occurred->len, ==, 0);
  set_on_battery (upower, FALSE);
  wait_for_looked (f, "42 !ac-power");
  WAIT_UNTIL (f->occurred->len > 0);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 ac-power");
  set_on_battery (upower, TRUE);
  wait_for_looked (f, "42 ac-power");
  jt_surroundings_stop_looking (f->machine, RUN);
  /* plugged in while UPower was away */
  mock_stop (upower);
  settle (f, "{'on-event': <['ac-power']>}");
  upower = mock_start (f, "upower", UPOWER);
  WAIT_UNTIL (f->occurred->len > 1);
  assert_looked (f, "{'condition': <['ac-power']>}", ALICE_UID, "-");
  g_assert_cmpuint (f->occurred->len, ==, 2);
  mock_stop (upower);
}

/* A run waits, UPower comes, and says another thing than the kernel did. */
static void
test_upower_comes_later (Fixture *f, gconstpointer data)
{
  Mock *upower;

  begin_to_look (f, "{'condition': <['!ac-power']>}", ALICE_UID, "!ac-power");
  upower = mock_start (f, "upower", UPOWER);
  set_on_battery (upower, TRUE);
  wait_for_looked (f, "42 -");
  mock_stop (upower);
}

static void
test_power_supplies (Fixture *f, gconstpointer data)
{
  static const char *const rows[][3] = {
    /* battery, mains, answer */
    { "Discharging", "0", "ac-power" },
    { "Discharging", "1", "-" },
    { "Full", "0", "-" },
    { "Charging", "1", "-" },
  };

  assert_looked (f, "{'condition': <['ac-power']>}", ALICE_UID, "-");
  fixture_write (f, "class/power_supply/mouse/type", "Battery\n");
  fixture_write (f, "class/power_supply/mouse/scope", "Device\n");
  fixture_write (f, "class/power_supply/mouse/status", "Discharging\n");
  assert_looked (f, "{'condition': <['ac-power']>}", ALICE_UID, "-");
  fixture_write (f, "class/power_supply/BAT0/type", "Battery\n");
  fixture_write (f, "class/power_supply/AC/type", "Mains\n");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      fixture_write (f, "class/power_supply/BAT0/status", rows[i][0]);
      fixture_write (f, "class/power_supply/AC/online", rows[i][1]);
      assert_looked (f, "{'condition': <['ac-power']>}", ALICE_UID, rows[i][2]);
    }
  fixture_write (f, "class/power_supply/BAT0/status", "Discharging");
  fixture_write (f, "class/power_supply/AC/online", "0");
  begin_to_look (f, "{'condition': <['ac-power']>}", ALICE_UID, "ac-power");
  fixture_write (f, "class/power_supply/AC/online", "1");
  wait_for_looked (f, "42 -");
}

/* NetworkManager */

static void
set_state (Mock *nm, guint32 state)
{
  g_variant_unref (mock_call (nm, NM_PATH, "SetGlobalConnectionState", g_variant_new ("(u)", state)));
}

static void
set_connectivity (Mock *nm, guint32 connectivity)
{
  g_variant_unref (mock_call (nm, NM_PATH, "SetConnectivity", g_variant_new ("(u)", connectivity)));
}

static void
set_metered (Mock *nm, guint32 metered)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Metered", "u", metered);
  g_variant_unref (mock_call (nm, NM_PATH, "UpdateProperties", g_variant_new ("(s@a{sv})", NM, g_variant_dict_end (&dict))));
}

static void
test_network (Fixture *f, gconstpointer data)
{
  Mock *nm = mock_start (f, "networkmanager", NM);

  watch (f, "{'on-event': <['network-up']>}", ALICE_UID);
  assert_looked (f, "{'condition': <['network']>}", ALICE_UID, "-");
  assert_looked (f, "{'condition': <['!network']>}", ALICE_UID, "!network");
  set_connectivity (nm, 2); /* somebody's page to log in at */
  begin_to_look (f, "{'condition': <['network']>}", ALICE_UID, "network");
  set_connectivity (nm, 4);
  wait_for_looked (f, "42 -");
  WAIT_UNTIL (f->occurred->len == 1);
  set_state (nm, 20);
  begin_to_look (f, "{'condition': <['network']>}", ALICE_UID, "network");
  set_connectivity (nm, 0); /* not checked */
  set_state (nm, 40);
  set_state (nm, 70);
  wait_for_looked (f, "42 -");
  WAIT_UNTIL (f->occurred->len == 2);
  g_assert_cmpstr (last_of (f->occurred), ==, "7 network-up");
  mock_stop (nm);
}

static void
test_unmetered (Fixture *f, gconstpointer data)
{
  static const char *const answers[] = { "-", "unmetered", "-", "unmetered", "-" }; /* unknown, yes, no, guessed yes, guessed no */
  Mock *nm = mock_start (f, "networkmanager", NM);

  g_variant_unref (mock_call (nm, NM_PATH, "AddProperty", g_variant_new ("(ssv)", NM, "Metered", g_variant_new_uint32 (0))));
  for (guint32 i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      set_metered (nm, i);
      assert_looked (f, "{'condition': <['unmetered']>}", ALICE_UID, answers[i]);
    }
  set_state (nm, 20);
  assert_looked (f, "{'condition': <['unmetered']>}", ALICE_UID, "unmetered");
  assert_looked (f, "{'condition': <['!unmetered']>}", ALICE_UID, "-");
  mock_stop (nm);
  /* nobody can say: neither */
  settle (f, "{'condition': <['unmetered']>}");
  assert_looked (f, "{'condition': <['unmetered']>}", ALICE_UID, "unmetered");
  assert_looked (f, "{'condition': <['!unmetered']>}", ALICE_UID, "!unmetered");
}

/* NetworkManager ends and comes back, and what it says is what the routes said meanwhile: the network has not come up. */
static void
test_network_manager_restarts (Fixture *f, gconstpointer data)
{
  Mock *nm = mock_start (f, "networkmanager", NM);

  fixture_write (f, "route", "Iface\tDestination\neth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
  watch (f, "{'on-event': <['network-up']>}", ALICE_UID);
  assert_looked (f, "{'condition': <['network']>}", ALICE_UID, "-");
  mock_stop (nm);
  settle (f, "{'condition': <['unmetered']>}");
  assert_looked (f, "{'condition': <['network']>}", ALICE_UID, "-");
  nm = mock_start (f, "networkmanager", NM);
  assert_looked (f, "{'condition': <['network', 'unmetered']>}", ALICE_UID, "unmetered");
  g_assert_cmpuint (f->occurred->len, ==, 0);
  set_state (nm, 20);
  set_state (nm, 70);
  WAIT_UNTIL (f->occurred->len == 1);
  mock_stop (nm);
}

/* The load, and several conditions at once */

static void
test_load (Fixture *f, gconstpointer data)
{
  fixture_write (f, "loadavg", "3.50 0.10 0.10 1/100 1\n");
  assert_looked (f, "{'condition': <['load<4']>}", ALICE_UID, "-");
  assert_looked (f, "{'condition': <['!load<4']>}", ALICE_UID, "!load<4");
  assert_looked (f, "{'condition': <['load<4', 'load<3.5']>}", ALICE_UID, "load<3.5");
  begin_to_look (f, "{'condition': <['load<1', 'load<2']>}", ALICE_UID, "load<1");
  fixture_write (f, "loadavg", "0.99 0.10 0.10 1/100 1\n");
  wait_for_looked (f, "42 -");
  fixture_write (f, "loadavg", "nonsense");
  assert_looked (f, "{'condition': <['load<4']>}", ALICE_UID, "load<4");
  assert_looked (f, "{'condition': <['!load<4']>}", ALICE_UID, "!load<4");
}

/* The bus goes and comes */

static void
test_bus_restarts (Fixture *f, gconstpointer data)
{
  Mock *logind = start_logind (f);

  watch (f, "{'on-event': <['resume']>}", ALICE_UID);
  settle (f, "{'on-event': <['login']>}");
  fixture_stop_bus (f);
  mock_stop (logind);
  WAIT_UNTIL (is_refused (f, "{'on-event': <['login']>}"));
  fixture_start_bus (f);
  logind = start_logind (f);
  begin_to_look (f, "{'condition': <['idle']>}", ALICE_UID, "-");
  assert_supported (f, "{'on-event': <['login']>}");
  prepare_for_sleep (logind, FALSE);
  WAIT_UNTIL (f->occurred->len == 1);
  mock_stop (logind);
}

#define ADD(path, func) g_test_add ("/machine/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("check/absent", test_absent);
  ADD ("check/always-supported", test_always_supported);
  ADD ("check/present", test_present);
  g_test_add_func ("/machine/check/no-bus", test_no_bus);
  ADD ("asks-nobody", test_asks_nobody);
  ADD ("logind/login", test_login);
  ADD ("logind/forged", test_forged);
  ADD ("logind/idle", test_idle);
  ADD ("inhibit/held", test_inhibit);
  ADD ("inhibit/released-early", test_inhibit_released_early);
  ADD ("inhibit/without-logind", test_inhibit_without_logind);
  ADD ("power/upower", test_ac_power);
  ADD ("power/upower-comes-later", test_upower_comes_later);
  ADD ("power/supplies", test_power_supplies);
  ADD ("network/reachable", test_network);
  ADD ("network/unmetered", test_unmetered);
  ADD ("network/manager-restarts", test_network_manager_restarts);
  ADD ("load", test_load);
  ADD ("wake", test_wake);
  ADD ("bus-restarts", test_bus_restarts);
  return g_test_run ();
}
