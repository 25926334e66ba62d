/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

/* The settings of a channel while they are read: each getter checks one key, and the first fault is kept, so that a
 * channel reads all that it wants and asks once. A getter gives the fallback after a fault. Strings are borrowed. */

typedef struct _ChannelSettings ChannelSettings;

/* OBJECT is the line "configure". (transfer full) */
ChannelSettings *channel_settings_new (JsonObject *object);
void             channel_settings_free (ChannelSettings *settings);

/* Name of the channel and of the machine, as the service gives them. */
const char *channel_settings_get_channel (ChannelSettings *settings);
const char *channel_settings_get_host (ChannelSettings *settings);

gboolean    channel_settings_has (ChannelSettings *settings, const char *key);
/* The settings and secrets whose names begin with PREFIX and go on, which are known from now on, sorted. (transfer full) */
GStrv       channel_settings_list (ChannelSettings *settings, const char *prefix);
/* One line without control characters; FALLBACK may be NULL. */
const char *channel_settings_get_text (ChannelSettings *settings, const char *key, const char *fallback);
gint64      channel_settings_get_number (ChannelSettings *settings, const char *key, gint64 fallback, gint64 least, gint64 most);
gboolean    channel_settings_get_boolean (ChannelSettings *settings, const char *key, gboolean fallback);
/* The place in CHOICES, which ends with NULL. */
guint       channel_settings_get_choice (ChannelSettings *settings, const char *key, guint fallback, const char *const *choices);
/* In milliseconds: "500ms", "30", "30s", "1min 30s", "1h". */
gint64      channel_settings_get_milliseconds (ChannelSettings *settings, const char *key, gint64 fallback, gint64 least, gint64 most);
/* An absolute path that can be read. */
const char *channel_settings_get_file (ChannelSettings *settings, const char *key);
/* Read by the service from KEY-file or KEY-credential; NULL if it is not there. May have several lines. */
const char *channel_settings_get_secret (ChannelSettings *settings, const char *key);

/* Kept if it is the first. */
void channel_settings_take_fault (ChannelSettings *settings, const char *key, char *fault);
void channel_settings_set_fault (ChannelSettings *settings, const char *key, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* NULL if all is well, else one sentence that names the key; a key that nobody has asked for is a fault. */
const char *channel_settings_find_fault (ChannelSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChannelSettings, channel_settings_free)
