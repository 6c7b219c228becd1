#include "scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

static inline int ends_string(uint8_t byte) { return byte == '"' || byte == '\\' || byte < 0x20; }

size_t evt_scan_string(const uint8_t *bytes, size_t count, int *non_ascii) {
  size_t i = 0;
#if defined(__x86_64__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (; i + 16 <= count; i += 16) {
    __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + i));
    __m128i stop = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(chunk, quote), _mm_cmpeq_epi8(chunk, backslash)),
        _mm_cmpeq_epi8(_mm_min_epu8(chunk, control), chunk));
    unsigned stops = (unsigned)_mm_movemask_epi8(stop);
    unsigned high = (unsigned)_mm_movemask_epi8(chunk);
    if (stops) {
      unsigned at = (unsigned)__builtin_ctz(stops);
      if (high & ((1u << at) - 1)) *non_ascii = 1;
      return i + at;
    }
    if (high) *non_ascii = 1;
  }
#endif
  for (; i < count; i++) {
    if (ends_string(bytes[i])) return i;
    if (bytes[i] >= 0x80) *non_ascii = 1;
  }
  return count;
}

int evt_is_utf8(const uint8_t *bytes, size_t count) {
  size_t i = 0;
  while (i < count) {
    uint8_t lead = bytes[i];
    if (lead < 0x80) {
      i++;
      continue;
    }
    size_t length;
    uint8_t low = 0x80, high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) length = 2;
    else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else return 0;
    if (count - i < length) return 0;
    if (bytes[i + 1] < low || bytes[i + 1] > high) return 0;
    for (size_t k = 2; k < length; k++)
      if ((bytes[i + k] & 0xC0) != 0x80) return 0;
    i += length;
  }
  return 1;
}

size_t evt_count_byte(const uint8_t *bytes, size_t count, uint8_t byte) {
  size_t total = 0, i = 0;
#if defined(__x86_64__)
  const __m128i wanted = _mm_set1_epi8((char)byte), zero = _mm_setzero_si128();
  while (i + 16 <= count) {
    // Each lane counts down from 0 and holds at most 255 matches.
    size_t end = i + 16 * 255 < count ? i + 16 * 255 : count;
    __m128i lanes = zero;
    for (; i + 16 <= end; i += 16) {
      __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + i));
      lanes = _mm_sub_epi8(lanes, _mm_cmpeq_epi8(chunk, wanted));
    }
    __m128i sums = _mm_sad_epu8(lanes, zero);
    total += (size_t)_mm_cvtsi128_si64(sums);
    total += (size_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums));
  }
#endif
  for (; i < count; i++) total += bytes[i] == byte;
  return total;
}

size_t evt_last_byte(const uint8_t *bytes, size_t count, uint8_t byte) {
  while (count > 0 && bytes[count - 1] != byte) count--;
  return count;
}

size_t evt_json_walk_value(evt_json_walk *walk, const uint8_t *bytes, size_t count) {
  size_t i = 0;
  while (i < count) {
    if (walk->in_string) {
      if (walk->is_escaped) {
        walk->is_escaped = 0;
        walk->newlines += bytes[i++] == '\n';
        continue;
      }
      int non_ascii = 0;
      i += evt_scan_string(bytes + i, count - i, &non_ascii);
      if (i == count) break;
      if (bytes[i] == '"') walk->in_string = 0;
      else if (bytes[i] == '\\') walk->is_escaped = 1;
      else walk->newlines += bytes[i] == '\n';
      i++;
      continue;
    }
    switch (bytes[i++]) {
    case '"': walk->in_string = 1; break;
    case '\n': walk->newlines++; break;
    case '{': case '[': walk->depth++; break;
    case '}': case ']':
      if (walk->depth > 0) walk->depth--;
      if (walk->depth == 0) return i;
      break;
    default: break;
    }
  }
  return count;
}
