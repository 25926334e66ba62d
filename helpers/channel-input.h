/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Lines of standard input, each of at most CHANNEL_MAX_LINE bytes. What is longer is left out up to its end; only its
 * head is handed on, so that it can be answered. Owned by the frame; reads only when it is asked to. */

#define CHANNEL_MAX_LINE (1024 * 1024)
#define CHANNEL_LINE_HEAD 1024

typedef struct _ChannelInput ChannelInput;

/* A line without its end, which is NUL. IS_CUT: it is the head of one that is too long. NULL: the end of the input. */
typedef void (*ChannelLineFunc) (char *line, gsize length, gboolean is_cut, gpointer user_data);

ChannelInput *channel_input_new (int fd, ChannelLineFunc on_line, gpointer user_data);
void          channel_input_free (ChannelInput *input);
/* While it is paused no line is handed on and nothing is read. */
void          channel_input_set_paused (ChannelInput *input, gboolean is_paused);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChannelInput, channel_input_free)
