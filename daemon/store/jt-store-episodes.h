/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* Trouble that somebody was told of and that has not ended. */

gboolean jt_store_put_episode (JtDb *db, const JtEpisode *episode, GError **error);
/* @recipient: (nullable) those of all */
gboolean jt_store_end_episodes (JtDb *db, guint64 job, const char *recipient, GError **error);
/* @episodes: (element-type JtEpisode) */
gboolean jt_store_read_episodes (JtDb *db, GPtrArray *episodes, GError **error);
