#ifndef CKERNELS_HASH_H
#define CKERNELS_HASH_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720) of `count` bytes, continuing from `crc` (0 to begin).
uint32_t evt_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

/// XXH64 of `count` bytes (the published algorithm, little endian).
uint64_t evt_xxh64(const uint8_t *bytes, size_t count, uint64_t seed);

/// A running XXH64.
typedef struct {
  uint64_t seed;
  uint64_t lanes[4];
  uint8_t pending[32];
  uint64_t total;
} evt_xxh64_state;

void evt_xxh64_begin(evt_xxh64_state *state, uint64_t seed);
void evt_xxh64_add(evt_xxh64_state *state, const uint8_t *bytes, size_t count);
/// The same for two hashes that have seen equally many bytes.
void evt_xxh64_add_pair(
  evt_xxh64_state *first, evt_xxh64_state *second, const uint8_t *bytes, size_t count);
uint64_t evt_xxh64_end(const evt_xxh64_state *state);

/// The hash of one field of a key, as evt-format(5) describes it.
uint64_t evt_key_hash(const uint8_t *bytes, size_t count, uint64_t seed);

#endif
