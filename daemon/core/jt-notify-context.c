/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify-context.h"

#include <math.h>
#include <string.h>

#include "jt-duration.h"
#include "jt-notify-event.h"

#define SECOND_USEC ((gint64) G_USEC_PER_SEC)
#define MINUTE_USEC (60 * SECOND_USEC)
#define DAY_USEC (24 * 3600 * SECOND_USEC)
#define MAX_LINE 400
/* A digest has no more, see JT_OUTBOX_MAX_DIGEST. */
#define MAX_ENTRIES 500
/* Longer or shorter than usual by this much is worth a word. */
#define SLOWER 1.5
#define FASTER 0.5

static guint64
look_up_uint64 (GVariant *row, const char *key)
{
  guint64 value = 0;

  if (row != NULL)
    g_variant_lookup (row, key, "t", &value);
  return value;
}

static const char *
look_up_text (GVariant *row, const char *key)
{
  const char *text = "";

  if (row != NULL && !g_variant_lookup (row, key, "&s", &text))
    g_variant_lookup (row, key, "&o", &text);
  return text;
}

static gint32
look_up_int32 (GVariant *row, const char *key, gint32 fallback)
{
  gint32 value = fallback;

  if (row != NULL)
    g_variant_lookup (row, key, "i", &value);
  return value;
}

/* As people read it: the finer, the shorter it was. (transfer full) */
static char *
say_duration (gint64 usec)
{
  gint64 grain = usec >= DAY_USEC ? MINUTE_USEC : usec >= SECOND_USEC ? SECOND_USEC : 1000;
  gint64 rounded = (usec + grain / 2) / grain * grain;

  return rounded == 0 ? g_strdup ("<1ms") : jt_duration_format (rounded);
}

/* (transfer full) "" for 0 */
static char *
say_time (JtZone *zone, gint64 usec)
{
  const char *abbreviation = "UTC";
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL;
  int offset;

  if (usec <= 0)
    return g_strdup ("");
  offset = jt_zone_offset_at (zone, usec, &abbreviation);
  time = g_date_time_new_from_unix_utc (usec / SECOND_USEC + offset);
  if (time == NULL)
    return g_strdup ("");
  text = g_date_time_format (time, "%Y-%m-%d %H:%M:%S");
  return g_strdup_printf ("%s %s", text, abbreviation);
}

