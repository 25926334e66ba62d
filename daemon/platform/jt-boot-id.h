/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The kernel's id of this boot (random(4)), "unknown" where there is none. (transfer full) */
char *jt_boot_id_read (void);
/* What tells this machine from others (machine-id(5)). (transfer full) (nullable) where there is none */
char *jt_machine_id_read (void);
