/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-run.h"

/* What a run shows of itself, in a few bytes that do not depend on the machine: the record keeps it with each event, so that what was told
 * can be told again. It makes the same row as the run did, and no more: attempts, host and the like are not in it. */

/* (transfer full) */
GByteArray *jt_run_pack (const JtRun *run);
/* (transfer full) (nullable) NULL when @bytes are cut short or nonsense. */
JtRun      *jt_run_unpack (const guint8 *bytes, gsize length);
