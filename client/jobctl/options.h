/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The words of a command line, sorted into options, arguments and the command after "--". Options stand anywhere
 * before "--", as "--name value", "--name=value", "-n value" or "-nvalue". Nothing here prints or exits. */

typedef struct
{
  const char *name;       /* without the dashes */
  char        letter;     /* 0: none */
  const char *value_name; /* NULL: a flag */
  const char *help;       /* N_() */
  const char *example;    /* (nullable) a value, for the message when it is missing */
  gboolean    takes_bytes; /* any, not only UTF-8: the verb makes text of them */
} Option;

typedef struct
{
  GHashTable *values;    /* (element-type utf8 GPtrArray) (owned) option name to values, borrowed from argv */
  GPtrArray  *order;     /* (element-type utf8) (owned) names and values in turn, as they came */
  GPtrArray  *arguments; /* (element-type utf8) (owned) NULL-terminated when parsed */
  char      **command;   /* (nullable) borrowed: what follows "--" */
} Options;

Options *options_new (void);
void     options_free (Options *options);

const Option *options_find_name (const Option *const *known, const char *name, gsize length);
const Option *options_find_letter (const Option *const *known, char letter);

gboolean options_parse (Options *options, char **argv, const Option *const *known, GError **error);

const char        *options_get (Options *options, const char *name);
const char *const *options_get_all (Options *options, const char *name);
gboolean           options_has (Options *options, const char *name);
gboolean           options_get_count (Options *options, const char *name, guint64 least, guint64 most, guint64 *count, GError **error);
gboolean           options_get_instant (Options *options, const char *name, gint64 *usec, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Options, options_free)
