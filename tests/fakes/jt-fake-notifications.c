/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-notifications.h"

#include <string.h>

struct _JtFakeNotifications
{
  GPtrArray  *deliveries;  /* (element-type JtDelivery) by id */
  GHashTable *templates;   /* "uid/name" → char * */
  GHashTable *template_at; /* "uid/name" → gint64 */
  GHashTable *episodes;    /* "job/recipient" → JtEpisode */
  GHashTable *preferences; /* uid → GVariant */
};

JtFakeNotifications *
jt_fake_notifications_new (void)
{
  JtFakeNotifications *self = g_new0 (JtFakeNotifications, 1);

  self->deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  self->templates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->template_at = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->episodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_episode_free);
  self->preferences = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);
  return self;
}

void
jt_fake_notifications_free (JtFakeNotifications *self)
{
  g_ptr_array_unref (self->deliveries);
  g_hash_table_unref (self->templates);
  g_hash_table_unref (self->template_at);
  g_hash_table_unref (self->episodes);
  g_hash_table_unref (self->preferences);
  g_free (self);
}

static char *
make_key (guint64 number, const char *text)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT "/%s", number, text);
}

static int
compare_deliveries (gconstpointer a, gconstpointer b)
{
  const JtDelivery *delivery_a = *(JtDelivery *const *) a;
  const JtDelivery *delivery_b = *(JtDelivery *const *) b;

  return delivery_a->id < delivery_b->id ? -1 : delivery_a->id > delivery_b->id;
}

static int
compare_recipients (gconstpointer a, gconstpointer b)
{
  int order = strcmp ((*(JtDelivery *const *) a)->recipient, (*(JtDelivery *const *) b)->recipient);

  return order != 0 ? order : compare_deliveries (a, b);
}

