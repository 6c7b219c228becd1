#include "bitpack.h"

#include <string.h>

static inline uint64_t low_bits(unsigned width) {
  return width >= 64 ? ~0ull : (1ull << width) - 1;
}

static inline uint64_t load_word(const uint8_t *packed, size_t bytes, size_t at) {
  uint64_t word = 0;
  if (at + 8 <= bytes) {
    memcpy(&word, packed + at, 8);
  } else if (at < bytes) {
    memcpy(&word, packed + at, bytes - at);
  }
  return word;
}

// Values of up to 56 bits: with the 7 bits that a store leaves over they fit a word.
static void pack_narrow(
    const int64_t *values, size_t count, uint64_t reference, unsigned width, uint8_t *packed) {
  uint8_t *end = packed + (count * width + 7) / 8;
  uint64_t held = 0;
  unsigned used = 0;
  // As many values at once as fit, so that there is one store for all of them.
  size_t i = 0, group = width <= 14 ? 4 : width <= 28 ? 2 : 1;
  for (; i + group <= count && end - packed >= 8; i += group) {
    uint64_t bits = (uint64_t)values[i] - reference;
    if (group == 4) {
      bits |= ((uint64_t)values[i + 1] - reference) << width |
              ((uint64_t)values[i + 2] - reference) << 2 * width |
              ((uint64_t)values[i + 3] - reference) << 3 * width;
    } else if (group == 2) {
      bits |= ((uint64_t)values[i + 1] - reference) << width;
    }
    held |= bits << used;
    used += (unsigned)group * width;
    memcpy(packed, &held, 8);
    packed += used / 8;
    held >>= used & ~7u;
    used &= 7;
  }
  for (; i < count; i++) {
    held |= ((uint64_t)values[i] - reference) << used;
    for (used += width; used >= 8; used -= 8, held >>= 8) *packed++ = (uint8_t)held;
  }
  if (used > 0) *packed = (uint8_t)held;
}

static void pack_wide(
    const int64_t *values, size_t count, uint64_t reference, unsigned width, uint8_t *packed) {
  uint64_t held = 0;
  unsigned used = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t value = (uint64_t)values[i] - reference;
    held |= value << used;
    if (used + width >= 64) {
      memcpy(packed, &held, 8);
      packed += 8;
      unsigned taken = 64 - used;
      held = taken < width ? value >> taken : 0;
      used = used + width - 64;
    } else {
      used += width;
    }
  }
  if (used > 0) memcpy(packed, &held, (used + 7) / 8);
}

void evt_frame_pack(
    const int64_t *values, size_t count, int64_t reference, unsigned width, uint8_t *packed) {
  if (width == 0) return;
  if (width <= 56) pack_narrow(values, count, (uint64_t)reference, width, packed);
  else pack_wide(values, count, (uint64_t)reference, width, packed);
}

// Wider than 57 bits a value may straddle nine bytes, so two words are read for it.
static void unpack_wide(
    const uint8_t *packed, size_t bytes, size_t first, size_t count, unsigned width,
    uint64_t reference, uint64_t *values) {
  uint64_t mask = low_bits(width);
  for (size_t i = first; i < count; i++) {
    size_t bit = i * width;
    unsigned shift = bit & 7;
    uint64_t value = load_word(packed, bytes, bit / 8) >> shift;
    if (shift > 0 && shift + width > 64) {
      value |= load_word(packed, bytes, bit / 8 + 8) << (64 - shift);
    }
    values[i] = (value & mask) + reference;
  }
}

void evt_bit_unpack(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference, uint64_t *values) {
  if (width == 0) {
    for (size_t i = 0; i < count; i++) values[i] = reference;
    return;
  }
  size_t bytes = (count * width + 7) / 8;
  size_t i = 0;
  if (width <= 57 && bytes >= 8) {
    uint64_t mask = low_bits(width);
    // The last value whose eight bytes lie wholly inside.
    size_t safe = ((bytes - 8) * 8) / width + 1;
    if (safe > count) safe = count;
    size_t bit = 0;
    for (; i < safe; i++, bit += width) {
      uint64_t word;
      memcpy(&word, packed + bit / 8, 8);
      values[i] = ((word >> (bit & 7)) & mask) + reference;
    }
  }
  unpack_wide(packed, bytes, i, count, width, reference, values);
}

void evt_bit_unpack32(
    const uint8_t *packed, size_t count, unsigned width, uint32_t reference, uint32_t *values) {
  if (width == 0) {
    for (size_t i = 0; i < count; i++) values[i] = reference;
    return;
  }
  size_t bytes = (count * width + 7) / 8;
  uint32_t mask = (uint32_t)low_bits(width);
  size_t i = 0;
  if (bytes >= 8) {
    size_t safe = ((bytes - 8) * 8) / width + 1;
    if (safe > count) safe = count;
    size_t bit = 0;
    for (; i < safe; i++, bit += width) {
      uint64_t word;
      memcpy(&word, packed + bit / 8, 8);
      values[i] = ((uint32_t)(word >> (bit & 7)) & mask) + reference;
    }
  }
  for (; i < count; i++) {
    size_t bit = i * width;
    values[i] = ((uint32_t)(load_word(packed, bytes, bit / 8) >> (bit & 7)) & mask) + reference;
  }
}

void evt_bit_pick(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference,
    const uint32_t *places, size_t place_count, uint64_t *values) {
  size_t bytes = (count * width + 7) / 8;
  uint64_t mask = low_bits(width);
  for (size_t i = 0; i < place_count; i++) {
    size_t bit = (size_t)places[i] * width;
    unsigned shift = bit & 7;
    uint64_t value = load_word(packed, bytes, bit / 8) >> shift;
    if (shift + width > 64) value |= load_word(packed, bytes, bit / 8 + 8) << (64 - shift);
    values[i] = (width == 0 ? 0 : value & mask) + reference;
  }
}
