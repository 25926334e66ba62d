/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What --json prints. */

#include <math.h>

#include "json.h"

static void
test_forms (void)
{
  static const char *const rows[][2] = {
    { "{'next-elapse': <uint64 1767225600000000>}", "{\"next-elapse\":\"2026-01-01T00:00:00Z\"}" },
    { "{'expected-by': <uint64 1767225600000000>, 'late-since': <uint64 0>}",
      "{\"expected-by\":\"2026-01-01T00:00:00Z\",\"late-since\":null}" },
    { "{'NextElapse': <uint64 0>}", "{\"next-elapse\":null}" },
    { "{'duration': <uint64 1500000>}", "{\"duration\":1.5}" },
    { "{'timeout': <uint64 3600000000>}", "{\"timeout\":3600.0}" },
    { "{'log-size': <uint64 42>}", "{\"log-size\":42}" },
    { "{'exit-code': <-1>}", "{\"exit-code\":-1}" },
    { "{'enabled': <true>}", "{\"enabled\":true}" },
    { "{'schedule': <['a', 'b']>}", "{\"schedule\":[\"a\",\"b\"]}" },
    { "{'settings': <{'retry-delay': <uint64 500000>}>}", "{\"settings\":{\"retry-delay\":0.5}}" },
    { "{'name': <'a\"b\\\\c\\u0001'>}", "{\"name\":\"a\\\"b\\\\c\\u0001\"}" },
    { "{'since': <uint64 1767225600000000>, 'groups': <[{'at': <uint64 1767225600000000>}]>}",
      "{\"since\":\"2026-01-01T00:00:00Z\",\"groups\":[{\"at\":\"2026-01-01T00:00:00Z\"}]}" },
    { "{'counts': <{'failed': uint64 3}>}", "{\"counts\":{\"failed\":3}}" },
    { "{'lateness': <{'count': <uint64 2>, 'p95': <uint64 500000>, 'histogram': <[(uint64 250000, uint64 2)]>}>}",
      "{\"lateness\":{\"count\":2,\"p95\":0.5,\"histogram\":[{\"at-most\":0.25,\"count\":2}]}}" },
    { "{'duration': <(uint64 4, uint64 500000, uint64 0, uint64 0, uint64 0, uint64 0, uint64 0, uint64 1500000)>}",
      "{\"duration\":{\"count\":4,\"min\":0.5,\"mean\":0.0,\"p50\":0.0,\"p90\":0.0,\"p95\":0.0,\"p99\":0.0,\"max\":1.5}}" },
    { "{'mtbf': <uint64 1500000>, 'cpu-mean': <uint64 500000>, 'hours': <[uint64 1, 2]>}",
      "{\"mtbf\":1.5,\"cpu-mean\":0.5,\"hours\":[1,2]}" },
    { "@aa{sv} []", "[]" },
    { "[{'id': <uint64 1>}]", "[{\"id\":1}]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_parse (NULL, rows[i][0], NULL, NULL, &error);
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      node = json_from_variant (value);
      text = json_to_string (node, FALSE);
      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

/* JSON has no word for what is no number. */
static void
test_not_a_number (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_double (NAN));
  g_autoptr (JsonNode) node = json_from_variant (value);

  g_assert_true (JSON_NODE_HOLDS_NULL (node));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/forms", test_forms);
  g_test_add_func ("/json/not-a-number", test_not_a_number);
  return g_test_run ();
}
