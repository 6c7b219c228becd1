// Integers as bytes: constants, frames of reference, patches, differences and runs.

import CKernels
import EvtCore

/// Encodes a known number of integers in whichever way is smallest.
///
///     constant   00  value
///     packed     01  reference  width  bits
///     patched    02  reference  width  bits  count  gaps(packed)  values(packed)
///     delta      03  first      stream of count − 1 differences
///     runs       04  run count  stream of values  stream of lengths − 1
///     scaled     05  exponent   stream of values / 10^exponent
///
/// Numbers are varints, zigzag where signed. `bits` holds value − reference in `width` bits each.
/// A patched stream's exceptions, values that need more bits, are replaced afterwards. All sums
/// wrap. Streams nest no deeper than `depthMax`.
enum IntStream {
  enum Tag: UInt8 { case constant, packed, patched, delta, runs, scaled }
  static let depthMax = 4

  // MARK: - Encoding

  /// Appends `values` to `writer`.
  static func encode(_ values: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    encode(values, IntProfile(values), into: &writer, depth: 0)
  }

  /// Appends `values`, after dividing by the greatest power of ten that divides all of them.
  static func encodeScaled(_ values: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    let exponent = commonPowerOfTen(values)
    guard exponent > 0 else { return encode(values, into: &writer) }
    let unit = PowersOfTen.int64[exponent]
    writer.append(Tag.scaled.rawValue)
    writer.append(UInt8(exponent))
    let scaled = values.map { $0 / unit }
    scaled.withUnsafeBufferPointer { encode($0, IntProfile($0), into: &writer, depth: 1) }
  }

  private static func encode(
    _ values: UnsafeBufferPointer<Int64>, _ profile: IntProfile, into writer: inout ByteWriter,
    depth: Int
  ) {
    if profile.isConstant {
      writer.append(Tag.constant.rawValue)
      writer.appendZigzag(values.first ?? 0)
      return
    }
    let flat = FramePlan(values, profile)
    if depth < depthMax, profile.runs * 2 < values.count {
      // Runs are slower to read than bits, so they must save a quarter.
      let runs = RunLists(values, count: profile.runs)
      if runs.estimatedBits < flat.bits / 4 * 3 { return encode(runs, into: &writer) }
    }
    if depth < depthMax, profile.mayGainByDelta {
      let deltas = differences(values)
      let plan = deltas.withUnsafeBufferPointer { FramePlan($0, IntProfile($0)) }
      if plan.bits < flat.bits {
        writer.append(Tag.delta.rawValue)
        writer.appendZigzag(values[0])
        deltas.withUnsafeBufferPointer { plan.encode($0, into: &writer) }
        return
      }
    }
    flat.encode(values, into: &writer)
  }

  /// Appends `runs`.
  static func encode(_ runs: RunLists, into writer: inout ByteWriter) {
    writer.append(Tag.runs.rawValue)
    writer.appendVarint(UInt64(runs.values.count))
    for list in [runs.values, runs.lengthsLessOne] {
      list.withUnsafeBufferPointer {
        encode($0, IntProfile($0), into: &writer, depth: depthMax)
      }
    }
  }