static char *
say_time_utc (gint64 usec)
{
  g_autoptr (GDateTime) time = usec > 0 ? g_date_time_new_from_unix_utc (usec / SECOND_USEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

static void
insert_taken (GVariantDict *dict, const char *key, char *text)
{
  g_variant_dict_insert (dict, key, "s", text);
  g_free (text);
}

/* An instant that is unknown is not told. */
static void
insert_time (GVariantDict *dict, const char *key, JtZone *zone, guint64 usec)
{
  if (usec != 0)
    insert_taken (dict, key, say_time (zone, (gint64) usec));
}

/* Behind the escape sequence that begins at @at (ECMA-48): colours and cursors, titles of windows, character sets. */
static const char *
skip_escape (const char *at)
{
  const char *next = at + 1;

  if (*next == '[')
    {
      next++;
      next += strspn (next, "0123456789:;<=>?");
      next += strspn (next, " !\"#$%&'()*+,-./");
      return *next >= 0x40 && *next <= 0x7e ? next + 1 : next;
    }
  if (*next != '\0' && strchr ("]PX^_", *next) != NULL)
    {
      next += strcspn (next, "\a\x1b");
      if (*next == '\a')
        return next + 1;
      return next[0] == 0x1b && next[1] == '\\' ? next + 2 : next;
    }
  next += strspn (next, " !\"#$%&'()*+,-./");
  return *next >= 0x30 && *next <= 0x7e ? next + 1 : next;
}

/* What can be seen and does nothing to what is around it. */
static gboolean
is_plain (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* A line as anybody may see it: one line of sound text, without what moves cursors or turns writing round. (transfer full) */
static char *
clean_line (const char *line, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (line, (gssize) length);
  GString *clean = g_string_new (NULL);
  guint n = 0;

  for (const char *at = valid; *at != '\0';)
    {
      gunichar c = g_utf8_get_char (at);

      if (c == 0x1b)
        {
          at = skip_escape (at);
          continue;
        }
      at = g_utf8_next_char (at);
      if (c == '\t' || c == '\n')
        g_string_append_c (clean, ' ');
      else if (is_plain (c))
        g_string_append_unichar (clean, c);
      else
        continue;
      if (++n >= MAX_LINE && *at != '\0')
        {
          g_string_append (clean, "…");
          break;
        }
    }
  return g_string_free (clean, FALSE);
}

static void
insert_text (GVariantDict *dict, const char *key, const char *text)
{
  if (*text != '\0')
    insert_taken (dict, key, clean_line (text, strlen (text)));
}

/* event */

static GVariant *
make_event (const JtDelivery *delivery, GVariant *facts, JtZone *zone)
{
  GVariantDict dict;
  JtNotifyEvent event = JT_NOTIFY_TEST;
  g_autofree char *flag = g_strconcat ("is-", delivery->event, NULL);
  guint32 reminder = 0;
  gboolean is_escalation = FALSE;

  jt_notify_event_from_string (delivery->event, &event);
  if (facts != NULL)
    {
      g_variant_lookup (facts, "reminder", "u", &reminder);
      g_variant_lookup (facts, "is-escalation", "b", &is_escalation);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", delivery->event);
  g_variant_dict_insert (&dict, "severity", "s", delivery->severity);
  insert_taken (&dict, "at", say_time (zone, delivery->created_usec));
  insert_taken (&dict, "at-utc", say_time_utc (delivery->created_usec));
  g_variant_dict_insert (&dict, flag, "b", TRUE);
  g_variant_dict_insert (&dict, "is-bad", "b", g_str_equal (delivery->severity, "error") || g_str_equal (delivery->severity, "warning"));
  g_variant_dict_insert (&dict, "is-good", "b", event == JT_NOTIFY_SUCCEEDED || event == JT_NOTIFY_RECOVERED);
  g_variant_dict_insert (&dict, "is-reminder", "b", reminder > 0);
  g_variant_dict_insert (&dict, "is-escalation", "b", is_escalation);
  g_variant_dict_insert (&dict, "reminder", "u", reminder);
  return g_variant_dict_end (&dict);
}

/* job */

static GVariant *
make_job (const JtDelivery *delivery, GVariant *job, JtZone *zone)
{
  GVariantDict dict;
  g_autofree const char **schedule = NULL;
  g_autoptr (GVariant) tags = job != NULL ? g_variant_lookup_value (job, "tags", G_VARIANT_TYPE ("as")) : NULL;

  g_variant_dict_init (&dict, NULL);
  insert_text (&dict, "name", delivery->job_name != NULL ? delivery->job_name : "");
  g_variant_dict_insert (&dict, "id", "t", delivery->job);
  insert_text (&dict, "description", look_up_text (job, "description"));
  insert_text (&dict, "owner", look_up_text (job, "owner-name"));
  if (job != NULL && g_variant_lookup (job, "schedule", "^a&s", &schedule) && schedule[0] != NULL)
    {
      g_autofree char *joined = g_strjoinv ("; ", (char **) schedule);

      insert_text (&dict, "schedule", joined);
    }
  insert_time (&dict, "next", zone, look_up_uint64 (job, "next-elapse"));
  if (tags != NULL)
    g_variant_dict_insert_value (&dict, "tags", tags);
  insert_text (&dict, "command", look_up_text (job, "command"));
  insert_text (&dict, "health", look_up_text (job, "health"));
  return g_variant_dict_end (&dict);
}

/* run */

/* (transfer full) */
static char *
say_signal (gint32 number)
{
  const char *name = sigabbrev_np (number);

  return name != NULL ? g_strconcat ("SIG", name, NULL) : g_strdup_printf ("%d", number);
}

/* In words, and what other languages make their words of. */
static void
insert_exit (GVariantDict *dict, GVariant *row)
{
  gint32 code = look_up_int32 (row, "exit-code", -1);
  gint32 number = look_up_int32 (row, "signal", 0);
  g_autofree char *name = number > 0 ? say_signal (number) : NULL;

  if (code >= 0)
    g_variant_dict_insert (dict, "exit-code", "i", code);
  if (number > 0)
    g_variant_dict_insert (dict, "signal", "s", name);
  if (number > 0)
    insert_taken (dict, "exit", g_strdup_printf ("signal %d (%s)", number, name));
  else if (code >= 0)
    insert_taken (dict, "exit", g_strdup_printf ("exit code %d", code));
}

static void
insert_span (GVariantDict *dict, const char *key, guint64 from_usec, guint64 to_usec)
{
  if (from_usec != 0 && to_usec >= from_usec)
    insert_taken (dict, key, say_duration ((gint64) (to_usec - from_usec)));
}

static GVariant *
make_attempt (GVariant *row, JtZone *zone)
{
  static const char *const texts[] = { "started", "duration", "state", "exit", "signal", "reason" };
  const char *state = look_up_text (row, "state");
  GVariantDict dict;
  guint32 number = 0;
  guint64 started_usec = look_up_uint64 (row, "started-at");

  g_variant_lookup (row, "attempt", "u", &number);
  g_variant_dict_init (&dict, NULL);
  /* (empty ones too: else a template would find those of the run) */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_variant_dict_insert (&dict, texts[i], "s", "");
  g_variant_dict_insert (&dict, "number", "u", number);
  insert_time (&dict, "started", zone, started_usec);
  insert_span (&dict, "duration", started_usec, look_up_uint64 (row, "finished-at"));
  insert_text (&dict, "state", state);
  insert_exit (&dict, row);
  insert_text (&dict, "reason", look_up_text (row, "reason"));
  g_variant_dict_insert (&dict, "is-good", "b", g_str_equal (state, "succeeded"));
  g_variant_dict_insert (&dict, "is-timed-out", "b", g_str_equal (state, "timed-out"));
  g_variant_dict_insert (&dict, "is-lost", "b", g_str_equal (state, "lost"));
  return g_variant_dict_end (&dict);
}

static void
insert_attempts (GVariantDict *dict, GVariant *facts, JtZone *zone)
{
  g_autoptr (GVariant) attempts = g_variant_lookup_value (facts, "attempts", G_VARIANT_TYPE ("aa{sv}"));
  GVariantBuilder builder;

  if (attempts == NULL)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (attempts); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (attempts, i);

      g_variant_builder_add_value (&builder, make_attempt (row, zone));
    }
  g_variant_dict_insert_value (dict, "attempts", g_variant_builder_end (&builder));
}

static void
insert_size (GVariantDict *dict, const char *key, guint64 bytes)
{
  if (bytes != 0)
    insert_taken (dict, key, g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS));
}

/* How long it took, or has taken by now; 0: nothing to speak of, it begins. */
static guint64
run_duration (const JtDelivery *delivery, GVariant *run)
{
  guint64 started_usec = look_up_uint64 (run, "started-at");
  guint64 finished_usec = look_up_uint64 (run, "finished-at");
  guint64 until_usec = finished_usec != 0 ? finished_usec : (guint64) delivery->created_usec;

  if (g_str_equal (delivery->event, "started"))
    return 0;
  return started_usec != 0 && until_usec > started_usec ? until_usec - started_usec : 0;
}

static GVariant *
make_run (const JtDelivery *delivery, GVariant *facts, GVariant *run, JtZone *zone)
{
  GVariantDict dict;
  guint32 attempt = 0;
  guint32 max_attempts = 0;
  guint64 duration_usec = run_duration (delivery, run);
  guint64 cpu_usec = look_up_uint64 (run, "cpu-usage");

  g_variant_lookup (run, "attempt", "u", &attempt);
  g_variant_lookup (run, "max-attempts", "u", &max_attempts);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "t", delivery->run);
  insert_text (&dict, "state", look_up_text (run, "state"));
  insert_text (&dict, "trigger", look_up_text (run, "trigger"));
  g_variant_dict_insert (&dict, "attempt", "u", attempt);
  g_variant_dict_insert (&dict, "max-attempts", "u", max_attempts);
  g_variant_dict_insert (&dict, "has-retries", "b", attempt > 1);
  insert_time (&dict, "started", zone, look_up_uint64 (run, "started-at"));
  insert_time (&dict, "finished", zone, look_up_uint64 (run, "finished-at"));
  insert_time (&dict, "scheduled-for", zone, look_up_uint64 (run, "scheduled-for"));
  insert_time (&dict, "next-attempt", zone, look_up_uint64 (run, "next-attempt-at"));
  if (duration_usec > 0)
    insert_taken (&dict, "duration", say_duration ((gint64) duration_usec));
  insert_exit (&dict, run);
  insert_text (&dict, "reason", look_up_text (run, "reason"));
  insert_text (&dict, "cause", look_up_text (run, "cause"));
  insert_text (&dict, "message", look_up_text (run, "message"));
  if (cpu_usec > 0)
    insert_taken (&dict, "cpu", say_duration ((gint64) cpu_usec));
  insert_size (&dict, "memory", look_up_uint64 (run, "memory-peak"));
  insert_size (&dict, "log-size", look_up_uint64 (run, "log-size"));
  insert_attempts (&dict, facts, zone);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_missed (GVariant *run, JtZone *zone)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "count", "t", look_up_uint64 (run, "count"));
  insert_time (&dict, "from", zone, look_up_uint64 (run, "from"));
  insert_time (&dict, "to", zone, look_up_uint64 (run, "to"));
  return g_variant_dict_end (&dict);
}

