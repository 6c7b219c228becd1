// Integer streams: round trips of every shape, and bytes that are no stream.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("IntStream") struct IntStreamTests {
  enum Shape: CaseIterable {
    case constant, small, wide, ascending, runs, outliers, sawtooth, scaled, instants, extremes
  }

  static func values(_ shape: Shape, count: Int, _ random: inout SeededGenerator) -> [Int64] {
    var running: Int64 = 1_700_000_000_000
    return (0..<count).map { index in
      switch shape {
      case .constant: return 42
      case .small: return Int64.random(in: -3...12, using: &random)
      case .wide: return Int64(bitPattern: random.next())
      case .ascending:
        running += Int64.random(in: 0...5_000, using: &random)
        return running
      case .runs: return Int64(index / 17 % 5)
      case .outliers: return index % 50 == 7 ? Int64(bitPattern: random.next()) : Int64(index % 8)
      case .sawtooth:
        running = index % 9 == 0 ? Int64.random(in: 0...86_400_000, using: &random) : running + 900
        return running
      case .scaled: return Int64.random(in: -999...999, using: &random) * 1_000_000
      case .instants:
        running += Int64.random(in: 0...90_000, using: &random) * 1_000_000
        return running
      case .extremes: return [Int64.min, .max, 0, -1].randomElement(using: &random) ?? 0
      }
    }
  }

  static func encode(_ values: [Int64], scaled: Bool) -> [UInt8] {
    var writer = ByteWriter()
    values.withUnsafeBufferPointer {
      if scaled {
        IntStream.encodeScaled($0, into: &writer)
      } else {
        IntStream.encode($0, into: &writer)
      }
    }
    return writer.bytes
  }

  /// Decodes the values at `places`, or all.
  static func decode(
    _ bytes: [UInt8], count: Int, at places: [UInt32]? = nil
  ) -> Result<[Int64], MalformedBytes> {
    bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        let values: [Int64]
        if let places {
          values = try IntStream.decode(&reader, count: count, at: places)
        } else {
          values = try IntStream.decodeArray(&reader, count: count)
        }
        guard reader.remaining == 0 else { throw reader.malformed("bytes left") }
        return .success(values)
      } catch { return .failure(error) }
    }
  }

  @Test("gives back what was put in", arguments: Shape.allCases)
  func roundTrip(shape: Shape) throws {
    var random = SeededGenerator(seed: 1)
    for count in [0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 100, 515, 5_000] {
      let values = Self.values(shape, count: count, &random)
      for scaled in [false, true] {
        let decoded = try Self.decode(Self.encode(values, scaled: scaled), count: count).get()
        #expect(decoded == values, "\(shape), \(count) values, scaled \(scaled)")
      }
    }
  }

  @Test("single values are those of the whole", arguments: Shape.allCases)
  func places(shape: Shape) throws {
    var random = SeededGenerator(seed: 3)
    for count in [1, 2, 9, 64, 515, 5_000] {
      for share in [1, 2, 7, 400] {
        let values = Self.values(shape, count: count, &random)
        let places = (0..<UInt32(count)).filter { _ in random.chance(1, in: share) }
        for scaled in [false, true] {
          let bytes = Self.encode(values, scaled: scaled)
          let picked = try Self.decode(bytes, count: count, at: places).get()
          #expect(picked == places.map { values[Int($0)] }, "\(shape), \(count), \(share)")
        }
      }
    }
  }

  @Test("bytes that are cut or altered give single values or an error", arguments: Shape.allCases)
  func damagedPlaces(shape: Shape) {
    var random = SeededGenerator(seed: 4)
    let bytes = Self.encode(Self.values(shape, count: 70, &random), scaled: false)
    let places: [UInt32] = [0, 3, 33, 69]
    for length in 0..<bytes.count {
      _ = Self.decode(Array(bytes[..<length]), count: 70, at: places)
    }
    for bit in 0..<bytes.count * 8 {
      var altered = bytes
      altered[bit / 8] ^= 1 << UInt8(bit % 8)
      if case .success(let values) = Self.decode(altered, count: 70, at: places) {
        #expect(values.count == places.count)
      }
    }
  }

  @Test("packs every width at many lengths") func widths() throws {
    var random = SeededGenerator(seed: 2)
    for width in 0...64 {
      for count in [1, 2, 3, 8, 31, 64, 129, 130, 1_003] {
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
        let values = (0..<count).map { _ in Int64(bitPattern: random.next() & mask) }
        #expect(try Self.decode(Self.encode(values, scaled: false), count: count).get() == values)
      }
    }
  }

  @Test("reads codes of every width at many lengths, and none that is too great")
  func codes() throws {
    var random = SeededGenerator(seed: 6)
    for width in 0...32 {
      let limit = 1 << width
      for count in [1, 7, 8, 9, 64, 515] {
        let values = (0..<count).map { _ in Int64(random.next() % UInt64(limit)) }
        let bytes = Self.encode(values, scaled: false)
        func decode(below limit: Int) throws -> [UInt32] {
          try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try IntStream.decodeCodes(&reader, count: count, below: limit)
          }
        }
        let greatest = Int(values.max() ?? 0)
        if greatest < UInt32.max {
          #expect(try decode(below: greatest + 1) == values.map { UInt32($0) })
        }
        #expect(throws: MalformedBytes.self) { try decode(below: greatest) }
      }
    }
  }

  @Test("stores outliers apart instead of widening all values") func patches() {
    var random = SeededGenerator(seed: 3)
    let values = Self.values(.outliers, count: 10_000, &random)
    #expect(Self.encode(values, scaled: false).count < 10_000)
  }

  @Test("refuses bytes that are no stream", arguments: 0..<4_000)
  func malformed(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      UInt8(truncatingIfNeeded: random.next())
    }
    if let first = bytes.indices.first { bytes[first] %= 7 }
    // Whatever comes out, nothing traps.
    if case .success(let values) = Self.decode(bytes, count: 20) { #expect(values.count == 20) }
  }

  @Test("notices truncation at every length") func truncation() {
    var random = SeededGenerator(seed: 4)
    for shape in Shape.allCases {
      let bytes = Self.encode(Self.values(shape, count: 200, &random), scaled: true)
      for length in 0..<bytes.count {
        let result = Self.decode(Array(bytes[0..<length]), count: 200)
        if case .success = result { Issue.record("\(shape) cut at \(length) was accepted") }
      }
    }
  }
}
