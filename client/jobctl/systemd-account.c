/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

/* As whom a service runs, and where: User=, Group=, WorkingDirectory=, UMask=. */

#define USUAL_MASK 0022

static gboolean
get_number (const char *text, guint64 *number)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, number, NULL);
}

static gboolean
has_user (const char *name)
{
  guint64 uid;

  return (get_number (name, &uid) ? getpwuid ((uid_t) uid) : getpwnam (name)) != NULL;
}

static gboolean
has_group (const char *name)
{
  guint64 gid;

  return (get_number (name, &gid) ? getgrgid ((gid_t) gid) : getgrnam (name)) != NULL;
}

/* A user's manager starts nothing as somebody else. */
static void
take_user (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "User");
  g_autofree char *name = line != NULL ? systemd_job_expand (job, line, line->value) : NULL;

  if (job->manager == UNIT_MANAGER_USER)
    {
      if (line != NULL)
        systemd_job_say (job, REMARK_LOST, line, _("a user's service runs as that user"));
      return;
    }
  job->user = g_strdup (name != NULL ? name : "root");
  if (name == NULL)
    return;
  if (has_user (name))
    systemd_job_say (job, REMARK_SAME, line, "user=%s", name);
  else
    systemd_job_say (job, REMARK_BLOCKS, line, _("this machine has no such user"));
}

/* A user that is there only while the service runs. Taken along all the same, the job gets the least that there is. */
static void
take_dynamic_user (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "DynamicUser");

  if (!unit_get_flag (job->service, "Service", "DynamicUser", FALSE))
    return;
  systemd_job_say (job, REMARK_BLOCKS, line, _("a job's user has to exist"));
  if (job->manager == UNIT_MANAGER_SYSTEM && (g_str_equal (job->user, "root") || !has_user (job->user)))
    {
      g_free (job->user);
      job->user = g_strdup ("nobody");
    }
}

static void
take_group (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "Group");
  g_autofree char *name = line != NULL ? systemd_job_expand (job, line, line->value) : NULL;

  if (name == NULL)
    return;
  if (job->manager == UNIT_MANAGER_USER)
    systemd_job_say (job, REMARK_LOST, line, _("a user's service runs as that user"));
  else if (has_group (name))
    systemd_job_carry (job, line, "group", g_variant_new_string (name));
  else
    systemd_job_say (job, REMARK_BLOCKS, line, _("this machine has no such group"));
}

/* The home is where jobs run by default, and services of the system in /. */
static void
take_folder (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "WorkingDirectory");
  gboolean is_optional = line != NULL && *line->value == '-';
  g_autofree char *folder = line != NULL ? systemd_job_expand (job, line, line->value + (is_optional ? 1 : 0)) : NULL;

  if (folder == NULL)
    {
      if (job->manager == UNIT_MANAGER_SYSTEM)
        systemd_job_put (job, "working-directory", g_variant_new_string ("/"));
    }
  else if (g_str_equal (folder, "~"))
    systemd_job_say (job, REMARK_SAME, line, _("the home of its user, where jobs run anyway"));
  else if (*folder != '/')
    systemd_job_say (job, REMARK_BLOCKS, line, _("'%.64s' is not absolute"), folder);
  else if (!is_optional)
    systemd_job_carry (job, line, "working-directory", g_variant_new_string (folder));
  else if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      systemd_job_put (job, "working-directory", g_variant_new_string (folder));
      systemd_job_say (job, REMARK_DIFFERS, line, _("working-directory=%s; a job whose folder is gone does not start"), folder);
    }
  else
    {
      systemd_job_put (job, "working-directory", g_variant_new_string ("/"));
      systemd_job_say (job, REMARK_DIFFERS, line, _("working-directory=/, as the folder is not there now"));
    }
}

static void
take_mask (SystemdJob *job)
{
  const UnitLine *line = unit_find (job->service, "Service", "UMask");
  char *end;
  gulong mask;

  if (line == NULL)
    return;
  mask = strtoul (line->value, &end, 8);
  if (*end != '\0' || mask > 0777)
    systemd_job_say (job, REMARK_LOST, line, _("this is no file mode, and systemd passes it over as well"));
  else if (mask == USUAL_MASK)
    systemd_job_say (job, REMARK_SAME, line, _("what jobs have anyway"));
  else
    {
      g_string_append_printf (job->setup, "umask %04lo; ", mask);
      systemd_job_say (job, REMARK_SAME, line, "shell: umask %04lo", mask);
    }
}

/* systemd gives these only to services that name a user. */
static void
say_about_home (SystemdJob *job)
{
  if (job->manager == UNIT_MANAGER_SYSTEM && unit_get (job->service, "Service", "User") == NULL)
    remarks_add (job->remarks, REMARK_DIFFERS, "environment", _("HOME, USER, LOGNAME and SHELL are set, as with User=root"));
}

void
systemd_job_take_account (SystemdJob *job)
{
  take_user (job);
  take_dynamic_user (job);
  take_group (job);
  take_folder (job);
  take_mask (job);
  say_about_home (job);
}
