/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-rollup.h"

#include "jt-varint.h"

/* The form of what jt_rollup_encode() writes. */
#define FORMAT 1
#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)

JtRollup *
jt_rollup_new (void)
{
  return g_new0 (JtRollup, 1);
}

void
jt_rollup_free (JtRollup *rollup)
{
  if (rollup == NULL)
    return;
  jt_sketch_clear (&rollup->succeeded.sketch);
  jt_sketch_clear (&rollup->failed.sketch);
  jt_sketch_clear (&rollup->lateness.sketch);
  g_free (rollup);
}

static void
widen (JtMeasure *measure, guint64 least, guint64 most)
{
  gboolean is_first = measure->sketch.count == 0;

  measure->least = is_first ? least : MIN (measure->least, least);
  measure->most = is_first ? most : MAX (measure->most, most);
}

static void
measure_add (JtMeasure *measure, gint64 value, guint64 times)
{
  if (value < 0)
    return;
  widen (measure, (guint64) value, (guint64) value);
  measure->sum += (guint64) value * times;
  jt_sketch_add (&measure->sketch, (guint64) value, times);
}

static void
measure_merge (JtMeasure *measure, const JtMeasure *other)
{
  if (other->sketch.count == 0)
    return;
  widen (measure, other->least, other->most);
  measure->sum += other->sum;
  jt_sketch_merge (&measure->sketch, &other->sketch);
}

static void
add_turn (JtRollup *rollup, const JtSample *sample)
{
  guint64 phase_usec = (guint64) MAX (sample->phase_usec, 0);

  if (sample->turn < 0)
    {
      rollup->episodes++;
      rollup->up_usec += phase_usec;
    }
  else if (sample->turn > 0)
    {
      rollup->recoveries++;
      rollup->down_usec += phase_usec;
    }
  if (sample->streak > 0)
    rollup->longest_success = MAX (rollup->longest_success, (guint64) sample->streak);
  else
    rollup->longest_failure = MAX (rollup->longest_failure, (guint64) -(gint64) sample->streak);
}

void
jt_rollup_add (JtRollup *rollup, const JtSample *sample)
{
  rollup->counts[sample->state] += sample->times;
  if (sample->state != JT_RUN_SKIPPED && sample->state != JT_RUN_MISSED)
    rollup->hours[sample->at_usec / HOUR_USEC % 24]++;
  rollup->retries += sample->retries;
  rollup->cpu_usec += sample->cpu_usec;
  rollup->memory_peak_bytes = MAX (rollup->memory_peak_bytes, sample->memory_peak_bytes);
  rollup->memory_sum_bytes += sample->memory_peak_bytes;
  rollup->memory_count += sample->memory_peak_bytes > 0;
  add_turn (rollup, sample);
  measure_add (jt_run_state_is_success (sample->state) ? &rollup->succeeded : &rollup->failed, sample->duration_usec, 1);
  measure_add (&rollup->lateness, sample->lateness_usec, 1);
}

void
jt_rollup_merge (JtRollup *rollup, const JtRollup *other)
{
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    rollup->counts[i] += other->counts[i];
  for (guint i = 0; i < G_N_ELEMENTS (rollup->hours); i++)
    rollup->hours[i] += other->hours[i];
  rollup->retries += other->retries;
  rollup->cpu_usec += other->cpu_usec;
  rollup->memory_peak_bytes = MAX (rollup->memory_peak_bytes, other->memory_peak_bytes);
  rollup->memory_sum_bytes += other->memory_sum_bytes;
  rollup->memory_count += other->memory_count;
  rollup->episodes += other->episodes;
  rollup->recoveries += other->recoveries;
  rollup->up_usec += other->up_usec;
  rollup->down_usec += other->down_usec;
  rollup->longest_success = MAX (rollup->longest_success, other->longest_success);
  rollup->longest_failure = MAX (rollup->longest_failure, other->longest_failure);
  measure_merge (&rollup->succeeded, &other->succeeded);
  measure_merge (&rollup->failed, &other->failed);
  measure_merge (&rollup->lateness, &other->lateness);
}

/* --- stored --- */

static void
encode_measure (const JtMeasure *measure, GByteArray *bytes)
{
  jt_varint_append (bytes, measure->sum);
  jt_varint_append (bytes, measure->least);
  jt_varint_append (bytes, measure->most);
  jt_sketch_encode (&measure->sketch, bytes);
}

static gboolean
merge_encoded_measure (JtMeasure *measure, const guint8 **bytes, const guint8 *end)
{
  JtMeasure head = { 0 };
  guint64 count = measure->sketch.count;
  guint64 least = measure->least;
  guint64 most = measure->most;

  if (!jt_varint_read (bytes, end, &head.sum) || !jt_varint_read (bytes, end, &head.least) || !jt_varint_read (bytes, end, &head.most) ||
      !jt_sketch_merge_encoded (&measure->sketch, bytes, end))
    return FALSE;
  if (measure->sketch.count == count)
    return TRUE;
  measure->sum += head.sum;
  measure->least = count == 0 ? head.least : MIN (least, head.least);
  measure->most = count == 0 ? head.most : MAX (most, head.most);
  return TRUE;
}

