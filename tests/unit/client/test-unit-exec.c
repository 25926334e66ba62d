/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Command lines of units, and their specifiers. */

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "jt-error.h"
#include "unit-exec.h"

static char *
show_commands (GPtrArray *commands)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < commands->len; i++)
    {
      const UnitCommand *command = g_ptr_array_index (commands, i);
      g_autofree char *words = g_strjoinv ("][", command->argv);

      g_string_append_printf (text, "%s%s%s%s%s[%s]", i > 0 ? " then " : "", command->flags & UNIT_EXEC_MAY_FAIL ? "-" : "",
                              command->flags & UNIT_EXEC_NO_VARIABLES ? ":" : "", command->flags & UNIT_EXEC_AS_ROOT ? "+" : "", command->path,
                              words);
    }
  return g_string_free (text, FALSE);
}

static void
test_commands (void)
{
  static const char *const rows[][2] = {
    { "/bin/a", "/bin/a[/bin/a]" },
    { "/bin/a b 'c d'", "/bin/a[/bin/a][b][c d]" },
    { "-/bin/a", "-/bin/a[/bin/a]" },
    { "-:+/bin/a", "-:+/bin/a[/bin/a]" },
    { "!/bin/a", "+/bin/a[/bin/a]" },
    { "!!/bin/a", "+/bin/a[/bin/a]" },
    { "@/bin/a b c", "/bin/a[b][c]" },
    { "@-/bin/a b", "-/bin/a[b]" },
    { "tool --x", "tool[tool][--x]" },
    { "'/opt/with blank/a' x", "/opt/with blank/a[/opt/with blank/a][x]" },
    { "/bin/a ; /bin/b c", "/bin/a[/bin/a] then /bin/b[/bin/b][c]" },
    { "/bin/a x ;", "/bin/a[/bin/a][x]" },
    { "/bin/a \\; b", "/bin/a[/bin/a][;][b]" },
    { "/bin/a ';' b", "/bin/a[/bin/a][;][b]" },
    { "/bin/a x;y", "/bin/a[/bin/a][x;y]" },
    { "/bin/a \\d+", "/bin/a[/bin/a][\\d+]" },
    { "/bin/a ${X} $Y $$Z", "/bin/a[/bin/a][${X}][$Y][$$Z]" },
    { "/bin/a %i %%i 100%", "/bin/a[/bin/a][b-c][%i][100%]" },
    { "/bin/%p", "/bin/a-d[/bin/a-d]" },
    { "", "" },
    { "bin/a", "!'bin/a' is neither an absolute path nor a bare name" },
    { "/bin/", "!'/bin/' is a folder" },
    { "-", "!the program is missing" },
    { "@/bin/a", "!after @ the program's own name is missing" },
    { "/bin/a 'b", "!the quote ' is not closed" },
    { "/bin/a %b", "!%b is known only when systemd starts it; write what it stands for" },
  };
  g_autoptr (Unit) unit = unit_new ("a-d@b-c.service");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func ((GDestroyNotify) unit_command_free);
      g_autoptr (GError) error = NULL;
      gboolean is_good = unit_exec_parse (unit, UNIT_MANAGER_SYSTEM, rows[i][0], commands, &error);
      g_autofree char *shown = is_good ? show_commands (commands) : g_strconcat ("!", error->message, NULL);

      g_assert_cmpstr (shown, ==, rows[i][1]);
    }
}

