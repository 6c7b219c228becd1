#include "ints.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Each loop is written once, for the compiler to make vectors of, and compiled for what all
// processors of a kind have and for what most of them have by now.
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,bmi,lzcnt")))
#define HAS_WIDE() __builtin_cpu_supports("avx2")
#else
#define WIDE
#define HAS_WIDE() 0
#endif
#define BODY static inline __attribute__((always_inline))

BODY evt_int_profile profile(const int64_t *values, size_t count) {
  int64_t least = values[0], greatest = values[0];
  uint64_t changes = 0;
  for (size_t i = 1; i < count; i++) {
    least = values[i] < least ? values[i] : least;
    greatest = values[i] > greatest ? values[i] : greatest;
    changes += values[i] != values[i - 1];
  }
  return (evt_int_profile){least, greatest, changes + 1};
}

WIDE static evt_int_profile profile_wide(const int64_t *values, size_t count) {
  return profile(values, count);
}

evt_int_profile evt_profile_ints(const int64_t *values, size_t count) {
  return HAS_WIDE() ? profile_wide(values, count) : profile(values, count);
}

BODY int64_t least_non_negative(const int64_t *values, size_t count) {
  int64_t least = INT64_MAX;
  for (size_t i = 0; i < count; i++) {
    int64_t value = values[i] < 0 ? INT64_MAX : values[i];
    least = value < least ? value : least;
  }
  return least;
}

WIDE static int64_t least_non_negative_wide(const int64_t *values, size_t count) {
  return least_non_negative(values, count);
}

int64_t evt_least_non_negative(const int64_t *values, size_t count) {
  return HAS_WIDE() ? least_non_negative_wide(values, count) : least_non_negative(values, count);
}

BODY uint64_t greatest_distance(const int64_t *values, size_t count, int64_t reference) {
  uint64_t greatest = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t distance = (uint64_t)values[i] - (uint64_t)reference;
    greatest = distance > greatest ? distance : greatest;
  }
  return greatest;
}

WIDE static uint64_t greatest_distance_wide(
    const int64_t *values, size_t count, int64_t reference) {
  return greatest_distance(values, count, reference);
}

uint64_t evt_greatest_distance(const int64_t *values, size_t count, int64_t reference) {
  return HAS_WIDE() ? greatest_distance_wide(values, count, reference)
                    : greatest_distance(values, count, reference);
}

BODY size_t count_beyond(
    const int64_t *values, size_t count, int64_t reference, uint64_t limit) {
  uint64_t beyond = 0;
  for (size_t i = 0; i < count; i++) beyond += (uint64_t)values[i] - (uint64_t)reference > limit;
  return beyond;
}

WIDE static size_t count_beyond_wide(
    const int64_t *values, size_t count, int64_t reference, uint64_t limit) {
  return count_beyond(values, count, reference, limit);
}

size_t evt_count_beyond(const int64_t *values, size_t count, int64_t reference, uint64_t limit) {
  return HAS_WIDE() ? count_beyond_wide(values, count, reference, limit)
                    : count_beyond(values, count, reference, limit);
}

BODY unsigned width_of(uint64_t distance) {
  return distance ? 64 - (unsigned)__builtin_clzll(distance) : 0;
}

BODY void count_widths(
    const int64_t *values, size_t count, int64_t reference, size_t histogram[65]) {
  // Two in turn: neighbours mostly need the same width, and one counter would wait for itself.
  uint32_t even[65] = {0}, odd[65] = {0};
  size_t i = 0;
  for (; i + 2 <= count; i += 2) {
    even[width_of((uint64_t)values[i] - (uint64_t)reference)]++;
    odd[width_of((uint64_t)values[i + 1] - (uint64_t)reference)]++;
  }
  if (i < count) even[width_of((uint64_t)values[i] - (uint64_t)reference)]++;
  for (int width = 0; width <= 64; width++) histogram[width] += (size_t)even[width] + odd[width];
}

WIDE static void count_widths_wide(
    const int64_t *values, size_t count, int64_t reference, size_t histogram[65]) {
  count_widths(values, count, reference, histogram);
}

