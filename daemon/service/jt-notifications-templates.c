/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notifications-private.h"

#include <string.h>

#include "jt-template-name.h"
#include "jt-template-sample.h"

/* ListTemplates, GetTemplate, SetTemplate and RenderTemplate. The caller's own templates are read first; what follows is of memory. */

#define MAX_TEMPLATES 200

typedef void (*ReadFunc) (JtCall *call, guint32 uid, const JtTemplateSources *sources);

typedef struct
{
  guint32     uid;
  ReadFunc    func;
  GHashTable *own;           /* (owned) (nullable) once they are read, these two */
  GHashTable *administrator;
  GVariant   *context;       /* (owned) (nullable) of a preview, with what it is made from */
  char       *name;
  char       *text;
} Wish;

static void
wish_free (Wish *wish)
{
  g_clear_pointer (&wish->own, g_hash_table_unref);
  g_clear_pointer (&wish->administrator, g_hash_table_unref);
  g_free (wish->name);
  g_free (wish->text);
  g_clear_pointer (&wish->context, g_variant_unref);
  g_free (wish);
}

static void
on_user_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  Wish *wish = call->data;
  JtTemplateSources sources = { jt_composer_get_text, NULL, jt_composer_get_text, NULL };
  GError *error = NULL;

  if (!jt_composer_read_user_finish (JT_COMPOSER (source), result, &error))
    {
      jt_call_take_error (call, error);
      return;
    }
  jt_composer_get_templates (JT_COMPOSER (source), wish->uid, &wish->own, &wish->administrator);
  sources.user = wish->own;
  sources.administrator = wish->administrator;
  wish->func (call, wish->uid, &sources);
}

static void
read_and (JtCall *call, guint32 uid, ReadFunc func)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->uid = uid;
  wish->func = func;
  jt_call_set_data (call, wish, (GDestroyNotify) wish_free);
  jt_composer_read_user_async (call->service->notifications.composer, uid, NULL, on_user_read, call);
}

/* --- list --- */

/* 0: nobody knows. (A file of the administrator is read as it is, and what was shipped has not changed.) */
static gint64
find_changed (GPtrArray *entries, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const JtTemplateEntry *entry = g_ptr_array_index (entries, i);

      if (g_str_equal (entry->name, name))
        return entry->changed_usec;
    }
  return 0;
}

static void
add_row (GVariantBuilder *builder, const char *name, const char *source, GPtrArray *entries)
{
  gint64 changed_usec = g_str_equal (source, jt_template_origin_to_string (JT_TEMPLATE_OF_USER)) ? find_changed (entries, name) : 0;
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "name", "s", name);
  g_variant_dict_insert (&row, "source", "s", source);
  if (changed_usec > 0)
    g_variant_dict_insert (&row, "changed-at", "t", (guint64) changed_usec);
  g_variant_builder_add_value (builder, g_variant_dict_end (&row));
}

static void
take_names (GHashTable *names, GHashTable *texts, const char *source)
{
  GHashTableIter iter;
  gpointer name;

  if (texts == NULL)
    return;
  g_hash_table_iter_init (&iter, texts);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_replace (names, name, (gpointer) source);
}

static void
on_entries (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Wish *wish = call->data;
  GError *error = NULL;
  g_autoptr (GPtrArray) entries = jt_store_list_templates_finish (JT_STORE (source), result, &error);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) shipped = jt_templates_list_shipped ();
  g_autoptr (GList) sorted = NULL;
  GVariantBuilder builder;

  if (entries == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  for (guint i = 0; shipped[i] != NULL; i++)
    g_hash_table_replace (names, shipped[i], (gpointer) jt_template_origin_to_string (JT_TEMPLATE_SHIPPED));
  take_names (names, wish->administrator, jt_template_origin_to_string (JT_TEMPLATE_OF_ADMINISTRATOR));
  take_names (names, wish->own, jt_template_origin_to_string (JT_TEMPLATE_OF_USER));
  sorted = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) strcmp);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (GList *link = sorted; link != NULL; link = link->next)
    add_row (&builder, link->data, g_hash_table_lookup (names, link->data), entries);
  jt_call_return (call, g_variant_new ("(@aa{sv})", g_variant_builder_end (&builder)));
}

