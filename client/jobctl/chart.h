/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "terminal.h"

/* Figures as bars of text, in eighths of a cell where the terminal can show them, in plain letters where it cannot. Pure. */

/* How many runs went how. */
typedef struct
{
  guint64 good;
  guint64 bad;
  guint64 other;
} ChartParts;

/* @value out of @most as a bar of at most @width cells; something is never nothing. (transfer full) */
char *chart_bar (double value, double most, int width);
/* The same of all parts together, each in a colour and a filling of its own. (transfer full) */
char *chart_stack (const Terminal *terminal, const ChartParts *parts, double most, int width);
/* What the fillings mean. (transfer full) */
char *chart_stack_legend (const Terminal *terminal, const ChartParts *parts);
/* A column for each value, @height lines one above the other, each ended. (transfer full) */
char *chart_towers (const guint64 *values, guint n_values, int height);
/* @text, in which what this locale cannot show of what charts and figures use is put into plain letters. (transfer full) */
char *chart_plain (const char *text);
