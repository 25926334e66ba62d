/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

/* What is known of a fact of the machine. */

typedef enum
{
  JT_ANSWER_PENDING, /* it is being asked */
  JT_ANSWER_UNKNOWN, /* nobody can say */
  JT_ANSWER_NO,
  JT_ANSWER_YES,
} JtAnswer;
