/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-questions.h"

#include "jt-store-deliveries.h"
#include "jt-store-preferences.h"

/* What is asked for by a number, or by a user's name for it. */
typedef struct
{
  guint64 id;
  gint64  after_usec;
  char   *text; /* (owned) (nullable) */
} Asked;

typedef struct
{
  JtDeliveryFilter *filter; /* (owned) */
  guint64           before;
  guint             limit;
} AskedList;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->text);
  g_free (asked);
}

static void
asked_list_free (gpointer data)
{
  AskedList *asked = data;

  jt_delivery_filter_free (asked->filter);
  g_free (asked);
}

static Asked *
ask_for (guint64 id, const char *text)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->id = id;
  asked->text = g_strdup (text);
  return asked;
}

static gpointer
pointer_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
list_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

/* --- deliveries --- */

static gpointer
read_open (JtDb *db, gpointer asked, GError **error)
{
  return jt_store_read_open_deliveries (db, asked, error);
}

static void
list_open_deliveries_async (JtStore *store, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_open, (GDestroyNotify) jt_due_query_free, (GDestroyNotify) g_ptr_array_unref };

  jt_sqlite_store_ask (store, &question, query, c, cb, data);
}

static gpointer
read_next (JtDb *db, gpointer data, GError **error)
{
  const Asked *asked = data;

  return jt_store_read_next_deliveries (db, asked->after_usec, error);
}

static void
next_delivery_async (JtStore *store, gint64 after_usec, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_next, asked_free, (GDestroyNotify) g_ptr_array_unref };
  Asked *asked = ask_for (0, NULL);

  asked->after_usec = after_usec;
  jt_sqlite_store_ask (store, &question, asked, c, cb, data);
}

static gpointer
read_counts (JtDb *db, gpointer asked, GError **error)
{
  return jt_store_read_delivery_counts (db, error);
}

static void
count_deliveries_async (JtStore *store, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_counts, NULL, (GDestroyNotify) g_ptr_array_unref };

  jt_sqlite_store_ask (store, &question, NULL, c, cb, data);
}

static gpointer
read_list (JtDb *db, gpointer data, GError **error)
{
  const AskedList *asked = data;

  return jt_store_read_deliveries (db, asked->filter, asked->before, asked->limit, error);
}

static void
list_deliveries_async (JtStore *store, const JtDeliveryFilter *filter, guint64 before, guint limit, GCancellable *c,
                       GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_list, asked_list_free, (GDestroyNotify) g_ptr_array_unref };
  AskedList *asked = g_new0 (AskedList, 1);

  asked->filter = jt_delivery_filter_copy (filter);
  asked->before = before;
  asked->limit = limit;
  jt_sqlite_store_ask (store, &question, asked, c, cb, data);
}

static gpointer
read_one (JtDb *db, gpointer data, GError **error)
{
  const Asked *asked = data;

  return jt_store_read_delivery (db, asked->id, error);
}

static void
get_delivery_async (JtStore *store, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_one, asked_free, (GDestroyNotify) jt_delivery_unref };

  jt_sqlite_store_ask (store, &question, ask_for (id, NULL), c, cb, data);
}

static JtDelivery *
get_delivery_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

/* --- templates of users --- */

static gpointer
read_template (JtDb *db, gpointer data, GError **error)
{
  const Asked *asked = data;

  return jt_store_read_template (db, (guint32) asked->id, asked->text, error);
}

static void
get_template_async (JtStore *store, guint32 uid, const char *name, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_template, asked_free, g_free };

  jt_sqlite_store_ask (store, &question, ask_for (uid, name), c, cb, data);
}

static char *
get_template_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static gpointer
read_templates (JtDb *db, gpointer data, GError **error)
{
  const Asked *asked = data;

  return jt_store_read_templates (db, (guint32) asked->id, error);
}

static void
list_templates_async (JtStore *store, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  static const JtQuestion question = { read_templates, asked_free, (GDestroyNotify) g_ptr_array_unref };

  jt_sqlite_store_ask (store, &question, ask_for (uid, NULL), c, cb, data);
}

void
jt_store_questions_init (JtStoreInterface *iface)
{
  iface->list_open_deliveries_async = list_open_deliveries_async;
  iface->list_open_deliveries_finish = list_finish;
  iface->next_delivery_async = next_delivery_async;
  iface->next_delivery_finish = list_finish;
  iface->count_deliveries_async = count_deliveries_async;
  iface->count_deliveries_finish = list_finish;
  iface->list_deliveries_async = list_deliveries_async;
  iface->list_deliveries_finish = list_finish;
  iface->get_delivery_async = get_delivery_async;
  iface->get_delivery_finish = get_delivery_finish;
  iface->get_template_async = get_template_async;
  iface->get_template_finish = get_template_finish;
  iface->list_templates_async = list_templates_async;
  iface->list_templates_finish = list_finish;
}
