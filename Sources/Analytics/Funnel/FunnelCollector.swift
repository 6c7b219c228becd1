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
  private var events: UserEventsBuilder
  /// Rows that fill a step but have no user.
  private var rowsWithoutUser = 0
  private let columns: (event: Int, user: Int?, time: Int)
  private var marks: EventMarks?
  private var rowMarks = GrowableBuffer<UInt32>(capacity: Limits.blockRowsMax)
  /// By mark: the first 64 of its steps.
  private var firstWords = GrowableBuffer<UInt64>()
  /// The mark of events that fill step 1 and nothing else, if runs of them may be thinned out.
  private let entryMark: UInt32
  /// Whether an event was met that lies too far from the first for a segment of one day.
  private var isSpread = false

  /// Creates the collector of the segment of `reader`; nil when it has nothing for the plan.
  /// - Parameter isAlone: whether no other segment has events between the first and the last of it.
  init?(
    _ reader: SegmentReader, plan: FunnelPlan, range: TimeRange, hashes: ClosedRange<UInt64>,
    isAlone: Bool
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
    let rowsMax = plan.rowsMax(in: footer)
    events = UserEventsBuilder(
      baseTime: footer.minTime, hasValues: false, users: min(rowsMax, footer.userCount),
      events: rowsMax)
    // Of entries that follow one another with nothing between, only the first and the last matter:
    // the first may be all that a user did, and for what comes later the last start dominates. That
    // nothing is between must hold for the whole store.
    entryMark = isAlone ? plan.entryMask ?? .max : .max
    for mask in 0..<plan.masks.count { firstWords.append(plan.masks.firstWord(UInt32(mask))) }
  }

  /// Collects all blocks.
  consuming func collect() throws -> (events: UserEvents, rowsWithoutUser: Int) {
    let dictionary = try reader.dictionary(column: columns.event)
    if let dictionary { marks = EventMarks(dictionary, plan: plan) }
    for block in 0..<reader.footer.blockCount where mayMatter(block) { try collect(block) }
    return (events.finish(), rowsWithoutUser)
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
    if isSpread { throw SegmentDamage("block \(block) of timestamp: not of the segment's day") }
  }

  /// Sets `rowMarks` to the steps that each row's event fills without condition.
  private mutating func mark(_ vector: ColumnVector) {
    let marks =
      vector.usesSegmentDictionary && vector.texts.count == self.marks?.masks.count
      ? self.marks : nil
    let masks = (marks ?? EventMarks(vector.texts, plan: plan)).masks
    rowMarks.truncate(to: 0)
    rowMarks.reserve(vector.rowCount)
    rowMarks.count = vector.rowCount
    let target = rowMarks.base
    vector.codes.withUnsafeBufferPointer { codes in
      masks.withUnsafeBufferPointer { masks in
        for row in 0..<codes.count { target[row] = masks[Int(codes[row])] }
      }
    }
  }

  /// Clears the marks of rows outside the range.
  private mutating func exclude(_ times: [Int64], _ block: Int) throws {
    let footer = reader.footer
    guard !range.covers(least: footer.minTime, greatest: footer.maxTime) else { return }
    for row in 0..<rowMarks.count where !range.contains(times[row]) { rowMarks[row] = 0 }
  }

  /// Adds the marked rows to the lists of their users.
  /// - Parameter allInside: whether all hashes are known to be those that are looked at.
  private mutating func gather(users: ColumnVector, times: [Int64], allInside: Bool) {
    times.withUnsafeBufferPointer { times in
      users.forEachTextRun { rows, user in
        guard allInside || hashes.contains(user.map(StableHash.user) ?? 0) else { return }
        if let user, user.count > 0 {
          add(rows, times: times, user: user)
        } else {
          for row in rows where rowMarks.base[row] != 0 { rowsWithoutUser += 1 }
        }
      }
    }
  }

  /// Adds the marked rows of `rows`, which are all of one user.
  @inline(__always)
  private mutating func add(
    _ rows: Range<Int>, times: UnsafeBufferPointer<Int64>, user: UnsafeRawBufferPointer
  ) {
    let marks = rowMarks.base
    let places = events.reserve(rows.count)
    let base = events.baseTime
    let entry = entryMark
    var count = 0
    var offsets: UInt64 = 0
    var summary: UInt64 = 0
    // The marks of the last two events kept.
    var last = UInt32.max
    var secondLast = UInt32.max
    // Every row is written, and the next one takes its place unless it counts: no branch to guess.
    for row in rows {
      let mark = marks[row]
      let offset = UInt64(bitPattern: times[row] &- base)
      // The third of three entries in a row takes the place of the second.
      let replaces = mark == entry && last == entry && secondLast == entry
      count -= replaces ? 1 : 0
      places.events[count] = offset << PackedEvent.markBits | UInt64(mark)
      let keeps = mark != 0
      count += keeps ? 1 : 0
      secondLast = keeps ? last : secondLast
      last = keeps ? mark : last
      offsets |= keeps ? offset : 0
      summary |= firstWords.base[Int(mark)]
    }
    if offsets >= PackedEvent.timeLimit { isSpread = true }
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
