/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What is kept of a run with each event makes the same row again, and nothing else is taken for one. */

#include "jt-run-packed.h"

/* Every value that a row can show is other than its default. */
static JtRun *
make_run (JtRunState state)
{
  JtRun *run = jt_run_new ();
  JtAttempt *attempt = jt_attempt_new ();

  run->id = G_MAXINT64;
  run->job = 7;
  run->job_name = g_strdup ("backup");
  run->owner = G_MAXUINT32 - 1;
  run->owner_name = g_strdup ("älice");
  run->state = state;
  run->trigger = JT_TRIGGER_RETRY_REQUEST;
  run->attempt = 2;
  run->max_attempts = 4;
  run->scheduled_usec = 1767225600000000;
  run->queued_usec = 1767225600000001;
  run->started_usec = 1767225600000002;
  run->finished_usec = 1767225600000003;
  run->next_attempt_usec = 1767225600000004;
  run->eta_usec = 1767225600000005;
  run->progress = 0.375;
  run->message = g_strdup ("half\nway");
  run->exit_code = -7;
  run->signal = 64;
  run->reason = g_strdup ("timeout");
  run->cpu_usec = G_MAXUINT64;
  run->memory_peak_bytes = 1 << 20;
  run->log_size_bytes = 127;
  run->acknowledged_by = g_strdup ("bob");
  run->retry_of = 41;
  run->missed_count = 128;
  run->missed_from_usec = 5;
  run->missed_to_usec = 6;
  run->due_usec = 1767225600000006;
  run->cause = g_strdup ("unit:näme.service:failed");
  attempt->number = 2;
  attempt->pid = 4711;
  g_ptr_array_add (run->attempts, attempt);
  return run;
}

static void
assert_same_row (JtRun *run)
{
  g_autoptr (GByteArray) bytes = jt_run_pack (run);
  g_autoptr (JtRun) again = jt_run_unpack (bytes->data, bytes->len);
  g_autoptr (GVariant) row = g_variant_ref_sink (jt_run_to_variant (run));
  g_autoptr (GVariant) row_again = NULL;

  g_assert_nonnull (again);
  row_again = g_variant_ref_sink (jt_run_to_variant (again));
  g_assert_cmpvariant (row, row_again);
}

static void
test_same_row (void)
{
  g_autoptr (JtRun) empty = jt_run_new ();

  assert_same_row (empty);
  for (guint state = 0; state < JT_N_RUN_STATES; state++)
    {
      g_autoptr (JtRun) run = make_run ((JtRunState) state);

      assert_same_row (run);
    }
}

/* Cut anywhere, it is nothing; with any one byte changed it is nothing or a run, and never a crash. */
static void
test_nonsense (void)
{
  g_autoptr (JtRun) run = make_run (JT_RUN_RUNNING);
  g_autoptr (GByteArray) bytes = jt_run_pack (run);

  for (guint length = 0; length < bytes->len; length++)
    g_assert_null (jt_run_unpack (bytes->data, length));
  for (guint i = 0; i < bytes->len; i++)
    for (guint flip = 1; flip < 256; flip <<= 1)
      {
        g_autoptr (JtRun) other = NULL;

        bytes->data[i] ^= (guint8) flip;
        other = jt_run_unpack (bytes->data, bytes->len);
        bytes->data[i] ^= (guint8) flip;
        if (other != NULL)
          g_variant_unref (g_variant_ref_sink (jt_run_to_variant (other)));
      }
  bytes->data[0] = 99;
  g_assert_null (jt_run_unpack (bytes->data, bytes->len));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-packed/same-row", test_same_row);
  g_test_add_func ("/run-packed/nonsense", test_nonsense);
  return g_test_run ();
}