  private static func differences(_ values: UnsafeBufferPointer<Int64>) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: values.count - 1) { deltas, count in
      if let base = values.baseAddress, let deltas = deltas.baseAddress {
        evt_differences(base, values.count, deltas)
      }
      count = values.count - 1
    }
  }

  private static func commonPowerOfTen(_ values: UnsafeBufferPointer<Int64>) -> Int {
    var exponent = 9
    for value in values {
      while exponent > 0, value % PowersOfTen.int64[exponent] != 0 { exponent -= 1 }
      if exponent == 0 { break }
    }
    return exponent
  }

  // MARK: - Decoding

  /// Decodes `output.count` integers.
  static func decode(
    _ reader: inout ByteReader, into output: UnsafeMutableBufferPointer<Int64>
  ) throws(MalformedBytes) {
    try decode(&reader, into: output, depth: 0)
  }

  /// - Parameter unit: what each integer is multiplied by.
  private static func decode(
    _ reader: inout ByteReader, into output: UnsafeMutableBufferPointer<Int64>, depth: Int,
    unit: Int64 = 1
  ) throws(MalformedBytes) {
    let tag = Tag(rawValue: try reader.read(UInt8.self))
    switch tag {
    case .constant:
      output.update(repeating: try reader.readZigzag())
    case .packed:
      try unpack(&reader, into: output)
    case .patched:
      try unpack(&reader, into: output)
      try patch(&reader, output)
    case .delta:
      guard depth <= depthMax, output.count > 0 else { throw reader.malformed("nested too deep") }
      let first = try reader.readZigzag()
      output[0] = first &* unit
      let rest = UnsafeMutableBufferPointer(rebasing: output[1...])
      try decode(&reader, into: rest, depth: depth + 1)
      if let base = rest.baseAddress { evt_prefix_sums(base, rest.count, first, unit) }
      return
    case .runs:
      guard depth <= depthMax else { throw reader.malformed("nested too deep") }
      try decodeRuns(&reader, into: output, depth: depth)
    case .scaled:
      guard depth <= depthMax else { throw reader.malformed("nested too deep") }
      let exponent = Int(try reader.read(UInt8.self))
      guard exponent < PowersOfTen.int64.count else { throw reader.malformed("scale too large") }
      let power = PowersOfTen.int64[exponent]
      return try decode(&reader, into: output, depth: depth + 1, unit: unit &* power)
    case nil:
      throw reader.malformed("unknown integer encoding")
    }
    if unit == 1 { return }
    for index in 0..<output.count { output[index] &*= unit }
  }

  private static func unpack(
    _ reader: inout ByteReader, into output: UnsafeMutableBufferPointer<Int64>
  ) throws(MalformedBytes) {
    let reference = try reader.readZigzag()
    let width = Int(try reader.read(UInt8.self))
    guard width <= 64 else { throw reader.malformed("integers of \(width) bits") }
    let packed = try reader.take((output.count * width + 7) / 8)
    guard let target = output.baseAddress, let source = packed.baseAddress else {
      output.update(repeating: reference)
      return
    }
    target.withMemoryRebound(to: UInt64.self, capacity: output.count) {
      evt_bit_unpack(
        source.assumingMemoryBound(to: UInt8.self), output.count, UInt32(width),
        UInt64(bitPattern: reference), $0)
    }
  }

  private static func patch(
    _ reader: inout ByteReader, _ output: UnsafeMutableBufferPointer<Int64>
  ) throws(MalformedBytes) {
    try forEachException(&reader, count: output.count) { output[$0] = $1 }
  }

  /// Reads the exceptions of a stream of `count` values and calls `body` with the place and the
  /// value of each, in order.
  static func forEachException(
    _ reader: inout ByteReader, count: Int, _ body: (Int, Int64) -> Void
  ) throws(MalformedBytes) {
    let exceptions = try reader.readCount("exceptions", atMost: count)
    let gaps = try decodeArray(&reader, count: exceptions, depth: depthMax + 1)
    let values = try decodeArray(&reader, count: exceptions, depth: depthMax + 1)
    var position = -1
    for index in 0..<exceptions {
      let gap = gaps[index]
      guard gap > 0, gap <= Int64(count - 1 - position) else {
        throw reader.malformed("exception outside its block")
      }
      position += Int(gap)
      body(position, values[index])
    }
  }

  private static func decodeRuns(
    _ reader: inout ByteReader, into output: UnsafeMutableBufferPointer<Int64>, depth: Int
  ) throws(MalformedBytes) {
    let runs = try reader.readCount("runs", atMost: output.count)
    let values = try decodeArray(&reader, count: runs, depth: depth + 1)
    let lengths = try decodeArray(&reader, count: runs, depth: depth + 1)
    var filled = 0
    for run in 0..<runs {
      let lengthLessOne = lengths[run]
      guard lengthLessOne >= 0, lengthLessOne < Int64(output.count - filled) else {
        throw reader.malformed("runs longer than their block")
      }
      let end = filled + Int(lengthLessOne) + 1
      UnsafeMutableBufferPointer(rebasing: output[filled..<end]).update(repeating: values[run])
      filled = end
    }
    guard filled == output.count else { throw reader.malformed("runs shorter than their block") }
  }

  /// Decodes `count` integers into an array.
  static func decodeArray(
    _ reader: inout ByteReader, count: Int, depth: Int = 0
  ) throws(MalformedBytes) -> [Int64] {
    var failure: MalformedBytes?
    let values = [Int64](unsafeUninitializedCapacity: count) { buffer, initialized in
      let target = UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
      do throws(MalformedBytes) {
        try decode(&reader, into: target, depth: depth)
        initialized = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }
}

/// Powers of ten that fit 64 bits.
enum PowersOfTen {
  static let int64: [Int64] = (0..<19).map { exponent in
    (0..<exponent).reduce(Int64(1)) { power, _ in power * 10 }
  }
  static let double: [Double] = int64.map(Double.init)
}
