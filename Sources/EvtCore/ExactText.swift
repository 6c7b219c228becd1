// Names that are equal only when their bytes are.

/// A text as a dictionary key. `String` takes different Unicode normal forms of a text for equal;
/// in a log they are different names.
public struct ExactText: Hashable, Comparable, Sendable {
  public let text: String

  /// Creates the key of `text`.
  public init(_ text: String) { self.text = text }

  /// Whether both have the same UTF-8 bytes.
  public static func == (left: ExactText, right: ExactText) -> Bool {
    withBytes(left, right) { ByteOrder.equal($0, $1) }
  }

  /// Orders by UTF-8 bytes.
  public static func < (left: ExactText, right: ExactText) -> Bool {
    withBytes(left, right) { ByteOrder.precedes($0, $1) }
  }

  /// Views of strings go byte by byte, which long names with a long beginning in common make dear.
  private static func withBytes(
    _ left: ExactText, _ right: ExactText,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    var (left, right) = (left.text, right.text)
    return left.withUTF8 { left in
      right.withUTF8 { body(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer($0)) }
    }
  }

  /// Feeds the UTF-8 bytes to `hasher`.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // No byte of UTF-8: what is hashed next cannot be taken for a part of the text.
    hasher.combine(0xFF as UInt8)
  }
}
