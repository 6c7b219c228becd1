#ifndef CKERNELS_INTS_H
#define CKERNELS_INTS_H

#include <stddef.h>
#include <stdint.h>

/// What one pass over integers tells of them.
typedef struct {
  int64_t least, greatest;
  /// Stretches of equal neighbours.
  size_t runs;
} evt_int_profile;

/// The profile of `count` values, of which there is at least one.
evt_int_profile evt_profile_ints(const int64_t *values, size_t count);

/// The least of the values that are not negative, INT64_MAX when there is none.
int64_t evt_least_non_negative(const int64_t *values, size_t count);

/// The greatest distance of a value from `reference`; distances wrap and have no sign.
uint64_t evt_greatest_distance(const int64_t *values, size_t count, int64_t reference);

/// How many values lie farther than `limit` from `reference`.
size_t evt_count_beyond(const int64_t *values, size_t count, int64_t reference, uint64_t limit);

/// Adds to `histogram[w]` how many distances from `reference` need w bits.
void evt_count_widths(
    const int64_t *values, size_t count, int64_t reference, size_t histogram[65]);

/// Writes the differences of neighbours, count - 1 of them; they wrap.
void evt_differences(const int64_t *values, size_t count, int64_t *differences);

/// Replaces each value by `unit` times the sum of `first`, the values before it and itself.
void evt_prefix_sums(int64_t *values, size_t count, int64_t first, int64_t unit);

/// Copies the values whose kind is `kind` to `selected`, and returns their number.
size_t evt_select(
    const uint8_t *kinds, const int64_t *values, size_t count, uint8_t kind, int64_t *selected);

/// Sets `seen[code]` for the codes of the rows of `kind`, and returns how many runs of equal codes
/// these rows have, other rows left out.
size_t evt_see_codes(
    const uint8_t *kinds, const int64_t *codes, size_t count, uint8_t kind, uint8_t *seen);

/// Writes one bit for each code, which is below `outcome_count`, set where `outcomes[code]` equals
/// `wanted`, least significant bit first, into (count + 63) / 64 words.
void evt_match_codes(
    const uint32_t *codes, size_t count, const uint8_t *outcomes, size_t outcome_count,
    uint8_t wanted, uint64_t *words);

/// Writes the number of its run for each of `count` rows; the runs end at `ends`, which ascend to
/// `count`.
void evt_expand_runs(const uint32_t *ends, size_t run_count, uint32_t *numbers, size_t count);

/// Writes one word for each of `count` rows whose bit in `rows` is set and whose mark is not 0: the
/// time since `base`, shifted left by `mark_bits`, and the mark, which has no more bits. `packed`
/// has room for all rows. Sets the bits of those rows in `marked`, which are zero before; all bits
/// of their times since `base` go to `all_bits`. Returns their number.
size_t evt_pack_events(
    const int64_t *times, const uint32_t *marks, const uint64_t *rows, size_t count, int64_t base,
    unsigned mark_bits, uint64_t *packed, uint64_t *marked, uint64_t *all_bits);

/// The greatest of the values, 0 without any.
uint32_t evt_greatest32(const uint32_t *values, size_t count);

/// How many bytes differ from the one before.
size_t evt_count_changes(const uint8_t *bytes, size_t count);

/// Writes the places of these bytes, and returns their number.
size_t evt_find_changes(const uint8_t *bytes, size_t count, uint32_t *places);

/// Writes the places of the bytes that equal `byte`, and returns their number.
size_t evt_find_equal(const uint8_t *bytes, size_t count, uint8_t byte, uint32_t *places);

/// Writes one bit for each byte, set where it equals `byte`, least significant bit first, into
/// (count + 7) / 8 bytes.
void evt_pack_equal(const uint8_t *bytes, size_t count, uint8_t byte, uint8_t *packed);

#endif
