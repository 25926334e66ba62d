/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* The questions about notifications, as JtSqliteStore answers them on a reader's thread. */

/* One kind of question. */
typedef struct
{
  gpointer (*read) (JtDb *db, gpointer asked, GError **error); /* (transfer full) the answer */
  GDestroyNotify free_asked;
  GDestroyNotify free_answer;
} JtQuestion;

void jt_store_questions_init (JtStoreInterface *iface);

/* By jt-sqlite-store.c: @question goes to a reader, with @asked (transfer full) (nullable), and its answer to @cb. */
void jt_sqlite_store_ask (JtStore *store, const JtQuestion *question, gpointer asked, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
