/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-packed.h"

#include <string.h>

#include "jt-varint.h"

/* 1: of before there was jitter, without the last two fields. */
#define FORMAT 2
#define MAX_TEXT_BYTES (64 * 1024)

/* --- numbers that may be negative, texts, fractions --- */

static void
put_signed (GByteArray *bytes, gint64 value)
{
  jt_varint_append (bytes, ((guint64) value << 1) ^ (guint64) (value >> 63));
}

static void
put_text (GByteArray *bytes, const char *text)
{
  gsize length = text == NULL ? 0 : strlen (text);

  jt_varint_append (bytes, length);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) length);
}

static void
put_fraction (GByteArray *bytes, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (bytes, (const guint8 *) &bits, sizeof bits);
}

typedef struct
{
  const guint8 *at;
  const guint8 *end;
  gboolean      has_failed;
} Reader;

static guint64
get_number (Reader *reader)
{
  guint64 value = 0;

  if (!jt_varint_read (&reader->at, reader->end, &value))
    reader->has_failed = TRUE;
  return value;
}

static gint64
get_signed (Reader *reader)
{
  guint64 value = get_number (reader);

  return (gint64) (value >> 1) ^ -(gint64) (value & 1);
}

static char *
get_text (Reader *reader)
{
  guint64 length = get_number (reader);
  const char *text = (const char *) reader->at;

  if (reader->has_failed || length > MAX_TEXT_BYTES || length > (guint64) (reader->end - reader->at) || !g_utf8_validate_len (text, (gsize) length, NULL))
    {
      reader->has_failed = TRUE;
      return NULL;
    }
  reader->at += length;
  return length == 0 ? NULL : g_strndup (text, length);
}

static double
get_fraction (Reader *reader)
{
  guint64 bits = 0;
  double value;

  if ((gsize) (reader->end - reader->at) < sizeof bits)
    {
      reader->has_failed = TRUE;
      return -1;
    }
  memcpy (&bits, reader->at, sizeof bits);
  reader->at += sizeof bits;
  bits = GUINT64_FROM_LE (bits);
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* --- the run --- */

GByteArray *
jt_run_pack (const JtRun *run)
{
  GByteArray *bytes = g_byte_array_sized_new (256);
  const JtAttempt *attempt = jt_run_current_attempt (run);
  const gint64 times[] = { run->scheduled_usec, run->queued_usec, run->started_usec, run->finished_usec, run->next_attempt_usec, run->eta_usec,
                           run->missed_from_usec, run->missed_to_usec };
  const guint64 numbers[] = { FORMAT, run->id, run->job, run->owner, run->state, run->trigger, run->attempt, run->max_attempts, run->cpu_usec,
                              run->memory_peak_bytes, run->log_size_bytes, run->retry_of, run->missed_count };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    jt_varint_append (bytes, numbers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    put_signed (bytes, times[i]);
  put_signed (bytes, run->exit_code);
  put_signed (bytes, run->signal);
  put_signed (bytes, attempt != NULL ? attempt->pid : 0);
  put_fraction (bytes, run->progress);
  put_text (bytes, run->job_name);
  put_text (bytes, run->owner_name);
  put_text (bytes, run->message);
  put_text (bytes, run->reason);
  put_text (bytes, run->acknowledged_by);
  put_signed (bytes, run->due_usec);
  put_text (bytes, run->cause);
  return bytes;
}

/* Returns the format. */
static guint64
get_numbers (Reader *reader, JtRun *run)
{
  guint64 format = get_number (reader);

  run->id = get_number (reader);
  run->job = get_number (reader);
  run->owner = (guint32) get_number (reader);
  run->state = (JtRunState) get_number (reader);
  run->trigger = (JtTrigger) get_number (reader);
  run->attempt = (guint32) get_number (reader);
  run->max_attempts = (guint32) get_number (reader);
  run->cpu_usec = get_number (reader);
  run->memory_peak_bytes = get_number (reader);
  run->log_size_bytes = get_number (reader);
  run->retry_of = get_number (reader);
  run->missed_count = get_number (reader);
  if (format < 1 || format > FORMAT || (guint) run->state >= JT_N_RUN_STATES || (guint) run->trigger >= JT_N_TRIGGERS)
    reader->has_failed = TRUE;
  return format;
}

static void
get_times (Reader *reader, JtRun *run)
{
  run->scheduled_usec = get_signed (reader);
  run->queued_usec = get_signed (reader);
  run->started_usec = get_signed (reader);
  run->finished_usec = get_signed (reader);
  run->next_attempt_usec = get_signed (reader);
  run->eta_usec = get_signed (reader);
  run->missed_from_usec = get_signed (reader);
  run->missed_to_usec = get_signed (reader);
}

/* The one thing that a row shows of an attempt. */
static void
add_process (JtRun *run, gint32 pid)
{
  JtAttempt *attempt;

  if (run->attempt == 0)
    return;
  attempt = jt_attempt_new ();
  attempt->number = run->attempt;
  attempt->pid = pid;
  g_ptr_array_add (run->attempts, attempt);
}

JtRun *
jt_run_unpack (const guint8 *bytes, gsize length)
{
  Reader reader = { bytes, bytes + length, FALSE };
  g_autoptr (JtRun) run = jt_run_new ();
  guint64 format = get_numbers (&reader, run);

  get_times (&reader, run);
  run->exit_code = (gint32) get_signed (&reader);
  run->signal = (gint32) get_signed (&reader);
  add_process (run, (gint32) get_signed (&reader));
  run->progress = get_fraction (&reader);
  run->job_name = get_text (&reader);
  run->owner_name = get_text (&reader);
  run->message = get_text (&reader);
  run->reason = get_text (&reader);
  run->acknowledged_by = get_text (&reader);
  if (format >= 2)
    {
      run->due_usec = get_signed (&reader);
      run->cause = get_text (&reader);
    }
  return reader.has_failed ? NULL : g_steal_pointer (&run);
}