static void
list_templates (JtCall *call, guint32 uid, const JtTemplateSources *sources)
{
  jt_store_list_templates_async (jt_tracker_get_store (call->service->tracker), uid, NULL, on_entries, call);
}

void
jt_notifications_handle_list_templates (JtCall *call)
{
  guint32 uid;

  if (jt_notifications_check_user (call, &uid))
    read_and (call, uid, list_templates);
}

/* --- get --- */

static void
get_template (JtCall *call, guint32 uid, const JtTemplateSources *sources)
{
  GError *error = NULL;
  g_autofree char *text = NULL;
  const char *name;

  g_variant_get_child (jt_call_get_parameters (call), 1, "&s", &name);
  text = jt_template_name_check (name, &error) ? jt_templates_get_text (sources, name, NULL, &error) : NULL;
  if (text == NULL)
    jt_call_take_error (call, error);
  else
    jt_call_return (call, g_variant_new ("(s)", text));
}

void
jt_notifications_handle_get_template (JtCall *call)
{
  guint32 uid;

  if (jt_notifications_check_user (call, &uid))
    read_and (call, uid, get_template);
}

/* --- set --- */

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Wish *wish = call->data;
  GError *error = NULL;
  gboolean is_done = jt_tracker_commit_finish (JT_TRACKER (source), result, &error);

  jt_composer_forget_user (call->service->notifications.composer, wish->uid);
  if (is_done)
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static gboolean
has_room (const JtTemplateSources *sources, const char *name)
{
  GHashTable *texts = sources->user;

  return texts == NULL || g_hash_table_contains (texts, name) || g_hash_table_size (texts) < MAX_TEMPLATES;
}

static void
set_template (JtCall *call, guint32 uid, const JtTemplateSources *sources)
{
  GError *error = NULL;
  JtChange *change;
  const char *name;
  const char *text;

  g_variant_get (jt_call_get_parameters (call), "(u&s&s)", NULL, &name, &text);
  if (!jt_template_name_check (name, &error) || (*text != '\0' && !jt_templates_check (sources, name, text, -1, &error)))
    {
      jt_call_take_error (call, error);
      return;
    }
  if (*text != '\0' && !has_room (sources, name))
    {
      jt_call_return_error (call, JT_ERROR_QUOTA_EXCEEDED, "%d templates of one's own are the limit", MAX_TEMPLATES);
      return;
    }
  change = jt_change_new ();
  jt_change_put_template (change, uid, name, *text != '\0' ? text : NULL, jt_clock_get_realtime (jt_tracker_get_clock (call->service->tracker)));
  jt_tracker_commit_async (call->service->tracker, change, NULL, on_set, call);
}

void
jt_notifications_handle_set_template (JtCall *call)
{
  guint32 uid;

  if (jt_notifications_check_user (call, &uid))
    read_and (call, uid, set_template);
}

/* --- render --- */

/* What says which template and what it is made from; all other keys are the context's own. */
static const JtVardictKey choice_keys[] = {
  { "name", "s" }, { "family", "s" }, { "part", "s" }, { "language", "s" }, { "event", "s" }, { "run", "t" }, { NULL, NULL },
};

static const JtVardictKey context_keys[] = {
  { "event", "a{sv}" }, { "job", "a{sv}" },   { "run", "a{sv}" },       { "missed", "a{sv}" }, { "late", "a{sv}" }, { "log", "a{sv}" },
  { "statistics", "a{sv}" }, { "host", "s" }, { "timezone", "s" },      { "links", "a{sv}" },  { "recipient", "a{sv}" },
  { "digest", "a{sv}" }, { "test", "a{sv}" }, { NULL, NULL },
};

static gboolean
is_choice (const char *key, GVariant *value)
{
  for (const JtVardictKey *choice = choice_keys; choice->key != NULL; choice++)
    if (g_str_equal (choice->key, key))
      return !g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT);
  return FALSE;
}

