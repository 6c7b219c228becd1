// An input that was opened for reading.

import Glibc

/// A file descriptor that is closed with its owner, and what the system says of it.
final class OpenFile {
  /// The name as it was given, "-" for standard input.
  let name: String
  let descriptor: Int32
  private let isOwned: Bool
  /// A file with a length and a beginning to go back to.
  let isRegular: Bool
  let length: UInt64
  let device: UInt64
  let inode: UInt64

  /// Opens `name`, or takes standard input for "-".
  /// - Parameter waitsForWriter: whether to wait until somebody writes to a pipe with that name.
  /// - Throws: `IngestError` of kind `.missing`, `.permission` or `.readFailed`.
  init(_ name: String, waitsForWriter: Bool = true) throws {
    self.name = name
    isOwned = name != "-"
    let flags = O_RDONLY | O_CLOEXEC | (waitsForWriter ? 0 : O_NONBLOCK)
    descriptor = isOwned ? open(name, flags) : STDIN_FILENO
    guard descriptor >= 0 else { throw Self.error(name, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      if isOwned { close(descriptor) }
      throw Self.error(name, code)
    }
    // Standard input may be a file that was partly read by somebody else: then it is a stream.
    isRegular = isOwned && status.st_mode & S_IFMT == S_IFREG
    length = isRegular ? UInt64(max(status.st_size, 0)) : 0
    device = isRegular ? UInt64(status.st_dev) : 0
    inode = isRegular ? UInt64(status.st_ino) : 0
  }

  /// Takes over a temporary file that holds what came from `name`.
  init(spooled descriptor: Int32, of name: String) {
    self.name = name
    self.descriptor = descriptor
    isOwned = true
    isRegular = true
    length = 0
    device = 0
    inode = 0
  }

  deinit { if isOwned { close(descriptor) } }

  /// Goes back to the beginning of a regular file.
  func rewind() throws {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.error(name, errno) }
  }

  /// Reads at most `count` bytes; 0 at the end.
  func read(into target: UnsafeMutablePointer<UInt8>, count: Int) throws -> Int {
    while true {
      let got = Glibc.read(descriptor, target, count)
      if got >= 0 { return got }
      guard errno == EINTR else { throw Self.error(name, errno) }
    }
  }

  /// Reads at most `count` bytes from `offset` on; 0 at the end.
  func read(at offset: UInt64, into target: UnsafeMutablePointer<UInt8>, count: Int) throws -> Int {
    while true {
      let got = pread(descriptor, target, count, off_t(clamping: offset))
      if got >= 0 { return got }
      guard errno == EINTR else { throw Self.error(name, errno) }
    }
  }

  /// The length that the file has now.
  func currentLength() throws -> UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.error(name, errno) }
    return UInt64(max(status.st_size, 0))
  }

  /// Whether both are one file.
  func isSame(as other: OpenFile) -> Bool { inode == other.inode && device == other.device }

  /// Whether no other file has the name now.
  var isStillNamed: Bool {
    var status = stat()
    guard stat(name, &status) == 0 else { return true }
    return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }

  /// Writes all `count` bytes to a temporary file.
  func write(_ bytes: UnsafePointer<UInt8>, count: Int) throws {
    var written = 0
    while written < count {
      let step = Glibc.write(descriptor, bytes + written, count - written)
      if step < 0, errno == EINTR { continue }
      guard step > 0 else {
        throw IngestError(
          .cannotCreate,
          "no room to keep a copy of \(name == "-" ? "standard input" : name): "
            + "\(String(cString: strerror(errno))); set TMPDIR, or use --force")
      }
      written += step
    }
  }

  /// The error for a failed call on `name`.
  static func error(_ name: String, _ code: Int32) -> IngestError {
    let shown = name == "-" ? "standard input" : name
    switch code {
    case ENOENT, ENOTDIR: return IngestError(.missing, "\(shown): no such file or directory")
    case EACCES, EPERM: return IngestError(.permission, "\(shown): permission to read it is denied")
    case EISDIR: return IngestError(.missing, "\(shown): is a directory")
    default:
      return IngestError(
        .readFailed, "\(shown): reading failed: \(String(cString: strerror(code)))")
    }
  }
}
