/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channel-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-fd.h"

#define MAX_SECRET (64 * 1024)
/* What is shorter stands in any text by chance. */
#define MIN_HIDDEN 4

static void
wipe (gpointer data)
{
  explicit_bzero (data, strlen (data));
  g_free (data);
}

GPtrArray *
jt_channel_secrets_new (void)
{
  return g_ptr_array_new_with_free_func (wipe);
}

/* Returns NULL. */
static char *
fail (const JtChannelSecret *secret, const char *path, const char *what, GError **error)
{
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "%s-%s: %s: %s", secret->key,
               secret->kind == JT_SECRET_FILE ? "file" : "credential", path, what);
  return NULL;
}

static char *
read_open (const JtChannelSecret *secret, const char *path, int fd, GError **error)
{
  char bytes[MAX_SECRET + 2];
  char *text = NULL;
  gsize used = 0;
  gssize n;

  while ((n = TEMP_FAILURE_RETRY (read (fd, bytes + used, MAX_SECRET + 1 - used))) > 0)
    used += (gsize) n;
  if (used > 0 && bytes[used - 1] == '\n')
    used--;
  bytes[used] = '\0';
  if (n < 0)
    fail (secret, path, g_strerror (errno), error);
  else if (used == 0)
    fail (secret, path, "it is empty", error);
  else if (used > MAX_SECRET)
    fail (secret, path, "it has more than 64 KiB", error);
  else if (strlen (bytes) != used || !g_utf8_validate (bytes, -1, NULL))
    fail (secret, path, "it is no text in UTF-8", error);
  else
    text = g_strdup (bytes);
  explicit_bzero (bytes, sizeof bytes);
  return text;
}

static char *
read_path (const JtChannelSecret *secret, const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  char *text = NULL;

  if (fd < 0 || fstat (fd, &info) < 0)
    fail (secret, path, g_strerror (errno), error);
  else if (!S_ISREG (info.st_mode))
    fail (secret, path, "not a regular file", error);
  else if (secret->kind == JT_SECRET_FILE && (info.st_mode & 0006) != 0)
    fail (secret, path, "others can read it; want mode 0640 or less", error);
  else
    text = read_open (secret, path, fd, error);
  jt_fd_clear (&fd);
  return text;
}

static char *
read_one (const JtChannelSecret *secret, GError **error)
{
  const char *folder = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = NULL;

  if (secret->kind == JT_SECRET_INLINE)
    return g_strdup (secret->source);
  if (secret->kind == JT_SECRET_FILE)
    return read_path (secret, secret->source, error);
  if (folder == NULL)
    return fail (secret, secret->source, "the service was given no credentials; add LoadCredential= to its unit", error);
  path = g_build_filename (folder, secret->source, NULL);
  return read_path (secret, path, error);
}

GPtrArray *
jt_channel_secrets_read (const JtChannelConfig *config, GError **error)
{
  g_autoptr (GPtrArray) secrets = jt_channel_secrets_new ();

  for (guint i = 0; i < config->secrets->len; i++)
    {
      const JtChannelSecret *secret = g_ptr_array_index (config->secrets, i);
      char *text = read_one (secret, error);

      if (text == NULL)
        return NULL;
      g_ptr_array_add (secrets, g_strdup (secret->key));
      g_ptr_array_add (secrets, text);
    }
  return g_steal_pointer (&secrets);
}

char *
jt_channel_secrets_hide (GPtrArray *secrets, const char *text)
{
  GString *shown = g_string_new (text);

  for (guint i = 1; i < secrets->len; i += 2)
    if (strlen (g_ptr_array_index (secrets, i)) >= MIN_HIDDEN)
      g_string_replace (shown, g_ptr_array_index (secrets, i), "***", 0);
  return g_string_free (shown, FALSE);
}
