/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-deliveries.h"

#include <string.h>

#include "jt-error.h"

#define DELIVERY_COLUMNS \
  "id, event, severity, run, job, job_name, owner, user, user_name, recipient, channel, address, state, hold, created, next, attempts," \
  " delivered, expires, reason, detail, rule, message_id, thread, merged_into, count, ambiguous"
#define FACTS "(SELECT facts FROM delivery_facts WHERE delivery_facts.delivery = delivery.id)"

/* As the partial index says it. */
#define IS_OPEN "(state = 'waiting' OR state = 'held' OR state = 'sending')"
/* Indices over some states are found by a state that stands in the statement. */
#define OF_STATE(state, before, after) \
  ((state) == JT_DELIVERY_HELD ? JT_SQL (before "state = 'held'" after) : JT_SQL (before "state = 'waiting'" after))

/* --- writing --- */

/* What every delivery has. */
static void
bind_word (JtStatement *statement, const char *text)
{
  jt_statement_bind_text (statement, text != NULL ? text : "");
}

/* Texts come from programs and servers. */
static void
bind_cut (JtStatement *statement, const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, (gssize) strnlen (text, JT_DELIVERY_MAX_TEXT)) : NULL;

  jt_statement_bind_text (statement, valid);
}

/* The order is that of DELIVERY_COLUMNS. */
static void
bind_delivery (JtStatement *statement, const JtDelivery *delivery)
{
  jt_statement_bind_int (statement, (gint64) delivery->id);
  bind_word (statement, delivery->event);
  bind_word (statement, delivery->severity);
  jt_statement_bind_int (statement, (gint64) delivery->run);
  jt_statement_bind_int (statement, (gint64) delivery->job);
  bind_word (statement, delivery->job_name);
  jt_statement_bind_int (statement, delivery->owner);
  jt_statement_bind_int (statement, delivery->is_user ? (gint64) delivery->user : -1);
  bind_word (statement, delivery->user_name);
  bind_word (statement, delivery->recipient);
  bind_word (statement, delivery->channel);
  bind_cut (statement, delivery->address);
  jt_statement_bind_text (statement, jt_delivery_state_to_string (delivery->state));
  jt_statement_bind_text (statement, delivery->hold);
  jt_statement_bind_int (statement, delivery->created_usec);
  jt_statement_bind_int (statement, delivery->next_usec);
  jt_statement_bind_int (statement, delivery->attempts);
  jt_statement_bind_int (statement, delivery->delivered_usec);
  jt_statement_bind_int (statement, delivery->expires_usec);
  bind_cut (statement, delivery->reason);
  bind_cut (statement, delivery->detail);
  bind_cut (statement, delivery->rule);
  bind_cut (statement, delivery->message_id != NULL ? delivery->message_id : "");
  bind_cut (statement, delivery->thread);
  jt_statement_bind_int (statement, (gint64) delivery->merged_into);
  jt_statement_bind_int (statement, delivery->count);
  jt_statement_bind_int (statement, delivery->ambiguous);
}

/* The first ones stay. */
static gboolean
put_facts (JtDb *db, const JtDelivery *delivery, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "INSERT OR IGNORE INTO delivery_facts (delivery, facts) VALUES (?1, ?2)", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) delivery->id);
  jt_statement_bind_blob (statement, g_variant_get_data (delivery->facts), g_variant_get_size (delivery->facts));
  return jt_statement_run (statement, error);
}

/* What it tells, to whom and by what channel never changes; see the same of runs. Whatever was read of it before, what was delivered, or told
 * by another, is never to be sent again. */
gboolean
jt_store_put_delivery (JtDb *db, const JtDelivery *delivery, GError **error)
{
  JtStatement *statement
      = jt_db_prepare (db,
                       "INSERT INTO delivery (" DELIVERY_COLUMNS ")"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,"
                       " ?24, ?25, ?26, ?27)"
                       " ON CONFLICT (id) DO UPDATE SET address = ?12, state = ?13, hold = ?14, next = ?16, attempts = ?17, delivered = ?18,"
                       " expires = ?19, reason = ?20, detail = ?21, merged_into = ?25, count = ?26, ambiguous = ?27"
                       " WHERE delivery.state = ?13 OR (delivery.state <> 'delivered' AND delivery.state <> 'merged')",
                       error);

  if (statement == NULL)
    return FALSE;
  bind_delivery (statement, delivery);
  if (!jt_statement_run (statement, error))
    return FALSE;
  return delivery->facts == NULL || put_facts (db, delivery, error);
}

