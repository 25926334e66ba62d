/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-board.h"

#include <string.h>

#include "jt-place.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* A board whose outlets write down what they are told: one line each, in order. */
typedef struct
{
  JtBoard *board;
  GString *told;
  gint64   now_usec;
  gint64   alarm_usec;
  gboolean is_mute; /* shows are not answered by themselves */
  GArray  *unanswered; /* (element-type guint64) */
} World;

static void
show_cb (guint64 place, const JtPopupContent *content, gpointer user_data)
{
  World *world = user_data;

  g_string_append_printf (world->told, "show %d '%s'\n", (int) place, content->summary);
  g_array_append_val (world->unanswered, place);
}

static void
close_cb (guint64 place, gpointer user_data)
{
  g_string_append_printf (((World *) user_data)->told, "close %d\n", (int) place);
}

static void
report_cb (const JtPopup *popup, const char *outcome, const char *detail, gpointer user_data)
{
  g_string_append_printf (((World *) user_data)->told, "report %d %s%s%s\n", (int) popup->id, outcome, *detail != '\0' ? ": " : "", detail);
}

static void
act_cb (const JtPopup *popup, const char *origin, const char *action, const char *token, gpointer user_data)
{
  g_string_append_printf (((World *) user_data)->told, "act %d %s %s\n", popup == NULL ? 0 : (int) popup->id, origin, action);
}

static void
set_alarm_cb (gint64 at_usec, gpointer user_data)
{
  ((World *) user_data)->alarm_usec = at_usec;
}

static void
give_up_cb (gpointer user_data)
{
  g_string_append (((World *) user_data)->told, "give up\n");
}

static const JtServerInfo server = { TRUE, TRUE, TRUE, TRUE, (char *) "fake", (char *) "1" };

static void
world_init (World *world, gboolean has_server)
{
  static const JtBoardOutlets outlets = { show_cb, close_cb, report_cb, act_cb, set_alarm_cb, give_up_cb };

  *world = (World){ .told = g_string_new (NULL), .now_usec = 100 * SECOND, .alarm_usec = G_MAXINT64 };
  world->unanswered = g_array_new (FALSE, FALSE, sizeof (guint64));
  world->board = jt_board_new (&outlets, world);
  if (has_server)
    jt_board_on_server (world->board, &server, world->now_usec);
}

static void
world_clear (World *world)
{
  jt_board_free (world->board);
  g_string_free (world->told, TRUE);
  g_array_unref (world->unanswered);
}

/* The server answers all that it was asked so far. */
static void
answer (World *world, const char *problem)
{
  while (world->unanswered->len > 0)
    {
      guint64 place = g_array_index (world->unanswered, guint64, 0);

      g_array_remove_index (world->unanswered, 0);
      jt_board_on_shown (world->board, place, problem, world->now_usec);
      if (problem != NULL)
        return;
    }
}

/* The clock goes on, and rings on the way. */
static void
pass (World *world, gint64 usec)
{
  gint64 end_usec = world->now_usec + usec;

  while (world->alarm_usec <= end_usec)
    {
      world->now_usec = MAX (world->now_usec, world->alarm_usec);
      world->alarm_usec = G_MAXINT64;
      jt_board_on_alarm (world->board, world->now_usec);
      if (!world->is_mute)
        answer (world, NULL);
    }
  world->now_usec = end_usec;
}

static void
add_keyed (World *world, int id, const char *key)
{
  g_autofree char *summary = g_strdup_printf ("p%d", id);
  g_autoptr (GVariant) notification = NULL;
  g_autoptr (JtPopup) popup = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "summary", "s", summary);
  g_variant_dict_insert (&dict, "replaces-key", "s", key);
  notification = g_variant_ref_sink (g_variant_dict_end (&dict));
  popup = jt_popup_new ("system", (guint64) id, notification);
  jt_board_add (world->board, popup, world->now_usec);
  if (!world->is_mute)
    answer (world, NULL);
}

static void
add (World *world, int id)
{
  add_keyed (world, id, "");
}

