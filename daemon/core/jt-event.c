/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-event.h"

static JtEvent *
event_new (JtEventKind kind, gint64 at_usec, guint64 job, guint32 owner)
{
  JtEvent *event = g_new0 (JtEvent, 1);

  g_atomic_ref_count_init (&event->ref_count);
  event->kind = kind;
  event->at_usec = at_usec;
  event->job = job;
  event->owner = owner;
  return event;
}

/* @what: floating or not; a reference is taken. */
JtEvent *
jt_event_new (JtEventKind kind, gint64 at_usec, guint64 job, guint32 owner, GVariant *what)
{
  JtEvent *event = event_new (kind, at_usec, job, owner);

  event->what = g_variant_ref_sink (what);
  return event;
}

JtEvent *
jt_event_new_for_run (JtEventKind kind, gint64 at_usec, JtRun *run)
{
  JtEvent *event = event_new (kind, at_usec, run->job, run->owner);

  event->run = run->id;
  event->value = jt_run_ref (run);
  return event;
}

JtEvent *
jt_event_new_for_job (JtEventKind kind, gint64 at_usec, JtJob *job, const JtJobStatus *status)
{
  JtEvent *event = event_new (kind, at_usec, job->id, job->owner);

  event->about = jt_job_ref (job);
  event->status = g_memdup2 (status, sizeof *status);
  return event;
}

GVariant *
jt_event_make_what (const JtEvent *event)
{
  if (event->value != NULL)
    return g_variant_ref_sink (jt_run_to_variant (event->value));
  if (event->about != NULL)
    return g_variant_ref_sink (jt_job_to_variant (event->about, event->status));
  return g_variant_ref (event->what);
}

GVariant *
jt_event_get_what (JtEvent *event)
{
  if (event->what == NULL)
    event->what = jt_event_make_what (event);
  return event->what;
}

JtEvent *
jt_event_ref (JtEvent *event)
{
  g_atomic_ref_count_inc (&event->ref_count);
  return event;
}

void
jt_event_unref (JtEvent *event)
{
  if (event == NULL || !g_atomic_ref_count_dec (&event->ref_count))
    return;
  g_clear_pointer (&event->what, g_variant_unref);
  jt_run_unref (event->value);
  jt_job_unref (event->about);
  g_free (event->status);
  g_free (event);
}
