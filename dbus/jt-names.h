/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

/* Names and paths of the bus interface, in one place. */

#define JT_BUS_NAME "org.example.JobTracker"
#define JT_ROOT_PATH "/org/example/JobTracker"
#define JT_JOBS_PATH JT_ROOT_PATH "/jobs"
#define JT_RUNS_PATH JT_ROOT_PATH "/runs"
#define JT_ROOT_INTERFACE "org.example.JobTracker"
#define JT_JOB_INTERFACE "org.example.JobTracker.Job"
#define JT_RUN_INTERFACE "org.example.JobTracker.Run"
#define JT_NOTIFICATIONS_INTERFACE "org.example.JobTracker.Notifications"
#define JT_ERROR_PREFIX "org.example.JobTracker.Error."
