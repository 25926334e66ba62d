/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Crontabs out of jobs, and back again. */

#include <string.h>

#include "crontab-anacron.h"
#include "crontab.h"
#include "export.h"
#include "jt-schedule.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

static const ExportOptions of_user = { .user = "alice", .now_usec = NOW };
static const ExportOptions of_system = { .user = "alice", .now_usec = NOW, .with_user = TRUE };
static const ExportOptions of_folder = { .user = "alice", .now_usec = NOW, .with_user = TRUE, .is_split = TRUE };

static void
add_job (GPtrArray *jobs, const char *name, const char *owner, GVariant *values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSettings) settings = jt_settings_new (values, &error);

  g_assert_no_error (error);
  g_ptr_array_add (jobs, export_job_new (name, owner, settings));
}

/* What a job has to have to mean the same in cron at all. */
static GVariant *
with_habits (const char *text)
{
  g_autoptr (GVariant) given = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  GVariantDict dict;

  if (given == NULL)
    g_error ("no settings: %s", text);
  g_variant_dict_init (&dict, given);
  if (!g_variant_dict_contains (&dict, "catch-up"))
    g_variant_dict_insert (&dict, "catch-up", "s", "none");
  if (!g_variant_dict_contains (&dict, "leftover"))
    g_variant_dict_insert (&dict, "leftover", "s", "leave");
  if (!g_variant_dict_contains (&dict, "overlap"))
    g_variant_dict_insert (&dict, "overlap", "s", "allow");
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* The text without comments and empty lines. */
static char *
strip_comments (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !g_str_has_prefix (lines[i], "# "))
      g_string_append_printf (out, "%s\n", lines[i]);
  return g_string_free (out, FALSE);
}

static char *
print_remarks (GPtrArray *jobs, RemarkKind kind)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < jobs->len; i++)
    {
      const ExportJob *job = g_ptr_array_index (jobs, i);

      for (guint r = 0; r < job->remarks->len; r++)
        {
          const Remark *remark = g_ptr_array_index (job->remarks, r);

          if (remark->kind == kind)
            g_string_append_printf (text, "%s|", remark->what);
        }
    }
  return g_string_free (text, FALSE);
}

/* What cron gives itself is not written. */
#define CRON "'PATH=/usr/bin:/bin', 'SHELL=/bin/sh'"
#define OWN_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
#define DAILY "'schedule': <['0 9 * * *']>, "

