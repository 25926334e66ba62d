/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-surroundings.h"

/* A machine that a test turns by hand: which conditions hold, what happens, what is not there. It notes what it was asked. */

#define JT_TYPE_FAKE_SURROUNDINGS (jt_fake_surroundings_get_type ())
G_DECLARE_FINAL_TYPE (JtFakeSurroundings, jt_fake_surroundings, JT, FAKE_SURROUNDINGS, GObject)

JtSurroundings *jt_fake_surroundings_new (void);
/* What was asked since the last call, in order, as "watch 1", "unwatch 1", "look 1", "stop 1", "inhibit 1", "release 1", "wake 5",
 * joined by ", ". (transfer full) */
char *jt_fake_surroundings_take_log (JtFakeSurroundings *self);
/* Whether the condition with that text holds; those never named do. Runs that are looked at hear of it. */
void jt_fake_surroundings_set (JtFakeSurroundings *self, const char *condition, gboolean holds);
/* Definitions that have an entry (or, as "wake", a key) like that are refused from now on; NULL: none. */
void jt_fake_surroundings_set_missing (JtFakeSurroundings *self, const char *entry);
/* From now on inhibitors cannot be had. */
void jt_fake_surroundings_refuse_inhibitors (JtFakeSurroundings *self);
