/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-error.h"
#include "jt-job.h"
#include "jt-peers.h"
#include "jt-service.h"
#include "jt-vardict.h"

/* One method call on its way: who calls, the job or run it is about (a snapshot, already found to be the caller's to
 * see), and the invocation, answered exactly once by jt_call_return*() which also ends the call. A handler owns the call it
 * is given. Main loop only. */

typedef struct
{
  JtService             *service;    /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) until answered */
  JtPeer                *peer;       /* (owned) who calls */
  guint64                id;         /* of the job or run in the path, 0: the root */
  JtJob                 *job;        /* (owned) (nullable) */
  JtJobStatus            status;     /* of @job */
  JtRun                 *run;        /* (owned) (nullable) */
  gpointer               data;       /* (owned) a handler's own */
  GDestroyNotify         data_destroy;
} JtCall;

typedef void (*JtCallHandler) (JtCall *call);

typedef struct
{
  const char   *member;
  JtCallHandler handler;
} JtCallRow;

JtCall     *jt_call_new (JtService *service, GDBusMethodInvocation *invocation);
/* Without an answer: the invocation must have had it. */
void        jt_call_free (JtCall *call);
GVariant   *jt_call_get_parameters (JtCall *call);
const char *jt_call_get_sender (JtCall *call);
void        jt_call_set_data (JtCall *call, gpointer data, GDestroyNotify destroy);
/* @value: a tuple, floating or NULL. TooLarge is answered in its place above 8 MiB. */
void        jt_call_return (JtCall *call, GVariant *value);
void        jt_call_return_fd (JtCall *call, int fd);
/* @error: (transfer full). Errors of domains that are not ours become StorageUnavailable's plain text without detail of the system. */
void        jt_call_take_error (JtCall *call, GError *error);
G_GNUC_PRINTF (3, 4)
void        jt_call_return_error (JtCall *call, JtError code, const char *format, ...);
/* TRUE, or the answer is given and the call is gone. */
gboolean    jt_call_check_options (JtCall *call, GVariant *options, const JtVardictKey *keys);
/* Of the member, the path and all arguments, so that a repeat with others is told apart. (transfer full) */
char       *jt_call_digest (JtCall *call);
/* FALSE: refused, the call is gone. @request_id: borrowed from @options, NULL when not given. */
gboolean    jt_call_read_request_id (JtCall *call, GVariant *options, const char **request_id);
/* A person's words: at most @limit bytes, no control characters. FALSE: refused, the call is gone. */
gboolean    jt_call_check_text (JtCall *call, const char *what, const char *text, gsize limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtCall, jt_call_free)
