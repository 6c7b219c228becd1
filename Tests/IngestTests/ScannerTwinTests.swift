// The fast scanner against its slow twin, on random documents and random damage.

import Columnar
import EvtCore
import Glibc
import TestSupport
import Testing

@testable import Ingest

@Suite("Scanner and twin")
struct ScannerTwinTests {
  private static let mapping = FieldMapping(
    name: "twin", alternatives: [["event"], ["user_id", "uid"], [], [], ["timestamp"]])

  @Test("random events and damaged ones are read alike", arguments: 0..<8)
  func alike(part: Int) throws {
    let seed = UInt64(time(nil)) &* 1_000 &+ UInt64(part)
    var random = SeededGenerator(seed: seed)
    var lines: [[UInt8]] = []
    for _ in 0..<40 {
      let event = RandomEvent.make(&random)
      lines.append(event)
      for _ in 0..<12 { lines.append(RandomEvent.damaged(event, &random)) }
    }
    // Several objects on a line are several events; blank lines none.
    lines.removeAll { line in
      TreeParser.holdsSeveral(line) || line.allSatisfy { JSONText.isSpace($0) }
    }
    try compare(lines, "seed \(seed)")
  }

  /// Scans all lines with one scanner, so that guesses of keys are tried too.
  private func compare(_ lines: [[UInt8]], _ note: String) throws {
    let chunk = Chunk(form: .lines(separator: InputForm.newline), capacity: 0)
    var lineOfByte: [Int] = []
    for (index, line) in lines.enumerated() {
      lineOfByte += Array(repeating: index, count: line.count + 1)
      line.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress { chunk.append(base, count: bytes.count) }
      }
      chunk.append([InputForm.newline], count: 1)
    }
    chunk.seal()
    let parsed = ChunkParser.parse(
      chunk, from: ChunkPosition(),
      settings: ParserSettings(source: 0, mapping: Self.mapping, latestTime: .max))
    #expect(parsed.isComplete)
    var rows = render(parsed.batch).map { String($0.dropFirst(2)) }.makeIterator()
    let rejected = Set(parsed.rejects.map { lineOfByte[$0.start] })
    #expect(rejected.count == parsed.rejects.count, "\(note): two rejects on a line")
    var duplicates = 0
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      let expected = try? TreeRow.make(line)
      #expect((expected == nil) == rejected.contains(index), "\(note), line \(index): \(text)")
      if rejected.contains(index) { continue }
      let row = rows.next()
      if let expected {
        #expect(row == expected.row, "\(note), line \(index): \(text)")
        duplicates += expected.duplicates
      }
    }
    #expect(rows.next() == nil)
    #expect(parsed.duplicateKeys == duplicates, "\(note)")
  }

  @Test("JSON text is accepted and refused alike")
  func validation() throws {
    let seed = UInt64(time(nil))
    var random = SeededGenerator(seed: seed)
    for round in 0..<1_500 {
      var text = RandomEvent.make(&random)
      if round % 4 != 0 { text = RandomEvent.damaged(text, &random) }
      let isAccepted = (try? TreeParser.parse(text)) != nil
      #expect(
        (JSONText.check(text) == nil) == isAccepted,
        "seed \(seed), round \(round): \(String(decoding: text, as: UTF8.self))")
    }
  }
}

/// Random events on one line, most of them valid.
enum RandomEvent {
  private static let keys = [
    "a", "b", "ab", "c", "user_id", "uid", "properties", "x.y", "", "k`", "é", "\\u0061", "a\\nb",
    "long_key_of_more_than_sixteen_bytes", "page", "\\u00e9", "\\/",
  ]

  static func make(_ random: inout SeededGenerator) -> [UInt8] {
    var members = ["\"event\":\"e\(random.below(3))\"", "\"timestamp\":\"2026-01-01\""]
    for _ in 0..<random.below(7) { members.append(member(&random, depth: 1)) }
    if random.below(3) == 0 { members.swapAt(0, members.count - 1) }
    return Array(object(members, &random).utf8)
  }

  private static func member(_ random: inout SeededGenerator, depth: Int) -> String {
    let key = random.pick(keys)
    if key == "properties", random.below(3) == 0 {
      let inner = value(&random, depth: 2)
      let text = inner.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "\"properties\":\"\(text)\""
    }
    return "\"\(key)\"\(space(&random)):\(space(&random))\(value(&random, depth: depth))"
  }

  private static func value(_ random: inout SeededGenerator, depth: Int) -> String {
    switch random.below(depth < 11 ? 10 : 7) {
    case 0: return random.pick(["null", "true", "false"])
    case 1, 2: return number(&random)
    case 3, 4, 5, 6: return "\"\(text(&random))\""
    case 7:
      let values = (0..<random.below(3)).map { _ in value(&random, depth: depth + 1) }
      return "[" + values.joined(separator: "," + space(&random)) + "]"
    default:
      let members = (0..<random.below(4)).map { _ in member(&random, depth: depth + 1) }
      return object(members, &random)
    }
  }

  private static func object(_ members: [String], _ random: inout SeededGenerator) -> String {
    let gap = space(&random)
    return "{\(gap)" + members.joined(separator: "\(gap),\(gap)") + "\(gap)}"
  }

  private static func space(_ random: inout SeededGenerator) -> String {
    random.below(6) == 0 ? random.pick([" ", "  ", "\t", " \r"]) : ""
  }

  private static func number(_ random: inout SeededGenerator) -> String {
    random.pick([
      "0", "-0", "1", "-17", "1.5", "59.98", "1e3", "1E-7", "9223372036854775807",
      "9223372036854775808", "0.1000000000000000055", "123456789.123456789", "-1.50", "1e400",
      "\(random.below(1_000_000))", "\(random.below(1_000)).\(random.below(100_000))",
    ])
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "abc", "é", "𝄞", "\\n", "\\u0041", "\\uD834\\uDD1E", "\\\\", "\\\"", " ", "0123456789abcdef",
      "\\u0000", "{", "}", "[", ",", ":", "\\/", "日本",
    ]
    return (0..<random.below(5)).map { _ in random.pick(pieces) }.joined()
  }

  /// `event` with a few bytes changed, removed, added or cut off; never with a line end.
  static func damaged(_ event: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = event
    for _ in 0...random.below(2) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      switch random.below(6) {
      case 0: bytes[at] = UInt8(random.below(256))
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(random.pick(Array("\"\\{}[],:0.eE-+ntfu ".utf8)), at: at)
      case 3: bytes.removeSubrange(at...)
      case 4: bytes[at] = random.pick(Array("\"\\{}[],:0.eE-+ntfu ".utf8))
      default:
        let end = at + random.below(bytes.count - at + 1)
        bytes.insert(contentsOf: bytes[at..<end], at: random.below(bytes.count))
      }
    }
    bytes.removeAll { $0 == InputForm.newline }
    // A second object on the line would be a second event.
    return bytes.isEmpty ? [UInt8(ascii: "x")] : bytes
  }
}
