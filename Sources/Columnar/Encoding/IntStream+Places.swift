// Integers read only where they are wanted.

import CKernels
import EvtCore

extension IntStream {
  /// Decodes of `count` integers those at `places`, which ascend and are below `count`. Of the
  /// others only as much is checked as is read.
  static func decode(
    _ reader: inout ByteReader, count: Int, at places: [UInt32], depth: Int = 0
  ) throws(MalformedBytes) -> [Int64] {
    guard depth <= depthMax else { throw reader.malformed("nested too deep") }
    switch Tag(rawValue: try reader.read(UInt8.self)) {
    case .constant:
      return [Int64](repeating: try reader.readZigzag(), count: places.count)
    case .packed:
      return try pick(&reader, count: count, at: places)
    case .patched:
      let values = try pick(&reader, count: count, at: places)
      return try patched(values, &reader, count: count, at: places)
    case .runs:
      return try pickRuns(&reader, count: count, at: places, depth: depth)
    case .scaled:
      let exponent = Int(try reader.read(UInt8.self))
      guard exponent < PowersOfTen.int64.count else { throw reader.malformed("scale too large") }
      let unit = PowersOfTen.int64[exponent]
      return try decode(&reader, count: count, at: places, depth: depth + 1).map { $0 &* unit }
    case .delta:
      guard count > 0 else { throw reader.malformed("differences of nothing") }
      let first = try reader.readZigzag()
      return try sums(&reader, count: count - 1, before: places, depth: depth + 1).map {
        first &+ $0
      }
    case nil:
      throw reader.malformed("unknown integer encoding")
    }
  }

  /// Of `count` integers the sums of those before each of `ends`, which ascend.
  private static func sums(
    _ reader: inout ByteReader, count: Int, before ends: [UInt32], depth: Int
  ) throws(MalformedBytes) -> [Int64] {
    let start = reader
    let tag = Tag(rawValue: try reader.read(UInt8.self))
    guard tag == .packed || tag == .patched else {
      reader = start
      let values = try decodeArray(&reader, count: count, depth: depth)
      var sum: Int64 = 0
      var place = 0
      return ends.map { end in
        while place < Int(end) {
          sum &+= values[place]
          place += 1
        }
        return sum
      }
    }
    let frame = try Frame(&reader, count: count)
    var sums = frame.read(ends) { evt_bit_sums($0, count, $1, $2, $3, ends.count, $4) }
    if tag == .patched {
      // In the place of an exception the frame says the reference.
      var next = 0
      var excess: Int64 = 0
      try forEachException(&reader, count: count) { position, value in
        while next < ends.count, Int(ends[next]) <= position {
          sums[next] &+= excess
          next += 1
        }
        excess &+= value &- frame.reference
      }
      for rest in next..<sums.count { sums[rest] &+= excess }
    }
    return sums
  }

  /// Decodes of `count` codes those at `places`, each of which must lie in 0..<limit.
  static func decodeCodes(
    _ reader: inout ByteReader, count: Int, at places: [UInt32], below limit: Int
  ) throws(MalformedBytes) -> [UInt32] {
    let values = try decode(&reader, count: count, at: places)
    let limit = UInt64(min(limit, Int(UInt32.max)))
    guard values.allSatisfy({ UInt64(bitPattern: $0) < limit }) else {
      throw reader.malformed("code outside the dictionary")
    }
    return values.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// A packed stream, of which nothing is unpacked yet.
  private struct Frame {
    let reference: Int64
    let width: UInt32
    let packed: UnsafePointer<UInt8>?

    init(_ reader: inout ByteReader, count: Int) throws(MalformedBytes) {
      reference = try reader.readZigzag()
      let bits = Int(try reader.read(UInt8.self))
      guard bits <= 64 else { throw reader.malformed("integers of \(bits) bits") }
      width = UInt32(bits)
      packed = try reader.take((count * bits + 7) / 8).bindMemory(to: UInt8.self).baseAddress
    }

    /// What `kernel`, given the packed bytes, width, reference and places, writes for each place.
    func read(
      _ places: [UInt32],
      _ kernel: (
        UnsafePointer<UInt8>?, UInt32, UInt64, UnsafePointer<UInt32>?, UnsafeMutablePointer<UInt64>?
      ) -> Void
    ) -> [Int64] {
      [Int64](unsafeUninitializedCapacity: places.count) { target, initialized in
        target.withMemoryRebound(to: UInt64.self) { target in
          places.withUnsafeBufferPointer {
            kernel(
              packed, width, UInt64(bitPattern: reference), $0.baseAddress, target.baseAddress)
          }
        }
        initialized = places.count
      }
    }
  }

  private static func pick(
    _ reader: inout ByteReader, count: Int, at places: [UInt32]
  ) throws(MalformedBytes) -> [Int64] {
    let frame = try Frame(&reader, count: count)
    return frame.read(places) { evt_bit_pick($0, count, $1, $2, $3, places.count, $4) }
  }

  private static func patched(
    _ picked: [Int64], _ reader: inout ByteReader, count: Int, at places: [UInt32]
  ) throws(MalformedBytes) -> [Int64] {
    var picked = picked
    var next = 0
    try forEachException(&reader, count: count) { position, value in
      while next < places.count, Int(places[next]) < position { next += 1 }
      if next < places.count, Int(places[next]) == position { picked[next] = value }
    }
    return picked
  }

  private static func pickRuns(
    _ reader: inout ByteReader, count: Int, at places: [UInt32], depth: Int
  ) throws(MalformedBytes) -> [Int64] {
    let runs = try reader.readCount("runs", atMost: count)
    let values = try decodeArray(&reader, count: runs, depth: depth + 1)
    let lengths = try decodeArray(&reader, count: runs, depth: depth + 1)
    let ends = try RunEnds.of(lengths, count: count, reader)
    return ends.runs(at: places).map { values[$0] }
  }
}
