/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-episode.h"

/* Not told yet, of nobody of this machine. */
JtEpisode *
jt_episode_new (guint64 job, const char *recipient, const char *event)
{
  JtEpisode *episode = g_new0 (JtEpisode, 1);

  episode->job = job;
  episode->recipient = g_strdup (recipient);
  episode->event = g_strdup (event);
  episode->user = -1;
  return episode;
}

JtEpisode *
jt_episode_copy (const JtEpisode *episode)
{
  JtEpisode *copy = g_memdup2 (episode, sizeof *episode);

  copy->recipient = g_strdup (episode->recipient);
  copy->event = g_strdup (episode->event);
  copy->acknowledged_by = g_strdup (episode->acknowledged_by);
  return copy;
}

void
jt_episode_free (JtEpisode *episode)
{
  if (episode == NULL)
    return;
  g_free (episode->recipient);
  g_free (episode->event);
  g_free (episode->acknowledged_by);
  g_free (episode);
}

gboolean
jt_episode_is_by_escalation (const JtEpisode *episode)
{
  return episode->told_usec != 0 && episode->escalated_usec == episode->told_usec;
}
