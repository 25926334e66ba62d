/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-preferences-table.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-notify-channel.h"
#include "jt-recipient.h"
#include "jt-throttle.h"

#define SECOND ((guint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define DAY (24 * 60 * MINUTE)

G_GNUC_PRINTF (2, 3) static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (JT_ERROR, JT_ERROR_INVALID_SETTINGS, format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
check_length (const char *text, GError **error)
{
  return strlen (text) <= JT_PREFERENCES_MAX_TEXT || refuse (error, _("'%.64s…' has more than %d bytes"), text, JT_PREFERENCES_MAX_TEXT);
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

/* --- texts --- */

/* de, de_AT, de-AT, de_AT.UTF-8, sr_RS@latin as de, de_AT, sr_RS@latin; NULL: it is none. (transfer full) */
static char *
normalize_language (const char *text)
{
  gsize length = strspn (text, G_CSET_a_2_z);
  const char *at = text + length;
  GString *normal;

  if (length < 2 || length > 3)
    return NULL;
  normal = g_string_new_len (text, (gssize) length);
  if ((*at == '_' || *at == '-') && strspn (at + 1, G_CSET_A_2_Z) == 2)
    {
      g_string_append_printf (normal, "_%.2s", at + 1);
      at += 3;
    }
  if (*at == '.')
    at += 1 + strspn (at + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-");
  if (*at == '@' && strspn (at + 1, G_CSET_a_2_z) > 0)
    {
      g_string_append (normal, at);
      at += 1 + strspn (at + 1, G_CSET_a_2_z);
    }
  if (*at != '\0' || normal->len > 32)
    return g_string_free (normal, TRUE), NULL;
  return g_string_free (normal, FALSE);
}

static gboolean
read_language (JtPreferences *preferences, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);
  g_autofree char *normal = *text == '\0' ? g_strdup ("") : normalize_language (text);

  if (normal == NULL)
    return refuse (error, _("'%.64s' is no language; write it as in de, de_AT or en_GB"), text);
  set_text (&preferences->language, normal);
  return TRUE;
}

static gboolean
read_timezone (JtPreferences *preferences, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);
  g_autoptr (GError) reason = NULL;
  g_autoptr (JtZone) zone = *text == '\0' ? NULL : jt_zone_get (text, &reason);

  if (reason != NULL)
    return refuse (error, "%s", reason->message);
  set_text (&preferences->timezone, text);
  return TRUE;
}

static gboolean
read_email (JtPreferences *preferences, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);

  if (!check_length (text, error))
    return FALSE;
  if (*text != '\0' && jt_address_find_fault (text) != NULL)
    return refuse (error, _("'%.64s' is not one plain address; write it as in ops@example.com"), text);
  set_text (&preferences->email, text);
  return TRUE;
}

static gboolean
read_quiet_hours (JtPreferences *preferences, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);
  JtQuietHours *quiet = check_length (text, error) ? jt_quiet_hours_parse (text, error) : NULL;

  if (quiet == NULL)
    return FALSE;
  jt_quiet_hours_unref (preferences->quiet_hours);
  preferences->quiet_hours = quiet;
  return TRUE;
}

static gboolean
read_digest (JtPreferences *preferences, GVariant *value, GError **error)
{
  return jt_digest_times_parse (g_variant_get_string (value, NULL), &preferences->digest, error);
}

static gboolean
read_severity (JtSeverity *severity, const char *text, GError **error)
{
  return jt_severity_from_string (text, severity)
         || refuse (error, _("'%.64s' is no severity; there is info, notice, warning, error"), text);
}

static gboolean
read_quiet_except (JtPreferences *preferences, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);

  if (*text != '\0')
    return read_severity (&preferences->quiet_except, text, error);
  preferences->quiet_except = JT_N_SEVERITIES;
  return TRUE;
}

static gboolean
read_digest_below (JtPreferences *preferences, GVariant *value, GError **error)
{
  return read_severity (&preferences->digest_below, g_variant_get_string (value, NULL), error);
}

static GVariant *
write_language (JtPreferences *preferences)
{
  return g_variant_new_string (preferences->language);
}

static GVariant *
write_timezone (JtPreferences *preferences)
{
  return g_variant_new_string (preferences->timezone);
}

static GVariant *
write_email (JtPreferences *preferences)
{
  return g_variant_new_string (preferences->email);
}

static GVariant *
write_quiet_hours (JtPreferences *preferences)
{
  return g_variant_new_string (jt_quiet_hours_get_text (preferences->quiet_hours));
}

