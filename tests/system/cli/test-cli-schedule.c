/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Schedules that are refused, wherever they are asked about: `schedule`, `add`, PreviewSchedule and AddJob; and doubts about those
 * that are taken. */

#include <string.h>

#include "cli-fixture.h"
#include "jt-names.h"
#include "refused-rows.h"

#define GAP "jobctl: warning: schedule '30 2 * * *': On "
#define FORWARD " there is no 02:30, as the clock goes forward: it elapses at 03:00 then.\n"

static const CliRow doubt_rows[] = {
  { "schedule", "jobctl schedule '0 9 13 * 5'", 0, "\n  doubtful    Both day fields are given: cron elapses when either matches.", "" },
  { "schedule-none", "! jobctl schedule '0 9 13 * *' | grep doubtful", 0, "", "" },
  { "schedule-json", "jobctl schedule --json '0 9 13 * 5' '* * * * *' | tr -d '\\n'", 0,
    "\"warnings\" : [      \"Both day fields are given: cron elapses when either matches. Where both must, write the calendar 'Fri *-*-13 09:00'.\"    ]  }", "" },
  { "schedule-batch", "echo '{\"id\":1,\"expr\":\"0 0 31 * *\"}' | jobctl schedule --batch", 0,
    "\"warnings\":[\"Not every month has a day 31; L as the day of month is the last one.\"]}", "" },
  { "schedule-batch-none", "echo '{\"id\":1,\"expr\":\"0 0 1 * *\",\"count\":0}' | jobctl schedule --batch", 0, "\"next\":[]}\n", "" },
  { "schedule-never", "jobctl schedule '0 0 30 2 *'", 0,
    "\n  next        never\n  note        never occurs: none of its months has a day 30; the last day of a month is L\n", "" },
  { "schedule-never-json", "echo '{\"expr\":\"@reboot\"}' | jobctl schedule --batch", 0,
    "\"next\":[],\"note\":\"has no instants of its own: it elapses after each start of the machine\"}", "" },
  { "add", "jobctl add doubtful --schedule '30 2 * * *' --timezone Europe/Berlin -- true", 0, "added doubtful; next: ", GAP },
  { "add-whole", "jobctl add whole --schedule '30 2 * * *' --timezone Europe/Berlin -- true", 0, NULL, FORWARD },
  { "add-several", "jobctl add several --schedule '@daily' --schedule '0 0 31 * *' --every 1month -- true 2>&1 >&- | wc -l", 0, "2\n", "" },
  { "add-none", "jobctl add clear --schedule '30 2 * * *' --timezone UTC --schedule @reboot -- true", 0, "added clear", "" },
  { "add-quiet", "jobctl -q add quiet --schedule '30 2 * * *' --timezone Europe/Berlin -- true", 0, "", "" },
  { "add-json", "jobctl add json --json --schedule '30 2 * * *' --timezone Europe/Berlin -- true | tr -d '\\n'", 0,
    "\"warnings\" : [    \"schedule '30 2 * * *': On ", "" },
  { "add-json-none", "! jobctl add json-clear --json --schedule '30 2 * * *' --timezone UTC -- true | grep warnings", 0, "", "" },
  { "set-schedule", "jobctl set clear schedule='0 9 13 * 5'", 0, "changed clear", "jobctl: warning: schedule '0 9 13 * 5': Both day fields are given" },
  { "set-zone", "jobctl -q set clear schedule='30 2 * * *'; jobctl set clear timezone=Europe/Berlin", 0, "changed clear", GAP },
  { "set-other", "jobctl set clear retries=2", 0, "changed clear", "" },
  { "set-none", "jobctl set clear schedule='30 4 * * *'", 0, "changed clear", "" },
  { "set-json", "jobctl set clear --json schedule='0 0 31 * *' | tr -d '\\n'", 0, "\"warnings\" : [    \"schedule '0 0 31 * *': Not every month", "" },
  { "set-json-other", "! jobctl set clear --json retries=3 | grep warnings", 0, "", "" },
  { "set-refused", "jobctl set clear schedule='0 24 * * *'", 2, "", "  0 24 * * *\n    ^\njobctl: schedule '0 24 * * *': column 3: hour 0-23, not 24" },
  { NULL },
};

/* What stands under the expression, where it can be shown as it is. (transfer full) */
static char *
make_caret (const char *text, guint column)
{
  GString *out;

  for (const char *at = text; *at != '\0'; at++)
    if (*at < ' ' || *at > '~' || *at == '\\')
      return g_strdup ("");
  if (column == 0)
    return g_strdup ("");
  out = g_string_new (NULL);
  g_string_printf (out, "  %s\n  %*s\n", text, (int) column, "^");
  return g_string_free (out, FALSE);
}

