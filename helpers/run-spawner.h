/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

/* The small process that supervisors are forked from: no program is loaded for each of them, and what the service's own process holds
 * is never copied. It keeps nothing and touches no file; when the service is gone, so is it. */

/* Serves JT_SPAWNER_FD_SOCKET to its end. It returns in each supervisor that is made, with the attempt to run, and nowhere else; that
 * one's title is written over @argv. */
unsigned spawner_serve (int argc, char *argv[]);
