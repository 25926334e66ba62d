/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "jt-config.h"
#include "jt-error.h"

/* jobtracker.conf: what is good, and every way to be bad with the words that help. */

static char *folder;

static char *
write_conf (const char *text, gssize length, guint mode)
{
  char *path = g_build_filename (folder, "jobtracker.conf", NULL);

  g_assert_true (g_file_set_contents (path, text, length, NULL));
  g_assert_cmpint (g_chmod (path, (int) mode), ==, 0);
  return path;
}

static void
test_absent (void)
{
  g_autofree char *path = g_build_filename (folder, "absent.conf", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) system = jt_config_load (path, TRUE, &error);
  g_autoptr (JtConfig) session = jt_config_load (NULL, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (system->max_jobs_per_user, ==, 1000);
  g_assert_cmpuint (system->max_running_per_user, ==, 64);
  g_assert_cmpuint (system->max_calls_per_second, ==, 500);
  g_assert_cmpuint (system->max_call_burst, ==, 1000);
  g_assert_cmpuint (system->max_subscribers_per_user, ==, 16);
  g_assert_cmpstr (system->state_directory, ==, "/var/lib/jobtracker");
  g_assert_cmpuint (session->max_jobs_per_user, ==, 0);
  g_assert_cmpuint (session->max_calls_per_second, ==, 0);
}

/* The service manager's folder is a default: what is written in the file, which knows better, holds. */
static void
test_managed_folder (void)
{
  g_autofree char *path = write_conf ("[Service]\nstate-directory=/srv/jt\n", -1, 0644);
  g_autoptr (JtConfig) absent = NULL;
  g_autoptr (JtConfig) written = NULL;

  g_setenv ("STATE_DIRECTORY", "/var/lib/here:/var/lib/other", TRUE);
  absent = jt_config_load (NULL, TRUE, NULL);
  written = jt_config_load (path, TRUE, NULL);
  g_unsetenv ("STATE_DIRECTORY");
  g_assert_cmpstr (absent->state_directory, ==, "/var/lib/here");
  g_assert_cmpstr (written->state_directory, ==, "/srv/jt");
}

static void
test_good (void)
{
  g_autofree char *path
    = write_conf ("\xef\xbb\xbf# comment\r\n[Service]\r\nstate-directory = /srv/jt\r\n\r\n[Limits]\r\n"
                  "max-jobs-per-user=5\r\nmax-calls-per-second=7\r\n; more\r\n[Retention]\r\nmax-log-size=1M\r\n[Service]\r\n"
                  "supervisor=/bin/x",
                  -1, 0644);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, &error);
  g_autoptr (JtConfig) over = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (config->state_directory, ==, "/srv/jt");
  g_assert_cmpstr (config->supervisor, ==, "/bin/x");
  g_assert_cmpuint (config->max_jobs_per_user, ==, 5);
  g_assert_cmpuint (config->retention.max_log_bytes, ==, 1024 * 1024);
  g_assert_cmpuint (config->max_call_burst, ==, 14);
  over = jt_config_override (config, NULL, "/jobs", NULL);
  g_assert_cmpstr (over->state_directory, ==, "/srv/jt");
  g_assert_cmpstr (over->job_directory, ==, "/jobs");
  g_assert_cmpuint (over->max_jobs_per_user, ==, 5);
}

static void
append_pair (const char *group, const char *key, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, "[%s]\n%s=%s\n", group, key, value);
}

/* What is said of a configuration is one that says the same. */
static void
test_foreach (void)
{
  g_autofree char *path = write_conf ("[Service]\nstate-directory=/srv/jt\n[Limits]\nmax-running=70\n"
                                      "[Retention]\nkeep-for=36h\nkeep-logs-for=0\nmax-runs=0\nmax-log-size=3G\n",
                                      -1, 0644);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) again_text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, &error);
  g_autoptr (JtConfig) again = NULL;

  g_assert_no_error (error);
  jt_config_foreach (config, append_pair, text);
  g_assert_nonnull (strstr (text->str, "[Retention]\nkeep-for=1d 12h\n"));
  g_assert_nonnull (strstr (text->str, "[Retention]\nmax-log-size=3G\n"));
  g_free (write_conf (text->str, -1, 0644));
  again = jt_config_load (path, TRUE, &error);
  g_assert_no_error (error);
  jt_config_foreach (again, append_pair, again_text);
  g_assert_cmpstr (text->str, ==, again_text->str);
}

