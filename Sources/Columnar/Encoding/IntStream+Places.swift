// Integers read only where they are wanted.

import CKernels
import EvtCore

extension IntStream {
  /// Decodes of `count` integers those at `places`, which ascend and are below `count`. Of the
  /// others only as much is checked as is read.
  static func decode(
    _ reader: inout ByteReader, count: Int, at places: [UInt32], depth: Int = 0
  ) throws(MalformedBytes) -> [Int64] {
    let start = reader
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
    case .delta, nil:
      // Each value needs all before it.
      reader = start
      let all = try decodeArray(&reader, count: count, depth: depth)
      return places.map { all[Int($0)] }
    }
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

  private static func pick(
    _ reader: inout ByteReader, count: Int, at places: [UInt32]
  ) throws(MalformedBytes) -> [Int64] {
    let reference = try reader.readZigzag()
    let width = Int(try reader.read(UInt8.self))
    guard width <= 64 else { throw reader.malformed("integers of \(width) bits") }
    let packed = try reader.take((count * width + 7) / 8)
    guard let source = packed.bindMemory(to: UInt8.self).baseAddress else {
      return [Int64](repeating: reference, count: places.count)
    }
    return [Int64](unsafeUninitializedCapacity: places.count) { target, initialized in
      guard let target = target.baseAddress else { return }
      target.withMemoryRebound(to: UInt64.self, capacity: places.count) { target in
        places.withUnsafeBufferPointer { places in
          if let base = places.baseAddress {
            evt_bit_pick(
              source, count, UInt32(width), UInt64(bitPattern: reference), base, places.count,
              target)
          }
        }
      }
      initialized = places.count
    }
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
