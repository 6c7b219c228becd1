// How the process holds memory.

import CKernels

/// Settings of the allocator.
public enum ProcessMemory {
  /// Keeps freed blocks of a few megabytes for the next use. Decoding allocates and frees the
  /// vectors of every block; giving them back each time costs a tenth of a query in page faults.
  public static func keepFreedBlocks() { evt_keep_freed_memory() }

  /// Creates a file in memory that has no name, so that nobody else can open it, and that programs
  /// which are started do not inherit.
  /// - Returns: its descriptor, or -1 with the reason in `errno`.
  public static func makeFile() -> Int32 { evt_memory_file() }
}
