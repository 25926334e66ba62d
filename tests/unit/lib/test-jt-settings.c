/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What a job may be told, and what is said to what it may not (reliability: bad input, D-Bus). */

#include <string.h>

#include "jt-error.h"
#include "jt-recipient.h"
#include "jt-settings.h"

typedef struct
{
  const char *text; /* a{sv} as GVariant text */
  JtError     code;
  const char *needle;
} BadRow;

static const BadRow bad[] = {
  { "{'command': <@as []>}", JT_ERROR_INVALID_SETTINGS, "command: is empty" },
  { "{'command': <['']>}", JT_ERROR_INVALID_SETTINGS, "command: is empty" },
  { "{'command': <['./x']>}", JT_ERROR_INVALID_SETTINGS, "neither an absolute path nor a bare name" },
  { "{'command': <['x']>, 'shell': <'y'>}", JT_ERROR_INVALID_SETTINGS, "shell" },
  { "{'command': <'x'>}", JT_ERROR_INVALID_SETTINGS, "command: expected as, got s" },
  { "{'shell': <''>}", JT_ERROR_INVALID_SETTINGS, "shell: is empty" },
  { "{'command': <['x']>, 'environment': <['A']>}", JT_ERROR_INVALID_SETTINGS, "environment" },
  { "{'command': <['x']>, 'environment': <['1A=b']>}", JT_ERROR_INVALID_SETTINGS, "1A" },
  { "{'command': <['x']>, 'working-directory': <'tmp'>}", JT_ERROR_INVALID_SETTINGS, "working-directory" },
  { "{'command': <['x']>, 'environment-file': <'tmp'>}", JT_ERROR_INVALID_SETTINGS, "environment-file" },
  { "{'command': <['x']>, 'retires': <uint32 3>}", JT_ERROR_INVALID_SETTINGS, "did you mean 'retries'?" },
  { "{'command': <['x']>, 'retries': <'3'>}", JT_ERROR_INVALID_SETTINGS, "retries: expected u, got s" },
  { "{'command': <['x']>, 'retries': <uint32 101>}", JT_ERROR_INVALID_SETTINGS, "0 to 100" },
  { "{'command': <['x']>, 'retry-jitter': <1.5>}", JT_ERROR_INVALID_SETTINGS, "retry-jitter" },
  { "{'command': <['x']>, 'slow-factor': <0.5>}", JT_ERROR_INVALID_SETTINGS, "slow-factor: 0.5 is less than usual; write 1 or more" },
  { "{'command': <['x']>, 'slow-factor': <-1.0>}", JT_ERROR_INVALID_SETTINGS, "slow-factor: must be 0 to 1000" },
  { "{'command': <['x']>, 'slow-factor': <1001.0>}", JT_ERROR_INVALID_SETTINGS, "slow-factor: must be 0 to 1000" },
  { "{'command': <['x']>, 'slow-factor': <2>}", JT_ERROR_INVALID_SETTINGS, "slow-factor: expected d, got i" },
  { "{'command': <['x']>, 'timeout': <uint64 18446744073709551615>}", JT_ERROR_INVALID_SETTINGS, "timeout" },
  { "{'command': <['x']>, 'timeout': <uint64 9223372036854775808>}", JT_ERROR_INVALID_SETTINGS, "timeout" },
  { "{'command': <['x']>, 'nice': <-21>}", JT_ERROR_INVALID_SETTINGS, "-20 to 19" },
  { "{'command': <['x']>, 'user': <'4294967295'>}", JT_ERROR_INVALID_SETTINGS, "reserved" },
  { "{'command': <['x']>, 'user': <'+0'>}", JT_ERROR_INVALID_SETTINGS, "user" },
  { "{'command': <['x']>, 'kill-signal': <'SIGNOPE'>}", JT_ERROR_INVALID_SETTINGS, "kill-signal" },
  { "{'command': <['x']>, 'success-exit-codes': <[256]>}", JT_ERROR_INVALID_SETTINGS, "success-exit-codes" },
  { "{'command': <['x']>, 'retry-backoff': <'cubic'>}", JT_ERROR_INVALID_SETTINGS, "exponential" },
  { "{'command': <['x']>, 'leftover': <'keep'>}", JT_ERROR_INVALID_SETTINGS, "leave" },
  { "{'command': <['x']>, 'description': <'a\\u202eb'>}", JT_ERROR_INVALID_SETTINGS, "bidi control U+202E at byte 2" },
  { "{'command': <['x']>, 'description': <'a\\u001bb'>}", JT_ERROR_INVALID_SETTINGS, "control character at byte 2" },
  { "{'command': <['x']>, 'limits': <['nofiles=3']>}", JT_ERROR_INVALID_SETTINGS, "limits" },
  { "{'command': <['x']>, 'log-max-size': <uint64 1>}", JT_ERROR_INVALID_SETTINGS, "log-max-size" },
  { "{'command': <['x']>, 'condition': <['ac-power', 'ac']>}", JT_ERROR_INVALID_SETTINGS, "condition: unknown 'ac'" },
  { "{'command': <['x']>, 'condition': <['path:x']>}", JT_ERROR_INVALID_SETTINGS, "condition: 'x' is not absolute; write path:/mnt/backup" },
  { "{'command': <['x']>, 'condition': <['load<0']>}", JT_ERROR_INVALID_SETTINGS, "condition: '0' is not a load average" },
  { "{'command': <['x']>, 'condition': <['path:/a\\u001bb']>}", JT_ERROR_INVALID_SETTINGS, "condition: control character at byte 8" },
  { "{'command': <['x']>, 'condition': <'ac-power'>}", JT_ERROR_INVALID_SETTINGS, "condition: expected as, got s" },
  { "{'command': <['x']>, 'condition': <['idle']>, 'condition-wait': <uint64 5>}", JT_ERROR_INVALID_SETTINGS, "condition-wait: must be 1s to" },
  { "{'command': <['x']>, 'condition-wait': <uint64 5000000>}", JT_ERROR_INVALID_SETTINGS, "condition-wait: says something about condition" },
  { "{'command': <['x']>, 'on-event': <['resumed']>}", JT_ERROR_INVALID_SETTINGS, "on-event: unknown 'resumed'; did you mean 'resume'?" },
  { "{'command': <['x']>, 'on-event': <['unit:backup:failed']>}", JT_ERROR_INVALID_SETTINGS, "on-event: 'backup' is not the name of a unit" },
  { "{'command': <['x']>, 'on-event': <['unit:b.service:done']>}", JT_ERROR_INVALID_SETTINGS, "on-event: 'done' is no state of a unit" },
  { "{'command': <['x']>, 'watch-path': <['/srv', 'in']>}", JT_ERROR_INVALID_SETTINGS, "watch-path: 'in' is not absolute; it must begin with /" },
  { "{'command': <['x']>, 'watch-path': <['']>}", JT_ERROR_INVALID_SETTINGS, "watch-path: '' is not absolute" },
  { "{'command': <['x']>, 'watch-path': <['/srv']>, 'watch-settle': <uint64 86400000001>}", JT_ERROR_INVALID_SETTINGS, "watch-settle: must be" },
  { "{'command': <['x']>, 'watch-settle': <uint64 5000000>}", JT_ERROR_INVALID_SETTINGS, "watch-settle: says something about watch-path" },
  { "{'command': <['x']>, 'inhibit': <['sleeep']>}", JT_ERROR_INVALID_SETTINGS, "inhibit: unknown 'sleeep'; did you mean 'sleep'?" },
  { "{'command': <['x']>, 'inhibit': <['handle-lid']>}", JT_ERROR_INVALID_SETTINGS, "inhibit: unknown 'handle-lid'; there is: sleep, shutdown, idle" },
  { "{'command': <['x']>, 'inhibit': <['idle', 'sleep', 'idle']>}", JT_ERROR_INVALID_SETTINGS, "inhibit: 'idle' is given twice" },
  { "{'command': <['x']>, 'wake': <'yes'>}", JT_ERROR_INVALID_SETTINGS, "wake: expected b, got s" },
  { "{'command': <['x']>, 'notify': <['ops@example.com']>}", JT_ERROR_INVALID_SETTINGS, "notify: entry 1: 'ops@example.com' is no recipient; write user:NAME" },
  { "{'command': <['x']>, 'notify': <['none', 'user:eve']>}", JT_ERROR_INVALID_SETTINGS, "notify: entry 1: none stands alone" },
  { "{'command': <['x']>, 'notify': <['user:eve', 'email:a\\r\\nBcc: b@example.com']>}", JT_ERROR_INVALID_SETTINGS, "notify: entry 2: 'email:a\\r\\nBcc: b@example.com' is not one plain address" },
  /* promised, not built: told apart from a misspelling */
  { "{'command': <['x']>, 'jitter': <uint64 99999999999999>}", JT_ERROR_INVALID_SETTINGS, "jitter: must be" },
  { "{'command': <['x']>, 'jitter-fixed': <true>}", JT_ERROR_INVALID_SETTINGS, "jitter-fixed: says something about jitter" },
  { "{'command': <['x']>, 'start-deadline': <uint64 5>}", JT_ERROR_INVALID_SETTINGS, "start-deadline: must be" },
  { "{'command': <['x']>, 'max-parallel': <uint32 2>}", JT_ERROR_INVALID_SETTINGS, "goes with overlap=allow, and overlap is skip" },
  { "{'command': <['x']>, 'max-parallel': <uint32 2>, 'overlap': <'queue'>}", JT_ERROR_INVALID_SETTINGS, "overlap is queue" },
  { "{'command': <['x']>, 'max-parallel': <uint32 10001>, 'overlap': <'allow'>}", JT_ERROR_INVALID_SETTINGS, "max-parallel: must be" },
  { "{'command': <['x']>, 'after': <['y:broken']>}", JT_ERROR_INVALID_SETTINGS, "after: unknown 'broken' behind the colon" },
  { "{'command': <['x']>, 'after': <['y', 'y:failed']>}", JT_ERROR_INVALID_SETTINGS, "'y' is there twice" },
  { "{'command': <['x']>, 'overlap': <'queued'>}", JT_ERROR_INVALID_SETTINGS, "did you mean 'queue'" },
  { "{'command': <['x']>, 'catch-up': <'every'>}", JT_ERROR_INVALID_SETTINGS, "there is: none, one, all" },
  { "{'command': <['x']>, 'executor': <'systemd'>}", JT_ERROR_NOT_SUPPORTED, "executor" },
};

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static JtSettings *
settings_of (const char *text)
{
  g_autoptr (GVariant) value = parse (text);
  g_autoptr (GError) error = NULL;
  JtSettings *settings = jt_settings_new (value, &error);

  g_assert_no_error (error);
  return settings;
}

