// Functions that choose between values, and those about null.

import EvtCore

extension FunctionDefinition {
  /// The families of all arguments together.
  private static let ofAll: @Sendable ([BoundPart]) -> ValueFamilies = { parts in
    parts.reduce(into: []) { $0.formUnion($1.families) }
  }

  static let conditional: [FunctionDefinition] = [
    FunctionDefinition(
      "if", takes: [.condition, .any], arity: 3...3, gives: .any, nulls: .possible
    ) { $0[0].isTrue ? $0[1] : $0[2] }
    .giving { ofAll(Array($0.dropFirst())) },
    FunctionDefinition(
      "multiIf", "multiif", takes: [.any], arity: 1...999, gives: .any, nulls: .possible
    ) { arguments in
      var index = 0
      while index + 1 < arguments.count {
        if arguments[index].isTrue { return arguments[index + 1] }
        index += 2
      }
      return arguments[arguments.count - 1]
    }
    .giving { parts in
      let chosen = parts.indices.filter { $0 % 2 == 1 || $0 == parts.count - 1 }
      return ofAll(chosen.map { parts[$0] })
    },
    FunctionDefinition(
      "coalesce", takes: [.any], arity: 1...999, gives: .any, nulls: .whenAllAre
    ) { $0.first { !$0.isNull } ?? .null }
    .giving(ofAll),
    FunctionDefinition(
      "ifNull", "ifnull", takes: [.any, .any], gives: .any, nulls: .whenAllAre
    ) { $0[0].isNull ? $0[1] : $0[0] }
    .giving(ofAll),
    FunctionDefinition(
      "nullIf", "nullif", takes: [.any, .any], gives: .any, nulls: .possible
    ) { ValueOrder.compare($0[0], $0[1]) == .equal ? .null : $0[0] }
    .giving { $0[0].families },
    FunctionDefinition("assumeNotNull", takes: [.any], gives: .any) { $0[0] }
      .giving { $0[0].families },
    FunctionDefinition("toNullable", takes: [.any], gives: .any) { $0[0] }
      .giving { $0[0].families },
    FunctionDefinition("materialize", takes: [.any], gives: .any) { $0[0] }
      .giving { $0[0].families },
    FunctionDefinition(
      "isDistinctFrom", takes: [.any, .any], gives: .bool, nulls: .never
    ) { .bool(!areAlike($0)) },
    FunctionDefinition(
      "isNotDistinctFrom", takes: [.any, .any], gives: .bool, nulls: .never
    ) { .bool(areAlike($0)) },
    FunctionDefinition(
      "greatest", takes: [.any], arity: 1...999, gives: .any, nulls: .whenAllAre
    ) { extreme($0, .above) }
    .giving(ofAll),
    FunctionDefinition("least", takes: [.any], arity: 1...999, gives: .any, nulls: .whenAllAre) {
      extreme($0, .below)
    }
    .giving(ofAll),
    FunctionDefinition("xor", takes: [.condition], arity: 2...999, gives: .bool) { arguments in
      .bool(!arguments.count { $0.isTrue }.isMultiple(of: 2))
    },
    FunctionDefinition(
      "transform", takes: [.any], arity: 3...4, gives: .any, nulls: .possible
    ) { arguments in
      guard let from = arguments[1].items, let to = arguments[2].items else { return .null }
      let place = from.firstIndex { ValueOrder.compare($0, arguments[0]) == .equal }
      if let place, place < to.count { return to[place] }
      return arguments.count > 3 ? arguments[3] : arguments[0]
    }
    .giving { parts in
      let other = parts.count > 3 ? parts[3].families : parts[0].families
      return parts[2].element.isEmpty ? [] : parts[2].element.union(other)
    },
  ]

  private static func areAlike(_ values: [Value]) -> Bool {
    if values[0].isNull || values[1].isNull { return values[0].isNull && values[1].isNull }
    return ValueOrder.compare(values[0], values[1]) == .equal
  }

  /// The greatest or least value; nulls are passed over.
  private static func extreme(_ values: [Value], _ wanted: Order) -> Value {
    var best = Value.null
    for value in values where !value.isNull {
      if best.isNull || ValueOrder.compare(value, best) == wanted { best = value }
    }
    return best
  }
}

extension ValueFamilies {
  /// What can be a condition.
  static let condition: ValueFamilies = [.bool, .number]
}

extension Value {
  /// Whether it holds as a condition: true, or a number but 0.
  var isTrue: Bool {
    switch self {
    case .bool(let truth): truth
    case .int(let number): number != 0
    case .double(let number): number != 0
    case .decimal(let number): !number.isZero
    case .null, .text, .json, .time, .date, .array, .tuple: false
    }
  }

  /// A whole number, true and false being 1 and 0; nil for other values.
  var integer: Int64? {
    switch self {
    case .int(let number): number
    case .bool(let truth): truth ? 1 : 0
    case .null, .double, .decimal, .text, .json, .time, .date, .array, .tuple: nil
    }
  }

  /// The bytes of a text.
  var textBytes: [UInt8]? {
    if case .text(let bytes) = self { bytes } else { nil }
  }

  /// The values of an array or tuple, also of one that is stored as JSON.
  var items: [Value]? {
    switch self {
    case .array(let items), .tuple(let items): items
    case .json(let bytes): JSONValue(parsing: bytes)?.items?.map(\.value)
    case .null, .bool, .int, .double, .decimal, .text, .time, .date: nil
    }
  }
}
