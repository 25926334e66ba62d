/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-composer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-log.h"
#include "jt-notify-context.h"

/* Of a log so much is read from behind at most. */
#define MAX_LOG_BYTES (64 * 1024)
/* Users whose templates are kept in memory. */
#define MAX_USERS 1000

struct _JtComposer
{
  GObject     parent;
  JtStore    *store;     /* (owned) */
  JtExecutor *executor;  /* (owned) */
  JtNotifier *notifier;  /* (owned) */
  char       *host;
  char       *gateway_url; /* (nullable) */
  char       *domain;
  GHashTable *templates; /* (element-type utf8 utf8) (owned) the administrator's */
  GHashTable *users;     /* (element-type uid GHashTable) (owned) templates by name, of those that were read */
  guint       n_forgotten; /* how often some were to be read anew */
};

G_DEFINE_FINAL_TYPE (JtComposer, jt_composer, G_TYPE_OBJECT)

/* One text on its way. What it is made from is all in here, for it is made on the pool: a template of somebody's own may take a tenth of
 * a second. */
typedef struct
{
  GHashTable *own;           /* (owned) (nullable) templates of the reader; never changed once they are read */
  GHashTable *administrator; /* (owned) the same of the administrator */
  char       *host;
  char       *gateway_url;
  char       *domain;
  JtDelivery *delivery; /* (owned) */
  JtFamily    family;
  gboolean    wants_context; /* and nothing else */
  JtZone     *zone;     /* (owned) */
  char       *language;
  JtRollup   *rollup;   /* (owned) (nullable) */
  char       *log;      /* (owned) (nullable) */
  gboolean    is_log_cut;
  GPtrArray  *entries;  /* (owned) (nullable) */
} Composition;

static void
composition_free (Composition *composition)
{
  g_clear_pointer (&composition->own, g_hash_table_unref);
  g_clear_pointer (&composition->administrator, g_hash_table_unref);
  g_free (composition->host);
  g_free (composition->gateway_url);
  g_free (composition->domain);
  jt_delivery_unref (composition->delivery);
  jt_zone_unref (composition->zone);
  g_free (composition->language);
  jt_rollup_free (composition->rollup);
  g_free (composition->log);
  g_clear_pointer (&composition->entries, g_ptr_array_unref);
  g_free (composition);
}

const char *
jt_family_to_string (JtFamily family)
{
  static const char *const names[] = { "email", "popup", "chat" };

  return names[family];
}

/* Users' own templates */

typedef struct
{
  guint32     uid;
  GHashTable *texts;   /* (owned) */
  GPtrArray  *entries; /* (owned) (nullable) */
  guint       next;
  guint       n_forgotten; /* when it began */
} Reading;

static void
reading_free (Reading *reading)
{
  g_hash_table_unref (reading->texts);
  g_clear_pointer (&reading->entries, g_ptr_array_unref);
  g_free (reading);
}

static void read_next (GTask *task);

static void
on_template_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Reading *reading = g_task_get_task_data (task);
  JtTemplateEntry *entry = g_ptr_array_index (reading->entries, reading->next++);
  g_autofree char *text = jt_store_get_template_finish (JT_STORE (source), result, NULL);

  /* One that has gone meanwhile is none. */
  if (text != NULL)
    g_hash_table_insert (reading->texts, g_strdup (entry->name), g_steal_pointer (&text));
  read_next (task);
}

