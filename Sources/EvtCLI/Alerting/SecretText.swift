// Secrets that do not stand in the file of rules: from the environment, or a file of their own.

import Glibc

/// Finds what a file of rules only names.
enum SecretText {
  /// Replaces each `${NAME}` by the environment variable of this name.
  /// - Throws: `ConfigError` at `place` for a variable that is not set.
  static func expanded(
    _ text: String, _ key: String, at place: ConfigPlace, _ source: ConfigSource
  ) throws(ConfigError) -> String {
    var result = ""
    var rest = text[...]
    while let opening = rest.firstRange(of: "${") {
      result += rest[..<opening.lowerBound]
      rest = rest[opening.upperBound...]
      guard let closing = rest.firstIndex(of: "}"), isName(rest[..<closing]) else {
        throw source.error(
          at: place, "\(key): ${ is not followed by a name and }", help: "write ${NAME}")
      }
      let name = String(rest[..<closing])
      let value = Environment.text(name)
      guard !value.isEmpty else {
        throw source.error(
          at: place, "\(key): the environment variable \(name) is not set",
          help: "set \(name) where evt alert is run, such as in the crontab")
      }
      result += value
      rest = rest[rest.index(after: closing)...]
    }
    return result + rest
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
        || byte == 0x5F
    }
  }

  /// The one line of a file that nobody else can read.
  /// - Throws: `ConfigError` at `place`.
  static func line(
    ofFile path: String, _ key: String, at place: ConfigPlace, _ source: ConfigSource
  ) throws(ConfigError) -> String {
    func problem(_ what: String, help: String? = nil) -> ConfigError {
      source.error(at: place, "\(key): \(path): \(what)", help: help)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw problem(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw problem("it is no file")
    }
    guard status.st_uid == geteuid() else { throw problem("it belongs to another user") }
    guard status.st_mode & 0o077 == 0 else {
      throw problem("others can read or change it", help: "chmod 600 \(path)")
    }
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw problem(String(cString: strerror(errno))) }
    guard count < bytes.count else { throw problem("it is too long") }
    let lines = bytes[..<count].split(separator: 0x0A).map { $0.filter { $0 != 0x0D } }
    guard lines.count == 1, let text = String(validating: lines[0], as: UTF8.self) else {
      throw problem("it does not hold one line")
    }
    return text
  }
}
