/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-template-sample.h"

#include <string.h>

#include "jt-template-keys.h"

#define FALLBACK_EVENT "failed"
#define N_ATTEMPTS 2

/* What another event than the table's "failed" has in place of the table's sample; the first row that fits counts. */
typedef struct
{
  const char *events; /* with spaces around each */
  const char *name;
  const char *sample;
} Change;

static const Change changes[] = {
  { " succeeded cancelled ", "event.severity", "info" },
  { " recovered ", "event.severity", "notice" },
  { " started skipped digest summary test ", "event.severity", "info" },
  { " retrying slow ", "event.severity", "warning" },
  { " succeeded recovered started skipped cancelled retrying digest summary test ", "event.is-bad", "" },
  { " succeeded recovered ", "event.is-good", "yes" },
  { " succeeded recovered ", "run.state", "succeeded" },
  { " started slow ", "run.state", "running" },
  { " timed-out ", "run.state", "timed-out" },
  { " lost ", "run.state", "lost" },
  { " skipped ", "run.state", "skipped" },
  { " cancelled ", "run.state", "cancelled" },
  { " retrying ", "run.state", "retrying" },
  { " timed-out cancelled ", "run.exit", "signal 15 (SIGTERM)" },
  { " timed-out cancelled ", "run.signal", "SIGTERM" },
  { " timed-out ", "run.reason", "it took longer than its timeout of 4min" },
  { " cancelled ", "run.reason", "cancelled by alice" },
  { " skipped ", "run.reason", "the run before it is still going" },
  { " lost ", "run.reason", "the machine was restarted and left no trace of it" },
  { " succeeded recovered ", "run.exit", "exit code 0" },
  { " succeeded recovered started slow skipped ", "run.reason", "" },
  { " started slow skipped lost ", "run.exit", "" },
  { " succeeded recovered started slow skipped lost timed-out cancelled ", "run.exit-code", "0" },
  { " succeeded recovered started slow ", "run.message", "" },
  { " started slow ", "run.finished", "" },
  { " started skipped ", "run.duration", "" },
  { " succeeded recovered ", "job.health", "ok" },
  { " succeeded ", "statistics.streak", "12" },
  { " succeeded ", "statistics.streak-abs", "12" },
  { " recovered ", "statistics.streak", "1" },
  { " recovered ", "statistics.streak-abs", "1" },
  { " succeeded ", "statistics.failures-in-row", "0" },
  { " succeeded ", "statistics.failing-since", "" },
  { " succeeded ", "statistics.down-for", "" },
  { " succeeded recovered ", "log.tail", "copying volume 3 of 3\nwrote 12 GiB\nall is well" },
  { " started skipped ", "log.tail", "" },
  { " started skipped ", "log.lines", "0" },
  { " started skipped ", "log.is-cut", "" },
  { " started skipped ", "log.has-text", "" },
};

/* Groups that only some events have, or that some do not. */
static const struct
{
  const char *name;
  const char *only; /* (nullable) */
  const char *not;  /* (nullable) */
} presence[] = {
  { "job", NULL, " digest summary test " },
  { "run", NULL, " missed late digest summary test " },
  { "log", NULL, " missed late digest summary test " },
  { "statistics", NULL, " digest summary test " },
  { "missed", " missed ", NULL },
  { "late", " late ", NULL },
  { "digest", " digest summary ", NULL },
  { "test", " test ", NULL },
};

static gboolean
is_among (const char *events, const char *event)
{
  g_autofree char *word = g_strdup_printf (" %s ", event);

  return strstr (events, word) != NULL;
}

static gboolean
is_present (const char *group, const char *event)
{
  for (guint i = 0; event != NULL && i < G_N_ELEMENTS (presence); i++)
    if (g_str_equal (presence[i].name, group))
      return (presence[i].only == NULL || is_among (presence[i].only, event)) && (presence[i].not == NULL || !is_among (presence[i].not, event));
  return TRUE;
}

static const char *
find_sample (const JtTemplateKey *key, const char *event)
{
  if (event == NULL)
    return key->sample != NULL ? key->sample : key->kind == JT_TEMPLATE_FLAG ? "yes" : "SIGTERM";
  if (g_str_equal (key->name, "event.name"))
    return event;
  if (g_str_has_prefix (key->name, "event.is-") && g_str_equal (key->name + strlen ("event.is-"), event))
    return "yes";
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    if (g_str_equal (changes[i].name, key->name) && is_among (changes[i].events, event))
      return changes[i].sample;
  /* The table's sample is of one that failed. */
  if (g_str_equal (key->name, "event.is-failed"))
    return "";
  return key->sample != NULL ? key->sample : "";
}

