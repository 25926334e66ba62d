/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Lines of `schedule --batch`: the service is not needed, the clock is given. */

#include <string.h>

#include "preview.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

static void
test_lines (void)
{
  static const char *const rows[][2] = {
    { "{\"id\":{\"a\":[1]},\"expr\":\"@hourly\",\"count\":1}", "{\"id\":{\"a\":[1]},\"kind\":\"cron\",*\"next\":[\"2026-01-01T01:00:00Z\"]}" },
    { "{\"expr\":\"every 15min\",\"count\":1}", "*\"kind\":\"every\",*\"next\":[\"2026-01-01T00:15:00Z\"]*" },
    { "{\"kind\":\"every\",\"expr\":\"15min\",\"count\":1}", "*\"kind\":\"every\",*\"next\":[\"2026-01-01T00:15:00Z\"]*" },
    { "{\"expr\":\"* * * * *\"}", "*:05:00Z\"]*" },
    { "{\"expr\":\"* * * * *\",\"count\":0}", "*\"next\":[]*" },
    { "{\"expr\":\"0 0 30 2 *\"}", "*\"next\":[],\"note\":\"never occurs: *" },
    { "{\"expr\":\"@reboot\"}", "*\"next\":[],\"note\":\"has no instants of its own: *" },
    { "{\"expr\":\"@daily\",\"count\":0}", "*\"next\":[]}" },
    { "{\"expr\":\"0 0 31 * *\",\"count\":0}", "*\"next\":[],\"warnings\":[\"Not every month *" },
    { "{\"expr\":\"@daily\",\"timezone\":\"Mars/Base\"}", "{\"error\":{\"message\":*" },
    { "{\"expr\":\"0 0 * * *\",\"timezone\":null,\"from\":null,\"count\":null}", "*\"kind\":\"cron\"*" },
    { "{\"expr\":\"@daily\",\"from\":\"2026-01-01T12:00:00+02:00\",\"count\":1,\"timezone\":\"UTC\"}", "*[\"2026-01-02T00:00:00Z\"]*" },
    { "{\"kind\":\"corn\",\"expr\":\"@daily\"}", "*did you mean 'cron'?*" },
    { "{\"expr\":\"\xff\"}", "{\"id\":null,*not valid UTF-8*" },
    { "{\"expr\":\"@daily\"} {\"expr\":\"@hourly\"}", "{\"id\":null,*there is more behind the JSON object; each has a line of its own*" },
    { "{\"expr\":\"@daily\"}}", "{\"id\":null,*there is more behind*" },
    { "{\"id\":\"}\\\"{ {\",\"expr\":\"@daily\",\"count\":0} \r", "{\"id\":\"}\\\"{ {\",\"kind\":*" },
    { "[] []", "*not a JSON object*" },
    { "{", "{\"id\":null,\"error\":*" },
    { "\"text\"", "*not a JSON object*" },
    { "{\"expr\":\"@daily\",\"count\":1.5}", "*'count' must be*" },
    { "{\"expr\":\"@daily\",\"count\":1001}", "*'count' must be*" },
    { "{\"expr\":\"@daily\",\"colour\":1}", "*unknown key 'colour'; there are id, kind, expr, timezone, from, count*" },
    { "{\"expr\":null}", "*'expr' must be given*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) answer = preview_answer_line (rows[i][0], NOW);
      g_autofree char *text = json_to_string (answer, FALSE);

      if (!g_pattern_match_simple (rows[i][1], text))
        g_error ("%s\nexpected %s\n     got %s", rows[i][0], rows[i][1], text);
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preview/lines", test_lines);
  return g_test_run ();
}
