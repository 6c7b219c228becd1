#include "hex.h"

// 0...15 for a lower-case hexadecimal digit, 255 for anything else.
static inline uint8_t nibble(uint8_t byte) {
  uint8_t digit = byte - '0', letter = byte - 'a';
  return digit < 10 ? digit : letter < 6 ? letter + 10 : 255;
}

int evt_hex_pack(const uint8_t *text, size_t digits, uint8_t *packed) {
  uint8_t bad = 0;
  for (size_t i = 0; i < digits / 2; i++) {
    uint8_t high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
    bad |= high | low;
    packed[i] = (uint8_t)(high << 4 | (low & 15));
  }
  return (bad & 0xF0) == 0;
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
  for (int g = 0; g < 5; g++) {
    if (!evt_hex_pack(text, groups[g], packed)) return 0;
    text += groups[g] + 1;
    packed += groups[g] / 2;
  }
  return 1;
}

void evt_uuid_unpack(const uint8_t *packed, uint8_t *text) {
  for (int g = 0; g < 5; g++) {
    evt_hex_unpack(packed, groups[g] / 2, text);
    text += groups[g];
    packed += groups[g] / 2;
    if (g < 4) *text++ = '-';
  }
}
