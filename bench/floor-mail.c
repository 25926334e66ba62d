/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* floor-mail PORT COUNT BYTES: sends COUNT mails of so many bytes to a server on this machine over one connection, a
 * command at a time as servers without PIPELINING want it; prints how many a second. The limit of every sender. */

#define MAX_BYTES 1000000

/* Says TEXT and hears one answer; those of the sink come whole. */
static void
exchange (int fd, const char *text, gsize length, char wanted)
{
  char answer[4096] = "";

  if (length > 0 && write (fd, text, length) != (ssize_t) length)
    g_error ("could not write: %m");
  if (read (fd, answer, sizeof answer - 1) <= 0 || answer[0] != wanted)
    g_error ("the answer to '%.20s' is '%.60s'", text, answer);
}

static void
say (int fd, const char *text, char wanted)
{
  exchange (fd, text, strlen (text), wanted);
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  g_autoptr (GString) mail = g_string_new ("Subject: floor\r\n\r\n");
  guint count, bytes;
  double start;
  int fd, one = 1;

  if (argc != 4)
    g_error ("floor-mail PORT COUNT BYTES");
  address.sin_port = htons ((guint16) bench_parse_count (argv[1], 65535));
  count = bench_parse_count (argv[2], 10000000);
  bytes = bench_parse_count (argv[3], MAX_BYTES);
  while (mail->len + 75 < bytes)
    g_string_append (mail, "text text text text text text text text text text text text text text\r\n");
  g_string_append (mail, ".\r\n");
  start = bench_now_seconds ();
  fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("could not connect: %m");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  exchange (fd, "", 0, '2');
  say (fd, "EHLO floor\r\n", '2');
  for (guint i = 0; i < count; i++)
    {
      say (fd, "MAIL FROM:<a@example.com>\r\n", '2');
      say (fd, "RCPT TO:<b@example.com>\r\n", '2');
      say (fd, "DATA\r\n", '3');
      exchange (fd, mail->str, mail->len, '2');
    }
  say (fd, "QUIT\r\n", '2');
  printf ("%.1f\n", count / (bench_now_seconds () - start));
  return 0;
}
