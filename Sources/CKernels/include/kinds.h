#ifndef CKERNELS_KINDS_H
#define CKERNELS_KINDS_H

#include <stddef.h>
#include <stdint.h>

/// Writes `bytes[b]` for each of `count` bits b, least significant bit first.
void evt_unpack_pair(const uint8_t *packed, size_t count, const uint8_t pair[2], uint8_t *bytes);

/// Of the rows `wanted`, which ascend and are below `count`, writes for each that is of `kind` its
/// place among all rows of that kind, and returns how many there are. `places` has room for
/// `wanted_count`.
size_t evt_places_among(
    const uint8_t *kinds, size_t count, uint8_t kind, const uint32_t *wanted, size_t wanted_count,
    uint32_t *places);

/// Writes one value after the other to the rows of `kind`; there are as many values as such rows.
void evt_spread64(
    const uint8_t *kinds, size_t count, uint8_t kind, const int64_t *values, int64_t *rows);

/// As `evt_spread64` for codes, to each of which `base` is added.
void evt_spread32(
    const uint8_t *kinds, size_t count, uint8_t kind, const uint32_t *values, uint32_t base,
    uint32_t *rows);

#endif
