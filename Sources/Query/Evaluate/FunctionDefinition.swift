// What a function of one row is: its names, what it takes and gives, and how it is computed.

import EvtCore

/// A function of the ClickHouse dialect that maps values to a value.
struct FunctionDefinition: Sendable {
  /// When the result can be null.
  enum Nulls: Sendable {
    /// Null in gives null out, and nothing else does: the body never sees a null.
    case strict
    /// Like `strict`, and what has no value is null.
    case partial
    /// Nulls are values like others to the body, whose result is never null.
    case never
    /// Nulls are values like others to the body, whose result is null when all arguments are.
    case whenAllAre
    /// Nulls are values like others to the body.
    case possible
  }

  typealias Body = @Sendable ([Value]) -> Value

  let name: String
  /// Other names; those in lower case are found in any case.
  var synonyms: [String] = []
  var arity: ClosedRange<Int>
  /// What the arguments must be; the last one stands for all that follow.
  var parameters: [ValueFamilies]
  var nulls = Nulls.strict
  /// What it gives for the arguments; nothing when unknown.
  var result: @Sendable ([BoundPart]) -> ValueFamilies
  /// What the items of the array that it gives are; nothing when unknown.
  var element: @Sendable ([BoundPart]) -> ValueFamilies = { _ in [] }
  /// Whether the first argument can be a function `x -> …` of the items of the others.
  var takesLambda = false
  /// Whether the second argument can be an INTERVAL, which is a number and the name of a unit.
  var takesInterval = false
  /// Where the name of a time zone can stand.
  var zonePlace: Int?
  /// Whether the times it gives are on the clock of its zone.
  var keepsZone = false
  /// The stretch of time whose start it gives for a time that stands alone.
  var bucket: TimeBucket?
  /// Makes the body for one call.
  var prepare: @Sendable (CallContext) throws(CallProblem) -> Body

  /// Creates a function that needs nothing but values.
  init(
    _ name: String, _ synonyms: String..., takes parameters: [ValueFamilies],
    arity: ClosedRange<Int>? = nil, gives result: ValueFamilies, nulls: Nulls = .strict,
    _ body: @escaping Body
  ) {
    self.name = name
    self.synonyms = synonyms
    self.parameters = parameters
    self.arity = arity ?? parameters.count...parameters.count
    self.result = { _ in result }
    self.nulls = nulls
    prepare = { _ in body }
  }

  /// Creates a function that looks at its constant arguments once, before any row.
  init(
    _ name: String, _ synonyms: String..., takes parameters: [ValueFamilies],
    arity: ClosedRange<Int>? = nil, gives result: ValueFamilies, nulls: Nulls = .strict,
    preparing prepare: @escaping @Sendable (CallContext) throws(CallProblem) -> Body
  ) {
    self.name = name
    self.synonyms = synonyms
    self.parameters = parameters
    self.arity = arity ?? parameters.count...parameters.count
    self.result = { _ in result }
    self.nulls = nulls
    self.prepare = prepare
  }

  /// The same function, whose result has the families that `families` says.
  func giving(_ families: @escaping @Sendable ([BoundPart]) -> ValueFamilies) -> Self {
    var function = self
    function.result = families
    return function
  }

  /// The same function, whose result is an array of what `families` says.
  func givingItems(_ families: @escaping @Sendable ([BoundPart]) -> ValueFamilies) -> Self {
    var function = self
    function.result = { _ in .array }
    function.element = families
    return function
  }

  /// The same function, which also takes a function of items before its arrays.
  func withLambda() -> Self {
    var function = self
    function.takesLambda = true
    return function
  }

  /// What argument `index` must be.
  func parameter(_ index: Int) -> ValueFamilies {
    parameters.isEmpty ? .any : parameters[min(index, parameters.count - 1)]
  }

  /// Whether a call can give null for arguments that can or cannot be null.
  func isNullable(_ arguments: [Bool]) -> Bool {
    switch nulls {
    case .strict: arguments.contains(true)
    case .never: false
    case .whenAllAre: arguments.allSatisfy { $0 }
    case .partial, .possible: true
    }
  }

  /// Whether the body must not see nulls.
  var guardsNulls: Bool {
    switch nulls {
    case .strict, .partial: true
    case .never, .whenAllAre, .possible: false
    }
  }
}

/// What is known of a call before any row.
struct CallContext: Sendable {
  /// The arguments as far as they are constant.
  var constants: [Value?]
  var argumentCount: Int { constants.count }
  /// The clock for times.
  var zone: ZoneRules
  /// What `now()` means.
  var now: Int64
  /// Whether the first argument is the column of a path, whose texts are no JSON.
  var readsColumn = false

  /// The constant argument `index`; nil when there is none, or it is not constant.
  func constant(_ index: Int) -> Value? { index < constants.count ? constants[index] : nil }

  /// The constant text at `index`.
  func text(_ index: Int) -> String? {
    guard case .text(let bytes) = constant(index) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why a call can never be computed.
struct CallProblem: Error {
  /// The argument to blame.
  var argument: Int
  var message: String
  var hint: String? = nil
}

/// A stretch of time by whose start events are grouped.
struct TimeBucket: Hashable, Sendable {
  var unit: CalendarBuckets.Unit
  /// Whether its start is a date.
  var isDate: Bool
}
