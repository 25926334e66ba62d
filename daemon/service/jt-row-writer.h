/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Rows (aa{sv}) written straight into the bytes that a GVariant of them is (its serialisation format, as GLib documents it): for answers of
 * thousands of rows, where a value for each name and number would be made only to be copied into such bytes. Pure. */

typedef struct
{
  GByteArray *bytes;    /* (owned) the rows so far */
  GArray     *rows;     /* (element-type gsize) (owned) where each ends */
  GArray     *entries;  /* (element-type gsize) (owned) where those of the row under way end, from its begin */
  gsize       row;      /* where it begins */
} JtRowWriter;

void      jt_row_writer_init (JtRowWriter *writer);
void      jt_row_writer_begin (JtRowWriter *writer);
void      jt_row_writer_add_uint64 (JtRowWriter *writer, const char *key, guint64 value);
void      jt_row_writer_add_double (JtRowWriter *writer, const char *key, double value);
void      jt_row_writer_add_boolean (JtRowWriter *writer, const char *key, gboolean value);
void      jt_row_writer_add_string (JtRowWriter *writer, const char *key, const char *value);
/* A tuple of numbers: "(tt)" for two. */
void      jt_row_writer_add_numbers (JtRowWriter *writer, const char *key, const char *type, const guint64 *numbers, guint n_numbers);
/* a{st} of what is not 0. */
void      jt_row_writer_add_counts (JtRowWriter *writer, const char *key, const char *const *names, const guint64 *counts, guint n_counts);
void      jt_row_writer_end (JtRowWriter *writer);
/* All rows. Floating aa{sv}; @writer is empty then. */
GVariant *jt_row_writer_take (JtRowWriter *writer);
