// Instants as text: RFC 3339 and its relatives in, epoch numbers in, RFC 3339 out.

import CKernels

/// Reads and writes instants as nanoseconds since 1970-01-01T00:00Z. Nothing is ever rounded.
public enum TimeText {
  /// Why a text is no instant.
  public enum Failure: Error, Equatable, Sendable {
    case notATime
    /// More than nine digits of a second that are not all zero.
    case tooPrecise
    /// Outside of what 64 bits of nanoseconds hold (1677 to 2262).
    case outOfRange
  }

  /// Reads RFC 3339 with any offset, or `YYYY-MM-DD[ HH:MM[:SS[.fraction]]]`, which is UTC.
  public static func parse(_ text: UnsafeRawBufferPointer) -> Int64? { try? read(text) }

  /// Reads RFC 3339 with any offset, or `YYYY-MM-DD[ HH:MM[:SS[.fraction]]]`, which is UTC.
  public static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  /// Reads like `parse`; what has no offset is on the clock of `zone`.
  static func parse(_ text: String, in zone: ZoneRules) -> Int64? {
    var text = text
    return text.withUTF8 { try? read(UnsafeRawBufferPointer($0), in: zone) }
  }

  /// Reads like `parse` and says why not.
  ///
  /// Accepted beside RFC 3339: `T` or a space between date and time, no offset (UTC), `UTC`,
  /// offsets as `+HHMM` or `+HH`, a comma before the fraction. A leap second is the second that
  /// follows it.
  public static func read(_ text: UnsafeRawBufferPointer) throws(Failure) -> Int64 {
    var time: Int64 = 0
    guard let base = text.baseAddress else { throw .notATime }
    if evt_plain_instant(base.assumingMemoryBound(to: UInt8.self), text.count, &time) != 0 {
      return time
    }
    return try readPartByPart(text)
  }

  /// Reads any text of an instant.
  static func readPartByPart(_ text: UnsafeRawBufferPointer) throws(Failure) -> Int64 {
    guard text.count >= 10, let base = text.baseAddress else { throw .notATime }
    var cursor = Cursor(base.assumingMemoryBound(to: UInt8.self), text.count)
    let day = try cursor.date()
    guard !cursor.isAtEnd else { return try nanoseconds(Int64(day.number) * 86_400, 0) }
    guard cursor.take(UInt8(ascii: "T"), or: UInt8(ascii: "t"), or: UInt8(ascii: " ")) else {
      throw .notATime
    }
    let clock = try cursor.clock()
    let offset = try cursor.offset()
    guard cursor.isAtEnd else { throw .notATime }
    let seconds = Int64(day.number) * 86_400 + Int64(clock.seconds - offset)
    if clock.isLeapSecond, seconds % 86_400 != 0 { throw .notATime }
    return try nanoseconds(seconds, clock.nanoseconds)
  }

  /// Reads like `read`; what has no offset is on the clock of `zone` (see
  /// `ZoneRules.firstInstant`).
  static func read(
    _ text: UnsafeRawBufferPointer, in zone: ZoneRules
  ) throws(Failure) -> Int64 {
    guard text.count >= 10, let base = text.baseAddress else { throw .notATime }
    var cursor = Cursor(base.assumingMemoryBound(to: UInt8.self), text.count)
    let day = try cursor.date()
    var clock: (seconds: Int, nanoseconds: Int64, isLeapSecond: Bool) = (0, 0, false)
    if cursor.take(UInt8(ascii: "T"), or: UInt8(ascii: "t"), or: UInt8(ascii: " ")) {
      clock = try cursor.clock()
    }
    guard cursor.isAtEnd, !clock.isLeapSecond else { return try read(text) }
    let local = try nanoseconds(
      Int64(day.number) * 86_400 + Int64(clock.seconds), clock.nanoseconds)
    return zone.firstInstant(showing: local)
  }

  /// The bounds of the times that a bare number can mean: 2000-01-01 and 2100-01-01.
  private static let epochSeconds: Range<Int64> = 946_684_800..<4_102_444_800

