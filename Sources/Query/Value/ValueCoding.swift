// Arrays and tuples as bytes, so that columns can hold them as they hold texts.

import EvtCore

/// Values of any depth as bytes and back: a tag, then what the kind needs. Equal bytes are equal
/// values of equal kinds. Only ever read where it was written: it is no format of files.
enum ValueCoding {
  private enum Tag: UInt8 {
    case null, no, yes, int, double, decimal, text, json, time, date, array, tuple
  }

  /// The bytes of `value`.
  static func bytes(_ value: Value) -> [UInt8] {
    var writer = ByteWriter()
    write(value, to: &writer)
    return writer.bytes
  }

  /// The value that `bytes` were made of.
  static func value(_ bytes: UnsafeRawBufferPointer) -> Value {
    var reader = ByteReader(bytes)
    do throws(MalformedBytes) {
      return try read(&reader)
    } catch {
      preconditionFailure("BUG: a nested value \(error.what) at \(error.offset)")
    }
  }

  private static func write(_ value: Value, to writer: inout ByteWriter) {
    switch value {
    case .null: writer.append(Tag.null.rawValue)
    case .bool(let truth): writer.append((truth ? Tag.yes : Tag.no).rawValue)
    case .int(let number): write(.int, number, to: &writer)
    case .double(let number): write(.double, Int64(bitPattern: number.bitPattern), to: &writer)
    case .time(let time): write(.time, time, to: &writer)
    case .date(let day): write(.date, Int64(day), to: &writer)
    case .decimal(let number): write(.decimal, Array(number.text.utf8), to: &writer)
    case .text(let bytes): write(.text, bytes, to: &writer)
    case .json(let bytes): write(.json, bytes, to: &writer)
    case .array(let items): write(.array, items, to: &writer)
    case .tuple(let items): write(.tuple, items, to: &writer)
    }
  }

  private static func write(_ tag: Tag, _ number: Int64, to writer: inout ByteWriter) {
    writer.append(tag.rawValue)
    writer.appendZigzag(number)
  }

  private static func write(_ tag: Tag, _ bytes: [UInt8], to writer: inout ByteWriter) {
    writer.append(tag.rawValue)
    writer.appendVarint(UInt64(bytes.count))
    bytes.withUnsafeBytes { writer.append(contentsOf: $0) }
  }

  private static func write(_ tag: Tag, _ items: [Value], to writer: inout ByteWriter) {
    writer.append(tag.rawValue)
    writer.appendVarint(UInt64(items.count))
    for item in items { write(item, to: &writer) }
  }

  private static func read(_ reader: inout ByteReader) throws(MalformedBytes) -> Value {
    guard let tag = Tag(rawValue: try reader.read()) else { throw reader.malformed("has no kind") }
    switch tag {
    case .null: return .null
    case .no: return .bool(false)
    case .yes: return .bool(true)
    case .int: return .int(try reader.readZigzag())
    case .double: return .double(Double(bitPattern: UInt64(bitPattern: try reader.readZigzag())))
    case .time: return .time(try reader.readZigzag())
    case .date: return .date(Int32(truncatingIfNeeded: try reader.readZigzag()))
    case .decimal:
      return ExactDecimal(parsing: try bytes(&reader)).map { .decimal($0) } ?? .null
    case .text: return .text(try bytes(&reader))
    case .json: return .json(try bytes(&reader))
    case .array: return .array(try items(&reader))
    case .tuple: return .tuple(try items(&reader))
    }
  }

  private static func bytes(_ reader: inout ByteReader) throws(MalformedBytes) -> [UInt8] {
    Array(try reader.take(try reader.readCount("length", atMost: reader.remaining)))
  }

  private static func items(_ reader: inout ByteReader) throws(MalformedBytes) -> [Value] {
    // Each item takes a byte at least.
    let count = try reader.readCount("count", atMost: reader.remaining)
    var items: [Value] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try read(&reader)) }
    return items
  }
}
