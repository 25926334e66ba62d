/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-jitter.h"

/* The finalizer of SplitMix64: each bit of the input moves about half of those of the result. */
static guint64
mix (guint64 value)
{
  value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

static guint64
mix_text (guint64 state, const char *text)
{
  for (; *text != '\0'; text++)
    state = mix (state ^ (guint8) *text);
  return mix (state);
}

gint64
jt_jitter_get (const JtJob *job, const char *machine_id, gint64 instant_usec)
{
  guint64 span_usec = jt_settings_get_uint64 (job->settings, "jitter");
  guint64 hash;

  if (span_usec == 0)
    return 0;
  if (jt_settings_get_boolean (job->settings, "jitter-fixed"))
    hash = mix_text (mix_text (job->owner, machine_id), job->name);
  else
    hash = mix (job->seed ^ mix ((guint64) instant_usec));
  return (gint64) (hash % (span_usec + 1));
}
