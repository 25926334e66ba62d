/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-templates.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-template-checks.h"
#include "jt-template-name.h"
#include "jt-templates-generated.h"

#define RESOURCES "/org/example/JobTracker/templates"
#define MAX_PARTIALS 64   /* that one template may come to use, with those of its partials */
#define MAX_FAILED 16     /* unsound ones that are looked at before all that is left is what is shipped */
#define MAX_TROUBLE 2000  /* bytes of complaints, after which no more are added */
#define MAX_LINE 250      /* characters of a subject or title */
#define REPLACEMENT "\xef\xbf\xbd"

struct _JtTemplate
{
  char            *name; /* (owned) */
  char            *family, *part; /* (owned) */
  JtTemplateOrigin origin;
  JtMustache      *mustache; /* (owned) */
  GHashTable      *partials; /* (element-type utf8 JtMustache) (owned): by "_name" */
};

/* What is needed while a template and its partials are gathered. */
typedef struct
{
  const JtTemplateSources *sources;
  const char              *family, *part, *language;
  GHashTable              *partials; /* (element-type utf8 JtMustache) (owned) */
  GPtrArray               *chain;    /* (element-type utf8) (owned): the partials that are being gathered, in each other */
  guint                    n_loaded, n_failed;
  GString                 *trouble;  /* (owned) */
} Loader;

const char *
jt_template_origin_to_string (JtTemplateOrigin origin)
{
  static const char *const names[] = { "user", "administrator", "shipped" };

  return names[origin];
}

void
jt_template_free (JtTemplate *template)
{
  if (template == NULL)
    return;
  g_free (template->name);
  g_free (template->family);
  g_free (template->part);
  g_clear_pointer (&template->mustache, jt_mustache_unref);
  g_clear_pointer (&template->partials, g_hash_table_unref);
  g_free (template);
}

const char *
jt_template_get_name (JtTemplate *template)
{
  return template->name;
}

JtTemplateOrigin
jt_template_get_origin (JtTemplate *template)
{
  return template->origin;
}

/* ---- what is shipped ----------------------------------------------------------------------------------------------- */

