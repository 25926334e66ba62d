/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* A host that is connected to only where it is on the public internet. The addresses are looked at as they come out of the
 * resolver on their way to connect(2), so what is checked is what is connected to: no name whose answer changes, and no other
 * way of writing an address, gets around it. It is a GNetworkAddress, so that TLS goes on asking for the certificate of the host. */

#define WEBHOOK_TYPE_ADDRESS (webhook_address_get_type ())
G_DECLARE_FINAL_TYPE (WebhookAddress, webhook_address, WEBHOOK, ADDRESS, GNetworkAddress)

GSocketConnectable *webhook_address_new (const char *host, guint16 port);

/* NULL: a public address; else what it is, "a private address". */
const char *webhook_address_find_fault (GInetAddress *address);
