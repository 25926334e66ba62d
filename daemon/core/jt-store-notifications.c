/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store.h"

/* The questions about notifications. */

void
jt_store_list_due_deliveries_async (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  query->state = JT_DELIVERY_WAITING;
  JT_STORE_GET_IFACE (self)->list_open_deliveries_async (self, query, c, cb, data);
}

GPtrArray *
jt_store_list_due_deliveries_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_open_deliveries_finish (self, result, error);
}

void
jt_store_list_held_async (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  query->state = JT_DELIVERY_HELD;
  JT_STORE_GET_IFACE (self)->list_open_deliveries_async (self, query, c, cb, data);
}

GPtrArray *
jt_store_list_held_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_open_deliveries_finish (self, result, error);
}

void
jt_store_list_sending_async (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  query->state = JT_DELIVERY_SENDING;
  JT_STORE_GET_IFACE (self)->list_open_deliveries_async (self, query, c, cb, data);
}

GPtrArray *
jt_store_list_sending_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_open_deliveries_finish (self, result, error);
}

void
jt_store_next_delivery_async (JtStore *self, gint64 after_usec, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->next_delivery_async (self, after_usec, c, cb, data);
}

GPtrArray *
jt_store_next_delivery_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->next_delivery_finish (self, result, error);
}

void
jt_store_count_deliveries_async (JtStore *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->count_deliveries_async (self, c, cb, data);
}

GPtrArray *
jt_store_count_deliveries_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->count_deliveries_finish (self, result, error);
}

void
jt_store_list_deliveries_async (JtStore *self, const JtDeliveryFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->list_deliveries_async (self, filter, before, limit, c, cb, data);
}

GPtrArray *
jt_store_list_deliveries_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_deliveries_finish (self, result, error);
}

void
jt_store_get_delivery_async (JtStore *self, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->get_delivery_async (self, id, c, cb, data);
}

JtDelivery *
jt_store_get_delivery_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->get_delivery_finish (self, result, error);
}

void
jt_store_get_template_async (JtStore *self, guint32 uid, const char *name, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->get_template_async (self, uid, name, c, cb, data);
}

char *
jt_store_get_template_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->get_template_finish (self, result, error);
}

void
jt_store_list_templates_async (JtStore *self, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->list_templates_async (self, uid, c, cb, data);
}

GPtrArray *
jt_store_list_templates_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_templates_finish (self, result, error);
}
