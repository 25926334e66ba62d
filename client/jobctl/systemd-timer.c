/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-schedule.h"
#include "unit-words.h"

/* When a job runs that was a timer, systemd.timer(5). Calendars mean the same here. What counts from a start does not, for systemd
 * reckons in the time that the machine is awake and forgets it at each boot: it becomes the nearest there is, and that is said. */

#define MAX_SCHEDULES 32
#define LEAST_INTERVAL G_USEC_PER_SEC
#define MOST_INTERVAL (10 * G_GINT64_CONSTANT (31557600) * G_USEC_PER_SEC)

typedef struct
{
  SystemdJob *job;
  GPtrArray  *schedules; /* (element-type utf8) (owned) */
  gint64      now_usec;
  gboolean    has_calendar;
  gboolean    has_interval;
} Timer;

static void
add_schedule (Timer *timer, const UnitLine *line, char *text, RemarkKind kind, const char *why)
{
  g_autofree char *owned = text;

  if (g_ptr_array_find_with_equal_func (timer->schedules, owned, g_str_equal, NULL))
    {
      systemd_job_say (timer->job, REMARK_SAME, line, "schedule=%s", owned);
      return;
    }
  if (why != NULL)
    systemd_job_say (timer->job, kind, line, "schedule=%s; %s", owned, why);
  else
    systemd_job_say (timer->job, kind, line, "schedule=%s", owned);
  g_ptr_array_add (timer->schedules, g_steal_pointer (&owned));
}

/* --- calendars --- */

static void
take_calendar (Timer *timer, const UnitLine *line)
{
  g_autofree char *text = systemd_job_expand (timer->job, line, line->value);
  g_autoptr (JtZone) zone = jt_zone_get (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSchedule) schedule = NULL;
  g_autoptr (JtSchedule) as_told = NULL;
  gboolean is_told;

  if (text == NULL)
    return;
  schedule = jt_schedule_parse_kind (text, JT_SCHEDULE_CALENDAR, zone, timer->now_usec, NULL, &error);
  if (schedule == NULL)
    {
      systemd_job_say (timer->job, REMARK_BLOCKS, line, "%s", error->message);
      return;
    }
  if (jt_schedule_next (schedule, timer->now_usec) == JT_INSTANT_NEVER)
    {
      systemd_job_say (timer->job, REMARK_LOST, line, _("it does not occur again"));
      return;
    }
  /* The same text might be told for another kind. */
  as_told = jt_schedule_parse (text, zone, timer->now_usec, NULL, NULL);
  is_told = as_told != NULL && jt_schedule_get_kind (as_told) == JT_SCHEDULE_CALENDAR;
  timer->has_calendar = TRUE;
  add_schedule (timer, line, is_told ? g_strdup (text) : g_strconcat ("calendar:", text, NULL), REMARK_SAME, NULL);
}

/* --- spans --- */

static void
take_start (Timer *timer, const UnitLine *line, gint64 usec)
{
  gboolean is_at_login = timer->job->manager == UNIT_MANAGER_USER && !g_str_equal (line->key, "OnBootSec");
  g_autofree char *span = jt_duration_format (usec);
  g_autofree char *late = usec > 0 ? g_strdup_printf (_("it starts once the machine is up, not %s later"), span) : NULL;
  const char *why = is_at_login ? _("it starts once for each boot, not for each login") : late;

  add_schedule (timer, line, g_strdup ("@reboot"), why != NULL ? REMARK_DIFFERS : REMARK_SAME, why);
}

static void
take_interval (Timer *timer, const UnitLine *line, gint64 usec, gboolean is_after_end)
{
  g_autofree char *span = jt_duration_format (usec);

  if (usec < LEAST_INTERVAL || usec > MOST_INTERVAL)
    {
      systemd_job_say (timer->job, REMARK_BLOCKS, line, _("an interval is at least 1s and at most 10 years"));
      return;
    }
  timer->has_interval = TRUE;
  if (is_after_end)
    add_schedule (timer, line, g_strdup_printf ("every %s after", span), REMARK_DIFFERS,
                  _("time counts on while the machine sleeps, and a boot does not begin it anew"));
  else
    add_schedule (timer, line, g_strdup_printf ("every %s", span), REMARK_DIFFERS,
                  _("it counts from the adoption and not from the last start, on while the machine sleeps, and a boot does not begin it anew"));
}

/* Whether an interval of that length begins with it: the first run of "every 1d" is a day from its definition. */
static gboolean
is_begin_of_interval (const UnitLine *line, gint64 usec, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len && g_str_equal (line->key, "OnActiveSec"); i++)
    {
      const UnitLine *other = g_ptr_array_index (lines, i);
      gint64 interval;

      if (g_str_has_prefix (other->key, "OnUnit") && unit_parse_span (other->value, &interval) && interval == usec)
        return TRUE;
    }
  return FALSE;
}

