/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* Deliveries as rows. Writing is the writer's thread's, reading any's that has the connection. */

gboolean jt_store_put_delivery (JtDb *db, const JtDelivery *delivery, GError **error);
/* Those that are no longer open and were made before @before_usec, the oldest first, at most @limit. The newest of all stays, for its id. */
gboolean jt_store_expire_deliveries (JtDb *db, gint64 before_usec, gint64 limit, GError **error);

JtDelivery *jt_store_read_delivery (JtDb *db, guint64 id, GError **error);
GPtrArray  *jt_store_read_deliveries (JtDb *db, const JtDeliveryFilter *filter, guint64 before, guint limit, GError **error);
GPtrArray  *jt_store_read_open_deliveries (JtDb *db, const JtDueQuery *query, GError **error);
GPtrArray  *jt_store_read_next_deliveries (JtDb *db, gint64 after_usec, GError **error);
GPtrArray  *jt_store_read_delivery_counts (JtDb *db, GError **error);
/* The rest of what core keeps of them. */
gboolean    jt_store_read_delivery_contents (JtDb *db, JtStoreContents *contents, GError **error);
