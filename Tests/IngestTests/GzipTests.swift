// Gzip in all its states: whole, in members, cut, changed, and meant to burst.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Ingest

@Suite("Gzip")
struct GzipTests {
  private static let text = (0..<12).map { line in
    "{\"event\":\"page_view\",\"timestamp\":\"2026-01-01T00:00:\(line < 10 ? "0" : "")\(line)Z\","
      + "\"user_id\":\"u\(line % 3)\"}\n"
  }.joined()

  /// `text` as gzip -9 packs it, with dynamic Huffman codes.
  private static let packed = bytes(
    hex:
      "1f8b0800000000000203ab564a2d4bcd2b51b2522a484c4f8d2fcb4c2d57d2512ac9cc4d2d2e49cc"
      + "2d008a1b191899e91a18025188818115184501959416a716c567a60015941a28d5725593618e219a"
      + "3986649a6384668e1199e61853c95f2654f2972995fc6546257f9953c95f1654f2972575fc656840"
      + "1d7f191a62f11700479fa20560030000")

  private static func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap { at in
      UInt8(String(digits[at..<at + 2]), radix: 16)
    }
  }

  /// The rows of `bytes`, inflated by the thread that reads and by one of their own.
  private func rows(_ bytes: [UInt8]) throws -> [String] {
    let here = try ingest(bytes)
    let ahead = try ingest(bytes, threads: 2)
    #expect(here.rows == ahead.rows && here.report.inputBytes == ahead.report.inputBytes)
    return here.rows
  }

  @Test("packed text reads like plain text")
  func plain() throws {
    let expected = try ingest(Self.text).rows
    #expect(expected.count == 12)
    #expect(try rows(Self.packed) == expected)
    #expect(try rows(gzip(Self.text)) == expected)
    #expect(try rows(gzip(Array(Self.text.utf8), name: "events.ndjson")) == expected)
  }

  @Test("members are read one behind the other, empty ones too")
  func members() throws {
    let expected = try ingest(Self.text).rows
    #expect(try rows(gzip("") + Self.packed) == expected)
    #expect(try rows(Self.packed + gzip("")) == expected)
    #expect(try rows(gzip("")) == [])
    let half = Array(Self.text.utf8)
    #expect(try rows(gzip(Array(half[..<100])) + gzip("") + gzip(Array(half[100...]))) == expected)
  }

  @Test("a file cut anywhere is an error")
  func truncated() throws {
    let whole = Self.packed + gzip("") + Self.packed
    // What ends with a member is whole.
    let ends = [Self.packed.count, Self.packed.count + gzip("").count]
    for count in 1..<whole.count where !ends.contains(count) {
      #expect(throws: IngestError.self, "cut to \(count) of \(whole.count)") {
        _ = try ingest(Array(whole[..<count]))
      }
      #expect(throws: IngestError.self, "cut to \(count) of \(whole.count), read ahead") {
        _ = try ingest(Array(whole[..<count]), threads: 2)
      }
    }
  }

  @Test("a changed byte is an error or changes nothing")
  func flipped() throws {
    let expected = try ingest(Self.text).rows
    for at in 0..<Self.packed.count {
      for mask: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
        var changed = Self.packed
        changed[at] ^= mask
        // Without its magic bytes it is no gzip, and not text either.
        guard let found = try? ingest(changed) else { continue }
        #expect(found.rows == expected && found.report.rejected == 0, "byte \(at) ^ \(mask)")
      }
    }
  }

  @Test(
    "damage says what it is",
    arguments: [
      ("trailing", "something else follows"), ("crc", "incorrect data check"),
      ("length", "incorrect length check"), ("short", "ends too early"),
      ("nested", "holds gzip data in gzip data"), ("binary", "is binary data"),
    ])
  func messages(damage: String, message: String) throws {
    var bytes = gzip(Self.text)
    switch damage {
    case "trailing": bytes += Array("more".utf8)
    case "crc": bytes[bytes.count - 8] ^= 1
    case "length": bytes[bytes.count - 4] ^= 1
    case "short": bytes.removeLast()
    case "nested": bytes = gzip(bytes)
    default: bytes = gzip([0, 1, 2, 3])
    }
    for threads in [1, 2] {
      let error = #expect(throws: IngestError.self) { _ = try ingest(bytes, threads: threads) }
      #expect(error?.kind == .badInput)
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
  }

  @Test("files inflated at once are loaded one behind the other", arguments: [2, 3, 8])
  func several(threads: Int) throws {
    let folder = try TestFolder()
    // Several blocks each, so that the reading threads have to wait.
    let names = try (0..<6).map { file in
      let text = (0..<9_000).map { line in
        "{\"event\":\"e\(file)\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"n\":\(line)}\n"
      }.joined()
      return try folder.write("\(file).gz", file == 3 ? Array(text.utf8) : gzip(text))
    }
    func load(_ threads: Int) throws -> (rows: [String], finished: [SourceRecord]) {
      let sink = MemorySink()
      var options = testOptions()
      options.memoryBytes = 1
      let run = IngestRun(
        // The fourth is plain, and the first comes again.
        inputs: names + [names[0]], options: options, sink: sink,
        pool: WorkerPool(threads: threads), rejects: { _ in })
      let report = try run.run()
      #expect(report.files == 6 && report.skippedFiles == 1)
      return (sink.rows, sink.finished)
    }
    let alone = try load(1)
    let together = try load(threads)
    #expect(alone.rows == together.rows && alone.finished == together.finished)
  }

  @Test("with keepGoing a damaged file is left out and the others are loaded", arguments: [1, 3])
  func keepGoing(threads: Int) throws {
    let folder = try TestFolder()
    // Long enough that events are handed over before the damage shows.
    let long = Array(repeating: Self.text, count: 100).joined()
    var damaged = gzip(long)
    damaged[damaged.count - 8] ^= 1
    let names = [
      try folder.write("a.json.gz", damaged), try folder.write("b.json", Self.text),
      try folder.write("c.json.zst", [0x28, 0xB5, 0x2F, 0xFD, 0]),
    ]
    var options = testOptions()
    options.keepGoing = true
    let sink = MemorySink()
    let run = IngestRun(
      inputs: names, options: options, sink: sink, pool: WorkerPool(threads: threads),
      rejects: { _ in })
    run.chunkBytes = 4_096
    let report = try run.run()
    #expect(report.files == 1 && report.failedFiles == 2 && report.rows == 12)
    #expect(sink.abandoned == [0])
    #expect(sink.rows.last?.hasPrefix("1 ") == true)
    #expect(report.notes.contains { $0.hasPrefix("left out: ") && $0.contains("zstd -dc") })
  }

  @Test(
    "other packings are named with the way to unpack them",
    arguments: [
      ([0x28, 0xB5, 0x2F, 0xFD], "zstd -dc"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz -dc"),
      ([0x42, 0x5A, 0x68, 0x39], "bzip2 -dc"), ([0x04, 0x22, 0x4D, 0x18], "lz4 -dc"),
      ([0x50, 0x4B, 3, 4], "unzip -p"), ([0x50, 0x41, 0x52, 0x31], "Parquet"),
      ([0xFF, 0xFE, 0x7B, 0], "iconv"), ([0x1E, 0x7B], "tr -d"), ([0, 1, 2, 3], "binary data"),
      ([0x1F], "binary data"),
    ] as [([UInt8], String)])
  func foreign(magic: [UInt8], message: String) throws {
    let error = #expect(throws: IngestError.self) {
      _ = try ingest(magic + [UInt8](repeating: 65, count: 40))
    }
    #expect(error?.kind == .badInput)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test("a file that inflates to more than it may is refused, one to just as much is not")
  func outputBytes() throws {
    var packed = Self.packed
    var text = [UInt8](repeating: 0, count: Self.text.utf8.count + 1)
    func inflate(_ outputBytesMax: Int) throws -> GzipInflater.Step {
      let inflater = try GzipInflater(name: "log", outputBytesMax: UInt64(outputBytesMax))
      return try packed.withUnsafeMutableBufferPointer { source in
        try text.withUnsafeMutableBufferPointer { target in
          let (from, to) = try (#require(source.baseAddress), #require(target.baseAddress))
          let step = try inflater.inflate(from, source.count, into: to, target.count)
          // What was inflated before an error comes first.
          return inflater.mayGoOn ? try inflater.inflate(from, 0, into: to, 1) : step
        }
      }
    }
    guard case .memberEnd(let taken, let written) = try inflate(Self.text.utf8.count) else {
      Issue.record("the member does not end")
      return
    }
    #expect(taken == packed.count && written == Self.text.utf8.count)
    let error = #expect(throws: IngestError.self) { _ = try inflate(Self.text.utf8.count - 1) }
    #expect(error?.kind == .badInput && error?.message.contains("inflates to more than") == true)
    #expect(Limits.gzipOutputBytesMax == 64 << 30)
  }

  @Test("data that inflates beyond all reason is refused")
  func bomb() throws {
    // A dynamic Huffman block whose only match (258 bytes at a distance of 1) takes two zero bits.
    var bits = BitWriter()
    for (value, width) in [(1, 1), (2, 2), (29, 5), (0, 5), (14, 4)] { bits.add(value, width) }
    // Lengths of the code length codes, in the order of the format: those of 17, 18, 2 and 1 are 2.
    for length in [0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2] { bits.add(length, 3) }
    // Literals: x 2 bits, end of block 2, match 1; one distance of 1 bit. Zeros come in runs.
    let lengths = [(3, 109, 7), (1, 0, 0), (3, 124, 7), (1, 0, 0), (3, 17, 7)]
    for (code, extra, width) in lengths {
      bits.addReversed(code, 2)
      bits.add(extra, width)
    }
    for code in [0, 0] { bits.addReversed(code, 2) }
    // One x, then nothing but matches: a line that never ends.
    bits.addReversed(0b10, 2)
    let bomb =
      [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bits.finish()
      + [UInt8](repeating: 0, count: (96 << 20) / 258 / 4)
    let error = #expect(throws: IngestError.self) { _ = try ingest(bomb) }
    #expect(error?.message.contains("gzip bomb") == true, "\(error?.message ?? "")")
  }
}

/// Writes bits from the lowest of each byte up, as DEFLATE has them.
private struct BitWriter {
  private var bytes: [UInt8] = []
  private var held: UInt64 = 0
  private var count = 0

  mutating func add(_ value: Int, _ width: Int) {
    held |= UInt64(value) << UInt64(count)
    count += width
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: held))
      held >>= 8
      count -= 8
    }
  }

  /// Huffman codes stand with their highest bit first.
  mutating func addReversed(_ value: Int, _ width: Int) {
    for bit in (0..<width).reversed() { add(value >> bit & 1, 1) }
  }

  func finish() -> [UInt8] { count > 0 ? bytes + [UInt8(truncatingIfNeeded: held)] : bytes }
}
