#include "kinds.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx2,bmi,popcnt")))
#define HAS_WIDE() (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt"))
#else
#define WIDE
#define HAS_WIDE() 0
#endif
#define BODY static inline __attribute__((always_inline))

// Which of up to 64 bytes equal `byte`, one bit each.
BODY uint64_t equal_rows(const uint8_t *bytes, size_t count, uint8_t byte) {
  uint64_t equal = 0;
  if (count < 64) {
    for (size_t i = 0; i < count; i++) equal |= (uint64_t)(bytes[i] == byte) << i;
    return equal;
  }
#if defined(__x86_64__)
  const __m128i wanted = _mm_set1_epi8((char)byte);
  for (unsigned part = 0; part < 4; part++) {
    __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
    uint64_t found = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, wanted));
    equal |= found << 16 * part;
  }
#else
  for (size_t i = 0; i < 64; i++) equal |= (uint64_t)(bytes[i] == byte) << i;
#endif
  return equal;
}

void evt_unpack_pair(const uint8_t *packed, size_t count, const uint8_t pair[2], uint8_t *bytes) {
  const uint64_t each = 0x0101010101010101ull;
  const uint64_t first = each * pair[0], difference = pair[0] ^ pair[1];
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    // Byte j keeps bit j alone, which then becomes a 1 in its lowest place.
    uint64_t bits = each * packed[i / 8] & 0x8040201008040201ull;
    uint64_t ones = (bits + 0x7F7F7F7F7F7F7F7Full | bits) >> 7 & each;
    uint64_t eight = first ^ ones * difference;
    memcpy(bytes + i, &eight, 8);
  }
  for (; i < count; i++) bytes[i] = pair[packed[i / 8] >> (i & 7) & 1];
}

BODY size_t places_among(
    const uint8_t *kinds, size_t count, uint8_t kind, const uint32_t *wanted, size_t wanted_count,
    uint32_t *places) {
  uint32_t *next = places;
  size_t index = 0, before = 0;
  for (size_t start = 0; index < wanted_count && start < count; start += 64) {
    uint64_t rows = equal_rows(kinds + start, count - start, kind);
    for (; index < wanted_count && wanted[index] < start + 64; index++) {
      unsigned bit = wanted[index] & 63;
      uint64_t lower = rows & ((1ull << bit) - 1);
      // Written in any case; the next one takes the place of a row of another kind.
      *next = (uint32_t)(before + (size_t)__builtin_popcountll(lower));
      next += rows >> bit & 1;
    }
    before += (size_t)__builtin_popcountll(rows);
  }
  return (size_t)(next - places);
}

WIDE static size_t places_among_wide(
    const uint8_t *kinds, size_t count, uint8_t kind, const uint32_t *wanted, size_t wanted_count,
    uint32_t *places) {
  return places_among(kinds, count, kind, wanted, wanted_count, places);
}

size_t evt_places_among(
    const uint8_t *kinds, size_t count, uint8_t kind, const uint32_t *wanted, size_t wanted_count,
    uint32_t *places) {
  return HAS_WIDE() ? places_among_wide(kinds, count, kind, wanted, wanted_count, places)
                    : places_among(kinds, count, kind, wanted, wanted_count, places);
}

void evt_spread64(
    const uint8_t *kinds, size_t count, uint8_t kind, const int64_t *values, int64_t *rows) {
  for (size_t start = 0; start < count; start += 64) {
    uint64_t here = equal_rows(kinds + start, count - start, kind);
    if (here == ~0ull) {
      memcpy(rows + start, values, 64 * sizeof *values);
      values += 64;
      continue;
    }
    for (; here != 0; here &= here - 1) rows[start + (size_t)__builtin_ctzll(here)] = *values++;
  }
}

void evt_spread32(
    const uint8_t *kinds, size_t count, uint8_t kind, const uint32_t *values, uint32_t base,
    uint32_t *rows) {
  for (size_t start = 0; start < count; start += 64) {
    uint64_t here = equal_rows(kinds + start, count - start, kind);
    if (here == ~0ull) {
      for (size_t i = 0; i < 64; i++) rows[start + i] = values[i] + base;
      values += 64;
      continue;
    }
    for (; here != 0; here &= here - 1)
      rows[start + (size_t)__builtin_ctzll(here)] = *values++ + base;
  }
}
