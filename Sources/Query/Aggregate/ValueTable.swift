// Numbers distinct values, so that groups are small integers.

import EvtCore

/// Distinct values in the order in which they were first seen. Numbers that are equal are one
/// value, whatever their kind; null is a value like others.
struct ValueTable: Sendable {
  private(set) var values: [Value] = []
  private var codes: [Value: UInt32] = [:]
  private var texts = TextTable()
  /// The code of the value of each text of `texts`.
  private var codesByText: [UInt32] = []

  /// Returns the code of `value`, adding it when it is new.
  mutating func code(_ value: Value) -> UInt32 {
    if case .text(let bytes) = value {
      return bytes.withUnsafeBytes { code(text: $0) { value } }
    }
    let plain = value.plain
    if let known = codes[plain] { return known }
    codes[plain] = UInt32(values.count)
    values.append(plain)
    return UInt32(values.count - 1)
  }

  /// Returns the code of a text.
  mutating func code(text: UnsafeRawBufferPointer) -> UInt32 {
    code(text: text) { .text(Array(text)) }
  }

  /// - Parameter value: makes the value of the text.
  @inline(__always)
  private mutating func code(text: UnsafeRawBufferPointer, _ value: () -> Value) -> UInt32 {
    let number = texts.insert(text, hash: StableHash.xxh64(text, seed: 0)).number
    if number == codesByText.count {
      codesByText.append(UInt32(values.count))
      values.append(value())
    }
    return codesByText[number]
  }
}

extension Value {
  /// The same value in the one form that all equal numbers share.
  var plain: Value {
    switch self {
    case .double(let value):
      if let integer = Int64(exactly: value), integer.magnitude <= 1 << 53 { return .int(integer) }
      if value.magnitude < 9_007_199_254_740_992 { return self }
      return ExactDecimal(value).map { Arithmetic.number($0) } ?? self
    case .decimal(let value): return Arithmetic.number(value)
    case .array(let items): return .array(items.map(\.plain))
    case .tuple(let items): return .tuple(items.map(\.plain))
    case .null, .bool, .int, .text, .json, .time, .date: return self
    }
  }
}
