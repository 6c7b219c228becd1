#ifndef CKERNELS_BITPACK_H
#define CKERNELS_BITPACK_H

#include <stddef.h>
#include <stdint.h>

/// Packs the distance of each value from `reference`, which must need no more than `width` bits
/// (0...64), least significant bit first, into (count * width + 7) / 8 bytes at `packed`. Unused
/// bits of the last byte are zero.
void evt_frame_pack(
    const int64_t *values, size_t count, int64_t reference, unsigned width, uint8_t *packed);

/// Reads back `count` values of `width` bits, adding `reference` to each (wrapping), from the
/// exactly (count * width + 7) / 8 bytes at `packed`.
void evt_bit_unpack(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference, uint64_t *values);

/// As `evt_bit_unpack` for values that fit 32 bits; `width` is at most 32.
void evt_bit_unpack32(
    const uint8_t *packed, size_t count, unsigned width, uint32_t reference, uint32_t *values);

/// As `evt_bit_unpack`, but of the `count` values only those at `places`, each below `count`.
void evt_bit_pick(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference,
    const uint32_t *places, size_t place_count, uint64_t *values);

/// Of the `count` values that `evt_bit_unpack` would read, the sums (wrapping) of those before each
/// of `ends`, which ascend and are at most `count`.
void evt_bit_sums(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference, const uint32_t *ends,
    size_t end_count, uint64_t *sums);

#endif
