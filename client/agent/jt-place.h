/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-popup-content.h"

/* One popup on the screen and the deliveries that it stands for: those it shows now, and those that newer ones took the place
 * of before they could be shown. For jt-board.c, which owns it. */

/* Of a stack that was shown; older ones are counted only. */
#define JT_PLACE_MOST_STACKED 32

typedef struct
{
  JtPopup *popup;         /* (owned) */
  gboolean is_asked;      /* it is in what the server was asked to show */
  gboolean is_shown;      /* and that was done */
  gboolean is_superseded; /* a newer one stands for it */
  gboolean is_settled;    /* its outcome is reported: acted upon */
} JtPlaceEntry;

typedef struct
{
  guint64    number;
  GPtrArray *entries;    /* (element-type JtPlaceEntry) (owned) the newest last */
  gboolean   is_stack;
  gboolean   is_open;    /* on the screen */
  gboolean   is_busy;    /* the server was asked and has not answered */
  gboolean   is_dirty;   /* what is on the screen is not what should be */
  gint64     not_before; /* when the server may be asked again */
  guint      n_failures; /* in a row */
  guint      n_uncounted; /* that it stands for besides the entries */
} JtPlace;

JtPlace *jt_place_new (guint64 number, gboolean is_stack);
void     jt_place_free (JtPlace *place);

void            jt_place_add (JtPlace *place, JtPopup *popup);
JtPlaceEntry   *jt_place_find (JtPlace *place, const char *key);
guint           jt_place_count_unshown (const JtPlace *place);
JtPopup        *jt_place_get_single (const JtPlace *place);
JtPopupContent *jt_place_make_content (const JtPlace *place, const JtServerInfo *info);
