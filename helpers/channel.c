/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel-input.h"

#define PROTOCOL 1
#define MAX_TEXT 1024
#define MAX_DEPTH 32

struct _Channel
{
  const ChannelKind *kind; /* (unowned) */
  gpointer           user_data;
  GMainLoop         *loop;        /* (owned) */
  ChannelInput      *input;       /* (owned) */
  GHashTable        *outstanding; /* (owned) ids */
  guint              room;
  gboolean           is_configured;
  gboolean           has_ended;
  int                status;
};

/* ---- what is said ---- */

char *
channel_clean_text (const char *text, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length >= 0 ? MIN (length, MAX_TEXT) : (gssize) strnlen (text, MAX_TEXT));
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (clean, g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_strchomp (g_string_free (g_steal_pointer (&clean), FALSE));
}

static void
stop (Channel *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

/* A service that does not listen any more needs no answer. */
static void
write_line (Channel *self, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (root, FALSE);
  g_autofree char *line = g_strconcat (json, "\n", NULL);
  gsize length = strlen (line);

  for (gsize done = 0; done < length;)
    {
      ssize_t n = write (STDOUT_FILENO, line + done, length - done);

      if (n < 0 && errno != EINTR)
        {
          stop (self, CHANNEL_EXIT_PROBLEM);
          return;
        }
      done += (gsize) MAX (n, 0);
    }
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *clean = channel_clean_text (text, -1);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, clean);
}

static void
say_problem (Channel *self, const char *reason)
{
  g_autoptr (JsonBuilder) builder = json_builder_begin_object (json_builder_new ());

  add_text (builder, "type", "problem");
  add_text (builder, "reason", reason);
  write_line (self, json_builder_end_object (builder));
  stop (self, CHANNEL_EXIT_PROBLEM);
}

static JsonBuilder *
begin_verdict (const char *id, const char *outcome, const char *name, const char *text)
{
  JsonBuilder *builder = json_builder_begin_object (json_builder_new ());

  add_text (builder, "id", id);
  add_text (builder, "outcome", outcome);
  add_text (builder, name, text != NULL ? text : "");
  return builder;
}

static void
end_if_done (Channel *self)
{
  if (self->has_ended && g_hash_table_size (self->outstanding) == 0)
    g_main_loop_quit (self->loop);
}

/* ID is borrowed from what is forgotten here, so this comes last. */
static void
end_verdict (Channel *self, const char *id, JsonBuilder *builder)
{
  gboolean was_full = g_hash_table_size (self->outstanding) >= self->room;

  write_line (self, json_builder_end_object (builder));
  if (!g_hash_table_remove (self->outstanding, id))
    g_warning ("%s: notification %s is answered twice", self->kind->name, id);
  if (was_full && !self->has_ended)
    channel_input_set_paused (self->input, FALSE);
  end_if_done (self);
}

void
channel_delivered (Channel *self, const char *id, const char *detail)
{
  g_autoptr (JsonBuilder) builder = begin_verdict (id, "delivered", "detail", detail);

  end_verdict (self, id, builder);
}

void
channel_retry (Channel *self, const char *id, const char *reason, gint64 after_seconds, gboolean is_ambiguous, gboolean pauses)
{
  g_autoptr (JsonBuilder) builder = begin_verdict (id, "retry", "reason", reason);

  if (after_seconds > 0)
    json_builder_add_int_value (json_builder_set_member_name (builder, "after"), after_seconds);
  if (is_ambiguous)
    json_builder_add_boolean_value (json_builder_set_member_name (builder, "ambiguous"), TRUE);
  if (pauses)
    json_builder_add_boolean_value (json_builder_set_member_name (builder, "pause"), TRUE);
  end_verdict (self, id, builder);
}

void
channel_refused (Channel *self, const char *id, const char *reason, gboolean pauses)
{
  g_autoptr (JsonBuilder) builder = begin_verdict (id, "refused", "reason", reason);

  if (pauses)
    json_builder_add_boolean_value (json_builder_set_member_name (builder, "pause"), TRUE);
  end_verdict (self, id, builder);
}

/* ---- what is heard ---- */

static void
configure (Channel *self, JsonObject *line)
{
  gint64 protocol = json_object_get_int_member_with_default (line, "protocol", 0);
  g_autoptr (ChannelSettings) settings = NULL;
  const char *fault;

  if (protocol != PROTOCOL)
    {
      g_autofree char *reason = g_strdup_printf ("this %s speaks protocol %d, the service %" G_GINT64_FORMAT, self->kind->name,
                                                 PROTOCOL, protocol);

      say_problem (self, reason);
      return;
    }
  settings = channel_settings_new (line);
  self->kind->configure (self, settings, self->user_data);
  fault = channel_settings_find_fault (settings);
  if (fault != NULL)
    say_problem (self, fault);
  self->is_configured = TRUE;
}

/* Strings end at a NUL in C: one that was longer would go out shortened, to whomever that names. */
static gboolean
has_nul (const char *line)
{
  for (const char *at = strstr (line, "\\u0000"); at != NULL; at = strstr (at + 1, "\\u0000"))
    {
      gsize slashes = 0;

      while (at - slashes > line && at[-(gssize) slashes - 1] == '\\')
        slashes++;
      if (slashes % 2 == 0)
        return TRUE;
    }
  return FALSE;
}

