/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-popup.h"

/* What one popup says to one notification server, which may know little: text, buttons, hints. Pure values. */

/* What the server says of itself. */
typedef struct
{
  gboolean has_actions;
  gboolean has_body;
  gboolean has_markup;
  gboolean has_persistence;
  char    *server;  /* (owned) */
  char    *version; /* (owned) */
} JtServerInfo;

JtServerInfo *jt_server_info_copy (const JtServerInfo *info);
void          jt_server_info_free (JtServerInfo *info);

typedef struct
{
  char           *summary;      /* (owned) never empty */
  char           *body;         /* (owned) as the server reads it */
  char           *icon;         /* (owned) */
  char           *category;     /* (owned) */
  JtPopupUrgency  urgency;
  int             timeout_msec;
  gboolean        is_transient; /* not worth keeping once it was seen */
  GPtrArray      *actions;      /* (element-type utf8) (owned) name, label, name, label */
} JtPopupContent;

/* Names of actions besides those of JtPopupActions, which are called as the service calls them. */
#define JT_ACTION_DEFAULT "default"

JtPopupContent *jt_popup_content_new (const JtPopup *popup, const JtServerInfo *info);
JtPopupContent *jt_popup_content_new_stack (GPtrArray *popups, guint count, const JtServerInfo *info);
JtPopupContent *jt_popup_content_copy (const JtPopupContent *content);
void            jt_popup_content_free (JtPopupContent *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtServerInfo, jt_server_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPopupContent, jt_popup_content_free)