static void
read_next (GTask *task)
{
  JtComposer *self = g_task_get_source_object (task);
  Reading *reading = g_task_get_task_data (task);

  if (reading->next < reading->entries->len)
    {
      JtTemplateEntry *entry = g_ptr_array_index (reading->entries, reading->next);

      jt_store_get_template_async (self->store, reading->uid, entry->name, NULL, on_template_read, task);
      return;
    }
  if (g_hash_table_size (self->users) >= MAX_USERS)
    g_hash_table_remove_all (self->users);
  /* Changed while they were read: who comes next reads them again. */
  if (reading->n_forgotten == self->n_forgotten)
    g_hash_table_replace (self->users, GUINT_TO_POINTER (reading->uid), g_hash_table_ref (reading->texts));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_templates_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;

  reading->entries = jt_store_list_templates_finish (JT_STORE (source), result, &error);
  if (reading->entries != NULL)
    {
      read_next (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
jt_composer_read_user_async (JtComposer *self, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  GTask *task = g_task_new (self, c, cb, data);
  Reading *reading;

  if (g_hash_table_contains (self->users, GUINT_TO_POINTER (uid)))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  reading = g_new0 (Reading, 1);
  reading->uid = uid;
  reading->n_forgotten = self->n_forgotten;
  reading->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  jt_store_list_templates_async (self->store, uid, NULL, on_templates_listed, task);
}

gboolean
jt_composer_read_user_finish (JtComposer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

char *
jt_composer_get_text (const char *name, gpointer table)
{
  GHashTable *texts = table;

  return texts != NULL ? g_strdup (g_hash_table_lookup (texts, name)) : NULL;
}

void
jt_composer_get_templates (JtComposer *self, guint32 uid, GHashTable **own, GHashTable **administrator)
{
  GHashTable *texts = g_hash_table_lookup (self->users, GUINT_TO_POINTER (uid));

  *own = texts != NULL ? g_hash_table_ref (texts) : NULL;
  *administrator = g_hash_table_ref (self->templates);
}

void
jt_composer_forget_user (JtComposer *self, guint32 uid)
{
  self->n_forgotten++;
  g_hash_table_remove (self->users, GUINT_TO_POINTER (uid));
}

/* The text */

static void
take_headers (const Composition *composition, JtMessage *message, const JtDelivery *delivery)
{
  g_autofree char *list = delivery->job != 0 ? g_strdup_printf ("<job%" G_GUINT64_FORMAT ".jobtracker.%s>", delivery->job, composition->domain) : NULL;

  jt_message_add_header (message, "Auto-Submitted", "auto-generated");
  if (list != NULL)
    jt_message_add_header (message, "List-Id", list);
  if (delivery->thread == NULL)
    return;
  jt_message_add_header (message, "In-Reply-To", delivery->thread);
  jt_message_add_header (message, "References", delivery->thread);
}

static char *
render (const Composition *composition, JtFamily family, const char *part, GVariant *context)
{
  JtTemplateSources sources = { jt_composer_get_text, composition->own, jt_composer_get_text, composition->administrator };
  g_autofree char *trouble = NULL;
  char *text;

  text = jt_templates_render (&sources, jt_family_to_string (family), composition->delivery->event, part, composition->language,
                              context, &trouble);
  if (trouble != NULL)
    jt_log_warning ("a template is passed over: %s", trouble);
  return text;
}

/* A chat has no subject of its own; those that show a title have that of mails. */
static void
render_parts (const Composition *composition, JtMessage *message, GVariant *context)
{
  if (composition->family == JT_FAMILY_POPUP)
    {
      message->subject = render (composition, JT_FAMILY_POPUP, "title", context);
      message->text = render (composition, JT_FAMILY_POPUP, "body", context);
      return;
    }
  message->subject = render (composition, JT_FAMILY_EMAIL, "subject", context);
  message->text = render (composition, composition->family, "text", context);
  if (composition->family == JT_FAMILY_EMAIL)
    message->html = render (composition, JT_FAMILY_EMAIL, "html", context);
}

static GVariant *
make_context (const Composition *composition)
{
  JtContextParts parts = {
    .zone = composition->zone,
    .language = composition->language,
    .host = composition->host,
    .gateway_url = composition->gateway_url,
    .rollup = composition->rollup,
    .log = composition->log,
    .is_log_cut = composition->is_log_cut,
    .entries = composition->entries,
  };

  return g_variant_ref_sink (jt_notify_context_new (composition->delivery, &parts));
}

static JtMessage *
make_message (const Composition *composition)
{
  const JtDelivery *delivery = composition->delivery;
  g_autoptr (GVariant) context = make_context (composition);
  JtMessage *message = jt_message_new ();
  GVariant *links = jt_notify_context_links (delivery, composition->gateway_url);

  message->id = delivery->id;
  message->message_id = g_strdup (delivery->message_id);
  message->channel = g_strdup (delivery->channel);
  message->event = g_strdup (delivery->event);
  message->severity = g_strdup (delivery->severity);
  message->is_repeat = delivery->ambiguous > 0;
  message->address = g_strdup (delivery->address);
  message->recipient_name = g_strdup (delivery->user_name);
  message->recipient_uid = delivery->is_user ? (gint64) delivery->user : -1;
  message->language = g_strdup (composition->language);
  message->created_usec = delivery->created_usec;
  message->job = delivery->facts != NULL ? g_variant_lookup_value (delivery->facts, "job", G_VARIANT_TYPE_VARDICT) : NULL;
  message->run = delivery->facts != NULL ? g_variant_lookup_value (delivery->facts, "run", G_VARIANT_TYPE_VARDICT) : NULL;
  message->links = links != NULL ? g_variant_ref_sink (links) : NULL;
  take_headers (composition, message, delivery);
  render_parts (composition, message, context);
  return message;
}

static void
make_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Composition *composition = data;

  if (composition->wants_context)
    g_task_return_pointer (task, make_context (composition), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_pointer (task, make_message (composition), (GDestroyNotify) jt_message_unref);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Composition *composition = g_task_get_task_data (task);
  gpointer made = g_task_propagate_pointer (G_TASK (result), NULL);

  g_task_return_pointer (task, made, composition->wants_context ? (GDestroyNotify) g_variant_unref : (GDestroyNotify) jt_message_unref);
}

/* (the task of the pool has no source object: the pool may drop it last of all, and what belongs to the main loop must not go there) */
static void
finish (GTask *task)
{
  g_autoptr (GTask) making = g_task_new (NULL, NULL, on_made, task);

  g_task_set_task_data (making, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (making, make_in_thread);
}

/* What a digest tells */

static void
on_entries (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Composition *composition = g_task_get_task_data (task);

  g_autoptr (GPtrArray) newest_first = jt_store_list_deliveries_finish (JT_STORE (source), result, NULL);

  if (newest_first != NULL)
    composition->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  for (guint i = newest_first != NULL ? newest_first->len : 0; i > 0; i--)
    g_ptr_array_add (composition->entries, jt_delivery_ref (g_ptr_array_index (newest_first, i - 1)));
  finish (task);
}

static void
find_entries (GTask *task)
{
  JtComposer *self = g_task_get_source_object (task);
  Composition *composition = g_task_get_task_data (task);
  g_autoptr (JtDeliveryFilter) filter = NULL;

  if (composition->delivery->count == 0)
    {
      finish (task);
      return;
    }
  filter = jt_delivery_filter_new (0);
  filter->merged_into = composition->delivery->id;
  filter->wants_facts = TRUE;
  jt_store_list_deliveries_async (self->store, filter, 0, JT_DELIVERIES_MAX, NULL, on_entries, task);
}

/* The job's past */

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Composition *composition = g_task_get_task_data (task);
  g_autoptr (GPtrArray) groups = jt_store_get_statistics_finish (JT_STORE (source), result, NULL);

  if (groups != NULL && groups->len > 0)
    composition->rollup = g_steal_pointer (&((JtStatsGroup *) g_ptr_array_index (groups, 0))->rollup);
  find_entries (task);
}

static void
find_statistics (GTask *task)
{
  JtComposer *self = g_task_get_source_object (task);
  Composition *composition = g_task_get_task_data (task);
  JtStatsQuery *query;

  if (composition->delivery->job == 0)
    {
      find_entries (task);
      return;
    }
  query = g_new0 (JtStatsQuery, 1);
  query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (query->keys, composition->delivery->job);
  query->grain = JT_STATS_DAYS;
  query->until_usec = G_MAXINT64;
  query->by = JT_STATS_WHOLE;
  jt_store_get_statistics_async (self->store, query, NULL, on_statistics, task);
}

/* The end of the log */

typedef struct
{
  char    *text;
  gboolean is_cut;
} LogEnd;

static void
log_end_free (gpointer data)
{
  LogEnd *log = data;

  g_free (log->text);
  g_free (log);
}

static void
read_log_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  int fd = GPOINTER_TO_INT (data);
  g_autoptr (GString) text = g_string_new (NULL);
  LogEnd *log = g_new0 (LogEnd, 1);
  char buffer[8192];
  gssize length;

  while ((length = read (fd, buffer, sizeof buffer)) > 0 || (length < 0 && errno == EINTR))
    {
      if (length > 0)
        g_string_append_len (text, buffer, length);
      if (text->len > MAX_LOG_BYTES)
        {
          g_string_erase (text, 0, (gssize) (text->len - MAX_LOG_BYTES));
          log->is_cut = TRUE;
        }
    }
  close (fd);
  /* A byte 0 is no end of the text. */
  for (gsize i = 0; i < text->len; i++)
    if (text->str[i] == '\0')
      text->str[i] = '\x7f';
  log->text = g_string_free (g_steal_pointer (&text), FALSE);
  g_task_return_pointer (task, log, log_end_free);
}

static void
on_log_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Composition *composition = g_task_get_task_data (task);

  LogEnd *log = g_task_propagate_pointer (G_TASK (result), NULL);

  composition->log = g_steal_pointer (&log->text);
  composition->is_log_cut = log->is_cut;
  log_end_free (log);
  find_statistics (task);
}

static void
on_log_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  JtComposer *self = g_task_get_source_object (task);
  int fd = jt_executor_open_log_finish (self->executor, result, NULL);
  g_autoptr (GTask) reading = NULL;

  if (fd < 0)
    {
      find_statistics (task);
      return;
    }
  /* (without a source object: the pool may drop the task last of all, and what belongs to the main loop must not go there) */
  reading = g_task_new (NULL, NULL, on_log_read, task);
  g_task_set_task_data (reading, GINT_TO_POINTER (fd), NULL);
  g_task_run_in_thread (reading, read_log_in_thread);
}

static void
on_run_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  JtComposer *self = g_task_get_source_object (task);
  g_autoptr (JtRun) run = jt_store_get_run_finish (JT_STORE (source), result, NULL);
  g_autoptr (GVariant) options = NULL;
  GVariantDict dict;

  if (run == NULL)
    {
      find_statistics (task);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  /* (one more than is told, so that it is known whether there were more) */
  g_variant_dict_insert (&dict, "tail", "t", (guint64) JT_CONTEXT_LOG_LINES + 1);
  options = g_variant_ref_sink (g_variant_dict_end (&dict));
  jt_executor_open_log_async (self->executor, run, options, NULL, on_log_opened, task);
}

/* What went well is told without its output, and so is what has none. */
static gboolean
wants_log (const JtDelivery *delivery)
{
  return delivery->run != 0 && (g_str_equal (delivery->severity, "error") || g_str_equal (delivery->severity, "warning"));
}

static void
find_log (GTask *task)
{
  JtComposer *self = g_task_get_source_object (task);
  Composition *composition = g_task_get_task_data (task);

  if (composition->family != JT_FAMILY_POPUP && wants_log (composition->delivery))
    jt_store_get_run_async (self->store, composition->delivery->run, NULL, on_run_read, task);
  else
    find_statistics (task);
}

static void
on_user_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtComposer *self = JT_COMPOSER (source);
  Composition *composition = g_task_get_task_data (user_data);
  GHashTable *own = g_hash_table_lookup (self->users, GUINT_TO_POINTER (composition->delivery->user));
  g_autoptr (GError) error = NULL;

  composition->own = own != NULL ? g_hash_table_ref (own) : NULL;
  if (!jt_composer_read_user_finish (self, result, &error))
    jt_log_warning ("a user's own templates cannot be read, those of all are used: %s", error->message);
  find_log (user_data);
}

