#include "bitpack.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx2")))
#define HAS_WIDE() __builtin_cpu_supports("avx2")
#endif

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

#if defined(__x86_64__)
// Eight values take as many bytes as one has bits, so that every eighth begins at a byte and the
// same bytes and bits are wanted again and again. Both return how many values they have read.

/// Up to 25 bits: four bytes hold a value wherever it begins.
WIDE static size_t unpack32_wide(
    const uint8_t *packed, size_t bytes, size_t count, unsigned width, uint32_t reference,
    uint32_t *values) {
  uint8_t places[32];
  uint32_t shifts[8];
  // Where the fifth value begins.
  size_t upper = width / 2;
  for (unsigned j = 0; j < 8; j++) {
    unsigned bit = j * width;
    for (unsigned b = 0; b < 4; b++)
      places[4 * j + b] = (uint8_t)(bit / 8 - (j < 4 ? 0 : upper) + b);
    shifts[j] = bit & 7;
  }
  const __m256i place = _mm256_loadu_si256((const __m256i *)places);
  const __m256i shift = _mm256_loadu_si256((const __m256i *)shifts);
  const __m256i mask = _mm256_set1_epi32((int)low_bits(width));
  const __m256i base = _mm256_set1_epi32((int)reference);
  const uint8_t *at = packed, *end = packed + bytes;
  size_t i = 0;
  for (; i + 8 <= count && (size_t)(end - at) >= upper + 16; i += 8, at += width) {
    __m256i both = _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)at)),
      _mm_loadu_si128((const __m128i *)(at + upper)), 1);
    __m256i bits = _mm256_srlv_epi32(_mm256_shuffle_epi8(both, place), shift);
    _mm256_storeu_si256(
      (__m256i *)(values + i), _mm256_add_epi32(_mm256_and_si256(bits, mask), base));
  }
  return i;
}

/// Up to 56 bits: eight bytes hold a value wherever it begins.
WIDE static size_t unpack64_wide(
    const uint8_t *packed, size_t bytes, size_t count, unsigned width, uint64_t reference,
    uint64_t *values) {
  uint8_t places[2][32];
  uint64_t shifts[2][4];
  // Where every second value begins.
  size_t pairs[4];
  for (unsigned j = 0; j < 8; j++) {
    unsigned bit = j * width, in_half = j & 3;
    if ((j & 1) == 0) pairs[j / 2] = bit / 8;
    for (unsigned b = 0; b < 8; b++)
      places[j / 4][8 * in_half + b] = (uint8_t)(bit / 8 - pairs[j / 2] + b);
    shifts[j / 4][in_half] = bit & 7;
  }
  const __m256i mask = _mm256_set1_epi64x((long long)low_bits(width));
  const __m256i base = _mm256_set1_epi64x((long long)reference);
  const uint8_t *at = packed, *end = packed + bytes;
  size_t i = 0;
  for (; i + 8 <= count && (size_t)(end - at) >= pairs[3] + 16; i += 8, at += width) {
    for (unsigned half = 0; half < 2; half++) {
      __m256i both = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(at + pairs[2 * half]))),
        _mm_loadu_si128((const __m128i *)(at + pairs[2 * half + 1])), 1);
      __m256i bits = _mm256_srlv_epi64(
        _mm256_shuffle_epi8(both, _mm256_loadu_si256((const __m256i *)places[half])),
        _mm256_loadu_si256((const __m256i *)shifts[half]));
      _mm256_storeu_si256(
        (__m256i *)(values + i + 4 * half), _mm256_add_epi64(_mm256_and_si256(bits, mask), base));
    }
  }
  return i;
}
#endif

void evt_bit_unpack(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference, uint64_t *values) {
  if (width == 0) {
    for (size_t i = 0; i < count; i++) values[i] = reference;
    return;
  }
  size_t bytes = (count * width + 7) / 8;
  size_t i = 0;
#if defined(__x86_64__)
  if (width <= 56 && HAS_WIDE()) i = unpack64_wide(packed, bytes, count, width, reference, values);
#endif
  if (width <= 57 && bytes >= 8) {
    uint64_t mask = low_bits(width);
    // The last value whose eight bytes lie wholly inside.
    size_t safe = ((bytes - 8) * 8) / width + 1;
    if (safe > count) safe = count;
    size_t bit = i * width;
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
#if defined(__x86_64__)
  if (width <= 25 && HAS_WIDE()) i = unpack32_wide(packed, bytes, count, width, reference, values);
#endif
  if (bytes >= 8) {
    size_t safe = ((bytes - 8) * 8) / width + 1;
    if (safe > count) safe = count;
    size_t bit = i * width;
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

// Compiled for vectors of the width at hand.
static inline __attribute__((always_inline)) uint64_t sum(const uint64_t *values, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += values[i];
  return sum;
}

#if defined(__x86_64__)
WIDE static uint64_t sum_wide(const uint64_t *values, size_t count) { return sum(values, count); }
#else
static uint64_t sum_wide(const uint64_t *values, size_t count) { return sum(values, count); }
#define HAS_WIDE() 0
#endif

void evt_bit_sums(
    const uint8_t *packed, size_t count, unsigned width, uint64_t reference, const uint32_t *ends,
    size_t end_count, uint64_t *sums) {
  // As many values at a time as stay near; so many that each time begins at a byte.
  enum { PART = 1024 };
  uint64_t part[PART];
  size_t first = 0, read = 0, place = 0;
  uint64_t total = 0;
  int wide = HAS_WIDE();
  for (size_t i = 0; i < end_count; i++) {
    while (place < ends[i]) {
      if (place == first + read) {
        first += read;
        read = count - first < PART ? count - first : PART;
        evt_bit_unpack(packed + first / 8 * width, read, width, reference, part);
      }
      size_t stop = ends[i] - first < read ? ends[i] - first : read;
      const uint64_t *values = part + (place - first);
      size_t more = first + stop - place;
      total += wide ? sum_wide(values, more) : sum(values, more);
      place = first + stop;
    }
    sums[i] = total;
  }
}
