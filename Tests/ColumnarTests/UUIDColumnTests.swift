// Columns of UUIDs: the way past their texts against the way through them.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("UUIDColumn") struct UUIDColumnTests {
  private static let index = EventBatch.canonicalColumn(.eventID)

  /// Batches of events of few users, whose ids `id` makes from the number of user and row.
  private static func source(
    _ counts: [Int], _ random: inout SeededGenerator, id: (Int, Int) -> String?
  ) -> SegmentRows {
    var rows: [RowReference] = []
    let batches = counts.enumerated().map { number, count in
      let batch = EventBatch(source: 0)
      for row in 0..<count {
        let user = random.below(7)
        set(batch, .event, "e")
        set(batch, .user, "u\(user)")
        if let id = id(user, rows.count) { set(batch, .eventID, id) }
        batch.finishRow(time: Int64(random.below(1_000)))
        // Some rows are of another day.
        if !random.chance(1, in: 5) {
          rows.append(RowReference(batch: UInt32(number), row: UInt32(row)))
        }
      }
      return batch
    }
    return SegmentRows(batches: batches, rows: rows)
  }

  private static func set(_ batch: EventBatch, _ role: ColumnRole, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = batch.set(
        column: EventBatch.canonicalColumn(role), kind: .text, text: UnsafeRawBufferPointer(bytes))
    }
  }

  private static func placed(_ column: EncodedColumn) -> (bytes: [UInt8], entry: ColumnEntry) {
    var writer = ByteWriter()
    let entry = column.place(in: &writer)
    return (writer.bytes, entry)
  }

  @Test("writes what going through the texts writes", arguments: 0..<24)
  func twin(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let ids = (0..<900).map { _ in random.uuid() }
    // All different, the same for a user, and mixtures.
    let repeats = [0, 1, 2, 3][seed % 4]
    let source = Self.source([300, 1, 400], &random) { user, row in
      repeats > 0 && row % repeats == 0 ? ids[user] : ids[row]
    }
    let order = RowOrder(source)
    let plan = PlannedColumn(
      path: "event_id", role: .eventID, indices: source.batches.map { _ in Self.index })
    let uuids = try #require(
      UUIDColumn(source, indices: plan.indices, places: order.places))
    var values = ColumnValues(
      ColumnGather(source, indices: plan.indices, places: order.places))
    // Otherwise texts that repeat would get a dictionary.
    values.isUnique = false
    let quick = Self.placed(EncodedColumn(plan, uuids, rowCount: source.rows.count))
    // The texts are those of the batches.
    let slow = withExtendedLifetime(source) {
      Self.placed(EncodedColumn(plan, values, times: order.times))
    }
    #expect(quick.bytes == slow.bytes, "seed \(seed)")
    #expect(quick.entry.blocks == slow.entry.blocks && quick.entry.zones == slow.entry.zones)
    #expect(quick.entry.kindCounts == slow.entry.kindCounts)
  }

  @Test("leaves a column alone in which a row has no UUID", arguments: ["x", nil, "", "{}"])
  func others(id: String?) {
    var random = SeededGenerator(seed: 5)
    let uuid = random.uuid()
    for place in [0, 37, 99] {
      let source = Self.source([50, 120], &random) { _, row in row == place ? id : uuid }
      let indices = source.batches.map { _ in Self.index }
      let order = RowOrder(source)
      #expect(UUIDColumn(source, indices: indices, places: order.places) == nil)
    }
  }
}
