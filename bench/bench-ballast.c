/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Preloaded into the service (LD_PRELOAD) it makes its process large: BENCH_BALLAST_MEGABYTES of memory in small pages,
 * all touched. What a fork would have to copy is there then, as in a service that has grown; nothing else is different.
 * What the service starts is not made large. */

#define PAGE_BYTES 4096

__attribute__ ((constructor)) static void
take_ballast (void)
{
  const char *text = getenv ("BENCH_BALLAST_MEGABYTES");
  size_t bytes = text != NULL ? strtoul (text, NULL, 10) << 20 : 0;
  char *pages;

  unsetenv ("LD_PRELOAD");
  unsetenv ("BENCH_BALLAST_MEGABYTES");
  if (bytes == 0)
    return;
  pages = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    {
      perror ("bench-ballast");
      abort ();
    }
  madvise (pages, bytes, MADV_NOHUGEPAGE);
  for (size_t i = 0; i < bytes; i += PAGE_BYTES)
    pages[i] = 1;
}
