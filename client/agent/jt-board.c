/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-board.h"

#include "jt-place.h"

#define MOST_TRIES 3
#define MOST_REMEMBERED 256
/* A stack that grows is drawn anew no more often than a person can look. */
#define STACK_PAUSE_USEC (G_USEC_PER_SEC / 2)

typedef struct
{
  gint64  at_usec;
  guint64 place;
} Newcomer;

struct _JtBoard
{
  JtBoardOutlets outlets;
  gpointer       user_data;
  GPtrArray     *places;        /* (element-type JtPlace) (owned) */
  guint64        last_number;
  GArray        *newcomers;     /* (element-type Newcomer) (owned) of the last seconds */
  GQueue         remembered;    /* (element-type JtPopup) (owned) shown and gone, the newest first */
  JtServerInfo  *server;        /* (owned) (nullable) */
  gint64         deadline_usec; /* when a server that is away is given up */
};

static void
report (JtBoard *board, const JtPopup *popup, const char *outcome, const char *detail)
{
  board->outlets.report (popup, outcome, detail, board->user_data);
}

static JtPlace *
find_place (JtBoard *board, guint64 number)
{
  for (guint i = 0; i < board->places->len; i++)
    if (((JtPlace *) board->places->pdata[i])->number == number)
      return board->places->pdata[i];
  return NULL;
}

static JtPlace *
add_place (JtBoard *board, gboolean is_stack)
{
  JtPlace *place = jt_place_new (++board->last_number, is_stack);

  g_ptr_array_add (board->places, place);
  return place;
}

static JtPlace *
get_stack (JtBoard *board)
{
  for (guint i = 0; i < board->places->len; i++)
    if (((JtPlace *) board->places->pdata[i])->is_stack)
      return board->places->pdata[i];
  return add_place (board, TRUE);
}

/* A service that did not hear what became of a popup sends it again: it is not to be seen twice. */
static void
forget_entry (JtBoard *board, JtPlace *place, guint index)
{
  const JtPlaceEntry *entry = place->entries->pdata[index];

  if (entry->is_shown)
    g_queue_push_head (&board->remembered, jt_popup_ref (entry->popup));
  if (board->remembered.length > MOST_REMEMBERED)
    jt_popup_unref (g_queue_pop_tail (&board->remembered));
  g_ptr_array_remove_index (place->entries, index);
}

static void
ask_server (JtBoard *board, JtPlace *place)
{
  g_autoptr (JtPopupContent) content = jt_place_make_content (place, board->server);

  for (guint i = 0; i < place->entries->len; i++)
    ((JtPlaceEntry *) place->entries->pdata[i])->is_asked = TRUE;
  place->is_busy = TRUE;
  place->is_dirty = FALSE;
  board->outlets.show (place->number, content, board->user_data);
}

/* Shows what can be shown, and says when to look again. */
static void
flush (JtBoard *board, gint64 now_usec)
{
  gint64 alarm_usec = board->server == NULL ? board->deadline_usec : G_MAXINT64;

  for (guint i = 0; board->server != NULL && i < board->places->len; i++)
    {
      JtPlace *place = board->places->pdata[i];

      if (!place->is_dirty || place->is_busy)
        continue;
      if (place->not_before <= now_usec)
        ask_server (board, place);
      else
        alarm_usec = MIN (alarm_usec, place->not_before);
    }
  board->outlets.set_alarm (alarm_usec, board->user_data);
}

static gboolean
is_same (const JtPopup *a, const JtPopup *b)
{
  return a->id == b->id && a->id != 0 && a->created_usec == b->created_usec && g_str_equal (a->origin, b->origin);
}

