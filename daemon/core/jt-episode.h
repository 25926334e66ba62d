/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Trouble of a job that a recipient was told of and that has not ended: what recovered, only-changes, reminders, escalation and
 * acknowledgement go by. One for each job and recipient. A plain value. */

typedef struct
{
  guint64  job;
  char    *recipient;       /* (owned) "user:alice" */
  gint64   user;            /* uid of that recipient, -1: no user of this machine */
  guint64  run;             /* that began it, 0 none */
  char    *event;           /* (owned) that began it */
  gint64   told_usec;       /* 0: not told yet */
  gint64   reminded_usec;    /* or when what is held now will be told */
  guint    reminders;
  gint64   escalated_usec;   /* told_usec: of somebody whom it was escalated to, and who is no recipient of the job */
  char    *acknowledged_by; /* (owned) (nullable) */
  gint64   muted_until_usec; /* not on record: the job was found muted until then */
} JtEpisode;

JtEpisode *jt_episode_new (guint64 job, const char *recipient, const char *event);
JtEpisode *jt_episode_copy (const JtEpisode *episode);
void       jt_episode_free (JtEpisode *episode);
gboolean   jt_episode_is_by_escalation (const JtEpisode *episode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtEpisode, jt_episode_free)
