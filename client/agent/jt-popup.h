/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What a service wants to be shown: one delivery, as the signal Notify says it, made fit to be shown. Immutable once it
 * is made, reference counted, main thread only. */

#define JT_POPUP_SUMMARY_LENGTH 200
#define JT_POPUP_BODY_LENGTH 1000

typedef enum
{
  JT_POPUP_LOW,
  JT_POPUP_NORMAL,
  JT_POPUP_CRITICAL,
} JtPopupUrgency; /* the numbers that go to the server */

typedef enum
{
  JT_POPUP_SHOW_LOG = 1 << 0,
  JT_POPUP_RUN_AGAIN = 1 << 1,
  JT_POPUP_ACKNOWLEDGE = 1 << 2,
  JT_POPUP_MUTE = 1 << 3,
} JtPopupActions;

typedef struct
{
  int             n_references;
  char           *origin;       /* (owned) which service: "system", "session"; "" for the agent itself */
  guint64         id;           /* of the delivery, there */
  char           *key;          /* (owned) what it replaces, of all services */
  char           *event;        /* (owned) */
  JtPopupUrgency  urgency;
  char           *summary;      /* (owned) one line */
  char           *body;         /* (owned) */
  char           *icon;         /* (owned) a name of an icon theme */
  char           *run;          /* (owned) (nullable) an object */
  char           *job;          /* (owned) (nullable) an object */
  char           *job_name;     /* (owned) */
  gint64          created_usec;
  int             timeout_msec; /* -1: as the server likes */
  JtPopupActions  actions;
  gboolean        stands_alone; /* it tells of many already and is never put on a stack */
  guint           count;        /* how much it tells of */
} JtPopup;

JtPopup *jt_popup_new (const char *origin, guint64 id, GVariant *notification);
JtPopup *jt_popup_new_own (const char *summary, const char *body);
JtPopup *jt_popup_ref (JtPopup *popup);
void     jt_popup_unref (JtPopup *popup);

guint64 jt_popup_get_run_id (const JtPopup *popup);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPopup, jt_popup_unref)
