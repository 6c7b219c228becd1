// How the process holds memory.

import CKernels

/// Settings of the allocator.
public enum ProcessMemory {
  /// Keeps freed blocks of a few megabytes for the next use. Decoding allocates and frees the
  /// vectors of every block; giving them back each time costs a tenth of a query in page faults.
  public static func keepFreedBlocks() { evt_keep_freed_memory() }
}
