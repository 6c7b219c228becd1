// Boils a segment down to the events that fill steps.

import Columnar
import EvtCore

/// Decodes and filters one segment into the list of its users' events.
struct FunnelCollector: ~Copyable {
  private let reader: SegmentReader
  private let plan: FunnelPlan
  private let range: TimeRange
  private let hashes: ClosedRange<UInt64>
  /// The users' events so far.
  private let events: UserEvents
  /// Rows that fill a step but have no user.
  private var rowsWithoutUser = 0
  private let columns: (event: Int, user: Int?, time: Int)
  private var marks: EventMarks?
  private var rowMarks: [UInt32] = []

  /// Creates the collector of the segment of `reader`; nil when it has nothing for the plan.
  init?(
    _ reader: SegmentReader, plan: FunnelPlan, range: TimeRange, hashes: ClosedRange<UInt64>
  ) {
    let footer = reader.footer
    guard range.overlaps(least: footer.minTime, greatest: footer.maxTime),
      let event = footer.column(role: .event), let time = footer.column(role: .timestamp)
    else { return nil }
    self.reader = reader
    self.plan = plan
    self.range = range
    self.hashes = hashes
    columns = (event, footer.column(role: .user), time)
    events = UserEvents(hasValues: false)
  }

  /// Collects all blocks.
  consuming func collect() throws -> (events: UserEvents, rowsWithoutUser: Int) {
    let dictionary = try reader.dictionary(column: columns.event)
    if let dictionary { marks = EventMarks(dictionary, plan: plan) }
    for block in 0..<reader.footer.blockCount where mayMatter(block) { try collect(block) }
    return (events, rowsWithoutUser)
  }

  /// Whether the footer leaves it open that `block` has something.
  private func mayMatter(_ block: Int) -> Bool {
    let footer = reader.footer
    if let marks, footer.blockEvents.count > block {
      let present = footer.blockEvents[block]
      guard present.indices.contains(where: { present[$0] && marks.matters[$0] }) else {
        return false
      }
    }
    if case .ints(let least, let greatest) = footer.columns[columns.time].zones[block],
      !range.overlaps(least: least, greatest: greatest)
    {
      return false
    }
    return userHashes(block).overlaps(hashes)
  }

  /// Bounds of the users' hashes of `block`; rows without user, which come first, count as 0.
  private func userHashes(_ block: Int) -> ClosedRange<UInt64> {
    let footer = reader.footer
    guard let user = columns.user else { return 0...0 }
    let column = footer.columns[user]
    guard case .hashes(let least, let greatest) = column.zones[block], least <= greatest else {
      return 0 ... .max
    }
    let others = footer.rowCount &- Int(clamping: column.kindCounts[Int(ValueKind.text.rawValue)])
    return (block * Limits.blockRowsMax < others ? 0 : least)...greatest
  }

  private mutating func collect(_ block: Int) throws {
    var vector = ColumnVector()
    try reader.decode(column: columns.event, block: block, into: &vector)
    guard vector.uniformKind == .text, vector.codes.count == vector.rowCount else {
      throw SegmentDamage("block \(block) of event: not a name in every row")
    }
    mark(vector)
    try reader.decode(column: columns.time, block: block, into: &vector)
    guard vector.uniformKind == .int, vector.numbers.count == rowMarks.count else {
      throw SegmentDamage("block \(block) of timestamp: not a time in every row")
    }
    let times = vector.numbers
    try exclude(times, block)
    if let user = columns.user {
      try reader.decode(column: user, block: block, into: &vector)
    } else {
      vector.setAbsent(rowCount: rowMarks.count)
    }
    let bounds = userHashes(block)
    let allInside =
      hashes.contains(bounds.lowerBound) && hashes.contains(bounds.upperBound)
    gather(users: vector, times: times, allInside: allInside)
  }

  /// Sets `rowMarks` to the steps that each row's event fills without condition.
  private mutating func mark(_ vector: ColumnVector) {
    let count = vector.rowCount
    if rowMarks.count != count { rowMarks = [UInt32](repeating: 0, count: count) }
    let marks =
      vector.usesSegmentDictionary && vector.texts.count == self.marks?.masks.count
      ? self.marks : nil
    let masks = (marks ?? EventMarks(vector.texts, plan: plan)).masks
    vector.codes.withUnsafeBufferPointer { codes in
      masks.withUnsafeBufferPointer { masks in
        rowMarks.withUnsafeMutableBufferPointer { target in
          for row in 0..<target.count { target[row] = masks[Int(codes[row])] }
        }
      }
    }
  }

  /// Clears the marks of rows outside the range.
  private mutating func exclude(_ times: [Int64], _ block: Int) throws {
    let footer = reader.footer
    guard !range.covers(least: footer.minTime, greatest: footer.maxTime) else { return }
    for row in rowMarks.indices where !range.contains(times[row]) { rowMarks[row] = 0 }
  }

  /// Adds the marked rows to the lists of their users.
  /// - Parameter allInside: whether all hashes are known to be those that are looked at.
  private mutating func gather(users: ColumnVector, times: [Int64], allInside: Bool) {
    var withoutUser = 0
    rowMarks.withUnsafeBufferPointer { marks in
      times.withUnsafeBufferPointer { times in
        users.forEachTextRun { rows, user in
          guard allInside || hashes.contains(user.map(StableHash.user) ?? 0) else { return }
          if let user, user.count > 0 {
            add(rows, times: times, marks: marks, user: user)
          } else {
            for row in rows where marks[row] != 0 { withoutUser += 1 }
          }
        }
      }
    }
    rowsWithoutUser += withoutUser
  }

  /// Adds the marked rows of `rows`, which are all of one user.
  @inline(__always)
  private func add(
    _ rows: Range<Int>, times: UnsafeBufferPointer<Int64>, marks: UnsafeBufferPointer<UInt32>,
    user: UnsafeRawBufferPointer
  ) {
    let places = events.reserve(rows.count)
    var count = 0
    // Every row is written, and the next one takes its place unless it counts: no branch to guess.
    for row in rows {
      let mark = marks[row]
      places.times[count] = times[row]
      places.marks[count] = mark
      count += mark == 0 ? 0 : 1
    }
    guard count > 0 else { return }
    var summary: UInt64 = 0
    for index in 0..<count { summary |= plan.masks.firstWord(places.marks[index]) }
    events.commit(count, user: user, summary: summary)
  }
}

extension ColumnVector {
  /// Calls `body` for each run of rows with the same text, or with none (nil).
  @inline(__always)
  fileprivate func forEachTextRun(_ body: (Range<Int>, UnsafeRawBufferPointer?) -> Void) {
    func code(_ row: Int) -> UInt32? { kind(row) == .text ? codes[row] : nil }
    func take(_ rows: Range<Int>, _ code: UInt32?) {
      guard let code else { return body(rows, nil) }
      texts.withBytes(Int(code)) { body(rows, $0) }
    }
    var start = 0
    if !runEnds.isEmpty {
      for end in runEnds {
        take(start..<Int(end), code(start))
        start = Int(end)
      }
      return
    }
    while start < rowCount {
      let first = code(start)
      var end = start + 1
      while end < rowCount, code(end) == first { end += 1 }
      take(start..<end, first)
      start = end
    }
  }
}