static void
check_refused (GVariant *value, JtError code, const char *needle)
{
  g_autofree char *text = g_variant_print (value, FALSE);
  g_autoptr (GError) error = NULL;
  JtSettings *settings = jt_settings_new (value, &error);

  if (settings == NULL && g_error_matches (error, JT_ERROR, (int) code) && strstr (error->message, needle) != NULL)
    return;
  g_test_message ("FAULT %.200s: %s", text, error != NULL ? error->message : "is not refused");
  g_clear_pointer (&settings, jt_settings_unref);
  g_test_fail ();
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) value = parse (bad[i].text);

      check_refused (value, bad[i].code, bad[i].needle);
    }
}

static GVariant *
list_of (const char *key, guint count, const char *word)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  const char *command[] = { "true", NULL };
  GVariantDict dict;

  for (guint i = 0; i < count; i++)
    g_strv_builder_add (builder, word);
  words = g_strv_builder_end (builder);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "command", "^as", command);
  g_variant_dict_insert (&dict, key, "^as", words);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* What notify takes, and what could become a second recipient, a header or an option of a mailer. */
static void
test_recipients (void)
{
  static const char *const good[] = { "none", "user:alice", "user:_apt", "user:1000", "user:svc-x.y@corp$", "email:ops@example.com",
                                      "email:o'neil+cron=x@a-b.example", "email:root@localhost", "email:a@1.2.3.4", "webhook:chat",
                                      "webhook:A-1_b.c" };
  static const char *const bad_ones[] = { "", "alice", "user:", "user:a b", "user:-x", "User:alice", "email:", "email:a", "email:@b",
                                          "email:a@", "email:a@b@c", "email:a@b,c@d", "email:a@b c@d", "email:a b@c", "email:-oQ/tmp@b",
                                          "email:<a@b>", "email:A <a@b>", "email:\"a b\"@c", "email:a@b\n", "email:a@b\r", "email:a@-b",
                                          "email:a@b-", "email:a@b..c", "email:a..b@c", "email:.a@b", "email:a.@b", "email:a@[::1]",
                                          "email:a@b/c", "email:\xc3\xa4@b", "webhook:", "webhook:http://x", "webhook:-x", "none " };
  g_autofree char *longest = g_strdup_printf ("email:%064d@%063d.%063d.%061d", 1, 2, 3, 4);
  g_autofree char *too_long = g_strconcat (longest, "5", NULL);
  g_autofree char *long_local = g_strdup_printf ("email:%065d@b", 1);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (jt_recipient_find_fault (good[i]) != NULL)
      g_error ("'%s' %s", good[i], jt_recipient_find_fault (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad_ones); i++)
    if (jt_recipient_find_fault (bad_ones[i]) == NULL)
      g_error ("'%s' is taken", bad_ones[i]);
  g_assert_cmpuint (strlen (longest), ==, strlen ("email:") + 254);
  g_assert_null (jt_recipient_find_fault (longest));
  g_assert_nonnull (strstr (jt_recipient_find_fault (too_long), "254"));
  g_assert_nonnull (jt_recipient_find_fault (long_local));
}

