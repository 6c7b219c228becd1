// A directory of its own for one test.

import Foundation
import TestSupport

/// A new directory, removed with the last reference to it.
final class WorkDirectory: Sendable {
  private let directory: TemporaryDirectory

  var path: String { directory.path }

  init() throws { directory = try TemporaryDirectory() }

  deinit { directory.remove() }

  /// Writes `text` to a file in the directory and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// The contents of a file in the directory.
  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
  }

  /// The names in the directory, sorted.
  func list() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}
