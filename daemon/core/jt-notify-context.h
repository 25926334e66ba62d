/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-delivery.h"
#include "jt-rollup.h"
#include "jt-zone.h"

/* What templates are given: made from a delivery and what was found out for it. jobtracker-templates(7) has the keys. */

typedef struct
{
  JtZone         *zone;        /* of the reader */
  const char     *language;
  const char     *host;
  const char     *gateway_url; /* (nullable) */
  const JtRollup *rollup;      /* (nullable) of the job's past */
  const char     *log;         /* (nullable) the end of what the run wrote, as it is */
  gboolean        is_log_cut;
  GPtrArray      *entries;     /* (nullable) (element-type JtDelivery) what a digest tells */
} JtContextParts;

/* Lines of a log that are told at most, and characters of one. */
#define JT_CONTEXT_LOG_LINES 30

/* Floating a{sv}. */
GVariant *jt_notify_context_new (const JtDelivery *delivery, const JtContextParts *parts);
/* The links alone, a{sv}; NULL where there is no gateway. Floating. */
GVariant *jt_notify_context_links (const JtDelivery *delivery, const char *gateway_url);
