/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Descriptors: what several files here do with them. */

/* All of it, however often it is interrupted. FALSE with errno. */
gboolean jt_fd_write_all (int fd, const char *bytes, gsize length);
/* Closes what is open; @fd is -1 then. */
void jt_fd_clear (int *fd);
