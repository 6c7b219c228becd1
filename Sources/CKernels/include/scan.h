#ifndef CKERNELS_SCAN_H
#define CKERNELS_SCAN_H

#include <stddef.h>
#include <stdint.h>

/// The number of bytes before the first of `count` that is a quote, a backslash or a control
/// character below 0x20. Sets `*non_ascii` when a byte at or above 0x80 stands before it.
size_t evt_scan_string(const uint8_t *bytes, size_t count, int *non_ascii);

/// 1 when the bytes are well-formed UTF-8 (no surrogates, no overlong forms), else 0.
int evt_is_utf8(const uint8_t *bytes, size_t count);

#endif
