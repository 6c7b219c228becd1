#define _GNU_SOURCE
#include "memory.h"

#include <sys/mman.h>

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void evt_keep_freed_memory(void) {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

int evt_memory_file(void) { return memfd_create("evt", MFD_CLOEXEC); }
