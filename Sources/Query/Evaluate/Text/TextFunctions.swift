// Functions of text, over bytes as ClickHouse's are.

import EvtCore

enum TextFunctions {
  /// Changes the case of the ASCII letters in `letters`.
  static func mapASCII(_ text: [UInt8], _ letters: ClosedRange<UInt8>) -> [UInt8] {
    text.map { letters.contains($0) ? $0 ^ 0x20 : $0 }
  }

  /// The text as Unicode has it in lower or upper case.
  static func mapUnicode(_ text: [UInt8], _ map: (String) -> String) -> [UInt8] {
    Array(map(String(decoding: text, as: UTF8.self)).utf8)
  }

  /// The bytes from `offset`, counted from 1, or from the end when negative; `length` of them, or
  /// up to so many before the end when negative.
  static func substring<Text: RangeReplaceableCollection>(
    _ text: Text, offset given: Int64, length: Int64?
  ) -> Text {
    let count = Int64(text.count)
    let offset = max(-farMax, min(farMax, given))
    // May lie before the text; then that much of the length is used up there.
    let from = offset > 0 ? offset - 1 : offset < 0 ? count + offset : count
    var end = count
    if let length {
      let bounded = max(-farMax, min(farMax, length))
      end = bounded >= 0 ? from + bounded : count + bounded
    }
    let start = max(0, min(from, count))
    end = max(start, min(end, count))
    return Text(text.dropFirst(Int(start)).prefix(Int(end - start)))
  }

  /// Further than any text is long, and far from where sums overflow.
  private static let farMax: Int64 = 1 << 40

  /// Where `needle` first begins in `text` at or behind `start`; nil when nowhere.
  static func place(of needle: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
    guard needle.count <= text.count - start, start >= 0 else { return nil }
    guard let first = needle.first else { return start }
    var at = start
    let last = text.count - needle.count
    while at <= last {
      if text[at] == first, text[at..<(at + needle.count)].elementsEqual(needle) { return at }
      at += 1
    }
    return nil
  }

  /// The pieces of `text` between the places where `separator` stands.
  static func split(_ text: [UInt8], by separator: [UInt8]) -> [[UInt8]] {
    if separator.isEmpty { return characters(text) }
    var pieces: [[UInt8]] = []
    var start = 0
    while let place = place(of: separator, in: text, from: start) {
      pieces.append(Array(text[start..<place]))
      start = place + separator.count
    }
    pieces.append(Array(text[start...]))
    return pieces
  }

  /// The code points of `text`.
  static func characters(_ text: [UInt8]) -> [[UInt8]] {
    var characters: [[UInt8]] = []
    for byte in text {
      if byte & 0xC0 == 0x80, !characters.isEmpty {
        characters[characters.count - 1].append(byte)
      } else {
        characters.append([byte])
      }
    }
    return characters
  }

  /// `text` with `replacement` in the place of `needle`, everywhere or where it first stands.
  static func replace(
    _ text: [UInt8], _ needle: [UInt8], _ replacement: [UInt8], all: Bool
  ) -> [UInt8] {
    guard !needle.isEmpty else { return text }
    var result: [UInt8] = []
    var start = 0
    while let place = place(of: needle, in: text, from: start) {
      result += text[start..<place]
      result += replacement
      start = place + needle.count
      if !all { break }
    }
    return result + text[start...]
  }

  /// `text` without the bytes of `set` at its ends.
  static func trim(_ text: [UInt8], _ set: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    var slice = text[...]
    if left { slice = slice.drop { set.contains($0) } }
    while right, let last = slice.last, set.contains(last) { slice.removeLast() }
    return Array(slice)
  }

  /// `text` brought to `length` characters with `filler`, or cut to it.
  static func pad<Unit>(_ text: [Unit], _ length: Int64, _ filler: [Unit], left: Bool) -> [Unit]? {
    guard length >= 0, length <= padMax else { return nil }
    let missing = Int(length) - text.count
    if missing <= 0 || filler.isEmpty { return Array(text.prefix(Int(length))) }
    let padding = (0..<missing).map { filler[$0 % filler.count] }
    return left ? padding + text : text + padding
  }

  /// The bytes that one value may be made to have by repetition.
  static let padMax: Int64 = 1_000_000
}
