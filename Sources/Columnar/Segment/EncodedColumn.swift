// One column in its stored form, not yet placed in a file.

import CKernels
import EvtCore

/// The values of one column of a segment in row order; textual bits are codes of `texts`. The bits
/// of rows without a value mean nothing.
struct ColumnValues {
  var kinds: [UInt8]
  var bits: [Int64]
  var texts = ColumnTexts()
  /// Whether equal texts have equal codes.
  var isUnique = false
}

extension ColumnValues {
  /// Takes what was gathered in segment order.
  init(_ gathered: ColumnGather) {
    self.init(
      kinds: gathered.kinds, bits: gathered.bits,
      texts: ColumnTexts(union: gathered.union.texts), isUnique: gathered.isUnique)
  }
}

/// One encoded column, to be assembled with the others.
public struct EncodedColumn: Sendable {
  private struct StoredBlock: Sendable {
    var bytes: [UInt8]
    var rawBytes: Int
    var isCompressed: Bool
  }

  private let path: String
  private let role: ColumnRole
  private var kindCounts: [UInt64]
  private var dictionary: StoredBlock?
  private var dictionaryCount = 0
  private var blocks: [StoredBlock] = []
  private var zones: [ZoneMap] = []
  let eventStatistics: EventStatistics?

  /// Whether no row has a value and the format does not need the column.
  var isEmpty: Bool {
    let isOptional = role == .property || role == .session || role == .eventID || role == .overflow
    return isOptional && kindCounts[0] == kindCounts.reduce(0, +)
  }

  /// The bytes it will take.
  var storedBytes: Int {
    blocks.reduce(dictionary?.bytes.count ?? 0) { $0 + $1.bytes.count }
  }

  init(_ column: PlannedColumn, _ source: ColumnValues, times: [Int64]) {
    path = column.path
    role = column.role
    let ranges = Self.blockRanges(rowCount: source.kinds.count)
    let blockCounts = source.kinds.withUnsafeBufferPointer { kinds in
      ranges.map { KindCounts(UnsafeBufferPointer(rebasing: kinds[$0])) }
    }
    kindCounts = ValueKind.allCases.map { kind in
      blockCounts.reduce(0) { $0 + UInt64($1[kind]) }
    }
    var values = source
    Self.chooseDictionary(&values, role: role, rows: Int(kindCounts[Int(ValueKind.text.rawValue)]))
    let leastSaving = [.event, .user, .timestamp].contains(role) ? 3 : 8
    if values.texts.hasDictionary {
      var writer = ByteWriter()
      TextListCoding.encode(
        values.texts.dictionary.map { values.texts.union[Int($0)] }, into: &writer)
      dictionary = Self.store(writer.bytes, leastSaving: 8)
      dictionaryCount = values.texts.dictionary.count
    }
    eventStatistics = role == .event ? EventStatistics(values, times: times) : nil
    values.kinds.withUnsafeBufferPointer { kinds in
      values.bits.withUnsafeBufferPointer { bits in
        for (range, counts) in zip(ranges, blockCounts) {
          let rows = BlockRows(
            kinds: UnsafeBufferPointer(rebasing: kinds[range]),
            bits: UnsafeBufferPointer(rebasing: bits[range]), counts: counts)
          let raw = BlockCoding.encode(rows, texts: values.texts, role: role)
          blocks.append(Self.store(raw, leastSaving: leastSaving))
          zones.append(ZoneMap(rows, texts: values.texts, role: role))
        }
      }
    }
  }

  /// Encodes a column of UUIDs, one in each of `rowCount` rows.
  init(_ column: PlannedColumn, _ uuids: UUIDColumn, rowCount: Int) {
    path = column.path
    role = column.role
    eventStatistics = nil
    kindCounts = ValueKind.allCases.map { $0 == .text ? UInt64(rowCount) : 0 }
    for range in Self.blockRanges(rowCount: rowCount) {
      blocks.append(Self.store(uuids.encodeBlock(range), leastSaving: 8))
      zones.append(.unknown)
    }
  }

  private static func blockRanges(rowCount: Int) -> [Range<Int>] {
    stride(from: 0, to: rowCount, by: Limits.blockRowsMax).map { start in
      start..<min(start + Limits.blockRowsMax, rowCount)
    }
  }

  /// Appends the blocks to the file in `writer` and returns the column's entry.
  func place(in writer: inout ByteWriter) -> ColumnEntry {
    ColumnEntry(
      path: path, role: role, kindCounts: kindCounts,
      dictionary: dictionary.map { Self.place($0, in: &writer) },
      dictionaryCount: dictionaryCount, blocks: blocks.map { Self.place($0, in: &writer) },
      zones: zones)
  }

  private static func place(_ block: StoredBlock, in writer: inout ByteWriter) -> BlockReference {
    let offset = UInt64(writer.bytes.count)
    let checksum = block.bytes.withUnsafeBytes { bytes in
      writer.append(contentsOf: bytes)
      return StableHash.crc32c(bytes)
    }
    return BlockReference(
      offset: offset, storedBytes: UInt32(block.bytes.count), rawBytes: UInt32(block.rawBytes),
      checksum: checksum, isCompressed: block.isCompressed)
  }

