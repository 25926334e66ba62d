/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

/* Turns this process into the program of a channel, jobtracker-channel(7): another user, no more privileges to be had, limits, nothing of
 * the service's environment and descriptors, and gone when the service is. What fails on the way is told on stdout as the program would
 * tell it itself: a problem of the channel. */

/* --channel NAME USER MEMORY PRIVILEGES PARENT PROGRAM. USER: "-" is the service's own; MEMORY: bytes, 0 no limit; PRIVILEGES: "new" or
 * "none"; PARENT: the process that starts it. Returns only when it failed, with the status to end with. */
int channel_run (int argc, char *argv[]);
