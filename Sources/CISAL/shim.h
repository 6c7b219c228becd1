#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/// What one call of `isal_inflate` did. The state has fields too large for Swift.
typedef struct {
  uint32_t taken, written;
  /// One of ISAL_DECOMP_OK and so on.
  int code;
  int is_finished;
} evt_isal_step;

/// Makes ready for a gzip member, whose checksums are verified.
static inline void evt_isal_begin(void *state) {
  isal_inflate_init((struct inflate_state *)state);
  ((struct inflate_state *)state)->crc_flag = ISAL_GZIP;
}

/// The state of a stream, to be freed with free(3); null without memory.
static inline void *evt_isal_create(void) {
  void *state = malloc(sizeof(struct inflate_state));
  if (state != NULL) evt_isal_begin(state);
  return state;
}

static inline evt_isal_step evt_isal_inflate(
    void *opaque, uint8_t *source, uint32_t source_count, uint8_t *target, uint32_t target_count) {
  struct inflate_state *state = (struct inflate_state *)opaque;
  state->next_in = source;
  state->avail_in = source_count;
  state->next_out = target;
  state->avail_out = target_count;
  int code = isal_inflate(state);
  return (evt_isal_step){
      source_count - state->avail_in, target_count - state->avail_out, code,
      state->block_state == ISAL_BLOCK_FINISH};
}
