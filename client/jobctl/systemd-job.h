/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "import-entry.h"
#include "remarks.h"
#include "unit-specifiers.h"

/* A timer and the service that it starts, on their way to a job: its settings so far, and what is said about each line. The parts of
 * the import fill it in, each its own: systemd-timer.c when it runs, systemd-command.c what, systemd-account.c as whom and where,
 * systemd-environment.c with which variables, systemd-streams.c from and to where, systemd-limits.c within which bounds, systemd-end.c
 * how it ends, systemd-conditions.c if at all; systemd-rest.c says what is left. */

typedef struct
{
  UnitManager  manager;
  Unit        *timer;   /* (owned) */
  Unit        *service; /* (owned) */
  GVariantDict settings;
  char        *user;    /* (owned) (nullable): the caller */
  char       **environment;          /* (owned) (nullable) */
  char        *environment_file;     /* (owned) (nullable) */
  gboolean     is_oneshot;
  GString     *setup;   /* (owned) what a shell has to do before the commands; empty: no shell is needed for it */
  GPtrArray   *remarks; /* (element-type Remark) (owned) */
} SystemdJob;

gboolean systemd_job_offers (const char *key, const char *word);
char    *systemd_job_expand (SystemdJob *job, const UnitLine *line, const char *text);
gboolean systemd_job_get_span (SystemdJob *job, const UnitLine *line, gint64 *usec);
void     systemd_job_say (SystemdJob *job, RemarkKind kind, const UnitLine *line, const char *format, ...) G_GNUC_PRINTF (4, 5);
void     systemd_job_put (SystemdJob *job, const char *key, GVariant *value);
void     systemd_job_carry (SystemdJob *job, const UnitLine *line, const char *key, GVariant *value);

void systemd_job_take_timer (SystemdJob *job, gint64 now_usec);
void systemd_job_take_account (SystemdJob *job);
void systemd_job_take_streams (SystemdJob *job);
void systemd_job_take_limits (SystemdJob *job);
void systemd_job_take_end (SystemdJob *job);
void systemd_job_take_environment (SystemdJob *job);
void systemd_job_take_commands (SystemdJob *job);
void systemd_job_take_conditions (SystemdJob *job);
void systemd_job_take_rest (SystemdJob *job);
