/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-file.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "unit-words.h"

#define BLANKS " \t\n\r"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define MAX_DOUBTS 100

typedef struct
{
  Unit       *unit;
  const char *path;
  guint       line;
  char       *section; /* (owned) (nullable): none that counts */
  gboolean    has_section;
} Reader;

static void
unit_line_free (UnitLine *line)
{
  g_free (line->section);
  g_free (line->key);
  g_free (line->value);
  g_free (line);
}

/* @name: that of a unit, as unit_name_parse() takes it. */
Unit *
unit_new (const char *name)
{
  Unit *unit = g_new0 (Unit, 1);

  unit->name = g_strdup (name);
  unit->parts = unit_name_parse (name);
  unit->paths = g_ptr_array_new_with_free_func (g_free);
  unit->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) unit_line_free);
  unit->doubts = g_ptr_array_new_with_free_func (g_free);
  return unit;
}

void
unit_free (Unit *unit)
{
  if (unit == NULL)
    return;
  g_free (unit->name);
  unit_name_free (unit->parts);
  g_ptr_array_unref (unit->lines);
  g_ptr_array_unref (unit->paths);
  g_ptr_array_unref (unit->doubts);
  g_free (unit);
}

/* --- reading --- */

static void
add_doubt (Reader *reader, const char *what)
{
  if (reader->unit->doubts->len < MAX_DOUBTS)
    g_ptr_array_add (reader->unit->doubts, g_strdup_printf ("%s:%u: %s", reader->path, reader->line, what));
}

static gboolean
take_section (Reader *reader, const char *text, GError **error)
{
  static const char *const known[] = { "Unit", "Timer", "Service", "Install", NULL };
  gsize length = strlen (text);

  if (text[length - 1] != ']')
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s:%u: '%.64s' is not a section; write [Service]"), reader->path, reader->line,
                   text);
      return FALSE;
    }
  reader->has_section = TRUE;
  g_free (reader->section);
  reader->section = g_strndup (text + 1, length - 2);
  if (g_strv_contains (known, reader->section))
    return TRUE;
  if (!g_str_has_prefix (reader->section, "X-"))
    add_doubt (reader, _("an unknown section"));
  g_clear_pointer (&reader->section, g_free);
  return TRUE;
}

static gboolean
take_assignment (Reader *reader, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  UnitLine *line;

  if (reader->section == NULL)
    {
      if (!reader->has_section)
        add_doubt (reader, _("stands before any section"));
      return TRUE;
    }
  if (equals == NULL)
    {
      add_doubt (reader, _("no assignment: '=' is missing"));
      return TRUE;
    }
  if (reader->unit->lines->len >= UNIT_MAX_LINES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("%s: more than %d assignments"), reader->path, UNIT_MAX_LINES);
      return FALSE;
    }
  line = g_new0 (UnitLine, 1);
  line->section = g_strdup (reader->section);
  line->key = g_strchomp (g_strndup (text, (gsize) (equals - text)));
  line->value = g_strdup (equals + 1 + strspn (equals + 1, BLANKS));
  line->path = reader->path;
  line->line = reader->line;
  g_ptr_array_add (reader->unit->lines, line);
  return TRUE;
}

/* @text: a logical line, its continuations joined to it. */
static gboolean
take_line (Reader *reader, char *text, GError **error)
{
  const char *bad;

  if (!g_utf8_validate (text, -1, &bad))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s:%u: invalid UTF-8 at byte %d"), reader->path, reader->line,
                   (int) (bad - text) + 1);
      return FALSE;
    }
  g_strstrip (text);
  if (*text == '\0')
    return TRUE;
  return *text == '[' ? take_section (reader, text, error) : take_assignment (reader, text, error);
}

static gboolean
is_comment (const char *text)
{
  text += strspn (text, BLANKS);
  return *text == '#' || *text == ';';
}

/* Whether a backslash that no other one escapes ends @text. */
static gboolean
is_continued (const char *text)
{
  gsize length = strlen (text);
  gboolean is_odd = FALSE;

  while (length > 0 && text[--length] == '\\')
    is_odd = !is_odd;
  return is_odd;
}

