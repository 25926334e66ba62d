/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-zone.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-civil.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-zone-data.h"

/* Rules of the file's footer are written out until here; nobody plans further. */
#define LAST_YEAR 2500
#define MAX_FILE (256 * 1024)
#define MAX_CACHED 64
#define MAX_NAME 64

typedef struct
{
  gint64 at;
  gint32 offset;
  guint8 name; /* index into names */
} Transition;

struct _JtZone
{
  gatomicrefcount ref_count;
  char   *name;
  GArray *transitions; /* (element-type Transition), the first one at G_MININT64 */
  int     found;       /* the transition that was found last, atomic: whoever asks next asks mostly about the same time of year */
  char   *names;       /* NUL-separated abbreviations of the file */
  gsize   names_length;
};

static GMutex cache_mutex;
static GHashTable *cache; /* name → JtZone (owned), guarded by cache_mutex */

JtZone *
jt_zone_ref (JtZone *zone)
{
  g_atomic_ref_count_inc (&zone->ref_count);
  return zone;
}

void
jt_zone_unref (JtZone *zone)
{
  if (zone == NULL || !g_atomic_ref_count_dec (&zone->ref_count))
    return;
  g_free (zone->name);
  g_array_unref (zone->transitions);
  g_free (zone->names);
  g_free (zone);
}

const char *
jt_zone_get_name (JtZone *zone)
{
  return zone->name;
}

static gboolean
is_in_span (JtZone *zone, guint index, gint64 second)
{
  const Transition *transition = &g_array_index (zone->transitions, Transition, index);

  return transition->at <= second && (index + 1 == zone->transitions->len || second < transition[1].at);
}

static guint
find_transition (JtZone *zone, gint64 second)
{
  guint low = (guint) g_atomic_int_get (&zone->found);
  guint high = zone->transitions->len;

  if (is_in_span (zone, low, second))
    return low;
  low = 0;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (zone->transitions, Transition, middle).at <= second)
        low = middle;
      else
        high = middle;
    }
  g_atomic_int_set (&zone->found, (int) low);
  return low;
}

JtZoneSpan
jt_zone_find_span (JtZone *zone, gint64 second)
{
  guint index = find_transition (zone, second);
  const Transition *transition = &g_array_index (zone->transitions, Transition, index);

  return (JtZoneSpan) {
    .begin = transition->at,
    .end = index + 1 < zone->transitions->len ? transition[1].at : G_MAXINT64,
    .offset = transition->offset,
    .offset_before = index > 0 ? transition[-1].offset : transition->offset,
  };
}

int
jt_zone_offset_at (JtZone *zone, gint64 usec, const char **abbreviation)
{
  const Transition *transition = &g_array_index (zone->transitions, Transition, find_transition (zone, jt_floor_div (usec, G_USEC_PER_SEC)));

  if (abbreviation != NULL)
    *abbreviation = transition->name < zone->names_length ? zone->names + transition->name : "";
  return transition->offset;
}

/* Spans that differ in nothing but their name or in no offset are one. */
static void
add_transition (JtZone *zone, gint64 at, gint32 offset, guint8 name)
{
  Transition transition = { at, offset, name };

  if (zone->transitions->len > 0 && g_array_index (zone->transitions, Transition, zone->transitions->len - 1).offset == offset)
    return;
  g_array_append_val (zone->transitions, transition);
}

/* --- the footer: a POSIX TZ string (RFC 9636, 3.3), such as CET-1CEST,M3.5.0,M10.5.0/3 --- */

typedef struct
{
  char   kind; /* 'M', 'J' or 'D' */
  int    month;
  int    week;
  int    day;
  gint64 time;
} Rule;

static gboolean
skip_name (const char **at)
{
  const char *begin = *at;

  if (**at == '<')
    {
      *at = strchr (*at, '>');
      if (*at == NULL)
        return FALSE;
      (*at)++;
      return TRUE;
    }
  while (g_ascii_isalpha (**at))
    (*at)++;
  return *at - begin >= 3;
}

