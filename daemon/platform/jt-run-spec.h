/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-job.h"

/* A run and its frozen settings as the specification that jobtracker-run reads: NUL-terminated KEY=VALUE records. (transfer full) */
GByteArray *jt_run_spec_build (const JtRun *run, JtSettings *settings);
