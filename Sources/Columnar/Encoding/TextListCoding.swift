// Lists of texts as bytes.

import CKernels
import EvtCore

/// Encodes a known number of texts.
///
///     plain      00  total bytes  stream of lengths  bytes
///     uuid       01  16 bytes each
///     hex        02  prefix (length, bytes)  digits  digits / 2 bytes each
///     numbered   03  prefix (length, bytes)  digits  stream of numbers
enum TextListCoding {
  enum Tag: UInt8 { case plain, uuid, hexadecimal, numbered }

  // MARK: - Encoding

  /// Appends `texts` to `writer`.
  static func encode(_ texts: [UnsafeRawBufferPointer], into writer: inout ByteWriter) {
    switch TextForm(of: texts) {
    case .plain: encodePlain(texts, into: &writer)
    case .uuid(let packed):
      writer.append(Tag.uuid.rawValue)
      packed.withUnsafeBytes { writer.append(contentsOf: $0) }
    case .hexadecimal(let prefix, let digits, let packed):
      writer.append(Tag.hexadecimal.rawValue)
      encode(prefix: prefix, of: texts, into: &writer)
      writer.append(UInt8(digits))
      packed.withUnsafeBytes { writer.append(contentsOf: $0) }
    case .numbered(let prefix, let digits, let numbers):
      writer.append(Tag.numbered.rawValue)
      encode(prefix: prefix, of: texts, into: &writer)
      writer.append(UInt8(digits))
      numbers.withUnsafeBufferPointer { IntStream.encode($0, into: &writer) }
    }
  }

  private static func encode(
    prefix: Int, of texts: [UnsafeRawBufferPointer], into writer: inout ByteWriter
  ) {
    writer.append(UInt8(prefix))
    guard let first = texts.first else { return }
    writer.append(contentsOf: UnsafeRawBufferPointer(rebasing: first[0..<prefix]))
  }

  private static func encodePlain(
    _ texts: [UnsafeRawBufferPointer], into writer: inout ByteWriter
  ) {
    writer.append(Tag.plain.rawValue)
    let lengths = texts.map { Int64($0.count) }
    let total = Int(lengths.reduce(0, +))
    writer.appendVarint(UInt64(total))
    lengths.withUnsafeBufferPointer { IntStream.encode($0, into: &writer) }
    writer.reserve(total)
    for text in texts { writer.append(contentsOf: text) }
  }

  // MARK: - Decoding

  /// Decodes `count` texts.
  static func decode(
    _ reader: inout ByteReader, count: Int, isSortedDictionary: Bool = false
  ) throws(MalformedBytes) -> TextList {
    let (ends, bytes): ([UInt32], [UInt8])
    switch Tag(rawValue: try reader.read(UInt8.self)) {
    case .plain: (ends, bytes) = try decodePlain(&reader, count: count)
    case .uuid:
      let packed = try reader.take(try byteCount(reader, count, times: 16))
      (ends, bytes) = unpackUUIDs(packed, count: count)
    case .hexadecimal: (ends, bytes) = try decodeHexadecimal(&reader, count: count)
    case .numbered: (ends, bytes) = try decodeNumbered(&reader, count: count)
    case nil: throw reader.malformed("unknown text encoding")
    }
    return TextList(ends: ends, bytes: bytes, isSortedDictionary: isSortedDictionary)
  }

  private static func byteCount(
    _ reader: ByteReader, _ count: Int, times size: Int
  ) throws(MalformedBytes) -> Int {
    guard count <= reader.remaining / size else { throw reader.malformed("ends early") }
    return count * size
  }

