/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-scan.h"

/* The usual slips: what people write, taken from other tools and from speech, and what they should have written. Asked only about text
 * that a parser has refused, so nothing is accepted or refused for what stands here: a better message takes the place of the parser's.
 * Each function is a kind of slip: TRUE when it was that one, and has said so with jt_slip_say(). */

#define JT_SLIP_MAX_WORDS 16

typedef struct
{
  JtScan     *scan;
  char       *lower;                        /* (owned) the text in small letters */
  char      **words;                        /* (owned) of it, at most so many; prefixes as "cron:" are none */
  const char *begins[JT_SLIP_MAX_WORDS + 1]; /* where they stand in the text, and where it ends */
  guint       n_words;
} JtSlip;

/* Replaces the error of a parser, if the text has a usual slip. */
void jt_slips_explain (JtScan *scan);

/* The new error; TRUE. @at: in the text as it was given */
gboolean jt_slip_say (JtSlip *slip, const char *at, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* A place in the text for one in one of the words. */
const char *jt_slip_place (const JtSlip *slip, guint word, const char *in_word);
/* "" beyond the last. */
const char *jt_slip_word (const JtSlip *slip, guint index);
/* A time as people write it: 9, 9:30, 09.30, 9h30, 9am, 9 pm (a second word). FALSE: none. *@n_words: how many it took; *@half: where
 * "am" or "pm" stands (in the words), NULL: nowhere. */
gboolean jt_slip_read_clock (const JtSlip *slip, guint word, int *hour, int *minute, guint *n_words, const char **half);
/* Whether text parses as cron fields. */
gboolean jt_slip_is_cron (const char *text);

/* Signs around the expression, and what crontabs have besides. */
gboolean jt_slip_wrapping (JtSlip *slip);
/* Cron fields: too few, too many, letters of other tools. */
gboolean jt_slip_nickname (JtSlip *slip);
gboolean jt_slip_fields (JtSlip *slip);
gboolean jt_slip_command (JtSlip *slip);
gboolean jt_slip_letters (JtSlip *slip);
/* Words of speech: every, at, in, daily, tomorrow. */
gboolean jt_slip_every (JtSlip *slip);
gboolean jt_slip_unit (JtSlip *slip);
gboolean jt_slip_day_word (JtSlip *slip);
/* Dates and times of the day. */
gboolean jt_slip_half_day (JtSlip *slip);
gboolean jt_slip_date (JtSlip *slip);
gboolean jt_slip_clock (JtSlip *slip);
gboolean jt_slip_offset (JtSlip *slip);
gboolean jt_slip_range (JtSlip *slip);
gboolean jt_slip_zone (JtSlip *slip);
gboolean jt_slip_zone_name (JtSlip *slip, guint word);
gboolean jt_slip_bare (JtSlip *slip);
