/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-dialogue.h"

#include <string.h>

#define MAX_KEPT 600 /* of a reply; what is said about it is shorter than 1 KiB */

static const char *const verbs[] = { "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".", "RSET", NULL };

void
dialogue_init (Dialogue *self)
{
  *self = (Dialogue) { .reply = g_string_new (NULL) };
}

void
dialogue_clear (Dialogue *self)
{
  if (self->reply != NULL)
    g_string_free (self->reply, TRUE);
  self->reply = NULL;
}

static void
forget_reply (Dialogue *self)
{
  self->code = 0;
  self->reply_bytes = 0;
  g_string_truncate (self->reply, 0);
}

void
dialogue_begin (Dialogue *self)
{
  self->command[0] = '\0';
  self->is_leaving = FALSE;
  forget_reply (self);
}

gboolean
dialogue_is_at (const Dialogue *self, const char *command)
{
  return strcmp (self->command, command) == 0;
}

/* What is sent within AUTH is no command, and is looked at no further. */
void
dialogue_take_command (Dialogue *self, const char *command, gsize length)
{
  gsize n = 0;

  /* curl takes its leave before it says what went wrong. */
  self->is_leaving = length >= 4 && strncmp (command, "QUIT", 4) == 0;
  if (self->is_leaving)
    return;
  while (n < length && n < sizeof self->command - 1 && command[n] != ' ' && command[n] != '\r' && command[n] != '\n')
    n++;
  for (guint i = 0; verbs[i] != NULL; i++)
    if (strlen (verbs[i]) == n && strncmp (command, verbs[i], n) == 0)
      g_strlcpy (self->command, verbs[i], sizeof self->command);
  forget_reply (self);
  if (dialogue_is_at (self, "STARTTLS"))
    self->has_started_tls = TRUE;
  if (dialogue_is_at (self, "EHLO"))
    self->offers_auth = self->offers_utf8 = FALSE;
}

/* What comes before any command is the greeting of a new connection. */
static void
note_greeting (Dialogue *self)
{
  self->has_started_tls = self->offers_auth = self->offers_utf8 = FALSE;
}

static gboolean
is_word (const char *text, gsize length, const char *word)
{
  gsize n = strlen (word);

  return length >= n && g_ascii_strncasecmp (text, word, n) == 0 && (length == n || strchr (" =\r\n", text[n]) != NULL);
}

static void
note_offer (Dialogue *self, const char *text, gsize length)
{
  self->offers_auth |= is_word (text, length, "AUTH");
  self->offers_utf8 |= is_word (text, length, "SMTPUTF8");
}

gboolean
dialogue_take_line (Dialogue *self, const char *line, gsize length)
{
  gboolean is_reply = length >= 3 && g_ascii_isdigit (line[0]) && g_ascii_isdigit (line[1]) && g_ascii_isdigit (line[2]);
  gboolean is_last = is_reply && (length == 3 || line[3] != '-');

  if (self->is_leaving)
    return TRUE;
  if (dialogue_is_at (self, ""))
    note_greeting (self);
  if (self->code != 0)
    forget_reply (self);
  self->reply_bytes += length;
  if (length > DIALOGUE_MAX_LINE || self->reply_bytes > DIALOGUE_MAX_REPLY)
    return FALSE;
  if (dialogue_is_at (self, "EHLO") && is_reply && length > 4)
    note_offer (self, line + 4, length - 4);
  if (self->reply->len < MAX_KEPT)
    {
      gsize skipped = self->reply->len > 0 && is_reply ? MIN (length, 4) : 0;

      if (self->reply->len > 0)
        g_string_append_c (self->reply, ' ');
      g_string_append_len (self->reply, line + skipped, (gssize) MIN (length - skipped, MAX_KEPT));
      while (self->reply->len > 0 && strchr ("\r\n ", self->reply->str[self->reply->len - 1]) != NULL)
        g_string_truncate (self->reply, self->reply->len - 1);
    }
  if (is_last)
    self->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return TRUE;
}
