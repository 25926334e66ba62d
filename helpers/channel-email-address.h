/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* One address: "user@host", nothing else of what RFC 5322 knows. It goes into a line of SMTP as it is, and into argv. */

#define EMAIL_MAX_ADDRESS 254 /* RFC 5321, with its erratum */

/* The address with its domain as DNS has it (xn--). NULL: what is wrong with it, as a sentence that goes on after the
 * address, is in FAULT. A local part may have letters beyond ASCII, which the server must take then. (transfer full) */
char *email_address_read (const char *text, const char **fault);
/* The same for a host alone; NULL if it is none. (transfer full) */
char *email_host_read (const char *text);