/* The two kinds of keys apart. (transfer full) */
static void
split_sample (GVariant *sample, GVariant **choice, GVariant **context)
{
  GVariantDict choices, contexts;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_dict_init (&choices, NULL);
  g_variant_dict_init (&contexts, NULL);
  g_variant_iter_init (&iter, sample);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (is_choice (key, value) ? &choices : &contexts, key, value);
  *choice = g_variant_ref_sink (g_variant_dict_end (&choices));
  *context = g_variant_ref_sink (g_variant_dict_end (&contexts));
}

/* (transfer full) */
static char *
name_of (GVariant *choice)
{
  const char *language = jt_vardict_get_string (choice, "language", "");

  if (jt_vardict_get_string (choice, "name", NULL) != NULL)
    return g_strdup (jt_vardict_get_string (choice, "name", NULL));
  return g_strdup_printf ("%s%s%s/%s.%s", language, *language != '\0' ? "/" : "", jt_vardict_get_string (choice, "family", "email"),
                          jt_vardict_get_string (choice, "event", "default"), jt_vardict_get_string (choice, "part", "text"));
}

/* What stands in the place of @name: a text of one's own need not have a name that there is. (transfer full) */
static char *
find_text (const JtTemplateSources *sources, const char *name, GError **error)
{
  g_autoptr (JtTemplateName) parsed = jt_template_name_parse (name, error);
  g_autoptr (JtTemplate) template = NULL;

  if (parsed == NULL)
    return NULL;
  template = jt_templates_find (sources, parsed->family, parsed->event, parsed->part, parsed->language, NULL, error);
  return template != NULL ? jt_templates_get_text (sources, jt_template_get_name (template), NULL, error) : NULL;
}

/* On the pool: a template may take its time. */
static void
render_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Wish *wish = data;
  JtTemplateSources sources = { jt_composer_get_text, wish->own, jt_composer_get_text, wish->administrator };
  g_autofree char *in_force = NULL;
  GError *error = NULL;
  const char *text = wish->text;
  char *rendered = NULL;

  if (*text == '\0')
    text = in_force = find_text (&sources, wish->name, &error);
  if (text != NULL)
    rendered = jt_templates_preview (&sources, wish->name, text, wish->context, &error);
  if (rendered != NULL)
    g_task_return_pointer (task, rendered, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autofree char *rendered = g_task_propagate_pointer (G_TASK (result), &error);

  g_hash_table_remove (call->service->rendering, GUINT_TO_POINTER (call->peer->uid));
  if (rendered == NULL)
    jt_call_take_error (call, error);
  else
    jt_call_return (call, g_variant_new ("(s)", rendered));
}

static void
render (JtCall *call, guint32 uid, const JtTemplateSources *sources)
{
  Wish *wish = call->data;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GVariant) sample = g_variant_get_child_value (jt_call_get_parameters (call), 1);
  g_autoptr (GVariant) choice = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) found = g_steal_pointer (&wish->context);

  /* Others' look-ups of accounts and logs wait in the same pool. */
  if (!g_hash_table_add (call->service->rendering, GUINT_TO_POINTER (call->peer->uid)))
    {
      jt_call_return_error (call, JT_ERROR_QUOTA_EXCEEDED, "a template is being written out for you; one at a time");
      return;
    }
  task = g_task_new (NULL, NULL, on_rendered, call);
  split_sample (sample, &choice, &changes);
  wish->name = name_of (choice);
  g_variant_get_child (jt_call_get_parameters (call), 0, "s", &wish->text);
  wish->context = g_variant_ref_sink (jt_template_sample_merge (found, changes));
  g_task_set_task_data (task, wish, NULL);
  g_task_run_in_thread (task, render_in_thread);
}

static void
render_with (JtCall *call, GVariant *context)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->uid = call->peer->uid;
  wish->func = render;
  wish->context = g_variant_ref_sink (context);
  jt_call_set_data (call, wish, (GDestroyNotify) wish_free);
  jt_composer_read_user_async (call->service->notifications.composer, wish->uid, NULL, on_user_read, call);
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) context = jt_composer_describe_finish (JT_COMPOSER (source), result, &error);

  if (context == NULL)
    jt_call_take_error (call, error);
  else
    render_with (call, context);
}