static GVariant *
write_quiet_except (JtPreferences *preferences)
{
  return g_variant_new_string (preferences->quiet_except == JT_N_SEVERITIES ? "" : jt_severity_to_string (preferences->quiet_except));
}

static GVariant *
write_digest (JtPreferences *preferences)
{
  return g_variant_new_take_string (jt_digest_times_format (&preferences->digest));
}

static GVariant *
write_digest_below (JtPreferences *preferences)
{
  return g_variant_new_string (jt_severity_to_string (preferences->digest_below));
}

/* --- lists --- */

/* Each entry once, in the order given. */
static gboolean
read_channels (char ***field, GVariant *list, gboolean takes_users, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *entry;

  if (g_variant_iter_init (&iter, list) > JT_PREFERENCES_MAX_ENTRIES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("more than %d entries"), JT_PREFERENCES_MAX_ENTRIES);
      return FALSE;
    }
  while (g_variant_iter_next (&iter, "&s", &entry))
    {
      const char *fault = jt_notify_channel_find_fault (entry, takes_users);

      if (!check_length (entry, error))
        return FALSE;
      if (fault != NULL)
        return refuse (error, "'%.64s' %s", entry, fault);
      if (g_hash_table_add (seen, (char *) entry))
        g_strv_builder_add (builder, entry);
    }
  g_strfreev (*field);
  *field = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_default_channels (JtPreferences *preferences, GVariant *value, GError **error)
{
  return read_channels (&preferences->default_channels, value, FALSE, error);
}

static gboolean
read_escalate_to (JtPreferences *preferences, GVariant *value, GError **error)
{
  return read_channels (&preferences->escalate_to, value, TRUE, error);
}

static gboolean
read_rules (JtPreferences *preferences, GVariant *value, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_notify_rule_free);
  GVariantIter iter;
  GVariant *entry;

  if (g_variant_iter_init (&iter, value) > JT_PREFERENCES_MAX_RULES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("more than %d rules"), JT_PREFERENCES_MAX_RULES);
      return FALSE;
    }
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) owned = entry;
      JtNotifyRule *rule = jt_notify_rule_new (owned, rules->len + 1, error);

      if (rule == NULL)
        return FALSE;
      g_ptr_array_add (rules, rule);
    }
  g_clear_pointer (&preferences->rules, g_ptr_array_unref);
  preferences->rules = g_steal_pointer (&rules);
  return TRUE;
}

static GVariant *
write_default_channels (JtPreferences *preferences)
{
  return g_variant_new_strv ((const char *const *) preferences->default_channels, -1);
}

static GVariant *
write_escalate_to (JtPreferences *preferences)
{
  return g_variant_new_strv ((const char *const *) preferences->escalate_to, -1);
}

static GVariant *
write_rules (JtPreferences *preferences)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < preferences->rules->len; i++)
    g_variant_builder_add_value (&builder, jt_notify_rule_to_variant (g_ptr_array_index (preferences->rules, i)));
  return g_variant_builder_end (&builder);
}

/* --- numbers --- */

static gboolean
read_span (gint64 *field, GVariant *value, guint64 least, guint64 most, GError **error)
{
  guint64 usec = g_variant_get_uint64 (value);
  g_autofree char *shown = usec <= G_MAXINT64 ? jt_duration_format ((gint64) usec) : NULL;
  g_autofree char *least_shown = jt_duration_format ((gint64) least);
  g_autofree char *most_shown = jt_duration_format ((gint64) most);

  if (usec > 0 && (usec < least || usec > most))
    return refuse (error, _("%s is out of range; write 0, or %s to %s"), shown != NULL ? shown : "2^63 us", least_shown, most_shown);
  *field = (gint64) usec;
  return TRUE;
}

static gboolean
read_throttle (JtPreferences *preferences, GVariant *value, GError **error)
{
  return read_span (&preferences->throttle_usec, value, SECOND, DAY, error);
}

static gboolean
read_throttle_burst (JtPreferences *preferences, GVariant *value, GError **error)
{
  guint32 burst = g_variant_get_uint32 (value);

  /* The ring of a JtThrottle holds no more. */
  if (burst < 1 || burst > JT_THROTTLE_MAX_BURST)
    return refuse (error, _("%u is out of range; write 1 to %d, and throttle 0 for no limit"), burst, JT_THROTTLE_MAX_BURST);
  preferences->throttle_burst = burst;
  return TRUE;
}

static gboolean
read_remind_every (JtPreferences *preferences, GVariant *value, GError **error)
{
  return read_span (&preferences->remind_every_usec, value, MINUTE, 366 * DAY, error);
}

