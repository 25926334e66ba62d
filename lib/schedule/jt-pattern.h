/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-civil.h"
#include "jt-zone.h"

/* What cron and calendar expressions have in common: which wall times match, searched field by field, and how wall times become
 * instants across changes of the zone's offset. */

/* One item of a component: START, START..STOP, each with /REPEAT; END counts from the end of the month. */
typedef struct
{
  gint64   start;
  gint64   stop;    /* -1: no range */
  gint64   repeat;  /* 0: none */
  gboolean is_end;  /* days only: 1 is the last day */
} JtItem;

typedef enum
{
  JT_DAY_LAST,          /* L, L-value */
  JT_DAY_LAST_WEEKDAY,  /* LW, L-valueW */
  JT_DAY_NEAR_WEEKDAY,  /* valueW */
  JT_DAY_NTH,           /* value#nth, weekday value */
  JT_DAY_LAST_OF,       /* valueL, weekday value */
} JtSpecialKind;

typedef struct
{
  JtSpecialKind kind;
  int           value;
  int           nth;
} JtSpecial;

typedef enum
{
  JT_GAP_SKIP,       /* a wall time that does not exist: nothing (calendar) */
  JT_GAP_FIRST,      /* the first instant after the jump (cron, fixed times) */
  JT_FOLLOW_CLOCK,   /* as the clock shows it: nothing in a gap, twice in an overlap (cron, wild times) */
} JtZoneRule;

#define JT_PATTERN_MAX_SPECIALS 32

typedef struct
{
  GArray    *years;        /* (element-type JtItem) (nullable): any */
  guint32    months;       /* bit 1 to 12 */
  guint32    days;         /* bit 1 to 31 */
  GArray    *end_days;     /* (element-type JtItem) (nullable) those counted from the end, and repetitions over them */
  guint32    weekdays;     /* bit 0 Sunday to 6 */
  JtSpecial  specials[JT_PATTERN_MAX_SPECIALS];
  guint      n_specials;
  gboolean   any_day_field; /* cron: a day matches when either field does; else both must */
  guint32    hours;        /* bit 0 to 23 */
  guint64    minutes;      /* bit 0 to 59 */
  GArray    *seconds;      /* (element-type JtItem), in microseconds */
  JtZoneRule zone_rule;
  guint8     stars;        /* cron: the fields that begin with a star, bit 0 second to 5 weekday */
  gboolean   has_seconds;  /* cron: six fields were written */
} JtPattern;

#define JT_WALL_NEVER G_MAXINT64

JtPattern *jt_pattern_new (void); /* matches nothing yet */
void       jt_pattern_free (JtPattern *pattern);
void       jt_items_add (GArray **items, JtItem item);
/* The least value >= @value up to @most that an item gives; -1: none. NULL items give every value. */
gint64 jt_items_next (GArray *items, gint64 value, gint64 most);

/* The first matching wall time >= @wall_usec; JT_WALL_NEVER: none in the next 400 years. */
gint64 jt_pattern_next_wall (const JtPattern *pattern, gint64 wall_usec);
/* The same; adds to *@n_months how many months were looked at for it. What has not been found in those of two centuries is not there. */
gint64 jt_pattern_search (const JtPattern *pattern, gint64 wall_usec, guint *n_months);
/* The first instant > @after_usec; G_MAXINT64: none. */
gint64 jt_pattern_next (const JtPattern *pattern, JtZone *zone, gint64 after_usec);
/* How many instants lie in (@after_usec, @until_usec]. */
guint64 jt_pattern_count (const JtPattern *pattern, JtZone *zone, gint64 after_usec, gint64 until_usec);
/* The first instant that shows @wall_usec, or after a gap over it. @is_gap: (nullable) */
gint64 jt_wall_to_instant (JtZone *zone, gint64 wall_usec, gboolean *is_gap);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPattern, jt_pattern_free)