/* As if it were told to the caller now. */
static JtDelivery *
make_delivery (JtCall *call, const JtRun *run, const JtJobEntry *entry, GVariant *sample)
{
  const char *word = NULL;
  JtDelivery *delivery = jt_delivery_new ();
  JtNews news = { .job = entry->job, .status = &entry->status, .run = run };

  g_variant_lookup (sample, "event", "&s", &word);
  if (word == NULL || !jt_notify_event_from_string (word, &news.event))
    jt_news_event_of_run (run, TRUE, &news.event);
  delivery->event = g_strdup (jt_notify_event_to_string (news.event));
  delivery->severity = g_strdup (jt_severity_to_string (jt_notify_event_get_severity (news.event)));
  delivery->run = run->id;
  delivery->job = run->job;
  delivery->job_name = g_strdup (run->job_name);
  delivery->owner = run->owner;
  delivery->is_user = TRUE;
  delivery->user = call->peer->uid;
  delivery->user_name = g_strdup (call->peer->name);
  delivery->recipient = g_strconcat ("user:", call->peer->name, NULL);
  delivery->channel = g_strdup ("email");
  delivery->created_usec = run->finished_usec != 0 ? run->finished_usec : jt_clock_get_realtime (jt_tracker_get_clock (call->service->tracker));
  jt_delivery_set_facts (delivery, jt_news_make_facts (&news));
  return delivery;
}

static void
on_run_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  g_autoptr (GVariant) sample = g_variant_get_child_value (jt_call_get_parameters (call), 1);
  g_autoptr (JtRun) run = jt_store_get_run_finish (JT_STORE (source), result, NULL);
  const JtJobEntry *entry = run != NULL ? jt_tracker_get_job (call->service->tracker, run->job) : NULL;
  g_autoptr (JtDelivery) delivery = NULL;

  if (run == NULL || (call->peer->uid != 0 && call->peer->uid != run->owner))
    {
      guint64 id = 0;

      g_variant_lookup (sample, "run", "t", &id);
      jt_call_return_error (call, JT_ERROR_NOT_FOUND, "there is no run %" G_GUINT64_FORMAT, id);
      return;
    }
  if (entry == NULL)
    {
      jt_call_return_error (call, JT_ERROR_WRONG_STATE, "the job of run %" G_GUINT64_FORMAT " is no more", run->id);
      return;
    }
  delivery = make_delivery (call, run, entry, sample);
  jt_composer_describe_async (call->service->notifications.composer, delivery, NULL, on_described, call);
}

static gboolean
check_sample (JtCall *call, GVariant *choice, GVariant *context)
{
  JtNotifyEvent event;
  GError *error = NULL;
  const char *word = jt_vardict_get_string (choice, "event", NULL);

  if (!jt_vardict_check (choice, choice_keys, "sample key", &error) || !jt_vardict_check (context, context_keys, "sample key", &error))
    {
      jt_call_take_error (call, error);
      return FALSE;
    }
  if (word == NULL || jt_notify_event_from_string (word, &event))
    return TRUE;
  jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "event: '%.64s' is no event", word);
  return FALSE;
}

void
jt_notifications_handle_render_template (JtCall *call)
{
  g_autoptr (GVariant) sample = g_variant_get_child_value (jt_call_get_parameters (call), 1);
  g_autoptr (GVariant) choice = NULL;
  g_autoptr (GVariant) context = NULL;
  guint64 run;

  split_sample (sample, &choice, &context);
  if (!check_sample (call, choice, context))
    return;
  run = jt_vardict_get_uint64 (choice, "run", 0);
  if (run != 0)
    jt_store_get_run_async (jt_tracker_get_store (call->service->tracker), run, NULL, on_run_read, call);
  else
    render_with (call, jt_template_sample_new (jt_vardict_get_string (choice, "event", NULL)));
}
