/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "remarks.h"

#include <glib/gi18n-lib.h>

#include "text.h"

static void
remark_free (Remark *remark)
{
  g_free (remark->what);
  g_free (remark->why);
  g_free (remark);
}

/* (transfer full) (element-type Remark) */
GPtrArray *
remarks_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) remark_free);
}

static void
take (GPtrArray *remarks, RemarkKind kind, const char *what, char *why)
{
  Remark *remark = g_new0 (Remark, 1);

  remark->kind = kind;
  remark->what = g_strdup (what);
  remark->why = why;
  g_ptr_array_add (remarks, remark);
}

void
remarks_add (GPtrArray *remarks, RemarkKind kind, const char *what, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  take (remarks, kind, what, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* Copies of @others: what holds for every line below one that was read. */
void
remarks_add_all (GPtrArray *remarks, GPtrArray *others)
{
  for (guint i = 0; i < others->len; i++)
    {
      const Remark *remark = g_ptr_array_index (others, i);

      take (remarks, remark->kind, remark->what, g_strdup (remark->why));
    }
}

guint
remarks_count (GPtrArray *remarks, RemarkKind kind)
{
  guint count = 0;

  for (guint i = 0; i < remarks->len; i++)
    count += ((const Remark *) g_ptr_array_index (remarks, i))->kind == kind;
  return count;
}

/* The word for programs. */
const char *
remark_kind_to_string (RemarkKind kind)
{
  static const char *const words[] = { "same", "doubtful", "differs", "lost", "blocks" };

  return words[kind];
}

/* A line of a list below a job's name, in as many as the terminal needs. (transfer full) */
char *
remark_format (const Remark *remark, const Terminal *terminal)
{
  static const char *const words[] = { N_("same"), N_("doubtful"), N_("differs"), N_("lost"), N_("blocks") };
  const char *const shown[] = { _(words[REMARK_SAME]), _(words[REMARK_DOUBTFUL]), _(words[REMARK_DIFFERS]), _(words[REMARK_LOST]),
                                _(words[REMARK_BLOCKS]), NULL };
  int column = text_widest (shown) + 4;
  g_autofree char *what = text_escape (remark->what);
  g_autofree char *why = text_escape (remark->why);
  g_autofree char *word = text_pad (shown[remark->kind], column - 2);
  g_autofree char *both = g_strdup_printf ("%s: %s", what, why);
  g_autofree char *wrapped = text_wrap (both, column, terminal->columns);

  return g_strdup_printf ("  %s%s", word, wrapped);
}

/* (transfer full) */
JsonArray *
remarks_to_json (GPtrArray *remarks)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (remarks, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "kind", remark_kind_to_string (remark->kind));
      json_object_set_string_member (object, "what", remark->what);
      json_object_set_string_member (object, "why", remark->why);
      json_array_add_object_element (array, object);
    }
  return array;
}
