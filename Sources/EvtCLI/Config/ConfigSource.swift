// The text of a configuration file, for reading it and for showing where it is wrong.

import EvtCore
import Glibc
import Query

/// A mistake in a configuration file, or a file that cannot be read.
struct ConfigError: Error {
  var status = ExitStatus.usage
  /// `file:line:column: what`.
  var message: String
  /// The line, with carets under the place.
  var excerpt: String?
  var help: String?
}

/// A configuration file in memory.
struct ConfigSource {
  /// As it was named.
  let path: String
  let text: String

  init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  /// Reads the file at `path`; `-` is standard input.
  /// - Throws: `ConfigError` when it is missing, unreadable, too large or no text.
  init(reading path: String) throws(ConfigError) {
    let bytes = try Self.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigError(message: "\(path): it is not UTF-8", help: "save the file as UTF-8")
    }
    // A byte order mark is no part of the text.
    self.init(path: path, text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
  }

  private static func read(_ path: String) throws(ConfigError) -> [UInt8] {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= Limits.rulesFileBytesMax else {
        throw ConfigError(message: "\(path): it has more than \(Limits.rulesFileBytesMax) bytes")
      }
    }
  }

  private static func unreadable(_ path: String, _ number: Int32) -> ConfigError {
    let status: ExitStatus =
      switch number {
      case ENOENT, ENOTDIR: .inputMissing
      case EACCES, EPERM: .permission
      default: .cannotWrite
      }
    return ConfigError(
      status: status, message: "\(path): cannot read: \(String(cString: strerror(number)))")
  }

  /// The error for a mistake at `place`.
  func error(at place: ConfigPlace, _ what: String, help: String? = nil) -> ConfigError {
    ConfigError(
      message: "\(path):\(place.line):\(place.column): \(what)", excerpt: excerpt(place), help: help
    )
  }

  /// The line of `place`, unless it may hold a secret: the address of a webhook is one.
  private func excerpt(_ place: ConfigPlace) -> String? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.indices.contains(place.line - 1), place.column > 0 else { return nil }
    let line = lines[place.line - 1]
    guard !line.contains("://"), place.column <= line.unicodeScalars.count + 1 else { return nil }
    return SourceExcerpt(
      line: place.line, column: place.column, length: place.length, offset: 0,
      lineText: String(line)
    ).drawing
  }
}
