#ifndef CKERNELS_MEMORY_H
#define CKERNELS_MEMORY_H

/// Lets the allocator keep freed blocks of a few megabytes instead of giving each back to the
/// system, which costs a page fault for every 4 KiB of the next one. Call once, before threads.
void evt_keep_freed_memory(void);

/// Creates a nameless file in memory, closed on exec: memfd_create(2), which Swift does not see.
int evt_memory_file(void);

#endif