/* FALSE, and what is wrong is noted. */
static gboolean
check_client (const RefusedRow *row, const char *line, int status, const char *before, const char *text)
{
  g_autoptr (CliResult) result = cli_shell (line);
  g_autofree char *caret = status == 0 ? g_strdup ("") : make_caret (text, row->column);
  g_autofree char *place = row->column > 0 && status != 0 ? g_strdup_printf ("column %u: ", row->column) : g_strdup ("");
  g_autofree char *begin = g_strdup_printf ("%sjobctl: %s%s", caret, before, place);
  /* A message that goes on over lines is a note, in the column of values. */
  g_auto (GStrv) words = g_strsplit_set (result->output, " \n", -1);
  g_autoptr (GString) output = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (output, "%s%s", output->len > 0 ? " " : "", words[i]);
  if (result->status == status
      && (status == 0 ? strstr (output->str, "next never") != NULL && strstr (output->str, row->needle) != NULL
                      : strstr (result->error, begin) != NULL && strstr (result->error, row->needle) != NULL))
    return TRUE;
  g_test_message ("%s\nstatus %d, expected %d\nstdout: %s\nstderr: %s\nexpected: %s … %s", line, result->status, status, result->output, result->error,
                  begin, row->needle);
  return FALSE;
}

static gboolean
check_call (const RefusedRow *row, const char *method, GVariant *parameters, const char *text)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (connection, JT_BUS_NAME, JT_ROOT_PATH, JT_ROOT_INTERFACE, method, parameters, NULL,
                                                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_autofree char *name = error == NULL ? NULL : g_dbus_error_get_remote_error (error);
  const char *wanted = row->refusal == TOO_LARGE ? "org.example.JobTracker.Error.TooLarge" : "org.example.JobTracker.Error.InvalidSchedule";
  g_autofree char *cut = g_strndup (text, 64);
  g_autofree char *valid = g_utf8_make_valid (cut, -1);
  g_autofree char *place = g_strdup_printf (row->column > 0 ? "schedule '%s': column %u: " : "%s", row->column > 0 ? valid : "", row->column);

  if (error != NULL && g_strcmp0 (name, wanted) == 0 && strstr (error->message, place) != NULL && strstr (error->message, row->needle) != NULL)
    return TRUE;
  g_test_message ("%s: %s: %s\nexpected %s: %s … %s", method, name, error != NULL ? error->message : "no error", wanted, place, row->needle);
  return FALSE;
}

static GVariant *
make_settings (const char *text, const char *timezone)
{
  const char *schedules[] = { text, NULL };
  const char *command[] = { "true", NULL };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "schedule", "^as", schedules);
  g_variant_dict_insert (&dict, "command", "^as", command);
  g_variant_dict_insert (&dict, "timezone", "s", timezone);
  return g_variant_dict_end (&dict);
}

/* What never elapses has a preview, which says so. */
static gboolean
check_preview_of_never (const RefusedRow *row, const char *timezone)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_sync (connection, JT_BUS_NAME, JT_ROOT_PATH, JT_ROOT_INTERFACE, "PreviewSchedule",
                                   g_variant_new ("(sstu)", row->text, timezone, (guint64) 0, 5), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_autoptr (GVariant) elapses = reply == NULL ? NULL : g_variant_get_child_value (reply, 2);
  const char *description;

  g_assert_nonnull (reply);
  g_variant_get (reply, "(&s&sat)", NULL, &description, NULL);
  return g_variant_n_children (elapses) == 0 && strstr (description, row->needle) != NULL;
}

static void
test_refused (gconstpointer data)
{
  const RefusedRow *row = data;
  g_autofree char *text = row->text != NULL ? g_strdup (row->text) : make_large_text (row);
  const char *timezone = row->timezone != NULL ? row->timezone : "UTC";
  g_autofree char *quoted = g_shell_quote (text);
  g_autofree char *schedule = g_strdup_printf ("jobctl schedule %s --timezone %s", quoted, timezone);
  g_autofree char *add = g_strdup_printf ("jobctl add refused --schedule=%s --timezone %s -- true", quoted, timezone);
  g_autofree char *before = row->column > 0 ? g_strdup_printf ("schedule '%s': ", text) : g_strdup ("");
  gboolean is_good = check_client (row, schedule, row->refusal == NEVER ? 0 : 2, "", text);

  /* What is too large is the service's to refuse, and so is a zone; how, is looked at below. */
  if (row->column > 0 && row->refusal != TOO_LARGE && strchr (text, '\n') == NULL && strchr (text, '\x1b') == NULL)
    is_good &= check_client (row, add, 2, before, text);
  if (row->refusal == NEVER)
    is_good &= check_preview_of_never (row, timezone);
  else
    is_good &= check_call (row, "PreviewSchedule", g_variant_new ("(sstu)", text, timezone, (guint64) 0, 1), text);
  is_good &= check_call (row, "AddJob", g_variant_new ("(s@a{sv})", "refused", make_settings (text, timezone)), text);
  if (!is_good)
    g_test_fail ();
}

static void
test_nothing_left (void)
{
  g_autofree char *list = cli_output ("jobctl list --json");

  g_assert_cmpstr (list, ==, "[]\n");
}

static void
add_rows (const char *group, const RefusedRow *rows, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *path = g_strdup_printf ("/cli/schedule/%s/%s", group, rows[i].name);

      g_test_add_data_func (path, &rows[i], test_refused);
    }
}

int
main (int argc, char **argv)
{
  cli_init (&argc, &argv, TRUE);
  add_rows ("bad-input", bad_input_rows, G_N_ELEMENTS (bad_input_rows));
  add_rows ("slips", slip_rows, G_N_ELEMENTS (slip_rows));
  g_test_add_func ("/cli/schedule/left/nothing", test_nothing_left);
  cli_add_rows ("schedule/doubts", doubt_rows);
  return cli_run ();
}
