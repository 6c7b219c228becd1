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
    role.isOptional && kindCounts[0] == kindCounts.reduce(0, +)
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
    if values.texts.hasDictionary {
      dictionary = StoredBlock(dictionary: values.texts.dictionaryTexts)
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
          blocks.append(StoredBlock(rows, texts: values.texts, role: role))
          zones.append(ZoneMap(rows, texts: values.texts, role: role))
        }
      }
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
