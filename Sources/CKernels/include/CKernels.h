/// Loops that need instructions Swift cannot name: checksums, hashes, bit packing, byte scans.
/// Every one takes pointers with explicit lengths, keeps no state of its own and never allocates.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "hash.h"
#include "prefetch.h"
#include "bitpack.h"
#include "bytes.h"
#include "hex.h"
#include "instant.h"
#include "ints.h"
#include "kinds.h"
#include "memory.h"
#include "scan.h"

#endif
