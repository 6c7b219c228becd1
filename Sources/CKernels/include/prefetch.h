#ifndef CKERNELS_PREFETCH_H
#define CKERNELS_PREFETCH_H

/// Asks for the cache line at `address` ahead of its use; any address will do.
static inline void evt_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
