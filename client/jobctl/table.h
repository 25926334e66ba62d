/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "terminal.h"

/* Rows under headings, in as many columns as the terminal has: long cells are cut, then columns that matter least go.
 * Cells are escaped, so that a name cannot turn the terminal and wide letters stay aligned. */

typedef struct
{
  const char *heading;
  gboolean    is_right;    /* aligned, as figures are */
  gboolean    is_flexible; /* may be cut */
  gboolean    is_state;    /* a word of the service's: coloured by it, and shown in the reader's language */
  int         rank;        /* 0: always there; the highest goes first */
  int         least_width; /* of a flexible one, when not the usual */
} TableColumn;

typedef struct _Table Table;

Table *table_new (const TableColumn *columns);
void   table_free (Table *table);
void   table_add (Table *table, const char *first_cell, ...) G_GNUC_NULL_TERMINATED;
guint  table_get_length (Table *table);
char  *table_format (Table *table, const Terminal *terminal);
void   table_print (Table *table, const Terminal *terminal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)