static void
take_span (Timer *timer, const UnitLine *line, GPtrArray *lines)
{
  gint64 usec;

  if (!systemd_job_get_span (timer->job, line, &usec))
    return;
  if (usec == UNIT_SPAN_INFINITE)
    systemd_job_say (timer->job, REMARK_LOST, line, _("it does not occur"));
  else if (is_begin_of_interval (line, usec, lines))
    systemd_job_say (timer->job, REMARK_SAME, line, _("the interval begins with it"));
  else if (g_str_has_prefix (line->key, "OnUnit"))
    take_interval (timer, line, usec, g_str_equal (line->key, "OnUnitInactiveSec"));
  else
    take_start (timer, line, usec);
}

/* An empty one of any of them takes back all that were said before. */
static void
take_elapses (Timer *timer)
{
  static const char *const keys[] = { "OnCalendar", "OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec", NULL };
  g_autoptr (GPtrArray) lines = unit_list (timer->job->timer, "Timer", keys);

  for (guint i = 0; i < lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);

      if (timer->schedules->len >= MAX_SCHEDULES)
        systemd_job_say (timer->job, REMARK_BLOCKS, line, _("a job has at most %d schedules"), MAX_SCHEDULES);
      else if (g_str_equal (line->key, "OnCalendar"))
        take_calendar (timer, line);
      else
        take_span (timer, line, lines);
    }
}

static void
take_changes (Timer *timer)
{
  static const char *const keys[] = { "OnClockChange", "OnTimezoneChange", NULL };

  for (guint i = 0; keys[i] != NULL; i++)
    {
      const UnitLine *line = unit_find (timer->job->timer, "Timer", keys[i]);

      if (unit_get_flag (timer->job->timer, "Timer", keys[i], FALSE))
        systemd_job_say (timer->job, REMARK_LOST, line, _("nothing starts a job then"));
    }
}

/* --- around them --- */

/* What counts from a start goes on when the machine was off, as it would after the next boot with systemd. */
static void
take_persistence (Timer *timer)
{
  const UnitLine *line = unit_find (timer->job->timer, "Timer", "Persistent");
  gboolean is_persistent = unit_get_flag (timer->job->timer, "Timer", "Persistent", FALSE);
  GVariant *rule = g_variant_new_string (is_persistent || !timer->has_calendar ? "one" : "none");

  if (line != NULL && timer->has_calendar)
    systemd_job_carry (timer->job, line, "catch-up", rule);
  else
    systemd_job_put (timer->job, "catch-up", rule);
  if (!is_persistent && timer->has_calendar)
    remarks_add (timer->job->remarks, REMARK_DIFFERS, "Persistent=false",
                 _("catch-up=none; what falls due while the machine sleeps is missed, where systemd would start it when it wakes"));
}

static void
take_delay (Timer *timer)
{
  const UnitLine *line = unit_find (timer->job->timer, "Timer", "RandomizedDelaySec");
  const UnitLine *fixed = unit_find (timer->job->timer, "Timer", "FixedRandomDelay");
  gboolean is_fixed = unit_get_flag (timer->job->timer, "Timer", "FixedRandomDelay", FALSE);
  gint64 usec;

  if (line == NULL || !systemd_job_get_span (timer->job, line, &usec) || usec == 0)
    return;
  if (!systemd_job_offers ("jitter", NULL) || usec == UNIT_SPAN_INFINITE)
    {
      systemd_job_say (timer->job, REMARK_DIFFERS, line, _("it starts at the exact time"));
      return;
    }
  systemd_job_carry (timer->job, line, "jitter", g_variant_new_uint64 ((guint64) usec));
  if (!is_fixed)
    return;
  systemd_job_put (timer->job, "jitter-fixed", g_variant_new_boolean (TRUE));
  systemd_job_say (timer->job, REMARK_DIFFERS, fixed, _("jitter-fixed=yes; the delay is another one than systemd's, and stays the same as well"));
}

static void
take_accuracy (Timer *timer)
{
  const UnitLine *line = unit_find (timer->job->timer, "Timer", "AccuracySec");
  gint64 usec;

  if (line != NULL && systemd_job_get_span (timer->job, line, &usec) && usec >= G_USEC_PER_SEC)
    systemd_job_say (timer->job, REMARK_DIFFERS, line, _("it starts at the exact time"));
}

static void
take_wake (Timer *timer)
{
  const UnitLine *line = unit_find (timer->job->timer, "Timer", "WakeSystem");

  if (!unit_get_flag (timer->job->timer, "Timer", "WakeSystem", FALSE))
    return;
  if (systemd_job_offers ("wake", NULL))
    systemd_job_carry (timer->job, line, "wake", g_variant_new_boolean (TRUE));
  else
    systemd_job_say (timer->job, REMARK_LOST, line, _("it does not wake the machine"));
}

void
systemd_job_take_timer (SystemdJob *job, gint64 now_usec)
{
  g_autoptr (GPtrArray) schedules = g_ptr_array_new_with_free_func (g_free);
  Timer timer = { .job = job, .schedules = schedules, .now_usec = now_usec };

  take_elapses (&timer);
  take_changes (&timer);
  take_persistence (&timer);
  take_delay (&timer);
  take_accuracy (&timer);
  take_wake (&timer);
  if (schedules->len == 0)
    remarks_add (job->remarks, REMARK_BLOCKS, job->timer->name, _("it has no time at which a job could start"));
  else
    systemd_job_put (job, "schedule", g_variant_new_strv ((const char *const *) schedules->pdata, schedules->len));
}
