#ifndef CKERNELS_INSTANT_H
#define CKERNELS_INSTANT_H

#include <stddef.h>
#include <stdint.h>

/// Reads the commonest texts of an instant, `2026-11-20T08:29:14Z` and `2026-11-20T08:29:14.469Z`,
/// of the years 1970 to 2261, as nanoseconds since 1970. Returns 0 for any other text, which may
/// well be an instant too.
int evt_plain_instant(const uint8_t *text, size_t count, int64_t *nanoseconds);

#endif
