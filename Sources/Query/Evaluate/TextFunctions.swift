// Functions of text, over bytes as ClickHouse's are.

import EvtCore

enum TextFunctions {
  /// Changes the case of the ASCII letters in `letters`.
  static func mapASCII(_ text: [UInt8], _ letters: ClosedRange<UInt8>) -> [UInt8] {
    text.map { letters.contains($0) ? $0 ^ 0x20 : $0 }
  }

  /// Joins the texts of all values; null when one is null.
  static func concat(_ values: [Value]) -> Value {
    var joined: [UInt8] = []
    for value in values {
      switch value {
      case .text, .int, .double, .decimal, .bool: joined += shown(value)
      case .null, .json, .time, .date, .array, .tuple: return .null
      }
    }
    return .text(joined)
  }

  /// The text that shows a value; empty for what has none.
  static func shown(_ value: Value) -> [UInt8] {
    switch value {
    case .text(let bytes), .json(let bytes): bytes
    case .int(let number): Array(String(number).utf8)
    // As ClickHouse writes it: no ".0" behind whole numbers.
    case .double(let number): Array((ExactDecimal(number)?.text ?? number.description).utf8)
    case .decimal(let number): Array(number.text.utf8)
    case .bool(let truth): Array((truth ? "true" : "false").utf8)
    case .null, .time, .date, .array, .tuple: []
    }
  }

  /// The bytes from `offset`, counted from 1, or from the end when negative; `length` of them, or
  /// up to so many before the end when negative.
  static func substring(_ text: [UInt8], _ arguments: [Value]) -> Value {
    guard case .int(let given) = arguments[0] else { return .null }
    let count = Int64(text.count)
    let offset = max(-farMax, min(farMax, given))
    // May lie before the text; then that much of the length is used up there.
    let from = offset > 0 ? offset - 1 : offset < 0 ? count + offset : count
    var end = count
    if arguments.count > 1 {
      guard case .int(let length) = arguments[1] else { return .null }
      let bounded = max(-farMax, min(farMax, length))
      end = bounded >= 0 ? from + bounded : count + bounded
    }
    let start = max(0, min(from, count))
    end = max(start, min(end, count))
    return .text(Array(text[Int(start)..<Int(end)]))
  }

  /// Further than any text is long, and far from where sums overflow.
  private static let farMax: Int64 = 1 << 40

  /// Where `needle` first begins in `text`, from 1; 0 when nowhere.
  static func position(of needle: [UInt8], in text: [UInt8]) -> Int64 {
    guard needle.count <= text.count else { return 0 }
    for start in 0...(text.count - needle.count)
    where text[start..<(start + needle.count)].elementsEqual(needle) {
      return Int64(start) + 1
    }
    return 0
  }
}
