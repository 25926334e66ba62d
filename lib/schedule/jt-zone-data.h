/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-zone.h"

/* What the schedules ask of a zone. All in seconds. */

typedef struct
{
  gint64 begin;  /* the first second, UTC; G_MININT64: always was */
  gint64 end;    /* the first second that is no longer in it; G_MAXINT64: for ever */
  gint32 offset; /* east of UTC */
  gint32 offset_before; /* of the span before; the same when there is none */
} JtZoneSpan;

/* The span of constant offset that holds @second. */
JtZoneSpan jt_zone_find_span (JtZone *zone, gint64 second);
