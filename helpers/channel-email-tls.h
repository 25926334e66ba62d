/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <curl/curl.h>

/* What of TLS failed, in words: an expired certificate and a foreign one want different people. NULL: it was not TLS.
 * (transfer full) */
char *email_tls_describe (CURL *curl, CURLcode status, const char *error);
