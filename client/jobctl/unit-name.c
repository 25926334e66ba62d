/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-name.h"

#include <string.h>

#define MAX_NAME 255

static gboolean
is_good (const char *text, gsize length, const char *more)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr (more, text[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* (transfer full) (nullable): NULL when @text is not the name of a unit. */
UnitName *
unit_name_parse (const char *text)
{
  const char *dot = strrchr (text, '.');
  const char *at = strchr (text, '@');
  const char *end;
  UnitName *name;

  if (dot == NULL || dot == text || !is_good (dot + 1, strlen (dot + 1), "") || dot[1] == '\0' || strlen (text) > MAX_NAME)
    return NULL;
  if (at != NULL && at > dot)
    at = NULL;
  end = at != NULL ? at : dot;
  if (end == text || !is_good (text, (gsize) (end - text), ":-_.\\") || !is_good (end, (gsize) (dot - end), ":-_.\\@"))
    return NULL;
  name = g_new0 (UnitName, 1);
  name->prefix = g_strndup (text, (gsize) (end - text));
  name->instance = at != NULL ? g_strndup (at + 1, (gsize) (dot - at - 1)) : NULL;
  name->type = g_strdup (dot + 1);
  return name;
}

void
unit_name_free (UnitName *name)
{
  if (name == NULL)
    return;
  g_free (name->prefix);
  g_free (name->instance);
  g_free (name->type);
  g_free (name);
}

/* (transfer full) (nullable): NULL when @name is of no instance. */
char *
unit_name_of_template (const UnitName *name)
{
  return name->instance != NULL && *name->instance != '\0' ? g_strdup_printf ("%s@.%s", name->prefix, name->type) : NULL;
}

/* The unit of another type that goes by the same name. (transfer full) */
char *
unit_name_with_type (const UnitName *name, const char *type)
{
  return g_strdup_printf ("%s%s%s.%s", name->prefix, name->instance != NULL ? "@" : "", name->instance != NULL ? name->instance : "", type);
}

/* "-" is a slash, "\x2d" a byte. What is no escape stays as it is. (transfer full) */
char *
unit_name_unescape (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text == '-')
      g_string_append_c (out, '/');
    else if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2]) && g_ascii_isxdigit (text[3]) && memcmp (text + 2, "00", 2) != 0)
      {
        g_string_append_c (out, (char) (g_ascii_xdigit_value (text[2]) * 16 + g_ascii_xdigit_value (text[3])));
        text += 3;
      }
    else
      g_string_append_c (out, *text);
  return g_string_free (out, FALSE);
}
