// Tests of sketches of distinct things.

import EvtCore
import TestSupport
import Testing

@Suite struct DistinctSketchTests {
  private func sketch(_ hashes: some Sequence<UInt64>) -> DistinctSketch {
    var sketch = DistinctSketch()
    for hash in hashes { sketch.insert(hash: hash) }
    return sketch
  }

  /// The hashes of texts that look like users, as the store makes them.
  private func users(_ range: Range<Int>, seed: UInt64) -> [UInt64] {
    range.map { number in
      Array("user-\(seed)-\(number)".utf8).withUnsafeBytes { StableHash.user($0) }
    }
  }

  /// What is kept of `hashes` and every user of `users`.
  private func table(_ hashes: [UInt64]) -> [UInt64] {
    Set(hashes.map { DistinctSketch.kept(of: $0) }).sorted()
  }

  private func encoded(_ sketch: DistinctSketch, _ table: [UInt64]) -> [UInt8] {
    var writer = ByteWriter()
    sketch.encode(into: &writer, among: table)
    return writer.bytes
  }

  private func decoded(_ bytes: [UInt8], _ table: [UInt64]) throws -> DistinctSketch {
    try bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      let sketch = try DistinctSketch(&reader, among: table)
      guard reader.remaining == 0 else { throw reader.malformed("bytes are left over") }
      return sketch
    }
  }

  @Test("up to 1,024 things are counted exactly", arguments: [0, 1, 2, 3, 100, 511, 1_023, 1_024])
  func small(size: Int) {
    for seed in 1...20 as ClosedRange<UInt64> {
      let hashes = users(0..<size, seed: seed)
      let sketch = sketch(hashes.shuffled() + hashes.reversed())
      #expect(sketch.count == UInt64(size), "seed \(seed)")
      #expect(sketch.isExact)
    }
  }

  @Test("the standard error of estimates is at most 1.6 %, and they have no bias")
  func errors() {
    for size in [1_025, 1_500, 3_000, 8_192, 20_000, 40_000, 100_000] {
      let trials = size > 20_000 ? 60 : 150
      var (squares, sum) = (0.0, 0.0)
      for seed in 1...UInt64(trials) {
        let sketch = sketch(users(0..<size, seed: seed))
        #expect(!sketch.isExact)
        let error = Double(sketch.count) / Double(size) - 1
        squares += error * error
        sum += error
        #expect(abs(error) < 0.0115 * 5, "size \(size), seed \(seed)")
      }
      let deviation = (squares / Double(trials)).squareRoot()
      #expect(deviation <= 0.016, "size \(size): \(deviation) over seeds 1...\(trials)")
      #expect(abs(sum / Double(trials)) < 0.005, "size \(size): bias over seeds 1...\(trials)")
    }
  }

  @Test("a million things are estimated within four standard errors")
  func million() {
    for seed in 1...4 as ClosedRange<UInt64> {
      let error = Double(sketch(users(0..<1_000_000, seed: seed)).count) / 1e6 - 1
      #expect(abs(error) < 4 * 0.0115, "seed \(seed)")
    }
  }

  @Test("neither order nor batches nor repetition change a sketch")
  func batching() {
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let size = [5, 900, 1_024, 1_025, 4_000].randomElement(using: &random) ?? 5
      let hashes = users(0..<size, seed: seed)
      let whole = sketch(hashes)
      var union = DistinctSketch()
      var rest = hashes.shuffled(using: &random)[...]
      while !rest.isEmpty {
        let batch = rest.prefix(Int.random(in: 1...2_000, using: &random))
        rest = rest.dropFirst(max(1, batch.count / 2))
        union.merge(sketch(batch))
      }
      #expect(union == whole, "seed \(seed)")
      #expect(encoded(union, table(hashes)) == encoded(whole, table(hashes)), "seed \(seed)")
    }
  }

  @Test("union is commutative, associative and idempotent, and nothing is its neutral element")
  func laws() {
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let sketches = (0..<3).map { _ in
        let start = Int.random(in: 0...1_000, using: &random)
        let size = [0, 10, 700, 1_024, 3_000].randomElement(using: &random) ?? 0
        return sketch(users(start..<start + size, seed: 7))
      }
      func union(_ left: DistinctSketch, _ right: DistinctSketch) -> DistinctSketch {
        var left = left
        left.merge(right)
        return left
      }
      let (a, b, c) = (sketches[0], sketches[1], sketches[2])
      #expect(union(a, b) == union(b, a), "seed \(seed)")
      #expect(union(union(a, b), c) == union(a, union(b, c)), "seed \(seed)")
      #expect(union(a, a) == a, "seed \(seed)")
      #expect(union(a, DistinctSketch()) == a && union(DistinctSketch(), a) == a, "seed \(seed)")
    }
  }

  @Test("the stored form gives the same sketch back, in a byte or two a user")
  func roundTrip() throws {
    let others = users(0..<5_000, seed: 99)
    for size in [0, 1, 2, 1_000, 1_024, 1_025, 50_000] {
      let hashes = users(0..<size, seed: 3)
      let sketch = sketch(hashes)
      for table in [table(hashes), table(hashes + others)] {
        let bytes = encoded(sketch, table)
        #expect(try decoded(bytes, table) == sketch)
        #expect(bytes.count <= (sketch.isExact ? 2 + size * 2 : 5_122))
      }
    }
    // All values that a register can have.
    let hashes =
      [0, .max] + users(0..<2_000, seed: 4) + (0..<40).map { 0xABC0_0000_0000_0000 | 1 << $0 }
    let extremes = sketch(hashes)
    #expect(try decoded(encoded(extremes, []), []) == extremes)
  }

  @Test("damaged bytes are an error or another sketch, never a trap")
  func damage() {
    for size in [0, 3, 300, 2_000] {
      let hashes = users(0..<size, seed: 5)
      let table = table(hashes + users(0..<500, seed: 6))
      let bytes = encoded(sketch(hashes), table)
      for end in 0..<bytes.count {
        #expect(throws: MalformedBytes.self) { try decoded(Array(bytes[..<end]), table) }
      }
      var (sound, errors) = (0, 0)
      for bit in 0..<min(bytes.count * 8, 12_000) {
        var flipped = bytes
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        if let other = try? decoded(flipped, table) {
          #expect(!other.isExact || other.count <= UInt64(table.count))
          sound += 1
        } else {
          errors += 1
        }
      }
      #expect(size == 0 || sound > 0)
      #expect(errors > 0)
    }
  }
}