  private static func store(_ raw: [UInt8], leastSaving: Int) -> StoredBlock {
    precondition(raw.count <= Limits.blockBytesMax, "BUG: block beyond its limit")
    if let compressed = LZ4Block.compress(raw, leastSaving: leastSaving) {
      return StoredBlock(bytes: compressed, rawBytes: raw.count, isCompressed: true)
    }
    return StoredBlock(bytes: raw, rawBytes: raw.count, isCompressed: false)
  }

  /// Gives the column a dictionary where its texts repeat often enough to pay for one. Users are
  /// stored as runs always, events by dictionary whenever it fits. `rows` of them are texts.
  private static func chooseDictionary(_ values: inout ColumnValues, role: ColumnRole, rows: Int) {
    guard role != .user, role != .overflow, values.isUnique || role == .event, rows > 0 else {
      return
    }
    var seen = [UInt8](repeating: 0, count: values.texts.union.count)
    let runs = seen.withUnsafeMutableBufferPointer { seen in
      values.bits.withUnsafeBufferPointer { codes in
        guard let seen = seen.baseAddress, let codes = codes.baseAddress else { return 0 }
        return Int(
          evt_see_codes(values.kinds, codes, values.kinds.count, ValueKind.text.rawValue, seen))
      }
    }
    let codes = seen.indices.filter { seen[$0] != 0 }.map { UInt32(truncatingIfNeeded: $0) }
    let repeats =
      codes.count == 1 || codes.count * 2 <= runs
      || (codes.count <= 256 && codes.count * 4 <= rows)
    guard repeats || role == .event, values.texts.fitsDictionary(codes) else { return }
    values.texts.makeDictionary(of: codes)
  }
}

/// Rows per event and quarter hour, and which events each block holds.
struct EventStatistics: Sendable {
  private(set) var events: [EventCount]?
  private(set) var blockEvents: [[Bool]] = []

  init(_ values: ColumnValues, times: [Int64]) {
    let dictionary = values.texts.dictionary
    let nameBytes = dictionary.reduce(0) { $0 + values.texts.union[Int($1)].count }
    guard values.texts.hasDictionary, dictionary.count <= Limits.countedEventsMax,
      nameBytes <= Limits.countedEventBytesMax
    else { return }
    var quarters = [UInt32](repeating: 0, count: dictionary.count * 96)
    var present = [Bool](repeating: false, count: dictionary.count)
    for row in values.bits.indices {
      if row % Limits.blockRowsMax == 0, row > 0 {
        blockEvents.append(present)
        present = [Bool](repeating: false, count: dictionary.count)
      }
      let event = Int(values.texts.rank(ofCode: Int(values.bits[row])))
      quarters[event * 96 + UTCDay.quarter(of: times[row])] += 1
      present[event] = true
    }
    blockEvents.append(present)
    events = dictionary.indices.map { event in
      let counts = quarters[event * 96..<event * 96 + 96]
      let name = String(decoding: values.texts.union[Int(dictionary[event])], as: UTF8.self)
      return EventCount(
        name: name, count: counts.reduce(0) { $0 + UInt64($1) },
        quarters: counts.enumerated().filter { $0.element > 0 }.map {
          QuarterCount(quarter: UInt8($0.offset), count: $0.element)
        })
    }
  }
}

extension ZoneMap {
  /// The zone map of `rows`.
  init(_ rows: BlockRows, texts: ColumnTexts, role: ColumnRole) {
    self = .unknown
    if role == .user {
      self = Self.hashes(rows, texts)
      return
    }
    let values = rows.counts.present.filter { $0 != .absent && $0 != .null }
    guard values.count == 1, let kind = values.first, kind == .int || kind == .double else {
      return
    }
    let numbers = rows.values(of: kind)
    if kind == .int {
      self = .ints(least: numbers.min() ?? 0, greatest: numbers.max() ?? 0)
    } else {
      var least = Double.infinity, greatest = -Double.infinity
      for number in numbers {
        let value = Double(bitPattern: UInt64(bitPattern: number))
        least = min(least, value)
        greatest = max(greatest, value)
      }
      self = .doubles(least: least, greatest: greatest)
    }
  }

  /// Rows are in the order of the hash, so the first and the last user tell.
  private static func hashes(_ rows: BlockRows, _ texts: ColumnTexts) -> ZoneMap {
    let isText = { (row: Int) in rows.kinds[row] == ValueKind.text.rawValue }
    guard let first = rows.kinds.indices.first(where: isText),
      let last = rows.kinds.indices.last(where: isText)
    else { return .unknown }
    return .hashes(
      least: StableHash.user(texts.union[Int(rows.bits[first])]),
      greatest: StableHash.user(texts.union[Int(rows.bits[last])]))
  }
}
