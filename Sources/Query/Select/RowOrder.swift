// Sorts rows by what they are ordered by.

import EvtCore

/// The order of rows, prepared so that most comparisons are of integers: each value becomes one
/// that is in the same order, and only where two of these are equal and do not say it all, the
/// values themselves are compared.
struct RowOrder {
  private let keys: [OrderKey]
  private let rows: [SortableRow]
  /// By key, then by row.
  private var prefixes: [ValuePrefix] = []
  /// By key, whether equal prefixes are equal values.
  private var isExact: [Bool] = []

  /// Prepares the order by the values at `places` of each row's order, each by its key.
  init(_ rows: [SortableRow], _ keys: [OrderKey], at places: [Int]) {
    self.rows = rows
    self.keys = keys
    self.places = places
    prefixes.reserveCapacity(rows.count * keys.count)
    for (key, place) in zip(keys, places) {
      let hasOnlyInts = rows.allSatisfy { row in
        switch row.order[place] {
        case .int, .null: true
        default: false
        }
      }
      var isExact = true
      for row in rows {
        let prefix = ValuePrefix(row.order[place], key, asInt: hasOnlyInts)
        isExact = isExact && prefix.isExact
        prefixes.append(prefix)
      }
      self.isExact.append(isExact)
    }
  }

  private let places: [Int]

  /// The indices of the first `limit` rows in order; equal rows stand as they came.
  func first(_ limit: Int) -> ArraySlice<Int> {
    var indices = Array(rows.indices)
    prefixes.withUnsafeBufferPointer { prefixes in
      indices.sort { left, right in
        for key in keys.indices {
          let base = key * rows.count
          let (a, b) = (prefixes[base + left], prefixes[base + right])
          if a.rank != b.rank { return a.rank < b.rank }
          if a.content != b.content { return a.content < b.content }
          if isExact[key] { continue }
          let order = keys[key].compare(
            rows[left].order[places[key]], rows[right].order[places[key]])
          if order != .equal { return order == .below }
        }
        return left < right
      }
    }
    return indices.prefix(limit)
  }
}

/// A value as an integer in the order of a key, as far as that goes.
struct ValuePrefix {
  /// Nulls and families apart.
  var rank: UInt8
  var content: UInt64
  /// Whether only equal values have the same.
  var isExact: Bool

  /// - Parameter asInt: whether all values beside it are integers or null.
  init(_ value: Value, _ key: OrderKey, asInt: Bool) {
    guard let family = value.family else {
      (rank, content, isExact) = (key.nullsFirst ? 0 : 255, 0, true)
      return
    }
    let ascending: UInt64
    (ascending, isExact) = Self.content(value, asInt: asInt)
    rank = key.isDescending ? 254 - family.rawValue : family.rawValue
    content = key.isDescending ? ~ascending : ascending
  }

  private static func content(_ value: Value, asInt: Bool) -> (UInt64, isExact: Bool) {
    switch value {
    case .null, .json, .array, .tuple: (0, false)
    case .bool(let truth): (truth ? 1 : 0, true)
    case .int(let number) where asInt: (ordered(number), true)
    case .int, .double, .decimal: (ordered(Arithmetic.double(value) ?? 0), false)
    case .text(let bytes): (leading(bytes), false)
    case .time(let time): (ordered(time), true)
    case .date(let day): (ordered(UTCDay(number: day).start), true)
    }
  }

  private static func ordered(_ number: Int64) -> UInt64 {
    UInt64(bitPattern: number) ^ (1 << 63)
  }

  /// Zero has one sign here, since both are equal.
  private static func ordered(_ number: Double) -> UInt64 {
    let bits = (number + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
  }

  /// The first eight bytes, missing ones as zeros.
  private static func leading(_ bytes: [UInt8]) -> UInt64 {
    var content: UInt64 = 0
    for index in 0..<8 {
      content = content << 8 | UInt64(index < bytes.count ? bytes[index] : 0)
    }
    return content
  }
}
