// Dictionary codes: integer streams read straight into 32 bits.

import CKernels
import EvtCore

extension IntStream {
  /// Decodes `count` codes, each of which must lie in 0..<limit.
  static func decodeCodes(
    _ reader: inout ByteReader, count: Int, below limit: Int
  ) throws(MalformedBytes) -> [UInt32] {
    guard limit <= Int(UInt32.max) else { throw reader.malformed("dictionary too large") }
    let codes: [UInt32]
    if let packed = try decodePackedCodes(&reader, count: count) {
      codes = packed
    } else if let runs = try decodeRuns(&reader, count: count, { UInt32(exactly: $0) }) {
      codes = runs
    } else {
      codes = try decodeWideCodes(&reader, count: count)
    }
    let greatest = codes.withUnsafeBufferPointer { codes in
      codes.baseAddress.map { evt_greatest32($0, codes.count) } ?? 0
    }
    guard codes.isEmpty || Int(greatest) < limit else {
      throw reader.malformed("code outside the dictionary")
    }
    return codes
  }

  /// Decodes `count` codes and returns the byte that `table` has for each.
  static func decodeBytes(
    _ reader: inout ByteReader, count: Int, by table: [UInt8]
  ) throws(MalformedBytes) -> [UInt8] {
    if let bytes = try decodePairs(&reader, count: count, by: table) { return bytes }
    let runs = try decodeRuns(&reader, count: count) { code in
      Int(exactly: code).flatMap { table.indices.contains($0) ? table[$0] : nil }
    }
    if let runs { return runs }
    let codes = try decodeCodes(&reader, count: count, below: table.count)
    return codes.map { table[Int($0)] }
  }

  /// Codes of one bit each, or none, with or without exceptions; nil (and nothing read) for any
  /// other form.
  private static func decodePairs(
    _ reader: inout ByteReader, count: Int, by table: [UInt8]
  ) throws(MalformedBytes) -> [UInt8]? {
    var ahead = reader
    let tag = Tag(rawValue: try ahead.read(UInt8.self))
    guard tag == .packed || tag == .patched, let first = Int(exactly: try ahead.readZigzag())
    else { return nil }
    let width = Int(try ahead.read(UInt8.self))
    guard width <= 1, first >= 0, first < table.count - width else { return nil }
    let packed = try ahead.take((count * width + 7) / 8)
    reader = ahead
    var bytes = [UInt8](repeating: table[first], count: width == 0 ? count : 0)
    if width == 1 {
      bytes = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
        guard let target = target.baseAddress, let source = packed.baseAddress else { return }
        let pair = [table[first], table[first + 1]]
        evt_unpack_pair(source.assumingMemoryBound(to: UInt8.self), count, pair, target)
        initialized = count
      }
    }
    if tag == .patched {
      var outside = false
      try forEachException(&reader, count: count) { position, value in
        let code = Int(clamping: value)
        outside = outside || !table.indices.contains(code)
        bytes[position] = outside ? 0 : table[code]
      }
      if outside { throw reader.malformed("code outside the dictionary") }
    }
    return bytes
  }

  /// The common case, a frame of reference of few bits, with or without exceptions; nil (and
  /// nothing read) for any other.
  private static func decodePackedCodes(
    _ reader: inout ByteReader, count: Int
  ) throws(MalformedBytes) -> [UInt32]? {
    var ahead = reader
    let tag = Tag(rawValue: try ahead.read(UInt8.self))
    guard tag == .packed || tag == .patched,
      let reference = UInt32(exactly: try ahead.readZigzag())
    else { return nil }
    let width = Int(try ahead.read(UInt8.self))
    guard width <= 31, reference < 1 << 31 else { return nil }
    let packed = try ahead.take((count * width + 7) / 8)
    reader = ahead
    var codes = [UInt32](unsafeUninitializedCapacity: count) { target, initialized in
      if let target = target.baseAddress, let source = packed.baseAddress {
        evt_bit_unpack32(
          source.assumingMemoryBound(to: UInt8.self), count, UInt32(width), reference, target)
      } else {
        target.update(repeating: reference)
      }
      initialized = count
    }
    if tag == .patched {
      var outside = false
      try forEachException(&reader, count: count) { position, value in
        outside = outside || UInt32(exactly: value) == nil
        codes[position] = UInt32(truncatingIfNeeded: value)
      }
      if outside { throw reader.malformed("code outside the dictionary") }
    }
    return codes
  }

  /// Runs, where many rows cost but a few numbers; nil (and nothing read) for any other form.
  /// - Parameter element: what stands for a number; nil where it may not be.
  private static func decodeRuns<Element>(
    _ reader: inout ByteReader, count: Int, _ element: (Int64) -> Element?
  ) throws(MalformedBytes) -> [Element]? {
    var ahead = reader
    guard Tag(rawValue: try ahead.read(UInt8.self)) == .runs else { return nil }
    let runs = try ahead.readCount("runs", atMost: count)
    let values = try decodeArray(&ahead, count: runs, depth: 1)
    let lengthsLessOne = try decodeArray(&ahead, count: runs, depth: 1)
    reader = ahead
    var filled = 0
    let elements = [Element](unsafeUninitializedCapacity: count) { target, initialized in
      for run in 0..<runs {
        let length = lengthsLessOne[run]
        guard let element = element(values[run]), length >= 0, length < Int64(count - filled)
        else { break }
        let end = filled + Int(length) + 1
        UnsafeMutableBufferPointer(rebasing: target[filled..<end]).initialize(repeating: element)
        filled = end
      }
      initialized = filled
    }
    guard filled == count else { throw reader.malformed("runs that do not fill their block") }
    return elements
  }

  private static func decodeWideCodes(
    _ reader: inout ByteReader, count: Int
  ) throws(MalformedBytes) -> [UInt32] {
    let wide = try decodeArray(&reader, count: count)
    var all: UInt64 = 0
    for code in wide { all |= UInt64(bitPattern: code) }
    guard all <= UInt64(UInt32.max) else { throw reader.malformed("code outside the dictionary") }
    return wide.map { UInt32(truncatingIfNeeded: $0) }
  }
}
