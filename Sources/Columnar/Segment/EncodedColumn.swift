// One column in its stored form, not yet placed in a file.

import EvtCore

/// The values of one column of a segment in row order; textual bits are codes of `texts`.
struct ColumnValues {
  var kinds: [UInt8]
  var bits: [Int64]
  var texts = ColumnTexts()
  /// Whether equal texts have equal codes.
  var isUnique = false
}

extension ColumnValues {
  /// Puts what was gathered in input order into segment order.
  init(_ gathered: ColumnGather, _ order: RowOrder) {
    self.init(
      kinds: order.apply(to: gathered.kinds), bits: order.apply(to: gathered.bits),
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
  /// The paths in it that have no column of their own.
  var overflowFields: [SegmentSummary.Field] = []

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
    kindCounts = [UInt64](repeating: 0, count: ValueKind.allCases.count)
    for kind in source.kinds { kindCounts[Int(kind)] += 1 }
    var values = source
    Self.chooseDictionary(&values, role: role)
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
        for start in stride(from: 0, to: kinds.count, by: Limits.blockRowsMax) {
          let range = start..<min(start + Limits.blockRowsMax, kinds.count)
          let rows = BlockRows(
            kinds: UnsafeBufferPointer(rebasing: kinds[range]),
            bits: UnsafeBufferPointer(rebasing: bits[range]))
          let raw = BlockCoding.encode(rows, texts: values.texts, role: role)
          blocks.append(Self.store(raw, leastSaving: leastSaving))
          zones.append(ZoneMap(rows, texts: values.texts, role: role))
        }
      }
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
  /// stored as runs always, events by dictionary whenever it fits.
  private static func chooseDictionary(_ values: inout ColumnValues, role: ColumnRole) {
    guard role != .user, role != .overflow, values.isUnique || role == .event else { return }
    var seen = [Bool](repeating: false, count: values.texts.union.count)
    var codes: [UInt32] = []
    var rows = 0, runs = 0
    var previous: Int64 = -1
    for row in values.kinds.indices where values.kinds[row] == ValueKind.text.rawValue {
      let code = values.bits[row]
      rows += 1
      if code != previous { runs += 1 }
      previous = code
      if !seen[Int(code)] {
        seen[Int(code)] = true
        codes.append(UInt32(truncatingIfNeeded: code))
      }
    }
    guard rows > 0 else { return }
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
    var kind: UInt8?
    for row in rows.kinds where row > ValueKind.null.rawValue {
      if kind == nil { kind = row } else if kind != row { return }
    }
    switch kind.flatMap(ValueKind.init(rawValue:)) {
    case .int:
      var least = Int64.max, greatest = Int64.min
      for row in 0..<rows.kinds.count where rows.kinds[row] == kind {
        least = min(least, rows.bits[row])
        greatest = max(greatest, rows.bits[row])
      }
      self = .ints(least: least, greatest: greatest)
    case .double:
      var least = Double.infinity, greatest = -Double.infinity
      for row in 0..<rows.kinds.count where rows.kinds[row] == kind {
        let value = Double(bitPattern: UInt64(bitPattern: rows.bits[row]))
        least = min(least, value)
        greatest = max(greatest, value)
      }
      self = .doubles(least: least, greatest: greatest)
    default: return
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