static gint64
read_time (const char **at)
{
  int sign = 1;
  gint64 sum = 0;
  char *end;

  if (**at == '-' || **at == '+')
    sign = *(*at)++ == '-' ? -1 : 1;
  for (gint64 unit = 3600; unit >= 1; unit /= 60)
    {
      sum += strtoll (*at, &end, 10) * unit;
      *at = end;
      if (**at != ':')
        break;
      (*at)++;
    }
  return sign * sum;
}

static gboolean
read_rule (const char **at, Rule *rule)
{
  char *end;

  *rule = (Rule) { .time = 7200 };
  if (**at != ',')
    return FALSE;
  (*at)++;
  rule->kind = g_ascii_isdigit (**at) ? 'D' : *(*at)++;
  if (rule->kind == 'M')
    {
      rule->month = (int) strtol (*at, &end, 10);
      *at = end + 1;
      rule->week = (int) strtol (*at, &end, 10);
      *at = end + 1;
      rule->day = (int) strtol (*at, &end, 10);
      *at = end;
    }
  else
    {
      rule->day = (int) strtol (*at, &end, 10);
      *at = end;
    }
  if (**at == '/')
    {
      (*at)++;
      rule->time = read_time (at);
    }
  return rule->kind == 'D' || rule->kind == 'J' || (rule->kind == 'M' && rule->month >= 1 && rule->month <= 12);
}

static gint64
rule_second (const Rule *rule, int year)
{
  gint64 days;

  if (rule->kind == 'M')
    {
      gint64 first = jt_civil_to_days (year, rule->month, 1);
      int day = 1 + (rule->day - jt_civil_weekday (first) + 7) % 7 + 7 * (rule->week - 1);

      while (day > jt_civil_days_in_month (year, rule->month))
        day -= 7;
      days = first + day - 1;
    }
  else
    {
      gboolean is_leap = jt_civil_days_in_month (year, 2) == 29;

      days = jt_civil_to_days (year, 1, 1) + rule->day - (rule->kind == 'J' && !(is_leap && rule->day >= 60) ? 1 : 0);
    }
  return days * 86400 + rule->time;
}

static void
write_out_footer (JtZone *zone, const char *footer)
{
  const char *at = footer;
  gint64 last = zone->transitions->len > 1 ? g_array_index (zone->transitions, Transition, zone->transitions->len - 1).at : 0;
  gint32 standard;
  gint32 summer;
  Rule begin;
  Rule end;

  if (!skip_name (&at))
    return;
  standard = (gint32) -read_time (&at);
  if (*at == '\0' || !skip_name (&at))
    {
      add_transition (zone, MAX (last + 1, 0), standard, 0);
      return;
    }
  summer = *at == ',' ? standard + 3600 : (gint32) -read_time (&at);
  if (!read_rule (&at, &begin) || !read_rule (&at, &end))
    return;
  for (int year = jt_civil_from_days (jt_floor_div (MAX (last, 0), 86400)).year; year <= LAST_YEAR; year++)
    {
      gint64 to_summer = rule_second (&begin, year) - standard;
      gint64 to_standard = rule_second (&end, year) - summer;
      gboolean is_north = to_summer < to_standard;

      if (MIN (to_summer, to_standard) > last)
        add_transition (zone, MIN (to_summer, to_standard), is_north ? summer : standard, 0);
      if (MAX (to_summer, to_standard) > last)
        add_transition (zone, MAX (to_summer, to_standard), is_north ? standard : summer, 0);
    }
}

/* --- the file: TZif (RFC 9636) --- */

static guint32
read_u32 (const guint8 *at)
{
  return ((guint32) at[0] << 24) | ((guint32) at[1] << 16) | ((guint32) at[2] << 8) | at[3];
}

static gint64
read_i64 (const guint8 *at)
{
  return (gint64) (((guint64) read_u32 (at) << 32) | read_u32 (at + 4));
}

typedef struct
{
  guint32 n_ut;
  guint32 n_std;
  guint32 n_leap;
  guint32 n_times;
  guint32 n_types;
  guint32 n_chars;
} Counts;

