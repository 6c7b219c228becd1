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
    if case .text(let bytes) = value { return bytes.withUnsafeBytes { code(text: $0) } }
    let plain = value.plain
    if let known = codes[plain] { return known }
    codes[plain] = UInt32(values.count)
    values.append(plain)
    return UInt32(values.count - 1)
  }

  /// Returns the code of a text.
  mutating func code(text: UnsafeRawBufferPointer) -> UInt32 {
    let number = texts.insert(text, hash: StableHash.xxh64(text, seed: 0)).number
    if number == codesByText.count {
      codesByText.append(UInt32(values.count))
      values.append(.text(Array(text)))
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
    case .null, .bool, .int, .text, .json, .time, .date: return self
    }
  }
}

/// Distinct texts by number, found by hash.
struct TextTable: Sendable {
  private var slots = [UInt32](repeating: .max, count: 64)
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var bytes: [UInt8] = []

  /// The number of texts.
  var count: Int { ends.count }

  /// Returns the number of `text`, adding it when it is new.
  mutating func insert(
    _ text: UnsafeRawBufferPointer, hash: UInt64
  ) -> (number: Int, isNew: Bool) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != .max {
      let number = Int(slots[slot])
      if hashes[number] == hash, equals(number, text) { return (number, false) }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(ends.count)
    hashes.append(hash)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    if ends.count * 2 > slots.count { rehash() }
    return (ends.count - 1, true)
  }

  private func equals(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - start == text.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      UnsafeRawBufferPointer(rebasing: bytes[start..<ends[number]]).elementsEqual(text)
    }
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots = [UInt32](repeating: .max, count: size)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number)
    }
  }
}

/// Numbers pairs of codes: what makes groups of several keys.
struct PairTable: Sendable {
  private var slots = [UInt32](repeating: .max, count: 64)
  private(set) var pairs: [UInt64] = []

  /// Returns the number of the pair, adding it when it is new.
  mutating func code(_ first: UInt32, _ second: UInt32) -> UInt32 {
    let pair = UInt64(first) << 32 | UInt64(second)
    let mask = slots.count - 1
    var slot = Self.spread(pair) & mask
    while slots[slot] != .max {
      if pairs[Int(slots[slot])] == pair { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let number = UInt32(pairs.count)
    slots[slot] = number
    pairs.append(pair)
    if pairs.count * 2 > slots.count { rehash() }
    return number
  }

  /// The parts of pair `number`.
  func parts(_ number: UInt32) -> (UInt32, UInt32) {
    let pair = pairs[Int(number)]
    return (UInt32(pair >> 32), UInt32(truncatingIfNeeded: pair))
  }

  private static func spread(_ pair: UInt64) -> Int {
    // Fibonacci hashing: the high bits of the product depend on all bits of the pair.
    Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots = [UInt32](repeating: .max, count: size)
    for (number, pair) in pairs.enumerated() {
      var slot = Self.spread(pair) & (size - 1)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number)
    }
  }
}
