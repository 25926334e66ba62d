/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "template-names.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jobctl.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-template-name.h"

static gboolean
has (GPtrArray *rows, const char *name, const char *source)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (row_string (rows->pdata[i], "name"), name) && g_str_equal (row_string (rows->pdata[i], "source"), source))
      return TRUE;
  return FALSE;
}

static void
set_not_found (GPtrArray *rows, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *shown = text_escape (name);
  const char *nearest;

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (names, (char *) row_string (rows->pdata[i], "name"));
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (name, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("there is no template '%s'; did you mean '%s'?"), shown, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("there is no template '%s'; jobctl notify templates lists them"), shown);
}

/**
 * template_names_find_serving:
 * @rows: (element-type GVariant): what ListTemplates answers: each name with the source that is in force
 * @name: "email/failed.html", perhaps with a language before it
 * @language: (nullable): instead of the one that @name has
 *
 * One's own before the administrator's before what is shipped; in each the language before the event, as the service does it.
 *
 * Returns: (transfer full) (nullable): the name of the template that is used for it; %JT_ERROR_NOT_FOUND when none is,
 *   %JT_ERROR_INVALID_ARGUMENT when @name cannot be one
 */
char *
template_names_find_serving (GPtrArray *rows, const char *name, const char *language, GError **error)
{
  static const char *const sources[] = { "user", "administrator", "shipped" };
  g_autoptr (JtTemplateName) parsed = jt_template_name_parse (name, error);
  g_auto (GStrv) candidates = NULL;

  if (parsed == NULL)
    return NULL;
  candidates = jt_template_candidates (parsed->family, parsed->event, parsed->part, language != NULL ? language : parsed->language);
  for (guint source = 0; source < G_N_ELEMENTS (sources); source++)
    for (guint i = 0; candidates[i] != NULL; i++)
      if (has (rows, candidates[i], sources[source]))
        return g_strdup (candidates[i]);
  set_not_found (rows, name, error);
  return NULL;
}

/* What a file's name says about the part that is in it; "text" where it says nothing. (transfer full) */
char *
template_names_part_of_file (const char *path)
{
  static const char *const endings[][2] = { { ".html", "html" },   { ".htm", "html" },   { ".html.mustache", "html" },
                                            { ".subject", "subject" }, { ".subject.mustache", "subject" } };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (path, endings[i][0]))
      return g_strdup (endings[i][1]);
  return g_strdup ("text");
}