static GVariant *
make_late (GVariant *facts, JtZone *zone)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  insert_time (&dict, "expected", zone, look_up_uint64 (facts, "expected-at"));
  return g_variant_dict_end (&dict);
}

/* log */

/* What a progress bar has written last over what it wrote before. Changes @line. */
static const char *
last_written (char *line)
{
  const char *carriage;

  g_strchomp (line);
  carriage = strrchr (line, '\r');
  return carriage != NULL ? carriage + 1 : line;
}

static GVariant *
make_log (const JtContextParts *parts)
{
  GVariantDict dict;
  g_auto (GStrv) lines = g_strsplit (parts->log != NULL ? parts->log : "", "\n", -1);
  guint n_lines = g_strv_length (lines);
  guint first;
  g_autoptr (GString) tail = g_string_new (NULL);

  if (n_lines > 0 && *lines[n_lines - 1] == '\0')
    n_lines--;
  first = n_lines > JT_CONTEXT_LOG_LINES ? n_lines - JT_CONTEXT_LOG_LINES : 0;
  for (guint i = first; i < n_lines; i++)
    {
      const char *written = last_written (lines[i]);
      g_autofree char *line = clean_line (written, strlen (written));

      g_string_append_printf (tail, "%s%s", i > first ? "\n" : "", line);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "tail", "s", tail->str);
  g_variant_dict_insert (&dict, "lines", "u", n_lines - first);
  g_variant_dict_insert (&dict, "is-cut", "b", parts->is_log_cut || first > 0);
  g_variant_dict_insert (&dict, "has-text", "b", tail->len > 0);
  return g_variant_dict_end (&dict);
}

