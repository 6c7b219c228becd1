#include "hash.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// CRC-32C. The table serves processors without the instruction and the tail of the wide loop.

static uint32_t crc32c_byte(uint32_t crc, uint8_t byte) {
  crc ^= byte;
  for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
  return crc;
}

static uint32_t crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) crc = crc32c_byte(crc, bytes[i]);
  return crc;
}

#if defined(__x86_64__)
// The instruction takes three cycles, but one can begin in each: three stretches are read at once.
#define STRETCH 1024

// The checksum with so many more zero bytes: a product with x^(8 * bytes - 33) modulo the
// polynomial, which the instruction then reduces.
__attribute__((target("sse4.2,pclmul"))) static inline uint64_t crc32c_move(
    uint64_t crc, uint32_t factor) {
  __m128i product = _mm_clmulepi64_si128(
      _mm_cvtsi32_si128((int)(uint32_t)crc), _mm_cvtsi32_si128((int)factor), 0);
  return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t crc32c_stretches(
    uint32_t crc, const uint8_t *bytes, size_t rounds) {
  const uint32_t over_one = 0x170076FA, over_two = 0xA51B6135;
  uint64_t first = crc;
  for (; rounds > 0; rounds--, bytes += 3 * STRETCH) {
    uint64_t second = 0, third = 0;
    for (size_t i = 0; i < STRETCH; i += 8) {
      uint64_t words[3];
      for (size_t lane = 0; lane < 3; lane++)
        memcpy(&words[lane], bytes + lane * STRETCH + i, 8);
      first = _mm_crc32_u64(first, words[0]);
      second = _mm_crc32_u64(second, words[1]);
      third = _mm_crc32_u64(third, words[2]);
    }
    first = crc32c_move(first, over_two) ^ crc32c_move(second, over_one) ^ third;
  }
  return (uint32_t)first;
}

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(
    uint32_t crc, const uint8_t *bytes, size_t count) {
  uint64_t wide = crc;
  while (count >= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = _mm_crc32_u64(wide, word);
    bytes += 8;
    count -= 8;
  }
  crc = (uint32_t)wide;
  while (count--) crc = _mm_crc32_u8(crc, *bytes++);
  return crc;
}
#endif

uint32_t evt_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
  crc = ~crc;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) {
    size_t rounds = __builtin_cpu_supports("pclmul") ? count / (3 * STRETCH) : 0;
    crc = crc32c_stretches(crc, bytes, rounds);
    return ~crc32c_sse42(crc, bytes + rounds * 3 * STRETCH, count - rounds * 3 * STRETCH);
  }
#endif
  return ~crc32c_portable(crc, bytes, count);
}

// XXH64, after the specification in its project's doc/xxhash_spec.md.

static const uint64_t P1 = 0x9E3779B185EBCA87ull;
static const uint64_t P2 = 0xC2B2AE3D27D4EB4Full;
static const uint64_t P3 = 0x165667B19E3779F9ull;
static const uint64_t P4 = 0x85EBCA77C2B2AE63ull;
static const uint64_t P5 = 0x27D4EB2F165667C5ull;

static inline uint64_t rotate_left(uint64_t x, int r) { return (x << r) | (x >> (64 - r)); }

static inline uint64_t load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
  return word;
}

static inline uint64_t load32(const uint8_t *bytes) {
  uint32_t word;
  memcpy(&word, bytes, 4);
  return word;
}

static inline uint64_t xxh_round(uint64_t lane, uint64_t input) {
  return rotate_left(lane + input * P2, 31) * P1;
}

static inline uint64_t xxh_merge(uint64_t hash, uint64_t lane) {
  return (hash ^ xxh_round(0, lane)) * P1 + P4;
}

static inline void lanes_begin(uint64_t lanes[4], uint64_t seed) {
  lanes[0] = seed + P1 + P2;
  lanes[1] = seed + P2;
  lanes[2] = seed;
  lanes[3] = seed - P1;
}

static inline const uint8_t *lanes_add(uint64_t lanes[4], const uint8_t *bytes, size_t stripes) {
  uint64_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
  for (; stripes > 0; stripes--, bytes += 32) {
    a = xxh_round(a, load64(bytes));
    b = xxh_round(b, load64(bytes + 8));
    c = xxh_round(c, load64(bytes + 16));
    d = xxh_round(d, load64(bytes + 24));
  }
  lanes[0] = a, lanes[1] = b, lanes[2] = c, lanes[3] = d;
  return bytes;
}

