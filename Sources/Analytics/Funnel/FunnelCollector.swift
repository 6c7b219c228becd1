// Boils a segment down to the events that fill steps.

import Columnar
import EvtCore
import Query

/// What a funnel wants of each segment.
struct FunnelCollection: Sendable {
  var plan: FunnelPlan
  var masks: SharedStepMasks
  var range: TimeRange
  var filter: BoundPredicate?
  /// Only users with such a hash are wanted; rows without a user count as hash 0.
  var hashes: ClosedRange<UInt64>
}

/// Decodes and filters one segment into the list of its users' events.
struct FunnelCollector: ~Copyable {
  private let reader: SegmentReader
  private let collection: FunnelCollection
  /// The users' events so far.
  private var events: UserEventsBuilder
  /// Rows that fill a step but have no user.
  private var rowsWithoutUser = 0
  /// By code of the event column's dictionary: the steps filled without condition.
  private var dictionaryMarks: [UInt32] = []
  /// By row of the block: the steps it fills.
  private var rowMarks = GrowableBuffer<UInt32>(capacity: Limits.blockRowsMax)
  private var joiner: StepJoiner
  /// The mark of events that fill step 1 and nothing else, if runs of them may be thinned out.
  private let thinnedMark: UInt32
  /// Whether an event was met that lies too far from the first for a segment of one day.
  private var isSpread = false

  /// Creates the collector of a segment.
  /// - Parameter isAlone: whether no other segment has events between the first and the last of it.
  init(_ reader: SegmentReader, _ collection: FunnelCollection, isAlone: Bool) {
    self.reader = reader
    self.collection = collection
    let footer = reader.footer
    let rowsMax =
      footer.events.map { events in
        collection.plan.rowsMax(
          rowCount: footer.rowCount, events: events.lazy.map { ($0.name, $0.count) })
      } ?? footer.rowCount
    events = UserEventsBuilder(
      baseTime: footer.minTime, hasValues: false, users: min(rowsMax, footer.userCount),
      events: rowsMax)
    joiner = StepJoiner(collection.masks)
    // Of entries that follow one another with nothing between, only the first and the last matter:
    // the first may be all that a user did, and for what comes later the last start dominates. That
    // nothing is between must hold for the whole store.
    thinnedMark = isAlone ? collection.plan.entryMask : .max
  }

  /// Collects all blocks.
  consuming func collect() throws -> (events: UserEvents, rowsWithoutUser: Int) {
    if let event = reader.footer.column(role: .event),
      let dictionary = try reader.dictionary(column: event)
    {
      dictionaryMarks = marks(of: dictionary)
    }
    let request = ScanRequest(
      range: collection.range, filter: collection.filter, events: collection.plan.events,
      fields: [.canonical(.event), .canonical(.user)],
      marks: collection.plan.conditionals.map(\.predicate), needsTimes: true)
    try scan(reader, request) { block in try take(block) }
    return (events.finish(), rowsWithoutUser)
  }

  private func marks(of events: TextList) -> [UInt32] {
    (0..<events.count).map { collection.plan.mask(of: events[$0]) }
  }

  private mutating func take(_ block: borrowing ScanBlock) throws {
    let event = block.columns[0]
    guard event.uniformKind == .text, event.codes.count == block.rowCount,
      block.times.count == block.rowCount
    else { throw SegmentDamage("block \(block.block): rows without event or time") }
    mark(event)
    if collection.filter != nil || collection.range != .all { exclude(rowsOutside: block.mask) }
    for (conditional, rows) in zip(collection.plan.conditionals, block.marks) {
      for row in rows.rows {
        rowMarks.base[Int(row)] = try joiner.join(
          rowMarks.base[Int(row)], step: conditional.step)
      }
    }
    gather(users: block.columns[1], times: block.times)
    if isSpread {
      throw SegmentDamage("block \(block.block) of timestamp: not of the segment's day")
    }
  }

  /// Sets `rowMarks` to the steps that each row's event fills without condition.
  private mutating func mark(_ event: ColumnVector) {
    let usesDictionary =
      event.usesSegmentDictionary && event.texts.count == dictionaryMarks.count
    let marks = usesDictionary ? dictionaryMarks : marks(of: event.texts)
    rowMarks.truncate(to: 0)
    rowMarks.reserve(event.rowCount)
    rowMarks.count = event.rowCount
    let target = rowMarks.base
    event.codes.withUnsafeBufferPointer { codes in
      marks.withUnsafeBufferPointer { marks in
        for row in 0..<codes.count { target[row] = marks[Int(codes[row])] }
      }
    }
  }

  private mutating func exclude(rowsOutside mask: RowMask) {
    for (index, word) in mask.words.enumerated() where word != ~0 {
      for row in index * 64..<min(index * 64 + 64, rowMarks.count) where !mask[row] {
        rowMarks.base[row] = 0
      }
    }
  }

  /// Adds the marked rows to the lists of their users.
  private mutating func gather(users: ColumnVector, times: [Int64]) {
    let hashes = collection.hashes
    let everyone = hashes == 0 ... .max
    let firstWords = joiner.firstWords
    firstWords.withUnsafeBufferPointer { firstWords in
      times.withUnsafeBufferPointer { times in
        users.forEachTextRun { rows, user in
          guard everyone || hashes.contains(user.map(StableHash.user) ?? 0) else { return }
          if let user, user.count > 0 {
            add(rows, times: times, firstWords: firstWords, user: user)
          } else {
            for row in rows where rowMarks.base[row] != 0 { rowsWithoutUser += 1 }
          }
        }
      }
    }
  }

  /// Adds the marked rows of `rows`, which are all of one user.
  @inline(__always)
  private mutating func add(
    _ rows: Range<Int>, times: UnsafeBufferPointer<Int64>,
    firstWords: UnsafeBufferPointer<UInt64>, user: UnsafeRawBufferPointer
  ) {
    let marks = rowMarks.base
    let places = events.reserve(rows.count)
    let base = events.baseTime
    let thinned = thinnedMark
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
      let replaces = mark == thinned && last == thinned && secondLast == thinned
      count -= replaces ? 1 : 0
      places.events[count] = offset << PackedEvent.markBits | UInt64(mark)
      let keeps = mark != 0
      count += keeps ? 1 : 0
      secondLast = keeps ? last : secondLast
      last = keeps ? mark : last
      offsets |= keeps ? offset : 0
      summary |= firstWords[Int(mark)]
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