/* Everything somebody else can grow has a limit, and says it. */
static void
test_limits (void)
{
  g_autofree char *long_word = g_strnfill (132096, 'x');
  g_autofree char *long_text = g_strnfill (300, 'x');
  static const struct
  {
    const char *key;
    guint       count;
    const char *word;
    const char *needle;
  } rows[] = { { "command", 1025, "x", "1024" }, { "environment", 257, "A=b", "256" }, { "tags", 33, "t", "32" }, { "schedule", 33, "@daily", "32" },
               { "notify", 33, "user:eve", "32" }, { "condition", 33, "idle", "32" }, { "on-event", 33, "login", "32" }, { "watch-path", 33, "/x", "32" }, { "inhibit", 4, "idle", "3" } };
  g_autoptr (GVariant) arguments = list_of ("command", 1, long_word);
  GVariantDict dict;
  g_autoptr (GVariant) described = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) value = list_of (rows[i].key, rows[i].count, rows[i].word);

      check_refused (value, JT_ERROR_TOO_LARGE, rows[i].needle);
    }
  check_refused (arguments, JT_ERROR_TOO_LARGE, "limit 131072");
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "shell", "s", "x");
  g_variant_dict_insert (&dict, "description", "s", long_text);
  described = g_variant_ref_sink (g_variant_dict_end (&dict));
  check_refused (described, JT_ERROR_TOO_LARGE, "300 bytes, limit 256");
}

