/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* What a person may have meant otherwise, of preferences that the service takes: channels come and go, so one that is not there is
 * no fault. Said on stderr, after the change. */

/* @changes: as they were taken of user @uid. */
void notify_doubt (Context *context, guint32 uid, GVariant *changes);
