// A condition on one field, taken apart by the kinds that a value can have.

import Columnar
import EvtCore

/// A test of texts by their bytes.
enum TextTest: Sendable {
  case always(Outcome)
  case compare(ComparisonOperator, [UInt8])
  case oneOf(Set<[UInt8]>)
  case like(LikePattern)
  /// To be evaluated value by value.
  case general
}

/// What a condition on a single field comes to for each kind of value.
struct FieldTest: Sendable {
  let field: Int
  /// The condition, over that field alone.
  private let expression: BoundExpression
  private let type: FieldType
  /// For null and absent values.
  let ofNull: Outcome
  let ofFalse: Outcome
  let ofTrue: Outcome
  let ints: NumberTest<Int64>
  let doubles: NumberTest<Double>
  let texts: TextTest
  /// Whether numbers are to be evaluated one by one.
  var isGeneral: Bool {
    if case .general = ints { return true }
    if case .general = doubles { return true }
    return false
  }
  /// Whether all that counts is whether there is a value.
  let isAboutNull: Bool

  init(_ expression: BoundExpression, field: Int, type: FieldType) {
    self.field = field
    self.type = type
    // The only field becomes field 0, so that one value is all a row needs.
    let alone = expression.mapFields { _ in 0 }
    self.expression = alone
    ofNull = Outcome(alone.evaluate([.null]))
    ofFalse = Outcome(alone.evaluate([.bool(false)]))
    ofTrue = Outcome(alone.evaluate([.bool(true)]))
    isAboutNull = if case .isNull(.field) = alone { true } else { false }
    let family: ValueFamilies = type.isTime ? .time : .number
    switch alone {
    case .compare(let comparison, .field, .constant(let constant)):
      (ints, doubles, texts) = Self.comparison(comparison, constant, family)
    case .compare(let comparison, .constant(let constant), .field):
      (ints, doubles, texts) = Self.comparison(comparison.mirrored, constant, family)
    case .membership(.field, let set):
      let hasNumbers = !set.families.isDisjoint(with: family)
      ints = hasNumbers ? .general : .always(.null)
      doubles = hasNumbers && !type.isTime ? .general : .always(.null)
      let texts = set.values.compactMap { if case .text(let bytes) = $0 { bytes } else { nil } }
      self.texts = set.families.contains(.text) ? .oneOf(Set(texts)) : .always(.null)
    case .like(.field, let pattern):
      (ints, doubles, texts) = (.always(.null), .always(.null), .like(pattern))
    case .isNull(.field):
      (ints, doubles, texts) = (.always(.no), .always(.no), .always(.no))
    default:
      (ints, doubles, texts) = (.general, .general, .general)
    }
  }

  private static func comparison(
    _ comparison: ComparisonOperator, _ constant: Value, _ family: ValueFamilies
  ) -> (NumberTest<Int64>, NumberTest<Double>, TextTest) {
    var ints = NumberTest<Int64>.always(.null)
    var doubles = NumberTest<Double>.always(.null)
    if constant.family == family {
      if let bound = NumberFloor<Int64>(constant) { ints = NumberTest(comparison, bound) }
      if let bound = NumberFloor<Double>(constant) { doubles = NumberTest(comparison, bound) }
    }
    guard case .text(let bytes) = constant else { return (ints, doubles, .always(.null)) }
    return (ints, doubles, .compare(comparison, bytes))
  }

  func outcome(_ number: Int64) -> Outcome {
    switch ints {
    case .always(let outcome): outcome
    case .interval(let low, let high, let isInverted):
      (number >= low && number <= high) != isInverted ? .yes : .no
    case .general: Outcome(expression.evaluate([type.value(number)]))
    }
  }

  func outcome(_ number: Double) -> Outcome {
    switch doubles {
    case .always(let outcome): outcome
    case .interval(let low, let high, let isInverted):
      (number >= low && number <= high) != isInverted ? .yes : .no
    case .general: Outcome(expression.evaluate([.double(number)]))
    }
  }

  /// The outcome for a textual value of `kind`.
  func outcome(_ kind: ValueKind, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    switch kind {
    case .text: outcome(text: bytes)
    case .json where type == .nested: Outcome(expression.evaluate([ValueCoding.value(bytes)]))
    case .json: Outcome(expression.evaluate([.json(Array(bytes))]))
    case .decimal:
      Outcome(expression.evaluate([ExactDecimal(parsing: bytes).map { .decimal($0) } ?? .null]))
    case .absent, .null, .bool, .int, .double: ofNull
    }
  }

  private func outcome(text: UnsafeRawBufferPointer) -> Outcome {
    switch texts {
    case .always(let outcome): return outcome
    case .compare(let comparison, let constant):
      let order = constant.withUnsafeBytes { ValueOrder.compareBytes(text, $0) }
      return order.satisfies(comparison) ? .yes : .no
    case .oneOf(let constants): return constants.contains(Array(text)) ? .yes : .no
    case .like(let pattern): return pattern.matches(text) ? .yes : .no
    case .general: return Outcome(expression.evaluate([.text(Array(text))]))
    }
  }
}
