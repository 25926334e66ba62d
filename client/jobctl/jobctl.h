/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-client.h"
#include "options.h"
#include "table.h"
#include "text.h"

/* What the verbs share: what was asked for, the connection, the terminal. A verb prints to stdout, and answers with an
 * exit status, or sets the error, which main() prints and turns into one. */

typedef struct
{
  const char *verb;       /* its name: some share a function */
  Options    *options;    /* (owned) */
  char      **arguments;  /* borrowed from options: what follows the verb */
  guint       n_arguments;
  JtBus       bus;
  JtClient   *client;     /* (owned) (nullable) until connected */
  Terminal    terminal;
  TimeStyle   times;
  gboolean    is_json;
  gboolean    is_quiet;
} Context;

typedef int (*VerbFunc) (Context *context, GError **error);

gboolean  context_connect (Context *context, GError **error);
GVariant *context_call_root (Context *context, const char *method, GVariant *parameters, GError **error);
GVariant *context_call_creating (Context *context, const char *path, const char *interface, const char *method,
                                 GVariant *parameters, const char *request_id, GError **error);
char     *context_find_job (Context *context, const char *name, GError **error);
char     *context_find_run (Context *context, const char *text, GError **error);
char     *context_find_ended_run (Context *context, const char *text, GError **error);
char     *context_run_path (const char *text);
char     *context_time (Context *context, gint64 usec);
char     *context_request_id (Context *context);
GPtrArray *context_list_all (Context *context, const char *method, GVariant *filter, GError **error);
void       context_put_words (Context *context, GVariantDict *filter, const char *const *keys);
void      context_say (Context *context, const char *format, ...) G_GNUC_PRINTF (2, 3);

const char *row_string (GVariant *row, const char *key);
guint64     row_uint64 (GVariant *row, const char *key);
gint32      row_int32 (GVariant *row, const char *key);
guint32     row_uint32 (GVariant *row, const char *key);
char       *row_job_name (GVariant *row, const char *key);
GVariant   *row_from_properties (GVariant *properties);
int         run_exit_status (GVariant *run);
