// Values as JSON, and as toString shows them.

import EvtCore

/// The text of values.
enum ValueText {
  /// The value as JSON; tuples are arrays, times and dates texts, infinite numbers null.
  static func json(_ value: Value) -> [UInt8] {
    var out: [UInt8] = []
    write(value, to: &out)
    return out
  }

  /// The value as ClickHouse's toString shows it; nothing for null.
  static func shown(_ value: Value, in zone: ZoneRules = .utc) -> [UInt8] {
    switch value {
    case .null: []
    case .text(let bytes), .json(let bytes): bytes
    case .bool(let truth): Array((truth ? "true" : "false").utf8)
    case .int(let number): Array(String(number).utf8)
    case .double(let number): Array(shown(number).utf8)
    case .decimal(let number): Array(number.text.utf8)
    case .time(let time): Array(clock(time, in: zone).utf8)
    case .date(let day): Array(UTCDay(number: day).description.utf8)
    case .array(let items): shown(items, "[", "]")
    case .tuple(let items): shown(items, "(", ")")
    }
  }

  private static func shown(_ items: [Value], _ open: String, _ close: String) -> [UInt8] {
    let parts = items.map { item -> [UInt8] in
      switch item {
      case .null: return Array("NULL".utf8)
      case .text(let bytes):
        let escaped = bytes.flatMap { byte -> [UInt8] in
          byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\")
            ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        return Array("'".utf8) + escaped + Array("'".utf8)
      case .time, .date: return Array("'".utf8) + shown(item) + Array("'".utf8)
      case .bool, .int, .double, .decimal, .json, .array, .tuple: return shown(item)
      }
    }
    return Array(open.utf8) + Array(parts.joined(separator: Array(",".utf8))) + Array(close.utf8)
  }

  /// Date and time as `2026-01-01 10:00:00.5`.
  private static func clock(_ time: Int64, in zone: ZoneRules) -> String {
    String(TimeText.format(zone.clock(at: time)).dropLast().map { $0 == "T" ? " " : $0 })
  }

  /// The shortest digits, with an exponent from 1e21 on and below 1e-6.
  private static func shown(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
    guard number != 0 else { return number.sign == .minus ? "-0" : "0" }
    guard let exact = ExactDecimal(number) else { return number.description }
    let digits = exact.digits.map { String($0) }.joined()
    let sign = exact.isNegative ? "-" : ""
    let magnitude = exact.magnitude
    if magnitude > 21 || magnitude < -5 {
      let fraction = digits.dropFirst()
      return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction)
        + "e\(magnitude - 1)"
    }
    if magnitude <= 0 { return sign + "0." + String(repeating: "0", count: -magnitude) + digits }
    if digits.utf8.count <= magnitude {
      return sign + digits + String(repeating: "0", count: magnitude - digits.utf8.count)
    }
    return sign + digits.prefix(magnitude) + "." + digits.dropFirst(magnitude)
  }

  private static func write(_ value: Value, to out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let truth): out += (truth ? "true" : "false").utf8
    case .int(let number): out += String(number).utf8
    case .double(let number):
      out += (number.isFinite ? NumberText.shortest(number) : "null").utf8
    case .decimal(let number): out += number.text.utf8
    case .json(let bytes): out += bytes
    case .text(let bytes): write(text: String(decoding: bytes, as: UTF8.self), to: &out)
    case .time(let time): write(text: TimeText.format(time), to: &out)
    case .date(let day): write(text: UTCDay(number: day).description, to: &out)
    case .array(let items), .tuple(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(item, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    }
  }

  private static func write(text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0x0A: out += "\\n".utf8
      case 0x0D: out += "\\r".utf8
      case 0x09: out += "\\t".utf8
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        out += ("\\u00" + (digits.utf8.count < 2 ? "0" : "") + digits).utf8
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
