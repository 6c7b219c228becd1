// formatDateTime: times as text by a pattern of % and a letter.

import EvtCore

enum TimeFormat {
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// The time as `format` says; nil for a letter without meaning.
  static func text(_ value: Value, _ format: [UInt8], _ zone: ZoneRules) -> [UInt8]? {
    guard let clock = TimeFunctions.clock(value, zone) else { return nil }
    var out: [UInt8] = []
    var index = 0
    while index < format.count {
      let byte = format[index]
      index += 1
      guard byte == UInt8(ascii: "%"), index < format.count else {
        out.append(byte)
        continue
      }
      guard let part = part(format[index], clock, value, zone) else { return nil }
      out += part.utf8
      index += 1
    }
    return out
  }

  private static func part(
    _ letter: UInt8, _ clock: Int64, _ value: Value, _ zone: ZoneRules
  ) -> String? {
    let day = UTCDay(containing: clock)
    let (year, month, dayOfMonth) = day.civil
    let time = Int(TimeFunctions.timeOfDay(clock) / TimeFunctions.second)
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60)
    let weekday = TimeFunctions.weekday(day)
    let twelve = (hour + 11) % 12 + 1
    switch UnicodeScalar(letter) {
    case "Y": return padded(year, 4)
    case "y": return padded(year % 100, 2)
    case "C": return padded(year / 100, 2)
    case "G": return padded(TimeFunctions.isoYear(day), 4)
    case "g": return padded(TimeFunctions.isoYear(day) % 100, 2)
    case "m", "c": return padded(month, 2)
    case "M": return months[month - 1]
    case "b": return String(months[month - 1].prefix(3))
    case "d": return padded(dayOfMonth, 2)
    case "e": return padded(dayOfMonth, 2, " ")
    case "j": return padded(TimeFunctions.dayOfYear(day), 3)
    case "a": return String(weekdays[weekday].prefix(3))
    case "W": return weekdays[weekday]
    case "u": return "\(weekday + 1)"
    case "w": return "\((weekday + 1) % 7)"
    case "V": return padded(TimeFunctions.isoWeek(day), 2)
    case "Q": return "\((month - 1) / 3 + 1)"
    case "H", "k": return padded(hour, 2)
    case "h", "I", "l": return padded(twelve, 2)
    case "i": return padded(minute, 2)
    case "S", "s": return padded(second, 2)
    case "f": return padded(Int(TimeFunctions.timeOfDay(clock) % TimeFunctions.second / 1_000), 6)
    case "p": return hour < 12 ? "AM" : "PM"
    case "r": return "\(padded(twelve, 2)):\(padded(minute, 2)) \(hour < 12 ? "AM" : "PM")"
    case "R": return "\(padded(hour, 2)):\(padded(minute, 2))"
    case "T": return "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    case "D": return "\(padded(month, 2))/\(padded(dayOfMonth, 2))/\(padded(year % 100, 2))"
    case "F": return day.description
    case "z":
      guard case .time(let instant) = value else { return "+0000" }
      return zone.offsetText(instant).split(separator: ":").joined()
    case "n": return "\n"
    case "t": return "\t"
    case "%": return "%"
    default: return nil
    }
  }

  private static func padded(_ number: Int, _ width: Int, _ filler: String = "0") -> String {
    let digits = String(number)
    return String(repeating: filler, count: max(0, width - digits.utf8.count)) + digits
  }
}
