/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Figures as bars of text, in eighths of a cell where the terminal can show them. Pure. */

/* @value out of @most as a bar of at most @width cells; something is never nothing. (transfer full) */
char *chart_bar (double value, double most, int width);
/* One cell a value, by its height. (transfer full) */
char *chart_columns (const guint64 *values, guint n_values);