static gboolean
read_escalate_after (JtPreferences *preferences, GVariant *value, GError **error)
{
  return read_span (&preferences->escalate_after_usec, value, MINUTE, 366 * DAY, error);
}

static GVariant *
write_throttle (JtPreferences *preferences)
{
  return g_variant_new_uint64 ((guint64) preferences->throttle_usec);
}

static GVariant *
write_throttle_burst (JtPreferences *preferences)
{
  return g_variant_new_uint32 (preferences->throttle_burst);
}

static GVariant *
write_remind_every (JtPreferences *preferences)
{
  return g_variant_new_uint64 ((guint64) preferences->remind_every_usec);
}

static GVariant *
write_escalate_after (JtPreferences *preferences)
{
  return g_variant_new_uint64 ((guint64) preferences->escalate_after_usec);
}

/* --- switches --- */

static gboolean
read_enabled (JtPreferences *preferences, GVariant *value, GError **error)
{
  preferences->is_enabled = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_only_changes (JtPreferences *preferences, GVariant *value, GError **error)
{
  preferences->has_only_changes = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_away_summary (JtPreferences *preferences, GVariant *value, GError **error)
{
  preferences->has_away_summary = g_variant_get_boolean (value);
  return TRUE;
}

static GVariant *
write_enabled (JtPreferences *preferences)
{
  return g_variant_new_boolean (preferences->is_enabled);
}

static GVariant *
write_only_changes (JtPreferences *preferences)
{
  return g_variant_new_boolean (preferences->has_only_changes);
}

static GVariant *
write_away_summary (JtPreferences *preferences)
{
  return g_variant_new_boolean (preferences->has_away_summary);
}

/* --- the table --- */

const JtPreferenceKey jt_preference_keys[JT_N_PREFERENCES] = {
  { { "enabled", "b", "", "BOOL", "true", N_("whether anything is told at all") }, read_enabled, write_enabled },
  { { "language", "s", "", "LANGUAGE", "''", N_("the language of what is told, as in de or de_AT") }, read_language, write_language },
  { { "timezone", "s", "", "ZONE", "''", N_("the zone of times that are shown, quiet hours and digests") }, read_timezone, write_timezone },
  { { "email", "s", "", "ADDRESS", "''", N_("where mail goes") }, read_email, write_email },
  { { "default-channels", "as", "", "CHANNEL…", "['desktop', 'email']", N_("how what no rule is about is told") },
    read_default_channels, write_default_channels },
  { { "rules", "aa{sv}", "", "RULE…", "@aa{sv} []", N_("which events of which jobs are told how; the first that matches decides") },
    read_rules, write_rules },
  { { "quiet-hours", "s", "", "WINDOW;…", "''", N_("when nobody is to be disturbed; what comes then waits") }, read_quiet_hours, write_quiet_hours },
  { { "quiet-except", "s", "", "SEVERITY", "''", N_("the severity from which on quiet hours are broken through") },
    read_quiet_except, write_quiet_except },
  { { "digest", "s", "", "TIMES", "'off'", N_("when what can wait is told together") }, read_digest, write_digest },
  { { "digest-below", "s", "", "SEVERITY", "'warning'", N_("the severity below which it can wait for the digest") },
    read_digest_below, write_digest_below },
  { { "throttle", "t", "µs", "DURATION", "uint64 60000000", N_("the span in which throttle-burst are told one by one; the rest becomes a digest") },
    read_throttle, write_throttle },
  { { "throttle-burst", "u", "", "N", "uint32 10", N_("how many are told one by one in the span of throttle") }, read_throttle_burst, write_throttle_burst },
  { { "only-changes", "b", "", "BOOL", "false", N_("whether only the first failure and the recovery are told") },
    read_only_changes, write_only_changes },
  { { "remind-every", "t", "µs", "DURATION", "uint64 0", N_("how often trouble that nobody acknowledged is told again") },
    read_remind_every, write_remind_every },
  { { "escalate-after", "t", "µs", "DURATION", "uint64 0", N_("after how long trouble that nobody acknowledged is told to others") },
    read_escalate_after, write_escalate_after },
  { { "escalate-to", "as", "", "RECIPIENT…", "@as []", N_("whom trouble is told that nobody acknowledged") }, read_escalate_to, write_escalate_to },
  { { "away-summary", "b", "", "BOOL", "true", N_("whether one popup at log-in says what happened meanwhile") },
    read_away_summary, write_away_summary },
};
