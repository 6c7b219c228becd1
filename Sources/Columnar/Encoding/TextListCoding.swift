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

  /// Decodes `count` texts, or of these only the ones at `places`, which are below `count`.
  static func decode(
    _ reader: inout ByteReader, count: Int, at places: [UInt32]? = nil,
    isSortedDictionary: Bool = false
  ) throws(MalformedBytes) -> TextList {
    let wanted = Wanted(count: count, places: places)
    let (ends, bytes): ([UInt32], [UInt8])
    switch Tag(rawValue: try reader.read(UInt8.self)) {
    case .plain: (ends, bytes) = try decodePlain(&reader, wanted)
    case .uuid:
      let packed = try reader.take(try byteCount(reader, count, times: 16))
      (ends, bytes) = unpackUUIDs(packed, wanted)
    case .hexadecimal: (ends, bytes) = try decodeHexadecimal(&reader, wanted)
    case .numbered: (ends, bytes) = try decodeNumbered(&reader, wanted)
    case nil: throw reader.malformed("unknown text encoding")
    }
    return TextList(ends: ends, bytes: bytes, isSortedDictionary: isSortedDictionary)
  }

  /// Which texts of a list are wanted.
  private struct Wanted {
    /// The number of texts of the list.
    let count: Int
    /// The places of those that are wanted; nil for all.
    let places: [UInt32]?

    /// The number of texts that are wanted.
    var wantedCount: Int { places?.count ?? count }

    /// Calls `body` with each place that is wanted and its number among them.
    @inline(__always)
    func forEach(_ body: (_ number: Int, _ place: Int) -> Void) {
      guard let places else {
        for place in 0..<count { body(place, place) }
        return
      }
      for (number, place) in places.enumerated() { body(number, Int(place)) }
    }

    /// Where they end when each takes `length` bytes.
    func ends(length: Int) -> [UInt32] { (0..<wantedCount).map { UInt32(($0 + 1) * length) } }
  }

  private static func byteCount(
    _ reader: ByteReader, _ count: Int, times size: Int
  ) throws(MalformedBytes) -> Int {
    guard count <= reader.remaining / size else { throw reader.malformed("ends early") }
    return count * size
  }

  private static func decodePlain(
    _ reader: inout ByteReader, _ wanted: Wanted
  ) throws(MalformedBytes) -> ([UInt32], [UInt8]) {
    let total = try reader.readCount("text bytes", atMost: Limits.blockBytesMax)
    let lengths = try IntStream.decodeArray(&reader, count: wanted.count)
    let bytes = try reader.take(total)
    var ends = [UInt32](repeating: 0, count: wanted.count)
    var end = 0
    for index in 0..<wanted.count {
      guard lengths[index] >= 0, lengths[index] <= Int64(total - end) else {
        throw reader.malformed("text longer than its block")
      }
      end += Int(lengths[index])
      ends[index] = UInt32(end)
    }
    guard end == total else { throw reader.malformed("texts shorter than their block") }
    guard let places = wanted.places else { return (ends, Array(bytes)) }
    var picked: [UInt8] = []
    let pickedEnds = places.map { place in
      let start = place == 0 ? 0 : Int(ends[Int(place) - 1])
      let end = Int(ends[Int(place)])
      picked.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      return UInt32(picked.count)
    }
    return (pickedEnds, picked)
  }

  private static func unpackUUIDs(
    _ packed: UnsafeRawBufferPointer, _ wanted: Wanted
  ) -> ([UInt32], [UInt8]) {
    let total = wanted.wantedCount * 36
    let bytes = [UInt8](unsafeUninitializedCapacity: total) { target, initialized in
      guard let text = target.baseAddress,
        let source = packed.bindMemory(to: UInt8.self).baseAddress
      else { return }
      wanted.forEach { number, place in evt_uuid_unpack(source + place * 16, text + number * 36) }
      initialized = total
    }
    return (wanted.ends(length: 36), bytes)
  }

  private static func decodeHexadecimal(
    _ reader: inout ByteReader, _ wanted: Wanted
  ) throws(MalformedBytes) -> ([UInt32], [UInt8]) {
    let prefix = try reader.take(Int(try reader.read(UInt8.self)))
    let digits = Int(try reader.read(UInt8.self))
    guard digits > 0, digits % 2 == 0 else { throw reader.malformed("odd number of digits") }
    let packed = try reader.take(try byteCount(reader, wanted.count, times: digits / 2))
    let length = prefix.count + digits
    guard wanted.count <= Int(UInt32.max) / length else {
      throw reader.malformed("too many texts")
    }
    let total = wanted.wantedCount * length
    let bytes = [UInt8](unsafeUninitializedCapacity: total) { target, initialized in
      guard let text = target.baseAddress,
        let source = packed.bindMemory(to: UInt8.self).baseAddress
      else { return }
      wanted.forEach { number, place in
        let start = text + number * length
        for (position, byte) in prefix.enumerated() { start[position] = byte }
        evt_hex_unpack(source + place * digits / 2, digits / 2, start + prefix.count)
      }
      initialized = total
    }
    return (wanted.ends(length: length), bytes)
  }

  private static func decodeNumbered(
    _ reader: inout ByteReader, _ wanted: Wanted
  ) throws(MalformedBytes) -> ([UInt32], [UInt8]) {
    let prefix = try reader.take(Int(try reader.read(UInt8.self)))
    let digits = Int(try reader.read(UInt8.self))
    guard digits <= TextForm.numberDigitsMax else { throw reader.malformed("too many digits") }
    let numbers =
      if let places = wanted.places {
        try IntStream.decode(&reader, count: wanted.count, at: places)
      } else {
        try IntStream.decodeArray(&reader, count: wanted.count)
      }
    let limit = PowersOfTen.int64[digits == 0 ? TextForm.numberDigitsMax : digits]
    guard numbers.allSatisfy({ $0 >= 0 && $0 < limit }) else {
      throw reader.malformed("number of too many digits")
    }
    guard numbers.count <= Int(UInt32.max) / (prefix.count + TextForm.numberDigitsMax) else {
      throw reader.malformed("too many texts")
    }
    return format(numbers, prefix: prefix, digits: digits)
  }

  /// Each number behind the prefix, in so many digits, or (0) without leading zeros.
  private static func format(
    _ numbers: [Int64], prefix: UnsafeRawBufferPointer, digits: Int
  ) -> ([UInt32], [UInt8]) {
    var ends: [UInt32] = []
    ends.reserveCapacity(numbers.count)
    let capacity = numbers.count * (prefix.count + TextForm.numberDigitsMax)
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
