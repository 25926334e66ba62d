/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Structured log lines of the service. Besides its text a line carries JT_JOB and JT_RUN where it is about one, and
 * a MESSAGE_ID where an operator would search for it (journalctl MESSAGE_ID=…). Debug is for developers, info for
 * changes of state, warning for "we go on without it". Whoever handles an error outermost logs it, once; libraries
 * do not. The writer that jt-daemon.c installs sends lines to the journal or to stderr. */

/* Searchable events; an id never changes its meaning. */
#define JT_MESSAGE_STARTED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7001"             /* the service is ready */
#define JT_MESSAGE_STOPPED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7002"             /* orderly stop */
#define JT_MESSAGE_RUN_STARTED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7003"         /* a run has begun */
#define JT_MESSAGE_RUN_FINISHED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7004"        /* a run has ended */
#define JT_MESSAGE_RUN_LOST "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7005"            /* nobody knows how a run ended */
#define JT_MESSAGE_STORAGE_FAILED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7006"      /* the record cannot be written */
#define JT_MESSAGE_BUS_LOST "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7007"            /* the bus is gone; jobs go on */
#define JT_MESSAGE_BUS_BACK "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7008"            /* the bus is back */
#define JT_MESSAGE_RELOADED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e7009"            /* configuration and job files were read again */
#define JT_MESSAGE_BAD_FILE "4a4b8d0e6d2f4a3c9a6f2f4b1d5e700a"            /* a configuration or job file is refused */
#define JT_MESSAGE_DENIED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e700b"              /* a call is refused for lack of rights */
#define JT_MESSAGE_SUBSCRIBER_DROPPED "4a4b8d0e6d2f4a3c9a6f2f4b1d5e700c"  /* a subscriber does not read what it is sent */
#define JT_MESSAGE_JOB_LATE "4a4b8d0e6d2f4a3c9a6f2f4b1d5e700d"            /* an expected check-in did not come */

#define JT_LOG_DOMAIN "jobtracker"

#define JT_LOG_LINE(level, ...) g_log_structured (JT_LOG_DOMAIN, (level), "MESSAGE", __VA_ARGS__)

#define jt_log_debug(...) JT_LOG_LINE (G_LOG_LEVEL_DEBUG, __VA_ARGS__)
#define jt_log_info(...) JT_LOG_LINE (G_LOG_LEVEL_INFO, __VA_ARGS__)
#define jt_log_warning(...) JT_LOG_LINE (G_LOG_LEVEL_WARNING, __VA_ARGS__)

/* @id: one of JT_MESSAGE_* */
#define jt_log_event(level, id, ...) \
  g_log_structured (JT_LOG_DOMAIN, (level), "MESSAGE_ID", (id), "MESSAGE", __VA_ARGS__)

/* About job @job and run @run (guint64, 0: none). */
#define jt_log_run(level, id, job, run, ...)                                                  \
  G_STMT_START                                                                                \
  {                                                                                           \
    char jt_log_job_[24], jt_log_run_[24];                                                    \
    g_snprintf (jt_log_job_, sizeof jt_log_job_, "%" G_GUINT64_FORMAT, (guint64) (job));       \
    g_snprintf (jt_log_run_, sizeof jt_log_run_, "%" G_GUINT64_FORMAT, (guint64) (run));       \
    g_log_structured (JT_LOG_DOMAIN, (level), "MESSAGE_ID", (id), "JT_JOB", jt_log_job_,       \
                      "JT_RUN", jt_log_run_, "MESSAGE", __VA_ARGS__);                         \
  }                                                                                           \
  G_STMT_END