/* The two ages of logs, in days, of what [Retention] says. */
static void
assert_log_ages (const char *keys, guint64 days, guint64 failed_days)
{
  g_autofree char *text = g_strconcat ("[Retention]\n", keys, NULL);
  g_autofree char *path = write_conf (text, -1, 0644);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, &error);
  const guint64 day_usec = 24 * 3600 * (guint64) G_USEC_PER_SEC;

  g_assert_no_error (error);
  g_assert_cmpuint (config->retention.keep_logs_for_usec, ==, days * day_usec);
  g_assert_cmpuint (config->retention.keep_failed_logs_for_usec, ==, failed_days * day_usec);
}

static void
test_retention (void)
{
  g_autofree char *path = write_conf ("[Retention]\nkeep-runs=7\nkeep-for=2w\nkeep-logs=3\nmax-runs=12345678901\nmax-logs=9\n"
                                      "max-log-size-per-job=1M\nmax-log-size=3G\n",
                                      -1, 0644);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, &error);
  const JtRetention *retention;

  g_assert_no_error (error);
  retention = &config->retention;
  g_assert_cmpuint (retention->keep_runs, ==, 7);
  g_assert_cmpuint (retention->keep_for_usec, ==, 14 * 24 * 3600 * (guint64) G_USEC_PER_SEC);
  g_assert_cmpuint (retention->keep_logs, ==, 3);
  g_assert_cmpuint (retention->max_runs, ==, G_GUINT64_CONSTANT (12345678901));
  g_assert_cmpuint (retention->max_logs, ==, 9);
  g_assert_cmpuint (retention->max_log_bytes_per_job, ==, 1024 * 1024);
  g_assert_cmpuint (retention->max_log_bytes, ==, G_GUINT64_CONSTANT (3) * 1024 * 1024 * 1024);
  /* A failure's log is kept as long as a success's or longer, whatever is said of one of them alone. */
  assert_log_ages ("", 30, 90);
  assert_log_ages ("keep-logs-for=10d\n", 10, 90);
  assert_log_ages ("keep-logs-for=200d\n", 200, 200);
  assert_log_ages ("keep-logs-for=0\n", 0, 0);
  assert_log_ages ("keep-failed-logs-for=40d\n", 30, 40);
  assert_log_ages ("keep-failed-logs-for=0\n", 30, 0);
}

typedef struct
{
  const char *name;
  const char *text;
  guint       mode;
  const char *line;    /* (nullable) ":LINE:" of the message */
  const char *message; /* that it must hold */
} BadRow;