static GVariant *
make_value (const JtTemplateKey *key, const char *sample)
{
  if (key->kind == JT_TEMPLATE_FLAG)
    return g_variant_new_boolean (*sample != '\0');
  if (key->kind == JT_TEMPLATE_TEXTS)
    {
      g_auto (GStrv) words = g_strsplit (sample, " ", -1);

      return g_variant_new_strv ((const char *const *) words, -1);
    }
  if (key->kind == JT_TEMPLATE_TEXT)
    return g_variant_new_string (sample);
  if (*key->type == 'i')
    return g_variant_new_int32 ((gint32) g_ascii_strtoll (sample, NULL, 10));
  if (*key->type == 't')
    return g_variant_new_uint64 (g_ascii_strtoull (sample, NULL, 10));
  return g_variant_new_uint32 ((guint32) g_ascii_strtoull (sample, NULL, 10));
}

/* @event NULL here and below: everything there is at once. */
static GVariant *make_group (const char *prefix, const char *event);

static GVariant *
make_entries_of_digest (void)
{
  static const char *const events[] = { FALLBACK_EVENT, "succeeded" };
  GVariantBuilder entries;

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_variant_builder_open (&entries, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&entries, "{sv}", "event", make_group ("event", events[i]));
      g_variant_builder_add (&entries, "{sv}", "job", make_group ("job", events[i]));
      g_variant_builder_add (&entries, "{sv}", "run", make_group ("run", events[i]));
      g_variant_builder_close (&entries);
    }
  return g_variant_builder_end (&entries);
}

static GVariant *
make_attempts (const char *event)
{
  GVariantBuilder attempts;

  g_variant_builder_init (&attempts, G_VARIANT_TYPE ("aa{sv}"));
  for (guint32 i = 1; i <= N_ATTEMPTS; i++)
    {
      g_autoptr (GVariant) attempt = g_variant_ref_sink (make_group ("run.attempts", event));
      g_autoptr (GVariantDict) dict = g_variant_dict_new (attempt);

      g_variant_dict_insert (dict, "number", "u", i);
      g_variant_builder_add_value (&attempts, g_variant_dict_end (dict));
    }
  return g_variant_builder_end (&attempts);
}

static GVariant *
make_key (const JtTemplateKey *key, const char *event)
{
  if (key->kind == JT_TEMPLATE_GROUP)
    return make_group (key->name, event);
  if (key->kind == JT_TEMPLATE_GROUPS)
    return g_str_equal (key->name, "digest.entries") ? make_entries_of_digest () : make_attempts (event);
  return make_value (key, find_sample (key, event));
}

/* @prefix "": the whole context. */
static GVariant *
make_group (const char *prefix, const char *event)
{
  gsize length = strlen (prefix);
  GVariantBuilder group;

  g_variant_builder_init (&group, G_VARIANT_TYPE_VARDICT);
  for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
    {
      const char *own = key->name + (length > 0 ? length + 1 : 0);

      if (strncmp (key->name, prefix, length) != 0 || (length > 0 && key->name[length] != '.') || strchr (own, '.') != NULL)
        continue;
      if (length == 0 && !is_present (own, event))
        continue;
      /* 0 is not falsy, so none are none. */
      if (event != NULL && g_str_equal (key->name, "digest.more"))
        continue;
      g_variant_builder_add (&group, "{sv}", own, make_key (key, event));
    }
  return g_variant_builder_end (&group);
}

GVariant *
jt_template_sample_new (const char *event)
{
  return make_group ("", event != NULL ? event : FALLBACK_EVENT);
}

GVariant *
jt_template_sample_new_full (void)
{
  return make_group ("", NULL);
}

GVariant *
jt_template_sample_merge (GVariant *context, GVariant *over)
{
  g_autoptr (GVariant) base = g_variant_ref_sink (context);
  g_autoptr (GVariant) laid = g_variant_ref_sink (over);
  g_autoptr (GVariantDict) dict = g_variant_dict_new (base);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, laid);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) before = g_variant_dict_lookup_value (dict, name, G_VARIANT_TYPE_VARDICT);

      if (before != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        g_variant_dict_insert_value (dict, name, jt_template_sample_merge (before, value));
      else
        g_variant_dict_insert_value (dict, name, value);
    }
  return g_variant_dict_end (dict);
}