/* What the outlets were told since. */
static void
expect (World *world, const char *wanted)
{
  g_assert_cmpstr (world->told->str, ==, wanted);
  g_string_truncate (world->told, 0);
}

static void
test_shown (void)
{
  World world;

  world_init (&world, TRUE);
  add (&world, 1);
  expect (&world, "show 1 'p1'\nreport 1 shown\n");
  jt_board_on_closed (world.board, 1, "dismissed", world.now_usec);
  expect (&world, "report 1 dismissed\n");
  /* Sent once more, since the service did not hear it: never seen twice. */
  add (&world, 1);
  expect (&world, "report 1 shown\n");
  world_clear (&world);
}

static void
test_replaced (void)
{
  World world;

  world_init (&world, TRUE);
  add_keyed (&world, 1, "run/1");
  expect (&world, "show 1 'p1'\nreport 1 shown\n");
  add_keyed (&world, 2, "run/1");
  expect (&world, "show 1 'p2'\nreport 2 shown\nreport 1 closed: a newer one took its place\n");
  jt_board_on_closed (world.board, 1, "expired", world.now_usec);
  expect (&world, "report 2 expired\n");
  /* Closed, so a new one. */
  add_keyed (&world, 3, "run/1");
  expect (&world, "show 2 'p3'\nreport 3 shown\n");
  world_clear (&world);
}

/* While the server is busy with one, newer ones wait, and only the newest is shown; each is reported. */
static void
test_replaced_while_busy (void)
{
  World world;

  world_init (&world, TRUE);
  world.is_mute = TRUE;
  add_keyed (&world, 1, "run/1");
  add_keyed (&world, 2, "run/1");
  add_keyed (&world, 3, "run/1");
  expect (&world, "show 1 'p1'\n");
  answer (&world, NULL);
  expect (&world, "report 1 shown\nreport 1 closed: a newer one took its place\nshow 1 'p3'\n"
                  "report 2 shown\nreport 3 shown\nreport 2 closed: a newer one took its place\n");
  world_clear (&world);
}

static void
test_closed_while_busy (void)
{
  World world;

  world_init (&world, TRUE);
  add_keyed (&world, 1, "run/1");
  world.is_mute = TRUE;
  add_keyed (&world, 2, "run/1");
  g_string_truncate (world.told, 0);
  jt_board_on_closed (world.board, 1, "dismissed", world.now_usec);
  expect (&world, "report 1 dismissed\n");
  answer (&world, NULL);
  expect (&world, "report 2 shown\n");
  world_clear (&world);
}

static void
test_action (void)
{
  World world;

  world_init (&world, TRUE);
  add (&world, 1);
  g_string_truncate (world.told, 0);
  jt_board_on_action (world.board, 1, "run-again", NULL, world.now_usec);
  expect (&world, "report 1 action: run-again\nact 1 system run-again\n");
  /* That the server closes it then is no news. */
  jt_board_on_closed (world.board, 1, "dismissed", world.now_usec);
  jt_board_on_action (world.board, 1, "mute", NULL, world.now_usec);
  expect (&world, "");
  world_clear (&world);
}

/* Three come alone; the fourth makes one of all. */
static void
test_burst (void)
{
  World world;

  world_init (&world, TRUE);
  for (int i = 1; i <= 3; i++)
    add (&world, i);
  expect (&world, "show 1 'p1'\nreport 1 shown\nshow 2 'p2'\nreport 2 shown\nshow 3 'p3'\nreport 3 shown\n");
  add (&world, 4);
  expect (&world, "close 1\nclose 2\nclose 3\nshow 4 '4 messages from JobTracker'\nreport 4 shown\n");
  /* The next ones are drawn together. */
  add (&world, 5);
  add (&world, 6);
  expect (&world, "");
  pass (&world, SECOND);
  expect (&world, "show 4 '6 messages from JobTracker'\nreport 5 shown\nreport 6 shown\n");
  jt_board_on_closed (world.board, 4, "dismissed", world.now_usec);
  expect (&world, "report 6 dismissed\nreport 5 dismissed\nreport 4 dismissed\nreport 3 dismissed\nreport 2 dismissed\nreport 1 dismissed\n");
  world_clear (&world);
}

