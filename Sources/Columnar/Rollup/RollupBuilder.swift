// Makes the rollup of a day from its segments.

import EvtCore

/// Reads the segments of a day, block by block, once to see which events and values are frequent
/// and once to add up; so for each dimension in turn. Memory is bounded by the number of values
/// that are listed, not by the number of rows.
public struct RollupBuilder {
  /// Calls its second argument with the reader of a segment.
  public typealias Reading = (_ segment: Int, _ body: (SegmentReader) throws -> Void) throws -> Void

  private let day: UTCDay
  private let segmentCount: Int
  private let range: TimeRange
  private let reading: Reading

  /// Creates the builder of the rows of `day` within `range`.
  /// - Parameters:
  ///   - segmentCount: the number of segments of the day.
  ///   - reading: how to read one of them; errors and damage are its own to report.
  public init(
    day: UTCDay, segmentCount: Int, range: TimeRange = .all, reading: @escaping Reading
  ) {
    self.day = day
    self.segmentCount = segmentCount
    self.range = range
    self.reading = reading
  }

  /// Makes the rollup.
  /// - Parameters:
  ///   - names: the names of the properties to roll up by.
  ///   - paths: those of the day's properties that have one of these names.
  /// - Throws: what `reading` throws.
  public func build(names: [String], paths: [String]) throws -> DayRollup {
    let events = RollupEvents(try countEvents())
    var rollup = DayRollup(day: day)
    rollup.names = Set(names.map { ExactText($0) }).sorted().map(\.text)
    try addHours(events, to: &rollup)
    for path in Set(paths.map { ExactText($0) }).sorted() {
      guard let groups = try groups(by: path.text, events) else { continue }
      rollup.dimensions.append(
        RollupDimension(
          path: path.text,
          groups: RollupCoding.encode(groups, of: rollup)))
    }
    return rollup
  }

  // MARK: - Events

  /// Rows by event. Once there are too many names, further ones are not counted.
  private func countEvents() throws -> [ExactText: UInt64] {
    var counts: [ExactText: UInt64] = [:]
    var bytes = 0
    for segment in 0..<segmentCount {
      try reading(segment) { reader in
        guard let column = reader.footer.column(role: .event) else { return }
        var vector = ColumnVector()
        for block in 0..<reader.footer.blockCount {
          try reader.decode(column: column, block: block, into: &vector)
          var rowsByCode = [UInt64](repeating: 0, count: vector.texts.count)
          for row in 0..<vector.rowCount where vector.kind(row) == .text {
            rowsByCode[Int(vector.codes[row])] += 1
          }
          for (code, rows) in rowsByCode.enumerated() where rows > 0 {
            let name = ExactText(vector.texts[code])
            if counts[name] == nil {
              let length = name.text.utf8.count
              guard length <= Limits.rollupValueBytesMax,
                counts.count < Limits.rollupCandidatesMax,
                bytes + length <= Limits.rollupCandidateBytesMax
              else { continue }
              bytes += length
            }
            counts[name, default: 0] += rows
          }
        }
      }
    }
    return counts
  }

  private func addHours(_ events: RollupEvents, to rollup: inout DayRollup) throws {
    var figures = [RollupFigures](repeating: RollupFigures(), count: (events.names.count + 1) * 24)
    var (users, sessions) = (DistinctHashes(), DistinctHashes())
    try forEachBlock(events) { _, _, block in
      for row in block.rows {
        let (user, session) = (block.users[row], block.sessions[row])
        figures[block.events[row] * 24 + block.hours[row]].addRow(user: user, session: session)
        if let user { users.insert(DistinctSketch.kept(of: user)) }
        if let session { sessions.insert(DistinctSketch.kept(of: session)) }
      }
    }
    rollup.identities = RollupIdentities(users: users.ascending(), sessions: sessions.ascending())
    func hours(_ event: Int) -> [RollupHour] {
      (0..<24).map { RollupHour(hour: $0, figures: figures[event * 24 + $0]) }
        .filter { $0.figures.rows > 0 }
    }
    rollup.events = events.names.enumerated().map { RollupEvent(name: $1, hours: hours($0)) }
    rollup.otherHours = hours(events.names.count)
  }

  // MARK: - Dimensions

  /// The groups by one property; nil when no row has it.
  private func groups(by path: String, _ events: RollupEvents) throws -> [RollupGroup]? {
    var candidates = RollupCandidates()
    try forEachBlock(events) { reader, number, block in
      try candidates.count(Self.vector(path, reader, number), block)
    }
    if candidates.areAllNull { return nil }
    var totals = candidates.mostFrequent(eventCount: events.names.count)
    try forEachBlock(events) { reader, number, block in
      try totals.add(Self.vector(path, reader, number), block)
    }
    return totals.groups
  }

  private static func vector(
    _ path: String, _ reader: SegmentReader, _ block: Int
  ) throws -> ColumnVector {
    var vector = ColumnVector()
    try reader.decode(path: path, block: block, into: &vector)
    return vector
  }

  private func forEachBlock(
    _ events: RollupEvents, _ body: (SegmentReader, Int, RollupRows) throws -> Void
  ) throws {
    for segment in 0..<segmentCount {
      try reading(segment) { reader in
        for block in 0..<reader.footer.blockCount {
          try body(
            reader, block, RollupRows(of: reader, block: block, range: range, events: events))
        }
      }
    }
  }
}

/// Collects hashes, most of which come in runs and in ascending order.
private struct DistinctHashes {
  private var hashes: [UInt64] = []
  /// The number at which repeated ones are thrown out.
  private var limit = 1 << 16

  mutating func insert(_ hash: UInt64) {
    if hashes.last == hash { return }
    if hashes.count == limit {
      hashes = ascending()
      limit = max(limit, hashes.count * 2)
    }
    hashes.append(hash)
  }

  /// What was inserted, each once.
  func ascending() -> [UInt64] {
    var distinct: [UInt64] = []
    for hash in hashes.sorted() where distinct.last != hash { distinct.append(hash) }
    return distinct
  }
}