gboolean
jt_store_expire_deliveries (JtDb *db, gint64 before_usec, gint64 limit, GError **error)
{
  JtStatement *statement = jt_db_prepare (db,
                                          "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery INDEXED BY delivery_over WHERE NOT " IS_OPEN
                                          " AND created < ?1 ORDER BY created LIMIT ?2) AND id < (SELECT max (id) FROM delivery)",
                                          error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, before_usec);
  jt_statement_bind_int (statement, limit);
  return jt_statement_run (statement, error);
}

/* --- reading --- */

static char *
dup_text (JtStatement *row)
{
  return g_strdup (jt_statement_text (row));
}

static JtDeliveryState
read_state (JtStatement *row)
{
  JtDeliveryState state = JT_DELIVERY_FAILED;

  jt_delivery_state_from_string (jt_statement_text (row), &state);
  return state;
}

static void
read_facts (JtStatement *row, JtDelivery *delivery)
{
  gsize length;
  gconstpointer data = jt_statement_blob (row, &length);
  g_autoptr (GBytes) bytes = data != NULL ? g_bytes_new (data, length) : NULL;

  if (bytes != NULL)
    jt_delivery_set_facts (delivery, g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

static JtDelivery *
read_row (JtStatement *row)
{
  JtDelivery *delivery = jt_delivery_new ();
  gint64 user;

  delivery->id = (guint64) jt_statement_int (row);
  delivery->event = dup_text (row);
  delivery->severity = dup_text (row);
  delivery->run = (guint64) jt_statement_int (row);
  delivery->job = (guint64) jt_statement_int (row);
  delivery->job_name = dup_text (row);
  delivery->owner = (guint32) jt_statement_int (row);
  user = jt_statement_int (row);
  delivery->is_user = user >= 0;
  delivery->user = (guint32) MAX (user, 0);
  delivery->user_name = dup_text (row);
  delivery->recipient = dup_text (row);
  delivery->channel = dup_text (row);
  delivery->address = dup_text (row);
  delivery->state = read_state (row);
  delivery->hold = dup_text (row);
  delivery->created_usec = jt_statement_int (row);
  delivery->next_usec = jt_statement_int (row);
  delivery->attempts = (guint) jt_statement_int (row);
  delivery->delivered_usec = jt_statement_int (row);
  delivery->expires_usec = jt_statement_int (row);
  delivery->reason = dup_text (row);
  delivery->detail = dup_text (row);
  delivery->rule = dup_text (row);
  delivery->message_id = dup_text (row);
  delivery->thread = dup_text (row);
  delivery->merged_into = (guint64) jt_statement_int (row);
  delivery->count = (guint) jt_statement_int (row);
  delivery->ambiguous = (guint) jt_statement_int (row);
  read_facts (row, delivery);
  return delivery;
}

static GPtrArray *
new_deliveries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
}

/* All rows of @row. */
static gboolean
read_rows (JtStatement *row, GPtrArray *deliveries, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (jt_statement_step (row, &local_error))
    g_ptr_array_add (deliveries, read_row (row));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

JtDelivery *
jt_store_read_delivery (JtDb *db, guint64 id, GError **error)
{
  g_autoptr (GPtrArray) found = new_deliveries ();
  JtStatement *row = jt_db_prepare (db, "SELECT " DELIVERY_COLUMNS ", " FACTS " FROM delivery WHERE id = ?1", error);

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, (gint64) MIN (id, G_MAXINT64));
  if (!read_rows (row, found, error))
    return NULL;
  if (found->len > 0)
    return jt_delivery_ref (g_ptr_array_index (found, 0));
  g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such delivery");
  return NULL;
}

/* --- lists, newest first --- */

#define LISTED "SELECT " DELIVERY_COLUMNS ", CASE WHEN ?11 THEN " FACTS " END FROM delivery "
/* What has no index is looked for row by row; the question's deadline ends it. */
#define LIST_WHERE " AND id < ?1 AND (?3 = 0 OR ((1 << CASE state WHEN 'waiting' THEN 0 WHEN 'held' THEN 1 WHEN 'sending' THEN 2" \
                   " WHEN 'delivered' THEN 3 WHEN 'failed' THEN 4 WHEN 'expired' THEN 5 WHEN 'merged' THEN 6 ELSE 7 END) & ?3) != 0)" \
                   " AND (?4 IS NULL OR channel = ?4) AND (?5 IS NULL OR event = ?5) AND (?6 IS NULL OR recipient = ?6)" \
                   " AND created >= ?7 AND (?8 = 0 OR created < ?8) AND (?9 < 0 OR user = ?9)" \
                   " AND (?10 = 0 OR user = ?10 OR owner = ?10) AND (?12 = 0 OR job = ?12) AND (?13 = 0 OR merged_into = ?13)" \
                   " ORDER BY id DESC LIMIT ?2"

G_STATIC_ASSERT (JT_DELIVERY_WAITING == 0 && JT_DELIVERY_MERGED == 6 && JT_N_DELIVERY_STATES == 8);

/* NULL, or the one state that is asked for. */
static const char *
get_only_state (const JtDeliveryFilter *filter)
{
  if (filter->states == 0 || (filter->states & (filter->states - 1)) != 0)
    return NULL;
  return jt_delivery_state_to_string ((JtDeliveryState) g_bit_nth_lsf (filter->states, -1));
}

static void
bind_filter (JtStatement *row, const JtDeliveryFilter *filter, guint64 before, guint limit)
{
  jt_statement_bind_int (row, before == 0 ? G_MAXINT64 : (gint64) MIN (before, G_MAXINT64));
  jt_statement_bind_int (row, limit);
  jt_statement_bind_int (row, filter->states);
  jt_statement_bind_text (row, filter->channel);
  jt_statement_bind_text (row, filter->event);
  jt_statement_bind_text (row, filter->recipient);
  jt_statement_bind_int (row, filter->since_usec);
  jt_statement_bind_int (row, filter->until_usec);
  jt_statement_bind_int (row, filter->user);
  jt_statement_bind_int (row, filter->viewer);
  jt_statement_bind_int (row, filter->wants_facts);
  jt_statement_bind_int (row, (gint64) filter->job);
  jt_statement_bind_int (row, (gint64) filter->merged_into);
}

/* @sql: finds them by one number. */
static gboolean
list_by_number (JtDb *db, const JtSql *sql, gint64 number, const JtDeliveryFilter *filter, guint64 before, guint limit, GPtrArray *found,
                GError **error)
{
  JtStatement *row = jt_db_prepare_sql (db, sql, error);

  if (row == NULL)
    return FALSE;
  bind_filter (row, filter, before, limit);
  jt_statement_bind_int (row, number);
  return read_rows (row, found, error);
}

static gboolean
list_by_state (JtDb *db, const char *state, const JtDeliveryFilter *filter, guint64 before, guint limit, GPtrArray *found, GError **error)
{
  JtStatement *row
      = jt_db_prepare (db, LISTED "INDEXED BY delivery_by_channel WHERE channel = ?4 AND state = ?14" LIST_WHERE, error);

  if (row == NULL)
    return FALSE;
  bind_filter (row, filter, before, limit);
  jt_statement_bind_text (row, state);
  return read_rows (row, found, error);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  guint64 id_a = (*(JtDelivery *const *) a)->id;
  guint64 id_b = (*(JtDelivery *const *) b)->id;

  return id_a > id_b ? -1 : id_a < id_b;
}

/* What @filter's viewer was told, and what others were told of their jobs: each has its own index, and the newest of both are the answer. */
static gboolean
list_of_viewer (JtDb *db, const JtDeliveryFilter *filter, guint64 before, guint limit, GPtrArray *found, GError **error)
{
  if (!list_by_number (db, JT_SQL (LISTED "INDEXED BY delivery_by_user WHERE user = ?14" LIST_WHERE), filter->viewer, filter, before, limit,
                       found, error)
      || !list_by_number (db, JT_SQL (LISTED "INDEXED BY delivery_by_owner WHERE owner = ?14 AND user <> ?14" LIST_WHERE), filter->viewer,
                          filter, before, limit, found, error))
    return FALSE;
  g_ptr_array_sort (found, compare_newest_first);
  if (found->len > limit)
    g_ptr_array_set_size (found, (gint) limit);
  return TRUE;
}

static gboolean
list (JtDb *db, const JtDeliveryFilter *filter, guint64 before, guint limit, GPtrArray *found, GError **error)
{
  const char *state = get_only_state (filter);

  if (filter->run != 0)
    return list_by_number (db, JT_SQL (LISTED "INDEXED BY delivery_by_run WHERE run = ?14" LIST_WHERE), (gint64) filter->run, filter, before,
                           limit, found, error);
  if (filter->merged_into != 0)
    return list_by_number (db, JT_SQL (LISTED "INDEXED BY delivery_merged WHERE merged_into = ?14 AND merged_into <> 0" LIST_WHERE),
                           (gint64) filter->merged_into, filter, before, limit, found, error);
  if (filter->job != 0)
    return list_by_number (db, JT_SQL (LISTED "INDEXED BY delivery_by_job WHERE job = ?14" LIST_WHERE), (gint64) filter->job, filter, before,
                           limit, found, error);
  if (filter->viewer != 0)
    return list_of_viewer (db, filter, before, limit, found, error);
  if (filter->user >= 0)
    return list_by_number (db, JT_SQL (LISTED "INDEXED BY delivery_by_user WHERE user = ?14" LIST_WHERE), filter->user, filter, before, limit,
                           found, error);
  if (filter->channel != NULL && state != NULL)
    return list_by_state (db, state, filter, before, limit, found, error);
  return list_by_number (db, JT_SQL (LISTED "WHERE id > ?14" LIST_WHERE), 0, filter, before, limit, found, error);
}

GPtrArray *
jt_store_read_deliveries (JtDb *db, const JtDeliveryFilter *filter, guint64 before, guint limit, GError **error)
{
  g_autoptr (GPtrArray) found = new_deliveries ();

  if (!list (db, filter, before, MIN (limit, JT_DELIVERIES_MAX), found, error))
    return NULL;
  return g_steal_pointer (&found);
}

/* --- what is to be done, oldest first --- */

#define OPEN "SELECT " DELIVERY_COLUMNS ", " FACTS " FROM delivery INDEXED BY "
#define OPEN_WHERE " AND id > ?2 AND next <= ?3 AND (?5 IS NULL OR hold = ?5) ORDER BY id LIMIT ?4"

#define OPEN_FIRST " AND id > ?2 AND next <= ?3 AND (?5 IS NULL OR hold = ?5) ORDER BY next LIMIT ?4"

/* How @query finds its rows: by ?6, the user, the recipient or the state, unless it wants what is due first. */
static const JtSql *
choose_queue (const JtDueQuery *query, const char *recipient)
{
  if (query->is_of_user)
    return OF_STATE (query->state, OPEN "delivery_popup WHERE channel = 'desktop' AND channel = ?1 AND user = ?6 AND ", OPEN_WHERE);
  if (recipient != NULL)
    return OF_STATE (query->state, OPEN "delivery_open_by_recipient WHERE channel = ?1 AND recipient = ?6 AND ", OPEN_WHERE);
  if (query->wants_first_due)
    return OF_STATE (query->state, OPEN "delivery_open_by_time WHERE channel = ?1 AND ", OPEN_FIRST);
  return JT_SQL (OPEN "delivery_by_channel WHERE channel = ?1 AND state = ?6" OPEN_WHERE);
}

static gboolean
read_queue (JtDb *db, const JtDueQuery *query, const char *recipient, guint limit, GPtrArray *found, GError **error)
{
  JtStatement *row = jt_db_prepare_sql (db, choose_queue (query, recipient), error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, query->channel);
  jt_statement_bind_int (row, (gint64) MIN (query->after, G_MAXINT64));
  jt_statement_bind_int (row, query->until_usec);
  jt_statement_bind_int (row, limit);
  jt_statement_bind_text (row, query->hold);
  if (query->is_of_user)
    jt_statement_bind_int (row, query->user);
  else if (recipient != NULL || !query->wants_first_due)
    jt_statement_bind_text (row, recipient != NULL ? recipient : jt_delivery_state_to_string (query->state));
  return read_rows (row, found, error);
}

/* The one behind *@recipient, NULL: no more. */
static gboolean
find_next_recipient (JtDb *db, const JtDueQuery *query, char **recipient, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const JtSql *sql = OF_STATE (query->state, "SELECT recipient FROM delivery INDEXED BY delivery_open_by_recipient WHERE channel = ?1 AND ",
                               " AND recipient > ?2 ORDER BY recipient LIMIT 1");
  JtStatement *row = jt_db_prepare_sql (db, sql, error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, query->channel);
  jt_statement_bind_text (row, *recipient != NULL ? *recipient : "");
  g_clear_pointer (recipient, g_free);
  if (jt_statement_step (row, &local_error))
    *recipient = dup_text (row);
  jt_statement_end (row);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Those of @recipient that were tried before, and wait for longer than younger ones among @due. */
static gboolean
read_elders (JtDb *db, const JtDueQuery *query, const char *recipient, GPtrArray *due, GPtrArray *found, GError **error)
{
  JtStatement *row = jt_db_prepare (db,
                                    OPEN "delivery_open_by_recipient WHERE channel = ?1 AND recipient = ?5 AND state = 'waiting' AND id < ?2"
                                         " AND next > ?3 AND attempts > 0 ORDER BY id LIMIT ?4",
                                    error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, query->channel);
  jt_statement_bind_int (row, (gint64) ((JtDelivery *) due->pdata[due->len - 1])->id);
  jt_statement_bind_int (row, query->until_usec);
  jt_statement_bind_int (row, query->each);
  jt_statement_bind_text (row, recipient);
  return read_rows (row, found, error);
}

static gboolean
read_turn (JtDb *db, const JtDueQuery *query, const char *recipient, guint limit, guint *n_due, GPtrArray *found, GError **error)
{
  g_autoptr (GPtrArray) due = new_deliveries ();

  if (!read_queue (db, query, recipient, MIN (query->each, limit - *n_due), due, error))
    return FALSE;
  *n_due += due->len;
  if (due->len > 0 && query->wants_elders && !read_elders (db, query, recipient, due, found, error))
    return FALSE;
  g_ptr_array_extend_and_steal (found, g_steal_pointer (&due));
  return TRUE;
}

/* FALSE without an error: nothing at all is due, and nobody's queue need be looked into. */
static gboolean
is_any_due (JtDb *db, const JtDueQuery *query, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const JtSql *sql = OF_STATE (query->state, "SELECT id FROM delivery INDEXED BY delivery_open_by_time WHERE channel = ?1 AND ",
                               " AND next <= ?2 ORDER BY next LIMIT 1");
  JtStatement *row = jt_db_prepare_sql (db, sql, error);
  gboolean is_due;

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, query->channel);
  jt_statement_bind_int (row, query->until_usec);
  is_due = jt_statement_step (row, &local_error);
  jt_statement_end (row);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return is_due;
}

static gboolean
read_turns (JtDb *db, const JtDueQuery *query, guint limit, GPtrArray *found, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *recipient = g_strdup (query->after_recipient);
  guint n_due = 0;

  if (!is_any_due (db, query, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return local_error == NULL;
    }
  while (n_due < limit)
    {
      if (!find_next_recipient (db, query, &recipient, error))
        return FALSE;
      if (recipient == NULL)
        return TRUE;
      if (!read_turn (db, query, recipient, limit, &n_due, found, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
jt_store_read_open_deliveries (JtDb *db, const JtDueQuery *query, GError **error)
{
  g_autoptr (GPtrArray) found = new_deliveries ();
  guint limit = MIN (query->limit, JT_DELIVERIES_MAX);
  gboolean is_good;

  if (query->each != 0 && query->recipient == NULL)
    is_good = read_turns (db, query, limit, found, error);
  else
    is_good = read_queue (db, query, query->recipient, limit, found, error);
  return is_good ? g_steal_pointer (&found) : NULL;
}

/* --- sums --- */

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const JtDeliveryCount *count_a = *(JtDeliveryCount *const *) a;
  const JtDeliveryCount *count_b = *(JtDeliveryCount *const *) b;
  int order = strcmp (count_a->channel, count_b->channel);

  return order != 0 ? order : (int) count_a->state - (int) count_b->state;
}

GPtrArray *
jt_store_read_delivery_counts (JtDb *db, GError **error)
{
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_count_free);
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT channel, state, count, last FROM delivery_total", error);

  if (row == NULL)
    return NULL;
  while (jt_statement_step (row, &local_error))
    {
      JtDeliveryCount *count = g_new0 (JtDeliveryCount, 1);

      count->channel = dup_text (row);
      count->state = read_state (row);
      count->count = (guint64) jt_statement_int (row);
      count->last_usec = jt_statement_int (row);
      if (count->count > 0 || count->last_usec > 0)
        g_ptr_array_add (counts, count);
      else
        jt_delivery_count_free (count);
    }
  g_ptr_array_sort (counts, compare_counts);
  if (local_error == NULL)
    return g_steal_pointer (&counts);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* 0: none. (At once is after nothing: 1.) */
static gboolean
find_next_time (JtDb *db, const JtDeliveryCount *count, gint64 after_usec, gint64 *next_usec, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const JtSql *sql = OF_STATE (count->state, "SELECT next FROM delivery INDEXED BY delivery_open_by_time WHERE channel = ?1 AND ",
                               " AND next > ?2 ORDER BY next LIMIT 1");
  JtStatement *row = jt_db_prepare_sql (db, sql, error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, count->channel);
  jt_statement_bind_int (row, after_usec);
  *next_usec = 0;
  if (jt_statement_step (row, &local_error))
    {
      gint64 found_usec = jt_statement_int (row);

      *next_usec = MAX (found_usec, 1);
    }
  jt_statement_end (row);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* That of @channel, which is the last one or a new one: they come in order. */
static JtDeliveryTimes *
get_times (GPtrArray *all, const char *channel)
{
  JtDeliveryTimes *times = all->len > 0 ? g_ptr_array_index (all, all->len - 1) : NULL;

  if (times != NULL && g_str_equal (times->channel, channel))
    return times;
  times = g_new0 (JtDeliveryTimes, 1);
  times->channel = g_strdup (channel);
  g_ptr_array_add (all, times);
  return times;
}

GPtrArray *
jt_store_read_next_deliveries (JtDb *db, gint64 after_usec, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_times_free);
  g_autoptr (GPtrArray) counts = jt_store_read_delivery_counts (db, error);

  if (counts == NULL)
    return NULL;
  for (guint i = 0; i < counts->len; i++)
    {
      const JtDeliveryCount *count = g_ptr_array_index (counts, i);
      gint64 next_usec = 0;

      if (count->state != JT_DELIVERY_WAITING && count->state != JT_DELIVERY_HELD)
        continue;
      if (!find_next_time (db, count, after_usec, &next_usec, error))
        return NULL;
      if (next_usec == 0)
        continue;
      if (count->state == JT_DELIVERY_HELD)
        get_times (all, count->channel)->held_usec = next_usec;
      else
        get_times (all, count->channel)->waiting_usec = next_usec;
    }
  return g_steal_pointer (&all);
}

/* --- at start --- */

gboolean
jt_store_read_delivery_contents (JtDb *db, JtStoreContents *contents, GError **error)
{
  gint64 last = jt_db_query_number (db, JT_SQL ("SELECT max (id) FROM delivery"), -1);
  GPtrArray *counts = jt_store_read_delivery_counts (db, error);

  if (counts == NULL)
    return FALSE;
  g_ptr_array_unref (contents->counts);
  contents->counts = counts;
  if (last < 0)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the storage failed: the highest delivery could not be read");
      return FALSE;
    }
  contents->last_delivery_id = (guint64) last;
  return TRUE;
}
