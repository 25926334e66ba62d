/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "export.h"

/* A job on its way into a timer and a service, shared by the files export-systemd*.c: the lines of their sections so far. */

typedef struct
{
  ExportJob           *job;     /* (unowned) */
  const ExportOptions *options; /* (unowned) */
  char                *name;    /* (owned) of both units, without their types */
  GString             *unit;    /* (owned) of the service, and so on */
  GString             *service;
  GString             *timer;   /* empty: there is none */
} SystemdDraft;

void systemd_draft_lose (SystemdDraft *draft, const char *key, const char *format, ...) G_GNUC_PRINTF (3, 4);
void systemd_draft_differ (SystemdDraft *draft, const char *key, const char *format, ...) G_GNUC_PRINTF (3, 4);
void systemd_draft_put (GString *section, const char *key, const char *value);
void systemd_draft_put_text (SystemdDraft *draft, GString *section, const char *key, const char *setting, const char *value);
void systemd_draft_put_span (GString *section, const char *key, guint64 usec);
char *systemd_draft_quote (const char *word, gboolean is_command);

void systemd_draft_take_schedules (SystemdDraft *draft);
void systemd_draft_take_command (SystemdDraft *draft);
void systemd_draft_take_settings (SystemdDraft *draft);
