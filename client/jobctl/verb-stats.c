/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "stats-text.h"
#include "verbs.h"

static gboolean
put_instant (Context *context, const char *option, GVariantDict *filter, GError **error)
{
  gint64 usec;

  if (!options_has (context->options, option))
    return TRUE;
  if (!options_get_instant (context->options, option, &usec, error))
    return FALSE;
  g_variant_dict_insert (filter, option, "t", (guint64) MAX (usec, 0));
  return TRUE;
}

/* (transfer full) NULL with @error. @name: (nullable) */
static GVariant *
ask (Context *context, const char *name, GError **error)
{
  static const char *const keys[] = { "tag", "owner", "by", NULL };
  g_auto (GVariantDict) filter = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  context_put_words (context, &filter, keys);
  if (name != NULL)
    g_variant_dict_insert (&filter, "job", "s", name);
  if (!put_instant (context, "since", &filter, error) || !put_instant (context, "until", &filter, error))
    return NULL;
  reply = context_call_root (context, "GetStatistics", g_variant_new ("(@a{sv})", g_variant_dict_end (&filter)), error);
  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

/* Whose figures these are, by what they were asked for. @name: (nullable). (transfer full) */
static char *
make_title (Context *context, const char *name)
{
  const char *given_tag = options_get (context->options, "tag");
  const char *given_owner = options_get (context->options, "owner");
  g_autofree char *tag = given_tag == NULL ? NULL : text_escape (given_tag);
  g_autofree char *owner = given_owner == NULL ? NULL : text_escape (given_owner);

  if (name != NULL)
    return text_escape (name);
  if (tag != NULL && owner != NULL)
    return g_strdup_printf (_("Jobs of %s with the tag %s"), owner, tag);
  if (tag != NULL)
    return g_strdup_printf (_("Jobs with the tag %s"), tag);
  return owner != NULL ? g_strdup_printf (_("Jobs of %s"), owner) : g_strdup (_("All jobs"));
}

static void
print (Context *context, const char *name, GVariant *statistics)
{
  g_autofree char *title = make_title (context, name);
  const StatsLook look = { .terminal = &context->terminal,
                           .times = context->times,
                           .now_usec = g_get_real_time (),
                           .title = title,
                           .by = options_get (context->options, "by") };
  g_autofree char *text = stats_text (statistics, &look);

  fputs (text, stdout);
}

int
verb_stats (Context *context, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (guint i = 0; i < MAX (context->n_arguments, 1); i++)
    {
      GVariant *statistics = ask (context, i < context->n_arguments ? context->arguments[i] : NULL, error);

      if (statistics == NULL)
        return JT_EXIT_FAILED;
      g_ptr_array_add (found, statistics);
    }
  if (context->is_json)
    {
      json_print (found->len == 1 ? json_from_variant (g_ptr_array_index (found, 0)) : json_from_rows (found));
      return JT_EXIT_DONE;
    }
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  for (guint i = 0; i < found->len; i++)
    {
      if (i > 0)
        putchar ('\n');
      print (context, i < context->n_arguments ? context->arguments[i] : NULL, g_ptr_array_index (found, i));
    }
  return JT_EXIT_DONE;
}
