// Expressions evaluated row by row straight from the syntax tree: slow, plain, and independent of
// everything the fast path is made of.

import EvtCore
import Foundation
import TestSupport

@testable import Query

/// A value in the slow evaluator.
enum SlowValue: Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case decimal(String)
  case text(String)
  case json(String)
  /// Nanoseconds; dates are their first instant.
  case time(Int64)

  var number: ExactDecimal? {
    switch self {
    case .int(let value): ExactDecimal(parsing: "\(value)".utf8)
    case .double(let value): ExactDecimal(parsing: "\(value)".utf8)
    case .decimal(let text): ExactDecimal(parsing: text.utf8)
    default: nil
    }
  }
}

/// Evaluates over one event.
struct SlowEvaluator {
  let event: TestEvent
  let now: Int64

  func holds(_ node: SyntaxNode) -> Bool { evaluate(node) == .bool(true) }

  func evaluate(_ node: SyntaxNode) -> SlowValue {
    switch node.kind {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .number(let text): return literal(text)
    case .text(let bytes): return .text(String(decoding: bytes, as: UTF8.self))
    case .name(let parts): return field(parts.map(\.text).joined(separator: "."))
    case .negate(let operand):
      if case .int(let value) = evaluate(operand) {
        return arithmetic(.subtract, .int(0), .int(value))
      }
      if case .double(let value) = evaluate(operand) { return .double(-value) }
      if case .decimal(let text) = evaluate(operand) { return .decimal("-" + text) }
      return .null
    case .not(let operand):
      guard case .bool(let truth) = evaluate(operand) else { return .null }
      return .bool(!truth)
    case .and(let operands): return combine(operands.map(evaluate), decisive: false)
    case .or(let operands): return combine(operands.map(evaluate), decisive: true)
    case .compare(let comparison, let left, let right):
      return compare(comparison, evaluate(left), evaluate(right))
    case .between(let operand, let low, let high, let isNegated):
      let value = evaluate(operand)
      let inside = combine(
        [
          compare(.greaterOrEqual, value, evaluate(low)),
          compare(.lessOrEqual, value, evaluate(high)),
        ],
        decisive: false)
      return isNegated ? not(inside) : inside
    case .membership(let operand, let items, let isNegated):
      let value = evaluate(operand)
      let outcomes = items.map { compare(.equal, value, evaluate($0)) }.filter { $0 != .null }
      let found: SlowValue = outcomes.isEmpty ? .null : .bool(outcomes.contains(.bool(true)))
      return isNegated ? not(found) : found
    case .like(let operand, let pattern, let foldsCase, let isNegated):
      guard case .text(let text) = evaluate(operand), case .text(let shape) = evaluate(pattern)
      else {
        return .null
      }
      let (a, b) = foldsCase ? (text.lowercased(), shape.lowercased()) : (text, shape)
      let matches = like(Array(a.unicodeScalars)[...], Array(b.unicodeScalars)[...])
      return .bool(matches != isNegated)
    case .isNull(let operand, let isNegated):
      return .bool((evaluate(operand) == .null) != isNegated)
    case .arithmetic(let operation, let left, let right):
      if case .interval(let amount, let unit) = right.kind {
        return add(evaluate(left), amount, unit, operation == .add ? 1 : -1)
      }
      return arithmetic(operation, evaluate(left), evaluate(right))
    case .concatenate(let left, let right):
      return call("concat", [evaluate(left), evaluate(right)])
    case .call(let syntax): return call(syntax.name, syntax.arguments.map(evaluate))
    case .interval, .array, .tuple, .lambda, .cast, .query, .exists, .queryMembership,
      .namedMembership, .window:
      return .null
    }
  }

  private func literal(_ text: String) -> SlowValue {
    if let integer = Int64(text) { return .int(integer) }
    if let double = Double(text), ExactDecimal(double) == ExactDecimal(parsing: text.utf8) {
      return .double(double)
    }
    return .decimal(text)
  }

  private func field(_ name: String) -> SlowValue {
    switch name {
    case "event": return .text(event.event)
    case "user_id": return event.user.map { .text($0) } ?? .null
    case "timestamp": return .time(event.time)
    default: break
    }
    switch event.values[name] ?? .absent {
    case .absent, .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .double(let bits): return .double(Double(bitPattern: bits))
    case .decimal(let text): return .decimal(text)
    case .text(let text): return .text(text)
    case .json(let text): return .json(text)
    }
  }

  private func not(_ value: SlowValue) -> SlowValue {
    if case .bool(let truth) = value { .bool(!truth) } else { .null }
  }

  private func combine(_ values: [SlowValue], decisive: Bool) -> SlowValue {
    if values.contains(.bool(decisive)) { return .bool(decisive) }
    return values.allSatisfy { $0 == .bool(!decisive) } ? .bool(!decisive) : .null
  }

  private func compare(
    _ comparison: ComparisonOperator, _ left: SlowValue, _ right: SlowValue
  ) -> SlowValue {
    let sign: Int
    if case .double(let a) = left, a.isInfinite, right.number != nil {
      sign = a > 0 ? 1 : -1
    } else if case .double(let b) = right, b.isInfinite, left.number != nil {
      sign = b > 0 ? -1 : 1
    } else if let a = left.number, let b = right.number {
      sign = a < b ? -1 : a == b ? 0 : 1
    } else {
      switch (left, right) {
      case (.text(let a), .text(let b)), (.json(let a), .json(let b)):
        let (x, y) = (Array(a.utf8), Array(b.utf8))
        sign = x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
      case (.bool(let a), .bool(let b)): sign = (a ? 1 : 0) - (b ? 1 : 0)
      case (.time(let a), .time(let b)): sign = a < b ? -1 : a == b ? 0 : 1
      case (.time, .text(let text)):
        guard let time = TimeText.parse(text) else { return .null }
        return compare(comparison, left, .time(time))
      default: return .null
      }
    }
    switch comparison {
    case .equal: return .bool(sign == 0)
    case .notEqual: return .bool(sign != 0)
    case .less: return .bool(sign < 0)
    case .lessOrEqual: return .bool(sign <= 0)
    case .greater: return .bool(sign > 0)
    case .greaterOrEqual: return .bool(sign >= 0)
    }
  }

