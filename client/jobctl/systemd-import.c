/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-import.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-settings.h"
#include "systemd-job.h"

#define MAX_DESCRIPTION 256

static SystemdJob *
job_new (UnitManager manager, Unit *timer)
{
  SystemdJob *job = g_new0 (SystemdJob, 1);

  job->manager = manager;
  job->timer = timer;
  job->setup = g_string_new (NULL);
  job->remarks = remarks_new ();
  g_variant_dict_init (&job->settings, NULL);
  return job;
}

static void
job_free (SystemdJob *job)
{
  unit_free (job->timer);
  unit_free (job->service);
  g_variant_dict_clear (&job->settings);
  g_free (job->user);
  g_strfreev (job->environment);
  g_free (job->environment_file);
  g_string_free (job->setup, TRUE);
  g_ptr_array_unref (job->remarks);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SystemdJob, job_free)

/* What the timer starts: the service of its name, unless it says another. */
static gboolean
load_service (SystemdJob *job, UnitSearch *search, GError **error)
{
  const UnitLine *line = unit_find (job->timer, "Timer", "Unit");
  g_autofree char *same = unit_name_with_type (job->timer->parts, "service");
  g_autofree char *named = line != NULL ? unit_expand (job->timer, job->manager, line->value, error) : NULL;
  const char *name = named != NULL ? named : same;

  if (line != NULL && named == NULL)
    return FALSE;
  if (!g_str_has_suffix (name, ".service"))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, _("it starts %s, and only what a service runs can be a job"), name);
      return FALSE;
    }
  job->service = unit_search_load (search, name, error);
  return job->service != NULL;
}

static void
take_description (SystemdJob *job)
{
  const UnitLine *of_service = unit_find (job->service, "Unit", "Description");
  const UnitLine *line = of_service != NULL ? of_service : unit_find (job->timer, "Unit", "Description");
  g_autofree char *text = line != NULL ? systemd_job_expand (job, line, line->value) : NULL;

  if (text != NULL && strlen (text) <= MAX_DESCRIPTION)
    systemd_job_carry (job, line, "description", g_variant_new_string (text));
  else if (text != NULL)
    systemd_job_say (job, REMARK_LOST, line, _("it is longer than %d bytes"), MAX_DESCRIPTION);
}

/* What the service would refuse for the whole of an import is told here of the one job. */
static void
check_settings (SystemdJob *job, GVariant *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSettings) checked = jt_settings_new (settings, &error);

  if (checked == NULL)
    remarks_add (job->remarks, REMARK_BLOCKS, job->service->name, "%s", error->message);
}

/* A unit's name without ".timer", as far as jobs can be called so. (transfer full) */
static char *
name_job (const Unit *timer)
{
  g_autofree char *name = g_strndup (timer->name, strlen (timer->name) - strlen (".timer"));

  return jt_job_name_check (name, NULL) ? g_steal_pointer (&name) : import_name_clean (name, "timer");
}

/* Timers that are enabled by links of their vendor cannot be disabled. */
static char *
write_turn_off (const SystemdJob *job)
{
  gboolean has_install = FALSE;

  for (guint i = 0; i < job->timer->lines->len; i++)
    has_install = has_install || g_str_equal (((const UnitLine *) g_ptr_array_index (job->timer->lines, i))->section, "Install");
  return g_strdup_printf ("systemctl %s%s --now %s", job->manager == UNIT_MANAGER_USER ? "--user " : "", has_install ? "disable" : "mask",
                          job->timer->name);
}

static void
take_all (SystemdJob *job, gint64 now_usec)
{
  take_description (job);
  systemd_job_take_timer (job, now_usec);
  systemd_job_take_account (job);
  systemd_job_take_environment (job);
  systemd_job_take_streams (job);
  systemd_job_take_limits (job);
  systemd_job_take_end (job);
  systemd_job_take_commands (job);
  systemd_job_take_conditions (job);
  systemd_job_take_rest (job);
}

/**
 * systemd_import_timer:
 * @name: of a timer
 *
 * Returns: (transfer full): the job that it becomes, with remarks about every line of both units; %NULL when they cannot be read, or
 *   the timer starts no service
 */
ImportEntry *
systemd_import_timer (UnitSearch *search, UnitManager manager, const char *name, gint64 now_usec, GError **error)
{
  Unit *timer = unit_search_load (search, name, error);
  g_autoptr (SystemdJob) job = timer != NULL ? job_new (manager, timer) : NULL;
  g_autoptr (ImportEntry) entry = NULL;

  if (job == NULL)
    return NULL;
  if (!load_service (job, search, error))
    {
      g_prefix_error (error, "%s: ", timer->name);
      return NULL;
    }
  take_all (job, now_usec);
  entry = import_entry_new (g_ptr_array_index (timer->paths, 0), 0);
  entry->name = name_job (timer);
  entry->user = g_steal_pointer (&job->user);
  entry->settings = g_variant_ref_sink (g_variant_dict_end (&job->settings));
  entry->turn_off = write_turn_off (job);
  check_settings (job, entry->settings);
  g_clear_pointer (&entry->remarks, g_ptr_array_unref);
  entry->remarks = g_steal_pointer (&job->remarks);
  job->remarks = remarks_new ();
  return g_steal_pointer (&entry);
}