static gboolean
read_header (const guint8 *data, gsize length, Counts *counts)
{
  if (length < 44 || memcmp (data, "TZif", 4) != 0)
    return FALSE;
  *counts = (Counts) { read_u32 (data + 20), read_u32 (data + 24), read_u32 (data + 28),
                       read_u32 (data + 32), read_u32 (data + 36), read_u32 (data + 40) };
  return counts->n_times < MAX_FILE && counts->n_types > 0 && counts->n_types <= 256 && counts->n_chars <= 256 && counts->n_leap < 1024;
}

static gsize
body_size (const Counts *counts, gsize time_size)
{
  return counts->n_times * (time_size + 1) + counts->n_types * 6 + counts->n_chars + counts->n_leap * (time_size + 4) + counts->n_std +
         counts->n_ut;
}

/* The second, 64-bit part of the file and the footer after it. */
static gboolean
read_body (JtZone *zone, const guint8 *data, gsize length)
{
  Counts counts;
  const guint8 *times;
  const guint8 *indices;
  const guint8 *types;
  const guint8 *footer;
  gsize size;

  if (!read_header (data, length, &counts) || data[4] < '2')
    return FALSE;
  size = 44 + body_size (&counts, 4);
  if (size > length || !read_header (data + size, length - size, &counts))
    return FALSE;
  data += size;
  length -= size;
  size = 44 + body_size (&counts, 8);
  if (size > length)
    return FALSE;
  times = data + 44;
  indices = times + 8 * (gsize) counts.n_times;
  types = indices + counts.n_times;
  footer = data + size;
  zone->names = g_malloc0 (counts.n_chars + 1);
  memcpy (zone->names, types + 6 * (gsize) counts.n_types, counts.n_chars);
  zone->names_length = counts.n_chars;
  add_transition (zone, G_MININT64, (gint32) read_u32 (types), types[5]);
  for (guint32 i = 0; i < counts.n_times; i++)
    {
      const guint8 *type = types + 6 * (gsize) indices[i];

      if (indices[i] >= counts.n_types)
        return FALSE;
      add_transition (zone, read_i64 (times + 8 * (gsize) i), (gint32) read_u32 (type), type[5]);
    }
  if (length - size > 2 && footer[0] == '\n')
    {
      const guint8 *end = memchr (footer + 1, '\n', length - size - 1);
      g_autofree char *text = end == NULL ? NULL : g_strndup ((const char *) footer + 1, (gsize) (end - footer - 1));

      if (text != NULL && *text != '\0')
        write_out_footer (zone, text);
    }
  return TRUE;
}

static const char *
zone_folder (void)
{
  const char *folder = g_getenv ("TZDIR");

  return folder != NULL && *folder == '/' ? folder : "/usr/share/zoneinfo";
}

static JtZone *
load_file (const char *path, const char *name)
{
  g_autofree char *data = NULL;
  gsize length;
  g_autoptr (JtZone) zone = NULL;

  if (!g_file_get_contents (path, &data, &length, NULL) || length > MAX_FILE)
    return NULL;
  zone = g_new0 (JtZone, 1);
  g_atomic_ref_count_init (&zone->ref_count);
  zone->name = g_strdup (name);
  zone->transitions = g_array_new (FALSE, FALSE, sizeof (Transition));
  return read_body (zone, (const guint8 *) data, length) ? g_steal_pointer (&zone) : NULL;
}

/* Letters, digits, + - _ in parts between single slashes: nothing else ever becomes a path. */
static gboolean
is_zone_name (const char *name)
{
  if (!g_ascii_isalpha (*name) || strlen (name) > MAX_NAME)
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("+-_", *at) == NULL && !(*at == '/' && g_ascii_isalpha (at[1])))
      return FALSE;
  return TRUE;
}

static const char *
find_nearest_zone (const char *name, char **names)
{
  const char *city = strrchr (name, '/');
  const char *nearest = jt_nearest (name, (const char *const *) names);
  guint prefix = city == NULL ? 0 : (guint) (city - name) + 1;

  /* The same continent and the same first letters say more than letters in common. */
  for (gsize length = strlen (name) - 1; nearest == NULL && length > prefix + 1; length--)
    for (guint i = 0; names[i] != NULL; i++)
      if (strncmp (names[i], name, length) == 0)
        return names[i];
  for (guint i = 0; nearest == NULL && prefix > 0 && names[i] != NULL; i++)
    if (strncmp (names[i], name, prefix + 1) == 0 && strlen (names[i]) <= strlen (name))
      nearest = names[i];
  return nearest;
}