static uint64_t finish(
  const uint64_t lanes[4], uint64_t seed, uint64_t total, const uint8_t *tail) {
  uint64_t hash;
  if (total >= 32) {
    hash = rotate_left(lanes[0], 1) + rotate_left(lanes[1], 7) + rotate_left(lanes[2], 12) +
           rotate_left(lanes[3], 18);
    for (int lane = 0; lane < 4; lane++) hash = xxh_merge(hash, lanes[lane]);
  } else {
    hash = seed + P5;
  }
  hash += total;
  size_t left = total & 31;
  for (; left >= 8; left -= 8, tail += 8)
    hash = rotate_left(hash ^ xxh_round(0, load64(tail)), 27) * P1 + P4;
  if (left >= 4) {
    hash = rotate_left(hash ^ (load32(tail) * P1), 23) * P2 + P3;
    left -= 4, tail += 4;
  }
  for (; left > 0; left--, tail++) hash = rotate_left(hash ^ (*tail * P5), 11) * P1;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return hash ^ (hash >> 32);
}

uint64_t evt_xxh64(const uint8_t *bytes, size_t count, uint64_t seed) {
  uint64_t lanes[4];
  const uint8_t *tail = bytes;
  if (count >= 32) {
    lanes_begin(lanes, seed);
    tail = lanes_add(lanes, bytes, count / 32);
  }
  return finish(lanes, seed, count, tail);
}

void evt_xxh64_begin(evt_xxh64_state *state, uint64_t seed) {
  memset(state, 0, sizeof *state);
  state->seed = seed;
  lanes_begin(state->lanes, seed);
}

void evt_xxh64_add(evt_xxh64_state *state, const uint8_t *bytes, size_t count) {
  if (count == 0) return;
  size_t held = state->total & 31;
  state->total += count;
  if (held + count < 32) {
    memcpy(state->pending + held, bytes, count);
    return;
  }
  if (held > 0) {
    size_t fill = 32 - held;
    memcpy(state->pending + held, bytes, fill);
    lanes_add(state->lanes, state->pending, 1);
    bytes += fill;
    count -= fill;
  }
  bytes = lanes_add(state->lanes, bytes, count / 32);
  memcpy(state->pending, bytes, count & 31);
}

#if defined(__x86_64__)
/// All eight lanes of two hashes at once.
__attribute__((target("avx512f,avx512dq"))) static void pair_add_wide(
  uint64_t first[4], uint64_t second[4], const uint8_t *bytes, size_t stripes) {
  __m512i lanes = _mm512_inserti64x4(
    _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)first)),
    _mm256_loadu_si256((const __m256i *)second), 1);
  const __m512i p1 = _mm512_set1_epi64((long long)P1), p2 = _mm512_set1_epi64((long long)P2);
  for (; stripes > 0; stripes--, bytes += 32) {
    __m512i input = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)bytes));
    lanes = _mm512_add_epi64(lanes, _mm512_mullo_epi64(input, p2));
    lanes = _mm512_mullo_epi64(_mm512_rol_epi64(lanes, 31), p1);
  }
  _mm256_storeu_si256((__m256i *)first, _mm512_castsi512_si256(lanes));
  _mm256_storeu_si256((__m256i *)second, _mm512_extracti64x4_epi64(lanes, 1));
}
#endif

void evt_xxh64_add_pair(
  evt_xxh64_state *first, evt_xxh64_state *second, const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
  size_t head = (32 - (first->total & 31)) & 31;
  if (count >= head + 32 && __builtin_cpu_supports("avx512dq")) {
    evt_xxh64_add(first, bytes, head);
    evt_xxh64_add(second, bytes, head);
    size_t whole = (count - head) / 32;
    pair_add_wide(first->lanes, second->lanes, bytes + head, whole);
    first->total += whole * 32;
    second->total += whole * 32;
    bytes += head + whole * 32;
    count -= head + whole * 32;
  }
#endif
  evt_xxh64_add(first, bytes, count);
  evt_xxh64_add(second, bytes, count);
}

uint64_t evt_xxh64_end(const evt_xxh64_state *state) {
  return finish(state->lanes, state->seed, state->total, state->pending);
}

// Keys: as in wyhash, two words at a time are multiplied and the halves of the product folded.

static inline uint64_t fold(uint64_t left, uint64_t right) {
  __uint128_t product = (__uint128_t)left * right;
  return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

uint64_t evt_key_hash(const uint8_t *bytes, size_t count, uint64_t seed) {
  uint64_t state = seed ^ P1, low = 0, high = 0;
  const uint8_t *end = bytes + count;
  for (size_t left = count; left > 16; left -= 16, bytes += 16)
    state = fold(load64(bytes) ^ state, load64(bytes + 8) ^ P2);
  if (count >= 16) {
    low = load64(end - 16), high = load64(end - 8);
  } else if (count >= 8) {
    low = load64(bytes), high = load64(end - 8);
  } else if (count >= 4) {
    low = load32(bytes), high = load32(end - 4);
  } else if (count > 0) {
    low = bytes[0] | (uint64_t)bytes[count / 2] << 8 | (uint64_t)end[-1] << 16;
  }
  return fold(fold(low ^ state, high ^ P2) ^ P3, count ^ P4);
}
