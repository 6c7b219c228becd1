#ifndef CKERNELS_BYTES_H
#define CKERNELS_BYTES_H

#include <stddef.h>
#include <string.h>

/// Compares `count` bytes: negative, zero or positive as the first difference tells.
static inline int evt_compare(const void *left, const void *right, size_t count) {
  return memcmp(left, right, count);
}

#endif
