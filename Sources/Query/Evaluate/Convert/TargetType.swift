// The types of CAST, and what becomes of a value under each.

import EvtCore

/// A type as far as it changes values.
indirect enum TargetType: Hashable, Sendable {
  case int(bits: Int, isSigned: Bool)
  /// Integers wider than 64 bits, which are exact here.
  case wideInt
  case float64, float32
  case decimal(scale: Int)
  case string
  case fixedString(Int)
  case bool
  case date
  case dateTime(ZoneRules?)
  case dateTime64(digits: Int, ZoneRules?)
  case array(TargetType)
  case tuple([TargetType])
  /// What the values of an Enum are: their names.
  case names([[UInt8]])
  case nullable(TargetType)

  /// What values of the type are.
  var families: ValueFamilies {
    switch self {
    case .int, .wideInt, .float64, .float32, .decimal: .number
    case .string, .fixedString, .names: .text
    case .bool: .bool
    case .date, .dateTime, .dateTime64: .time
    case .array: .array
    case .tuple: .tuple
    case .nullable(let type): type.families
    }
  }

  /// The clock on which its times are shown.
  var zone: ZoneRules? {
    switch self {
    case .dateTime(let zone), .dateTime64(_, let zone): zone
    case .nullable(let type): type.zone
    default: nil
    }
  }

  /// What stands for a value that cannot be converted in the forms OrZero and OrDefault.
  var zero: Value {
    switch self {
    case .int, .wideInt, .decimal: .int(0)
    case .float64, .float32: .double(0)
    case .string, .fixedString, .names: .text([])
    case .bool: .bool(false)
    case .date: .date(0)
    case .dateTime, .dateTime64: .time(0)
    case .array: .array([])
    case .tuple(let types): .tuple(types.map(\.zero))
    case .nullable: .null
    }
  }

  /// The value as this type; nil when it cannot be one.
  /// - Parameters:
  ///   - zone: the clock that texts without an offset are on, and that times are shown on.
  ///   - isAccurate: whether what does not fit is refused rather than cut to the bits of the type.
  func convert(_ value: Value, in zone: ZoneRules, isAccurate: Bool = false) -> Value? {
    if value.isNull { return .null }
    switch self {
    case .nullable(let type): return type.convert(value, in: zone, isAccurate: isAccurate)
    case .int(let bits, let isSigned):
      return integer(value).flatMap { Self.fit($0, bits, isSigned, isAccurate) }
    case .wideInt: return whole(value)
    case .float64: return number(value).flatMap { Arithmetic.double($0) }.map { .double($0) }
    case .float32:
      guard let double = number(value).flatMap({ Arithmetic.double($0) }) else { return nil }
      return Double(Float(double).description).map { .double($0) }
    case .decimal(let scale): return number(value).flatMap { decimal($0, scale) }
    case .string: return .text(ValueText.shown(value, in: zone))
    case .fixedString(let length):
      let text = ValueText.shown(value, in: zone)
      guard text.count <= length else { return nil }
      return .text(text + [UInt8](repeating: 0, count: length - text.count))
    case .bool: return truth(value)
    case .date: return TimeConversion.date(value, zone)
    case .dateTime(let own):
      return TimeConversion.time(value, own ?? zone, unit: TimeFunctions.second)
    case .dateTime64(let digits, let own):
      let unit = (0..<(9 - digits)).reduce(Int64(1)) { product, _ in product * 10 }
      return TimeConversion.time(value, own ?? zone, unit: unit)
    case .array(let type):
      guard let items = value.items else { return nil }
      return Self.all(items.map { type.convert($0, in: zone, isAccurate: isAccurate) })
        .map { .array($0) }
    case .tuple(let types):
      guard let items = value.items, items.count == types.count else { return nil }
      return Self.all(
        zip(types, items).map { $0.convert($1, in: zone, isAccurate: isAccurate) }
      ).map { .tuple($0) }
    case .names(let names):
      guard case .text(let text) = value, names.contains(text) else { return nil }
      return value
    }
  }

  private static func all(_ values: [Value?]) -> [Value]? {
    let known = values.compactMap { $0 }
    return known.count == values.count ? known : nil
  }

  /// The number that a value is: texts are read, times are seconds or days since 1970.
  private func number(_ value: Value) -> Value? {
    switch value {
    case .int, .double, .decimal: value
    case .bool(let truth): .int(truth ? 1 : 0)
    case .text(let text): Self.number(text)
    case .time(let time):
      .int(TimeFunctions.floor(time, to: TimeFunctions.second) / TimeFunctions.second)
    case .date(let day): .int(Int64(day))
    case .null, .json, .array, .tuple: nil
    }
  }

  private static func number(_ text: [UInt8]) -> Value? {
    let digits = text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    if let exact = ExactDecimal(parsing: digits) { return Arithmetic.number(exact) }
    // Forms that JSON has not: 007, .5, 5.
    let shown = String(decoding: digits, as: UTF8.self)
    guard digits.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      let double = Double(shown)
    else {
      return ["inf", "-inf"].contains(shown.lowercased())
        ? .double(shown.first == "-" ? -.infinity : .infinity) : nil
    }
    return Int64(shown).map { .int($0) } ?? .double(double)
  }

  private func whole(_ value: Value) -> Value? {
    number(value).map {
      Arithmetic.round($0, 0, ValueOrder.compare($0, .int(0)) == .below ? .up : .down)
    }
  }

  /// The integer that a value is, without what stands behind the point; texts must have nothing
  /// there.
  private func integer(_ value: Value) -> Int128? {
    if case .text(let text) = value {
      let digits = text.first == UInt8(ascii: "+") ? Array(text.dropFirst()) : text
      guard let first = digits.first,
        first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
        digits.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      return Int128(String(decoding: digits, as: UTF8.self))
    }
    switch number(value) {
    case .int(let number): return Int128(number)
    case .double(let number): return Int128(exactly: number.rounded(.towardZero))
    case .decimal(let number):
      let cut = Arithmetic.round(.decimal(number), 0, number.isNegative ? .up : .down)
      switch cut {
      case .int(let whole): return Int128(whole)
      case .decimal(let whole): return Int128(whole.text)
      case .double(let whole): return Int128(exactly: whole)
      default: return nil
      }
    default: return nil
    }
  }

  /// The lowest bits of `number`, as ClickHouse cuts integers.
  private static func fit(
    _ number: Int128, _ bits: Int, _ isSigned: Bool, _ isAccurate: Bool
  ) -> Value? {
    let modulus = Int128(1) << bits
    var rest = number % modulus
    if rest < 0 { rest += modulus }
    if isSigned, rest >= modulus / 2 { rest -= modulus }
    if isAccurate, rest != number { return nil }
    if let integer = Int64(exactly: rest) { return .int(integer) }
    return Arithmetic.number(ExactDecimal(BigInteger(rest), scale: 0))
  }

  private func decimal(_ value: Value, _ scale: Int) -> Value? {
    if case .double(let double) = value, !double.isFinite { return nil }
    let exact: Value =
      if case .double(let double) = value, let decimal = ExactDecimal(double) {
        .decimal(decimal)
      } else {
        value
      }
    let isNegative = ValueOrder.compare(exact, .int(0)) == .below
    return Arithmetic.round(exact, Int64(scale), isNegative ? .up : .down)
  }

  private func truth(_ value: Value) -> Value? {
    switch value {
    case .bool: value
    case .int, .double, .decimal: .bool(value.isTrue)
    case .text(let text):
      switch String(decoding: text, as: UTF8.self).lowercased() {
      case "true", "1", "t", "yes", "y", "on", "enable", "enabled": .bool(true)
      case "false", "0", "f", "no", "n", "off", "disable", "disabled": .bool(false)
      default: nil
      }
    case .null, .json, .time, .date, .array, .tuple: nil
    }
  }
}

