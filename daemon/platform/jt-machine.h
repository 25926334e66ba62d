/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-surroundings.h"

/* The machine that the service runs on, for core: logind, UPower, NetworkManager and systemd over the bus, inotify, the load, an alarm
 * that wakes it. Each is spoken to when the first job needs it, and each may come and go. Main loop only; what waits is asked over
 * the bus, what reads files is done on the pool. */

#define JT_TYPE_MACHINE (jt_machine_get_type ())
G_DECLARE_FINAL_TYPE (JtMachine, jt_machine, JT, MACHINE, GObject)

typedef struct
{
  const char *system_bus; /* (nullable) its address; NULL: nobody there can be asked */
  const char *units_bus;  /* (nullable) of the bus on which the systemd is whose units are meant: the system's, or the user's own */
  const char *sysfs;      /* where the kernel's file systems are */
  const char *routes;
  const char *load;
  guint       poll_msec;   /* between looks at what nobody tells, while a run waits for it */
  guint       answer_msec; /* how long an answer may take, before it counts as unknown */
} JtMachineOptions;

/* With all but the buses as they are on a real machine. */
void           jt_machine_options_init (JtMachineOptions *options);
JtSurroundings *jt_machine_new (const JtMachineOptions *options);
