/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channel-programs.h"
#include "jt-fake-clock.h"

/* Channels whose programs are scripts of the test's, run by the real jobtracker-run in a folder of their own. */

#define START_USEC (1800000000 * (gint64) G_USEC_PER_SEC)
#define SECOND ((gint64) G_USEC_PER_SEC)

typedef struct
{
  char       *folder;   /* everybody may write there: programs run as nobody when the test is root */
  JtClock    *clock;
  JtChannels *channels;
  GString    *log;      /* what has been logged */
  GPtrArray  *verdicts; /* (nullable) of the last batch */
  GError     *error;    /* (nullable) of the last batch */
  guint       n_done;
} Channels;

/* To be set by main(). */
extern const char *channels_supervisor;

void  channels_setup (Channels *f, gconstpointer data);
void  channels_teardown (Channels *f, gconstpointer data);
char *channels_path (Channels *f, const char *name);
/* An executable script with that text, and a channel "test" that it is, with @keys ("timeout=5s\n", NULL: none). */
void  channels_use (Channels *f, const char *script, const char *keys);
/* As it, with the program at @path. */
void  channels_use_path (Channels *f, const char *path, const char *keys);
/* Hands over messages with the ids from @first to @last and does not wait. */
void  channels_send (Channels *f, guint first, guint last, GCancellable *c);
void  channels_wait (Channels *f);
void  channels_deliver (Channels *f, guint first, guint last);
void  channels_wait_log (Channels *f, const char *words);
/* The verdict at @place of the last batch as "delivered: ok", "retry? after 5: why" (? is ambiguous), "refused! why" (! pauses). */
void  channels_expect (Channels *f, guint place, const char *want);
/* Words that its detail has. */
void  channels_expect_words (Channels *f, guint place, JtChannelOutcome outcome, gboolean is_ambiguous, const char *words);