static GVariant *
watch_of (const char *path)
{
  const char *paths[] = { path, NULL };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "shell", "s", "x");
  g_variant_dict_insert (&dict, "watch-path", "^as", paths);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
test_long_path (void)
{
  g_autofree char *name = g_strnfill (4096, 'x');
  g_autofree char *path = g_strconcat ("/", name, NULL);
  g_autoptr (GVariant) value = watch_of (path);

  check_refused (value, JT_ERROR_TOO_LARGE, "watch-path: 4097 bytes, limit 4096");
}

/* Whatever would start a job, or keep it from starting, wants a command. */
static void
test_without_command (void)
{
  static const char *const rows[][2] = {
    { "{'expect-every': <uint64 60000000>, 'schedule': <['@daily']>}", "schedule: there is no command to start" },
    { "{'expect-every': <uint64 60000000>, 'on-event': <['startup']>}", "on-event: there is no command to start" },
    { "{'expect-every': <uint64 60000000>, 'watch-path': <['/srv']>}", "watch-path: there is no command to start" },
    { "{'expect-every': <uint64 60000000>, 'condition': <['idle']>}", "condition: there is no command to start" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtSettings) settings = settings_of (rows[i][0]);
      g_autoptr (GError) error = NULL;

      g_assert_false (jt_settings_check_runnable (settings, TRUE, &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
      g_assert_nonnull (strstr (error->message, rows[i][1]));
    }
}

static void
test_surroundings (void)
{
  g_autoptr (JtSettings) none = settings_of ("{'command': <['true']>}");
  g_autoptr (JtSettings) all = settings_of ("{'command': <['true']>, 'condition': <['!ac-power', 'load<1.5', 'path:/x']>, "
                                            "'condition-wait': <uint64 1000000>, 'on-event': <['login', 'unit:a@b.service:failed']>, "
                                            "'watch-path': <['/srv/in', '/etc/**']>, 'inhibit': <['sleep', 'shutdown', 'idle']>, 'wake': <true>}");
  g_auto (GStrv) conditions = jt_settings_get_strv (all, "condition");

  g_assert_cmpuint (jt_settings_get_uint64 (all, "watch-settle"), ==, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (jt_settings_get_uint64 (none, "condition-wait"), ==, 0);
  g_assert_false (jt_settings_get_boolean (none, "wake"));
  g_assert_cmpstr (conditions[0], ==, "!ac-power");
  g_assert_true (jt_settings_check_runnable (all, FALSE, NULL));
}

static void
test_not_finite (void)
{
  g_autoptr (GVariant) value = parse ("{'command': <['x']>, 'retry-jitter': <nan>}");

  check_refused (value, JT_ERROR_INVALID_SETTINGS, "retry-jitter");
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    JtError     code;
    const char *needle;
  } rows[] = {
    { "", JT_ERROR_INVALID_ARGUMENT, "name is empty" },
    { "a\033b", JT_ERROR_INVALID_ARGUMENT, "control character at byte 2" },
    { "abc\033", JT_ERROR_INVALID_ARGUMENT, "control character at byte 4" },
    { "a\xe2\x80\xae", JT_ERROR_INVALID_ARGUMENT, "bidi control" },
    { "../etc", JT_ERROR_INVALID_ARGUMENT, "letters, digits" },
    { ".x", JT_ERROR_INVALID_ARGUMENT, "" },
    { "-x", JT_ERROR_INVALID_ARGUMENT, "" },
    { "a b", JT_ERROR_INVALID_ARGUMENT, "letters, digits" },
  };
  g_autofree char *long_name = g_strnfill (129, 'x');
  g_autofree char *fits = g_strnfill (128, 'x');
  g_autoptr (GError) too_long = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (jt_job_name_check (rows[i].name, &error));
      g_assert_error (error, JT_ERROR, (int) rows[i].code);
      if (strstr (error->message, rows[i].needle) == NULL)
        g_error ("'%s': %s", rows[i].name, error->message);
    }
  g_assert_false (jt_job_name_check (long_name, &too_long));
  g_assert_error (too_long, JT_ERROR, JT_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (too_long->message, "129 bytes, limit 128"));
  g_assert_true (jt_job_name_check (fits, NULL));
  g_assert_true (jt_job_name_check ("a.B_9@x-", NULL));
}

static void
test_defaults (void)
{
  g_autoptr (JtSettings) settings = settings_of ("{'command': <['true']>}");
  g_autoptr (GArray) codes = jt_settings_get_ints (settings, "success-exit-codes");
  g_auto (GStrv) tags = jt_settings_get_strv (settings, "tags");

  g_assert_true (jt_settings_get_boolean (settings, "enabled"));
  g_assert_cmpuint (jt_settings_get_uint32 (settings, "retries"), ==, 0);
  g_assert_cmpuint (jt_settings_get_uint64 (settings, "retry-delay"), ==, 30000000);
  g_assert_cmpuint (jt_settings_get_uint64 (settings, "kill-grace"), ==, 10000000);
  g_assert_cmpuint (jt_settings_get_uint64 (settings, "log-max-size"), ==, 16 * 1024 * 1024);
  g_assert_cmpstr (jt_settings_get_string (settings, "retry-backoff"), ==, "exponential");
  g_assert_cmpfloat (jt_settings_get_double (settings, "retry-jitter"), ==, 0.1);
  g_assert_cmpstr (jt_settings_get_string (settings, "catch-up"), ==, "one");
  g_assert_cmpstr (jt_settings_get_string (settings, "leftover"), ==, "kill");
  g_assert_cmpuint (codes->len, ==, 1);
  g_assert_cmpint (g_array_index (codes, int, 0), ==, 0);
  g_assert_cmpuint (g_strv_length (tags), ==, 0);
  g_assert_false (jt_settings_has (settings, "retries"));
}

static void
test_update (void)
{
  g_autoptr (JtSettings) before = settings_of ("{'command': <['true']>, 'retries': <uint32 3>, 'nice': <5>}");
  g_autoptr (GVariant) changes = parse ("{'retries': <uint32 4>, 'description': <'d'>}");
  g_autoptr (GVariant) bad_change = parse ("{'retries': <uint32 4>, 'nice': <50>}");
  const char *reset[] = { "nice", NULL };
  const char *bad_reset[] = { "nise", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) bad_error = NULL;
  g_autoptr (JtSettings) after = jt_settings_update (before, changes, reset, NULL);

  g_assert_cmpuint (jt_settings_get_uint32 (after, "retries"), ==, 4);
  g_assert_cmpstr (jt_settings_get_string (after, "description"), ==, "d");
  g_assert_false (jt_settings_has (after, "nice"));
  g_assert_true (jt_settings_has (after, "command"));
  g_assert_cmpuint (jt_settings_get_uint32 (before, "retries"), ==, 3);
  g_assert_null (jt_settings_update (before, bad_change, NULL, &error));
  g_assert_null (jt_settings_update (before, changes, bad_reset, &bad_error));
  g_assert_nonnull (strstr (bad_error->message, "did you mean 'nice'?"));
}

/* The same settings in another order are the same. */
static void
test_normal_form (void)
{
  g_autoptr (JtSettings) one = settings_of ("{'command': <['true']>, 'retries': <uint32 3>}");
  g_autoptr (JtSettings) other = settings_of ("{'retries': <uint32 3>, 'command': <['true']>}");
  g_autoptr (JtSettings) different = settings_of ("{'retries': <uint32 4>, 'command': <['true']>}");

  g_assert_true (jt_settings_equal (one, other));
  g_assert_false (jt_settings_equal (one, different));
}

static JtSettings *
settings_of_bytes (const char *text, gsize cut, GError **error)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (g_variant_new_parsed (text));
  gsize length = g_variant_get_size (values);

  g_assert_cmpuint (cut, <, length);
  return jt_settings_new_from_bytes (g_variant_get_data (values), length - cut, error);
}

