// A reject file of the user's choice.

import Glibc

/// The file of `--rejects`. It is made with the first line and kept however the ingest ends.
final class RejectOutput {
  let path: String
  private var descriptor: Int32 = -1
  private var pending: [UInt8] = []

  private static let pendingBytesMax = 256 << 10

  /// Prepares a file at `path`. One that is there is replaced: it would mix the lines of two runs.
  /// Unless `isContinued`: a run that goes on where another was killed goes on with its rejects.
  /// - Throws: `OutputError` when it cannot be written.
  init(path: String, isContinued: Bool = false) throws(OutputError) {
    self.path = path
    let mode = isContinued ? O_RDWR | O_APPEND : O_WRONLY | O_TRUNC
    descriptor = open(path, mode | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotCreate(target: path, errorNumber: errno) }
    if isContinued, !endsInLine { pending = [UInt8(ascii: "\n")] }
  }

  /// Whether a line can be added; the last one may have been cut when its writer died.
  private var endsInLine: Bool {
    let length = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    return length <= 0 || pread(descriptor, &last, 1, length - 1) != 1
      || last == UInt8(ascii: "\n")
  }

  deinit { close(descriptor) }

  /// Whether both paths lead to one file.
  static func isSame(_ left: String, _ right: String) -> Bool {
    var (leftStatus, rightStatus) = (stat(), stat())
    return stat(left, &leftStatus) == 0 && stat(right, &rightStatus) == 0
      && leftStatus.st_dev == rightStatus.st_dev && leftStatus.st_ino == rightStatus.st_ino
  }

  /// Whether `path` leads to a directory.
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path, nil while no line was rejected.
  private(set) var writtenPath: String?

  /// Adds one line with its end.
  /// - Throws: `OutputError`.
  func append(_ line: [UInt8]) throws(OutputError) {
    writtenPath = path
    pending += line
    if pending.count >= Self.pendingBytesMax { try flush() }
  }

  /// Makes everything added so far durable.
  /// - Throws: `OutputError`.
  func finish() throws(OutputError) {
    try flush()
    // A pipe or a device has nothing to sync.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw .cannotWrite(target: path, errorNumber: errno)
    }
  }

  private func flush() throws(OutputError) {
    var buffer = OutputBuffer(descriptor: descriptor)
    pending.withUnsafeBytes { buffer.append($0) }
    pending = []
    try buffer.finish(naming: path)
  }
}
