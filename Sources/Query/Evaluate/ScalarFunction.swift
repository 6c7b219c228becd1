// A function as one call uses it.

import EvtCore

/// A function with what its constant arguments make of it.
struct ScalarFunction: Hashable, Sendable {
  let name: String
  /// The clock for times, as far as the arguments say nothing else.
  let zone: ZoneRules
  /// What tells it from others that have the same name, zone and arguments.
  private let variant: String
  private let guardsNulls: Bool
  /// The stretches of time whose starts it gives for its first argument, when the others are
  /// constant.
  let bucket: TimeBucket?
  /// What it gives.
  let families: ValueFamilies
  private let body: FunctionDefinition.Body

  init(
    _ definition: FunctionDefinition, _ context: CallContext, families: ValueFamilies,
    variant: String = ""
  ) throws(CallProblem) {
    name = definition.name
    zone = context.zone
    self.variant = variant
    self.families = families
    guardsNulls = definition.guardsNulls
    bucket = context.constants.dropFirst().allSatisfy { $0 != nil } ? definition.bucket : nil
    body = try definition.prepare(context)
  }

  /// Applies it to as many arguments as its definition allows.
  func apply(_ arguments: [Value]) -> Value {
    if guardsNulls, arguments.contains(where: \.isNull) { return .null }
    return body(arguments)
  }

  static func == (left: ScalarFunction, right: ScalarFunction) -> Bool {
    left.name == right.name && left.variant == right.variant && left.zone == right.zone
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(variant)
  }
}

extension FunctionDefinition {
  /// Finds the function of a name as typed.
  static func named(_ name: String) -> FunctionDefinition? {
    registry[name] ?? registry[name.lowercased()]
  }

  /// The names of all functions.
  static var allNames: [String] { families.flatMap { $0 }.map(\.name) }

  /// Every function, by family.
  private static var families: [[FunctionDefinition]] {
    [
      conditional, numbers, bits, readable, text, search, patterns, addresses, encodings,
      timeStarts, timeParts, timeShifts, conversions, json, arrays, arrayFolds,
    ]
  }

  private static let registry: [String: FunctionDefinition] = {
    var registry: [String: FunctionDefinition] = [:]
    for function in families.joined() {
      for name in [function.name] + function.synonyms { registry[name] = function }
    }
    return registry
  }()
}
