/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The small words that sentences about schedules are made of, in the language of the process: lists, ordinals, days, months, dates,
 * times of the day, lengths of time. Each is a phrase of its own that a translation can turn. */

/* A value as a word, for jt_phrase_set(). (transfer full) */
typedef char *(*JtPhraseValue) (gint64 value);

/* Values that keep a distance: first, first + step, … last. */
typedef struct
{
  gint64 first;
  gint64 last;
  gint64 step;
} JtProgression;

GPtrArray *jt_phrase_list_new (void); /* (element-type utf8), owned by it */
/* "a", "a and b", "a, b and c" */
char *jt_phrase_and (GPtrArray *parts);
char *jt_phrase_or (GPtrArray *parts);

/* (element-type gint64), ascending */
GArray  *jt_values_of_mask (guint64 mask);
/* FALSE: fewer than two values, or not the same distance all along. */
gboolean jt_values_progress (GArray *values, JtProgression *progression);
/* "1, 3 to 5 and 9"; five or more with the same gap between them "1, 3, 5 … 31". */
char *jt_phrase_set (GArray *values, JtPhraseValue say);

const char *jt_phrase_ordinal (int number);      /* 1 to 31: "1st" */
const char *jt_phrase_weekday (int weekday);     /* 0 Sunday: "Sunday" */
const char *jt_phrase_weekly (int weekday);      /* what follows "on": "Sundays" */
const char *jt_phrase_month (int month);         /* 1 to 12 */
char       *jt_phrase_number (gint64 number);
char       *jt_phrase_seconds (gint64 usec);     /* "5", "0.25": without the unit */
char       *jt_phrase_date (int day, int month, int year); /* "24 December 2026"; @year 0: "24 December" */
/* Of the day: "02:30", "02:30:15"; @with_seconds: also where they are 0. */
char       *jt_phrase_clock (gint64 usec, gboolean with_seconds);
char       *jt_phrase_length (gint64 usec);      /* "1 hour and 30 minutes" */
char       *jt_phrase_every_hour (int count);     /* "Every 2 hours"; 1: "Every hour" */
char       *jt_phrase_every_minute (int count);
char       *jt_phrase_every_second (gint64 usec);
char       *jt_phrase_every_length (gint64 usec); /* "Every 1 hour and 30 minutes" */
