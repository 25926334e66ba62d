/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#define BLOCK_BYTES 65536

struct _ChannelInput
{
  int             fd;
  ChannelLineFunc on_line;
  gpointer        user_data;
  GByteArray     *buffer;  /* (owned) what has been read and not handed on */
  gsize           scanned; /* of it, without a newline */
  gboolean        is_paused;
  gboolean        is_skipping; /* until the end of a line that is too long */
  gboolean        is_at_end;
  GSource        *source; /* (owned) */
};

static gboolean on_ready (gpointer user_data);
static gboolean on_readable (int fd, GIOCondition condition, gpointer user_data);

/* A pipe can be waited for; an ordinary file is always ready. */
static void
watch (ChannelInput *self)
{
  gboolean has_work = self->scanned < self->buffer->len || self->is_at_end;

  if (self->source != NULL || self->is_paused)
    return;
  if (has_work)
    {
      self->source = g_idle_source_new ();
      g_source_set_callback (self->source, on_ready, self, NULL);
    }
  else
    {
      self->source = g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
      g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
    }
  g_source_attach (self->source, NULL);
}

static void
unwatch (ChannelInput *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
hand_on (ChannelInput *self, gsize length, gsize taken, gboolean is_cut)
{
  g_autofree char *line = g_malloc (length + 1);

  memcpy (line, self->buffer->data, length);
  line[length] = '\0';
  g_byte_array_remove_range (self->buffer, 0, (guint) taken);
  self->scanned = 0;
  self->on_line (line, length, is_cut, self->user_data);
}

/* Hands on at most one line. FALSE: there is none. */
static gboolean
take_line (ChannelInput *self)
{
  const guint8 *start = self->buffer->data;
  const guint8 *end = self->scanned < self->buffer->len ? memchr (start + self->scanned, '\n', self->buffer->len - self->scanned) : NULL;
  gsize length = end != NULL ? (gsize) (end - start) : self->buffer->len;
  gsize taken = end != NULL ? length + 1 : length;

  self->scanned = self->buffer->len;
  if (self->is_skipping)
    {
      g_byte_array_remove_range (self->buffer, 0, (guint) taken);
      self->scanned = 0;
      self->is_skipping = end == NULL;
      return end != NULL;
    }
  if (length > CHANNEL_MAX_LINE)
    {
      self->is_skipping = end == NULL;
      hand_on (self, CHANNEL_LINE_HEAD, taken, TRUE);
      return TRUE;
    }
  if (end == NULL && !(self->is_at_end && length > 0))
    return FALSE;
  hand_on (self, length, taken, FALSE);
  return TRUE;
}

static void
take_lines (ChannelInput *self)
{
  while (!self->is_paused && take_line (self))
    ;
  if (!self->is_paused && self->is_at_end)
    {
      self->is_paused = TRUE;
      self->on_line (NULL, 0, FALSE, self->user_data);
    }
  watch (self);
}

static gboolean
on_ready (gpointer user_data)
{
  ChannelInput *self = user_data;

  unwatch (self);
  take_lines (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  ChannelInput *self = user_data;
  gsize before = self->buffer->len;
  gssize n;

  g_byte_array_set_size (self->buffer, (guint) (before + BLOCK_BYTES));
  n = read (fd, self->buffer->data + before, BLOCK_BYTES);
  g_byte_array_set_size (self->buffer, (guint) (before + (gsize) MAX (n, 0)));
  unwatch (self);
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
    self->is_at_end = TRUE;
  take_lines (self);
  return G_SOURCE_REMOVE;
}

void
channel_input_set_paused (ChannelInput *self, gboolean is_paused)
{
  self->is_paused = is_paused;
  if (is_paused)
    unwatch (self);
  else
    {
      /* Looked through again: lines may have been left when it was paused. */
      self->scanned = 0;
      watch (self);
    }
}

ChannelInput *
channel_input_new (int fd, ChannelLineFunc on_line, gpointer user_data)
{
  ChannelInput *self = g_new0 (ChannelInput, 1);

  self->fd = fd;
  self->on_line = on_line;
  self->user_data = user_data;
  self->buffer = g_byte_array_new ();
  watch (self);
  return self;
}

void
channel_input_free (ChannelInput *self)
{
  if (self == NULL)
    return;
  unwatch (self);
  g_byte_array_unref (self->buffer);
  g_free (self);
}