/* What somebody has answered is about to go, and is nothing new to be told of. */
static void
test_burst_answered (void)
{
  World world;

  world_init (&world, TRUE);
  for (int i = 1; i <= 3; i++)
    add (&world, i);
  jt_board_on_action (world.board, 2, "acknowledge", NULL, world.now_usec);
  g_string_truncate (world.told, 0);
  add (&world, 4);
  expect (&world, "close 1\nclose 3\nshow 4 '3 messages from JobTracker'\nreport 4 shown\n");
  world_clear (&world);
}

/* Slowly they stay alone, and after a burst they do again. */
static void
test_slowly (void)
{
  World world;

  world_init (&world, TRUE);
  for (int i = 1; i <= 6; i++)
    {
      add (&world, i);
      pass (&world, 2 * SECOND);
    }
  g_assert_null (strstr (world.told->str, "messages"));
  for (int i = 7; i <= 10; i++)
    add (&world, i);
  g_assert_nonnull (strstr (world.told->str, "messages"));
  pass (&world, JT_BOARD_BURST_USEC + SECOND);
  g_string_truncate (world.told, 0);
  add (&world, 11);
  expect (&world, "show 9 'p11'\nreport 11 shown\n");
  world_clear (&world);
}

/* The edge: exactly as long ago as the burst lasts does not count. */
static void
test_burst_edge (void)
{
  World world;

  world_init (&world, TRUE);
  for (int i = 1; i <= 3; i++)
    add (&world, i);
  pass (&world, JT_BOARD_BURST_USEC);
  g_string_truncate (world.told, 0);
  add (&world, 4);
  expect (&world, "show 4 'p4'\nreport 4 shown\n");
  world_clear (&world);
}

/* What changes on the stack changes there, and is counted once. */
static void
test_replaced_on_stack (void)
{
  World world;

  world_init (&world, TRUE);
  for (int i = 1; i <= 4; i++)
    {
      g_autofree char *key = g_strdup_printf ("run/%d", i);

      add_keyed (&world, i, key);
    }
  pass (&world, SECOND);
  g_string_truncate (world.told, 0);
  add_keyed (&world, 5, "run/2");
  expect (&world, "show 4 '4 messages from JobTracker'\nreport 5 shown\nreport 2 closed: a newer one took its place\n");
  jt_board_on_action (world.board, 4, "default", NULL, world.now_usec);
  g_assert_nonnull (strstr (world.told->str, "act 0 system default\n"));
  world_clear (&world);
}

/* A storm is few calls to the server, counts all, and keeps little. */
static void
test_storm (void)
{
  World world;
  guint n = 0;

  world_init (&world, TRUE);
  for (int i = 1; i <= 1000; i++)
    {
      add (&world, i);
      pass (&world, SECOND / 100);
    }
  pass (&world, SECOND);
  g_assert_nonnull (strstr (world.told->str, "show 4 '1000 messages from JobTracker'\n"));
  for (const char *at = world.told->str; (at = strstr (at, "show ")) != NULL; at++)
    n++;
  g_assert_cmpuint (n, <, 40);
  g_string_truncate (world.told, 0);
  jt_board_on_closed (world.board, 4, "dismissed", world.now_usec);
  n = 0;
  for (const char *at = world.told->str; (at = strstr (at, "dismissed")) != NULL; at++)
    n++;
  g_assert_cmpuint (n, ==, JT_PLACE_MOST_STACKED);
  world_clear (&world);
}

/* Nobody is there: however slowly they come, few are open. */
static void
test_nobody_there (void)
{
  World world;

  world_init (&world, TRUE);
  for (int i = 1; i <= JT_BOARD_MOST_OPEN; i++)
    {
      add (&world, i);
      pass (&world, 60 * SECOND);
    }
  g_string_truncate (world.told, 0);
  add (&world, 101);
  expect (&world, "show 21 'p101'\nreport 101 shown\n");
  pass (&world, 60 * SECOND);
  add (&world, 102);
  expect (&world, "show 21 '2 messages from JobTracker'\nreport 102 shown\n");
  world_clear (&world);
}

