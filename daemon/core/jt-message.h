/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* One notification as a channel gets it: rendered, addressed, with all that a program may want to know of it. Reference-counted and
 * immutable once shared: jt_message_new() makes one that is filled in by whoever made it and then given away. */

typedef struct
{
  gatomicrefcount ref_count;
  guint64    id;                /* of the delivery's row; a channel answers by it */
  char      *message_id;        /* "<…@…>": the same at every attempt */
  char      *channel;
  char      *event;             /* "failed" */
  char      *severity;          /* "error" */
  gboolean   is_repeat;         /* an attempt before ended without anybody knowing how */
  char      *address;           /* (nullable) of the recipient: a channel may know for itself whom to tell */
  char      *recipient_name;    /* (nullable) of the account, for "user:alice" */
  gint64     recipient_uid;     /* -1: no account */
  char      *language;          /* (nullable) */
  char      *subject;           /* (nullable) */
  char      *text;              /* (nullable) */
  char      *html;              /* (nullable) */
  GPtrArray *headers;           /* (element-type utf8) names and values in turn; see jt_message_add_header */
  GVariant  *job;               /* (nullable) a{sv}, the row of ListJobs */
  GVariant  *run;               /* (nullable) a{sv}, the row of ListRuns */
  GVariant  *links;             /* (nullable) a{ss} or a{sv} of strings */
  gint64     created_usec;
} JtMessage;

/* All empty, without account, one reference. */
JtMessage *jt_message_new (void);
JtMessage *jt_message_ref (JtMessage *message);
void       jt_message_unref (JtMessage *message);
/* While it is being made. */
void       jt_message_add_header (JtMessage *message, const char *name, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtMessage, jt_message_unref)