/* What is on record is read as it is. */
static void
test_bytes (void)
{
  g_autoptr (GError) type_error = NULL;
  g_autoptr (GError) damage_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSettings) before = settings_of ("{'command': <['true', 'x']>, 'description': <'d'>, 'retries': <uint32 3>}");
  gsize length;
  gconstpointer bytes = jt_settings_get_bytes (before, &length);
  g_autoptr (JtSettings) after = jt_settings_new_from_bytes (bytes, length, &error);
  g_autoptr (JtSettings) newer = settings_of_bytes ("{'of-tomorrow': <'x'>, 'retries': <uint32 7>}", 0, &error);

  g_assert_no_error (error);
  g_assert_true (jt_settings_equal (before, after));
  g_assert_cmpstr (jt_settings_get_string (after, "description"), ==, "d");
  g_assert_cmpuint (jt_settings_get_uint32 (newer, "retries"), ==, 7);
  g_assert_true (jt_settings_has (newer, "of-tomorrow"));
  g_assert_null (settings_of_bytes ("{'retries': <'three'>}", 0, &type_error));
  g_assert_error (type_error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_nonnull (strstr (type_error->message, "retries"));
  g_assert_null (settings_of_bytes ("{'of-tomorrow': <('x', 1)>, 'retries': <uint32 3>}", 1, NULL));
  g_assert_null (settings_of_bytes ("{'retries': <uint32 3>}", 1, &damage_error));
  g_assert_error (damage_error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
}

/* Values that were taken out outlive the settings. */
static void
test_variant (void)
{
  JtSettings *settings = settings_of ("{'command': <['true']>, 'description': <'d'>}");
  g_autoptr (GVariant) values = g_variant_ref_sink (jt_settings_to_variant (settings));
  const char *description = NULL;

  jt_settings_unref (settings);
  g_assert_true (g_variant_lookup (values, "description", "&s", &description));
  g_assert_cmpstr (description, ==, "d");
}

static void
test_text (void)
{
  static const char *const rows[][3] = {
    { "timeout", "1h 30min", "uint64 5400000000" }, { "log-max-size", "512K", "uint64 524288" }, { "retries", "3", "uint32 3" },
    { "nice", "-5", "-5" },                         { "enabled", "yes", "true" },                { "enabled", "off", "false" },
    { "tags", "a;b", "['a', 'b']" },                { "retry-jitter", "0.5", "0.5" },            { "success-exit-codes", "0;3", "[0, 3]" },
    { "description", "x y", "'x y'" },
  };
  static const char *const refused[][2] = {
    { "timeout", "1w3" }, { "timeout", "5 fortnights" }, { "timeout", "10" }, { "retries", "abc" }, { "retries", "-1" }, { "enabled", "maybe" },
    { "nice", "1O" },     { "log-max-size", "10GB" },    { "retry-jitter", "half" }, { "success-exit-codes", "0;x" }, { "retries", "18446744073709551616" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = jt_setting_parse_text (jt_setting_info_find (rows[i][0]), rows[i][1], &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = g_variant_print (value, TRUE);
      g_assert_cmpstr (text, ==, rows[i][2]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = jt_setting_parse_text (jt_setting_info_find (refused[i][0]), refused[i][1], &error);

      if (value != NULL)
        g_error ("%s=%s is not refused", refused[i][0], refused[i][1]);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, refused[i][0]));
    }
}

static void
test_key_file (void)
{
  static const char *const refused[][2] = {
    { "[Job]\nshell=x\nretires=3\n", "did you mean 'retries'?" }, { "[Jobs]\nshell=x\n", "[Job]" }, { "[Job]\nshell=x\ntimeout=5\n", "timeout" }, { "[Job]\nshell=x\n[Other]\na=b\n", "Other" },
  };
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (JtSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) command = NULL;

  g_key_file_load_from_data (file, "[Job]\ncommand=tar;-c;a\\;b\ntimeout=15min\nschedule=30 2 * * *;@daily\nenabled=no\n", -1, G_KEY_FILE_NONE, NULL);
  settings = jt_settings_new_from_key_file (file, &error);
  g_assert_no_error (error);
  command = jt_settings_get_strv (settings, "command");
  g_assert_cmpstr (command[2], ==, "a;b");
  g_assert_null (command[3]);
  g_assert_cmpstr (jt_settings_get_nth (settings, "command", 2), ==, "a;b");
  g_assert_null (jt_settings_get_nth (settings, "command", 3));
  g_assert_true (jt_settings_has_entry (settings, "schedule", "@daily"));
  g_assert_false (jt_settings_has_entry (settings, "schedule", "@dail"));
  g_assert_null (jt_settings_get_nth (settings, "tags", 0));
  g_assert_cmpuint (jt_settings_get_uint64 (settings, "timeout"), ==, 900000000);
  g_assert_false (jt_settings_get_boolean (settings, "enabled"));
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GKeyFile) bad_file = g_key_file_new ();
      g_autoptr (GError) bad_error = NULL;

      g_key_file_load_from_data (bad_file, refused[i][0], -1, G_KEY_FILE_NONE, NULL);
      g_assert_null (jt_settings_new_from_key_file (bad_file, &bad_error));
      if (strstr (bad_error->message, refused[i][1]) == NULL)
        g_error ("%s: %s", refused[i][0], bad_error->message);
    }
}