/* The place of @id, or that at which it would be. */
static guint
find_place (JtFakeNotifications *self, guint64 id)
{
  guint low = 0;
  guint high = self->deliveries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (((const JtDelivery *) g_ptr_array_index (self->deliveries, middle))->id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The first facts stay, as in the real store. */
static void
put_delivery (JtFakeNotifications *self, JtDelivery *delivery)
{
  JtDelivery *before = jt_fake_notifications_get (self, delivery->id);
  guint place = find_place (self, delivery->id);
  JtDelivery *after;

  if (before == NULL)
    {
      g_ptr_array_insert (self->deliveries, (gint) place, jt_delivery_ref (delivery));
      return;
    }
  if (before->state != delivery->state && (before->state == JT_DELIVERY_DELIVERED || before->state == JT_DELIVERY_MERGED))
    return;
  after = jt_delivery_copy (delivery);
  if (before->facts != NULL)
    jt_delivery_set_facts (after, before->facts);
  jt_delivery_unref (before);
  self->deliveries->pdata[place] = after;
}

static void
expire_deliveries (JtFakeNotifications *self, gint64 before_usec, guint limit)
{
  guint n_gone = 0;

  for (guint i = 0; i + 1 < self->deliveries->len && n_gone < limit;)
    {
      const JtDelivery *delivery = g_ptr_array_index (self->deliveries, i);

      if (delivery->created_usec < before_usec && !jt_delivery_state_is_open (delivery->state))
        {
          g_ptr_array_remove_index (self->deliveries, i);
          n_gone++;
        }
      else
        i++;
    }
}

static void
put_template (JtFakeNotifications *self, const JtChangeItem *item)
{
  g_autofree char *key = make_key (item->id, item->text);

  g_hash_table_remove (self->templates, key);
  g_hash_table_remove (self->template_at, key);
  if (item->text2 == NULL)
    return;
  g_hash_table_insert (self->template_at, g_strdup (key), g_memdup2 (&item->number, sizeof item->number));
  g_hash_table_insert (self->templates, g_steal_pointer (&key), g_strdup (item->text2));
}

static gboolean
is_ended (gpointer key, gpointer value, gpointer user_data)
{
  const JtEpisode *episode = value;
  const JtChangeItem *item = user_data;

  return episode->job == item->id && (item->text == NULL || g_str_equal (episode->recipient, item->text));
}

static void
put_preferences (JtFakeNotifications *self, const JtChangeItem *item)
{
  gpointer uid = GUINT_TO_POINTER ((guint) item->id);

  if (item->settings == NULL)
    g_hash_table_remove (self->preferences, uid);
  else
    g_hash_table_insert (self->preferences, uid, g_variant_ref (item->settings));
}

gboolean
jt_fake_notifications_apply (JtFakeNotifications *self, const JtChangeItem *item)
{
  switch (item->kind)
    {
    case JT_CHANGE_PUT_DELIVERY:
      put_delivery (self, item->delivery);
      return TRUE;
    case JT_CHANGE_PUT_PREFERENCES:
      put_preferences (self, item);
      return TRUE;
    case JT_CHANGE_PUT_TEMPLATE:
      put_template (self, item);
      return TRUE;
    case JT_CHANGE_PUT_EPISODE:
      g_hash_table_insert (self->episodes, make_key (item->id, item->episode->recipient), jt_episode_copy (item->episode));
      return TRUE;
    case JT_CHANGE_END_EPISODE:
      g_hash_table_foreach_remove (self->episodes, is_ended, (gpointer) item);
      return TRUE;
    case JT_CHANGE_EXPIRE_DELIVERIES:
      expire_deliveries (self, item->number, (guint) item->number2);
      return TRUE;
    default:
      return FALSE;
    }
}

void
jt_fake_notifications_load (JtFakeNotifications *self, JtStoreContents *contents)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  for (guint i = 0; i < self->deliveries->len; i++)
    {
      JtDelivery *delivery = g_ptr_array_index (self->deliveries, i);

      contents->last_delivery_id = delivery->id;
    }
  g_clear_pointer (&contents->counts, g_ptr_array_unref);
  contents->counts = jt_fake_notifications_count (self);
  g_hash_table_iter_init (&iter, self->episodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (contents->episodes, jt_episode_copy (value));
  g_hash_table_iter_init (&iter, self->preferences);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (contents->preferences, key, g_variant_ref (value));
}

static gboolean
is_due (const JtDueQuery *query, const JtDelivery *delivery)
{
  if (delivery->state != query->state || !g_str_equal (delivery->channel, query->channel) || delivery->next_usec > query->until_usec
      || delivery->id <= query->after)
    return FALSE;
  if (query->is_of_user)
    return delivery->is_user && delivery->user == query->user;
  if (query->recipient != NULL)
    return g_str_equal (delivery->recipient, query->recipient);
  return query->each == 0 || query->after_recipient == NULL || strcmp (delivery->recipient, query->after_recipient) > 0;
}

static int
compare_next (gconstpointer a, gconstpointer b)
{
  gint64 next_a = (*(JtDelivery *const *) a)->next_usec;
  gint64 next_b = (*(JtDelivery *const *) b)->next_usec;

  return next_a < next_b ? -1 : next_a > next_b;
}

/* In front of what is taken of one recipient, whose youngest is @last. */
static void
take_elders (JtFakeNotifications *self, const JtDueQuery *query, const JtDelivery *last, GPtrArray *taken)
{
  guint count = 0;

  for (guint i = 0; query->wants_elders && last != NULL && i < self->deliveries->len && count < query->each; i++)
    {
      JtDelivery *delivery = g_ptr_array_index (self->deliveries, i);

      if (delivery->id >= last->id || delivery->state != JT_DELIVERY_WAITING || delivery->attempts == 0 || delivery->next_usec <= query->until_usec
          || !g_str_equal (delivery->channel, last->channel) || !g_str_equal (delivery->recipient, last->recipient))
        continue;
      g_ptr_array_add (taken, jt_delivery_ref (delivery));
      count++;
    }
}

static void
take_turn (JtFakeNotifications *self, const JtDueQuery *query, GPtrArray *turn, GPtrArray *taken)
{
  if (turn->len > 0)
    take_elders (self, query, g_ptr_array_index (turn, turn->len - 1), taken);
  for (guint i = 0; i < turn->len; i++)
    g_ptr_array_add (taken, jt_delivery_ref (g_ptr_array_index (turn, i)));
  g_ptr_array_set_size (turn, 0);
}

/* By turns when @query wants them. */
static void
take_due (JtFakeNotifications *self, GPtrArray *due, const JtDueQuery *query, GPtrArray *taken)
{
  g_autoptr (GPtrArray) turn = g_ptr_array_new ();
  const char *recipient = NULL;
  guint n_of_it = 0;
  guint n_due = 0;

  for (guint i = 0; i < due->len && n_due < MIN (query->limit, JT_DELIVERIES_MAX); i++)
    {
      JtDelivery *delivery = g_ptr_array_index (due, i);
      gboolean is_same = g_strcmp0 (recipient, delivery->recipient) == 0;

      if (!is_same)
        take_turn (self, query, turn, taken);
      n_of_it = is_same ? n_of_it + 1 : 1;
      recipient = delivery->recipient;
      if (query->each != 0 && query->recipient == NULL && n_of_it > query->each)
        continue;
      g_ptr_array_add (turn, delivery);
      n_due++;
    }
  take_turn (self, query, turn, taken);
}

GPtrArray *
jt_fake_notifications_list_open (JtFakeNotifications *self, const JtDueQuery *query)
{
  g_autoptr (GPtrArray) due = g_ptr_array_new ();
  GPtrArray *taken = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);

  for (guint i = 0; i < self->deliveries->len; i++)
    {
      JtDelivery *delivery = g_ptr_array_index (self->deliveries, i);

      if (is_due (query, delivery) && (query->hold == NULL || g_strcmp0 (query->hold, delivery->hold) == 0))
        g_ptr_array_add (due, delivery);
    }
  if (query->each != 0)
    g_ptr_array_sort (due, compare_recipients);
  if (query->wants_first_due)
    g_ptr_array_sort (due, compare_next);
  take_due (self, due, query, taken);
  return taken;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(JtDeliveryTimes *const *) a)->channel, (*(JtDeliveryTimes *const *) b)->channel);
}

