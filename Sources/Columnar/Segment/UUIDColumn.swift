// A column of UUIDs, one in each row: packed where they lie, and never looked at as texts again.

import CKernels
import EvtCore

/// The UUIDs of a column in segment order, 16 bytes each. Most logs have one such column, whose
/// texts are a tenth of the log and all differ.
struct UUIDColumn: Sendable {
  private let packed: [UInt8]

  static let textBytes = 36
  static let packedBytes = 16

  /// Packs the column that stands at `indices[b]` in batch b, each value at its row's place; nil
  /// unless every row has the text of a UUID.
  init?(_ source: SegmentRows, indices: [Int], places: [UInt32]) {
    var isWhole = true
    packed = [UInt8](unsafeUninitializedCapacity: places.count * Self.packedBytes) {
      target, count in
      guard let base = target.baseAddress else { return }
      for stretch in source.stretches where isWhole {
        let index = indices[stretch.batch]
        guard index >= 0 else {
          isWhole = false
          return
        }
        isWhole = source.batches[stretch.batch].withColumn(index) { column in
          Self.pack(column, source.rows, stretch.positions, places, into: base)
        }
      }
      count = isWhole ? places.count * Self.packedBytes : 0
    }
    if !isWhole { return nil }
  }

  private static func pack(
    _ column: borrowing BatchColumn, _ rows: [RowReference], _ positions: Range<Int>,
    _ places: [UInt32], into base: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    guard column.entriesAreRows, column.uniformKind == .text else { return false }
    for position in positions {
      let row = Int(rows[position].row)
      guard row < column.count else { return false }
      let text = column.texts[Int(column.values[row])]
      guard text.count == textBytes, let bytes = text.bindMemory(to: UInt8.self).baseAddress,
        evt_uuid_pack(bytes, base + Int(places[position]) * packedBytes) != 0
      else { return false }
    }
    return true
  }

  /// Encodes `rows` as `BlockCoding` encodes their texts, to the byte.
  func encodeBlock(_ rows: Range<Int>) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt8(0))
    writer.append(ValueKind.text.rawValue)
    packed.withUnsafeBytes { packed in
      func uuid(_ row: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
          rebasing: packed[row * Self.packedBytes..<(row + 1) * Self.packedBytes])
      }
      let starts = rows.filter { row in
        row == rows.lowerBound || !ByteOrder.equal(uuid(row), uuid(row - 1))
      }
      guard TextStream.areRuns(starts.count, of: rows.count) else {
        writer.append(TextStream.Tag.list.rawValue)
        writer.append(TextListCoding.Tag.uuid.rawValue)
        let bytes = rows.lowerBound * Self.packedBytes..<rows.upperBound * Self.packedBytes
        writer.append(contentsOf: UnsafeRawBufferPointer(rebasing: packed[bytes]))
        return
      }
      TextStream.appendRuns(starts, end: rows.upperBound, into: &writer)
      writer.append(TextListCoding.Tag.uuid.rawValue)
      for start in starts { writer.append(contentsOf: uuid(start)) }
    }
    return writer.bytes
  }
}