static void
test_limits (void)
{
  g_autoptr (Unit) unit = unit_new ("a.service");
  g_autoptr (GString) words = g_string_new ("/bin/a");
  g_autoptr (GString) many = g_string_new ("/bin/a");
  const char *const texts[] = { words->str, many->str };

  for (guint i = 0; i < 1100; i++)
    g_string_append (words, " x");
  for (guint i = 0; i < 300; i++)
    g_string_append (many, " ; /bin/a");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func ((GDestroyNotify) unit_command_free);
      g_autoptr (GError) error = NULL;

      g_assert_false (unit_exec_parse (unit, UNIT_MANAGER_SYSTEM, i == 0 ? words->str : many->str, commands, &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
    }
}

static void
test_specifiers (void)
{
  static const char *const rows[][2] = {
    { "%n", "a-b@srv-www\\x2dx.service" },
    { "%N", "a-b@srv-www\\x2dx" },
    { "%p %P", "a-b a/b" },
    { "%i", "srv-www\\x2dx" },
    { "%I", "srv/www-x" },
    { "%f", "/srv/www-x" },
    { "%j %J", "b b" },
    { "%u %U %G %h", "root 0 0 /root" },
    { "%t %S %C %L %E %T %V", "/run /var/lib /var/cache /var/log /etc /tmp /var/tmp" },
    { "%y %Y", "/lib/units/a.service /lib/units" },
    { "%% %z 5%", "% %z 5%" },
    { "%b", NULL },
    { "%v", NULL },
    { "%d/x", NULL },
    { "%w", NULL },
  };
  g_autoptr (Unit) unit = unit_new ("a-b@srv-www\\x2dx.service");

  g_assert_true (unit_read_text (unit, "", 0, "/lib/units/a.service", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = unit_expand (unit, UNIT_MANAGER_SYSTEM, rows[i][0], &error);

      g_assert_cmpstr (text, ==, rows[i][1]);
      if (text == NULL)
        g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
    }
}

/* Of a user's manager: what depends on systemd's version is not guessed. */
static void
test_user_specifiers (void)
{
  g_autoptr (Unit) unit = unit_new ("a.service");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = unit_expand (unit, UNIT_MANAGER_USER, "%u %U %h", NULL);
  struct passwd *account = getpwuid (getuid ());
  g_autofree char *expected = g_strdup_printf ("%s %u %s", account->pw_name, getuid (), account->pw_dir);

  g_assert_cmpstr (text, ==, expected);
  g_assert_null (unit_expand (unit, UNIT_MANAGER_USER, "%S", &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
}

/* Each a megabyte of names: nothing grows without bound. */
static void
test_growth (void)
{
  g_autofree char *name = g_strnfill (240, 'a');
  g_autofree char *whole = g_strconcat (name, ".service", NULL);
  g_autoptr (Unit) unit = unit_new (whole);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (text, "%n");
  g_assert_null (unit_expand (unit, UNIT_MANAGER_SYSTEM, text->str, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* Whatever the bytes are, each reader ends, and says why when it does not take them. */
static void
test_garbage (void)
{
  static const char *const pieces[] = { "[Service]\n", "[", "]", "=", "\\\n", "\n", "\r", "\\x4", "\\", "'", "\"", " ", "%", "%n", "%b", "$", "${", "}", ";", "#",
                                        "/bin/a", "-", "@", "+", "ExecStart=", "\xc3\xa4", "\xff", "\x01", "x" };
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (g_rand_boolean (random) ? "[Service]\nExecStart=" : NULL);
      g_autoptr (Unit) unit = unit_new ("a@b.service");
      g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func ((GDestroyNotify) unit_command_free);
      g_autoptr (GError) error = NULL;
      const char *value;

      for (int n = g_rand_int_range (random, 0, 30); n > 0; n--)
        g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      if (!unit_read_text (unit, text->str, text->len, "file", &error))
        {
          g_assert_nonnull (error);
          continue;
        }
      value = unit_get (unit, "Service", "ExecStart");
      if (value != NULL && !unit_exec_parse (unit, UNIT_MANAGER_SYSTEM, value, commands, &error))
        g_assert_nonnull (error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unit-exec/commands", test_commands);
  g_test_add_func ("/unit-exec/limits", test_limits);
  g_test_add_func ("/unit-exec/specifiers", test_specifiers);
  g_test_add_func ("/unit-exec/user-specifiers", test_user_specifiers);
  g_test_add_func ("/unit-exec/growth", test_growth);
  g_test_add_func ("/unit-exec/garbage", test_garbage);
  return g_test_run ();
}