/* statistics */

static void
compare (GVariantDict *dict, guint64 duration_usec, double typical_usec)
{
  double times = (double) duration_usec / typical_usec;

  insert_taken (dict, "times-usual", g_strdup_printf (times < 10 ? "%.1f" : "%.0f", times));
  g_variant_dict_insert (dict, "is-slower", "b", times >= SLOWER);
  g_variant_dict_insert (dict, "is-faster", "b", times <= FASTER);
  g_variant_dict_insert (dict, "bar", "u", (guint32) CLAMP (lround (times * 50), 1, 100));
}

static void
insert_past (GVariantDict *dict, const JtDelivery *delivery, GVariant *run, const JtRollup *rollup)
{
  double typical_usec = rollup->succeeded.sum > 0 ? jt_sketch_get_quantile (&rollup->succeeded.sketch, 0.5) : 0;
  double rate = jt_rollup_get_success_rate (rollup);
  guint64 duration_usec = run != NULL ? run_duration (delivery, run) : 0;

  g_variant_dict_insert (dict, "runs", "t", jt_rollup_count (rollup));
  if (rate >= 0)
    /* (rounded down: one failure in a thousand is not a hundred per cent) */
    insert_taken (dict, "success-rate", g_strdup_printf ("%.0f %%", floor (rate * 100)));
  if (typical_usec <= 0)
    return;
  insert_taken (dict, "typical", say_duration ((gint64) typical_usec));
  if (duration_usec > 0)
    compare (dict, duration_usec, typical_usec);
}

