/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which addresses are public, and that only those come out of a name whose answers change. */

#include <string.h>

#include "channel-webhook-address.h"

/* ---- a resolver that answers as a test says ---- */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver          parent_instance;
  const char *const *answers; /* of each question, separated by spaces; the last is that of all that follow */
  guint              n_asked;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
answer (TestResolver *self)
{
  g_auto (GStrv) words = g_strsplit (self->answers[self->n_asked], " ", -1);
  GList *addresses = NULL;

  if (self->answers[self->n_asked + 1] != NULL)
    self->n_asked++;
  for (guint i = 0; words[i] != NULL; i++)
    addresses = g_list_append (addresses, g_inet_address_new_from_string (words[i]));
  return addresses;
}

static GList *
lookup (GResolver *resolver, const char *name, GResolverNameLookupFlags flags, GCancellable *cancellable, GError **error)
{
  return answer (TEST_RESOLVER (resolver));
}

static GList *
lookup_all (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  return answer (TEST_RESOLVER (resolver));
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
lookup_async (GResolver *resolver, const char *name, GResolverNameLookupFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GList *addresses = NULL;

  /* GNetworkAddress asks for both kinds apart. */
  if (flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
  else if ((addresses = answer (TEST_RESOLVER (resolver))) != NULL)
    g_task_return_pointer (task, addresses, free_addresses);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name = lookup_all;
  resolver_class->lookup_by_name_with_flags = lookup;
  resolver_class->lookup_by_name_with_flags_async = lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
set_answers (const char *const *answers)
{
  g_autoptr (TestResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);

  resolver->answers = answers;
  g_resolver_set_default (G_RESOLVER (resolver));
}

/* ---- what comes out of a host ---- */

typedef struct
{
  GMainLoop *loop;
  GString   *found;
} Collection;

static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Collection *collection = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (source), result, &error);
  g_autofree char *text = NULL;

  if (address == NULL)
    {
      g_string_append (collection->found, error != NULL ? error->message : "end");
      g_main_loop_quit (collection->loop);
      return;
    }
  text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  g_string_append_printf (collection->found, "%s ", text);
  g_socket_address_enumerator_next_async (G_SOCKET_ADDRESS_ENUMERATOR (source), NULL, on_next, user_data);
}

static char *
collect_async (GSocketAddressEnumerator *enumerator)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Collection collection = { loop, g_string_new (NULL) };

  g_socket_address_enumerator_next_async (enumerator, NULL, on_next, &collection);
  g_main_loop_run (loop);
  return g_string_free (collection.found, FALSE);
}

static char *
collect_sync (GSocketAddressEnumerator *enumerator)
{
  GString *found = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next (enumerator, NULL, &error);
      g_autofree char *text = address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;

      g_string_append_printf (found, "%s", text != NULL ? text : error != NULL ? error->message : "end");
      if (address == NULL)
        return g_string_free (found, FALSE);
      g_string_append_c (found, ' ');
    }
}

static void
assert_found (GSocketConnectable *host, const char *expected)
{
  g_autoptr (GSocketAddressEnumerator) plain = g_socket_connectable_enumerate (host);
  g_autofree char *found = collect_async (plain);

  g_assert_cmpstr (found, ==, expected);
}

#define REFUSED(address, what) "hooks.example.com is at " address ", which is " what "; not connected (allow-private=yes if this is meant)"

