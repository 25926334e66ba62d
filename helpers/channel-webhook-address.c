/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-address.h"

#include <string.h>

/* ---- which addresses are not public ---- */

typedef struct
{
  const char *prefix; /* of an address, as it is written */
  guint       bits;
  const char *what;
} Range;

static const Range ranges[] = {
  { "0.0.0.0", 8, "an address of this machine" },
  { "10.0.0.0", 8, "a private address" },
  { "100.64.0.0", 10, "an address of a carrier's own network" },
  { "127.0.0.0", 8, "a loopback address" },
  { "168.63.129.16", 32, "a metadata service" },
  { "169.254.0.0", 16, "a link-local address, where metadata services are" },
  { "172.16.0.0", 12, "a private address" },
  { "192.0.0.0", 24, "a reserved address" },
  { "192.0.2.0", 24, "an address for documentation" },
  { "192.168.0.0", 16, "a private address" },
  { "198.18.0.0", 15, "an address for benchmarks" },
  { "198.51.100.0", 24, "an address for documentation" },
  { "203.0.113.0", 24, "an address for documentation" },
  { "224.0.0.0", 4, "a multicast address" },
  { "240.0.0.0", 4, "a reserved address" },
  { "::1", 128, "a loopback address" },
  { "::", 96, "a reserved address" },
  { "64:ff9b:1::", 48, "a private address" },
  { "100::", 64, "a reserved address" },
  { "2001:db8::", 32, "an address for documentation" },
  { "fc00::", 7, "a private address" },
  { "fe80::", 10, "a link-local address" },
  { "fec0::", 10, "a private address" },
  { "ff00::", 8, "a multicast address" },
};

/* IPv6 addresses that are a way to an IPv4 one, and where in them that stands. Teredo's has all bits turned over. */
static const struct
{
  const char *prefix;
  guint       bits;
  guint       offset;
  guint8      mask;
} embeddings[] = {
  { "::ffff:0:0", 96, 12, 0x00 }, { "::ffff:0:0:0", 96, 12, 0x00 }, { "64:ff9b::", 96, 12, 0x00 },
  { "2002::", 16, 2, 0x00 },      { "2001::", 32, 12, 0xFF },
};

static gboolean
is_within (GInetAddress *address, const char *prefix, guint bits)
{
  g_autoptr (GInetAddress) base = g_inet_address_new_from_string (prefix);
  const guint8 *a = g_inet_address_to_bytes (address);
  const guint8 *b = g_inet_address_to_bytes (base);

  if (g_inet_address_get_family (address) != g_inet_address_get_family (base))
    return FALSE;
  for (guint i = 0; i < bits; i++)
    if ((a[i / 8] ^ b[i / 8]) & (0x80 >> (i % 8)))
      return FALSE;
  return TRUE;
}

static GInetAddress *
find_embedded (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  guint8 inner[4];

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (embeddings); i++)
    if (is_within (address, embeddings[i].prefix, embeddings[i].bits))
      {
        for (guint j = 0; j < sizeof inner; j++)
          inner[j] = bytes[embeddings[i].offset + j] ^ embeddings[i].mask;
        return g_inet_address_new_from_bytes (inner, G_SOCKET_FAMILY_IPV4);
      }
  return NULL;
}

const char *
webhook_address_find_fault (GInetAddress *address)
{
  g_autoptr (GInetAddress) inner = find_embedded (address);
  GInetAddress *real = inner != NULL ? inner : address;

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (is_within (real, ranges[i].prefix, ranges[i].bits))
      return ranges[i].what;
  return NULL;
}

/* ---- the enumerator that leaves them out ---- */

#define WEBHOOK_TYPE_ENUMERATOR (webhook_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (WebhookEnumerator, webhook_enumerator, WEBHOOK, ENUMERATOR, GSocketAddressEnumerator)

struct _WebhookEnumerator
{
  GSocketAddressEnumerator  parent_instance;
  GSocketAddressEnumerator *inner; /* (owned) */
  char                     *host;  /* (owned) */
  GError                   *fault; /* (owned) (nullable) about the first that was left out, as long as none was let through */
  gboolean                  has_given;
};

