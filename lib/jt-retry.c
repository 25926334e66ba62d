/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-retry.h"

#include <math.h>

/* A signal counts as the shell reports it: 128 + N. */
#define SIGNAL_BASE 128

static gboolean
contains (GArray *codes, gint code)
{
  for (guint i = 0; i < codes->len; i++)
    if (g_array_index (codes, gint, i) == code)
      return TRUE;
  return FALSE;
}

static gboolean
may_retry (JtSettings *settings, const JtRun *run, JtRunState ended_as)
{
  g_autoptr (GArray) only = jt_settings_get_ints (settings, "retry-on");
  g_autoptr (GArray) never = jt_settings_get_ints (settings, "no-retry-on");
  gint code = run->signal != 0 ? SIGNAL_BASE + run->signal : run->exit_code;

  if (ended_as == JT_RUN_LOST)
    return jt_settings_get_boolean (settings, "rerun-lost");
  if (ended_as == JT_RUN_TIMED_OUT)
    return only->len == 0;
  if (ended_as != JT_RUN_FAILED)
    return FALSE;
  if (contains (never, code))
    return FALSE;
  return only->len == 0 || contains (only, code);
}

/* A well mixed number in [0, 1) from @seed (the finalizer of SplitMix64), so that a restart finds the same jitter. */
static double
mix (guint64 seed)
{
  seed += 0x9e3779b97f4a7c15u;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
  seed ^= seed >> 31;
  return (double) (seed >> 11) * 0x1.0p-53;
}

static double
grow (const char *backoff, double delay, guint attempt)
{
  if (g_strcmp0 (backoff, "constant") == 0)
    return delay;
  if (g_strcmp0 (backoff, "linear") == 0)
    return delay * attempt;
  return delay * pow (2, attempt - 1);
}

gboolean
jt_retry_decide (JtSettings *settings, const JtRun *run, JtRunState ended_as, guint64 seed, gint64 *delay_usec)
{
  double delay;
  double jitter = jt_settings_get_double (settings, "retry-jitter");
  double most = (double) jt_settings_get_uint64 (settings, "retry-max-delay");
  /* rerun-lost promises one more start even where no retries were asked for. */
  guint max_attempts = MAX (run->max_attempts, ended_as == JT_RUN_LOST ? 2 : 1);

  if (run->attempt >= max_attempts || !may_retry (settings, run, ended_as))
    return FALSE;
  delay = grow (jt_settings_get_string (settings, "retry-backoff"), (double) jt_settings_get_uint64 (settings, "retry-delay"),
                MAX (run->attempt, 1));
  delay = MIN (delay, most);
  delay *= 1 + jitter * (2 * mix (seed) - 1);
  *delay_usec = (gint64) delay;
  return TRUE;
}
