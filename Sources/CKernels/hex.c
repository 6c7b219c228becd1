#include "hex.h"

#include <string.h>

static inline uint64_t load(const uint8_t *bytes, size_t count) {
  uint64_t word = 0;
  memcpy(&word, bytes, count);
  return word;
}

// Four packed bytes for eight digits, or sets bits of `*bad` where there is something else.
static inline uint32_t pack_eight(uint64_t text, uint64_t *bad) {
  const uint64_t each = 0x0101010101010101ull, high = each * 0x80;
  // The sign bit of a byte tells whether it is at least the number taken from 0x80; bytes beyond
  // ASCII are bad anyway, and without their own sign bit nothing is carried over.
  uint64_t low = text & ~high;
  uint64_t from_0 = low + each * (0x80 - '0'), after_9 = low + each * (0x80 - '9' - 1);
  uint64_t from_a = low + each * (0x80 - 'a'), after_f = low + each * (0x80 - 'f' - 1);
  uint64_t digit = from_0 & ~after_9 & high, letter = from_a & ~after_f & high;
  *bad |= (~(digit | letter) & high) | (text & high);
  // '0' is 0x30, 'a' is 0x61: a letter is its low nibble and nine.
  uint64_t nibbles = (text & each * 0x0F) + (letter >> 7) * 9;
  uint64_t pairs = (nibbles << 4 | nibbles >> 8) & 0x00FF00FF00FF00FFull;
  pairs = (pairs | pairs >> 8) & 0x0000FFFF0000FFFFull;
  return (uint32_t)(pairs | pairs >> 16);
}

int evt_hex_pack(const uint8_t *text, size_t digits, uint8_t *packed) {
  uint64_t bad = 0;
  size_t i = 0;
  for (; i + 8 <= digits; i += 8) {
    uint32_t bytes = pack_eight(load(text + i, 8), &bad);
    memcpy(packed + i / 2, &bytes, 4);
  }
  for (; i < digits; i += 2) {
    uint32_t bytes = pack_eight(load(text + i, 2) | 0x3030303030300000ull, &bad);
    packed[i / 2] = (uint8_t)bytes;
  }
  return bad == 0;
}

void evt_hex_unpack(const uint8_t *packed, size_t count, uint8_t *text) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < count; i++) {
    text[2 * i] = digits[packed[i] >> 4];
    text[2 * i + 1] = digits[packed[i] & 15];
  }
}

// Digits of each group of a UUID; a dash stands between two groups.
static const uint8_t groups[5] = {8, 4, 4, 4, 12};

int evt_uuid_pack(const uint8_t *text, uint8_t *packed) {
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return 0;
  uint64_t bad = 0;
  uint32_t words[4] = {
      pack_eight(load(text, 8), &bad),
      pack_eight(load(text + 9, 4) | load(text + 14, 4) << 32, &bad),
      pack_eight(load(text + 19, 4) | load(text + 24, 4) << 32, &bad),
      pack_eight(load(text + 28, 8), &bad)};
  memcpy(packed, words, 16);
  return bad == 0;
}

void evt_uuid_unpack(const uint8_t *packed, uint8_t *text) {
  for (int g = 0; g < 5; g++) {
    evt_hex_unpack(packed, groups[g] / 2, text);
    text += groups[g];
    packed += groups[g] / 2;
    if (g < 4) *text++ = '-';
  }
}
