/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-popup-content.h"

/* Which popups are on the screen, and what became of each. A popup takes the place of the one with its key; more than
 * three new ones within a few seconds become one that counts and lists them. Without a notification server popups are
 * kept for a while. What happens to one is reported, once for each stage. It shows nothing itself and reads no clock: the
 * outlets show, each call says what time it is (monotonic). Whoever made it owns it. */

#define JT_BOARD_BURST 3
#define JT_BOARD_BURST_USEC (G_GINT64_CONSTANT (5) * G_USEC_PER_SEC)
/* New popups beyond these go on the stack, however slowly they come: nobody is there to see them. */
#define JT_BOARD_MOST_OPEN 20
/* Of those that no server has shown yet. */
#define JT_BOARD_MOST_HELD 1024
/* A server that is restarted is back by then. */
#define JT_BOARD_PATIENCE_USEC (G_GINT64_CONSTANT (10) * G_USEC_PER_SEC)

typedef struct _JtBoard JtBoard;

typedef struct
{
  /* Show it in this place, in the stead of what is there; answered by jt_board_on_shown(). */
  void (*show) (guint64 place, const JtPopupContent *content, gpointer user_data);
  /* Take away what is there; not answered. */
  void (*close) (guint64 place, gpointer user_data);
  /* @outcome: shown, closed, dismissed, expired, action or failed */
  void (*report) (const JtPopup *popup, const char *outcome, const char *detail, gpointer user_data);
  /* The person chose this. @popup: (nullable): NULL for many at once; @origin: whose they are */
  void (*act) (const JtPopup *popup, const char *origin, const char *action, const char *token, gpointer user_data);
  /* Call jt_board_on_alarm() then; G_MAXINT64: not at all. */
  void (*set_alarm) (gint64 at_usec, gpointer user_data);
  /* The server has been away for too long, and nothing is kept any more. */
  void (*give_up) (gpointer user_data);
} JtBoardOutlets;

JtBoard *jt_board_new (const JtBoardOutlets *outlets, gpointer user_data);
void     jt_board_free (JtBoard *board);

void jt_board_add (JtBoard *board, JtPopup *popup, gint64 now_usec);
void jt_board_on_server (JtBoard *board, const JtServerInfo *info, gint64 now_usec);
void jt_board_on_shown (JtBoard *board, guint64 place, const char *problem, gint64 now_usec);
void jt_board_on_closed (JtBoard *board, guint64 place, const char *outcome, gint64 now_usec);
void jt_board_on_action (JtBoard *board, guint64 place, const char *action, const char *token, gint64 now_usec);
void jt_board_on_alarm (JtBoard *board, gint64 now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtBoard, jt_board_free)
