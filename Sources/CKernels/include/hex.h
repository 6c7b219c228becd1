#ifndef CKERNELS_HEX_H
#define CKERNELS_HEX_H

#include <stddef.h>
#include <stdint.h>

/// Packs `digits` (even) lower-case hexadecimal digits into digits / 2 bytes.
/// Returns 0 when one of them is something else.
int evt_hex_pack(const uint8_t *text, size_t digits, uint8_t *packed);

/// Writes 2 · `count` lower-case hexadecimal digits for the `count` bytes at `packed`.
void evt_hex_unpack(const uint8_t *packed, size_t count, uint8_t *text);

/// Packs the 36 bytes of a lower-case UUID into 16. Returns 0 when they are something else.
int evt_uuid_pack(const uint8_t *text, uint8_t *packed);

/// Writes the 36 bytes of the UUID packed in 16.
void evt_uuid_unpack(const uint8_t *packed, uint8_t *text);

#endif