static const BadRow bad_rows[] = {
  { "world-writable", "", 0666, NULL, "mode 0666, want 0644 or less" },
  { "unknown-group", "[Limit]\n", 0644, ":1:", "did you mean 'Limits'" },
  { "unknown-key", "[Limits]\nmax-runing=3\n", 0644, ":2:", "did you mean 'max-running'" },
  { "key-of-other-group", "[Service]\nmax-running=3\n", 0644, ":2:", "unknown key 'max-running' in [Service]" },
  { "twice", "[Limits]\nmax-running=3\n\nmax-running=4\n", 0644, ":4:", "first in line 2" },
  { "no-equals", "[Limits]\nmax-running\n", 0644, ":2:", "has no '='" },
  { "invalid-utf8", "[Limits]\n# ok\n# \xff\n", 0644, ":3:", "not UTF-8 at byte 3" },
  { "no-value", "[Limits]\nmax-running=\n", 0644, ":2:", "has no value" },
  { "letter-in-number", "[Limits]\nmax-running=1O\n", 0644, ":2:", "not a number at column 2" },
  { "2^64", "[Limits]\nmax-running=18446744073709551616\n", 0644, ":2:", "out of range" },
  { "negative", "[Limits]\nmax-running=-1\n", 0644, ":2:", "not a number at column 1" },
  { "above-cap", "[Limits]\nmax-subscribers-per-user=1025\n", 0644, ":2:", "0 to 1024" },
  { "size-unit", "[Retention]\nmax-log-size=10GB\n", 0644, ":2:", "max-log-size" },
  { "relative-path", "[Service]\nstate-directory=var/lib\n", 0644, ":2:", "no absolute path" },
  { "before-group", "max-running=3\n", 0644, ":1:", "before the first group" },
  { "pair", "[Limits]\nmax-running=5\nmax-running-per-user=6\n", 0644, NULL, "is above max-running (5)" },
  { "before-group-three", "keep-runs=3\n", 0644, ":1:", "[Notifications] or [Channel NAME]" },
  { "retention-unknown", "[Retention]\nkeep-run=3\n", 0644, ":2:", "did you mean 'keep-runs'" },
  { "retention-time", "[Retention]\nkeep-for=5 fortnights\n", 0644, ":2:", "keep-for: " },
  { "retention-no-unit", "[Retention]\nkeep-logs-for=-3d\n", 0644, ":2:", "keep-logs-for: " },
  { "retention-count", "[Retention]\nkeep-runs=many\n", 0644, ":2:", "not a number at column 1" },
  { "retention-size", "[Retention]\nmax-log-size=1.5.2G\n", 0644, ":2:", "max-log-size: " },
  { "retention-pair", "[Retention]\nkeep-logs-for=9d\nkeep-failed-logs-for=8d\n", 0644, NULL, "is shorter than keep-logs-for" },
  { "flag", "[Notifications]\nenabled=maybe\n", 0644, ":2:", "expected yes or no" },
  { "gateway-scheme", "[Notifications]\ngateway-url=file:///etc\n", 0644, ":2:", "expected https://HOST/" },
  { "gateway-quote", "[Notifications]\ngateway-url=https://a\"><b>/\n", 0644, ":2:", "expected https://HOST/" },
  { "gateway-blank", "[Notifications]\ngateway-url=https://a.example/x y\n", 0644, ":2:", "expected https://HOST/" },
  { "gateway-user", "[Notifications]\ngateway-url=https://a:b@host/\n", 0644, ":2:", "without user" },
  { "domain", "[Notifications]\nmessage-id-domain=a@b\n", 0644, ":2:", "no name of a domain" },
  { "template-folder", "[Notifications]\ntemplate-directory=templates\n", 0644, ":2:", "is no absolute path" },
  { "channel-name", "[Channel a b]\n", 0644, ":1:", "is no name for a channel" },
  { "channel-desktop", "[Channel desktop]\n", 0644, ":1:", "needs no configuration" },
  { "channel-twice", "[Channel email]\n\n[Channel email]\n", 0644, ":3:", "first in line 1" },
  { "channel-key-twice", "[Channel email]\nhost=a\nhost=b\n", 0644, ":3:", "first in line 2" },
  { "channel-no-type", "[Limits]\n[Channel pager]\nhost=a\n", 0644, ":2:", "has no type" },
  { "channel-type", "[Channel pager]\ntype=fax\n", 0644, ":2:", "expected email, webhook or program" },
  { "channel-no-program", "[Channel pager]\ntype=program\n", 0644, ":1:", "has no program" },
  { "channel-program", "[Channel pager]\nprogram=bin/x\n", 0644, ":2:", "no absolute path" },
  { "channel-run-as", "[Channel email]\nrun-as=a b\n", 0644, ":2:", "no name of an account" },
  { "channel-slip", "[Channel email]\nmax-bach=3\n", 0644, ":2:", "'max-batch'; did you mean" },
  { "channel-timeout", "[Channel email]\ntimeout=2h\n", 0644, ":2:", "expected 1s to 1h" },
  { "channel-batch", "[Channel email]\nmax-batch=0\n", 0644, ":2:", "from 1 to 1000" },
  { "channel-memory", "[Channel email]\nmemory-max=10\n", 0644, ":2:", "too little" },
  { "channel-no-value", "[Channel email]\nhost=\n", 0644, ":2:", "has no value" },
  { "channel-secret", "[Channel email]\npassword=hunter2\n", 0644, ":2:", "write password-file=PATH" },
  { "channel-secret-group", "[Channel email]\nsmtp-password=hunter2\n", 0640, ":2:", "write smtp-password-file=PATH" },
  { "channel-secret-path", "[Channel email]\npassword-file=x\n", 0644, ":2:", "no absolute path" },
  { "channel-credential", "[Channel email]\npassword-credential=../x\n", 0644, ":2:", "no name of a credential" },
  { "channel-secret-twice", "[Channel email]\npassword-file=/x\npassword-credential=y\n", 0644, ":3:", "gives 'password'" },
  { "half-group", "[Limits\n", 0644, ":1:", "must end with ']'" },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autofree char *path = write_conf (row->text, -1, row->mode);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, &error);

  g_assert_null (config);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_nonnull (strstr (error->message, row->message));
  if (row->line != NULL)
    g_assert_nonnull (strstr (error->message, row->line));
}

/* --- channels --- */

static void
write_program (const char *directory, const char *name, guint mode)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_assert_true (g_file_set_contents (path, "#!/bin/sh\n", -1, NULL));
  g_assert_cmpint (g_chmod (path, (int) mode), ==, 0);
}