/* What was shown already is said to have been; what waits goes on waiting. */
static gboolean
is_known (JtBoard *board, const JtPopup *popup)
{
  for (guint i = 0; i < board->places->len; i++)
    {
      const JtPlace *place = board->places->pdata[i];

      for (guint j = 0; j < place->entries->len; j++)
        {
          const JtPlaceEntry *entry = place->entries->pdata[j];

          if (!is_same (entry->popup, popup))
            continue;
          if (entry->is_shown)
            report (board, popup, "shown", "");
          return TRUE;
        }
    }
  for (GList *at = board->remembered.head; at != NULL; at = at->next)
    if (is_same (at->data, popup))
      {
        report (board, popup, "shown", "");
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_full (JtBoard *board)
{
  guint n = 0;

  for (guint i = 0; i < board->places->len; i++)
    n += jt_place_count_unshown (board->places->pdata[i]);
  return n >= JT_BOARD_MOST_HELD;
}

static gboolean
replace (JtBoard *board, JtPopup *popup)
{
  for (guint i = 0; i < board->places->len; i++)
    {
      JtPlace *place = board->places->pdata[i];
      JtPlaceEntry *entry = jt_place_find (place, popup->key);

      if (entry == NULL)
        continue;
      entry->is_superseded = TRUE;
      jt_place_add (place, popup);
      return TRUE;
    }
  return FALSE;
}

static void
forget_old_newcomers (JtBoard *board, gint64 now_usec)
{
  guint n = 0;

  while (n < board->newcomers->len && g_array_index (board->newcomers, Newcomer, n).at_usec <= now_usec - JT_BOARD_BURST_USEC)
    n++;
  if (n > 0)
    g_array_remove_range (board->newcomers, 0, n);
}

/* The popup becomes a part of the stack, and its own place goes; but not what somebody has just answered. */
static void
move_to_stack (JtBoard *board, JtPlace *place, JtPlace *stack)
{
  for (guint i = 0; i < place->entries->len; i++)
    if (((const JtPlaceEntry *) place->entries->pdata[i])->is_settled)
      return;
  while (place->entries->len > 0)
    {
      JtPlaceEntry *entry = g_ptr_array_steal_index (place->entries, 0);

      entry->is_asked = entry->is_shown;
      g_ptr_array_add (stack->entries, entry);
    }
  stack->is_dirty = TRUE;
  if (place->is_open || place->is_busy)
    board->outlets.close (place->number, board->user_data);
  g_ptr_array_remove (board->places, place);
}

static void
add_to_stack (JtBoard *board, JtPopup *popup, gboolean is_burst)
{
  JtPlace *stack = get_stack (board);

  for (guint i = 0; is_burst && i < board->newcomers->len; i++)
    {
      JtPlace *place = find_place (board, g_array_index (board->newcomers, Newcomer, i).place);

      if (place != NULL && place != stack)
        move_to_stack (board, place, stack);
    }
  jt_place_add (stack, popup);
}

static void
add_newcomer (JtBoard *board, JtPopup *popup, gint64 now_usec)
{
  gboolean is_burst;
  Newcomer newcomer = { now_usec, 0 };

  forget_old_newcomers (board, now_usec);
  is_burst = board->newcomers->len >= JT_BOARD_BURST;
  if (is_burst || board->places->len >= JT_BOARD_MOST_OPEN)
    add_to_stack (board, popup, is_burst);
  else
    {
      JtPlace *place = add_place (board, FALSE);

      newcomer.place = place->number;
      jt_place_add (place, popup);
    }
  /* Of a storm the last ones are enough to know that it goes on. */
  if (board->newcomers->len > JT_BOARD_BURST)
    g_array_remove_index (board->newcomers, 0);
  g_array_append_val (board->newcomers, newcomer);
}

/* There is something to show. */
void
jt_board_add (JtBoard *board, JtPopup *popup, gint64 now_usec)
{
  if (is_known (board, popup))
    return;
  if (is_full (board))
    {
      report (board, popup, "failed", "too many popups wait to be shown");
      return;
    }
  if (!replace (board, popup))
    {
      if (popup->stands_alone)
        jt_place_add (add_place (board, FALSE), popup);
      else
        add_newcomer (board, popup, now_usec);
    }
  flush (board, now_usec);
}

/* What was on the screen of a server that is gone is on it no more; nobody has closed it. */
static void
show_all_again (JtBoard *board)
{
  for (guint i = 0; i < board->places->len; i++)
    {
      JtPlace *place = board->places->pdata[i];

      place->is_open = FALSE;
      place->is_dirty = TRUE;
      place->not_before = 0;
      place->n_failures = 0;
    }
}

/**
 * jt_board_on_server:
 * @info: (nullable): %NULL: there is none now
 *
 * There is another server, the same one anew, or none.
 */
void
jt_board_on_server (JtBoard *board, const JtServerInfo *info, gint64 now_usec)
{
  gboolean was_there = board->server != NULL;

  g_clear_pointer (&board->server, jt_server_info_free);
  board->server = jt_server_info_copy (info);
  if (was_there)
    show_all_again (board);
  if (info != NULL)
    board->deadline_usec = G_MAXINT64;
  else if (was_there)
    board->deadline_usec = now_usec + JT_BOARD_PATIENCE_USEC;
  flush (board, now_usec);
}

static void
remove_if_empty (JtBoard *board, JtPlace *place)
{
  if (place->entries->len > 0 || place->is_busy)
    return;
  if (place->is_open)
    board->outlets.close (place->number, board->user_data);
  g_ptr_array_remove (board->places, place);
}

static void
settle_shown (JtBoard *board, JtPlace *place)
{
  for (guint i = 0; i < place->entries->len; i++)
    {
      JtPlaceEntry *entry = place->entries->pdata[i];

      if (entry->is_asked && !entry->is_shown)
        report (board, entry->popup, "shown", "");
      entry->is_shown = entry->is_asked;
    }
  for (guint i = place->entries->len; i > 0; i--)
    {
      const JtPlaceEntry *entry = place->entries->pdata[i - 1];

      if (!entry->is_superseded || !entry->is_shown)
        continue;
      if (!entry->is_settled)
        report (board, entry->popup, "closed", "a newer one took its place");
      forget_entry (board, place, i - 1);
    }
  while (place->is_stack && place->entries->len > JT_PLACE_MOST_STACKED
         && ((const JtPlaceEntry *) place->entries->pdata[0])->is_shown)
    {
      place->n_uncounted += ((const JtPlaceEntry *) place->entries->pdata[0])->popup->count;
      forget_entry (board, place, 0);
    }
}

/* The server refuses: tried again a little later, and given up in the end. */
static void
settle_refused (JtBoard *board, JtPlace *place, const char *problem, gint64 now_usec)
{
  gboolean gives_up = board->server != NULL && ++place->n_failures >= MOST_TRIES;

  for (guint i = place->entries->len; i > 0; i--)
    {
      JtPlaceEntry *entry = place->entries->pdata[i - 1];

      if (entry->is_shown || !entry->is_asked)
        continue;
      entry->is_asked = FALSE;
      if (!gives_up)
        continue;
      report (board, entry->popup, "failed", problem);
      forget_entry (board, place, i - 1);
    }
  place->is_dirty = place->is_dirty || !gives_up;
  place->not_before = board->server == NULL ? 0 : now_usec + place->n_failures * place->n_failures * G_USEC_PER_SEC;
  if (gives_up)
    place->n_failures = 0;
}

/**
 * jt_board_on_shown:
 * @problem: (nullable): why it was not shown
 *
 * The server has answered.
 */
void
jt_board_on_shown (JtBoard *board, guint64 number, const char *problem, gint64 now_usec)
{
  JtPlace *place = find_place (board, number);

  if (place == NULL)
    return;
  place->is_busy = FALSE;
  if (problem != NULL)
    settle_refused (board, place, problem, now_usec);
  else
    {
      place->is_open = board->server != NULL;
      place->n_failures = 0;
      place->not_before = place->is_stack ? now_usec + STACK_PAUSE_USEC : 0;
      settle_shown (board, place);
    }
  remove_if_empty (board, place);
  flush (board, now_usec);
}

/* It is gone from the screen. */
void
jt_board_on_closed (JtBoard *board, guint64 number, const char *outcome, gint64 now_usec)
{
  JtPlace *place = find_place (board, number);

  if (place == NULL)
    return;
  place->is_open = FALSE;
  place->n_uncounted = 0;
  for (guint i = place->entries->len; i > 0; i--)
    {
      const JtPlaceEntry *entry = place->entries->pdata[i - 1];

      if (!entry->is_shown)
        continue;
      if (!entry->is_settled)
        report (board, entry->popup, outcome, "");
      forget_entry (board, place, i - 1);
    }
  remove_if_empty (board, place);
  flush (board, now_usec);
}

/* A person chose an action; that is the outcome, and not that the popup closes then. */
void
jt_board_on_action (JtBoard *board, guint64 number, const char *action, const char *token, gint64 now_usec)
{
  JtPlace *place = find_place (board, number);
  g_autoptr (JtPopup) single = NULL;
  g_autofree char *origin = NULL;

  if (place == NULL)
    return;
  if (jt_place_get_single (place) != NULL)
    single = jt_popup_ref (jt_place_get_single (place));
  for (guint i = 0; i < place->entries->len; i++)
    {
      JtPlaceEntry *entry = place->entries->pdata[i];

      if (origin == NULL)
        origin = g_strdup (entry->popup->origin);
      else if (!g_str_equal (origin, entry->popup->origin))
        *origin = '\0';
      if (!entry->is_shown || entry->is_settled)
        continue;
      entry->is_settled = TRUE;
      report (board, entry->popup, "action", action);
    }
  board->outlets.act (single, origin == NULL ? "" : origin, action, token, board->user_data);
  flush (board, now_usec);
}

static void
give_up (JtBoard *board)
{
  for (guint i = 0; i < board->places->len; i++)
    {
      const JtPlace *place = board->places->pdata[i];

      for (guint j = 0; j < place->entries->len; j++)
        {
          const JtPlaceEntry *entry = place->entries->pdata[j];

          if (!entry->is_shown)
            report (board, entry->popup, "failed", "no notification server");
          else if (!entry->is_settled)
            report (board, entry->popup, "closed", "the notification server has ended");
        }
    }
  g_ptr_array_set_size (board->places, 0);
  board->deadline_usec = G_MAXINT64;
  board->outlets.give_up (board->user_data);
}

/* The instant that was set has come. */
void
jt_board_on_alarm (JtBoard *board, gint64 now_usec)
{
  if (board->server == NULL && board->deadline_usec <= now_usec)
    give_up (board);
  flush (board, now_usec);
}

/* (transfer full) */
JtBoard *
jt_board_new (const JtBoardOutlets *outlets, gpointer user_data)
{
  JtBoard *board = g_new0 (JtBoard, 1);

  board->outlets = *outlets;
  board->user_data = user_data;
  board->places = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_place_free);
  board->newcomers = g_array_new (FALSE, FALSE, sizeof (Newcomer));
  g_queue_init (&board->remembered);
  board->deadline_usec = G_MAXINT64;
  return board;
}

void
jt_board_free (JtBoard *board)
{
  if (board == NULL)
    return;
  g_ptr_array_unref (board->places);
  g_array_unref (board->newcomers);
  g_queue_clear_full (&board->remembered, (GDestroyNotify) jt_popup_unref);
  jt_server_info_free (board->server);
  g_free (board);
}
