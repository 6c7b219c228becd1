// JSONExtract…: the value of a path as one type, and the type's default for any other value.

import EvtCore

/// What a function of JSON gives of the value that its keys lead to.
enum JSONFunctions {
  static func text(_ value: Value) -> Value {
    switch value {
    case .text, .json: .text(ValueText.shown(value))
    case .bool, .int, .double, .decimal: .text(ValueText.shown(value))
    case .array: .text(ValueText.json(value))
    case .null, .time, .date, .tuple: .text([])
    }
  }

  static func integer(_ value: Value) -> Value {
    switch value {
    case .int: value
    case .double(let number): .int(Int64(exactly: number.rounded(.towardZero)) ?? 0)
    case .text(let bytes):
      .int(ExactDecimal(parsing: bytes).flatMap { $0.isInteger ? $0.int64 : nil } ?? 0)
    case .null, .bool, .decimal, .json, .time, .date, .array, .tuple: .int(0)
    }
  }

  static func double(_ value: Value) -> Value {
    switch value {
    case .text(let bytes): .double(ExactDecimal(parsing: bytes)?.nearestDouble ?? 0)
    case .bool: .double(0)
    default: .double(Arithmetic.double(value) ?? 0)
    }
  }

  static func truth(_ value: Value) -> Value {
    switch value {
    case .bool: value
    case .int(let number): .bool(number != 0)
    case .null, .double, .decimal, .text, .json, .time, .date, .array, .tuple: .bool(false)
    }
  }

  static func raw(_ value: Value) -> Value { .text(value.isNull ? [] : ValueText.json(value)) }

  /// How many items or members there are.
  static func length(_ value: Value) -> Value {
    switch structure(value) {
    case .array(let items): .int(Int64(items.count))
    case .object(let members): .int(Int64(members.count))
    default: .int(0)
    }
  }

  static func keys(_ value: Value) -> Value {
    guard case .object(let members) = structure(value) else { return .array([]) }
    return .array(members.map { .text($0.key) })
  }

  static func rawItems(_ value: Value) -> Value {
    .array((structure(value)?.items ?? []).map { .text($0.text) })
  }

  /// The name of the value's type.
  static func type(_ value: Value) -> Value {
    let name =
      switch value {
      case .null, .time, .date, .tuple: "Null"
      case .bool: "Bool"
      case .int: "Int64"
      case .double, .decimal: "Double"
      case .text: "String"
      case .array: "Array"
      case .json: if case .array = structure(value) { "Array" } else { "Object" }
      }
    return .text(name)
  }

  private static func structure(_ value: Value) -> JSONValue? {
    switch value {
    case .json(let bytes): JSONValue(parsing: bytes)
    case .array: JSONValue(parsing: ValueText.json(value))
    default: nil
    }
  }

  /// The value to which keys lead in a JSON text, or in a stored array or object.
  static func value(_ arguments: [Value], isColumn: Bool) -> Value {
    guard let object = arguments.first else { return .null }
    if isColumn, arguments.count == 1 || object.family == .text {
      return arguments.count == 1 ? object : .null
    }
    let bytes: [UInt8]
    switch object {
    case .text(let text), .json(let text): bytes = text
    case .array: bytes = ValueText.json(object)
    default: return arguments.count == 1 ? object : .null
    }
    return JSONValue(parsing: bytes)?.value(at: arguments.dropFirst())?.value ?? .null
  }

  /// The keys of a path such as `$.a.b[0]`; nil for what is none.
  static func steps(_ path: [UInt8]) -> [Value]? {
    guard path.first == UInt8(ascii: "$") else { return nil }
    var steps: [Value] = []
    var rest = path.dropFirst()
    while let first = rest.popFirst() {
      switch UnicodeScalar(first) {
      case ".":
        if rest.first == UInt8(ascii: "\"") {
          let key = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
          rest = rest.dropFirst(key.count + 2)
          steps.append(.text(Array(key)))
        } else {
          let key = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
          guard !key.isEmpty else { return nil }
          rest = rest.dropFirst(key.count)
          steps.append(.text(Array(key)))
        }
      case "[":
        let inner = rest.prefix { $0 != UInt8(ascii: "]") }
        guard inner.count < rest.count else { return nil }
        rest = rest.dropFirst(inner.count + 1)
        let word = String(decoding: inner, as: UTF8.self)
        guard let place = Int64(word), place >= 0, place < 1 << 40 else {
          return nil
        }
        steps.append(.int(place + 1))
      default: return nil
      }
    }
    return steps
  }
}