char *
jt_templates_get_shipped (const char *name)
{
  g_autofree char *path = g_strconcat (RESOURCES "/", name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (jt_shipped_templates_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

static void
list_folder (const char *folder, GPtrArray *names)
{
  g_autofree char *path = g_strconcat (RESOURCES "/", folder, NULL);
  g_auto (GStrv) children = g_resource_enumerate_children (jt_shipped_templates_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (guint i = 0; children != NULL && children[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (folder, children[i], NULL);

      if (g_str_has_suffix (name, "/"))
        list_folder (name, names);
      else
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
jt_templates_list_shipped (void)
{
  GPtrArray *names = g_ptr_array_new ();

  list_folder ("", names);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* ---- finding ------------------------------------------------------------------------------------------------------- */

static char *
get_text (const JtTemplateSources *sources, JtTemplateOrigin origin, const char *name)
{
  if (origin == JT_TEMPLATE_SHIPPED)
    return jt_templates_get_shipped (name);
  if (sources == NULL)
    return NULL;
  if (origin == JT_TEMPLATE_OF_USER)
    return sources->get_of_user != NULL ? sources->get_of_user (name, sources->user) : NULL;
  return sources->get_of_administrator != NULL ? sources->get_of_administrator (name, sources->administrator) : NULL;
}

static void
loader_init (Loader *loader, const JtTemplateSources *sources, const char *family, const char *part, const char *language)
{
  loader->sources = sources;
  loader->family = family;
  loader->part = part;
  loader->language = language;
  loader->partials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_mustache_unref);
  loader->chain = g_ptr_array_new_with_free_func (g_free);
  loader->n_loaded = 0;
  loader->n_failed = 0;
  loader->trouble = g_string_new (NULL);
}

static void
loader_clear (Loader *loader)
{
  g_hash_table_unref (loader->partials);
  g_ptr_array_unref (loader->chain);
  g_string_free (loader->trouble, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loader, loader_clear)

static void
tell_trouble (GString *trouble, JtTemplateOrigin origin, const char *name, const GError *error)
{
  if (trouble->len > MAX_TROUBLE)
    return;
  if (trouble->len > 0)
    g_string_append (trouble, "; ");
  g_string_append_printf (trouble, _("the template %s (%s) is not used: %s"), name, jt_template_origin_to_string (origin), error->message);
}

static gboolean gather_partials (Loader *loader, JtMustache *mustache, GError **error);

/* What is shipped does not change, so it is checked once in the life of a process. NULL: there is none, or it is not sound, and then
 * @error says why. */
static JtMustache *
take_shipped (const char *name, GError **error)
{
  static GMutex mutex;
  static GHashTable *known; /* (element-type utf8 JtMustache) (owned) */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autofree char *text = NULL;
  JtMustache *mustache;

  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_mustache_unref);
  mustache = g_hash_table_lookup (known, name);
  if (mustache != NULL)
    return jt_mustache_ref (mustache);
  text = jt_templates_get_shipped (name);
  mustache = text != NULL ? jt_template_check (name, text, -1, error) : NULL;
  if (mustache != NULL)
    g_hash_table_insert (known, g_strdup (name), jt_mustache_ref (mustache));
  return mustache;
}

static JtMustache *
take (const JtTemplateSources *sources, JtTemplateOrigin origin, const char *name, GError **error)
{
  g_autofree char *text = NULL;

  if (origin == JT_TEMPLATE_SHIPPED)
    return take_shipped (name, error);
  text = get_text (sources, origin, name);
  return text != NULL ? jt_template_check (name, text, -1, error) : NULL;
}

/* The first sound template for @event from @origin on. NULL: there is none. */
static JtMustache *
load (Loader *loader, const char *event, JtTemplateOrigin *origin, char **found)
{
  g_auto (GStrv) names = jt_template_candidates (loader->family, event, loader->part, loader->language);

  for (; *origin <= JT_TEMPLATE_SHIPPED; (*origin)++)
    for (guint i = 0; names[i] != NULL && (loader->n_failed < MAX_FAILED || *origin == JT_TEMPLATE_SHIPPED); i++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (JtMustache) mustache = take (loader->sources, *origin, names[i], &error);

        if (mustache == NULL && error == NULL)
          continue;
        if (mustache != NULL && gather_partials (loader, mustache, &error))
          {
            if (found != NULL)
              *found = g_strdup (names[i]);
            return g_steal_pointer (&mustache);
          }
        loader->n_failed++;
        tell_trouble (loader->trouble, *origin, names[i], error);
      }
  return NULL;
}

static gboolean
fail_cycle (Loader *loader, const char *event, GError **error)
{
  g_autofree char *chain = NULL;

  g_ptr_array_add (loader->chain, NULL);
  chain = g_strjoinv (" > ", (char **) loader->chain->pdata);
  g_ptr_array_set_size (loader->chain, (gint) loader->chain->len - 1);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("include cycle: the partials come back to themselves (%s > %s)"), chain, event);
  return FALSE;
}

/* @why: what was said of those of that name, if any. */
static gboolean
fail_missing (Loader *loader, const char *event, const char *why, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s/%s.%s", loader->family, event, loader->part);

  if (*why == '\0')
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("there is no partial %s"), name);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("there is no sound partial %s: %s"), name, g_str_has_prefix (why, "; ") ? why + 2 : why);
  return FALSE;
}

static gboolean
gather_partial (Loader *loader, const char *event, GError **error)
{
  JtTemplateOrigin origin = JT_TEMPLATE_OF_USER;
  gsize told = loader->trouble->len;
  JtMustache *partial;

  if (g_hash_table_contains (loader->partials, event))
    return TRUE;
  if (g_ptr_array_find_with_equal_func (loader->chain, event, g_str_equal, NULL))
    return fail_cycle (loader, event, error);
  if (loader->n_loaded++ == MAX_PARTIALS || loader->chain->len == JT_MUSTACHE_MAX_PARTIALS)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("a template has up to %d partials, up to %d within each other"), MAX_PARTIALS, JT_MUSTACHE_MAX_PARTIALS);
      return FALSE;
    }
  g_ptr_array_add (loader->chain, g_strdup (event));
  partial = load (loader, event, &origin, NULL);
  g_ptr_array_set_size (loader->chain, (gint) loader->chain->len - 1);
  if (partial == NULL)
    return fail_missing (loader, event, loader->trouble->str + told, error);
  g_hash_table_insert (loader->partials, g_strdup (event), partial);
  return TRUE;
}

typedef struct
{
  Loader  *loader;
  GError **error;
} Gathering;

static void
prefix_place (GError **error, const JtTag *tag)
{
  g_autoptr (GError) inner = NULL;

  if (error == NULL)
    return;
  inner = g_steal_pointer (error);
  g_set_error (error, inner->domain, inner->code, _("line %u, column %u: %s"), tag->line, tag->column, inner->message);
}

static gboolean
gather_tag (const JtTag *tag, gpointer user_data)
{
  Gathering *gathering = user_data;
  g_autofree char *event = NULL;

  if (tag->kind != JT_TAG_PARTIAL)
    return TRUE;
  event = jt_template_name_of_partial (tag->name, gathering->loader->family, gathering->loader->part, gathering->error);
  if (event == NULL)
    return FALSE;
  if (gather_partial (gathering->loader, event, gathering->error))
    return TRUE;
  prefix_place (gathering->error, tag);
  return FALSE;
}

static gboolean
gather_partials (Loader *loader, JtMustache *mustache, GError **error)
{
  Gathering gathering = { loader, error };

  return jt_mustache_foreach (mustache, gather_tag, &gathering);
}

static JtTemplate *
make_template (Loader *loader, JtMustache *mustache, const char *name, JtTemplateOrigin origin)
{
  JtTemplate *template = g_new0 (JtTemplate, 1);

  template->name = g_strdup (name);
  template->family = g_strdup (loader->family);
  template->part = g_strdup (loader->part);
  template->origin = origin;
  template->mustache = jt_mustache_ref (mustache);
  template->partials = g_hash_table_ref (loader->partials);
  return template;
}

/* From @origin on; what there was to complain about is added to @trouble. */
static JtTemplate *
find_from (const JtTemplateSources *sources, const char *family, const char *event, const char *part, const char *language,
           JtTemplateOrigin origin, GString *trouble)
{
  g_auto (Loader) loader;
  g_autofree char *found = NULL;
  g_autoptr (JtMustache) mustache = NULL;

  loader_init (&loader, sources, family, part, language);
  mustache = load (&loader, event, &origin, &found);
  if (loader.trouble->len > 0)
    g_string_append_printf (trouble, "%s%s", trouble->len > 0 ? "; " : "", loader.trouble->str);
  return mustache != NULL ? make_template (&loader, mustache, found, origin) : NULL;
}

JtTemplate *
jt_templates_find (const JtTemplateSources *sources, const char *family, const char *event, const char *part,
                   const char *language, char **trouble, GError **error)
{
  g_autoptr (GString) told = g_string_new (NULL);
  g_autofree char *name = g_strdup_printf ("%s/%s.%s", family, event, part);
  g_autoptr (GError) wrong = NULL;
  JtTemplate *template = NULL;

  if (jt_template_name_check (name, &wrong))
    template = find_from (sources, family, event, part, language, JT_TEMPLATE_OF_USER, told);
  if (template == NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, _("there is no sound template %s: %s"), name, wrong != NULL ? wrong->message : told->str);
  if (trouble != NULL)
    *trouble = template != NULL && told->len > 0 ? g_strdup (told->str) : NULL;
  return template;
}

/* ---- rendering ----------------------------------------------------------------------------------------------------- */

static JtMustache *
get_partial (const char *written, gpointer user_data)
{
  JtTemplate *template = user_data;
  g_autofree char *event = jt_template_name_of_partial (written, template->family, template->part, NULL);

  return event != NULL ? g_hash_table_lookup (template->partials, event) : NULL;
}

/* What values may have brought along: no control characters, and newlines of one kind. */
static char *
clean_text (const char *text)
{
  GString *clean = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text++)
    if (text[0] == '\r')
      g_string_append (clean, text[1] == '\n' ? "" : "\n");
    else if ((guchar) *text < 0x20 ? *text != '\n' && *text != '\t' : *text == 0x7f)
      g_string_append (clean, REPLACEMENT);
    else
      g_string_append_c (clean, *text);
  return g_string_free (clean, FALSE);
}

/* One line without control characters, of a length that a list of mails or a popup has room for. */
static char *
make_line (const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *cut = NULL;

  for (; *text != '\0'; text++)
    if ((guchar) *text > 0x20 && *text != 0x7f)
      g_string_append_c (line, *text);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c (line, ' ');
  g_strchomp (line->str);
  if (g_utf8_strlen (line->str, -1) <= MAX_LINE)
    return g_strdup (line->str);
  cut = g_utf8_substring (line->str, 0, MAX_LINE - 1);
  return g_strconcat (cut, "…", NULL);
}

static char *
finish (const char *family, const char *part, const char *text)
{
  char *clean = jt_template_part_is_line (part) ? make_line (text) : clean_text (text);

  /* A bubble ends with its last word; in a mail, the newline of its last line is one. */
  return g_str_equal (family, "email") ? clean : g_strchomp (clean);
}

char *
jt_template_render (JtTemplate *template, GVariant *context, GError **error)
{
  g_autofree char *text = jt_mustache_render (template->mustache, context, jt_template_part_is_html (template->part), get_partial, template, error);

  if (text == NULL)
    return NULL;
  return finish (template->family, template->part, text);
}

/* The last resort, which no template can take away. */
static char *
make_plain (const char *part, GVariant *context)
{
  static const char *const texts[] = { "{{event.name}}: {{job.name}}", "<p>{{event.name}}: {{job.name}}</p>\n", "{{event.name}}: {{job.name}} ({{run.id}})\n" };
  gboolean is_html = jt_template_part_is_html (part);
  g_autoptr (JtMustache) mustache = jt_mustache_parse (texts[is_html ? 1 : jt_template_part_is_line (part) ? 0 : 2], NULL);
  g_autofree char *text = jt_mustache_render (mustache, context, is_html, NULL, NULL, NULL);

  if (text == NULL)
    return g_strdup ("JobTracker");
  return finish ("email", part, text);
}

/* Tries the sources from the top; each that fails gives way to the one below it. */
static char *
render_from_top (const JtTemplateSources *sources, const char *family, const char *event, const char *part, const char *language,
                 GVariant *context, GString *trouble)
{
  JtTemplateOrigin origin = JT_TEMPLATE_OF_USER;

  while (origin <= JT_TEMPLATE_SHIPPED)
    {
      g_autoptr (JtTemplate) template = find_from (sources, family, event, part, language, origin, trouble);
      g_autoptr (GError) error = NULL;
      char *text = template != NULL ? jt_template_render (template, context, &error) : NULL;

      if (template == NULL || text != NULL)
        return text;
      if (trouble->len > 0)
        g_string_append (trouble, "; ");
      g_string_append_printf (trouble, _("the template %s (%s) could not be written out: %s"), template->name,
                              jt_template_origin_to_string (template->origin), error->message);
      origin = template->origin + 1;
    }
  return NULL;
}

char *
jt_templates_render (const JtTemplateSources *sources, const char *family, const char *event, const char *part,
                     const char *language, GVariant *context, char **trouble)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (context);
  g_autoptr (GString) told = g_string_new (NULL);
  char *text = render_from_top (sources, family, event, part, language, values, told);

  /* A partial from above may be what spoils the shipped template. */
  if (text == NULL && sources != NULL)
    text = render_from_top (NULL, family, event, part, language, values, told);
  if (text == NULL)
    {
      g_string_append (told, told->len > 0 ? "; " : "");
      g_string_append_printf (told, _("no template for %s/%s.%s could be used"), family, event, part);
      text = make_plain (part, values);
    }
  if (trouble != NULL)
    *trouble = told->len > 0 ? g_strdup (told->str) : NULL;
  return text;
}