static char *
choose_language (JtPreferences *preferences)
{
  const char *language = jt_preferences_get_language (preferences);
  const char *const *names = g_get_language_names ();
  /* (without the character set: "de_AT.UTF-8") */
  g_autofree char *service = g_strndup (names[0], strcspn (names[0], ".@"));

  if (*language != '\0')
    return g_strdup (language);
  return g_str_equal (service, "C") || g_str_equal (service, "POSIX") ? g_strdup ("en") : g_steal_pointer (&service);
}

static void
begin (JtComposer *self, JtDelivery *delivery, JtFamily family, gboolean wants_context, GTask *task)
{
  Composition *composition = g_new0 (Composition, 1);
  JtPreferences *preferences = delivery->is_user ? jt_notifier_get_preferences (self->notifier, delivery->user) : jt_preferences_get_default ();

  composition->delivery = jt_delivery_ref (delivery);
  composition->administrator = g_hash_table_ref (self->templates);
  composition->host = g_strdup (self->host);
  composition->gateway_url = g_strdup (self->gateway_url);
  composition->domain = g_strdup (self->domain);
  composition->family = family;
  composition->wants_context = wants_context;
  composition->zone = jt_preferences_get_zone (preferences);
  composition->language = choose_language (preferences);
  g_task_set_task_data (task, composition, (GDestroyNotify) composition_free);
  if (delivery->is_user)
    jt_composer_read_user_async (self, delivery->user, NULL, on_user_read, task);
  else
    find_log (task);
}

