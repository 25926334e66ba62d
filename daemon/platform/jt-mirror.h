/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-peer.h"

/* The properties of one object of a peer, as it last told them: asked for when it comes, followed by PropertiesChanged, forgotten
 * when it goes. GDBusProxy would ask before anybody wants to know, and again for each name that it does not find. Main loop only.
 *
 * Signals:
 *   "changed"   what is known is another */

#define JT_TYPE_MIRROR (jt_mirror_get_type ())
G_DECLARE_FINAL_TYPE (JtMirror, jt_mirror, JT, MIRROR, GObject)

JtMirror *jt_mirror_new (JtPeer *peer, const char *path, const char *interface);
/* Whether the peer is absent, or its properties have come, or would not. */
gboolean jt_mirror_is_settled (JtMirror *self);
/* NULL: not known. (transfer full) */
GVariant *jt_mirror_lookup (JtMirror *self, const char *property, const char *type);