  /// The instant that `number` means as seconds, milli-, micro- or nanoseconds since 1970,
  /// whichever lies in the years 2000 to 2099; nil when none does.
  public static func epoch(_ number: Int64) -> Int64? {
    var scale: Int64 = 1_000_000_000
    var unitsPerSecond: Int64 = 1
    while scale > 0 {
      let low = epochSeconds.lowerBound * unitsPerSecond
      if number >= low, number < epochSeconds.upperBound * unitsPerSecond { return number * scale }
      unitsPerSecond *= 1_000
      scale /= 1_000
    }
    return nil
  }

  /// Reads a JSON number, fractions and exponents included, as `epoch` does, exactly.
  public static func epoch(_ text: UnsafeRawBufferPointer) throws(Failure) -> Int64 {
    guard let lexeme = NumberText.parse(text) else { throw .notATime }
    if lexeme.kind == .int {
      guard let time = epoch(Int64(bitPattern: lexeme.bits)) else { throw .notATime }
      return time
    }
    return try fractionalEpoch(text)
  }

  /// Reads a number as `epoch` does.
  public static func epoch(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { try? epoch(UnsafeRawBufferPointer($0)) }
  }

  /// The instant as RFC 3339 in UTC, with as many digits of a second as it takes to be exact.
  public static func format(_ nanoseconds: Int64) -> String { clock(nanoseconds, offset: 0) + "Z" }

  /// Date and time on a clock `offset` seconds ahead of UTC, as RFC 3339 without the offset.
  static func clock(_ nanoseconds: Int64, offset: Int) -> String {
    let second = ZoneRules.second(of: nanoseconds)
    let local = second + Int64(offset)
    var seconds = Int(local % 86_400)
    if seconds < 0 { seconds += 86_400 }
    var text = UTCDay(number: Int32((local - Int64(seconds)) / 86_400)).description
    text += "T\(padded(seconds / 3_600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    var fraction = Int(nanoseconds &- second &* ZoneRules.secondNanoseconds)
    if fraction > 0 {
      var width = 9
      while fraction % 10 == 0 {
        fraction /= 10
        width -= 1
      }
      let digits = String(fraction)
      text += "." + String(repeating: "0", count: width - digits.utf8.count) + digits
    }
    return text
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func nanoseconds(_ seconds: Int64, _ part: Int64) throws(Failure) -> Int64 {
    // Added as one 128-bit sum, since the very first second of the range begins below it.
    let total = Int128(seconds) * 1_000_000_000 + Int128(part)
    guard let result = Int64(exactly: total) else { throw .outOfRange }
    return result
  }

  private static func fractionalEpoch(_ text: UnsafeRawBufferPointer) throws(Failure) -> Int64 {
    // A time has at most 19 significant digits in nanoseconds; the text may spell more zeros.
    var digits: UInt64 = 0
    var power = 0
    guard decimal(text, &digits, &power) else { throw .tooPrecise }
    var sawFraction = false
    for unit in [9, 6, 3, 0] {
      let scaled = scale(digits, by: power + unit)
      guard let (nanoseconds, isExact) = scaled else { continue }
      let low = UInt64(epochSeconds.lowerBound) * 1_000_000_000
      let high = UInt64(epochSeconds.upperBound) * 1_000_000_000
      guard nanoseconds >= low, nanoseconds < high else { continue }
      if isExact { return Int64(nanoseconds) }
      sawFraction = true
    }
    throw sawFraction ? .tooPrecise : .notATime
  }

  /// digits x 10^power cut to an integer; nil when it does not fit.
  private static func scale(_ digits: UInt64, by power: Int) -> (UInt64, isExact: Bool)? {
    guard power > -20, power < 20 else { return nil }
    var value = digits
    var isExact = true
    for _ in 0..<abs(power) {
      if power < 0 {
        isExact = isExact && value % 10 == 0
        value /= 10
      } else {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        value = product
      }
    }
    return (value, isExact)
  }

  /// Splits valid number text into digits x 10^power; false beyond 19 significant digits, and for
  /// negative numbers digits of zero, which are no time.
  private static func decimal(
    _ text: UnsafeRawBufferPointer, _ digits: inout UInt64, _ power: inout Int
  ) -> Bool {
    var isFraction = false
    var zeros = 0
    var exponent: Int?
    var exponentSign = 1
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = Int(byte &- UInt8(ascii: "0"))
        if let read = exponent {
          exponent = min(read * 10 + digit, 1_000_000)
          continue
        }
        if isFraction { power -= 1 }
        zeros += 1
        if digit == 0 { continue }
        for _ in 0..<zeros {
          let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
          if overflow { return false }
          digits = product
        }
        let (sum, overflow) = digits.addingReportingOverflow(UInt64(digit))
        if overflow { return false }
        digits = sum
        zeros = 0
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): exponent = 0
      case UInt8(ascii: "-"):
        if exponent == nil {
          digits = 0
          return true
        }
        exponentSign = -1
      default: break
      }
    }
    power += (digits > 0 ? zeros : 0) + exponentSign * (exponent ?? 0)
    return true
  }
}