static JtDeliveryTimes *
times_of (GPtrArray *all, const char *channel)
{
  JtDeliveryTimes *times;

  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (((JtDeliveryTimes *) g_ptr_array_index (all, i))->channel, channel))
      return g_ptr_array_index (all, i);
  times = g_new0 (JtDeliveryTimes, 1);
  times->channel = g_strdup (channel);
  g_ptr_array_add (all, times);
  return times;
}

GPtrArray *
jt_fake_notifications_next (JtFakeNotifications *self, gint64 after_usec)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_times_free);

  for (guint i = 0; i < self->deliveries->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (self->deliveries, i);
      JtDeliveryTimes *times;
      gint64 *next;

      if ((delivery->state != JT_DELIVERY_WAITING && delivery->state != JT_DELIVERY_HELD) || delivery->next_usec <= after_usec)
        continue;
      times = times_of (all, delivery->channel);
      next = delivery->state == JT_DELIVERY_HELD ? &times->held_usec : &times->waiting_usec;
      if (*next == 0 || delivery->next_usec < *next)
        *next = MAX (delivery->next_usec, 1);
    }
  g_ptr_array_sort (all, compare_times);
  return all;
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const JtDeliveryCount *count_a = *(JtDeliveryCount *const *) a;
  const JtDeliveryCount *count_b = *(JtDeliveryCount *const *) b;
  int order = strcmp (count_a->channel, count_b->channel);

  return order != 0 ? order : (int) count_a->state - (int) count_b->state;
}

static JtDeliveryCount *
count_of (GPtrArray *all, const JtDelivery *delivery)
{
  JtDeliveryCount *count;

  for (guint i = 0; i < all->len; i++)
    {
      count = g_ptr_array_index (all, i);
      if (g_str_equal (count->channel, delivery->channel) && count->state == delivery->state)
        return count;
    }
  count = g_new0 (JtDeliveryCount, 1);
  count->channel = g_strdup (delivery->channel);
  count->state = delivery->state;
  g_ptr_array_add (all, count);
  return count;
}

GPtrArray *
jt_fake_notifications_count (JtFakeNotifications *self)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_count_free);

  for (guint i = 0; i < self->deliveries->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (self->deliveries, i);
      JtDeliveryCount *count = count_of (all, delivery);

      count->count++;
      if (delivery->state == JT_DELIVERY_DELIVERED)
        count->last_usec = MAX (count->last_usec, delivery->delivered_usec);
    }
  g_ptr_array_sort (all, compare_counts);
  return all;
}

static JtDelivery *
copy_for_list (const JtDeliveryFilter *filter, JtDelivery *delivery)
{
  JtDelivery *copy;

  if (filter->wants_facts || delivery->facts == NULL)
    return jt_delivery_ref (delivery);
  copy = jt_delivery_copy (delivery);
  jt_delivery_set_facts (copy, NULL);
  return copy;
}

GPtrArray *
jt_fake_notifications_list (JtFakeNotifications *self, const JtDeliveryFilter *filter, guint64 before, guint limit)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);

  for (guint i = self->deliveries->len; i > 0 && found->len < MIN (limit, JT_DELIVERIES_MAX); i--)
    {
      JtDelivery *delivery = g_ptr_array_index (self->deliveries, i - 1);

      if ((before == 0 || delivery->id < before) && jt_delivery_filter_match (filter, delivery))
        g_ptr_array_add (found, copy_for_list (filter, delivery));
    }
  return found;
}

JtDelivery *
jt_fake_notifications_get (JtFakeNotifications *self, guint64 id)
{
  guint place = find_place (self, id);
  JtDelivery *delivery = place < self->deliveries->len ? g_ptr_array_index (self->deliveries, place) : NULL;

  return delivery != NULL && delivery->id == id ? delivery : NULL;
}

const char *
jt_fake_notifications_get_template (JtFakeNotifications *self, guint32 uid, const char *name)
{
  g_autofree char *key = make_key (uid, name);

  return g_hash_table_lookup (self->templates, key);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(JtTemplateEntry *const *) a)->name, (*(JtTemplateEntry *const *) b)->name);
}

GPtrArray *
jt_fake_notifications_list_templates (JtFakeNotifications *self, guint32 uid)
{
  g_autofree char *prefix = make_key (uid, "");
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_template_entry_free);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->template_at);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_prefix (key, prefix))
      {
        JtTemplateEntry *entry = g_new0 (JtTemplateEntry, 1);

        entry->name = g_strdup ((const char *) key + strlen (prefix));
        entry->changed_usec = *(const gint64 *) value;
        g_ptr_array_add (entries, entry);
      }
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

JtEpisode *
jt_fake_notifications_get_episode (JtFakeNotifications *self, guint64 job, const char *recipient)
{
  g_autofree char *key = make_key (job, recipient);

  return g_hash_table_lookup (self->episodes, key);
}