/* ---- what is to become one ----------------------------------------------------------------------------------------- */

/* @name as if @text stood in it; a partial that comes back to @name itself is a cycle too. */
static JtTemplate *
try_text (const JtTemplateSources *sources, const char *name, const char *text, gssize length, GError **error)
{
  g_autoptr (JtTemplateName) parsed = jt_template_name_parse (name, error);
  g_autoptr (JtMustache) mustache = parsed != NULL ? jt_template_check (name, text, length, error) : NULL;
  g_auto (Loader) loader;

  loader_init (&loader, sources, parsed != NULL ? parsed->family : NULL, parsed != NULL ? parsed->part : NULL,
               parsed != NULL ? parsed->language : NULL);
  if (mustache == NULL)
    return NULL;
  if (parsed->is_partial)
    g_ptr_array_add (loader.chain, g_strdup (parsed->event));
  if (!gather_partials (&loader, mustache, error))
    return NULL;
  return make_template (&loader, mustache, name, JT_TEMPLATE_OF_USER);
}

gboolean
jt_templates_check (const JtTemplateSources *sources, const char *name, const char *text, gssize length, GError **error)
{
  g_autoptr (JtTemplate) template = try_text (sources, name, text, length, error);

  return template != NULL;
}

char *
jt_templates_preview (const JtTemplateSources *sources, const char *name, const char *text, GVariant *context, GError **error)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (context);
  g_autoptr (JtTemplate) template = try_text (sources, name, text, -1, error);

  return template != NULL ? jt_template_render (template, values, error) : NULL;
}

char *
jt_templates_get_text (const JtTemplateSources *sources, const char *name, JtTemplateOrigin *origin, GError **error)
{
  g_auto (GStrv) shipped = NULL;
  const char *near;

  if (!jt_template_name_check (name, error))
    return NULL;
  for (JtTemplateOrigin at = JT_TEMPLATE_OF_USER; at <= JT_TEMPLATE_SHIPPED; at++)
    {
      char *text = get_text (sources, at, name);

      if (text == NULL)
        continue;
      if (origin != NULL)
        *origin = at;
      return text;
    }
  shipped = jt_templates_list_shipped ();
  near = jt_nearest (name, (const char *const *) shipped);
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, near != NULL ? _("there is no template %s; did you mean %s?") : _("there is no template %s"), name, near);
  return NULL;
}