/* The parser calls itself for each level. */
static gboolean
is_too_deep (const char *line)
{
  guint depth = 0;
  gboolean is_quoted = FALSE;

  for (; *line != '\0'; line++)
    {
      if (is_quoted && *line == '\\' && line[1] != '\0')
        line++;
      else if (*line == '"')
        is_quoted = !is_quoted;
      else if (!is_quoted && (*line == '{' || *line == '['))
        depth++;
      else if (!is_quoted && (*line == '}' || *line == ']') && depth > 0)
        depth--;
      if (depth > MAX_DEPTH)
        return TRUE;
    }
  return FALSE;
}

static void
take_notification (Channel *self, JsonNode *root, const char *line)
{
  g_autofree char *fault = NULL;
  ChannelNotification *notification = channel_notification_new (root, &fault);

  if (notification == NULL)
    {
      say_problem (self, fault);
      return;
    }
  if (!g_hash_table_add (self->outstanding, g_strdup (notification->id)))
    {
      g_warning ("%s: notification %s came twice", self->kind->name, notification->id);
      channel_notification_free (notification);
      return;
    }
  if (g_hash_table_size (self->outstanding) >= self->room)
    channel_input_set_paused (self->input, TRUE);
  if (has_nul (line))
    {
      channel_refused (self, notification->id, "there is a NUL character in it", FALSE);
      channel_notification_free (notification);
      return;
    }
  self->kind->notify (self, notification, self->user_data);
}

/* Only its head is there; if that says which it is, one mail that is too large holds up no other. */
static void
refuse_cut_line (Channel *self, const char *head)
{
  g_autoptr (GRegex) regex = g_regex_new ("\"id\"\\s*:\\s*\"([0-9A-Za-z-]{1,64})\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *valid = g_utf8_make_valid (head, -1);
  g_autofree char *id = NULL;

  if (!self->is_configured || !g_regex_match (regex, valid, 0, &match))
    {
      say_problem (self, "a line is longer than 1 MiB");
      return;
    }
  id = g_match_info_fetch (match, 1);
  g_hash_table_add (self->outstanding, g_strdup (id));
  channel_refused (self, id, "the notification is longer than 1 MiB", FALSE);
}

static void
take_line (Channel *self, const char *line, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;
  JsonNode *root;
  const char *type;

  if (strlen (line) != length || !g_utf8_validate (line, (gssize) length, NULL) || is_too_deep (line)
      || !json_parser_load_from_data (parser, line, (gssize) length, &error))
    {
      g_autofree char *reason = g_strdup_printf ("a line is no JSON%s%s", error != NULL ? ": " : "", error != NULL ? error->message : "");

      say_problem (self, reason);
      return;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      say_problem (self, "a line is no JSON object");
      return;
    }
  type = channel_object_get_text (json_node_get_object (root), "type", "");
  if (!self->is_configured && !g_str_equal (type, "configure"))
    say_problem (self, "the first line must be of the type \"configure\"");
  else if (g_str_equal (type, "configure") && self->is_configured)
    say_problem (self, "a second line is of the type \"configure\"");
  else if (g_str_equal (type, "configure"))
    configure (self, json_node_get_object (root));
  else if (g_str_equal (type, "notification"))
    take_notification (self, json_parser_steal_root (parser), line);
  /* What a later service says besides is not for us. */
}

static void
on_line (char *line, gsize length, gboolean is_cut, gpointer user_data)
{
  Channel *self = user_data;

  if (!g_main_loop_is_running (self->loop))
    return;
  if (line == NULL)
    {
      self->has_ended = TRUE;
      end_if_done (self);
    }
  else if (is_cut)
    refuse_cut_line (self, line);
  else if (length > 0)
    take_line (self, line, length);
}

void
channel_set_room (Channel *self, guint room)
{
  self->room = CLAMP (room, 1, CHANNEL_MAX_OUTSTANDING);
}

static void
show_help (const ChannelKind *kind)
{
  printf ("Usage: %s < LINES\n\nA channel of JobTracker: the service starts it and talks to it in lines of JSON.\n"
          "See jobtracker-channel(7).\n",
          kind->name);
}

/* Secrets are in its memory: no core file, and nobody of the same user looks into it. */
static void
prepare_process (void)
{
  struct sigaction ignore = { .sa_handler = SIG_IGN };

  sigaction (SIGPIPE, &ignore, NULL);
  prctl (PR_SET_DUMPABLE, 0);
}

int
channel_main (const ChannelKind *kind, gpointer user_data, int argc, char *const *argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GHashTable) outstanding = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Channel self = { .kind = kind, .user_data = user_data, .loop = loop, .outstanding = outstanding, .room = CHANNEL_MAX_OUTSTANDING };

  if (argc > 1 && g_str_equal (argv[1], "--version"))
    return printf ("%s %s\n", kind->name, PACKAGE_VERSION) > 0 ? 0 : CHANNEL_EXIT_PROBLEM;
  if (argc > 1)
    {
      show_help (kind);
      return g_str_equal (argv[1], "--help") ? 0 : CHANNEL_EXIT_MISUSED;
    }
  prepare_process ();
  self.input = channel_input_new (STDIN_FILENO, on_line, &self);
  g_main_loop_run (loop);
  channel_input_free (self.input);
  if (kind->finish != NULL)
    kind->finish (user_data);
  return self.status;
}
