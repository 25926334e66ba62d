/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The names under which a kind of value shows on the bus, in a fixed order: as a row (kebab-case keys) and as properties (D-Bus
 * names). Rows are written for every step of every run, so the names are made values once and shared by all rows; a row is then an
 * array of entries whose types are known, which costs a fourth of what GVariantBuilder's checks do. Any thread. */

typedef struct
{
  const char *row;      /* (nullable) not in rows */
  const char *property; /* (nullable) no property */
} JtKey;

/* A table of names and what is made of it at its first use; static in the file that owns it. */
typedef struct
{
  const JtKey *keys;
  guint        n_keys;
  gsize        is_made;
  GVariant   **rows;
  GVariant   **properties;
} JtKeys;

/* a{sv} under the names of rows. @values by index of the table, NULL ones left out; what is used is taken and set to NULL. Floating. */
GVariant *jt_keys_make_row (JtKeys *keys, GVariant **values);
/* a{sv} under the names of properties, without what is equal in @except (nullable). Floating. */
GVariant *jt_keys_make_properties (JtKeys *keys, GVariant **values, GVariant **except);
/* Lets go of the floating @values that became part of nothing. */
void      jt_keys_drop (GVariant **values, guint n_values);
