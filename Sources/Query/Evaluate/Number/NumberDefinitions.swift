// Functions of numbers.

import EvtCore
import Glibc

extension FunctionDefinition {
  static let numbers: [FunctionDefinition] = [
    FunctionDefinition("abs", takes: [.number], gives: .number) { Arithmetic.absolute($0[0]) },
    FunctionDefinition("sign", takes: [.number], gives: .number) { arguments in
      ValueOrder.compare(arguments[0], .int(0)).map { .int(Int64($0.rawValue)) } ?? .null
    },
    rounding("round", nil, .nearest), rounding("roundBankers", nil, .nearest),
    rounding("floor", nil, .down), rounding("ceil", "ceiling", .up),
    rounding("trunc", "truncate", nil),
    real("sqrt") { $0.squareRoot() }, real("cbrt") { cbrt($0) }, real("exp") { exp($0) },
    real("exp2") { exp2($0) }, real("exp10") { pow(10, $0) }, real("log", "ln") { log($0) },
    real("log2") { log2($0) }, real("log10") { log10($0) }, real("log1p") { log1p($0) },
    real("sin") { sin($0) }, real("cos") { cos($0) }, real("tan") { tan($0) },
    real("asin") { asin($0) }, real("acos") { acos($0) }, real("atan") { atan($0) },
    real("sinh") { sinh($0) }, real("cosh") { cosh($0) }, real("tanh") { tanh($0) },
    real("degrees") { $0 * 180 / .pi }, real("radians") { $0 * .pi / 180 },
    reals("pow", "power") { pow($0, $1) }, reals("atan2") { atan2($0, $1) },
    reals("hypot") { hypot($0, $1) }, reals("max2") { max($0, $1) }, reals("min2") { min($0, $1) },
    FunctionDefinition("pi", takes: [], gives: .number) { _ in .double(.pi) },
    FunctionDefinition("e", takes: [], gives: .number) { _ in .double(M_E) },
    quotient("intDiv", byZero: .null), quotient("intDivOrZero", byZero: .int(0)),
    FunctionDefinition(
      "moduloOrZero", takes: [.number, .number], gives: .number, nulls: .partial
    ) {
      ValueOrder.compare($0[1], .int(0)) == .equal
        ? .int(0) : Arithmetic.apply(.modulo, $0[0], $0[1])
    },
    FunctionDefinition(
      "positiveModulo", "positive_modulo", "pmod", takes: [.number, .number], gives: .number,
      nulls: .partial
    ) { arguments in
      let rest = Arithmetic.apply(.modulo, arguments[0], arguments[1])
      return ValueOrder.compare(rest, .int(0)) == .below
        ? Arithmetic.apply(.add, rest, Arithmetic.absolute(arguments[1])) : rest
    },
    FunctionDefinition("gcd", takes: [.number, .number], gives: .number, nulls: .partial) {
      guard let a = $0[0].integer, let b = $0[1].integer else { return .null }
      return Int64(exactly: gcd(a, b)).map { .int($0) } ?? .null
    },
    FunctionDefinition("lcm", takes: [.number, .number], gives: .number, nulls: .partial) {
      guard let a = $0[0].integer, let b = $0[1].integer else { return .null }
      let divisor = gcd(a, b)
      guard divisor > 0 else { return .null }
      let (product, overflow) = (a.magnitude / divisor).multipliedReportingOverflow(
        by: b.magnitude)
      return overflow ? .null : Int64(exactly: product).map { .int($0) } ?? .null
    },
    FunctionDefinition("isNaN", takes: [.number], gives: .bool) { _ in .bool(false) },
    FunctionDefinition("isFinite", takes: [.number], gives: .bool) {
      .bool(Arithmetic.double($0[0])?.isFinite ?? true)
    },
    FunctionDefinition("isInfinite", takes: [.number], gives: .bool) {
      .bool(Arithmetic.double($0[0])?.isInfinite ?? false)
    },
    FunctionDefinition(
      "ifNotFinite", takes: [.number, .number], gives: .number, nulls: .whenAllAre
    ) { Arithmetic.double($0[0])?.isFinite == true ? $0[0] : $0[1] },
    FunctionDefinition("roundToExp2", takes: [.number], gives: .number, nulls: .partial) {
      guard let number = $0[0].integer else { return .null }
      guard number.magnitude > 0 else { return .int(0) }
      let power = Int64(bitPattern: 1 << UInt64(63 - number.magnitude.leadingZeroBitCount))
      return .int(number < 0 ? 0 &- power : power)
    },
    FunctionDefinition(
      "width_bucket", "widthBucket", takes: [.number, .number, .number, .number], gives: .number,
      nulls: .partial
    ) { arguments in
      guard let value = Arithmetic.double(arguments[0]), let low = Arithmetic.double(arguments[1]),
        let high = Arithmetic.double(arguments[2]), let count = arguments[3].integer, count > 0,
        count < 1 << 32, low < high
      else { return .null }
      if value < low { return .int(0) }
      if value >= high { return .int(count + 1) }
      return .int(Int64((value - low) / (high - low) * Double(count)) + 1)
    },
  ]