static void
remove_programs (const char *directory, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_channel (void)
{
  g_autofree char *path = write_conf ("[Channel email]\ntransport=sendmail\nrun-as=mail\ntimeout=5s\nmemory-max=64M\nmax-batch=7\n"
                                      "max-age=1h\nidle-timeout=0\npassword-credential=mail-password\ntoken = a = b\nconnect-timeout=2s\n",
                                      -1, 0600);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, &error);
  const JtChannelConfig *email;
  const JtChannelSecret *secret;

  g_assert_no_error (error);
  email = jt_config_find_channel (config, "email");
  g_assert_cmpstr (email->type, ==, "email");
  g_assert_true (g_str_has_suffix (email->program, "/channel-email"));
  g_assert_cmpstr (email->run_as, ==, "mail");
  g_assert_true (email->allows_new_privileges);
  g_assert_cmpint (email->timeout_usec, ==, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (email->idle_usec, ==, 0);
  g_assert_cmpuint (email->memory_max_bytes, ==, 64 * 1024 * 1024);
  g_assert_cmpuint (email->max_batch, ==, 7);
  g_assert_cmpint (email->max_age_usec, ==, 3600 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpstr (jt_channel_config_get (email, "connect-timeout"), ==, "2s");
  g_assert_null (jt_channel_config_get (email, "token"));
  g_assert_null (jt_channel_config_get (email, "run-as"));
  g_assert_cmpuint (email->secrets->len, ==, 2);
  secret = g_ptr_array_index (email->secrets, 0);
  g_assert_cmpint (secret->kind, ==, JT_SECRET_CREDENTIAL);
  g_assert_cmpstr (secret->key, ==, "password");
  g_assert_cmpstr (secret->source, ==, "mail-password");
  secret = g_ptr_array_index (email->secrets, 1);
  g_assert_cmpint (secret->kind, ==, JT_SECRET_INLINE);
  g_assert_cmpstr (secret->source, ==, "a = b");
}

/* What lies in the folder is a channel, unless it is a draft or its group says another program; what others can change is none. */
static void
test_channel_folder (void)
{
  static const char *const names[] = { "pager", "siren", "open", "notes", ".hidden", NULL };
  g_autofree char *directory = g_build_filename (folder, "channels.d", NULL);
  g_autofree char *text = g_strdup_printf ("[Channel siren]\nvolume=11\n[Notifications]\nchannel-directory=%s\n", directory);
  g_autofree char *path = write_conf (text, -1, 0644);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) config = NULL;

  g_assert_cmpint (g_mkdir (directory, 0755), ==, 0);
  write_program (directory, "pager", 0755);
  write_program (directory, "siren", 0755);
  write_program (directory, "open", 0777);
  write_program (directory, "notes", 0644);
  write_program (directory, ".hidden", 0755);
  config = jt_config_load (path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_null (jt_config_find_channel (config, "pager")->problem);
  g_assert_null (jt_config_find_channel (config, "pager")->run_as);
  g_assert_cmpstr (jt_config_find_channel (config, "siren")->type, ==, "program");
  g_assert_cmpstr (jt_channel_config_get (jt_config_find_channel (config, "siren"), "volume"), ==, "11");
  g_assert_nonnull (strstr (jt_config_find_channel (config, "open")->problem, "mode 0777, want 0755 or less"));
  g_assert_null (jt_config_find_channel (config, "notes"));
  g_assert_null (jt_config_find_channel (config, ".hidden"));
  remove_programs (directory, names);
}

static void
assert_refused (const char *text, const char *message)
{
  g_autofree char *path = write_conf (text, -1, 0644);
  g_autoptr (GError) error = NULL;

  g_assert_null (jt_config_load (path, TRUE, &error));
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_channel_limits (void)
{
  g_autoptr (GString) channels = g_string_new (NULL);
  g_autoptr (GString) keys = g_string_new ("[Channel email]\n");
  g_autofree char *long_value = g_strnfill (5000, 'x');
  g_autofree char *long_text = g_strdup_printf ("[Channel email]\nhost=%s\n", long_value);

  for (guint i = 0; i < 33; i++)
    g_string_append_printf (channels, "[Channel c%u]\ntype=webhook\n", i);
  for (guint i = 0; i < 65; i++)
    g_string_append_printf (keys, "key%u=x\n", i);
  assert_refused (channels->str, ":65: more than 32 channels");
  assert_refused (keys->str, ":66: more than 64 keys");
  assert_refused (long_text, ":2: host: 5000 bytes, limit 4096");
}

static void
test_notifications (void)
{
  g_autofree char *path = write_conf ("[Notifications]\nenabled=no\ngateway-url=https://jobs.example.com/x//\n"
                                      "message-id-domain=example.com\n", -1, 0644);
  g_autoptr (JtConfig) config = jt_config_load (path, TRUE, NULL);
  g_autoptr (JtConfig) absent = jt_config_load (NULL, TRUE, NULL);

  g_assert_nonnull (config);
  g_assert_false (config->is_notifying);
  g_assert_cmpstr (config->gateway_url, ==, "https://jobs.example.com/x");
  g_assert_cmpstr (jt_config_get_message_id_domain (config), ==, "example.com");
  g_assert_true (absent->is_notifying);
  g_assert_null (absent->gateway_url);
  g_assert_cmpstr (jt_config_get_message_id_domain (absent), !=, "");
}

static void
test_nul_and_sizes (void)
{
  g_autofree char *path = write_conf ("[Limits]\n\0max", 13, 0644);
  g_autofree char *long_line = g_strnfill (70000, 'x');
  g_autofree char *large = g_strnfill (1024 * 1024 + 1, '\n');
  g_autoptr (GError) nul_error = NULL;
  g_autoptr (GError) line_error = NULL;
  g_autoptr (GError) large_error = NULL;

  g_assert_null (jt_config_load (path, TRUE, &nul_error));
  g_assert_nonnull (strstr (nul_error->message, "NUL at byte 10"));
  g_free (write_conf (long_line, -1, 0644));
  g_assert_null (jt_config_load (path, TRUE, &line_error));
  g_assert_nonnull (strstr (line_error->message, "line of 70000 bytes"));
  g_free (write_conf (large, -1, 0644));
  g_assert_null (jt_config_load (path, TRUE, &large_error));
  g_assert_error (large_error, JT_ERROR, JT_ERROR_TOO_LARGE);
  g_free (g_steal_pointer (&path));
  path = g_strdup (folder);
  g_clear_error (&large_error);
  g_assert_null (jt_config_load (path, TRUE, &large_error));
  g_assert_nonnull (strstr (large_error->message, "regular file"));
}

/* --- the file that is installed --- */

/* The built file with its defaults in force: "#key=value" without the "#". */
static char *
read_shipped (void)
{
  const char *build = g_getenv ("JOBTRACKER_BUILD");
  g_autofree char *path = build != NULL ? g_build_filename (build, "data", "jobtracker.conf", NULL) : NULL;
  g_autoptr (GRegex) commented = g_regex_new ("^#(?=[a-z-]+=)", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_regex_replace_literal (commented, text, -1, 0, "", 0, NULL);
}

static void
expect_key (const char *group, const char *key, const char *value, gpointer user_data)
{
  g_test_message ("[%s] %s", group, key);
  g_assert_true (g_key_file_has_key (user_data, group, key, NULL));
}

/* Every key there is has its line, and each shows what holds without it. */
static void
test_shipped (void)
{
  g_autofree char *text = read_shipped ();
  g_autofree char *path = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) absent = jt_config_load (NULL, TRUE, NULL);
  g_autoptr (JtConfig) shipped = NULL;
  g_autoptr (GString) want = g_string_new (NULL);
  g_autoptr (GString) text_of_shipped = g_string_new (NULL);

  if (text == NULL)
    {
      g_test_skip ("JOBTRACKER_BUILD is not set");
      return;
    }
  path = write_conf (text, -1, 0644);
  shipped = jt_config_load (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL));
  jt_config_foreach (absent, expect_key, file);
  jt_config_foreach (absent, append_pair, want);
  jt_config_foreach (shipped, append_pair, text_of_shipped);
  g_assert_cmpstr (text_of_shipped->str, ==, want->str);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("jt-config-XXXXXX", NULL);
  g_test_add_func ("/config/absent", test_absent);
  g_test_add_func ("/config/good", test_good);
  g_test_add_func ("/config/foreach", test_foreach);
  g_test_add_func ("/config/managed-folder", test_managed_folder);
  g_test_add_func ("/config/retention", test_retention);
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *name = g_strconcat ("/config/bad/", bad_rows[i].name, NULL);

      g_test_add_data_func (name, &bad_rows[i], test_bad);
    }
  g_test_add_func ("/config/channel", test_channel);
  g_test_add_func ("/config/channel/folder", test_channel_folder);
  g_test_add_func ("/config/channel/limits", test_channel_limits);
  g_test_add_func ("/config/notifications", test_notifications);
  g_test_add_func ("/config/nul-and-sizes", test_nul_and_sizes);
  g_test_add_func ("/config/shipped", test_shipped);
  status = g_test_run ();
  path = g_build_filename (folder, "jobtracker.conf", NULL);
  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
  return status;
}