  private static func decodePlain(
    _ reader: inout ByteReader, count: Int
  ) throws(MalformedBytes) -> ([UInt32], [UInt8]) {
    let total = try reader.readCount("text bytes", atMost: Limits.blockBytesMax)
    let lengths = try IntStream.decodeArray(&reader, count: count)
    let bytes = try reader.take(total)
    var ends = [UInt32](repeating: 0, count: count)
    var end = 0
    for index in 0..<count {
      guard lengths[index] >= 0, lengths[index] <= Int64(total - end) else {
        throw reader.malformed("text longer than its block")
      }
      end += Int(lengths[index])
      ends[index] = UInt32(end)
    }
    guard end == total else { throw reader.malformed("texts shorter than their block") }
    return (ends, Array(bytes))
  }

  private static func unpackUUIDs(
    _ packed: UnsafeRawBufferPointer, count: Int
  ) -> ([UInt32], [UInt8]) {
    let bytes = [UInt8](unsafeUninitializedCapacity: count * 36) { target, initialized in
      guard let text = target.baseAddress,
        let source = packed.bindMemory(to: UInt8.self).baseAddress
      else { return }
      for index in 0..<count { evt_uuid_unpack(source + index * 16, text + index * 36) }
      initialized = count * 36
    }
    return ((0..<count).map { UInt32(($0 + 1) * 36) }, bytes)
  }

  private static func decodeHexadecimal(
    _ reader: inout ByteReader, count: Int
  ) throws(MalformedBytes) -> ([UInt32], [UInt8]) {
    let prefix = try reader.take(Int(try reader.read(UInt8.self)))
    let digits = Int(try reader.read(UInt8.self))
    guard digits > 0, digits % 2 == 0 else { throw reader.malformed("odd number of digits") }
    let packed = try reader.take(try byteCount(reader, count, times: digits / 2))
    let length = prefix.count + digits
    guard count <= Int(UInt32.max) / length else { throw reader.malformed("too many texts") }
    let bytes = [UInt8](unsafeUninitializedCapacity: count * length) { target, initialized in
      guard let text = target.baseAddress,
        let source = packed.bindMemory(to: UInt8.self).baseAddress
      else { return }
      for index in 0..<count {
        for (position, byte) in prefix.enumerated() { text[index * length + position] = byte }
        evt_hex_unpack(
          source + index * digits / 2, digits / 2, text + index * length + prefix.count)
      }
      initialized = count * length
    }
    return ((0..<count).map { UInt32(($0 + 1) * length) }, bytes)
  }

  private static func decodeNumbered(
    _ reader: inout ByteReader, count: Int
  ) throws(MalformedBytes) -> ([UInt32], [UInt8]) {
    let prefix = try reader.take(Int(try reader.read(UInt8.self)))
    let digits = Int(try reader.read(UInt8.self))
    guard digits <= TextForm.numberDigitsMax else { throw reader.malformed("too many digits") }
    let numbers = try IntStream.decodeArray(&reader, count: count)
    let limit = PowersOfTen.int64[digits == 0 ? TextForm.numberDigitsMax : digits]
    guard numbers.allSatisfy({ $0 >= 0 && $0 < limit }) else {
      throw reader.malformed("number of too many digits")
    }
    guard count <= Int(UInt32.max) / (prefix.count + TextForm.numberDigitsMax) else {
      throw reader.malformed("too many texts")
    }
    var ends: [UInt32] = []
    ends.reserveCapacity(count)
    let capacity = count * (prefix.count + TextForm.numberDigitsMax)
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { target, initialized in
      var end = 0
      for number in numbers {
        for byte in prefix {
          target[end] = byte
          end += 1
        }
        let length = digits > 0 ? digits : decimalDigits(number)
        var rest = number
        for position in stride(from: end + length - 1, through: end, by: -1) {
          target[position] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
          rest /= 10
        }
        end += length
        ends.append(UInt32(end))
      }
      initialized = end
    }
    return (ends, bytes)
  }

  private static func decimalDigits(_ number: Int64) -> Int {
    var digits = 1
    while digits < 19, number >= PowersOfTen.int64[digits] {
      digits += 1
      if digits == PowersOfTen.int64.count { break }
    }
    return digits
  }
}