  private static func real(
    _ name: String, _ synonym: String? = nil, _ body: @escaping @Sendable (Double) -> Double
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.number], gives: .number, nulls: .partial
    ) { Arithmetic.double($0[0]).map { Arithmetic.value(body($0)) } ?? .null }
    if let synonym { function.synonyms = [synonym] }
    return function
  }

  private static func reals(
    _ name: String, _ synonym: String? = nil,
    _ body: @escaping @Sendable (Double, Double) -> Double
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.number, .number], gives: .number, nulls: .partial
    ) { arguments in
      guard let a = Arithmetic.double(arguments[0]), let b = Arithmetic.double(arguments[1]) else {
        return .null
      }
      return Arithmetic.value(body(a, b))
    }
    if let synonym { function.synonyms = [synonym] }
    return function
  }

  /// Rounds in one direction; towards zero when there is none.
  private static func rounding(
    _ name: String, _ synonym: String? = nil, _ direction: Arithmetic.Rounding?
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.number, .number], arity: 1...2, gives: .number
    ) { arguments in
      guard let digits = arguments.count > 1 ? arguments[1].integer : 0 else { return .null }
      let isNegative = ValueOrder.compare(arguments[0], .int(0)) == .below
      return Arithmetic.round(arguments[0], digits, direction ?? (isNegative ? .up : .down))
    }
    if let synonym { function.synonyms = [synonym] }
    return function
  }

  private static func quotient(_ name: String, byZero: Value) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.number, .number], gives: .number, nulls: .partial) {
      if ValueOrder.compare($0[1], .int(0)) == .equal { return byZero }
      if let a = $0[0].integer, let b = $0[1].integer {
        return b == -1 ? Arithmetic.negate(.int(a)) : .int(a / b)
      }
      guard let a = Arithmetic.double($0[0]), let b = Arithmetic.double($0[1]) else { return .null }
      return Int64(exactly: (a / b).rounded(.towardZero)).map { .int($0) } ?? .null
    }
  }

  private static func gcd(_ a: Int64, _ b: Int64) -> UInt64 {
    var (a, b) = (a.magnitude, b.magnitude)
    while b > 0 { (a, b) = (b, a % b) }
    return a
  }

  static let bits: [FunctionDefinition] = [
    integers("bitAnd") { $0 & $1 }, integers("bitOr") { $0 | $1 }, integers("bitXor") { $0 ^ $1 },
    integers("bitShiftLeft") { $1 < 0 || $1 > 63 ? 0 : $0 << $1 },
    integers("bitShiftRight") { $1 < 0 || $1 > 63 ? 0 : $0 >> $1 },
    integers("bitTest") { $1 < 0 || $1 > 63 ? 0 : $0 >> $1 & 1 },
    FunctionDefinition("bitCount", takes: [.number], gives: .number, nulls: .partial) {
      $0[0].integer.map { .int(Int64($0.nonzeroBitCount)) } ?? .null
    },
  ]

  private static func integers(
    _ name: String, _ body: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.number, .number], gives: .number, nulls: .partial) {
      guard let a = $0[0].integer, let b = $0[1].integer else { return .null }
      return .int(body(a, b))
    }
  }
}
