/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-daemon.h"

/* The folder with the record, the logs and the attempts' state files: made with mode 0700, checked, and held by a lock, so that
 * two services never work on one record. Blocks; used before the main loop runs. */

/* A descriptor whose closing gives the lock up, or -1. JT_ERROR_EXISTS: another service has it; the message names its pid. */
int jt_state_directory_take (const char *path, GError **error);
