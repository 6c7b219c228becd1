// Numbers for people: separators, percentages, lengths of time, bytes.

import EvtCore

/// Writes numbers the way tables for people show them.
enum HumanNumber {
  /// `1234567` as `1,234,567`; takes the text of any decimal number.
  static func grouped(_ digits: String) -> String {
    var text = Substring(digits)
    let sign = text.hasPrefix("-") ? "-" : ""
    text = text.dropFirst(sign.count)
    let whole = text.prefix { $0 >= "0" && $0 <= "9" }
    let rest = text.dropFirst(whole.count)
    guard whole.count > 3, !rest.lowercased().contains("e") else { return digits }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return sign + result + rest
  }

  static func count(_ value: Int64) -> String { grouped(String(value)) }
  static func count(_ value: Int) -> String { grouped(String(value)) }
  static func count(_ value: UInt64) -> String { grouped(String(value)) }

  /// "1 input", "2,000 inputs".
  static func plural(_ value: Int, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// A number that may have a fraction: two decimals, more for what is small.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    let size = value.magnitude
    if size >= 1e15 || (size > 0 && size < 1e-4) { return NumberText.shortest(value) }
    return grouped(fixed(value, decimals: size >= 1 || size == 0 ? 2 : 4))
  }

  /// A percentage with one decimal.
  static func percent(_ value: Double) -> String { fixed(value, decimals: 1) + "%" }

  /// `value` with exactly so many decimals, for magnitudes below 10^15.
  static func fixed(_ value: Double, decimals: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * Double(scale)).rounded()
    guard scaled < 9e18 else { return NumberText.shortest(value) }
    let units = Int64(scaled)
    let sign = value < 0 && units > 0 ? "-" : ""
    if decimals == 0 { return "\(sign)\(units)" }
    let fraction = String(units % scale)
    let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
    return "\(sign)\(units / scale).\(zeros)\(fraction)"
  }

  /// Milliseconds as the two largest units that fit: `850ms`, `12.3s`, `2m 13s`, `3d 4h`.
  static func duration(milliseconds: Double) -> String {
    guard milliseconds.isFinite, milliseconds.magnitude < 1e15 else { return "" }
    let size = milliseconds.magnitude
    if size < 1000 { return fixed(milliseconds, decimals: size == size.rounded() ? 0 : 1) + "ms" }
    if size < 59_950 { return fixed(milliseconds / 1000, decimals: 1) + "s" }
    let seconds = Int64((size / 1000).rounded())
    let sign = milliseconds < 0 ? "-" : ""
    let units: [(name: String, seconds: Int64)] = [
      ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]
    for (index, unit) in units.enumerated().dropLast() where seconds >= unit.seconds {
      let next = units[index + 1]
      let rest = seconds % unit.seconds / next.seconds
      return sign + "\(seconds / unit.seconds)\(unit.name)"
        + (rest > 0 ? " \(rest)\(next.name)" : "")
    }
    return "\(sign)\(seconds)s"
  }

  /// Nanoseconds exactly, in as few units as it takes: `30m`, `1d 12h`, `1.5s`.
  static func span(nanoseconds: Int64) -> String {
    var rest = nanoseconds
    var parts: [String] = []
    let units: [(String, Int64)] = [
      ("d", UTCDay.nanoseconds), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
      ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]
    for (name, size) in units where rest / size != 0 {
      parts.append("\(rest / size)\(name)")
      rest %= size
    }
    return parts.isEmpty ? "0s" : parts.joined(separator: " ")
  }

  /// Bytes in decimal units: `999 B`, `1.8 GB`.
  static func bytes(_ value: Int64) -> String {
    var size = Double(value.magnitude)
    var unit = 0
    let names = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    while size >= 999.95, unit < names.count - 1 {
      size /= 1000
      unit += 1
    }
    let text = unit == 0 ? String(value.magnitude) : fixed(size, decimals: 1)
    return (value < 0 ? "-" : "") + "\(text) \(names[unit])"
  }
}