/// Reads the parts of an instant from left to right.
private struct Cursor {
  private var at: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>

  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    at = base
    end = base + count
  }

  var isAtEnd: Bool { at == end }

  @inline(__always)
  mutating func take(_ byte: UInt8, or second: UInt8, or third: UInt8) -> Bool {
    guard at < end, at[0] == byte || at[0] == second || at[0] == third else { return false }
    at += 1
    return true
  }

  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool { take(byte, or: byte, or: byte) }

  /// Two digits, or a number above 99.
  @inline(__always)
  private mutating func pair() -> Int {
    guard end - at >= 2 else { return 1_000 }
    let tens = at[0] &- UInt8(ascii: "0")
    let ones = at[1] &- UInt8(ascii: "0")
    at += 2
    return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : 1_000
  }

  /// The caller has seen that ten bytes are there.
  @inline(__always)
  mutating func date() throws(TimeText.Failure) -> UTCDay {
    let century = pair()
    let year = pair()
    guard century < 100, year < 100, take(UInt8(ascii: "-")) else { throw .notATime }
    let month = pair()
    guard month >= 1, month <= 12, take(UInt8(ascii: "-")) else { throw .notATime }
    let day = pair()
    let fullYear = century * 100 + year
    guard day >= 1, day <= 28 || day <= Self.days(in: month, of: fullYear) else { throw .notATime }
    return UTCDay(year: fullYear, month: month, day: day)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  @inline(__always)
  mutating func clock() throws(TimeText.Failure) -> (
    seconds: Int, nanoseconds: Int64, isLeapSecond: Bool
  ) {
    let hour = pair()
    guard hour <= 23, take(UInt8(ascii: ":")) else { throw .notATime }
    let minute = pair()
    guard minute <= 59 else { throw .notATime }
    guard take(UInt8(ascii: ":")) else { return (hour * 3_600 + minute * 60, 0, false) }
    let second = pair()
    guard second <= 60 else { throw .notATime }
    let nanoseconds =
      take(UInt8(ascii: "."), or: UInt8(ascii: ","), or: UInt8(ascii: ".")) ? try fraction() : 0
    return (hour * 3_600 + minute * 60 + second, nanoseconds, second == 60)
  }

  private mutating func fraction() throws(TimeText.Failure) -> Int64 {
    var value: Int64 = 0
    var digits = 0
    while at < end, at[0] &- UInt8(ascii: "0") <= 9 {
      if digits < 9 {
        value = value * 10 + Int64(at[0] &- UInt8(ascii: "0"))
      } else if at[0] != UInt8(ascii: "0") {
        throw .tooPrecise
      }
      digits += 1
      at += 1
    }
    guard digits > 0 else { throw .notATime }
    while digits < 9 {
      value *= 10
      digits += 1
    }
    return value
  }

  /// Seconds east of UTC.
  @inline(__always)
  mutating func offset() throws(TimeText.Failure) -> Int {
    if isAtEnd || take(UInt8(ascii: "Z"), or: UInt8(ascii: "z"), or: UInt8(ascii: "Z")) { return 0 }
    _ = take(UInt8(ascii: " "))
    if take(UInt8(ascii: "U")) {
      guard take(UInt8(ascii: "T")), take(UInt8(ascii: "C")) else { throw .notATime }
      return 0
    }
    let isWest = take(UInt8(ascii: "-"))
    guard isWest || take(UInt8(ascii: "+")) else { throw .notATime }
    let hours = pair()
    var minutes = 0
    if !isAtEnd {
      _ = take(UInt8(ascii: ":"))
      minutes = pair()
    }
    guard hours <= 23, minutes <= 59 else { throw .notATime }
    let seconds = hours * 3_600 + minutes * 60
    return isWest ? -seconds : seconds
  }
}