void evt_count_widths(
    const int64_t *values, size_t count, int64_t reference, size_t histogram[65]) {
  if (HAS_WIDE()) count_widths_wide(values, count, reference, histogram);
  else count_widths(values, count, reference, histogram);
}

void evt_differences(const int64_t *values, size_t count, int64_t *differences) {
  for (size_t i = 1; i < count; i++)
    differences[i - 1] = (int64_t)((uint64_t)values[i] - (uint64_t)values[i - 1]);
}

#if defined(__x86_64__)
// For units of up to 32 bits. Sums of four wait for the four before only in the last addition.
WIDE static size_t prefix_sums_wide(
    int64_t *values, size_t count, int64_t *first, uint32_t unit) {
  const __m256i factor = _mm256_set1_epi64x((long long)unit);
  __m256i before = _mm256_set1_epi64x((long long)*first);
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    __m256i sums = _mm256_loadu_si256((const __m256i *)(values + i));
    sums = _mm256_add_epi64(sums, _mm256_slli_si256(sums, 8));
    __m256i lower = _mm256_permute4x64_epi64(sums, 0x55);
    sums = _mm256_add_epi64(
      sums, _mm256_blend_epi32(_mm256_setzero_si256(), lower, 0xF0));
    __m256i total = _mm256_permute4x64_epi64(sums, 0xFF);
    sums = _mm256_add_epi64(sums, before);
    before = _mm256_add_epi64(before, total);
    __m256i high = _mm256_mul_epu32(_mm256_srli_epi64(sums, 32), factor);
    __m256i scaled = _mm256_add_epi64(
      _mm256_mul_epu32(sums, factor), _mm256_slli_epi64(high, 32));
    _mm256_storeu_si256((__m256i *)(values + i), scaled);
  }
  *first = _mm256_extract_epi64(before, 0);
  return i;
}
#endif

void evt_prefix_sums(int64_t *values, size_t count, int64_t first, int64_t unit) {
  size_t i = 0;
#if defined(__x86_64__)
  if (HAS_WIDE() && unit >= 0 && unit <= UINT32_MAX)
    i = prefix_sums_wide(values, count, &first, (uint32_t)unit);
#endif
  uint64_t sum = (uint64_t)first;
  for (; i < count; i++) {
    sum += (uint64_t)values[i];
    values[i] = (int64_t)(sum * (uint64_t)unit);
  }
}

// Which of sixteen bytes equal `byte`, one bit each.
static inline uint32_t equal_bytes(const uint8_t *bytes, uint8_t byte) {
#if defined(__x86_64__)
  __m128i chunk = _mm_loadu_si128((const __m128i *)bytes);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, _mm_set1_epi8((char)byte)));
#else
  uint32_t equal = 0;
  for (int i = 0; i < 16; i++) equal |= (uint32_t)(bytes[i] == byte) << i;
  return equal;
#endif
}

// Which of sixteen bytes differ from the one before, one bit each.
static inline uint32_t changed_bytes(const uint8_t *bytes) {
#if defined(__x86_64__)
  __m128i chunk = _mm_loadu_si128((const __m128i *)bytes);
  __m128i before = _mm_loadu_si128((const __m128i *)(bytes - 1));
  return 0xFFFF ^ (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, before));
#else
  uint32_t changed = 0;
  for (int i = 0; i < 16; i++) changed |= (uint32_t)(bytes[i] != bytes[i - 1]) << i;
  return changed;
#endif
}

size_t evt_select(
    const uint8_t *kinds, const int64_t *values, size_t count, uint8_t kind, int64_t *selected) {
  size_t i = 0;
  int64_t *next = selected;
  for (; i + 16 <= count; i += 16) {
    uint32_t rows = equal_bytes(kinds + i, kind);
    if (rows == 0xFFFF) {
      memcpy(next, values + i, 16 * sizeof *values);
      next += 16;
      continue;
    }
    for (; rows != 0; rows &= rows - 1) *next++ = values[i + (size_t)__builtin_ctz(rows)];
  }
  for (; i < count; i++)
    if (kinds[i] == kind) *next++ = values[i];
  return (size_t)(next - selected);
}

