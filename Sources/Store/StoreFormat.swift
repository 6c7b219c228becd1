// The file FORMAT, which says that a directory is a store and which evt can read it.

import EvtCore

/// The name and version of the store format.
enum StoreFormat {
  static let version: UInt64 = 1
  private static let prefix = "evt store format "
  static let bytesMax = 256

  /// The content of `FORMAT`.
  static var text: String { "\(prefix)\(version)\n" }

  /// Checks the content of `FORMAT`.
  /// - Throws: `StoreError.newerFormat`, or `.damaged` for anything that evt does not write.
  static func check(_ bytes: [UInt8], path: String) throws {
    let found = String(decoding: bytes, as: UTF8.self)
    if found == text { return }
    guard found.hasPrefix(prefix), found.hasSuffix("\n"),
      let number = UInt64(found.dropFirst(prefix.count).dropLast()), number > version
    else {
      throw StoreError.damaged(path: path, what: "it does not hold \"\(text.dropLast())\"")
    }
    throw StoreError.newerFormat(path: path, found: "\(number)", supported: "\(version)")
  }
}
