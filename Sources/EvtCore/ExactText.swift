// Names that are equal only when their bytes are.

/// A text as a dictionary key. `String` takes different Unicode normal forms of a text for equal;
/// in a log they are different names.
public struct ExactText: Hashable, Comparable, Sendable {
  public let text: String

  /// Creates the key of `text`.
  public init(_ text: String) { self.text = text }

  /// Whether both have the same UTF-8 bytes.
  public static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Orders by UTF-8 bytes.
  public static func < (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Feeds the UTF-8 bytes to `hasher`.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // No byte of UTF-8: what is hashed next cannot be taken for a part of the text.
    hasher.combine(0xFF as UInt8)
  }
}
