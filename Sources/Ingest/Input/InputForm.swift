// How events stand in an input, told by its beginning.

import CKernels

/// The arrangement of events in the text of an input.
enum InputForm: Equatable {
  /// One event (or several) a line; lines end with this byte.
  case lines(separator: UInt8)
  /// An array of events, or events that span lines.
  case values

  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")

  /// Tells the form of text that begins with `head`.
  ///
  /// An opening bracket means an array. An opening brace means one event a line, unless the first
  /// object is valid JSON and goes on behind the end of its line, or is followed by another one and
  /// no line ends.
  init(_ head: [UInt8]) {
    var padded = head
    padded.append(contentsOf: repeatElement(0, count: Int(EVT_SCAN_PADDING)))
    self = padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return .lines(separator: Self.newline) }
      return Self.form(base, base + head.count)
    }
  }

  private static func form(_ base: Bytes, _ end: Bytes) -> InputForm {
    var at = base
    JSONText.skipSpace(&at, end)
    if at < end, at[0] == UInt8(ascii: "[") { return .values }
    let text = UnsafeBufferPointer(start: base, count: end - base)
    // Macintosh line ends: there is not one newline.
    let hasNewline = text.contains(newline)
    let separator = !hasNewline && text.contains(carriageReturn) ? carriageReturn : newline
    guard at < end, at[0] == UInt8(ascii: "{") else { return .lines(separator: separator) }
    var after = at
    var keys = Int.min / 2
    let failure = JSONText.skipValue(&after, end, depth: 0, keys: &keys)
    // A text that is cut at the head's end fails there.
    let isValidSoFar = failure == nil || after >= end || failure == .unterminated
    let first = UnsafeBufferPointer(start: at, count: min(after, end) - at)
    let spansLines = first.contains(newline) || first.contains(carriageReturn)
    if isValidSoFar, spansLines { return .values }
    // Objects without any line ends may go on for longer than a line may be.
    let hasLines = hasNewline || separator == carriageReturn
    JSONText.skipSpace(&after, end)
    let isFollowed = failure == nil && after < end && after[0] == UInt8(ascii: "{")
    return isFollowed && !hasLines ? .values : .lines(separator: separator)
  }
}
