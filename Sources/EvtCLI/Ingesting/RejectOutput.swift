// A reject file of the user's choice.

import Glibc

/// The file of `--rejects`. It is made with the first line and kept however the ingest ends.
final class RejectOutput {
  let path: String
  private var descriptor: Int32 = -1
  private var pending: [UInt8] = []

  private static let pendingBytesMax = 256 << 10

  /// Prepares a file at `path`. One that is there is replaced: it would mix the lines of two runs.
  /// - Throws: `OutputError` when it cannot be written.
  init(path: String) throws(OutputError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotCreate(target: path, errorNumber: errno) }
  }

  deinit { close(descriptor) }

  /// Whether both paths lead to one file.
  static func isSame(_ left: String, _ right: String) -> Bool {
    var (leftStatus, rightStatus) = (stat(), stat())
    return stat(left, &leftStatus) == 0 && stat(right, &rightStatus) == 0
      && leftStatus.st_dev == rightStatus.st_dev && leftStatus.st_ino == rightStatus.st_ino
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