static void
test_host (void)
{
  static const struct
  {
    const char *answer;
    const char *expected;
  } rows[] = {
    { "9.9.9.9", "9.9.9.9:443 end" },
    { "9.9.9.9 10.0.0.1 8.8.8.8", "9.9.9.9:443 8.8.8.8:443 end" },
    { "127.0.0.1 9.9.9.9", "9.9.9.9:443 end" },
    { "127.0.0.1 10.0.0.1", REFUSED ("127.0.0.1", "a loopback address") },
    { "169.254.169.254", REFUSED ("169.254.169.254", "a link-local address, where metadata services are") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *answers[] = { rows[i].answer, NULL };
      g_autoptr (GSocketConnectable) host = webhook_address_new ("hooks.example.com", 443);
      g_autoptr (GSocketConnectable) again = webhook_address_new ("hooks.example.com", 443);
      g_autoptr (GSocketAddressEnumerator) enumerator = NULL;
      g_autofree char *found = NULL;

      set_answers (answers);
      assert_found (host, rows[i].expected);
      enumerator = g_socket_connectable_proxy_enumerate (again);
      found = collect_sync (enumerator);
      g_assert_cmpstr (found, ==, rows[i].expected);
    }
}

/* The check is of what is connected to, not of what was looked up before. */
static void
test_changing_answer (void)
{
  static const char *const answers[] = { "9.9.9.9", "127.0.0.1", NULL };
  g_autoptr (GSocketConnectable) first = webhook_address_new ("hooks.example.com", 443);
  g_autoptr (GSocketConnectable) second = webhook_address_new ("hooks.example.com", 443);

  set_answers (answers);
  assert_found (first, "9.9.9.9:443 end");
  assert_found (second, REFUSED ("127.0.0.1", "a loopback address"));
  /* One that has asked before keeps to what was checked. */
  assert_found (first, "9.9.9.9:443 end");
}

static void
test_literal (void)
{
  g_autoptr (GSocketConnectable) host = webhook_address_new ("::ffff:192.168.1.1", 443);
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (host);
  g_autofree char *found = collect_async (enumerator);

  g_assert_nonnull (strstr (found, "a private address"));
}

static void
test_ranges (void)
{
  static const char *const private[]
      = { "0.0.0.0",           "0.1.2.3",         "10.0.0.0",          "10.255.255.255",      "100.64.0.1",       "100.100.100.200",
          "100.127.255.255",   "127.0.0.1",       "127.255.255.255",   "168.63.129.16",       "169.254.0.1",      "169.254.169.254",
          "172.16.0.0",        "172.31.255.255",  "192.0.0.192",       "192.0.2.1",           "192.168.0.0",      "192.168.255.255",
          "198.18.0.1",        "198.19.255.255",  "198.51.100.7",      "203.0.113.7",         "224.0.0.1",        "239.255.255.255",
          "240.0.0.1",         "255.255.255.255", "::",                "::1",                 "::7f00:1",         "::ffff:127.0.0.1",
          "::ffff:10.0.0.1",   "::ffff:0:10.0.0.1", "64:ff9b::a00:1",  "64:ff9b:1::1",        "100::1",           "2001:db8::1",
          "2002:7f00:1::",     "2002:a9fe:a9fe::1", "2001:0:1:2:3:4:80ff:fffe", "fc00::1",    "fd00:ec2::254",    "fe80::1",
          "febf::1",           "fec0::1",         "ff02::1" };
  static const char *const public[] = { "1.1.1.1",      "9.9.9.9",         "11.0.0.0",      "100.63.255.255",       "100.128.0.0",  "126.255.255.255",
                                        "128.0.0.1",    "168.63.129.17",   "169.253.0.1",   "169.255.0.1",          "172.15.0.1",   "172.32.0.0",
                                        "192.0.1.1",    "192.167.0.1",     "192.169.0.1",   "198.17.255.255",       "198.20.0.0",   "223.255.255.255",
                                        "2606:4700::1", "2001:4860::8888", "2a00::1",       "::ffff:9.9.9.9",       "64:ff9b::909:909", "2002:909:909::1",
                                        "fbff::1" };

  for (guint i = 0; i < G_N_ELEMENTS (private); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (private[i]);

      if (webhook_address_find_fault (address) == NULL)
        g_error ("%s counts as public", private[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (public); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (public[i]);
      const char *what = webhook_address_find_fault (address);

      if (what != NULL)
        g_error ("%s counts as %s", public[i], what);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webhook/address/ranges", test_ranges);
  g_test_add_func ("/webhook/address/host", test_host);
  g_test_add_func ("/webhook/address/changing-answer", test_changing_answer);
  g_test_add_func ("/webhook/address/literal", test_literal);
  return g_test_run ();
}
