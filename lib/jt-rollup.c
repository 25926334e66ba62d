/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-rollup.h"

#include "jt-varint.h"

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

/* --- adding --- */

/* @is_first: there is nothing in @measure yet. */
static void
widen (JtMeasure *measure, gboolean is_first, guint64 least, guint64 most)
{
  measure->least = is_first ? least : MIN (measure->least, least);
  measure->most = is_first ? most : MAX (measure->most, most);
}

static void
measure_add (JtMeasure *measure, gint64 value)
{
  if (value < 0)
    return;
  widen (measure, measure->sketch.count == 0, (guint64) value, (guint64) value);
  measure->sum += (guint64) value;
  jt_sketch_add (&measure->sketch, (guint64) value);
}

static void
measure_merge (JtMeasure *measure, const JtMeasure *other)
{
  if (other->sketch.count == 0)
    return;
  widen (measure, measure->sketch.count == 0, other->least, other->most);
  measure->sum += other->sum;
  jt_sketch_merge (&measure->sketch, &other->sketch);
}

/* A phase whose begin nobody saw is no part of a mean. */
static void
add_turn (JtRollup *rollup, const JtSample *sample)
{
  gboolean is_known = sample->phase_usec >= 0;

  if (sample->turn < 0)
    {
      rollup->episodes++;
      rollup->up_count += is_known;
      rollup->up_usec += is_known ? (guint64) sample->phase_usec : 0;
    }
  else if (sample->turn > 0)
    {
      rollup->recoveries++;
      rollup->down_count += is_known;
      rollup->down_usec += is_known ? (guint64) sample->phase_usec : 0;
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
    rollup->hours[MAX (sample->at_usec, 0) / HOUR_USEC % 24]++;
  rollup->retries += sample->retries;
  rollup->cpu_usec += sample->cpu_usec;
  rollup->cpu_count += sample->cpu_usec > 0;
  rollup->memory_peak_bytes = MAX (rollup->memory_peak_bytes, sample->memory_peak_bytes);
  rollup->memory_sum_bytes += sample->memory_peak_bytes;
  rollup->memory_count += sample->memory_peak_bytes > 0;
  add_turn (rollup, sample);
  measure_add (jt_run_state_is_success (sample->state) ? &rollup->succeeded : &rollup->failed, sample->duration_usec);
  measure_add (&rollup->lateness, sample->lateness_usec);
}

/* --- the plain numbers, each in a slot of its own in what is stored: slots are never given anew --- */

#define SLOT_STATES 0 /* (32 of them) */
#define SLOT_HOURS 32
#define SLOT_NUMBERS 64

#define FIELD(field) G_STRUCT_OFFSET (JtRollup, field)

static const struct
{
  gsize    offset;
  gboolean is_most; /* else a sum */
} numbers[] = {
  { FIELD (retries), FALSE },
  { FIELD (cpu_usec), FALSE },
  { FIELD (cpu_count), FALSE },
  { FIELD (memory_peak_bytes), TRUE },
  { FIELD (memory_sum_bytes), FALSE },
  { FIELD (memory_count), FALSE },
  { FIELD (episodes), FALSE },
  { FIELD (recoveries), FALSE },
  { FIELD (up_usec), FALSE },
  { FIELD (up_count), FALSE },
  { FIELD (down_usec), FALSE },
  { FIELD (down_count), FALSE },
  { FIELD (longest_success), TRUE },
  { FIELD (longest_failure), TRUE },
};

#define N_SLOTS (SLOT_NUMBERS + G_N_ELEMENTS (numbers))

G_STATIC_ASSERT (JT_N_RUN_STATES <= SLOT_HOURS);

/* NULL: there is nothing. @is_most: (out) */
static guint64 *
find_slot (JtRollup *rollup, guint slot, gboolean *is_most)
{
  *is_most = FALSE;
  if (slot < SLOT_STATES + JT_N_RUN_STATES)
    return &rollup->counts[slot - SLOT_STATES];
  if (slot >= SLOT_HOURS && slot < SLOT_HOURS + G_N_ELEMENTS (rollup->hours))
    return &rollup->hours[slot - SLOT_HOURS];
  if (slot < SLOT_NUMBERS || slot >= N_SLOTS)
    return NULL;
  *is_most = numbers[slot - SLOT_NUMBERS].is_most;
  return G_STRUCT_MEMBER_P (rollup, numbers[slot - SLOT_NUMBERS].offset);
}

static void
take_number (JtRollup *rollup, guint slot, guint64 value)
{
  gboolean is_most;
  guint64 *number = find_slot (rollup, slot, &is_most);

  if (number == NULL)
    return;
  *number = is_most ? MAX (*number, value) : *number + value;
}

static guint64
get_number (const JtRollup *rollup, guint slot)
{
  gboolean is_most;
  const guint64 *number = find_slot ((JtRollup *) rollup, slot, &is_most);

  return number == NULL ? 0 : *number;
}

void
jt_rollup_merge (JtRollup *rollup, const JtRollup *other)
{
  for (guint slot = 0; slot < N_SLOTS; slot++)
    take_number (rollup, slot, get_number (other, slot));
  measure_merge (&rollup->succeeded, &other->succeeded);
  measure_merge (&rollup->failed, &other->failed);
  measure_merge (&rollup->lateness, &other->lateness);
}

/* --- stored: the form, how many numbers are not 0, the distance from the slot before and the value of each, the measures --- */

#define FORM 1

static void
encode_numbers (const JtRollup *rollup, GByteArray *bytes)
{
  guint n_used = 0;
  guint last = 0;

  for (guint slot = 0; slot < N_SLOTS; slot++)
    n_used += get_number (rollup, slot) != 0;
  jt_varint_append (bytes, n_used);
  for (guint slot = 0; slot < N_SLOTS; slot++)
    {
      if (get_number (rollup, slot) == 0)
        continue;
      jt_varint_append (bytes, slot - last);
      jt_varint_append (bytes, get_number (rollup, slot));
      last = slot;
    }
}

static void
encode_measure (const JtMeasure *measure, GByteArray *bytes)
{
  jt_varint_append (bytes, measure->sum);
  jt_varint_append (bytes, measure->least);
  jt_varint_append (bytes, measure->most);
  jt_sketch_encode (&measure->sketch, bytes);
}

GByteArray *
jt_rollup_encode (const JtRollup *rollup)
{
  GByteArray *bytes = g_byte_array_sized_new (256);

  jt_varint_append (bytes, FORM);
  encode_numbers (rollup, bytes);
  encode_measure (&rollup->succeeded, bytes);
  encode_measure (&rollup->failed, bytes);
  encode_measure (&rollup->lateness, bytes);
  return bytes;
}

static gboolean
merge_numbers (JtRollup *rollup, const guint8 **bytes, const guint8 *end)
{
  guint64 form, n_used, step, value;
  guint64 slot = 0;

  if (!jt_varint_read (bytes, end, &form) || form != FORM || !jt_varint_read (bytes, end, &n_used))
    return FALSE;
  for (guint64 i = 0; i < n_used; i++)
    {
      if (!jt_varint_read (bytes, end, &step) || step >= N_SLOTS || !jt_varint_read (bytes, end, &value))
        return FALSE;
      slot += step;
      if (slot >= N_SLOTS)
        return FALSE;
      take_number (rollup, (guint) slot, value);
    }
  return TRUE;
}

/* (what is empty has a head of nothing but zeros, which would narrow nothing) */
static gboolean
merge_measure (JtMeasure *measure, const guint8 **bytes, const guint8 *end, gboolean takes_back)
{
  guint64 count = measure->sketch.count;
  guint64 sum, least, most;

  if (!jt_varint_read (bytes, end, &sum) || !jt_varint_read (bytes, end, &least) || !jt_varint_read (bytes, end, &most) || least > most
      || !jt_sketch_merge_encoded (&measure->sketch, bytes, end, takes_back))
    return FALSE;
  if (measure->sketch.count == count)
    return TRUE;
  widen (measure, count == 0, least, most);
  measure->sum += sum;
  return TRUE;
}

/* Up to what makes no sense, if anything does; nothing may come behind it. */
static gboolean
merge_bytes (JtRollup *rollup, const guint8 *bytes, const guint8 *end, gboolean takes_back)
{
  return merge_numbers (rollup, &bytes, end) && merge_measure (&rollup->succeeded, &bytes, end, takes_back)
         && merge_measure (&rollup->failed, &bytes, end, takes_back) && merge_measure (&rollup->lateness, &bytes, end, takes_back)
         && bytes == end;
}

/* Everything of @measure but its bins, which have their place in memory. */
static void
put_back (JtMeasure *measure, const JtMeasure *before)
{
  measure->sum = before->sum;
  measure->least = before->least;
  measure->most = before->most;
}

gboolean
jt_rollup_merge_encoded (JtRollup *rollup, const guint8 *bytes, gsize length)
{
  const JtRollup before = *rollup;
  JtRollup after;

  if (merge_bytes (rollup, bytes, bytes + length, FALSE))
    return TRUE;
  /* Nearly never: so it costs nothing to look first whether all of it makes sense. */
  merge_bytes (rollup, bytes, bytes + length, TRUE);
  after = *rollup;
  *rollup = before;
  rollup->succeeded = after.succeeded;
  rollup->failed = after.failed;
  rollup->lateness = after.lateness;
  put_back (&rollup->succeeded, &before.succeeded);
  put_back (&rollup->failed, &before.failed);
  put_back (&rollup->lateness, &before.lateness);
  return FALSE;
}

/* --- what they say --- */

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
    sample->lateness_usec = MAX (first->started_usec - jt_run_get_due (run), 0);
}
