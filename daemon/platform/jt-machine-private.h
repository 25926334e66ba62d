/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-logind.h"
#include "jt-machine.h"
#include "jt-network.h"
#include "jt-paths.h"
#include "jt-power.h"
#include "jt-units.h"
#include "jt-wake-alarm.h"

/* What the files of the machine share: jt-machine.c the object, jt-machine-check.c what is refused at definition, jt-machine-watch.c
 * what starts jobs, jt-machine-look.c conditions, jt-machine-inhibit.c sleep that is put off. */

struct _JtMachine
{
  GObject      parent;
  char        *sysfs;
  char        *load;
  guint        poll_msec;
  guint        answer_msec;
  JtLogind    *logind;  /* (owned), as what follows */
  JtPower     *power;
  JtNetwork   *network;
  JtUnits     *units;
  JtPaths     *paths;
  JtWakeAlarm *alarm;
  GPtrArray   *checks;     /* (element-type Check) (unowned) that wait for somebody to be there; each is its task's */
  GHashTable  *jobs;       /* (element-type guint64 JobWatch) (owned) */
  GHashTable  *looks;      /* (element-type guint64 Look) (owned) by run */
  GHashTable  *inhibitors; /* (element-type guint64 Inhibitor) (owned) by run */
  guint        evaluate_id;
  guint        poll_id;
};

/* jt-machine-check.c */
void     jt_machine_check_async (JtSurroundings *surroundings, JtSettings *settings, guint32 uid, GCancellable *c, GAsyncReadyCallback cb,
                                 gpointer data);
gboolean jt_machine_check_finish (JtSurroundings *surroundings, GAsyncResult *result, GError **error);
void     jt_machine_resume_checks (JtMachine *self); /* somebody has come or gone */

/* jt-machine-watch.c */
GHashTable *jt_machine_new_jobs (void);
void        jt_machine_watch (JtSurroundings *surroundings, guint64 job, JtSettings *settings, guint32 uid);
void        jt_machine_connect_occasions (JtMachine *self);

/* jt-machine-look.c */
GHashTable *jt_machine_new_looks (void);
void        jt_machine_look (JtSurroundings *surroundings, guint64 run, JtSettings *settings, guint32 uid, gboolean keeps_looking);
void        jt_machine_stop_looking (JtSurroundings *surroundings, guint64 run);
void        jt_machine_look_again (JtMachine *self); /* soon: an answer is another */

/* jt-machine-inhibit.c */
GHashTable *jt_machine_new_inhibitors (void);
void        jt_machine_inhibit_async (JtSurroundings *surroundings, guint64 run, JtSettings *settings, const char *why, GCancellable *c,
                                      GAsyncReadyCallback cb, gpointer data);
gboolean    jt_machine_inhibit_finish (JtSurroundings *surroundings, GAsyncResult *result, GError **error);
void        jt_machine_release (JtSurroundings *surroundings, guint64 run);
void        jt_machine_resume_inhibitors (JtMachine *self); /* logind has come or gone */
