/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The service's words as a person reads them, in the person's language. On the bus, in --json and on the command line they
 * are English and mean themselves: what is compared is never one of these. A word that is not known comes out as it is. */

const char *word_of_state (const char *word); /* of a run, a delivery and a channel; a job's health */
const char *word_of_trigger (const char *word);
const char *word_of_origin (const char *word);
const char *word_of_event (const char *word); /* that people are told of */
const char *word_of_hold (const char *word);  /* why a delivery is held back */
const char *word_of_template_source (const char *word);
char       *word_of_reason (const char *reason);
