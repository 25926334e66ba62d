/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-event.h"

/* Keeps what repeats itself to ten times a second: the first passes at once, of those that follow too soon only
 * the latest is kept and let out later. Keyed by run id; 0 is the root object, which has no event. One timer for
 * all, and none while nothing happens. Main loop only. */

typedef struct _JtPacer JtPacer;
typedef void (*JtPacerFunc) (JtEvent *event, gpointer user_data);

JtPacer *jt_pacer_new (JtPacerFunc func, gpointer user_data);
void     jt_pacer_free (JtPacer *self);
/* FALSE: it was too soon; @event (nullable) is kept in place of what was kept before. */
gboolean jt_pacer_may_pass (JtPacer *self, guint64 key, JtEvent *event);
/* Drops what is kept for @key: something final is said about it. */
void     jt_pacer_forget (JtPacer *self, guint64 key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPacer, jt_pacer_free)
