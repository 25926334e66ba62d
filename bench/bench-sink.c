/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* bench-sink: a mail server on a free port of 127.0.0.1, which it prints, that takes all mail at once and keeps none.
 * One connection after the other, for that is how they come. Ends when it is killed. */

typedef struct
{
  int      fd;
  gboolean is_in_data;
  char     line[4096];
  gsize    length;
} Talk;

static void
say (Talk *self, const char *text)
{
  if (write (self->fd, text, strlen (text)) < 0)
    g_debug ("nobody reads: %m");
}

/* FALSE: it is over. */
static gboolean
take_line (Talk *self)
{
  if (self->is_in_data)
    {
      if (strcmp (self->line, ".") == 0)
        {
          self->is_in_data = FALSE;
          say (self, "250 2.0.0 Ok: queued as nothing\r\n");
        }
      return TRUE;
    }
  if (g_str_has_prefix (self->line, "QUIT"))
    {
      say (self, "221 bye\r\n");
      return FALSE;
    }
  self->is_in_data = g_str_has_prefix (self->line, "DATA");
  say (self, self->is_in_data ? "354 go\r\n" : g_str_has_prefix (self->line, "EHLO") ? "250-sink\r\n250 SIZE\r\n" : "250 Ok\r\n");
  return TRUE;
}

/* Only what is shorter than a line may be is looked at; of mails that is all. */
static gboolean
take_bytes (Talk *self, const char *bytes, gsize count)
{
  for (gsize i = 0; i < count; i++)
    if (bytes[i] == '\n')
      {
        if (self->length > 0 && self->line[self->length - 1] == '\r')
          self->length--;
        self->line[self->length] = '\0';
        self->length = 0;
        if (!take_line (self))
          return FALSE;
      }
    else if (self->length < sizeof self->line - 1)
      self->line[self->length++] = bytes[i];
  return TRUE;
}

static void
serve (int fd)
{
  Talk talk = { .fd = fd };
  char bytes[65536];
  int one = 1;
  ssize_t n;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  say (&talk, "220 sink ESMTP\r\n");
  while ((n = read (fd, bytes, sizeof bytes)) > 0)
    if (!take_bytes (&talk, bytes, (gsize) n))
      break;
  close (fd);
}

int
main (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int fd;

  if (listener < 0 || bind (listener, (struct sockaddr *) &address, length) != 0 || listen (listener, 16) != 0
      || getsockname (listener, (struct sockaddr *) &address, &length) != 0)
    g_error ("could not listen: %m");
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  while ((fd = accept (listener, NULL, NULL)) >= 0)
    serve (fd);
  return 0;
}
