#ifndef CKERNELS_MEMORY_H
#define CKERNELS_MEMORY_H

/// Lets the allocator keep freed blocks of a few megabytes instead of giving each back to the
/// system, which costs a page fault for every 4 KiB of the next one. Call once, before threads.
void evt_keep_freed_memory(void);

#endif