void
jt_composer_compose_async (JtComposer *self, JtDelivery *delivery, JtFamily family, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  begin (self, delivery, family, FALSE, g_task_new (self, c, cb, data));
}

JtMessage *
jt_composer_compose_finish (JtComposer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
jt_composer_describe_async (JtComposer *self, JtDelivery *delivery, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  begin (self, delivery, JT_FAMILY_EMAIL, TRUE, g_task_new (self, c, cb, data));
}

GVariant *
jt_composer_describe_finish (JtComposer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The object */

void
jt_composer_set_addresses (JtComposer *self, const char *gateway_url, const char *domain)
{
  g_free (self->gateway_url);
  self->gateway_url = g_strdup (gateway_url);
  g_free (self->domain);
  self->domain = g_strdup (domain);
}

void
jt_composer_set_templates (JtComposer *self, GHashTable *templates)
{
  g_hash_table_unref (self->templates);
  self->templates = templates;
}

static void
jt_composer_finalize (GObject *object)
{
  JtComposer *self = JT_COMPOSER (object);

  g_clear_object (&self->store);
  g_clear_object (&self->executor);
  g_clear_object (&self->notifier);
  g_free (self->host);
  g_free (self->gateway_url);
  g_free (self->domain);
  g_hash_table_unref (self->templates);
  g_hash_table_unref (self->users);
  G_OBJECT_CLASS (jt_composer_parent_class)->finalize (object);
}

static void
jt_composer_class_init (JtComposerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_composer_finalize;
}

static void
jt_composer_init (JtComposer *self)
{
  self->domain = g_strdup ("localhost");
  self->templates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->users = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
}

JtComposer *
jt_composer_new (JtStore *store, JtExecutor *executor, JtNotifier *notifier, const char *host)
{
  JtComposer *self = g_object_new (JT_TYPE_COMPOSER, NULL);

  self->store = g_object_ref (store);
  self->executor = g_object_ref (executor);
  self->notifier = g_object_ref (notifier);
  self->host = g_strdup (host);
  return self;
}
