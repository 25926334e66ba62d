/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What stdout is: how wide, whether it has colours, whether a pager stands in between. */

typedef enum
{
  COLOR_AUTO,
  COLOR_ALWAYS,
  COLOR_NEVER,
} ColorWhen;

typedef enum
{
  COLOR_PLAIN,
  COLOR_GOOD,
  COLOR_BAD,
  COLOR_DOUBTFUL,
  COLOR_FAINT,
  COLOR_BOLD,
} Color;

typedef struct
{
  int      columns;
  gboolean is_terminal;
  gboolean has_color;
} Terminal;

void  terminal_init (Terminal *terminal, ColorWhen when);
int   terminal_columns_from_text (const char *text);
char *terminal_paint (const Terminal *terminal, Color color, const char *text);
Color terminal_color_of_word (const char *word);

void terminal_open_pager (const Terminal *terminal);
int  terminal_close (int status);
void terminal_open_standard_descriptors (void);
