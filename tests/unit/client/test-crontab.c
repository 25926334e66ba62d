/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Crontabs as crontab(5) describes them. */

#include <stdio.h>
#include <string.h>

#include "crontab-text.h"
#include "crontab.h"
#include "jt-error.h"
#include "jt-settings.h"
#include "remarks.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

static char *
print_entry (const ImportEntry *entry)
{
  /* Whose keys are sorted. */
  g_autoptr (JtSettings) sorted = jt_settings_new (entry->settings, NULL);
  g_autoptr (GVariant) values = g_variant_ref_sink (jt_settings_to_variant (sorted));
  g_autofree char *settings = g_variant_print (values, FALSE);

  return g_strdup_printf ("%s %u %s %s", entry->name, entry->line, entry->user != NULL ? entry->user : "-", settings);
}

static char *
print_remarks (const ImportEntry *entry)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < entry->remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (entry->remarks, i);

      g_string_append_printf (text, "%s %s: %s|", remark_kind_to_string (remark->kind), remark->what, remark->why);
    }
  return g_string_free (text, FALSE);
}

/* What cron itself hands to every job. */
#define CRON "'PATH=/usr/bin:/bin', 'SHELL=/bin/sh'"

static void
test_lines (void)
{
  static const struct
  {
    CrontabForm form;
    const char *text;
    const char *pattern; /* of the only entry */
  } rows[] = {
    { CRONTAB_OF_USER, "1 2 * * * /a/b c", "b 1 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_USER, "\n# c\n \t1\t 2\t*\t*\t* /a/b", "b 3 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_USER, "1 2 * * * x", "x 1 - *'environment': <[" CRON "]>*" },
    { CRONTAB_OF_USER, "SHELL=/bin/bash\n1 2 * * * x", "x 2 - *'command': <['/bin/bash', '-c', 'x']>*" },
    { CRONTAB_OF_USER, "SHELL=/bin/bash\n1 2 * * * x", "x 2 - *'SHELL=/bin/bash'*" },
    { CRONTAB_OF_USER, "SHELL=zsh\n1 2 * * * x", "x 2 - *'command': <['zsh', '-c', 'x']>*" },
    { CRONTAB_OF_USER, "SHELL=/bin/sh\n1 2 * * * x", "x 2 - *'shell': <'x'>*" },
    { CRONTAB_OF_USER, " A = 'b c' \n\"Q\"=1\n1 2 * * * x", "x 3 - *'environment': <['A=b c', 'PATH=/usr/bin:/bin', 'Q=1', 'SHELL=/bin/sh']>*" },
    { CRONTAB_OF_USER, "A=b\"c\" d \t\nPATH=$HOME/bin\n1 2 * * * x", "x 3 - *'environment': <['A=b\"c\" d', 'PATH=$HOME/bin', 'SHELL=/bin/sh']>*" },
    { CRONTAB_OF_USER, "A=\" b \"\nA=''\n1 2 * * * x", "x 3 - *'environment': <['A=', " CRON "]>*" },
    { CRONTAB_OF_USER, "A=\n1 2 * * * x", "x 2 - *'environment': <['A=', " CRON "]>*" },
    { CRONTAB_OF_USER, "A=\"it's\"\n1 2 * * * x", "x 2 - *\"A=it's\"*" },
    { CRONTAB_OF_USER, "A.B=1\n1 2 * * * x", "x 2 - *'environment': <[" CRON "]>*" },
    { CRONTAB_OF_USER, "HOME=/srv\n1 2 * * * x", "x 2 - *'working-directory': <'/srv'>*" },
    { CRONTAB_OF_USER, "HOME=srv\n1 2 * * * x", "x 2 - *'environment': <['HOME=srv', " CRON "]>, 'leftover'*" },
    { CRONTAB_OF_USER, "CRON_TZ=Asia/Tokyo\n1 2 * * * x", "x 2 - *'environment': <[" CRON "]>*'timezone': <'Asia/Tokyo'>*" },
    { CRONTAB_OF_USER, "LOGNAME=eve\nUSER=eve\n1 2 * * * x", "x 3 - *'environment': <[" CRON "]>*'shell': <'x'>*" },
    { CRONTAB_OF_USER, "MAILTO=ops@example.com\n1 2 * * * x", "x 2 - *'MAILTO=ops@example.com'*'notify': <['email:ops@example.com']>*" },
    { CRONTAB_OF_USER, "MAILTO=bob, eve@b ,c\n1 2 * * * x", "x 2 - *'notify': <['user:bob', 'email:eve@b', 'user:c']>*" },
    { CRONTAB_OF_USER, "MAILTO=\"\"\n1 2 * * * x", "x 2 - *'notify': <['none']>*" },
    { CRONTAB_OF_USER, "MAILTO=\n1 2 * * * x", "x 2 - *'notify': <['none']>*" },
    { CRONTAB_OF_USER, "MAILTO=-oQ,bob\n1 2 * * * x", "x 2 - *'notify': <['user:bob']>*" },
    { CRONTAB_OF_USER, "@Daily x=1 /a/b", "b 1 - *'schedule': <['@Daily']>*" },
    { CRONTAB_OF_USER, "@reboot x", "x 1 - *'schedule': <['@reboot']>*" },
    { CRONTAB_OF_USER, "-1 2 * * * x", "x 1 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_USER, "1 2 * * * x\r\n", "x 1 - *'shell': <'x'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x\ry\n", "x-y 1 - *'shell': <'x\\ry'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x  ", "x 1 - *'shell': <'x  '>*" },
    { CRONTAB_OF_USER, "0 22 * * 1-5 A=B x", "x 1 - *'shell': <'A=B x'>*" },
    { CRONTAB_OF_USER, "@daily =x\n1 2 * * * x", "x 2 - *'schedule': <['1 2 * * *']>*" },
    { CRONTAB_OF_SYSTEM, "1 2 * * * bob x y", "x 1 bob *'shell': <'x y'>*" },
    { CRONTAB_OF_SYSTEM, "@weekly\tbob\tx y", "x 1 bob *'shell': <'x y'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x", "* *'leftover': <'leave'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x", "* *'catch-up': <'none'>*" },
    { CRONTAB_OF_USER, "1 2 * * * x", "* *'overlap': <'allow'>*" },
    { CRONTAB_OF_USER, "RANDOM_DELAY=45\n1 2 * * * x", "x 2 - *'environment': <[" CRON "]>*'jitter': <uint64 2700000000>, 'jitter-fixed': <true>*" },
    { CRONTAB_OF_USER, "RANDOM_DELAY=45\nRANDOM_DELAY=0\n1 2 * * * x", "x 3 - *'environment': <[" CRON "]>, 'leftover'*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      crontab_parse (rows[i].text, "tab", rows[i].form, CRON_UNKNOWN, NOW, entries, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (entries->len, ==, 1);
      text = print_entry (g_ptr_array_index (entries, 0));
      if (!g_pattern_match_simple (rows[i].pattern, text))
        g_error ("%s\nexpected %s\n     got %s", rows[i].text, rows[i].pattern, text);
    }
}

/* What Debian's cron does with these lines was looked at, byte by byte. */
static void
test_percents (void)
{
  static const struct
  {
    const char *text;
    const char *command;
    const char *input;
    const char *of_cronie; /* NULL: the same command */
  } rows[] = {
    { "a", "a", NULL },
    { "echo 50\\% done", "echo 50% done", NULL },
    { "mail bob%Dear Bob%bye", "mail bob", "Dear Bob\nbye\n" },
    { "cat %", "cat ", NULL },
    { "cat %%", "cat ", "\n" },
    { "cat %a%", "cat ", "a\n" },
    { "cat %a%%", "cat ", "a\n\n" },
    { "cat %a%b\\", "cat ", "a\nb\\\n" },
    { "cat %\\", "cat ", "\\" },
    { "cat %a%\\", "cat ", "a\n\\" },
    { "a \\x \\", "a \\x \\", NULL },
    { "a\r%", "a\r", NULL },
    { "cat %a\r%", "cat ", "a\r\n" },
    /* In the command a backslash takes the next one along, in the input it does not. */
    { "'x\\\\y'", "'x\\y'", NULL, "'x\\\\y'" },
    { "'x\\\\\\y'", "'x\\\\y'", NULL, "'x\\\\\\y'" },
    { "'x\\\\\\\\y'", "'x\\\\y'", NULL, "'x\\\\\\\\y'" },
    { "'x\\\\\\%y'", "'x\\%y'", NULL, "'x\\\\%y'" },
    { "'x\\%y'", "'x%y'", NULL },
    { "'z\\\\'", "'z\\'", NULL, "'z\\\\'" },
    { "cat #\\\\%one\\%two\\\\%three\\%%four\\x\\\\%", "cat #\\", "one%two\\%three%\nfour\\x\\%\n", "cat #\\\\" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (CrontabDialect dialect = CRON_UNKNOWN; dialect <= CRON_CRONIE; dialect++)
      {
        g_autofree char *input = NULL;
        g_autofree char *command = crontab_text_split (rows[i].text, dialect, &input);
        g_autofree char *joined = crontab_text_join (command, input, dialect);
        g_autofree char *input_again = NULL;
        g_autofree char *command_again = NULL;

        g_assert_cmpstr (command, ==, dialect == CRON_CRONIE && rows[i].of_cronie != NULL ? rows[i].of_cronie : rows[i].command);
        g_assert_cmpstr (input, ==, rows[i].input);
        g_assert_nonnull (joined);
        command_again = crontab_text_split (joined, dialect, &input_again);
        g_assert_cmpstr (command_again, ==, command);
        g_assert_cmpstr (input_again, ==, input);
        g_assert_cmpint (crontab_text_is_disputed (rows[i].text), ==, rows[i].of_cronie != NULL);
      }
}

/* What no line of a crontab says. */
static void
test_unsayable (void)
{
  static const char *const rows[][2] = { { "a\nb", NULL }, { "a", "no end of line" }, { "a", "x\\\ny\n" } };
  static const char *const values[] = { "a\nb", "\"it's\"", " \"'" };
  g_autofree char *of_debian = crontab_text_join ("a \\%", NULL, CRON_DEBIAN);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_null (crontab_text_join (rows[i][0], rows[i][1], CRON_DEBIAN));
      g_assert_null (crontab_text_join (rows[i][0], rows[i][1], CRON_CRONIE));
    }
  g_assert_cmpstr (of_debian, ==, "a \\\\\\%");
  g_assert_null (crontab_text_join ("a \\%", NULL, CRON_CRONIE));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_null (crontab_text_quote (values[i]));
}

/* What a table says to cronie is a variable like others to Debian's cron. */
static void
test_dialects (void)
{
  static const struct
  {
    CrontabDialect dialect;
    const char *pattern;
    const char *remarks;
  } rows[] = {
    { CRON_UNKNOWN, "x 3 - *'jitter': <uint64 300000000>, 'jitter-fixed': <true>*'timezone': <'Asia/Tokyo'>*", "*|differs CRON_TZ: *|differs RANDOM_DELAY: *" },
    { CRON_CRONIE, "x 3 - *'environment': <[" CRON "]>*'timezone': <'Asia/Tokyo'>*", "*|same CRON_TZ: timezone=Asia/Tokyo|*" },
    { CRON_DEBIAN, "x 3 - *'environment': <['CRON_TZ=Asia/Tokyo', 'PATH=/usr/bin:/bin', 'RANDOM_DELAY=5', 'SHELL=/bin/sh']>, 'leftover'*",
      "*|differs CRON_TZ: is handed to the job only*|differs RANDOM_DELAY: is handed to the job only*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      g_autofree char *said = NULL;

      crontab_parse ("CRON_TZ=Asia/Tokyo\nRANDOM_DELAY=5\n1 2 * * * x", "tab", CRONTAB_OF_USER, rows[i].dialect, NOW, entries, &error);
      g_assert_no_error (error);
      text = print_entry (g_ptr_array_index (entries, 0));
      said = print_remarks (g_ptr_array_index (entries, 0));
      if (!g_pattern_match_simple (rows[i].pattern, text) || g_str_has_suffix (text, "'timezone'") || !g_pattern_match_simple (rows[i].remarks, said))
        g_error ("expected %s\n     got %s\nexpected %s\n     got %s", rows[i].pattern, text, rows[i].remarks, said);
    }
}

/* --- A~B --- */

static char *
draw (const char *line)
{
  g_autoptr (GPtrArray) entries = import_entries_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) schedules = NULL;

  crontab_parse (line, "tab", CRONTAB_OF_USER, CRON_UNKNOWN, NOW, entries, &error);
  g_assert_no_error (error);
  g_variant_lookup (((ImportEntry *) g_ptr_array_index (entries, 0))->settings, "schedule", "^as", &schedules);
  return g_strdup (schedules[0]);
}

/* One value out of the range, always the same for one line, and not the same for all. */
static void
test_drawn (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *line = g_strdup_printf ("10~19 ~ 1,~3 * mon~5 /opt/x %u\n", i);
      g_autofree char *drawn = draw (line);
      g_autofree char *again = draw (line);
      int minute;
      int hour;
      int day;
      int weekday;

      g_assert_cmpstr (drawn, ==, again);
      g_assert_cmpint (sscanf (drawn, "%d %d 1,%d * %d", &minute, &hour, &day, &weekday), ==, 4);
      g_assert_true (minute >= 10 && minute <= 19 && hour >= 0 && hour <= 23 && day >= 1 && day <= 3 && weekday >= 1 && weekday <= 5);
      g_hash_table_add (seen, g_steal_pointer (&drawn));
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 150);
}

static void
test_refused (void)
{
  static const struct
  {
    CrontabForm form;
    const char *text;
    const char *pattern;
  } rows[] = {
    { CRONTAB_OF_USER, "\n1 24 * * * x", "tab:2:3: hour 0-23*" },
    { CRONTAB_OF_USER, "  1 24 * * * x", "tab:1:5: hour 0-23*" },
    { CRONTAB_OF_USER, "1\t \t24 * * * x", "tab:1:5: hour 0-23*" },
    { CRONTAB_OF_USER, "1  2  *   *  1-9 x", "tab:1:16: weekday 0-7*" },
    { CRONTAB_OF_USER, "-1 24 * * * x", "tab:1:4: hour 0-23*" },
    { CRONTAB_OF_USER, "1 2 3", "tab:1:6: the line ends after 3 of 5 fields*" },
    { CRONTAB_OF_USER, "1 2 * * *", "tab:1:10: the line ends after 5 of 5 fields*" },
    { CRONTAB_OF_USER, "@dialy x", "tab:1:*@daily*" },
    { CRONTAB_OF_USER, "@daily", "tab:1:7: the line ends*" },
    { CRONTAB_OF_USER, "0 0 30 2 * x", "tab:1:1: '0 0 30 2 *' never occurs*" },
    { CRONTAB_OF_USER, "0 0 * * * \xff", "tab:1:11: not valid UTF-8" },
    { CRONTAB_OF_USER, "nonsense", "tab:1:9: the line ends after 1 of 5 fields*" },
    { CRONTAB_OF_USER, "CRON_TZ=Mars/Base\n0 0 * * * x", "tab:2:1: *Mars/Base*" },
    { CRONTAB_OF_USER, "A='b\n", "tab:1:3: the closing quote*" },
    { CRONTAB_OF_USER, "A = \"b\" c\n", "tab:1:9: nothing may follow the closing quote*" },
    { CRONTAB_OF_USER, "0 5~2 * * * x\n", "tab:1:3: a random value is written LEAST~MOST*" },
    { CRONTAB_OF_USER, "0 5 1~32 * * x\n", "tab:1:5: a random value is written LEAST~MOST*" },
    { CRONTAB_OF_USER, "SHELL=bin/sh\n0 5 * * * x\n", "tab:2:11: command: 'bin/sh' is neither*" },
    { CRONTAB_OF_USER, "SHELL=/bin/zsh\n@daily %x\n", "tab:2:8: there is no command before the %; take the line out" },
    { CRONTAB_OF_SYSTEM, "0 0 * * * root", "tab:1:*user*" },
    { CRONTAB_OF_USER, "61 * * * * a\n1 1 1 1 1 b\n* 25 * * * c", "tab:1:1: *\ntab:3:3: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (crontab_parse (rows[i].text, "tab", rows[i].form, CRON_UNKNOWN, NOW, entries, &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      if (!g_pattern_match_simple (rows[i].pattern, error->message))
        g_error ("%s\nexpected %s\n     got %s", rows[i].text, rows[i].pattern, error->message);
    }
}

/* What somebody sends us is read to its end, and complained about in few words. */
static void
test_limits (void)
{
  g_autoptr (GPtrArray) entries = import_entries_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) bad = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 0; i < 50; i++)
    g_string_append (bad, "x\n");
  g_assert_false (crontab_parse (bad->str, "tab", CRONTAB_OF_USER, CRON_UNKNOWN, NOW, entries, &error));
  g_assert_nonnull (strstr (error->message, "tab:20:2: "));
  g_assert_null (strstr (error->message, "tab:21:"));
  g_assert_nonnull (strstr (error->message, "\nand 30 more"));
  g_clear_error (&error);
  for (guint i = 0; i < 10001; i++)
    g_string_append (many, "@daily x\n");
  g_assert_false (crontab_parse (many->str, "tab", CRONTAB_OF_USER, CRON_UNKNOWN, NOW, entries, &error));
  g_assert_nonnull (strstr (error->message, "tab:10001:1: more than 10000 jobs"));
}

/* --- what is said --- */

static void
test_remarks (void)
{
  static const struct
  {
    const char *text;
    const char *pattern; /* of what is said of the last line */
  } rows[] = {
    { "1 1 * * * a", "same 1 1 \\* \\* \\*: schedule|same PATH, SHELL: environment|same cron: catch-up=none, leftover=leave, overlap=allow|" },
    { "MAILTO=bob\n1 1 * * * a", "*|differs MAILTO: notify=user:bob: told of failures*|*" },
    { "MAILTO=bob\nMAILTO=\"\"\n1 1 * * * a", "*|same MAILTO=\"\": notify=none|*" },
    { "MAILTO=a b\n1 1 * * * a", "*|lost MAILTO: 'a b' is neither an account nor a plain address|*" },
    { "CRON_TZ=Europe/Berlin\n1 1 * * * a", "*|differs CRON_TZ: timezone=Europe/Berlin*Debian*|*" },
    { "SHELL=/bin/zsh\n1 1 * * * a", "*|same SHELL: command=/bin/zsh -c …|*" },
    { "SHELL=zsh\n1 1 * * * a", "*|differs SHELL: 'zsh' is looked for in PATH*|*" },
    { "HOME=/srv\n1 1 * * * a", "*|same HOME: working-directory=/srv|*" },
    { "HOME=srv\n1 1 * * * a", "*|differs HOME: 'srv' is not absolute*|*" },
    { "USER=eve\n1 1 * * * a", "*|differs USER: *'eve'*|*" },
    { "A.B=1\nA.B=2\n1 1 * * * a", "*|lost A.B: a variable's name*|same cron*" },
    { "MLS_LEVEL=s0\n1 1 * * * a", "*|differs MLS_LEVEL: *SELinux*|*" },
    { "RANDOM_DELAY=x\n1 1 * * * a", "*|lost RANDOM_DELAY: 'x' is no number of minutes|*" },
    { "1 1 * * * a%b", "*|same %: stdin|*" },
    { "1 1 * * * 'a\\\\b'", "*|differs \\\\: of two backslashes*|*" },
    { "-1 1 * * * a", "differs -: *|same 1 1*" },
    { "1 1 * * * a\r", "differs CR: *|same 1 1*" },
    { "@Daily a", "differs @Daily: not every cron takes such a line*|*" },
    { "5/15 1 L * fri-sun a", "differs 5/15 1 L \\* fri-sun: not every cron*|*" },
    { "0~0 1 * * * a", "differs 0~0 1 \\* \\* \\*: schedule=0 1 \\* \\* \\*: drawn*|same 0 1*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) entries = import_entries_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *said = NULL;
      g_autoptr (GRegex) star = g_regex_new ("\\\\\\*", 0, 0, NULL);
      g_autofree char *pattern = g_regex_replace_literal (star, rows[i].pattern, -1, 0, "?", 0, NULL);

      crontab_parse (rows[i].text, "tab", CRONTAB_OF_USER, CRON_UNKNOWN, NOW, entries, &error);
      g_assert_no_error (error);
      said = print_remarks (g_ptr_array_index (entries, entries->len - 1));
      if (!g_pattern_match_simple (pattern, said))
        g_error ("%s\nexpected %s\n     got %s", rows[i].text, rows[i].pattern, said);
    }
}

static void
test_names (void)
{
  static const char *const rows[][2] = {
    { "/opt/backup.sh -v", "backup.sh" },
    { "cd / && nice -n 19 /opt/backup.sh", "backup.sh" },
    { "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )", "cron.daily" },
    { "[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi", "sessionclean" },
    { "A=1 B=2 env C=3 tool", "tool" },
    { "\"$EXAMPLES/backup\" /x", "backup" },
    { "python3 -m http.server", "python3" },
    { "~/bin/x >/dev/null 2>&1", "x" },
    { "command -v debian-sa1 > /dev/null && debian-sa1 60 2", "debian-sa1" },
    { "test -x /opt/a >/dev/null 2>&1 && b", "b" },
    { "if [ -x /opt/check ] && [ $(date +%d) -le 7 ]; then /opt/check --all; fi", "check" },
    { "d=$({ cat /etc/a.conf || true; } | tail -1); d=${d:-/var/www}; find \"$d\" -delete", "find" },
    { "$(unclosed", "cron" },
    { ": >", "cron" },
    { ":", "cron" },
    { "", "cron" },
    { "'/opt/w\xc3\xa4rme'", "w-rme" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = crontab_name_of_command (rows[i][0]);

      g_assert_cmpstr (name, ==, rows[i][1]);
    }
}

static void
test_unique (void)
{
  g_autoptr (GPtrArray) entries = import_entries_new ();

  crontab_parse ("1 1 * * * a\n2 1 * * * a\n3 1 * * * a-2\n4 1 * * * a\n", "tab", CRONTAB_OF_USER, CRON_UNKNOWN, NOW, entries, NULL);
  import_names_make_unique (entries);
  g_assert_cmpstr (((ImportEntry *) g_ptr_array_index (entries, 1))->name, ==, "a-2");
  g_assert_cmpstr (((ImportEntry *) g_ptr_array_index (entries, 2))->name, ==, "a-2-2");
  g_assert_cmpstr (((ImportEntry *) g_ptr_array_index (entries, 3))->name, ==, "a-3");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crontab/lines", test_lines);
  g_test_add_func ("/crontab/percents", test_percents);
  g_test_add_func ("/crontab/unsayable", test_unsayable);
  g_test_add_func ("/crontab/dialects", test_dialects);
  g_test_add_func ("/crontab/drawn", test_drawn);
  g_test_add_func ("/crontab/refused", test_refused);
  g_test_add_func ("/crontab/limits", test_limits);
  g_test_add_func ("/crontab/names", test_names);
  g_test_add_func ("/crontab/unique", test_unique);
  g_test_add_func ("/crontab/remarks", test_remarks);
  return g_test_run ();
}
