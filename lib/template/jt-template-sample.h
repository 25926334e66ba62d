/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A made-up event with every key of the context filled in, as previews and tests use it. */

/* @event: a name of an event ("failed"), NULL for "failed". What the event is not about is left out: no missed of one that
 * failed, no failure of one that succeeded. Floating a{sv}. */
GVariant *jt_template_sample_new (const char *event);
/* Every key of the table at once. Floating a{sv}. */
GVariant *jt_template_sample_new_full (void);
/* @context with the keys of @changes (each an a{sv}) laid over it, groups key by key: what the caller of a preview gave. Both taken
 * if floating. Floating a{sv}. */
GVariant *jt_template_sample_merge (GVariant *context, GVariant *changes);