/// Values as dates and times.
enum TimeConversion {
  static func date(_ value: Value, _ zone: ZoneRules) -> Value? {
    switch value {
    case .date: return value
    case .time: return TimeFunctions.day(value, zone).map { .date($0.number) }
    case .text(let text):
      if let time = text.withUnsafeBytes({ TimeText.parse($0) }) {
        // Without an offset it is the date that stands there.
        return .date(UTCDay(containing: time).number)
      }
      // 20260131
      guard text.count == 8, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      let dashed = text[..<4] + [0x2D] + text[4..<6] + [0x2D] + text[6...]
      return Array(dashed).withUnsafeBytes { TimeText.parse($0) }.map {
        .date(UTCDay(containing: $0).number)
      }
    case .int(let number):
      // Small numbers are days, others seconds.
      if number >= 0, number < 65_536 { return .date(Int32(number)) }
      return time(value, zone, unit: TimeFunctions.second).flatMap { date($0, zone) }
    case .double, .decimal:
      return time(value, zone, unit: TimeFunctions.second).flatMap { date($0, zone) }
    case .null, .bool, .json, .array, .tuple: return nil
    }
  }

  /// The time, cut to multiples of `unit` nanoseconds.
  static func time(_ value: Value, _ zone: ZoneRules, unit: Int64) -> Value? {
    switch value {
    case .time(let time): return .time(TimeFunctions.floor(time, to: unit))
    case .date(let day): return .time(zone.firstInstant(showing: UTCDay(number: day).start))
    case .text(let text):
      if let time = parse(text, zone) { return .time(TimeFunctions.floor(time, to: unit)) }
      guard let seconds = ExactDecimal(parsing: text), text.count >= 5 else { return nil }
      return time(Arithmetic.number(seconds), zone, unit: unit)
    case .int, .double, .decimal:
      let scaled = Arithmetic.apply(.multiply, value, .int(TimeFunctions.second))
      let cut = Arithmetic.round(scaled, 0, .down)
      guard let number = cut.integer ?? Arithmetic.double(cut).flatMap({ Int64(exactly: $0) })
      else {
        return nil
      }
      return .time(TimeFunctions.floor(number, to: unit))
    case .null, .bool, .json, .array, .tuple: return nil
    }
  }

  /// The instant of a text; without an offset it is on the clock of `zone`.
  static func parse(_ text: [UInt8], _ zone: ZoneRules) -> Int64? {
    guard let time = text.withUnsafeBytes({ TimeText.parse($0) }) else { return nil }
    let hasOffset = text.dropFirst(10).contains { byte in
      "+-Zz".utf8.contains(byte) || byte == UInt8(ascii: "U")
    }
    return hasOffset ? time : zone.firstInstant(showing: time)
  }
}
