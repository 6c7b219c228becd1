// The limits of a segment: what the encoder does at each, and what the decoder makes of claims
// beyond them.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("A limit of segments") struct SegmentLimitTests {
  /// The segment of rows with these texts in a column of their own.
  private static func reader(texts: [String]) throws -> SegmentReader {
    let events = texts.map { text in
      TestEvent(
        time: SegmentEncoderTests.day.start, event: "e", user: "u", values: ["text": .text(text)])
    }
    return try SegmentEncoderTests.read(
      SegmentEncoderTests.encode(SegmentEncoderTests.batches(events, of: 1_000)))
  }

  @Test("dictionary: texts of more than 16 MiB are stored in their blocks", arguments: [16, 17])
  func dictionaryBytes(mebibytes: Int) throws {
    let texts = (0..<mebibytes).map { number in
      String(repeating: "\(number % 10)", count: (1 << 20) - 2) + "\(10 + number)"
    }
    let rows = texts + texts + texts + texts
    let reader = try Self.reader(texts: rows)
    let column = try #require(reader.propertyColumn("text"))
    #expect((reader.footer.columns[column].dictionary != nil) == (mebibytes == 16))
    var vector = ColumnVector()
    try reader.decode(column: column, block: 0, into: &vector)
    #expect((0..<vector.rowCount).allSatisfy { vector.value($0) == .text(rows[$0]) })
  }

  @Test("dictionary: more than 1,048,576 texts are stored in their blocks")
  func dictionaryEntries() {
    let bytes: [UInt8] = [1]
    bytes.withUnsafeBytes { text in
      let union = [UnsafeRawBufferPointer](repeating: text, count: Limits.dictionaryEntriesMax + 1)
      let texts = ColumnTexts(union: union)
      let codes = Array(0..<UInt32(union.count))
      #expect(texts.fitsDictionary(Array(codes.dropLast())))
      #expect(!texts.fitsDictionary(codes))
    }
  }

  @Test(
    "block size: a claim beyond 1 GiB, or beyond what LZ4 can do, costs no memory",
    arguments: [Limits.blockBytesMax + 1, .max, 256 * 5])
  func blockBytes(claim: Int) {
    #expect(throws: MalformedBytes("compressed block of impossible size", offset: 0)) {
      _ = try LZ4Block.decompress([0, 0, 0, 0], rawBytes: claim)
    }
  }

  @Test("footer size: a claim beyond 16 MiB is refused before anything is read")
  func footerBytes() throws {
    var writer = ByteWriter()
    for _ in 0..<SegmentLayout.headMagic.count { writer.append(UInt8(0)) }
    writer.append(UInt32(4))
    writer.append(UInt32(Limits.footerBytesMax + 1))
    writer.append(SegmentLayout.version)
    writer.append(UInt32(0))
    writer.append(Hash128(high: 0, low: 0))
    writer.append(UInt64(0))
    SegmentLayout.tailMagic.withUnsafeBytes { writer.append(contentsOf: $0) }
    let error = #expect(throws: SegmentDamage.self) {
      _ = try SegmentReader(
        source: MemoryBlockSource(writer.bytes), fileBytes: UInt64(writer.bytes.count),
        footerHash: nil)
    }
    #expect(error?.what == "footer of impossible size")
  }

  @Test("rows: a claim beyond 16,777,216 is refused")
  func rows() throws {
    var footer = try Self.reader(texts: ["a"]).footer
    footer.rowCount = Limits.segmentRowsMax + 1
    let bytes = FooterCoding.encode(footer)
    let error = #expect(throws: MalformedBytes.self) {
      try bytes.withUnsafeBytes { raw in
        var decoder = FooterDecoder(raw, dataEnd: 1 << 30)
        _ = try decoder.decode()
      }
    }
    #expect(error?.what == "rows of 16777217 above 16777216")
  }

  @Test(
    "columns: a segment of as many as it may have is read, one more overflows", arguments: [0, 1])
  func columns(more: Int) throws {
    var event = TestEvent(time: SegmentEncoderTests.day.start, event: "e", user: "u")
    for path in 0..<Limits.segmentColumnsMax + more { event.values["k\(path)"] = .int(1) }
    let footer = try SegmentEncoderTests.read(SegmentEncoderTests.encode([EventBatch([event])]))
      .footer
    #expect((footer.column(role: .overflow) != nil) == (more > 0))
    #expect(footer.columns.count { $0.role == .property } == Limits.segmentColumnsMax)
  }
}