static void
test_lines (void)
{
  static const struct
  {
    const char *settings;
    const char *text; /* without comments */
    const char *lost; /* the parts that are, each with a bar behind it */
  } rows[] = {
    { DAILY "'shell': <'x'>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>", OWN_PATH "0 9 * * * x\n", "" },
    { DAILY "'command': <['x', 'a b', '%', '']>", OWN_PATH "0 9 * * * exec x 'a b' \\% ''\n", "" },
    { DAILY "'command': <['echo', '-e', '$x']>", OWN_PATH "0 9 * * * exec echo -e '$x'\n", "" },
    { DAILY "'command': <['/bin/x', '~', 'a=b']>", OWN_PATH "0 9 * * * /bin/x '~' 'a=b'\n", "" },
    { DAILY "'shell': <'date +%F'>", OWN_PATH "0 9 * * * date +\\%F\n", "" },
    { DAILY "'shell': <'cat'>, 'stdin': <'a%\nb\n'>", OWN_PATH "0 9 * * * cat%a\\%%b\n", "" },
    { DAILY "'shell': <'cat'>, 'stdin': <'a'>", OWN_PATH, "stdin|" },
    { DAILY "'shell': <'a\nb'>", OWN_PATH, "shell|" },
    { DAILY "'command': <['a', 'x\ny']>", OWN_PATH, "command|" },
    { DAILY "'shell': <'x'>, 'environment': <['A= b ', " CRON "]>", "A=\" b \"\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'environment': <['A=', " CRON "]>", "A=\"\"\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'environment': <['A=\"it\\'s\"', " CRON "]>", "0 9 * * * x\n", "environment=A|" },
    { DAILY "'shell': <'x'>, 'environment': <['A=1', 'A=2', " CRON "]>", "A=2\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'environment': <['CRON_TZ=UTC', " CRON "]>", "0 9 * * * x\n", "environment=CRON_TZ|" },
    { DAILY "'shell': <'x'>, 'environment': <['RANDOM_DELAY=5', " CRON "]>", "0 9 * * * x\n", "environment=RANDOM_DELAY|" },
    { DAILY "'shell': <'x'>, 'environment': <['USER=alice', 'LOGNAME=alice', " CRON "]>", "0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'environment': <['USER=bob', " CRON "]>", "0 9 * * * x\n", "environment=USER|" },
    /* The shell of the table runs the line. */
    { DAILY "'command': <['/bin/bash', '-c', 'x']>, 'environment': <['PATH=/usr/bin:/bin', 'SHELL=/bin/bash']>", "SHELL=/bin/bash\n0 9 * * * x\n", "" },
    { DAILY "'command': <['/bin/bash', '-c', 'x']>, 'environment': <[" CRON "]>", "0 9 * * * /bin/bash -c x\n", "" },
    { DAILY "'shell': <'x'>, 'environment': <['PATH=/usr/bin:/bin', 'SHELL=/bin/bash']>", "0 9 * * * x\n", "environment=SHELL=/bin/bash|" },
    { DAILY "'command': <['zsh', '-c', 'x']>, 'environment': <['PATH=/usr/bin:/bin', 'SHELL=zsh']>", "0 9 * * * exec zsh -c x\n", "environment=SHELL=zsh|" },
    /* Folders. */
    { DAILY "'shell': <'x; y'>, 'working-directory': <'/srv/a b'>, 'environment': <[" CRON "]>", "0 9 * * * cd '/srv/a b' || exit; x; y\n", "" },
    { DAILY "'shell': <'x'>, 'working-directory': <'/srv'>, 'environment': <['HOME=/srv', " CRON "]>", "HOME=/srv\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'environment': <['HOME=/srv', " CRON "]>", "HOME=/srv\n0 9 * * * x\n", "environment=HOME|" },
    { DAILY "'command': <['/bin/fish', '-c', 'x']>, 'working-directory': <'/srv'>, 'environment': <['PATH=/usr/bin:/bin', 'SHELL=/bin/fish']>", "SHELL=/bin/fish\n0 9 * * * x\n", "working-directory|" },
    /* Recipients. */
    { DAILY "'shell': <'x'>, 'notify': <['user:bob', 'email:a@b']>, 'environment': <[" CRON "]>", "MAILTO=bob,a@b\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'notify': <['none']>, 'environment': <[" CRON "]>", "MAILTO=\"\"\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'notify': <['user:bob', 'webhook:chat']>, 'environment': <[" CRON "]>", "MAILTO=bob\n0 9 * * * x\n", "webhook:chat|" },
    { DAILY "'shell': <'x'>, 'notify': <['webhook:chat']>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "webhook:chat|" },
    { DAILY "'shell': <'x'>, 'notify': <['user:bob', 'user:c']>, 'environment': <['MAILTO=bob, c', " CRON "]>", "MAILTO=bob, c\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'notify': <['user:bob']>, 'environment': <['MAILTO=eve', " CRON "]>", "MAILTO=bob\n0 9 * * * x\n", "" },
    /* Times. */
    { "'schedule': <['0 9 * * *', '0 8 * * *', '@reboot']>, 'timezone': <'UTC'>, 'shell': <'x'>, 'environment': <[" CRON "]>", "CRON_TZ=UTC\n0 9 * * * x\n0 8 * * * x\n@reboot x\n", "" },
    { "'schedule': <['0 9 * * *', '0 9 1 * *']>, 'shell': <'x'>, 'environment': <[" CRON "]>", "0 9 * * * x\n0 9 1 * * x\n", "schedule=0 9 1 * *|" },
    { "'schedule': <['@Daily', '09:00 UTC']>, 'timezone': <'UTC'>, 'shell': <'x'>, 'environment': <[" CRON "]>", "CRON_TZ=UTC\n0 0 * * * x\n0 9 * * * x\n", "" },
    { "'schedule': <['every 90min from 2025-01-01T00:00:00Z']>, 'shell': <'x'>, 'environment': <[" CRON "]>", "", "schedule=every 90min from 2025-01-01T00:00:00Z|" },
    { "'shell': <'x'>", "", "schedule|" },
    { "'expect-every': <uint64 60000000>", "", "schedule|command|expect-every=1min|" },
    { DAILY "'shell': <'x'>, 'enabled': <false>, 'environment': <[" CRON "]>", "#0 9 * * * x\n", "" },
    /* What cron has nothing like, unless it says what holds anyway. */
    { DAILY "'shell': <'x'>, 'overlap': <'skip'>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "overlap=skip|" },
    { DAILY "'shell': <'x'>, 'overlap': <'queue'>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "overlap=queue|" },
    { DAILY "'shell': <'x'>, 'max-parallel': <uint32 3>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "max-parallel=3|" },
    { DAILY "'shell': <'x'>, 'start-deadline': <uint64 60000000>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "start-deadline=1min|" },
    { DAILY "'shell': <'x'>, 'jitter': <uint64 2700000000>, 'jitter-fixed': <true>, 'environment': <[" CRON "]>", "RANDOM_DELAY=45\n0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'jitter': <uint64 2700000000>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "jitter=45min|" },
    { DAILY "'shell': <'x'>, 'jitter': <uint64 5000000>, 'jitter-fixed': <true>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "jitter=5s|" },
    { DAILY "'shell': <'x'>, 'catch-up': <'one'>, 'leftover': <'wait'>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "catch-up=one|leftover=wait|" },
    { DAILY "'shell': <'x'>, 'retries': <uint32 3>, 'timeout': <uint64 60000000>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "timeout=1min|retries=3|" },
    { DAILY "'shell': <'x'>, 'retries': <uint32 0>, 'executor': <'local'>, 'nice': <0>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'nice': <5>, 'group': <'adm'>, 'limits': <['nofile=9']>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "group=adm|nice=5|limits=nofile=9|" },
    { DAILY "'shell': <'x'>, 'after': <@as []>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'after': <['y:failed']>, 'condition': <['idle']>, 'wake': <true>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "after=y:failed|condition=idle|wake=yes|" },
    { DAILY "'shell': <'x'>, 'environment-file': <'/e'>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "environment-file=/e|" },
    { DAILY "'shell': <'x'>, 'retry-delay': <uint64 5>, 'keep-runs': <uint32 5>, 'log-keep': <'never'>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'description': <'what for'>, 'tags': <['a', 'b']>, 'environment': <[" CRON "]>", "0 9 * * * x\n", "" },
    { DAILY "'shell': <'x'>, 'user': <'bob'>, 'environment': <[" CRON "]>", "#0 9 * * * x\n", "user=bob|" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *braced = g_strdup_printf ("{%s}", rows[i].settings);
      g_autoptr (GVariant) values = with_habits (braced);
      g_autoptr (GPtrArray) jobs = export_jobs_new ();
      g_autoptr (GPtrArray) files = export_files_new ();
      g_autofree char *text = NULL;
      g_autofree char *lost = NULL;

      add_job (jobs, "job", "alice", values);
      export_crontab_write (jobs, &of_user, files);
      g_assert_cmpuint (files->len, ==, 1);
      text = strip_comments (((const ExportFile *) g_ptr_array_index (files, 0))->text);
      lost = print_remarks (jobs, REMARK_LOST);
      g_test_message ("%s", rows[i].settings);
      g_assert_cmpstr (lost, ==, rows[i].lost);
      /* What cannot be written leaves no line. */
      if (*lost == '\0' || strchr (text, '*') != NULL)
        g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Said to be read by one cron alone, nothing is left to doubt: what it cannot do is lost. */
static void
test_dialects (void)
{
  static const struct
  {
    const char    *settings;
    CrontabDialect cron;
    const char    *text;
    const char    *differs;
    const char    *lost;
  } rows[] = {
    { "'timezone': <'Asia/Tokyo'>, 'shell': <'x'>", CRON_UNKNOWN, "CRON_TZ=Asia/Tokyo\n0 9 * * * x\n", "timezone|", "" },
    { "'timezone': <'Asia/Tokyo'>, 'shell': <'x'>", CRON_CRONIE, "CRON_TZ=Asia/Tokyo\n0 9 * * * x\n", "", "" },
    { "'timezone': <'Asia/Tokyo'>, 'shell': <'x'>", CRON_DEBIAN, "0 9 * * * x\n", "", "timezone|" },
    { "'jitter': <uint64 60000000>, 'jitter-fixed': <true>, 'shell': <'x'>", CRON_UNKNOWN, "RANDOM_DELAY=1\n0 9 * * * x\n", "jitter=1min|", "" },
    { "'jitter': <uint64 60000000>, 'jitter-fixed': <true>, 'shell': <'x'>", CRON_CRONIE, "RANDOM_DELAY=1\n0 9 * * * x\n", "", "" },
    { "'jitter': <uint64 60000000>, 'jitter-fixed': <true>, 'shell': <'x'>", CRON_DEBIAN, "0 9 * * * x\n", "", "jitter=1min|" },
    { "'timezone': <'UTC'>, 'shell': <'x'>", CRON_DEBIAN, "0 9 * * * x\n", "", "" }, /* the system's */
    { "'shell': <'a \\\\ \\\\\\\\b'>", CRON_UNKNOWN, "0 9 * * * a \\ \\\\\\b\n", "shell|", "" },
    { "'shell': <'a \\\\ \\\\\\\\b'>", CRON_DEBIAN, "0 9 * * * a \\ \\\\\\b\n", "", "" },
    { "'shell': <'a \\\\ \\\\\\\\b'>", CRON_CRONIE, "0 9 * * * a \\ \\\\b\n", "", "" },
    { "'shell': <'a \\\\%'>", CRON_DEBIAN, "0 9 * * * a \\\\\\%\n", "", "" },
    { "'shell': <'a \\\\%'>", CRON_CRONIE, "", "", "shell|" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *braced = g_strdup_printf ("{" DAILY "'environment': <[" CRON "]>, %s}", rows[i].settings);
      g_autoptr (GVariant) values = with_habits (braced);
      g_autoptr (GPtrArray) jobs = export_jobs_new ();
      g_autoptr (GPtrArray) files = export_files_new ();
      ExportOptions options = of_user;
      g_autofree char *text = NULL;
      g_autofree char *lost = NULL;
      g_autofree char *differs = NULL;

      options.cron = rows[i].cron;
      add_job (jobs, "job", "alice", values);
      export_crontab_write (jobs, &options, files);
      text = strip_comments (((const ExportFile *) g_ptr_array_index (files, 0))->text);
      lost = print_remarks (jobs, REMARK_LOST);
      differs = print_remarks (jobs, REMARK_DIFFERS);
      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpstr (lost, ==, rows[i].lost);
      g_assert_cmpstr (differs, ==, rows[i].differs);
    }
}

/* --- several jobs --- */

static void
test_order (void)
{
  static const char *const settings[] = {
    "{" DAILY "'shell': <'all'>, 'environment': <['A=1', 'B=2', " CRON "]>, 'notify': <['user:bob']>, 'timezone': <'Asia/Tokyo'>}",
    "{" DAILY "'shell': <'one'>, 'environment': <['A=0', " CRON "]>}",
    "{" DAILY "'shell': <'none'>, 'environment': <[" CRON "]>}",
    "{" DAILY "'shell': <'other'>, 'environment': <['A=0', 'PATH=/x', 'SHELL=/bin/sh']>}",
    "{" DAILY "'shell': <'same'>, 'environment': <['A=1', 'B=2', " CRON "]>}",
  };
  g_autoptr (GPtrArray) jobs = export_jobs_new ();
  g_autoptr (GPtrArray) files = export_files_new ();
  g_autofree char *text = NULL;
  g_autofree char *lost = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autoptr (GVariant) values = with_habits (settings[i]);

      add_job (jobs, "job", "alice", values);
    }
  export_crontab_write (jobs, &of_user, files);
  text = strip_comments (((const ExportFile *) g_ptr_array_index (files, 0))->text);
  g_assert_cmpstr (text, ==,
                   "0 9 * * * none\n"
                   "A=0\n0 9 * * * one\n"
                   "PATH=/x\n0 9 * * * other\n"
                   "A=1\nB=2\nPATH=/usr/bin:/bin\n0 9 * * * same\n"
                   "MAILTO=bob\nCRON_TZ=Asia/Tokyo\n0 9 * * * all\n");
  lost = print_remarks (jobs, REMARK_LOST);
  g_assert_cmpstr (lost, ==, "");
}

/* Two jobs with each what the other must not have: no table of both, but a file for each. */
static void
test_conflict (void)
{
  g_autoptr (GVariant) first = with_habits ("{" DAILY "'shell': <'a'>, 'environment': <['A=1', " CRON "]>}");
  g_autoptr (GVariant) second = with_habits ("{" DAILY "'shell': <'b'>, 'environment': <['B=1', " CRON "]>, 'user': <'bob'>}");
  g_autoptr (GPtrArray) together = export_jobs_new ();
  g_autoptr (GPtrArray) apart = export_jobs_new ();
  g_autoptr (GPtrArray) files = export_files_new ();
  g_autofree char *lost = NULL;
  g_autofree char *none_lost = NULL;
  g_autofree char *text = NULL;

  add_job (together, "x.y", "alice", first);
  add_job (together, "x-y", "alice", second);
  export_crontab_write (together, &of_system, files);
  lost = print_remarks (together, REMARK_LOST);
  g_assert_cmpstr (lost, ==, "A|");
  g_ptr_array_set_size (files, 0);
  add_job (apart, "x.y", "alice", first);
  add_job (apart, "x-y", "alice", second);
  export_crontab_write (apart, &of_folder, files);
  none_lost = print_remarks (apart, REMARK_LOST);
  g_assert_cmpstr (none_lost, ==, "");
  g_assert_cmpuint (files->len, ==, 2);
  /* Names that cron reads, each once. */
  g_assert_cmpstr (((const ExportFile *) g_ptr_array_index (files, 0))->name, ==, "x-y");
  g_assert_cmpstr (((const ExportFile *) g_ptr_array_index (files, 1))->name, ==, "x-y-2");
  text = strip_comments (((const ExportFile *) g_ptr_array_index (files, 1))->text);
  g_assert_cmpstr (text, ==, "B=1\n0 9 * * * bob b\n");
}

/* No value gets a line of its own, whatever is in it. */
static void
test_injection (void)
{
  g_autoptr (GVariant) values = with_habits ("{" DAILY "'shell': <'x'>, 'environment': <['A=1\n* * * * * evil', " CRON "]>, 'stdin': <'a\n* * * * * evil\n'>}");
  g_autoptr (GPtrArray) jobs = export_jobs_new ();
  g_autoptr (GPtrArray) files = export_files_new ();
  g_autofree char *text = NULL;

  add_job (jobs, "job", "alice", values);
  export_crontab_write (jobs, &of_user, files);
  text = strip_comments (((const ExportFile *) g_ptr_array_index (files, 0))->text);
  g_assert_cmpstr (text, ==, "0 9 * * * x%a%* * * * * evil\n");
}

/* --- there and back again --- */

static char *
describe_schedule (const char *text)
{
  g_autoptr (JtZone) zone = jt_zone_get ("UTC", NULL);
  g_autoptr (JtSchedule) schedule = jt_schedule_parse (text, zone, NOW, NULL, NULL);

  g_assert_nonnull (schedule);
  return g_strdup (jt_schedule_get_normalized (schedule));
}

/* Whom it runs as, and all settings, the schedule in its normal form. */
static char *
describe_entry (const ImportEntry *entry)
{
  g_autoptr (JtSettings) settings = jt_settings_new (entry->settings, NULL);
  g_auto (GStrv) schedules = jt_settings_get_strv (settings, "schedule");
  g_autofree char *schedule = describe_schedule (schedules[0]);
  const char *normal[] = { schedule, NULL };
  g_autoptr (GVariant) values = NULL;
  g_autoptr (JtSettings) normalized = NULL;
  g_autoptr (GVariant) sorted = NULL;
  g_autofree char *printed = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, entry->settings);
  g_variant_dict_insert (&dict, "schedule", "^as", normal);
  values = g_variant_ref_sink (g_variant_dict_end (&dict));
  normalized = jt_settings_new (values, NULL);
  sorted = g_variant_ref_sink (jt_settings_to_variant (normalized));
  printed = g_variant_print (sorted, FALSE);
  return g_strdup_printf ("%s %s", entry->user != NULL ? entry->user : "-", printed);
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
describe_entries (GPtrArray *entries)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (all, describe_entry (g_ptr_array_index (entries, i)));
  g_ptr_array_sort (all, compare_words);
  g_ptr_array_add (all, NULL);
  return g_strjoinv ("\n", (char **) all->pdata);
}

static GPtrArray *
make_jobs (GPtrArray *entries)
{
  GPtrArray *jobs = export_jobs_new ();

  for (guint i = 0; i < entries->len; i++)
    {
      const ImportEntry *entry = g_ptr_array_index (entries, i);
      GVariantDict dict;
      g_autoptr (GVariant) values = NULL;

      g_variant_dict_init (&dict, entry->settings);
      if (entry->user != NULL)
        g_variant_dict_insert (&dict, "user", "s", entry->user);
      values = g_variant_ref_sink (g_variant_dict_end (&dict));
      add_job (jobs, entry->name, "alice", values);
    }
  return jobs;
}

/* Reads what was written, and compares it with what it was written from. */
static void
go_there_and_back (const char *text, CrontabForm form, CrontabDialect dialect, GPtrArray *entries)
{
  g_autoptr (GPtrArray) jobs = make_jobs (entries);
  g_autoptr (GPtrArray) files = export_files_new ();
  g_autoptr (GPtrArray) again = import_entries_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *before = describe_entries (entries);
  g_autofree char *after = NULL;
  g_autofree char *lost = NULL;
  const ExportOptions options = { .user = "alice", .now_usec = NOW, .with_user = form == CRONTAB_OF_SYSTEM, .cron = dialect };
  const ExportFile *file;

  export_crontab_write (jobs, &options, files);
  file = g_ptr_array_index (files, 0);
  lost = print_remarks (jobs, REMARK_LOST);
  if (*lost != '\0')
    g_error ("%s\nlost %s:\n%s", text, lost, file->text);
  crontab_parse (file->text, "again", form, dialect, NOW, again, &error);
  if (error != NULL)
    g_error ("%s\ncannot be read back:\n%s\n%s", text, file->text, error->message);
  after = describe_entries (again);
  if (!g_str_equal (before, after))
    g_error ("%s\nwritten as\n%s\nbefore\n%s\nafter\n%s", text, file->text, before, after);
}

static void
test_corpus (void)
{
  static const struct
  {
    CrontabForm form;
    const char *text;
  } rows[] = {
    /* Debian's own */
    { CRONTAB_OF_SYSTEM, "SHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n\n"
                         "17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n"
                         "25 6\t* * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n"
                         "52 6\t1 * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.monthly; }\n" },
    { CRONTAB_OF_SYSTEM, "30 3 * * 0 root test -e /run/systemd/system || SERVICE_MODE=1 /usr/lib/x86_64-linux-gnu/e2fsprogs/e2scrub_all_cron\n"
                         "10 3 * * * root test -e /run/systemd/system || SERVICE_MODE=1 /sbin/e2scrub_all -A -r\n" },
    { CRONTAB_OF_SYSTEM, "PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n"
                         "09,39 *     * * *     root   [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi\n" },
    { CRONTAB_OF_SYSTEM, "57 0 * * 0 root if [ -x /usr/share/mdadm/checkarray ] && [ $(date +\\%d) -le 7 ]; then /usr/share/mdadm/checkarray --cron --all --idle --quiet; fi\n" },
    { CRONTAB_OF_SYSTEM, "MAILTO=root\n*/5 * * * * munin if [ -x /usr/bin/munin-cron ]; then /usr/bin/munin-cron; fi\n"
                         "10 10 * * * munin find /var/lib/munin -name '*.tmp' -mtime +1 -print0 | xargs -0 -r rm\n" },
    /* of the manual */
    { CRONTAB_OF_USER, "SHELL=/bin/sh\nMAILTO=paul\n#\n5 0 * * *       $HOME/bin/daily.job >> $HOME/tmp/out 2>&1\n"
                       "15 14 1 * *     $HOME/bin/monthly\n0 22 * * 1-5   mail -s \"It's 10pm\" joe%Joe,%%Where are your kids?%\n"
                       "23 0-23/2 * * * echo \"run 23 minutes after midn, 2am, 4am ..., everyday\"\n5 4 * * sun     echo \"run at 5 after 4 every sunday\"\n" },
    /* everything at once */
    { CRONTAB_OF_USER, "@reboot a\n@yearly a\n@annually a\n@monthly a\n@weekly a\n@daily a\n@midnight a\n@hourly a\n" },
    { CRONTAB_OF_USER, "A=1\n@daily a\nA=2\nB = ' x '\n@daily b\nSHELL=/bin/bash\n@daily c\nPATH=/x\n@daily d\nHOME=/srv\n@daily e\n"
                       "MAILTO=\"\"\n@daily f\nMAILTO=a@b.example,root\n@daily g\nCRON_TZ=Asia/Tokyo\n@daily h\nSHELL=/bin/sh\n@daily i\nCRON_TZ=UTC\n@daily j\n" },
    { CRONTAB_OF_USER, "CRON_TZ=Asia/Tokyo\n@daily a\nCRON_TZ=\"\"\n@daily b\n" },
    { CRONTAB_OF_USER, "MAILFROM=x@y\nCONTENT_TYPE=\"text/html; charset=utf-8\"\nMLS_LEVEL=s0\n0 0 * * 7 a\n" },
    { CRONTAB_OF_USER, "-0 0 * * * a\n0~59 1 * * * b\n5/15 0 ? * fri-sun c\n@Daily d\n" },
    { CRONTAB_OF_USER, "0 0 * * * a \\\\% b%\\%c\\\\%d\\%%e\\\n* * * * * a\\\\\\%b\n* * * * * x % \n* * * * * y %%%\n" },
    { CRONTAB_OF_USER, "0 0 * * * a\nRANDOM_DELAY=45\n0 0 * * * b\nRANDOM_DELAY=0\nX=1\n0 0 * * * c\nRANDOM_DELAY=9\n0 0 * * * d\n" },
    { CRONTAB_OF_USER, "HOME=srv\n0 0 * * * a\n" },
    { CRONTAB_OF_USER, "MAILTO=not an address\n0 0 * * * a\n" },
    { CRONTAB_OF_USER, "0 0 * * * printf '\xc3\xa4\xe2\x82\xac'   \n" },
    { CRONTAB_OF_USER, "0 0 1 * 1 a\n0 0 */2 * 1 b\n0 0 1-7 * */7 c\n" },
    { CRONTAB_OF_SYSTEM, "MAILTO=ops\n@daily bob a\nMAILTO=\"\"\n@daily www-data b\n@reboot root c\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (CrontabDialect dialect = CRON_UNKNOWN; dialect <= CRON_CRONIE; dialect++)
      {
        g_autoptr (GPtrArray) entries = import_entries_new ();
        g_autoptr (GError) error = NULL;

        crontab_parse (rows[i].text, "tab", rows[i].form, dialect, NOW, entries, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (entries->len, >, 0);
        go_there_and_back (rows[i].text, rows[i].form, dialect, entries);
      }
}

/* --- crontabs that nobody would write --- */

static void
append_noise (GRand *rand, GString *text)
{
  static const char *const pieces[] = { "a", "b c", "\\", "%", "\\%", "\\\\", "\"", "'", " ", "\t", "$x", ";", "|", "#", "=", "~", "&&", "\xc3\xa4", "*", "/bin/x", "\r" };

  for (int i = g_rand_int_range (rand, 0, 8); i > 0; i--)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
}

#define ANY(list) list[g_rand_int_range (rand, 0, G_N_ELEMENTS (list))]

/* Names only grow in number, as in any table: what is set is set until the end. */
static void
append_variable (GRand *rand, GString *text)
{
  static const char *const fixed[] = { "SHELL=/bin/bash",    "SHELL = /bin/sh",          "SHELL=\"/bin/zsh\"", "PATH=/x:/y",
                                       "HOME=/srv",          "HOME=/tmp",                "MAILTO=\"\"",        "MAILTO=root",
                                       "MAILTO=a@b,c , d@e", "CRON_TZ=Asia/Tokyo",       "CRON_TZ=\"\"",       "CRON_TZ=Europe/Berlin",
                                       "LOGNAME=eve",        "RANDOM_DELAY=30",           "USER=eve",                 "A.B=1",              "MAILTO=-oX,;" };
  static const char *const names[] = { "A", "B", "C_1", "\"Q\"", "'R'" };
  static const char *const quotes[] = { "", "", "\"", "'" };
  const char *quote = ANY (quotes);

  if (g_rand_boolean (rand))
    {
      g_string_append_printf (text, "%s\n", ANY (fixed));
      return;
    }
  g_string_append_printf (text, "%s = %s", ANY (names), quote);
  append_noise (rand, text);
  g_string_append_printf (text, "%s\n", quote);
}

static void
append_line (GRand *rand, GString *text, CrontabForm form)
{
  static const char *const times[] = { "* * * * *", "30 2 * * *", "*/5 9-17 * * 1-5", "@daily", "@reboot", "0 0 1,15 * fri", "1 2 3 4 *",
                                       "0 0 */2 * 1", "0~9 1 * * *", "5/15 0 ? * fri-sun", "@Hourly", "-0 4 * * *", "0\t4  * * 7" };
  static const char *const users[] = { "root", "bob", "www-data" };

  g_string_append_printf (text, "%s ", ANY (times));
  if (form == CRONTAB_OF_SYSTEM)
    g_string_append_printf (text, "%s\t", ANY (users));
  append_noise (rand, text);
  g_string_append_c (text, '\n');
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint n_read = 0;

  for (guint i = 0; i < 1500; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GPtrArray) entries = import_entries_new ();
      CrontabForm form = g_rand_boolean (rand) ? CRONTAB_OF_SYSTEM : CRONTAB_OF_USER;
      CrontabDialect dialect = (CrontabDialect) g_rand_int_range (rand, CRON_UNKNOWN, CRON_CRONIE + 1);

      for (int line = g_rand_int_range (rand, 1, 9); line > 0; line--)
        if (g_rand_int_range (rand, 0, 3) == 0)
          append_variable (rand, text);
        else
          append_line (rand, text, form);
      if (!crontab_parse (text->str, "tab", form, dialect, NOW, entries, NULL) || entries->len == 0)
        continue;
      n_read++;
      go_there_and_back (text->str, form, dialect, entries);
    }
  g_assert_cmpuint (n_read, >, 100);
}

/* Nothing that a file may hold does more than to be refused. */
static void
test_bytes (void)
{
  static const char alphabet[] = "*0159-/,~@ \t\n\n\r%\\\"'=aAlLwW#\xc3\xa4\xff\x01";
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < 20000; i++)
    {
      char text[64];
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GPtrArray) of_anacron = import_entries_new ();
      int length = g_rand_int_range (rand, 0, sizeof text);

      for (int at = 0; at < length; at++)
        text[at] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      text[length] = '\0';
      crontab_parse (text, "tab", i % 2 == 0 ? CRONTAB_OF_USER : CRONTAB_OF_SYSTEM, (CrontabDialect) (i % 3), NOW, entries, NULL);
      anacrontab_parse (text, "tab", NULL, NOW, of_anacron, NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export-crontab/lines", test_lines);
  g_test_add_func ("/export-crontab/dialects", test_dialects);
  g_test_add_func ("/export-crontab/order", test_order);
  g_test_add_func ("/export-crontab/conflict", test_conflict);
  g_test_add_func ("/export-crontab/injection", test_injection);
  g_test_add_func ("/export-crontab/corpus", test_corpus);
  g_test_add_func ("/export-crontab/random", test_random);
  g_test_add_func ("/export-crontab/bytes", test_bytes);
  return g_test_run ();
}
