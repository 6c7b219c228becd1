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
  private let path: String
  private let role: ColumnRole
  private var kindCounts: [UInt64]
  private var dictionary: StoredBlock?
  private var dictionaryCount = 0
  private var blocks: [StoredBlock] = []
  private var zones: [ZoneMap] = []
  let eventStatistics: EventStatistics?
  /// The paths in it that have no column of their own.
  var overflowFields: [SegmentSummary.Field] = []

  /// Whether no row has a value and the format does not need the column.
  var isEmpty: Bool {
    role.isOptional && kindCounts[0] == kindCounts.reduce(0, +)
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
    if values.texts.hasDictionary {
      dictionary = StoredBlock(dictionary: values.texts.dictionaryTexts)
      dictionaryCount = values.texts.dictionary.count
    }
    eventStatistics = role == .event ? EventStatistics(values, times: times) : nil
    values.kinds.withUnsafeBufferPointer { kinds in
      values.bits.withUnsafeBufferPointer { bits in
        for (range, counts) in zip(ranges, blockCounts) {
          let rows = BlockRows(
            kinds: UnsafeBufferPointer(rebasing: kinds[range]),
            bits: UnsafeBufferPointer(rebasing: bits[range]), counts: counts)
          blocks.append(StoredBlock(rows, texts: values.texts, role: role))
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
      blocks.append(StoredBlock(uuids.encodeBlock(range), leastSaving: 8))
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
      dictionary: dictionary.map { $0.place(in: &writer) },
      dictionaryCount: dictionaryCount, blocks: blocks.map { $0.place(in: &writer) },
      zones: zones)
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
    let pays = ColumnTexts.pays(distinct: codes.count, runs: runs, rows: rows)
    guard pays || role == .event, values.texts.fitsDictionary(codes) else { return }
    values.texts.makeDictionary(of: codes)
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
      let profile = numbers.withUnsafeBufferPointer { IntProfile($0) }
      self = .ints(least: profile.least, greatest: profile.greatest)
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