static void
insert_trouble (GVariantDict *dict, const JtDelivery *delivery, GVariant *facts, gint32 streak, JtZone *zone)
{
  guint64 turned_usec = look_up_uint64 (facts, "turned-at");

  if (streak < 0)
    {
      g_variant_dict_insert (dict, "failures-in-row", "u", (guint32) -streak);
      insert_time (dict, "failing-since", zone, turned_usec);
      insert_span (dict, "down-for", turned_usec, (guint64) delivery->created_usec);
    }
  else if (look_up_uint64 (facts, "phase") > 0 && g_str_equal (delivery->event, "recovered"))
    insert_taken (dict, "down-for", say_duration ((gint64) look_up_uint64 (facts, "phase")));
}

static GVariant *
make_statistics (const JtDelivery *delivery, GVariant *facts, GVariant *job, GVariant *run, const JtContextParts *parts)
{
  GVariantDict dict;
  gint32 streak = look_up_int32 (job, "streak", 0);

  g_variant_dict_init (&dict, NULL);
  if (parts->rollup != NULL)
    insert_past (&dict, delivery, run, parts->rollup);
  g_variant_dict_insert (&dict, "streak", "i", streak);
  g_variant_dict_insert (&dict, "streak-abs", "u", (guint32) ABS (streak));
  insert_trouble (&dict, delivery, facts, streak, parts->zone);
  return g_variant_dict_end (&dict);
}

/* links, recipient, digest */

static void
insert_link (GVariantDict *dict, const char *key, const char *url, const char *format, guint64 number)
{
  g_autofree char *number_text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_auto (GStrv) around = g_strsplit (format, "#", 2);

  if (number != 0)
    insert_taken (dict, key, g_strconcat (url, around[0], number_text, around[1], NULL));
}

