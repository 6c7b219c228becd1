// Where an answer goes: standard output, or a file that is there whole or not at all.

import Glibc

/// A destination for one command's output.
struct OutputTarget {
  /// The file's name, nil for standard output.
  let path: String?

  /// Creates the target that `-o` names; nil and `-` are standard output.
  init(_ argument: String?) { path = argument == "-" ? nil : argument }

  /// The target's name in messages.
  var name: String { path ?? StandardOutput.name }

  /// Lets `body` write, then makes the output final. A file takes its name only when it is complete
  /// and on disk; on any error it leaves nothing behind.
  /// - Throws: `OutputError`, or what `body` throws.
  func write(_ body: (inout OutputBuffer) throws -> Void) throws {
    guard let path else {
      var buffer = OutputBuffer(descriptor: STDOUT_FILENO)
      try body(&buffer)
      return try buffer.finish(naming: name)
    }
    // A device or a pipe cannot be replaced, only written to.
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return try writeInPlace(path, body)
    }
    let temporary = "\(path).evt-\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw OutputError.cannotCreate(target: path, errorNumber: errno)
    }
    do {
      defer { close(descriptor) }
      var buffer = OutputBuffer(descriptor: descriptor)
      try body(&buffer)
      try buffer.finish(naming: name)
      guard fsync(descriptor) == 0 else {
        throw OutputError.cannotWrite(target: path, errorNumber: errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let number = errno
      unlink(temporary)
      throw OutputError.cannotCreate(target: path, errorNumber: number)
    }
  }

  private func writeInPlace(
    _ path: String, _ body: (inout OutputBuffer) throws -> Void
  ) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw OutputError.cannotCreate(target: path, errorNumber: errno)
    }
    defer { close(descriptor) }
    var buffer = OutputBuffer(descriptor: descriptor)
    try body(&buffer)
    try buffer.finish(naming: name)
  }
}
