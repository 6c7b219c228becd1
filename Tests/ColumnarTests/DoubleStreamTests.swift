// Double streams: exact to the bit, small for decimals.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("DoubleStream") struct DoubleStreamTests {
  static func roundTrip(_ values: [Double]) throws -> (bytes: [UInt8], decoded: [UInt64]) {
    var writer = ByteWriter()
    let bits = values.map { Int64(bitPattern: $0.bitPattern) }
    bits.withUnsafeBufferPointer { DoubleStream.encode($0, into: &writer) }
    var decoded = [Int64](repeating: 0, count: values.count)
    try writer.bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      try decoded.withUnsafeMutableBufferPointer { try DoubleStream.decode(&reader, into: $0) }
      #expect(reader.remaining == 0)
    }
    return (writer.bytes, decoded.map { UInt64(bitPattern: $0) })
  }

  @Test("keeps prices as scaled integers") func prices() throws {
    let prices = (0..<10_000).map { Double($0 * 7 % 10_000) / 100 }
    let (bytes, decoded) = try Self.roundTrip(prices)
    #expect(decoded == prices.map(\.bitPattern))
    #expect(bytes.count < 10_000 * 2)
  }

  @Test("keeps any double to the bit", arguments: 0..<50)
  func anyDouble(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let values = (0..<100).map { index -> Double in
      switch (index + seed) % 5 {
      case 0: return Double(bitPattern: random.next())
      case 1: return Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 1_000
      case 2:
        return [0.0, -0.0, 1e300, -1e-300, 0.1 + 0.2, .leastNonzeroMagnitude].randomElement(
          using: &random) ?? 0
      default: return Double.random(in: -10...10, using: &random)
      }
    }
    #expect(try Self.roundTrip(values).decoded == values.map(\.bitPattern))
  }

  @Test("tells negative zero from zero") func negativeZero() throws {
    #expect(try Self.roundTrip([1.5, -0.0, 0.0]).decoded == [1.5, -0.0, 0.0].map(\.bitPattern))
  }
}