/**
 * jt_zone_list_names:
 *
 * Returns: (transfer full): the names that zone data has, links among them, NULL-terminated; empty without zone data
 */
char **
jt_zone_list_names (void)
{
  g_autofree char *path = g_build_filename (zone_folder (), "tzdata.zi", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_auto (GStrv) lines = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = *lines[i] == 'Z' || *lines[i] == 'L' ? g_strsplit (lines[i], " ", 4) : NULL;
      guint field = *lines[i] == 'Z' ? 1 : 2;

      if (fields != NULL && g_strv_length (fields) > field)
        g_ptr_array_add (names, g_strdup (fields[field]));
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static void
refuse_zone (const char *name, GError **error)
{
  g_auto (GStrv) names = jt_zone_list_names ();
  const char *nearest = find_nearest_zone (name, names);

  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("unknown time zone '%.64s'; did you mean '%s'?"), name, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("unknown time zone '%.64s'; zones have names like Europe/Berlin"), name);
}

static JtZone *
load_system_zone (void)
{
  const char *variable = g_getenv ("TZ");
  g_autofree char *link = g_file_read_link ("/etc/localtime", NULL);
  const char *name = link == NULL ? NULL : strstr (link, "zoneinfo/");
  JtZone *zone = NULL;

  if (variable != NULL && *variable != '\0')
    {
      const char *plain = *variable == ':' ? variable + 1 : variable;

      zone = is_zone_name (plain) ? jt_zone_get (plain, NULL) : NULL;
    }
  if (zone == NULL)
    zone = load_file ("/etc/localtime", name != NULL ? name + strlen ("zoneinfo/") : "UTC");
  if (zone != NULL)
    return zone;
  /* No zone is known on this machine: UTC, without any file. */
  zone = g_new0 (JtZone, 1);
  g_atomic_ref_count_init (&zone->ref_count);
  zone->name = g_strdup ("UTC");
  zone->names = g_strdup ("UTC");
  zone->names_length = 4;
  zone->transitions = g_array_new (FALSE, FALSE, sizeof (Transition));
  add_transition (zone, G_MININT64, 0, 0);
  return zone;
}

static JtZone *
cache_lookup (const char *name)
{
  JtZone *zone;

  g_mutex_lock (&cache_mutex);
  zone = cache == NULL ? NULL : g_hash_table_lookup (cache, name);
  if (zone != NULL)
    jt_zone_ref (zone);
  g_mutex_unlock (&cache_mutex);
  return zone;
}

static void
cache_insert (const char *name, JtZone *zone)
{
  g_mutex_lock (&cache_mutex);
  if (cache == NULL)
    cache = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_zone_unref);
  if (g_hash_table_size (cache) >= MAX_CACHED)
    g_hash_table_remove_all (cache);
  g_hash_table_replace (cache, g_strdup (name), jt_zone_ref (zone));
  g_mutex_unlock (&cache_mutex);
}

void
jt_zone_forget_all (void)
{
  g_mutex_lock (&cache_mutex);
  g_clear_pointer (&cache, g_hash_table_unref);
  g_mutex_unlock (&cache_mutex);
}

JtZone *
jt_zone_get (const char *name, GError **error)
{
  const char *key = name == NULL ? "" : name;
  g_autofree char *path = NULL;
  JtZone *zone;

  zone = cache_lookup (key);
  if (zone != NULL)
    return zone;
  if (*key != '\0' && !is_zone_name (key))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("'%.64s' is not a zone name; zones have names like Europe/Berlin"), key);
      return NULL;
    }
  path = g_build_filename (zone_folder (), key, NULL);
  zone = *key == '\0' ? load_system_zone () : load_file (path, key);
  if (zone == NULL && g_str_equal (key, "UTC"))
    zone = load_system_zone ();
  if (zone == NULL)
    refuse_zone (key, error);
  else
    cache_insert (key, zone);
  return zone;
}
