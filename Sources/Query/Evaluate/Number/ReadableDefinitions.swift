// Numbers as people read them: bars, sizes, quantities, lengths of time.

import EvtCore

extension FunctionDefinition {
  static let readable: [FunctionDefinition] = [
    FunctionDefinition(
      "bar", takes: [.number, .number, .number, .number], arity: 3...4, gives: .text,
      nulls: .partial,
      preparing: { context throws(CallProblem) in
        let width = context.argumentCount < 4 ? 80 : context.constant(3).flatMap(Arithmetic.double)
        guard let width, (1...1000).contains(width) else {
          // Of no width there is no bar.
          if context.constant(3)?.isNull == true { return { _ in .null } }
          throw CallProblem(argument: 3, message: "the width of a bar is constant, from 1 to 1000")
        }
        return { arguments in
          let numbers = arguments.prefix(3).compactMap(Arithmetic.double)
          guard numbers.count == 3 else { return .null }
          return .text(Readable.bar(numbers[0], numbers[1], numbers[2], width: width))
        }
      }),
    scaled("formatReadableSize", by: 1024, Readable.binaryUnits),
    scaled("formatReadableDecimalSize", by: 1000, Readable.decimalUnits),
    scaled("formatReadableQuantity", by: 1000, Readable.quantities),
    FunctionDefinition(
      "formatReadableTimeDelta", takes: [.number, .text], arity: 1...3, gives: .text,
      nulls: .partial,
      preparing: { context throws(CallProblem) in
        let largest = try timeUnit(context, 1) ?? 0
        let smallest = try timeUnit(context, 2) ?? max(largest, Readable.second)
        guard largest <= smallest else {
          throw CallProblem(argument: 2, message: "the least unit is above the greatest")
        }
        return { arguments in
          Arithmetic.double(arguments[0]).map {
            .text(Readable.time($0, units: largest...smallest))
          } ?? .null
        }
      }),
  ]

  private static func scaled(
    _ name: String, by factor: Double, _ units: [String]
  ) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.number], gives: .text, nulls: .partial) {
      Arithmetic.double($0[0]).map { .text(Readable.scaled($0, by: factor, units)) } ?? .null
    }
  }

  private static func timeUnit(
    _ context: CallContext, _ place: Int
  ) throws(CallProblem) -> Int? {
    guard place < context.argumentCount else { return nil }
    let word = context.text(place)
    guard let unit = Readable.timeUnits.firstIndex(where: { $0.name + "s" == word }) else {
      throw CallProblem(
        argument: place,
        message: "a unit is one of years, months, days, hours, minutes, seconds,"
          + " milliseconds, microseconds, nanoseconds, in quotes")
    }
    return unit
  }
}

/// The texts of the functions above, as ClickHouse writes them.
enum Readable {
  static let binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
  static let decimalUnits = ["B", "KB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
  static let quantities = [
    "", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion",
    "septillion", "octillion", "nonillion", "decillion", "undecillion", "duodecillion",
    "tredecillion", "quattuordecillion", "quindecillion", "sexdecillion", "septendecillion",
    "octodecillion", "novemdecillion", "vigintillion",
  ]

  /// The units of time from the greatest, in seconds; those below a second in nanoseconds.
  static let timeUnits: [(name: String, length: Double)] = [
    ("year", 31_536_000), ("month", 2_635_200), ("day", 86_400), ("hour", 3_600), ("minute", 60),
    ("second", 1), ("millisecond", 1_000_000), ("microsecond", 1_000), ("nanosecond", 1),
  ]
  static let second = 5

  /// A bar of `width` characters for `high`, none for `low`, in eighths of a character.
  static func bar(_ value: Double, _ low: Double, _ high: Double, width: Double) -> String {
    let length =
      value <= low ? 0 : value >= high ? width : (value - low) / (high - low) * width
    // Of a range beyond all numbers there is no share.
    let eighths = length.isFinite ? Int(length * 8) : 0
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// The number in the greatest unit that it reaches, with two digits behind the point.
  static func scaled(_ number: Double, by factor: Double, _ units: [String]) -> String {
    var (rest, unit) = (number, 0)
    while unit + 1 < units.count, abs(rest) >= factor { (rest, unit) = (rest / factor, unit + 1) }
    return fixed(rest) + (units[unit].isEmpty ? "" : " " + units[unit])
  }

  /// The number with two digits behind the point, halves up.
  private static func fixed(_ number: Double) -> String {
    let sign = number.sign == .minus ? "-" : ""
    let whole = number.magnitude.rounded(.down)
    // Beyond this there is nothing behind the point.
    guard whole < 1e15 else { return sign + integer(whole) + ".00" }
    let fraction = number.magnitude - whole
    let scaled = fraction * 100
    let lost = (-scaled).addingProduct(fraction, 100)
    let below = scaled.rounded(.down)
    let hundredths = Int(below) + (scaled - below - 0.5 + lost >= 0 ? 1 : 0)
    let digits = String(hundredths % 100)
    return sign + String(Int(whole) + hundredths / 100) + "."
      + (digits.utf8.count < 2 ? "0" : "") + digits
  }

  private static func integer(_ number: Double) -> String {
    Int128(exactly: number).map { String($0) }
      ?? String(decoding: ValueText.shown(.double(number)), as: UTF8.self)
  }

  /// A length of time in seconds in the units of a range.
  static func time(_ seconds: Double, units: ClosedRange<Int>) -> String {
    var whole = seconds.magnitude.rounded(.down)
    var fraction = (seconds.magnitude - whole) * 1e9
    var parts: [String] = []
    func add(_ count: Double, _ unit: Int) {
      let number =
        count < 1e18
        ? String(Int(count)) : String(decoding: ValueText.shown(.double(count)), as: UTF8.self)
      parts.append("\(number) \(timeUnits[unit].name)\(count == 1 ? "" : "s")")
    }
    if units.lowerBound > second {
      // What is above the greatest unit is counted in it.
      fraction = (fraction + whole * 1e9)
    }
    fraction = fraction.rounded()
    for unit in units where unit <= second {
      let count = (whole / timeUnits[unit].length).rounded(.down)
      if count > 0 || unit == second && parts.isEmpty { add(count, unit) }
      // Where seconds are beyond precision, nothing can be said of the rest.
      if whole + 1 == whole { return joined(parts, seconds) }
      whole -= count * timeUnits[unit].length
    }
    for unit in units where unit > second {
      let count = (fraction / timeUnits[unit].length).rounded(.down)
      if count > 0 || unit == units.upperBound && parts.isEmpty { add(count, unit) }
      fraction -= count * timeUnits[unit].length
    }
    return joined(parts, seconds)
  }

  private static func joined(_ parts: [String], _ seconds: Double) -> String {
    let sign = seconds < 0 ? "-" : ""
    guard parts.count > 1, let last = parts.last else { return sign + (parts.first ?? "") }
    return sign + parts.dropLast().joined(separator: ", ") + " and " + last
  }
}
