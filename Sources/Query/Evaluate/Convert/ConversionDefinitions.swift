// toInt64, toString, toDate and their like.

import EvtCore

extension FunctionDefinition {
  static let conversions: [FunctionDefinition] = {
    var functions: [FunctionDefinition] = []
    for bits in [8, 16, 32, 64] {
      functions += forms("toInt\(bits)") { _ in .int(bits: bits, isSigned: true) }
      functions += forms("toUInt\(bits)") { _ in .int(bits: bits, isSigned: false) }
    }
    for name in ["toInt128", "toInt256", "toUInt128", "toUInt256"] {
      functions += forms(name) { _ in .wideInt }
    }
    functions += forms("toFloat32") { _ in .float32 }
    functions += forms("toFloat64") { _ in .float64 }
    for bits in [32, 64, 128, 256] {
      functions += forms("toDecimal\(bits)", arity: 2...2) { .decimal(scale: digits($0, 76) ?? 0) }
    }
    functions += forms("toBool") { _ in .bool }
    functions += forms("toDate", zonePlace: 1, bucket: TimeBucket(unit: .day, isDate: true)) { _ in
      .date
    }
    functions[functions.count - 4].synonyms = ["date"]
    functions += forms("toDate32", zonePlace: 1) { _ in .date }
    functions += forms("toDateTime", zonePlace: 1) { .dateTime($0.zone) }
    functions += forms("toDateTime64", arity: 1...3, zonePlace: 2) {
      .dateTime64(digits: digits($0, 9) ?? 3, $0.zone)
    }
    functions += forms("parseDateTimeBestEffort", zonePlace: 1) { .dateTime($0.zone) }
    functions += forms("parseDateTime64BestEffort", arity: 1...3, zonePlace: 2) {
      .dateTime64(digits: digits($0, 9) ?? 3, $0.zone)
    }
    functions.append(
      zoned(
        FunctionDefinition("toString", takes: [.any, .text], arity: 1...2, gives: .text) {
          context in
          let zone = context.zone
          return { .text(ValueText.shown($0[0], in: zone)) }
        }, at: 1, keeps: false))
    functions += [
      fromEpoch("fromUnixTimestamp", TimeFunctions.second, "FROM_UNIXTIME"),
      fromEpoch("fromUnixTimestamp64Second", TimeFunctions.second),
      fromEpoch("fromUnixTimestamp64Milli", 1_000_000),
      fromEpoch("fromUnixTimestamp64Micro", 1_000), fromEpoch("fromUnixTimestamp64Nano", 1),
    ]
    return functions
  }()

  private static func digits(_ context: CallContext, _ most: Int64) -> Int? {
    context.constant(1)?.integer.flatMap { $0 >= 0 && $0 <= most ? Int($0) : nil }
  }

  /// A conversion in its four forms, which differ in what stands for values that cannot be
  /// converted: an error for constants and null for others, null, zero, or a given value.
  private static func forms(
    _ name: String, arity: ClosedRange<Int> = 1...1, zonePlace: Int? = nil,
    bucket: TimeBucket? = nil, _ type: @escaping @Sendable (CallContext) -> TargetType
  ) -> [FunctionDefinition] {
    let upper = max(arity.upperBound, zonePlace.map { $0 + 1 } ?? 0)
    return ["", "OrNull", "OrZero", "OrDefault"].map { form in
      let isDefault = form == "OrDefault"
      let (bound, most) = (arity.lowerBound, isDefault ? upper + 1 : upper)
      var function = FunctionDefinition(
        name + form, takes: [.any], arity: bound...most, gives: .any, nulls: .partial
      ) { context throws(CallProblem) in
        let (type, zone) = (type(context), context.zone)
        if form == "", let constant = context.constant(0),
          type.convert(constant, in: zone) == nil
        {
          throw CallProblem(argument: 0, message: "the value cannot be converted by \(name)")
        }
        return { arguments in
          // Texts that do not fit are cut by the plain form only, as in ClickHouse.
          let isAccurate = form != "" && arguments[0].family == .text
          if let value = type.convert(arguments[0], in: zone, isAccurate: isAccurate) {
            return value
          }
          switch form {
          case "OrZero": return type.zero
          case "OrDefault": return arguments.count > bound ? arguments[bound] : type.zero
          default: return .null
          }
        }
      }
      let sample = CallContext(constants: [], zone: .utc, now: 0)
      let families = type(sample).families
      function.result = { _ in families }
      function.zonePlace = isDefault ? nil : zonePlace
      function.keepsZone = families == .time && bucket == nil
      if form == "" { function.bucket = bucket }
      return function
    }
  }

  private static func fromEpoch(
    _ name: String, _ unit: Int64, _ synonym: String? = nil
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.number, .text], arity: 1...2, gives: .time, nulls: .partial
    ) { arguments in
      guard let number = arguments[0].integer else { return .null }
      let (time, overflow) = number.multipliedReportingOverflow(by: unit)
      return overflow ? .null : .time(time)
    }
    if let synonym { function.synonyms = [synonym] }
    return zoned(function, at: 1)
  }

  /// CAST to `type`.
  static func cast(
    to type: TargetType, named name: String, isAccurate: Bool = false, orNull: Bool = false
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      "CAST", takes: [.any], gives: type.families, nulls: .partial
    ) { context throws(CallProblem) in
      let zone = context.zone
      if !orNull, let constant = context.constant(0),
        type.convert(constant, in: zone, isAccurate: isAccurate) == nil
      {
        throw CallProblem(argument: 0, message: "the value cannot be converted to \(name)")
      }
      return { type.convert($0[0], in: zone, isAccurate: isAccurate) ?? .null }
    }
    if case .array(let element) = type { function.element = { _ in element.families } }
    return function
  }
}
