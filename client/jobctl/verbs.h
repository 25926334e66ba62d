/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* The table of verbs: help, completions and the check of the manual come from its rows. */

/* Those that are options of a verb. Where there are any, a command may follow after "--". */
typedef enum
{
  NO_SETTINGS,
  ALL_SETTINGS,
  REPORT_SETTINGS, /* of work that is only reported */
} VerbSettings;

typedef struct _Verb Verb;

struct _Verb
{
  const char   *name;
  const char   *arguments; /* for "Usage:"; N_() where there are any */
  guint         least;     /* arguments after the verb */
  guint         most;
  const char   *summary; /* N_() */
  const char   *example;
  gboolean      needs_service;
  VerbSettings  settings;
  const Option *options;
  VerbFunc      run;   /* (nullable) of one that has parts */
  const Verb   *parts; /* (nullable) verbs of two words, "notify set", ended by one without a name */
};

#define ANY_NUMBER G_MAXUINT
#define VERB_OPTION_SETS 5

const Verb   *verb_get (guint index);
const Verb   *verb_find (const char *name, GError **error);
const Verb   *verb_find_part (const Verb *verb, const char *word, GError **error);
const char   *verb_get_last_word (const Verb *verb);
void          verb_list_options (const Verb *verb, const Option *sets[VERB_OPTION_SETS]);
gboolean      verb_takes_setting (const Verb *verb, const Option *setting);
void          verb_print_help (const Verb *verb, const Terminal *terminal);
void          verbs_print_help (const Terminal *terminal, gboolean is_short);

extern const Verb notify_verbs[];

int verb_ack (Context *context, GError **error);
int verb_active (Context *context, GError **error);
int verb_add (Context *context, GError **error);
int verb_cancel (Context *context, GError **error);
int verb_enable (Context *context, GError **error);
int verb_exec (Context *context, GError **error);
int verb_export (Context *context, GError **error);
int verb_graph (Context *context, GError **error);
int verb_history (Context *context, GError **error);
int verb_import (Context *context, GError **error);
int verb_list (Context *context, GError **error);
int verb_log (Context *context, GError **error);
int verb_monitor (Context *context, GError **error);
int verb_mute (Context *context, GError **error);
int verb_ping (Context *context, GError **error);
int verb_remove (Context *context, GError **error);
int verb_retry (Context *context, GError **error);
int verb_run (Context *context, GError **error);
int verb_schedule (Context *context, GError **error);
int verb_set (Context *context, GError **error);
int verb_show (Context *context, GError **error);
int verb_stats (Context *context, GError **error);
int verb_status (Context *context, GError **error);
int verb_track (Context *context, GError **error);
