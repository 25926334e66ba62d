/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-link.h"
#include "jt-popup.h"

/* What the buttons of a popup do: calls to the service that it came from, or a window. What goes wrong comes back as a popup. */

/* @popup: what could not be done, and why (transfer none) */
typedef void (*JtDeedsComplain) (JtPopup *popup, gpointer user_data);

/* @popup: (nullable): NULL when the button belongs to many; @link: (nullable): the service it came from */
void jt_deeds_do (const JtPopup *popup, const char *action, const char *token, JtLink *link, JtDeedsComplain complain, GObject *owner);
