/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

/* Values of headers as they are written: in words of RFC 2047 where they are not plain ASCII, or look like such words,
 * and on lines of at most 76 characters, with "\n " between them. What comes in has no control characters. GMime writes
 * longer words than the RFC allows, and lets pass what already looks like one. */

/* Text for people: long words are encoded too, and can be broken so. (transfer full) */
char *email_header_encode_text (const char *name, const char *value);
/* What programs read: broken at blanks only. (transfer full) */
char *email_header_encode (const char *name, const char *value);
/* DISPLAY may be "". (transfer full) */
char *email_header_encode_mailbox (const char *name, const char *display, const char *address);
