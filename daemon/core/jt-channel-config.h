/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* One [Channel NAME] of jobtracker.conf: what the service itself wants to know of it, and beside that whatever its program is told.
 * Immutable once its configuration is shared, and owned by that. */

typedef struct
{
  char    *key;           /* "password" */
  char    *source;        /* a path, the name of a credential, or the secret itself */
  enum
  {
    JT_SECRET_FILE,
    JT_SECRET_CREDENTIAL,
    JT_SECRET_INLINE,     /* in a file that only its owner reads */
  } kind;
} JtChannelSecret;

typedef struct
{
  char      *name;
  char      *type;        /* "email", "webhook", "program" */
  char      *program;     /* absolute path */
  char      *run_as;      /* (nullable) the account; NULL: the service's own */
  gboolean   allows_new_privileges;
  gboolean   is_privilege_given; /* by new-privileges, and not by what follows from the rest */
  gint64     timeout_usec;
  gint64     idle_usec;   /* how long its program is kept without work */
  guint64    memory_max_bytes; /* 0: no limit */
  guint      max_batch;
  gint64     max_age_usec;
  char      *problem;     /* (nullable) why its program cannot be used, as far as can be seen */
  GPtrArray *settings;    /* (element-type utf8) keys and values in turn, as they stand in the file; no secrets, nor what only the service acts on */
  GPtrArray *secrets;     /* (element-type JtChannelSecret) */
} JtChannelConfig;

/* With defaults. @runs_as_others: the service may be anybody. */
JtChannelConfig *jt_channel_config_new (const char *name, gboolean runs_as_others);
void             jt_channel_config_free (JtChannelConfig *self);

/* NULL, or what is wrong with a channel's name. (transfer none) */
const char *jt_channel_config_find_name_fault (const char *name);
/* Takes one pair as it stands in the file. @may_hold_secrets: only its owner reads that. JT_ERROR_INVALID_ARGUMENT names the key. */
gboolean jt_channel_config_set (JtChannelConfig *self, const char *key, const char *value, gboolean may_hold_secrets, GError **error);
/* (nullable) (transfer none) the value of a free key */
const char *jt_channel_config_get (const JtChannelConfig *self, const char *key);
/* When all its pairs are there: type and program, which follow from each other. JT_ERROR_INVALID_ARGUMENT. @folder: (nullable) of
 * programs that are channels by their file names. */
gboolean jt_channel_config_settle (JtChannelConfig *self, const char *folder, GError **error);

/* (transfer full) (element-type JtChannelConfig): the executables of @folder that no channel of @channels has for its name, with
 * defaults; those that others may write with their problem. Reads files. */
GPtrArray *jt_channel_config_read_folder (const char *folder, GPtrArray *channels, gboolean runs_as_others);
/* (nullable) (transfer full): why @path cannot be a channel's program. Looks at files. */
char *jt_channel_config_check_program (const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtChannelConfig, jt_channel_config_free)
