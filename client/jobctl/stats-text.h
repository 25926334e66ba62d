/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* What GetStatistics answers, as a person reads it: tables, bars and histograms as wide as the terminal. Pure: the time "now" is given. */

typedef struct
{
  const Terminal *terminal;
  TimeStyle       times;
  gint64          now_usec;
  const char     *title; /* whose they are */
  const char     *by;    /* (nullable) */
} StatsLook;

/* (transfer full) */
char *stats_text (GVariant *statistics, const StatsLook *look);
