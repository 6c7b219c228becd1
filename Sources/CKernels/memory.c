#define _GNU_SOURCE
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void evt_keep_freed_memory(void) {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void evt_use_large_pages(size_t bytes) {
#if defined(M_ARENA_MAX) && defined(M_TOP_PAD) && defined(MADV_HUGEPAGE)
  const uintptr_t page = 2 << 20;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, (int)bytes);
  uintptr_t start = (uintptr_t)sbrk(0);
  // More than the heap has left, so that it grows; volatile, or nothing would be left of it.
  void *volatile growth = malloc(1 << 20);
  free(growth);
  uintptr_t end = (uintptr_t)sbrk(0);
  mallopt(M_TOP_PAD, 1 << 20);
  start = (start + page - 1) & ~(page - 1);
  if (start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
#endif
}

int evt_memory_file(void) { return memfd_create("evt", MFD_CLOEXEC); }
