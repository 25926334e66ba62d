/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-event.h"

/* @what: floating or not; a reference is taken. */
JtEvent *
jt_event_new (JtEventKind kind, gint64 at_usec, guint64 job, guint64 run, guint32 owner, GVariant *what)
{
  JtEvent *event = g_new0 (JtEvent, 1);

  g_atomic_ref_count_init (&event->ref_count);
  event->kind = kind;
  event->at_usec = at_usec;
  event->job = job;
  event->run = run;
  event->owner = owner;
  event->what = g_variant_ref_sink (what);
  return event;
}

JtEvent *
jt_event_new_for_run (JtEventKind kind, gint64 at_usec, JtRun *run)
{
  JtEvent *event = jt_event_new (kind, at_usec, run->job, run->id, run->owner, jt_run_to_variant (run));

  event->value = jt_run_ref (run);
  return event;
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
  g_free (event);
}