/* The plain numbers, in the order in which they are stored. */
#define N_NUMBERS 11

static void
list_numbers (const JtRollup *rollup, guint64 numbers[N_NUMBERS])
{
  const guint64 list[N_NUMBERS] = { rollup->retries,          rollup->cpu_usec,     rollup->memory_peak_bytes, rollup->memory_sum_bytes,
                                    rollup->memory_count,     rollup->episodes,     rollup->recoveries,        rollup->up_usec,
                                    rollup->down_usec,        rollup->longest_success, rollup->longest_failure };

  for (guint i = 0; i < N_NUMBERS; i++)
    numbers[i] = list[i];
}

GByteArray *
jt_rollup_encode (const JtRollup *rollup)
{
  GByteArray *bytes = g_byte_array_sized_new (256);
  guint64 numbers[N_NUMBERS];

  jt_varint_append (bytes, FORMAT);
  jt_varint_append (bytes, JT_N_RUN_STATES);
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    jt_varint_append (bytes, rollup->counts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (rollup->hours); i++)
    jt_varint_append (bytes, rollup->hours[i]);
  list_numbers (rollup, numbers);
  for (guint i = 0; i < N_NUMBERS; i++)
    jt_varint_append (bytes, numbers[i]);
  encode_measure (&rollup->succeeded, bytes);
  encode_measure (&rollup->failed, bytes);
  encode_measure (&rollup->lateness, bytes);
  return bytes;
}

static gboolean
merge_counts (JtRollup *rollup, const guint8 **bytes, const guint8 *end)
{
  guint64 format;
  guint64 n_states;
  guint64 count;

  if (!jt_varint_read (bytes, end, &format) || format != FORMAT || !jt_varint_read (bytes, end, &n_states) || n_states > JT_N_RUN_STATES)
    return FALSE;
  for (guint i = 0; i < n_states; i++)
    {
      if (!jt_varint_read (bytes, end, &count))
        return FALSE;
      rollup->counts[i] += count;
    }
  for (guint i = 0; i < G_N_ELEMENTS (rollup->hours); i++)
    {
      if (!jt_varint_read (bytes, end, &count))
        return FALSE;
      rollup->hours[i] += count;
    }
  return TRUE;
}

gboolean
jt_rollup_merge_encoded (JtRollup *rollup, const guint8 *bytes, gsize length)
{
  const guint8 *end = bytes + length;
  guint64 numbers[N_NUMBERS];

  if (!merge_counts (rollup, &bytes, end))
    return FALSE;
  for (guint i = 0; i < N_NUMBERS; i++)
    if (!jt_varint_read (&bytes, end, &numbers[i]))
      return FALSE;
  {
    const JtRollup plain = { .retries = numbers[0], .cpu_usec = numbers[1], .memory_peak_bytes = numbers[2], .memory_sum_bytes = numbers[3],
                             .memory_count = numbers[4], .episodes = numbers[5], .recoveries = numbers[6], .up_usec = numbers[7],
                             .down_usec = numbers[8], .longest_success = numbers[9], .longest_failure = numbers[10] };

    jt_rollup_merge (rollup, &plain);
  }
  return merge_encoded_measure (&rollup->succeeded, &bytes, end) && merge_encoded_measure (&rollup->failed, &bytes, end) &&
         merge_encoded_measure (&rollup->lateness, &bytes, end);
}

guint64
jt_rollup_count (const JtRollup *rollup)
{
  guint64 count = 0;

  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    count += rollup->counts[i];
  return count;
}

double
jt_rollup_get_success_rate (const JtRollup *rollup)
{
  guint64 successes = 0;
  guint64 failures = 0;

  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    if (jt_run_state_is_success ((JtRunState) i))
      successes += rollup->counts[i];
    else if (jt_run_state_is_failure ((JtRunState) i))
      failures += rollup->counts[i];
  return successes + failures == 0 ? -1 : (double) successes / (double) (successes + failures);
}

void
jt_sample_from_run (JtSample *sample, const JtRun *run)
{
  const JtAttempt *attempt = jt_run_current_attempt (run);
  const JtAttempt *first = run->attempts->len > 0 ? g_ptr_array_index (run->attempts, 0) : NULL;

  *sample = (JtSample){ .at_usec = run->finished_usec,
                        .job = run->job,
                        .owner = run->owner,
                        .state = run->state,
                        .times = MAX (run->missed_count, 1),
                        .duration_usec = -1,
                        .lateness_usec = -1,
                        .cpu_usec = run->cpu_usec,
                        .memory_peak_bytes = run->memory_peak_bytes,
                        .retries = run->attempt > 1 ? run->attempt - 1 : 0 };
  if (attempt != NULL && attempt->started_usec != 0)
    sample->duration_usec = MAX (run->finished_usec - attempt->started_usec, 0);
  if (run->trigger == JT_TRIGGER_SCHEDULE && first != NULL && first->started_usec != 0)
    sample->lateness_usec = MAX (first->started_usec - run->scheduled_usec, 0);
}