  private func like(
    _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case "%":
      return (text.startIndex...text.endIndex).contains { like(text[$0...], rest) }
    case "_":
      return !text.isEmpty && like(text.dropFirst(), rest)
    case "\\" where ["%", "_", "\\"].contains(rest.first):
      return text.first == rest.first && like(text.dropFirst(), rest.dropFirst())
    default:
      return text.first == first && like(text.dropFirst(), rest)
    }
  }

  private func arithmetic(
    _ operation: ArithmeticOperator, _ left: SlowValue, _ right: SlowValue
  ) -> SlowValue {
    if case .int(let a) = left, case .int(let b) = right, operation != .divide {
      let wide: Int128? =
        switch operation {
        case .add: Int128(a) + Int128(b)
        case .subtract: Int128(a) - Int128(b)
        case .multiply: Int128(a) * Int128(b)
        case .modulo: b == 0 ? nil : Int128(a) % Int128(b)
        case .divide: nil
        }
      guard let wide else { return .null }
      return Int64(exactly: wide).map { .int($0) } ?? .decimal(String(wide))
    }
    func double(_ value: SlowValue) -> Double? {
      switch value {
      case .int(let value): Double(value)
      case .double(let value): value
      default: nil
      }
    }
    guard let a = double(left), let b = double(right) else { return .null }
    let result =
      switch operation {
      case .add: a + b
      case .subtract: a - b
      case .multiply: a * b
      case .divide: a / b
      case .modulo: a.truncatingRemainder(dividingBy: b)
      }
    return result.isNaN ? .null : .double(result)
  }

  private func add(
    _ value: SlowValue, _ amount: SyntaxNode, _ unit: IntervalUnit, _ sign: Int64
  ) -> SlowValue {
    guard case .time(let time) = value, case .int(let count) = evaluate(amount) else {
      return .null
    }
    let seconds: Int64 = unit == .hour ? 3_600 : unit == .day ? 86_400 : 60
    return .time(time + sign * count * seconds * 1_000_000_000)
  }

  private func call(_ name: String, _ values: [SlowValue]) -> SlowValue {
    if case .json(let text)? = values.first, ["length", "empty", "notEmpty"].contains(name),
      let items = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any]
    {
      return name == "length"
        ? .int(Int64(items.count)) : .bool(items.isEmpty == (name == "empty"))
    }
    switch name {
    case "now": return .time(now / 1_000_000_000 * 1_000_000_000)
    case "if": return values[0] == .bool(true) ? values[1] : values[2]
    case "coalesce", "ifNull": return values.first { $0 != .null } ?? .null
    case "nullIf":
      return compare(.equal, values[0], values[1]) == .bool(true) ? .null : values[0]
    case "abs":
      if case .int(let value) = values[0] {
        return value < 0 ? arithmetic(.subtract, .int(0), .int(value)) : values[0]
      }
      if case .double(let value) = values[0] { return .double(abs(value)) }
      return values[0].number == nil ? .null : values[0]
    case "floor":
      if case .double(let value) = values[0] { return .double(value.rounded(.down)) }
      return values[0].number == nil ? .null : values[0]
    case "toHour":
      guard case .time(let time) = values[0] else { return .null }
      return .int(time / 3_600_000_000_000 % 24)
    case "toDayOfWeek":
      guard case .time(let time) = values[0] else { return .null }
      return .int((time / 86_400_000_000_000 + 3) % 7 + 1)
    case "toStartOfHour", "toDate":
      guard case .time(let time) = values[0] else { return .null }
      let unit: Int64 = name == "toDate" ? 86_400_000_000_000 : 3_600_000_000_000
      return .time(time / unit * unit)
    case "concat":
      guard case .text(let a) = values[0], case .text(let b) = values[1] else { return .null }
      return .text(a + b)
    default: return textCall(name, values)
    }
  }

  private func textCall(_ name: String, _ values: [SlowValue]) -> SlowValue {
    guard case .text(let text) = values[0] else { return .null }
    let bytes = Array(text.utf8)
    switch name {
    case "lower":
      return .text(
        String(decoding: bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self))
    case "upper":
      return .text(
        String(decoding: bytes.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }, as: UTF8.self))
    case "length": return .int(Int64(bytes.count))
    case "empty": return .bool(bytes.isEmpty)
    case "notEmpty": return .bool(!bytes.isEmpty)
    default: break
    }
    guard case .text(let other) = values[1] else { return .null }
    let needle = Array(other.utf8)
    switch name {
    case "startsWith": return .bool(Array(bytes.prefix(needle.count)) == needle)
    case "endsWith": return .bool(Array(bytes.suffix(needle.count)) == needle)
    default:
      let starts = (0...bytes.count).first { Array(bytes[$0...].prefix(needle.count)) == needle }
      return .int(starts.map { Int64($0) + 1 } ?? 0)
    }
  }
}
