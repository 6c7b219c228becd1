// A value of a dimension, in the one form in which equal values are equal.

import EvtCore

/// A value by which a rollup tells rows apart, as grouping by the field would: absent is null,
/// numbers are equal by what they mean.
public struct RollupValue: Hashable, Comparable, Sendable {
  /// The kinds of values. The raw values stand in rollup files.
  public enum Kind: UInt8, Sendable {
    case null = 0
    case bool = 1
    case number = 2
    case text = 3
    case json = 4
  }

  public let kind: Kind
  /// The UTF-8 text of the value as JSON, of texts the text itself; empty for null.
  public let text: [UInt8]

  /// Creates a value of the text as it is kept.
  public init(_ kind: Kind, _ text: some Sequence<UInt8> = []) {
    self.kind = kind
    self.text = Array(text)
  }

  /// The value of `row`; infinite numbers are null, as in answers.
  init(of row: Int, in vector: ColumnVector) {
    switch vector.kind(row) {
    case .absent, .null:
      self.init(.null)
    case .bool:
      self.init(.bool, (vector.numbers[row] == 0 ? "false" : "true").utf8)
    case .int:
      self.init(.number, String(vector.numbers[row]).utf8)
    case .double:
      let number = Double(bitPattern: UInt64(bitPattern: vector.numbers[row]))
      self.init(number: ExactDecimal(number))
    case .decimal:
      self.init(number: ExactDecimal(parsing: Self.text(of: row, in: vector)))
    case .text:
      self.init(.text, Self.text(of: row, in: vector))
    case .json:
      self.init(.json, Self.text(of: row, in: vector))
    }
  }

  /// Creates the value of a number; null for none.
  public init(number: ExactDecimal?) {
    if let number {
      self.init(.number, (number.int64.map { String($0) } ?? number.text).utf8)
    } else {
      self.init(.null)
    }
  }

  /// The text of `row`, mended where it is no UTF-8, as answers show it.
  private static func text(of row: Int, in vector: ColumnVector) -> [UInt8] {
    Array(vector.texts[Int(vector.codes[row])].utf8)
  }

  /// Orders by kind, null last; numbers by what they mean, others by their bytes.
  public static func < (left: RollupValue, right: RollupValue) -> Bool {
    guard left.kind == right.kind else {
      return right.kind == .null || left.kind != .null && left.kind.rawValue < right.kind.rawValue
    }
    if left.kind == .number, let a = ExactDecimal(parsing: left.text),
      let b = ExactDecimal(parsing: right.text), a != b
    {
      return a < b
    }
    return left.text.lexicographicallyPrecedes(right.text)
  }
}

/// The rows of one event that have one value of a dimension.
public struct RollupGroup: Hashable, Sendable {
  /// The index of the event in the rollup's; nil for all events without a place there.
  public var event: Int?
  /// Nil for all values that are not among the most frequent ones of the event.
  public var value: RollupValue?
  public var figures: RollupFigures
}