size_t evt_see_codes(
    const uint8_t *kinds, const int64_t *codes, size_t count, uint8_t kind, uint8_t *seen) {
  size_t i = 0, runs = 0;
  int64_t previous = -1;
  for (; i + 16 <= count; i += 16) {
    for (uint32_t rows = equal_bytes(kinds + i, kind); rows != 0; rows &= rows - 1) {
      int64_t code = codes[i + (size_t)__builtin_ctz(rows)];
      runs += code != previous;
      previous = code;
      seen[code] = 1;
    }
  }
  for (; i < count; i++) {
    if (kinds[i] != kind) continue;
    runs += codes[i] != previous;
    previous = codes[i];
    seen[codes[i]] = 1;
  }
  return runs;
}

size_t evt_count_changes(const uint8_t *bytes, size_t count) {
  size_t i = 1, changes = 0;
  for (; i + 16 <= count; i += 16) changes += (size_t)__builtin_popcount(changed_bytes(bytes + i));
  for (; i < count; i++) changes += bytes[i] != bytes[i - 1];
  return changes;
}

size_t evt_find_changes(const uint8_t *bytes, size_t count, uint32_t *places) {
  uint32_t *next = places;
  size_t i = 1;
  for (; i + 16 <= count; i += 16) {
    for (uint32_t changed = changed_bytes(bytes + i); changed != 0; changed &= changed - 1)
      *next++ = (uint32_t)i + (uint32_t)__builtin_ctz(changed);
  }
  for (; i < count; i++)
    if (bytes[i] != bytes[i - 1]) *next++ = (uint32_t)i;
  return (size_t)(next - places);
}

size_t evt_find_equal(const uint8_t *bytes, size_t count, uint8_t byte, uint32_t *places) {
  uint32_t *next = places;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (uint32_t equal = equal_bytes(bytes + i, byte); equal != 0; equal &= equal - 1)
      *next++ = (uint32_t)i + (uint32_t)__builtin_ctz(equal);
  }
  for (; i < count; i++)
    if (bytes[i] == byte) *next++ = (uint32_t)i;
  return (size_t)(next - places);
}

void evt_pack_equal(const uint8_t *bytes, size_t count, uint8_t byte, uint8_t *packed) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    uint32_t equal = equal_bytes(bytes + i, byte);
    packed[i / 8] = (uint8_t)equal;
    packed[i / 8 + 1] = (uint8_t)(equal >> 8);
  }
  for (; i < count; i++) {
    uint8_t bit = (uint8_t)((bytes[i] == byte) << (i & 7));
    packed[i / 8] = (i & 7) == 0 ? bit : packed[i / 8] | bit;
  }
}

// A few wanted codes are compared with, many are looked up.

#if defined(__x86_64__)
WIDE static size_t match_few_wide(
    const uint32_t *codes, size_t count, const uint32_t wanted[4], uint64_t *words) {
  const __m256i first = _mm256_set1_epi32((int)wanted[0]);
  const __m256i second = _mm256_set1_epi32((int)wanted[1]);
  const __m256i third = _mm256_set1_epi32((int)wanted[2]);
  const __m256i fourth = _mm256_set1_epi32((int)wanted[3]);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    uint64_t word = 0;
    for (unsigned part = 0; part < 8; part++) {
      __m256i code = _mm256_loadu_si256((const __m256i *)(codes + i + 8 * part));
      __m256i is_wanted = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi32(code, first), _mm256_cmpeq_epi32(code, second)),
        _mm256_or_si256(_mm256_cmpeq_epi32(code, third), _mm256_cmpeq_epi32(code, fourth)));
      word |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(is_wanted)) << 8 * part;
    }
    words[i / 64] = word;
  }
  return i;
}
#endif

void evt_match_codes(
    const uint32_t *codes, size_t count, const uint8_t *outcomes, size_t outcome_count,
    uint8_t wanted, uint64_t *words) {
  size_t start = 0;
#if defined(__x86_64__)
  uint32_t few[4] = {0};
  size_t matches = 0;
  for (size_t code = 0; code < outcome_count && matches <= 4; code++) {
    if (outcomes[code] != wanted) continue;
    // Where there are fewer the first one stands for the others.
    for (size_t place = matches; place < 4; place++) few[place] = (uint32_t)code;
    matches++;
  }
  if (matches > 0 && matches <= 4 && HAS_WIDE()) start = match_few_wide(codes, count, few, words);
#endif
  for (; start < count; start += 64) {
    size_t end = count - start < 64 ? count - start : 64;
    uint64_t word = 0;
    for (size_t bit = 0; bit < end; bit++)
      word |= (uint64_t)(outcomes[codes[start + bit]] == wanted) << bit;
    words[start / 64] = word;
  }
}