static void
test_described_command (void)
{
  static const char *const rows[][2] = {
    { "{'shell': <'a | b'>}", "a | b" },
    { "{'command': <['tar', '-c', 'a b', \"it's\", '']>}", "tar -c 'a b' 'it'\\''s' ''" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtSettings) settings = settings_of (rows[i][0]);
      g_autofree char *text = jt_settings_describe_command (settings);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

/* The table is the one place: what is offered has help, a type that GVariant knows, and is found by its key. */
static void
test_table (void)
{
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    {
      g_assert_true (g_variant_type_string_is_valid (info->type));
      g_assert_cmpstr (jt_setting_info_find (info->key)->key, ==, info->key);
      g_assert_true ((info->status == JT_SETTING_OFFERED) == (info->help != NULL));
    }
  g_assert_null (jt_setting_info_find ("nosuch"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/bad", test_bad);
  g_test_add_func ("/settings/limits", test_limits);
  g_test_add_func ("/settings/long-path", test_long_path);
  g_test_add_func ("/settings/without-command", test_without_command);
  g_test_add_func ("/settings/surroundings", test_surroundings);
  g_test_add_func ("/settings/recipients", test_recipients);
  g_test_add_func ("/settings/not-finite", test_not_finite);
  g_test_add_func ("/settings/names", test_names);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/update", test_update);
  g_test_add_func ("/settings/normal-form", test_normal_form);
  g_test_add_func ("/settings/bytes", test_bytes);
  g_test_add_func ("/settings/variant", test_variant);
  g_test_add_func ("/settings/text", test_text);
  g_test_add_func ("/settings/key-file", test_key_file);
  g_test_add_func ("/settings/described-command", test_described_command);
  g_test_add_func ("/settings/table", test_table);
  return g_test_run ();
}
