/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "table.h"

#include <stdarg.h>
#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "text.h"
#include "words.h"

#define MAX_TABLE_COLUMNS 16
#define LEAST_WIDTH 8
#define GAP 2

struct _Table
{
  const TableColumn *columns; /* (unowned): constant, ended by one without a heading */
  guint              count;
  GPtrArray         *rows; /* (element-type GStrv) (owned) */
};

/* @columns: ended by one without a heading; its headings are translated here. Must outlive the table. */
Table *
table_new (const TableColumn *columns)
{
  Table *table = g_new0 (Table, 1);

  table->columns = columns;
  while (columns[table->count].heading != NULL)
    table->count++;
  g_assert (table->count <= MAX_TABLE_COLUMNS);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return table;
}

void
table_free (Table *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->rows);
  g_free (table);
}

/* One cell for each column, NULL-terminated. */
void
table_add (Table *table, const char *first_cell, ...)
{
  char **row = g_new0 (char *, table->count + 1);
  const char *cell = first_cell;
  va_list cells;

  va_start (cells, first_cell);
  for (guint i = 0; i < table->count; i++)
    {
      row[i] = text_escape (cell != NULL ? cell : "");
      cell = cell != NULL ? va_arg (cells, const char *) : NULL;
    }
  va_end (cells);
  g_ptr_array_add (table->rows, row);
}

guint
table_get_length (Table *table)
{
  return table->rows->len;
}

static const char *
shown_cell (const TableColumn *column, const char *cell)
{
  return column->is_state ? word_of_state (cell) : cell;
}

static void
measure (Table *table, int *widths)
{
  for (guint i = 0; i < table->count; i++)
    {
      widths[i] = text_width (_(table->columns[i].heading));
      for (guint row = 0; row < table->rows->len; row++)
        widths[i] = MAX (widths[i], text_width (shown_cell (&table->columns[i], ((char **) g_ptr_array_index (table->rows, row))[i])));
    }
}

static int
sum (const int *widths, guint count)
{
  int total = -GAP;

  for (guint i = 0; i < count; i++)
    total += widths[i] >= 0 ? widths[i] + GAP : 0;
  return total;
}

static int
least_width_of (const TableColumn *column)
{
  return column->least_width > 0 ? column->least_width : LEAST_WIDTH;
}

/* The widest flexible column gives way, down to the least width. */
static gboolean
shrink (Table *table, int *widths, int excess)
{
  int widest = -1;

  for (guint i = 0; i < table->count; i++)
    if (table->columns[i].is_flexible && widths[i] > least_width_of (&table->columns[i]) && (widest < 0 || widths[i] > widths[widest]))
      widest = (int) i;
  if (widest < 0)
    return FALSE;
  widths[widest] = MAX (widths[widest] - MIN (excess, 4), least_width_of (&table->columns[widest]));
  return TRUE;
}

static gboolean
drop (Table *table, int *widths)
{
  int last = -1;

  for (guint i = 0; i < table->count; i++)
    if (widths[i] >= 0 && table->columns[i].rank > 0 && (last < 0 || table->columns[i].rank > table->columns[last].rank))
      last = (int) i;
  if (last < 0)
    return FALSE;
  widths[last] = -1;
  return TRUE;
}

static void
append_cell (GString *out, const TableColumn *column, const Terminal *terminal, int width, const char *text, Color color, gboolean is_last)
{
  g_autofree char *cut = text_cut (text, width);
  g_autofree char *painted = terminal_paint (terminal, color, cut);
  int padding = width - text_width (cut);

  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_printf (out, "%*s", GAP, "");
  if (column->is_right)
    g_string_append_printf (out, "%*s%s", padding, "", painted);
  else if (is_last)
    g_string_append (out, painted);
  else
    g_string_append_printf (out, "%s%*s", painted, padding, "");
}

static void
append_row (Table *table, GString *out, const Terminal *terminal, const int *widths, char *const *cells)
{
  guint last = table->count - 1;

  while (last > 0 && widths[last] < 0)
    last--;
  for (guint i = 0; i < table->count; i++)
    {
      const TableColumn *column = &table->columns[i];
      Color color = cells == NULL ? COLOR_BOLD : column->is_state ? terminal_color_of_word (cells[i]) : COLOR_PLAIN;
      const char *text = cells == NULL ? _(column->heading) : shown_cell (column, cells[i]);

      if (widths[i] >= 0)
        append_cell (out, column, terminal, widths[i], text, color, i == last);
    }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

/**
 * table_format:
 *
 * Returns: (transfer full): the headings and the rows, a line each
 */
char *
table_format (Table *table, const Terminal *terminal)
{
  int widths[MAX_TABLE_COLUMNS] = { 0 };
  GString *out = g_string_new (NULL);
  int excess;

  measure (table, widths);
  while ((excess = sum (widths, table->count) - terminal->columns) > 0)
    if (!shrink (table, widths, excess) && !drop (table, widths))
      break;
  append_row (table, out, terminal, widths, NULL);
  for (guint row = 0; row < table->rows->len; row++)
    append_row (table, out, terminal, widths, g_ptr_array_index (table->rows, row));
  return g_string_free (out, FALSE);
}

void
table_print (Table *table, const Terminal *terminal)
{
  g_autofree char *text = table_format (table, terminal);

  fputs (text, stdout);
}
