// The constants of an IN list.

import EvtCore

/// A set of constants, found by value: equal numbers are one, whatever their kind.
struct ValueSet: Hashable, Sendable {
  /// The constants but null, and but tuples with a null in them, which equal nothing.
  let values: [Value]
  let families: ValueFamilies
  private let known: Set<Value>

  /// - Parameter families: what else could have been in it.
  init(_ constants: [Value], families: ValueFamilies = []) {
    values = constants.filter { !$0.hasNull }
    self.families = values.reduce(into: families) {
      if let family = $1.family { $0.insert(family) }
    }
    known = Set(values.map(Self.key))
  }

  /// Whether the set has a value equal to `value`; null when nothing in it can be compared with it.
  /// (A null in the list is passed over, as ClickHouse does.)
  func contains(_ value: Value) -> Value {
    guard let family = value.family, !families.isDisjoint(with: family), !value.hasNull else {
      return .null
    }
    return .bool(known.contains(Self.key(value)))
  }

  /// The form that all equal values share.
  private static func key(_ value: Value) -> Value {
    switch value {
    case .date(let day): .time(UTCDay(number: day).start)
    case .array(let items): .array(items.map(key))
    case .tuple(let items): .tuple(items.map(key))
    default: value.plain
    }
  }
}

extension Value {
  /// Whether it is null, or a tuple with a null in it.
  fileprivate var hasNull: Bool {
    if case .tuple(let items) = self { items.contains(where: \.hasNull) } else { isNull }
  }
}