BODY uint32_t greatest32(const uint32_t *values, size_t count) {
  uint32_t greatest = 0;
  for (size_t i = 0; i < count; i++) greatest = values[i] > greatest ? values[i] : greatest;
  return greatest;
}

WIDE static uint32_t greatest32_wide(const uint32_t *values, size_t count) {
  return greatest32(values, count);
}

uint32_t evt_greatest32(const uint32_t *values, size_t count) {
  return HAS_WIDE() ? greatest32_wide(values, count) : greatest32(values, count);
}

#if defined(__x86_64__)
// Eight rows at once; returns how many rows were looked at.
__attribute__((target("avx512f,avx512dq,popcnt"))) static size_t pack_events_wide(
    const int64_t *times, const uint32_t *marks, const uint64_t *rows, size_t count, int64_t base,
    unsigned mark_bits, uint64_t *packed, uint64_t *marked, uint64_t *all_bits, size_t *found) {
  const __m512i start = _mm512_set1_epi64(base);
  const __m128i shift = _mm_cvtsi32_si128((int)mark_bits);
  __m512i bits = _mm512_setzero_si512();
  size_t i = 0, next = 0;
  for (; i + 8 <= count; i += 8) {
    __mmask8 wanted = (__mmask8)(rows[i / 64] >> (i & 63));
    __m512i mark =
      _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(marks + i)));
    wanted = _mm512_mask_test_epi64_mask(wanted, mark, mark);
    __m512i time = _mm512_sub_epi64(_mm512_loadu_si512(times + i), start);
    bits = _mm512_mask_or_epi64(bits, wanted, bits, time);
    // Eight places at most are written behind those that count.
    __m512i events = _mm512_or_si512(_mm512_sll_epi64(time, shift), mark);
    _mm512_storeu_si512(packed + next, _mm512_maskz_compress_epi64(wanted, events));
    marked[i / 64] |= (uint64_t)wanted << (i & 63);
    next += (size_t)_mm_popcnt_u32(wanted);
  }
  *all_bits = (uint64_t)_mm512_reduce_or_epi64(bits);
  *found = next;
  return i;
}
#endif

size_t evt_pack_events(
    const int64_t *times, const uint32_t *marks, const uint64_t *rows, size_t count, int64_t base,
    unsigned mark_bits, uint64_t *packed, uint64_t *marked, uint64_t *all_bits) {
  size_t i = 0, next = 0;
  uint64_t bits = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512dq"))
    i = pack_events_wide(
      times, marks, rows, count, base, mark_bits, packed, marked, &bits, &next);
#endif
  // The next event takes the place of one that does not count: no branch to guess.
  for (; i < count; i++) {
    uint64_t wanted = rows[i / 64] >> (i & 63) & (marks[i] != 0);
    uint64_t time = (uint64_t)times[i] - (uint64_t)base;
    packed[next] = time << mark_bits | marks[i];
    bits |= time & (0 - wanted);
    marked[i / 64] |= wanted << (i & 63);
    next += wanted;
  }
  *all_bits = bits;
  return next;
}

void evt_expand_runs(const uint32_t *ends, size_t run_count, uint32_t *numbers, size_t count) {
  size_t row = 0;
  for (size_t run = 0; run < run_count; run++) {
    size_t end = ends[run];
    // Most runs are short, and what is written too far is written over: no branch to guess.
    for (; row + 8 <= count; row += 8) {
      for (size_t i = 0; i < 8; i++) numbers[row + i] = (uint32_t)run;
      if (row + 8 >= end) break;
    }
    if (row + 8 > count)
      for (; row < end; row++) numbers[row] = (uint32_t)run;
    row = end;
  }
}
