// Which evt this is.

/// The program's version; the first line of `evt --version`.
enum Version {
  static let number = "0.1.0"
  static let text = "evt \(number)"
}
