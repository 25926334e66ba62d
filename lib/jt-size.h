/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Sizes as people write them ("512M", "16K", "1073741824"), base 1024, as bytes. */
gboolean jt_size_parse (const char *text, guint64 *bytes, GError **error);
/* (transfer full) shortest exact form */
char *jt_size_format (guint64 bytes);