G_DEFINE_FINAL_TYPE (WebhookEnumerator, webhook_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

static gboolean
is_allowed (WebhookEnumerator *self, GSocketAddress *address)
{
  GInetAddress *inet = G_IS_INET_SOCKET_ADDRESS (address) ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)) : NULL;
  const char *what = inet != NULL ? webhook_address_find_fault (inet) : "no address of the internet";
  g_autofree char *shown = inet != NULL ? g_inet_address_to_string (inet) : NULL;

  if (what == NULL)
    return TRUE;
  if (self->fault == NULL)
    self->fault = g_error_new (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                               "%s is at %s, which is %s; not connected (allow-private=yes if this is meant)", self->host,
                               shown != NULL ? shown : "?", what);
  return FALSE;
}

/* TRUE: RESULT, or the end, or an error that is to be handed on; FALSE: ask for the next. (RESULT transfer full) */
static gboolean
judge (WebhookEnumerator *self, GSocketAddress **result, GError **error)
{
  if (*result == NULL)
    {
      if (*error == NULL && !self->has_given && self->fault != NULL)
        *error = g_error_copy (self->fault);
      return TRUE;
    }
  if (!is_allowed (self, *result))
    {
      g_clear_object (result);
      return FALSE;
    }
  self->has_given = TRUE;
  return TRUE;
}

static GSocketAddress *
next (GSocketAddressEnumerator *enumerator, GCancellable *cancellable, GError **error)
{
  WebhookEnumerator *self = WEBHOOK_ENUMERATOR (enumerator);
  g_autoptr (GError) fault = NULL;
  GSocketAddress *address;

  do
    address = g_socket_address_enumerator_next (self->inner, cancellable, &fault);
  while (!judge (self, &address, &fault));
  if (fault != NULL)
    g_propagate_error (error, g_steal_pointer (&fault));
  return address;
}

static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WebhookEnumerator *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  GSocketAddress *address = g_socket_address_enumerator_next_finish (self->inner, result, &error);

  if (!judge (self, &address, &error))
    g_socket_address_enumerator_next_async (self->inner, g_task_get_cancellable (task), on_next, g_object_ref (task));
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, address, g_object_unref);
}

static void
next_async (GSocketAddressEnumerator *enumerator, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  WebhookEnumerator *self = WEBHOOK_ENUMERATOR (enumerator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, next_async);
  g_socket_address_enumerator_next_async (self->inner, cancellable, on_next, g_object_ref (task));
}

static GSocketAddress *
next_finish (GSocketAddressEnumerator *enumerator, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
webhook_enumerator_finalize (GObject *object)
{
  WebhookEnumerator *self = WEBHOOK_ENUMERATOR (object);

  g_clear_object (&self->inner);
  g_clear_error (&self->fault);
  g_free (self->host);
  G_OBJECT_CLASS (webhook_enumerator_parent_class)->finalize (object);
}

static void
webhook_enumerator_class_init (WebhookEnumeratorClass *klass)
{
  GSocketAddressEnumeratorClass *enumerator_class = G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = webhook_enumerator_finalize;
  enumerator_class->next = next;
  enumerator_class->next_async = next_async;
  enumerator_class->next_finish = next_finish;
}

static void
webhook_enumerator_init (WebhookEnumerator *self)
{
}

/* ---- the address ---- */

struct _WebhookAddress
{
  GNetworkAddress parent_instance;
};

static GSocketConnectableIface *parent_connectable;

static void init_connectable (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WebhookAddress, webhook_address, G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, init_connectable))

static GSocketAddressEnumerator *
enumerate (GSocketConnectable *connectable)
{
  WebhookEnumerator *enumerator = g_object_new (WEBHOOK_TYPE_ENUMERATOR, NULL);

  enumerator->inner = parent_connectable->enumerate (connectable);
  enumerator->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable)));
  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static void
init_connectable (GSocketConnectableIface *iface)
{
  parent_connectable = g_type_interface_peek_parent (iface);
  iface->enumerate = enumerate;
  /* Through a proxy it would be the proxy that looks the name up. */
  iface->proxy_enumerate = enumerate;
}

static void
webhook_address_class_init (WebhookAddressClass *klass)
{
}

static void
webhook_address_init (WebhookAddress *self)
{
}

GSocketConnectable *
webhook_address_new (const char *host, guint16 port)
{
  return g_object_new (WEBHOOK_TYPE_ADDRESS, "hostname", host, "port", (guint) port, NULL);
}
