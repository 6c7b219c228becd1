#include "instant.h"

#include <string.h>

static inline uint64_t load(const uint8_t *bytes, size_t count) {
  uint64_t word = 0;
  memcpy(&word, bytes, count);
  return word;
}

// Takes `pattern` off `text`, eight bytes at once. What is left of a separator must be 0, and of a
// digit, which the pattern has as '0', at most 9: 0x80 less that is in `room`. Sets bits of `*bad`
// otherwise.
static inline uint64_t strip(uint64_t text, const char *pattern, uint64_t room, uint64_t *bad) {
  uint64_t rest = text ^ load((const uint8_t *)pattern, 8);
  *bad |= ((rest + room) | rest) & 0x8080808080808080ull;
  return rest;
}

// In each byte ten times the digit there and the next one.
static inline uint64_t pairs(uint64_t digits) { return digits * 10 + (digits >> 8); }

static inline unsigned byte_of(uint64_t word, unsigned place) {
  return (unsigned)(word >> (8 * place)) & 0xFF;
}

static unsigned days_of_month(unsigned year, unsigned month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days since 1970-01-01. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
// days_from_civil, for years that are positive.
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day) {
  unsigned shifted = month <= 2 ? year - 1 : year;
  unsigned era = shifted / 400, year_of_era = shifted % 400;
  unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (int64_t)era * 146097 + day_of_era - 719468;
}

int evt_plain_instant(const uint8_t *text, size_t count, int64_t *nanoseconds) {
  if ((count != 20 && count != 24) || text[count - 1] != 'Z' || text[10] != 'T') return 0;
  uint64_t bad = 0;
  uint64_t date = pairs(strip(load(text, 8), "0000-00-", 0x7F76767F76767676ull, &bad));
  uint64_t clock = pairs(strip(load(text + 11, 8), "00:00:00", 0x76767F76767F7676ull, &bad));
  // The day, and the digits of the fraction or zeros in their place.
  uint64_t fraction = count == 24 ? load(text + 20, 3) : 0x303030;
  uint64_t rest = strip(
      load(text + 8, 2) | fraction << 16 | 0x303030ull << 40, "00000000", 0x7676767676767676ull,
      &bad);
  if (bad || (count == 24 && text[19] != '.')) return 0;
  unsigned year = byte_of(date, 0) * 100 + byte_of(date, 2), month = byte_of(date, 5);
  unsigned day = byte_of(pairs(rest), 0);
  unsigned hour = byte_of(clock, 0), minute = byte_of(clock, 3), second = byte_of(clock, 6);
  if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1) return 0;
  if (day > 28 && day > days_of_month(year, month)) return 0;
  if (hour > 23 || minute > 59 || second > 59) return 0;
  unsigned millis = byte_of(rest, 2) * 100 + byte_of(rest, 3) * 10 + byte_of(rest, 4);
  int64_t seconds =
      days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  *nanoseconds = (seconds * 1000 + millis) * 1000000;
  return 1;
}
