// The process's own streams: data on the one, everything else on the other.

import Glibc

/// Standard output, for text that is written at once.
enum StandardOutput {
  static let name = "standard output"

  /// Writes `text`.
  /// - Throws: `OutputError` when it could not all be written.
  static func write(_ text: String) throws(OutputError) {
    var buffer = OutputBuffer(descriptor: STDOUT_FILENO)
    buffer.append(text)
    try buffer.finish(naming: name)
  }
}

/// Standard error. What cannot be said there is not said: the exit status still tells.
enum StandardError {
  /// Writes `lines`, each with a newline.
  static func write(_ lines: [String]) {
    var buffer = OutputBuffer(descriptor: STDERR_FILENO)
    for line in lines {
      buffer.append(line)
      buffer.append("\n")
    }
    buffer.flush()
  }
}
