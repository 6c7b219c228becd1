// Values as JSON.

import EvtCore

/// The text of values.
enum ValueText {
  /// The value as JSON; tuples are arrays, times and dates texts, infinite numbers null.
  static func json(_ value: Value) -> [UInt8] {
    var out: [UInt8] = []
    write(value, to: &out)
    return out
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
