/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

const char *channels_supervisor;

/* The one log of the process. */
static GString *log_text;

static GLogWriterOutput
keep_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append_printf (log_text, "%s\n", (const char *) fields[i].value);
  if ((level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0)
    return g_log_writer_default (level, fields, n_fields, user_data);
  return G_LOG_WRITER_HANDLED;
}

char *
channels_path (Channels *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static void
use_config (Channels *f, const char *text)
{
  g_autofree char *path = channels_path (f, "jobtracker.conf");
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) loaded = NULL;
  g_autoptr (JtConfig) config = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  loaded = jt_config_load (path, TRUE, &error);
  g_assert_no_error (error);
  config = jt_config_override (loaded, f->folder, f->folder, channels_supervisor);
  if (f->channels == NULL)
    f->channels = jt_channel_programs_new (config, f->clock);
  else
    jt_channels_set_config (f->channels, config);
}

void
channels_setup (Channels *f, gconstpointer data)
{
  static gsize is_set;

  if (g_once_init_enter (&is_set))
    {
      log_text = g_string_new (NULL);
      g_log_set_writer_func (keep_line, NULL, NULL);
      g_once_init_leave (&is_set, 1);
    }
  g_string_truncate (log_text, 0);
  f->log = log_text;
  f->folder = g_dir_make_tmp ("jt-channels-XXXXXX", NULL);
  g_assert_cmpint (g_chmod (f->folder, 01777), ==, 0);
  f->clock = jt_fake_clock_new (START_USEC);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

void
channels_teardown (Channels *f, gconstpointer data)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (f->channels != NULL)
    g_assert_finalize_object (f->channels);
  g_object_unref (f->clock);
  g_clear_pointer (&f->verdicts, g_ptr_array_unref);
  g_clear_error (&f->error);
  remove_folder (f->folder);
  g_free (f->folder);
}

void
channels_use_path (Channels *f, const char *path, const char *keys)
{
  g_autofree char *text = g_strdup_printf ("[Channel test]\nprogram=%s\n%s", path, keys != NULL ? keys : "");

  use_config (f, text);
}

void
channels_use (Channels *f, const char *script, const char *keys)
{
  g_autofree char *path = channels_path (f, "program");

  g_assert_true (g_file_set_contents (path, script, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  channels_use_path (f, path, keys);
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Channels *f = user_data;

  g_clear_pointer (&f->verdicts, g_ptr_array_unref);
  g_clear_error (&f->error);
  f->verdicts = jt_channels_deliver_finish (JT_CHANNELS (source), result, &f->error);
  f->n_done++;
}

void
channels_send (Channels *f, guint first, guint last, GCancellable *c)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_message_unref);

  for (guint id = first; id <= last; id++)
    {
      JtMessage *message = jt_message_new ();

      message->id = id;
      message->message_id = g_strdup_printf ("<%u@test>", id);
      message->channel = g_strdup ("test");
      message->event = g_strdup ("failed");
      message->severity = g_strdup ("error");
      message->address = g_strdup ("ops@example.com");
      message->subject = g_strdup_printf ("backup \"%u\" failed\nwith exit code 3", id);
      message->text = g_strdup ("Übel");
      message->created_usec = START_USEC;
      jt_message_add_header (message, "Auto-Submitted", "auto-generated");
      g_ptr_array_add (messages, message);
    }
  jt_channels_deliver_async (f->channels, "test", messages, c, on_delivered, f);
}

void
channels_wait (Channels *f)
{
  guint before = f->n_done;

  while (f->n_done == before)
    g_main_context_iteration (NULL, TRUE);
}

void
channels_deliver (Channels *f, guint first, guint last)
{
  channels_send (f, first, last, NULL);
  channels_wait (f);
}

void
channels_wait_log (Channels *f, const char *words)
{
  while (strstr (f->log->str, words) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
channels_expect (Channels *f, guint place, const char *want)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const JtChannelVerdict *verdict;

  g_assert_no_error (f->error);
  verdict = g_ptr_array_index (f->verdicts, place);
  g_string_append (text, jt_channel_outcome_to_string (verdict->outcome));
  if (verdict->is_ambiguous)
    g_string_append_c (text, '?');
  if (verdict->pauses)
    g_string_append_c (text, '!');
  if (verdict->after_usec > 0)
    g_string_append_printf (text, " after %" G_GINT64_FORMAT, verdict->after_usec / G_USEC_PER_SEC);
  g_string_append_printf (text, ": %s", verdict->detail);
  g_assert_cmpstr (text->str, ==, want);
}

void
channels_expect_words (Channels *f, guint place, JtChannelOutcome outcome, gboolean is_ambiguous, const char *words)
{
  const JtChannelVerdict *verdict;

  g_assert_no_error (f->error);
  verdict = g_ptr_array_index (f->verdicts, place);
  g_test_message ("%s", verdict->detail);
  g_assert_cmpint (verdict->outcome, ==, outcome);
  g_assert_cmpint (verdict->is_ambiguous, ==, is_ambiguous);
  g_assert_nonnull (strstr (verdict->detail, words));
}
