// Room for open files, made while it is cheap.

import Glibc

/// The table of the files that the process has open.
public enum FileTable {
  /// Makes room for many files. Must be called while there is one thread: a table that grows later
  /// makes the thread that opens a file wait until no processor can see the old one any more (the
  /// kernel's `synchronize_rcu`), for 10 to 15 ms at the 64th file alone.
  public static func reserve() {
    let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    // As many as may be open under the usual limit, or under a lower one.
    for last: Int32 in [1_023, 511, 255, 127] {
      let copy = fcntl(file, F_DUPFD_CLOEXEC, last)
      if copy >= 0 {
        close(copy)
        return
      }
    }
  }
}
