/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "export-systemd.h"

#include <glib/gi18n-lib.h>

#include "jt-as-calendar.h"

/* When a job runs, as a timer. What does not elapse at the same instants is refused. */

typedef struct
{
  SystemdDraft *draft;
  JtZone       *zone;      /* (owned) */
  const char   *zone_name; /* (nullable): the machine's */
  gboolean      has_calendar;
} Timer;

static void
lose_schedule (Timer *timer, const char *text, const char *why)
{
  g_autofree char *what = g_strdup_printf ("schedule=%s", text);

  remarks_add (timer->draft->job->remarks, REMARK_LOST, what, "%s", why);
}

static void
differ_schedule (Timer *timer, const char *text, const char *why)
{
  g_autofree char *what = g_strdup_printf ("schedule=%s", text);

  remarks_add (timer->draft->job->remarks, REMARK_DIFFERS, what, "%s", why);
}

/* systemd forgets at each boot when the last run ended. */
static void
take_after_end (Timer *timer, const char *text, gint64 usec)
{
  systemd_draft_put_span (timer->draft->timer, "OnActiveSec", (guint64) usec);
  systemd_draft_put_span (timer->draft->timer, "OnUnitInactiveSec", (guint64) usec);
  differ_schedule (timer, text, _("a timer stands still while the machine sleeps, and begins anew at each boot"));
}

static void
take_boot (Timer *timer, const char *text)
{
  systemd_draft_put (timer->draft->timer, "OnBootSec", "0");
  differ_schedule (timer, text, _("a timer that is started later than at boot starts the job at once"));
}

static void
take_schedule (Timer *timer, const char *text)
{
  gint64 now_usec = timer->draft->options->now_usec;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSchedule) schedule = jt_schedule_parse (text, timer->zone, now_usec, NULL, &error);
  g_auto (GStrv) calendars = NULL;

  if (schedule == NULL)
    {
      lose_schedule (timer, text, error->message);
      return;
    }
  if (jt_schedule_get_after_end (schedule) > 0)
    {
      take_after_end (timer, text, jt_schedule_get_after_end (schedule));
      return;
    }
  if (jt_schedule_is_reboot (schedule))
    {
      take_boot (timer, text);
      return;
    }
  calendars = jt_schedule_as_calendars (schedule, timer->zone, timer->zone_name, now_usec, &error);
  if (calendars == NULL)
    lose_schedule (timer, text, error->message);
  for (guint i = 0; calendars != NULL && calendars[i] != NULL; i++)
    systemd_draft_put (timer->draft->timer, "OnCalendar", calendars[i]);
  timer->has_calendar = timer->has_calendar || calendars != NULL;
}

/* A timer remembers on disk when it elapsed last only for calendars. */
static void
take_catch_up (Timer *timer)
{
  const char *rule = jt_settings_get_string (timer->draft->job->settings, "catch-up");

  if (!timer->has_calendar)
    return;
  if (g_str_equal (rule, "one"))
    systemd_draft_put (timer->draft->timer, "Persistent", "true");
  else if (g_str_equal (rule, "none"))
    systemd_draft_differ (timer->draft, "catch-up", _("what falls due while the machine sleeps is started when it wakes"));
  else
    systemd_draft_lose (timer->draft, "catch-up", _("a timer makes up for any number of instants with one start"));
}

static void
take_jitter (Timer *timer)
{
  JtSettings *settings = timer->draft->job->settings;

  if (!jt_settings_has (settings, "jitter") || jt_settings_get_uint64 (settings, "jitter") == 0)
    return;
  systemd_draft_put_span (timer->draft->timer, "RandomizedDelaySec", jt_settings_get_uint64 (settings, "jitter"));
  if (jt_settings_has (settings, "jitter-fixed") && jt_settings_get_boolean (settings, "jitter-fixed"))
    systemd_draft_put (timer->draft->timer, "FixedRandomDelay", "true");
}

/* What falls due meanwhile, however often, makes systemd start the service once more, at the end of the run. */
static void
take_overlap (Timer *timer)
{
  const char *rule = jt_settings_get_string (timer->draft->job->settings, "overlap");

  if (g_strcmp0 (rule, "skip") == 0)
    systemd_draft_differ (timer->draft, "overlap", _("what falls due while it runs is started once at its end, and not skipped"));
  else
    systemd_draft_lose (timer->draft, "overlap", _("systemd runs a service once at a time, lets it end, and starts it once for all that fell due meanwhile"));
}

static void
take_wake (Timer *timer)
{
  JtSettings *settings = timer->draft->job->settings;

  if (jt_settings_has (settings, "wake") && jt_settings_get_boolean (settings, "wake"))
    systemd_draft_put (timer->draft->timer, "WakeSystem", "true");
}

void
systemd_draft_take_schedules (SystemdDraft *draft)
{
  const char *zone_name = jt_settings_get_string (draft->job->settings, "timezone");
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  Timer timer = { .draft = draft, .zone = zone, .zone_name = zone_name };
  g_auto (GStrv) texts = jt_settings_get_strv (draft->job->settings, "schedule");

  if (zone == NULL)
    {
      systemd_draft_lose (draft, "timezone", _("this machine does not know it"));
      return;
    }
  for (guint i = 0; texts[i] != NULL; i++)
    take_schedule (&timer, texts[i]);
  if (draft->timer->len == 0)
    return;
  systemd_draft_put (draft->timer, "AccuracySec", "1us");
  take_catch_up (&timer);
  take_jitter (&timer);
  take_overlap (&timer);
  take_wake (&timer);
  if (!jt_settings_get_boolean (draft->job->settings, "enabled"))
    systemd_draft_differ (draft, "enabled", _("the timer is not to be enabled"));
}
