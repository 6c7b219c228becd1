// The rows of a block as a rollup sees them.

import EvtCore

/// What a rollup wants to know of the rows of one block, by row.
struct RollupRows {
  /// The rows within the range, ascending.
  private(set) var rows: [Int] = []
  private(set) var hours: [Int] = []
  /// The numbers that `events` gives to their events.
  private(set) var events: [Int] = []
  /// The hashes of users and sessions; nil for none.
  private(set) var users: [UInt64?] = []
  private(set) var sessions: [UInt64?] = []

  /// Decodes a block.
  /// - Throws: `SegmentDamage`, or the error of the segment's source.
  init(
    of reader: SegmentReader, block: Int, range: TimeRange, events numbers: RollupEvents
  ) throws {
    var vector = ColumnVector()
    try Self.decode(.timestamp, reader, block, &vector)
    guard vector.uniformKind == .int else {
      throw SegmentDamage("block \(block) has rows without a time")
    }
    let count = vector.rowCount
    hours.reserveCapacity(count)
    if range == .all {
      rows = Array(0..<count)
    } else {
      rows = (0..<count).filter { range.contains(vector.numbers[$0]) }
    }
    hours = (0..<count).map { UTCDay.quarter(of: vector.numbers[$0]) / 4 }
    if rows.isEmpty { return }
    try Self.decode(.event, reader, block, &vector)
    events = numbers.numbers(of: vector)
    try Self.decode(.user, reader, block, &vector)
    users = Self.hashes(of: vector)
    try Self.decode(.session, reader, block, &vector)
    sessions = Self.hashes(of: vector)
  }

  private static func decode(
    _ role: ColumnRole, _ reader: SegmentReader, _ block: Int, _ vector: inout ColumnVector
  ) throws {
    if let column = reader.footer.column(role: role) {
      try reader.decode(column: column, block: block, into: &vector)
    } else {
      vector.setAbsent(rowCount: reader.footer.rows(inBlock: block))
    }
  }

  /// The hash of each text that identifies somebody.
  private static func hashes(of vector: ColumnVector) -> [UInt64?] {
    var last: (code: UInt32, hash: UInt64?)?
    return (0..<vector.rowCount).map { row in
      guard vector.kind(row) == .text else { return nil }
      let code = vector.codes[row]
      if let last, last.code == code { return last.hash }
      let hash = vector.texts.withBytes(Int(code)) { $0.isEmpty ? nil : StableHash.user($0) }
      last = (code, hash)
      return hash
    }
  }
}

/// The events of a day that a rollup names, the most frequent ones, by name ascending.
struct RollupEvents {
  let names: [String]
  private let numberByName: [ExactText: Int]

  init(_ counts: [ExactText: UInt64]) {
    let frequent = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(Limits.rollupEventsMax).map(\.key)
    let ascending = frequent.sorted()
    names = ascending.map(\.text)
    numberByName = Dictionary(uniqueKeysWithValues: ascending.enumerated().map { ($1, $0) })
  }

  /// By row, the index in `names`, or the number of names for all other events.
  func numbers(of vector: ColumnVector) -> [Int] {
    var numberByCode = [Int32](repeating: -1, count: vector.texts.count)
    return (0..<vector.rowCount).map { row in
      guard vector.kind(row) == .text else { return names.count }
      let code = Int(vector.codes[row])
      if numberByCode[code] < 0 {
        numberByCode[code] = Int32(numberByName[ExactText(vector.texts[code])] ?? names.count)
      }
      return Int(numberByCode[code])
    }
  }
}
