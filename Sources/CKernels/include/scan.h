#ifndef CKERNELS_SCAN_H
#define CKERNELS_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

/// How many bytes must be readable behind any text that the inline functions below look at.
#define EVT_SCAN_PADDING 64

/// Set in the result of `evt_string_span` when a byte at or above 0x80 stands before the end.
#define EVT_SPAN_NON_ASCII (1ull << 63)

/// The number of bytes before the first that is a quote, a backslash or a control character below
/// 0x20, possibly with `EVT_SPAN_NON_ASCII`. One such byte must come, and 16 more be readable.
static inline uint64_t evt_string_span(const uint8_t *bytes) {
  uint64_t seen_high = 0;
  size_t i = 0;
#if defined(__x86_64__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (;; i += 16) {
    __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + i));
    __m128i stop = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(chunk, quote), _mm_cmpeq_epi8(chunk, backslash)),
        _mm_cmpeq_epi8(_mm_min_epu8(chunk, control), chunk));
    uint32_t stops = (uint32_t)_mm_movemask_epi8(stop);
    uint32_t high = (uint32_t)_mm_movemask_epi8(chunk);
    if (stops) {
      uint32_t at = (uint32_t)__builtin_ctz(stops);
      seen_high |= high & ((1u << at) - 1);
      return (i + at) | (seen_high ? EVT_SPAN_NON_ASCII : 0);
    }
    seen_high |= high;
  }
#else
  for (;; i++) {
    if (bytes[i] == '"' || bytes[i] == '\\' || bytes[i] < 0x20) break;
    seen_high |= bytes[i] & 0x80;
  }
  return i | (seen_high ? EVT_SPAN_NON_ASCII : 0);
#endif
}

/// 1 when the first `count` bytes agree. Up to 15 more bytes of both must be readable.
static inline int evt_same_bytes(const uint8_t *left, const uint8_t *right, size_t count) {
#if defined(__x86_64__)
  for (size_t i = 0;; i += 16) {
    __m128i a = _mm_loadu_si128((const __m128i *)(left + i));
    __m128i b = _mm_loadu_si128((const __m128i *)(right + i));
    uint32_t same = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
    if (count - i <= 16) {
      uint32_t wanted = (1u << (count - i)) - 1;
      return (same & wanted) == wanted;
    }
    if (same != 0xFFFF) return 0;
  }
#else
  return memcmp(left, right, count) == 0;
#endif
}

/// The number of bytes before the first of `count` that is a quote, a backslash or a control
/// character below 0x20. Sets `*non_ascii` when a byte at or above 0x80 stands before it.
size_t evt_scan_string(const uint8_t *bytes, size_t count, int *non_ascii);

/// 1 when the bytes are well-formed UTF-8 (no surrogates, no overlong forms), else 0.
int evt_is_utf8(const uint8_t *bytes, size_t count);

/// How many of the bytes equal `byte`.
size_t evt_count_byte(const uint8_t *bytes, size_t count, uint8_t byte);

/// The number of bytes up to and with the last that equals `byte`; 0 when there is none.
size_t evt_last_byte(const uint8_t *bytes, size_t count, uint8_t byte);

/// Where a walk over JSON text stands: how deeply nested, and whether inside a string.
typedef struct {
  uint64_t depth;
  uint8_t in_string;
  uint8_t is_escaped;
  uint64_t newlines;
} evt_json_walk;

/// Walks over the bytes of one JSON value without checking it, counting newlines, and returns how
/// many bytes were walked over: up to and with the bracket that brings the depth to 0, or all.
size_t evt_json_walk_value(evt_json_walk *walk, const uint8_t *bytes, size_t count);

#endif
