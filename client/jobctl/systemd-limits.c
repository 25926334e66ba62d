/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "unit-words.h"

/* Within which bounds a service runs: Nice= and LimitNOFILE= and the like. */

typedef enum
{
  LIMIT_NUMBER,
  LIMIT_BYTES,
  LIMIT_SECONDS,
  LIMIT_MICROSECONDS,
  LIMIT_NICE,
} LimitKind;

static const struct
{
  const char *key;
  const char *name; /* in the setting */
  LimitKind   kind;
} limits[] = {
  { "LimitAS", "as", LIMIT_BYTES },         { "LimitCORE", "core", LIMIT_BYTES },       { "LimitCPU", "cpu", LIMIT_SECONDS },
  { "LimitDATA", "data", LIMIT_BYTES },     { "LimitFSIZE", "fsize", LIMIT_BYTES },     { "LimitLOCKS", "locks", LIMIT_NUMBER },
  { "LimitMEMLOCK", "memlock", LIMIT_BYTES }, { "LimitMSGQUEUE", "msgqueue", LIMIT_BYTES }, { "LimitNICE", "nice", LIMIT_NICE },
  { "LimitNOFILE", "nofile", LIMIT_NUMBER }, { "LimitNPROC", "nproc", LIMIT_NUMBER },   { "LimitRSS", "rss", LIMIT_BYTES },
  { "LimitRTPRIO", "rtprio", LIMIT_NUMBER }, { "LimitRTTIME", "rttime", LIMIT_MICROSECONDS },
  { "LimitSIGPENDING", "sigpending", LIMIT_NUMBER }, { "LimitSTACK", "stack", LIMIT_BYTES },
};

/* "+5" is a nice value, and getrlimit(2) counts from 20 down. */
static gboolean
read_nice (const char *text, guint64 *value)
{
  gint64 number;

  if (*text != '+' && *text != '-')
    return g_ascii_string_to_unsigned (text, 10, 0, 40, value, NULL);
  if (!g_ascii_string_to_signed (*text == '+' ? text + 1 : text, 10, -20, 19, &number, NULL))
    return FALSE;
  *value = (guint64) (20 - number);
  return TRUE;
}

static gboolean
read_time (const char *text, gboolean is_seconds, guint64 *value)
{
  gboolean is_number = *text != '\0' && text[strspn (text, "0123456789")] == '\0';
  g_autofree char *with_unit = is_number && !is_seconds ? g_strconcat (text, "us", NULL) : NULL;
  gint64 usec;

  if (!unit_parse_span (with_unit != NULL ? with_unit : text, &usec) || usec == UNIT_SPAN_INFINITE)
    return FALSE;
  *value = is_seconds ? (guint64) (usec / G_USEC_PER_SEC + (usec % G_USEC_PER_SEC != 0)) : (guint64) usec;
  return TRUE;
}

/* One side of SOFT:HARD as the setting has it. (transfer full) (nullable) */
static char *
read_limit (LimitKind kind, const char *text)
{
  guint64 value;
  gboolean is_good = FALSE;

  if (g_str_equal (text, "infinity"))
    return g_strdup (text);
  if (kind == LIMIT_NUMBER)
    is_good = g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL);
  else if (kind == LIMIT_BYTES)
    is_good = unit_parse_size (text, &value);
  else if (kind == LIMIT_NICE)
    is_good = read_nice (text, &value);
  else
    is_good = read_time (text, kind == LIMIT_SECONDS, &value);
  return is_good ? g_strdup_printf ("%" G_GUINT64_FORMAT, value) : NULL;
}

static char *
read_limits (const UnitLine *line, guint index)
{
  g_auto (GStrv) sides = g_strsplit (line->value, ":", 2);
  g_autofree char *soft = sides[0] != NULL ? read_limit (limits[index].kind, g_strstrip (sides[0])) : NULL;
  g_autofree char *hard = soft != NULL && sides[1] != NULL ? read_limit (limits[index].kind, g_strstrip (sides[1])) : NULL;

  if (soft == NULL || (sides[1] != NULL && hard == NULL))
    return NULL;
  return g_strdup_printf ("%s=%s%s%s", limits[index].name, soft, hard != NULL ? ":" : "", hard != NULL ? hard : "");
}

static void
take_limits (SystemdJob *job)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      const UnitLine *line = unit_find (job->service, "Service", limits[i].key);
      g_autofree char *limit = line != NULL ? read_limits (line, i) : NULL;

      if (limit != NULL)
        {
          g_strv_builder_add (builder, limit);
          systemd_job_say (job, REMARK_SAME, line, "limits=%s", limit);
        }
      else if (line != NULL)
        systemd_job_say (job, REMARK_LOST, line, _("this is no limit, and systemd passes it over as well"));
    }
  all = g_strv_builder_end (builder);
  if (all[0] != NULL)
    systemd_job_put (job, "limits", g_variant_new_strv ((const char *const *) all, -1));
}

static void
take_nice (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "Nice");
  gint64 nice;

  if (line == NULL)
    return;
  if (g_ascii_string_to_signed (line->value, 10, -20, 19, &nice, NULL))
    systemd_job_carry (job, line, "nice", g_variant_new_int32 ((gint32) nice));
  else
    systemd_job_say (job, REMARK_LOST, line, _("this is no nice value, and systemd passes it over as well"));
}

void
systemd_job_take_limits (SystemdJob *job)
{
  take_nice (job);
  take_limits (job);
}