/* Without a server they wait; with one they are shown, as a burst when they are many. */
static void
test_server_later (void)
{
  World world;

  world_init (&world, FALSE);
  add (&world, 1);
  add (&world, 2);
  expect (&world, "");
  jt_board_on_server (world.board, &server, world.now_usec);
  answer (&world, NULL);
  expect (&world, "show 1 'p1'\nshow 2 'p2'\nreport 1 shown\nreport 2 shown\n");
  world_clear (&world);
}

static void
test_server_restarted (void)
{
  World world;

  world_init (&world, TRUE);
  add (&world, 1);
  add (&world, 2);
  jt_board_on_closed (world.board, 1, "dismissed", world.now_usec);
  g_string_truncate (world.told, 0);
  jt_board_on_server (world.board, NULL, world.now_usec);
  add (&world, 3);
  pass (&world, SECOND);
  expect (&world, "");
  jt_board_on_server (world.board, &server, world.now_usec);
  answer (&world, NULL);
  /* What was dismissed stays away, what was seen is there again, and what came meanwhile is new. */
  expect (&world, "show 2 'p2'\nshow 3 'p3'\nreport 3 shown\n");
  pass (&world, 60 * SECOND);
  expect (&world, "");
  world_clear (&world);
}

static void
test_server_gone (void)
{
  World world;

  world_init (&world, TRUE);
  add (&world, 1);
  jt_board_on_server (world.board, NULL, world.now_usec);
  add (&world, 2);
  g_string_truncate (world.told, 0);
  pass (&world, JT_BOARD_PATIENCE_USEC - 1);
  expect (&world, "");
  pass (&world, 1);
  expect (&world, "report 1 closed: the notification server has ended\nreport 2 failed: no notification server\ngive up\n");
  pass (&world, 60 * SECOND);
  expect (&world, "");
  world_clear (&world);
}

static void
test_refused (void)
{
  World world;

  world_init (&world, TRUE);
  world.is_mute = TRUE;
  add (&world, 1);
  answer (&world, "too many");
  expect (&world, "show 1 'p1'\n");
  pass (&world, SECOND);
  answer (&world, "too many");
  pass (&world, 4 * SECOND);
  expect (&world, "show 1 'p1'\nshow 1 'p1'\n");
  answer (&world, "too many");
  expect (&world, "report 1 failed: too many\n");
  /* Given up here, so the service may send it again. */
  add (&world, 1);
  expect (&world, "show 2 'p1'\n");
  answer (&world, NULL);
  expect (&world, "report 1 shown\n");
  world_clear (&world);
}

static void
test_too_many (void)
{
  World world;

  world_init (&world, FALSE);
  for (int i = 1; i <= JT_BOARD_MOST_HELD; i++)
    add (&world, i);
  expect (&world, "");
  add (&world, 100000);
  expect (&world, "report 100000 failed: too many popups wait to be shown\n");
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/board/shown", test_shown);
  g_test_add_func ("/board/replaced", test_replaced);
  g_test_add_func ("/board/replaced-while-busy", test_replaced_while_busy);
  g_test_add_func ("/board/closed-while-busy", test_closed_while_busy);
  g_test_add_func ("/board/action", test_action);
  g_test_add_func ("/board/burst", test_burst);
  g_test_add_func ("/board/burst-answered", test_burst_answered);
  g_test_add_func ("/board/slowly", test_slowly);
  g_test_add_func ("/board/burst-edge", test_burst_edge);
  g_test_add_func ("/board/replaced-on-stack", test_replaced_on_stack);
  g_test_add_func ("/board/storm", test_storm);
  g_test_add_func ("/board/nobody-there", test_nobody_there);
  g_test_add_func ("/board/server-later", test_server_later);
  g_test_add_func ("/board/server-restarted", test_server_restarted);
  g_test_add_func ("/board/server-gone", test_server_gone);
  g_test_add_func ("/board/refused", test_refused);
  g_test_add_func ("/board/too-many", test_too_many);
  return g_test_run ();
}
