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
  var breakdown: Breakdown?
  /// Only users with such a hash are wanted; rows without a user count as hash 0.
  var hashes: ClosedRange<UInt64>
  var budget: MemoryBudget
}

/// What a segment holds for a funnel.
struct CollectedSegment: Sendable {
  var events: UserEvents
  /// The values of the breakdown that `events` numbers.
  var values: BreakdownValues?
  /// Rows that fill a step but have no user.
  var rowsWithoutUser: Int
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
  /// By row of the block: the steps it fills; of the rows that are not selected nothing is known.
  private var rowMarks = GrowableBuffer<UInt32>(capacity: Limits.blockRowsMax)
  private var joiner: StepJoiner
  private var breakdown: BreakdownEncoder?
  /// By row of the block: the number of its value of the breakdown; empty without one.
  private var rowValues: [UInt32] = []
  /// The mark of events that fill step 1 and nothing else, if runs of them may be thinned out.
  private let thinnedMark: UInt32
  /// What of the list's memory the budget knows.
  private var accountedBytes = 0
  /// The numbers from 0, for blocks of which all rows are selected.
  private var allRows: [UInt32] = []
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
      baseTime: footer.minTime, hasValues: collection.breakdown != nil,
      users: min(rowsMax, footer.userCount), events: rowsMax)
    breakdown = collection.breakdown.map { BreakdownEncoder($0) }
    joiner = StepJoiner(collection.masks)
    // Of entries that follow one another with nothing between, only the first and the last matter:
    // the first may be all that a user did, and for what comes later the last start dominates. That
    // nothing is between must hold for the whole store. A breakdown may tell entries apart.
    thinnedMark = isAlone && breakdown == nil ? collection.plan.entryMask : .max
  }

  /// Collects all blocks.
  consuming func collect() throws -> CollectedSegment {
    if let event = reader.footer.column(role: .event),
      let dictionary = try reader.dictionary(column: event)
    {
      dictionaryMarks = marks(of: dictionary)
    }
    let request = ScanRequest(
      range: collection.range, filter: collection.filter, events: collection.plan.events,
      fields: (collection.breakdown?.fields ?? []) + [.canonical(.event), .canonical(.user)],
      marks: collection.plan.conditionals.map(\.predicate), needsTimes: true,
      userHashes: collection.hashes)
    try scan(reader, request) { block in try take(block) }
    let values = breakdown?.values
    return CollectedSegment(
      events: events.finish(), values: values, rowsWithoutUser: rowsWithoutUser)
  }

  private func marks(of events: TextList) -> [UInt32] {
    (0..<events.count).map { collection.plan.mask(of: events[$0]) }
  }

  private mutating func take(_ block: borrowing ScanBlock) throws {
    let event = block.columns[block.columns.count - 2]
    let user = block.columns[block.columns.count - 1]
    guard event.uniformKind == .text, event.codes.count == block.rowCount,
      block.times.count == block.rowCount
    else { throw SegmentDamage("block \(block.block): rows without event or time") }
    let rows = block.selectedRows ?? everyRow(block.rowCount)
    mark(rows, event)
    for (conditional, rows) in zip(collection.plan.conditionals, block.marks) {
      for row in rows.rows {
        rowMarks.base[Int(row)] = try joiner.join(
          rowMarks.base[Int(row)], step: conditional.step)
      }
    }
    breakdown?.encode(block, into: &rowValues)
    gather(rows, users: user, times: block.times)
    try account()
    if isSpread {
      throw SegmentDamage("block \(block.block) of timestamp: not of the segment's day")
    }
  }

  /// Reports how much memory the list takes by now.
  private mutating func account() throws {
    let bytes = events.allocatedBytes
    guard collection.budget.take(bytes - accountedBytes) else { throw ListsTooLarge() }
    accountedBytes = bytes
    if events.isTooLarge { throw ListsTooLarge() }
  }

  private mutating func everyRow(_ count: Int) -> [UInt32] {
    if allRows.count != count { allRows = Array(0..<UInt32(count)) }
    return allRows
  }

  /// Sets `rowMarks` to the steps that the event of each of `rows` fills without condition.
  private mutating func mark(_ rows: [UInt32], _ event: ColumnVector) {
    let usesDictionary =
      event.usesSegmentDictionary && event.texts.count == dictionaryMarks.count
    let marks = usesDictionary ? dictionaryMarks : marks(of: event.texts)
    rowMarks.truncate(to: 0)
    rowMarks.reserve(event.rowCount)
    rowMarks.count = event.rowCount
    let target = rowMarks.base
    event.codes.withUnsafeBufferPointer { codes in
      marks.withUnsafeBufferPointer { marks in
        for row in rows { target[Int(row)] = marks[Int(codes[Int(row)])] }
      }
    }
  }

  /// Adds those of `rows` that fill a step to the lists of their users.
  private mutating func gather(_ rows: [UInt32], users: ColumnVector, times: [Int64]) {
    let hashes = collection.hashes
    let everyone = hashes == 0 ... .max
    let areEntries = joiner.areEntries
    areEntries.withUnsafeBufferPointer { areEntries in
      times.withUnsafeBufferPointer { times in
        users.forEachTextRun(of: rows) { rows, user in
          guard everyone || hashes.contains(user.map(StableHash.user) ?? 0) else { return }
          if let user, user.count > 0 {
            add(rows, times: times, areEntries: areEntries, user: user)
          } else {
            for row in rows where rowMarks.base[Int(row)] != 0 { rowsWithoutUser += 1 }
          }
        }
      }
    }
  }

  /// Adds those of `rows`, all of one user, that fill a step.
  @inline(__always)
  private mutating func add(
    _ rows: UnsafeBufferPointer<UInt32>, times: UnsafeBufferPointer<Int64>,
    areEntries: UnsafeBufferPointer<Bool>, user: UnsafeRawBufferPointer
  ) {
    let marks = rowMarks.base
    let places = events.reserve(rows.count)
    let base = events.baseTime
    var count = 0
    var offsets: UInt64 = 0
    // Every row is written, and the next one takes its place unless it counts: no branch to guess.
    for row in rows {
      let mark = marks[Int(row)]
      let offset = UInt64(bitPattern: times[Int(row)] &- base)
      places.events[count] = offset << PackedEvent.markBits | UInt64(mark)
      offsets |= offset
      count += mark == 0 ? 0 : 1
    }
    if !rowValues.isEmpty { collectValues(of: rows, places.values) }
    if offsets >= PackedEvent.timeLimit { isSpread = true }
    guard count > 0 else { return }
    let (kept, hasEntry) = thin(places.events, count, areEntries)
    events.commit(kept, user: user, isFlagged: hasEntry)
  }

  /// Writes the values of the marked rows.
  private func collectValues(
    of rows: UnsafeBufferPointer<UInt32>, _ target: UnsafeMutablePointer<UInt32>
  ) {
    var count = 0
    for row in rows where rowMarks.base[Int(row)] != 0 {
      target[count] = rowValues[Int(row)]
      count += 1
    }
  }

  /// Takes out the inner ones of entries that follow one another; tells whether there is an entry.
  @inline(__always)
  private func thin(
    _ events: UnsafeMutablePointer<UInt64>, _ count: Int, _ areEntries: UnsafeBufferPointer<Bool>
  ) -> (count: Int, hasEntry: Bool) {
    var hasEntry = false
    var kept = 0
    var last = UInt64.max
    var secondLast = UInt64.max
    let thinned = UInt64(thinnedMark)
    for index in 0..<count {
      let event = events[index]
      let mark = event & PackedEvent.markMask
      hasEntry = hasEntry || areEntries[Int(mark)]
      // The third of three takes the place of the second.
      kept -= mark == thinned && last == thinned && secondLast == thinned ? 1 : 0
      events[kept] = event
      kept += 1
      secondLast = last
      last = mark
    }
    return (kept, hasEntry)
  }
}
