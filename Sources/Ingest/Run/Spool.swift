// Where a stream is kept that may have been loaded before.

import EvtCore
import Glibc

/// A place for a copy of a stream, which has no name and goes with the process.
enum Spool {
  /// A file in this directory; nil is `$TMPDIR`, else /tmp.
  case directory(String?)
  /// Memory, for text with fields that must not reach the disk.
  case memory(bytesMax: Int)

  /// Opens an empty copy.
  /// - Throws: `IngestError` of kind `.cannotCreate`.
  func open() throws -> Int32 {
    let place: String
    let descriptor: Int32
    switch self {
    case .memory:
      place = "memory"
      descriptor = ProcessMemory.makeFile()
    case .directory(let name):
      place = name ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      var template = Array("\(place)/evt-spool-XXXXXX".utf8CString)
      descriptor = mkstemp(&template)
      if descriptor >= 0 {
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      }
    }
    guard descriptor >= 0 else {
      throw IngestError(
        .cannotCreate,
        "\(place): cannot keep a copy of the input here: \(String(cString: strerror(errno))); "
          + "set TMPDIR, or use --force")
    }
    return descriptor
  }

  /// Makes sure that a copy of `bytes` is not too long.
  /// - Throws: `IngestError` of kind `.cannotCreate`.
  func check(bytes: Int, of source: String) throws {
    guard case .memory(let bytesMax) = self, bytes > bytesMax else { return }
    throw IngestError(
      .cannotCreate,
      "\(source): begins like something loaded before, and is too long to be compared without a "
        + "copy on the disk, where fields to be hidden would be seen; name a file, give more "
        + "--memory, or use --force")
  }
}
