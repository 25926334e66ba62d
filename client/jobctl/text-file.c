/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "text-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "jt-error.h"

static char *
read_descriptor (int fd, const char *path, gsize most, gsize *length, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (65536);
  gssize got;

  while ((got = read (fd, chunk, 65536)) > 0 && bytes->len <= most)
    g_byte_array_append (bytes, chunk, (guint) got);
  if (got < 0)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("cannot read %s: %s"), path, g_strerror (errno));
  else if (bytes->len > most)
    g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("%s is larger than %zu bytes"), path, most);
  if (got < 0 || bytes->len > most)
    return NULL;
  *length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

/* Only what is a file: a pipe or a device could make the caller wait for ever. (transfer full), ended by NUL. NULL with
 * JT_ERROR_INVALID_ARGUMENT or JT_ERROR_TOO_LARGE. */
char *
text_file_read (const char *path, gsize most, gsize *length, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
  struct stat status;
  char *text = NULL;

  if (fd < 0 || fstat (fd, &status) != 0)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("cannot read %s: %s"), path, g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("cannot read %s: it is not a file"), path);
  else
    text = read_descriptor (fd, path, most, length, error);
  if (fd >= 0)
    close (fd);
  return text;
}
