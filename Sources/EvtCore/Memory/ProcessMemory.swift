// How the process holds memory.

import CKernels
import Glibc

/// Settings of the allocator.
public enum ProcessMemory {
  /// Keeps freed blocks of a few megabytes for the next use. Decoding allocates and frees the
  /// vectors of every block; giving them back each time costs a tenth of a query in page faults.
  public static func keepFreedBlocks() { evt_keep_freed_memory() }

  /// Backs the heap with large pages, for answers that gather lists of all users: first writing and
  /// then searching them takes a tenth less. All threads take memory from one heap then, for which
  /// many would wait, so it is for few processors alone. To be called before there are other
  /// threads.
  public static func useLargePages() {
    if sysconf(Int32(_SC_NPROCESSORS_ONLN)) <= 4 { evt_use_large_pages(48 << 20) }
  }

  /// Creates a file in memory that has no name, so that nobody else can open it, and that programs
  /// which are started do not inherit.
  /// - Returns: its descriptor, or -1 with the reason in `errno`.
  public static func makeFile() -> Int32 { evt_memory_file() }
}
