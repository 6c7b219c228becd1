#ifndef CKERNELS_MEMORY_H
#define CKERNELS_MEMORY_H

#include <stddef.h>

/// Lets the allocator keep freed blocks of a few megabytes instead of giving each back to the
/// system, which costs a page fault for every 4 KiB of the next one. Call once, before threads.
void evt_keep_freed_memory(void);

/// Makes the heap larger by `bytes`, which the kernel is asked to back with pages of 2 MB, and lets
/// all threads take memory from it. To be called before there are others.
void evt_use_large_pages(size_t bytes);

/// Creates a nameless file in memory, closed on exec: memfd_create(2), which Swift does not see.
int evt_memory_file(void);

#endif
