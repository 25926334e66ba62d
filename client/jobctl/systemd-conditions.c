/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "unit-words.h"

/* If a service runs at all: ConditionACPower= and the others. A job's conditions must all hold, and systemd's "|", of which one is
 * enough, can be said only where it stands alone. */

typedef struct
{
  SystemdJob   *job;
  Unit         *unit;
  GStrvBuilder *conditions; /* (owned) */
  guint         count;
} Conditions;

static gboolean
begins_with_any (const char *key, const char *const *prefixes)
{
  for (; *prefixes != NULL; prefixes++)
    if (g_str_has_prefix (key, *prefixes) && g_ascii_isupper (key[strlen (*prefixes)]))
      return TRUE;
  return FALSE;
}

/* All keys of conditions that the unit has, each once. (transfer full), NULL-terminated, of borrowed strings */
static GPtrArray *
list_keys (Unit *unit, const char *const *prefixes)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (guint i = 0; i < unit->lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (unit->lines, i);

      if (g_str_equal (line->section, "Unit") && begins_with_any (line->key, prefixes)
          && !g_ptr_array_find_with_equal_func (keys, line->key, g_str_equal, NULL))
        g_ptr_array_add (keys, line->key);
    }
  g_ptr_array_add (keys, NULL);
  return keys;
}

/* "|!/path": the marks go, and are told. */
static const char *
skip_marks (const char *value, gboolean *is_either, gboolean *is_negated)
{
  *is_either = *value == '|';
  value += *is_either + strspn (value + *is_either, " \t");
  *is_negated = *value == '!';
  value += *is_negated;
  return value + strspn (value, " \t");
}

/* What a job has for it, without its "!". (transfer full) (nullable) */
static char *
translate (Conditions *self, const UnitLine *line, const char *value, gboolean *is_negated)
{
  g_autofree char *path = NULL;
  gboolean flag;

  if (g_str_has_suffix (line->key, "ACPower") && unit_parse_flag (value, &flag))
    {
      *is_negated = *is_negated != !flag;
      return g_strdup ("ac-power");
    }
  if (!g_str_equal (line->key, "ConditionPathExists") && !g_str_equal (line->key, "AssertPathExists"))
    return NULL;
  path = systemd_job_expand (self->job, line, value);
  return path != NULL && *path == '/' ? g_strconcat ("path:", path, NULL) : NULL;
}

static guint
count_either (GPtrArray *lines)
{
  guint count = 0;

  for (guint i = 0; i < lines->len; i++)
    count += *((const UnitLine *) g_ptr_array_index (lines, i))->value == '|';
  return count;
}

static void
take_line (Conditions *self, const UnitLine *line, guint n_either)
{
  gboolean is_either;
  gboolean is_negated;
  const char *value = skip_marks (line->value, &is_either, &is_negated);
  g_autofree char *word = !is_either || n_either == 1 ? translate (self, line, value, &is_negated) : NULL;
  g_autofree char *condition = word != NULL ? g_strconcat (is_negated ? "!" : "", word, NULL) : NULL;

  if (condition == NULL || !systemd_job_offers ("condition", NULL))
    {
      systemd_job_say (self->job, REMARK_LOST, line, _("it is not looked at; the job starts whether it holds or not"));
      return;
    }
  g_strv_builder_add (self->conditions, condition);
  self->count++;
  if (self->unit == self->job->timer)
    systemd_job_say (self->job, REMARK_DIFFERS, line, _("condition=%s; looked at each time and not when the timer is started"), condition);
  else if (g_str_has_prefix (line->key, "Assert"))
    systemd_job_say (self->job, REMARK_DIFFERS, line, _("condition=%s; a run is skipped and does not fail"), condition);
  else
    systemd_job_say (self->job, REMARK_SAME, line, "condition=%s", condition);
}

/* Conditions and assertions each have their own "|". An empty one takes back all of its kind. */
static void
take_kind (Conditions *self, Unit *unit, const char *prefix)
{
  const char *prefixes[] = { prefix, NULL };
  g_autoptr (GPtrArray) keys = list_keys (unit, prefixes);
  g_autoptr (GPtrArray) lines = unit_list (unit, "Unit", (const char *const *) keys->pdata);

  self->unit = unit;
  for (guint i = 0; i < lines->len; i++)
    take_line (self, g_ptr_array_index (lines, i), count_either (lines));
}

void
systemd_job_take_conditions (SystemdJob *job)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Conditions self = { .job = job, .conditions = builder };
  g_auto (GStrv) all = NULL;

  take_kind (&self, job->timer, "Condition");
  take_kind (&self, job->timer, "Assert");
  take_kind (&self, job->service, "Condition");
  take_kind (&self, job->service, "Assert");
  all = g_strv_builder_end (builder);
  if (self.count > 0)
    systemd_job_put (job, "condition", g_variant_new_strv ((const char *const *) all, -1));
}
