/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-composer.h"
#include "jt-outbox.h"

/* What the members of org.example.JobTracker.Notifications work with: plain pointers, kept by the service. */

typedef struct
{
  JtNotifier *notifier; /* (owned) */
  JtOutbox   *outbox;   /* (owned) */
  JtComposer *composer; /* (owned) */
} JtNotifications;
