/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-boot-id.h"

char *
jt_boot_id_read (void)
{
  g_autofree char *id = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &id, NULL, NULL))
    return g_strdup ("unknown");
  return g_strdup (g_strstrip (id));
}

char *
jt_machine_id_read (void)
{
  g_autofree char *id = NULL;

  if (!g_file_get_contents ("/etc/machine-id", &id, NULL, NULL) || *g_strstrip (id) == '\0')
    return NULL;
  return g_steal_pointer (&id);
}