GVariant *
jt_notify_context_links (const JtDelivery *delivery, const char *gateway_url)
{
  GVariantDict dict;

  if (gateway_url == NULL || *gateway_url == '\0')
    return NULL;
  g_variant_dict_init (&dict, NULL);
  insert_link (&dict, "run", gateway_url, "/?run=#", delivery->run);
  insert_link (&dict, "job", gateway_url, "/?job=#", delivery->job);
  insert_link (&dict, "log", gateway_url, "/job-logs/#/log", delivery->run);
  insert_link (&dict, "mute", gateway_url, "/?job=#&mute=1h", delivery->job);
  insert_taken (&dict, "preferences", g_strconcat (gateway_url, "/?preferences", NULL));
  g_variant_dict_insert (&dict, "has-any", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_recipient (const JtDelivery *delivery, const char *language)
{
  GVariantDict dict;
  const char *address = delivery->address != NULL ? delivery->address : "";

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", delivery->user_name != NULL ? delivery->user_name : address);
  insert_text (&dict, "address", address);
  insert_text (&dict, "language", language != NULL ? language : "");
  g_variant_dict_insert (&dict, "channel", "s", delivery->channel);
  g_variant_dict_insert (&dict, "is-user", "b", delivery->is_user);
  return g_variant_dict_end (&dict);
}

static void
insert_about (GVariantDict *dict, const JtDelivery *delivery, JtZone *zone)
{
  g_autoptr (GVariant) job = delivery->facts != NULL ? g_variant_lookup_value (delivery->facts, "job", G_VARIANT_TYPE_VARDICT) : NULL;
  g_autoptr (GVariant) run = delivery->facts != NULL ? g_variant_lookup_value (delivery->facts, "run", G_VARIANT_TYPE_VARDICT) : NULL;

  g_variant_dict_insert_value (dict, "event", make_event (delivery, delivery->facts, zone));
  if (delivery->job != 0)
    g_variant_dict_insert_value (dict, "job", make_job (delivery, job, zone));
  if (run == NULL)
    {
      if (delivery->facts != NULL && look_up_uint64 (delivery->facts, "expected-at") != 0)
        g_variant_dict_insert_value (dict, "late", make_late (delivery->facts, zone));
      return;
    }
  if (delivery->run != 0)
    g_variant_dict_insert_value (dict, "run", make_run (delivery, delivery->facts, run, zone));
  if (look_up_uint64 (run, "count") > 0)
    g_variant_dict_insert_value (dict, "missed", make_missed (run, zone));
}

static GVariant *
make_entry (const JtDelivery *delivery, JtZone *zone)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  insert_about (&dict, delivery, zone);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_digest (const JtDelivery *delivery, const JtContextParts *parts)
{
  GVariantDict dict;
  GVariantBuilder entries;
  guint n_failures = 0;
  gint64 from_usec = G_MAXINT64;
  gint64 to_usec = 0;
  gboolean is_storm = FALSE;
  guint n_told = MIN (parts->entries->len, MAX_ENTRIES);
  guint n_more = MAX (delivery->count, parts->entries->len) - n_told;

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < parts->entries->len; i++)
    {
      const JtDelivery *entry = g_ptr_array_index (parts->entries, i);

      n_failures += g_str_equal (entry->severity, "error");
      from_usec = MIN (from_usec, entry->created_usec);
      to_usec = MAX (to_usec, entry->created_usec);
      if (i < MAX_ENTRIES)
        g_variant_builder_add_value (&entries, make_entry (entry, parts->zone));
    }
  if (delivery->facts != NULL)
    g_variant_lookup (delivery->facts, "is-storm", "b", &is_storm);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "count", "u", MAX (delivery->count, parts->entries->len));
  g_variant_dict_insert (&dict, "failures", "u", n_failures);
  insert_time (&dict, "from", parts->zone, from_usec == G_MAXINT64 ? 0 : (guint64) from_usec);
  insert_time (&dict, "to", parts->zone, (guint64) to_usec);
  g_variant_dict_insert (&dict, "is-storm", "b", is_storm);
  g_variant_dict_insert_value (&dict, "entries", g_variant_builder_end (&entries));
  /* (0 would count as something) */
  if (n_more > 0)
    g_variant_dict_insert (&dict, "more", "u", n_more);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_test (const JtDelivery *delivery)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "channel", "s", delivery->channel);
  return g_variant_dict_end (&dict);
}

GVariant *
jt_notify_context_new (const JtDelivery *delivery, const JtContextParts *parts)
{
  GVariantDict dict;
  g_autoptr (GVariant) job = delivery->facts != NULL ? g_variant_lookup_value (delivery->facts, "job", G_VARIANT_TYPE_VARDICT) : NULL;
  g_autoptr (GVariant) run = delivery->facts != NULL ? g_variant_lookup_value (delivery->facts, "run", G_VARIANT_TYPE_VARDICT) : NULL;
  GVariant *links = jt_notify_context_links (delivery, parts->gateway_url);

  g_variant_dict_init (&dict, NULL);
  insert_about (&dict, delivery, parts->zone);
  g_variant_dict_insert_value (&dict, "log", make_log (parts));
  if (job != NULL)
    g_variant_dict_insert_value (&dict, "statistics", make_statistics (delivery, delivery->facts, job, run, parts));
  g_variant_dict_insert (&dict, "host", "s", parts->host);
  g_variant_dict_insert (&dict, "timezone", "s", jt_zone_get_name (parts->zone));
  if (links != NULL)
    g_variant_dict_insert_value (&dict, "links", links);
  g_variant_dict_insert_value (&dict, "recipient", make_recipient (delivery, parts->language));
  if (parts->entries != NULL)
    g_variant_dict_insert_value (&dict, "digest", make_digest (delivery, parts));
  if (g_str_equal (delivery->event, "test"))
    g_variant_dict_insert_value (&dict, "test", make_test (delivery));
  return g_variant_dict_end (&dict);
}
