// The least or greatest value of a group.

import Columnar
import EvtCore

/// The running minimum or maximum. Numbers go before texts, texts before everything else: as soon
/// as a group has a number, its extreme is the extreme of its numbers.
struct Extreme: Sendable {
  private var hasInt = false
  private var hasDouble = false
  private var int: Int64 = 0
  private var double: Double = 0
  /// The extreme of all other values, by family.
  private var other: Value = .null

  @inline(__always)
  mutating func add(_ value: Int64, isMax: Bool) {
    if !hasInt || (isMax ? value > int : value < int) {
      hasInt = true
      int = value
    }
  }

  @inline(__always)
  mutating func add(_ value: Double, isMax: Bool) {
    // Zero has one sign here, or the answer would depend on the order of rows.
    let value = value + 0.0
    if !hasDouble || (isMax ? value > double : value < double) {
      hasDouble = true
      double = value
    }
  }

  mutating func add(text: UnsafeRawBufferPointer, isMax: Bool) {
    if case .text(let known) = other {
      let order = known.withUnsafeBytes { ValueOrder.compareBytes(text, $0) }
      guard order == (isMax ? .above : .below) else { return }
    } else if Self.rank(other) < Self.rank(.text([])) {
      return
    }
    other = .text(Array(text))
  }

  mutating func add(_ value: Value, isMax: Bool) { other = Self.better(other, value, isMax: isMax) }

  mutating func merge(_ theirs: Extreme, isMax: Bool) {
    if theirs.hasInt { add(theirs.int, isMax: isMax) }
    if theirs.hasDouble { add(theirs.double, isMax: isMax) }
    add(theirs.other, isMax: isMax)
  }

  /// The extreme; null when there was nothing.
  func value(isMax: Bool) -> Value {
    var best = other
    if hasInt { best = Self.better(best, .int(int), isMax: isMax) }
    if hasDouble { best = Self.better(best, .double(double), isMax: isMax) }
    return best
  }

  private static func better(_ known: Value, _ new: Value, isMax: Bool) -> Value {
    if rank(known) != rank(new) { return rank(known) < rank(new) ? known : new }
    guard let order = ValueOrder.compare(new, known) else { return known }
    // Of equal numbers the plainer kind is shown, whatever the order of rows.
    if order == .equal { return plainness(new) < plainness(known) ? new : known }
    return order == (isMax ? .above : .below) ? new : known
  }

  private static func plainness(_ value: Value) -> Int {
    switch value {
    case .int: 0
    case .double(let value): value.sign == .plus ? 1 : 2
    default: 3
    }
  }

  private static func rank(_ value: Value) -> Int {
    switch value {
    case .int, .double, .decimal: 0
    case .time, .date: 1
    case .text: 2
    case .bool: 3
    case .json: 4
    case .array: 5
    case .tuple: 6
    case .null: 7
    }
  }
}
