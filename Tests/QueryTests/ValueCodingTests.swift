// Arrays and tuples as bytes, and values as JSON.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("ValueCoding") struct ValueCodingTests {
  static func random(_ random: inout SeededGenerator, depth: Int = 3) -> Value {
    switch random.below(depth > 0 ? 11 : 9) {
    case 0: .null
    case 1: .bool(random.below(2) == 1)
    case 2: .int(Int64(truncatingIfNeeded: random.next()))
    case 3: .double(Double(random.below(1_000)) / 8)
    case 4:
      ExactDecimal(parsing: "12345678901234567890.\(random.below(100))5".utf8)
        .map { .decimal($0) }
        ?? .null
    case 5:
      .text(
        (0..<random.below(6)).map { _ in
          UInt8(random.below(256))
        })
    case 6: .json(Array("[1]".utf8))
    case 7: .time(Int64(random.below(1_000_000)) * 1_000_000_007)
    case 8: .date(Int32(random.below(60_000)) - 30_000)
    case 9:
      .array(
        (0..<random.below(4)).map { _ in
          Self.random(&random, depth: depth - 1)
        })
    default:
      .tuple(
        (0..<random.below(4)).map { _ in
          Self.random(&random, depth: depth - 1)
        })
    }
  }

  @Test("gives back what it was given", arguments: 0..<200) func roundTrip(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let value = Self.random(&random)
    let bytes = ValueCoding.bytes(value)
    #expect(bytes.withUnsafeBytes { ValueCoding.value($0) } == value, "seed \(seed)")
  }

  @Test("columns keep nested values") func columns() {
    let values: [Value] = [.array([.int(1), .null]), .null, .tuple([.text("x"), .time(5)])]
    let (vector, type) = ColumnVector.of(values)
    #expect(type == .nested)
    #expect(values.indices.map { vector.evaluated($0, as: type) } == values)
  }

  @Test(
    "writes JSON",
    arguments: [
      (Value.array([.int(1), .text("a\"\\\n\u{1}é"), .null]), #"[1,"a\"\\\n\u0001é",null]"#),
      (.tuple([.double(1.5), .bool(true), .array([])]), "[1.5,true,[]]"),
      (
        .array([.date(0), .time(1_500_000_000), .json(Array("{}".utf8))]),
        #"["1970-01-01","1970-01-01T00:00:01.5Z",{}]"#
      ),
      (.array([.double(.infinity)]), "[null]"),
    ]) func json(row: (Value, String))
  {
    #expect(String(decoding: ValueText.json(row.0), as: UTF8.self) == row.1)
  }
}