/* The end of a line as systemd sees it: LF, CR, or both. */
static char *
cut_line (char **text)
{
  char *begin = *text;
  gsize length = strcspn (begin, "\r\n");
  char end = begin[length];

  *text = end != '\0' ? begin + length + 1 : NULL;
  if (end != '\0' && ((end == '\r' && **text == '\n') || (end == '\n' && **text == '\r')))
    (*text)++;
  begin[length] = '\0';
  return begin;
}

/* Lines joined where a backslash says so; a comment between them is none of them. */
static gboolean
read_lines (Reader *reader, char *text, GError **error)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  gboolean is_whole = TRUE;
  guint number = 0;

  while (text != NULL)
    {
      char *part = cut_line (&text);

      number++;
      if (is_comment (part))
        continue;
      if (is_whole)
        reader->line = number;
      g_string_append (whole, part);
      is_whole = !is_continued (part);
      if (!is_whole)
        {
          whole->str[whole->len - 1] = ' ';
          continue;
        }
      if (!take_line (reader, whole->str, error))
        return FALSE;
      g_string_truncate (whole, 0);
    }
  return is_whole || take_line (reader, whole->str, error);
}

/**
 * unit_read_text:
 *
 * Adds what a file says to @unit: the main file's first, then those of drop-ins in their order.
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT or %JT_ERROR_TOO_LARGE, naming file and line, where systemd would not load it
 */
gboolean
unit_read_text (Unit *unit, const char *text, gsize length, const char *path, GError **error)
{
  Reader reader = { .unit = unit };
  g_autofree char *copy = NULL;
  gboolean is_good;

  if (length > UNIT_MAX_FILE)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("%s is larger than 1 MiB"), path);
      return FALSE;
    }
  if (memchr (text, '\0', length) != NULL)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s is no text: it has a NUL byte"), path);
      return FALSE;
    }
  if (length >= strlen (BYTE_ORDER_MARK) && memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    text += strlen (BYTE_ORDER_MARK);
  copy = g_strdup (text);
  g_ptr_array_add (unit->paths, g_strdup (path));
  reader.path = g_ptr_array_index (unit->paths, unit->paths->len - 1);
  is_good = read_lines (&reader, copy, error);
  g_free (reader.section);
  return is_good;
}

/* --- what they say --- */

static gboolean
is_of (const UnitLine *line, const char *section, const char *const *keys)
{
  return g_str_equal (line->section, section) && g_strv_contains (keys, line->key);
}

/* (transfer container) (element-type UnitLine): what is said of @keys since it was last taken back by an empty value. */
GPtrArray *
unit_list (Unit *unit, const char *section, const char *const *keys)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < unit->lines->len; i++)
    {
      UnitLine *line = g_ptr_array_index (unit->lines, i);

      if (!is_of (line, section, keys))
        continue;
      line->is_taken = TRUE;
      if (*line->value == '\0')
        g_ptr_array_set_size (found, 0);
      else
        g_ptr_array_add (found, line);
    }
  return found;
}

/* What was said last of any of @keys. (transfer none) (nullable) */
const UnitLine *
unit_find_any (Unit *unit, const char *section, const char *const *keys)
{
  g_autoptr (GPtrArray) found = unit_list (unit, section, keys);

  return found->len > 0 ? g_ptr_array_index (found, found->len - 1) : NULL;
}

const UnitLine *
unit_find (Unit *unit, const char *section, const char *key)
{
  const char *keys[] = { key, NULL };

  return unit_find_any (unit, section, keys);
}

/* (transfer none) (nullable) */
const char *
unit_get (Unit *unit, const char *section, const char *key)
{
  const UnitLine *line = unit_find (unit, section, key);

  return line != NULL ? line->value : NULL;
}

/* What is no flag is passed over, as systemd does. */
gboolean
unit_get_flag (Unit *unit, const char *section, const char *key, gboolean fallback)
{
  const char *text = unit_get (unit, section, key);
  gboolean value;

  return text != NULL && unit_parse_flag (text, &value) ? value : fallback;
}

/* (transfer container) (element-type UnitLine): what nobody has asked for. */
GPtrArray *
unit_list_left (Unit *unit)
{
  GPtrArray *left = g_ptr_array_new ();

  for (guint i = 0; i < unit->lines->len; i++)
    {
      UnitLine *line = g_ptr_array_index (unit->lines, i);

      if (!line->is_taken)
        g_ptr_array_add (left, line);
    }
  return left;
}
