// JSONExtract…: the value of a path as one type, and the type's default for any other value.

import EvtCore

enum JSONFunctions {
  /// Converts as ClickHouse does: texts that are numbers count as such, and booleans do not.
  static func apply(_ function: ScalarFunction, _ value: Value) -> Value {
    switch function {
    case .jsonExtractString: .text(text(value))
    case .jsonExtractInt: .int(integer(value))
    case .jsonExtractFloat: .double(double(value))
    case .jsonExtractBool: .bool(truth(value))
    default: preconditionFailure("BUG: \(function) extracts nothing")
    }
  }

  private static func text(_ value: Value) -> [UInt8] {
    switch value {
    case .text(let bytes), .json(let bytes): bytes
    case .bool, .int, .double, .decimal: TextFunctions.shown(value)
    case .null, .time, .date, .array, .tuple: []
    }
  }

  private static func integer(_ value: Value) -> Int64 {
    switch value {
    case .int(let number): number
    case .double(let number): Int64(exactly: number.rounded(.towardZero)) ?? 0
    case .text(let bytes):
      ExactDecimal(parsing: bytes).flatMap { $0.isInteger ? $0.int64 : nil } ?? 0
    case .null, .bool, .decimal, .json, .time, .date, .array, .tuple: 0
    }
  }

  private static func double(_ value: Value) -> Double {
    switch value {
    case .text(let bytes): ExactDecimal(parsing: bytes)?.nearestDouble ?? 0
    default: Arithmetic.double(value) ?? 0
    }
  }

  private static func truth(_ value: Value) -> Bool {
    switch value {
    case .bool(let truth): truth
    case .int(let number): number != 0
    case .null, .double, .decimal, .text, .json, .time, .date, .array, .tuple: false
    }
  }
}
