/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-tracker.h"

/* What a committed change looks like on the bus: one event becomes the signal of the root object and, beside it,
 * PropertiesChanged of the job or run and InterfacesAdded or InterfacesRemoved of the object manager. Who gets them
 * is the business of jt-subscribers.c. */

typedef struct
{
  char       *path;       /* (owned) */
  const char *interface;  /* static */
  const char *member;     /* static */
  GVariant   *parameters; /* (owned) (nullable) complete, or NULL when @what is set */
  char       *subject;    /* (owned) (nullable) path of the job or run that @what is about */
  GVariant   *what;       /* (owned) (nullable) lacks `sequence` and `previous`, which each receiver has its own of */
} JtSignal;

/* @is_new: the run was not announced before, and @is_announced: it was, so InterfacesAdded or Removed belong to it. @before: (nullable) the
 * run as it was told last: properties that are still the same are not told again. (element-type JtSignal) (transfer full) */
GPtrArray *jt_signals_from_event (JtTracker *tracker, JtEvent *event, const JtRun *before, gboolean is_new, gboolean is_announced);
/* (sa{sv}as) of org.freedesktop.DBus.Properties.PropertiesChanged. Floating. */
GVariant  *jt_signal_properties_changed (const char *interface, GVariant *changed, const char *const *invalidated);
/* The body of a signal for one receiver. Floating, or borrowed from @signal. */
GVariant  *jt_signal_build (const JtSignal *signal, guint64 sequence, guint64 previous);
JtSignal  *jt_signal_new (const char *path, const char *interface, const char *member, GVariant *parameters);
void       jt_signal_free (JtSignal *signal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtSignal, jt_signal_free)
