// Boils a segment down to the events that fill steps.

import CKernels
import Columnar
import EvtCore
import Query

/// Which of a user's events need not be kept.
enum EventThinning: Sendable {
  /// All are kept.
  case none
  /// Of events that fill step 1 alone and follow one another with nothing between, the first and
  /// the last are enough: the first may be all that a user did, and for what comes later the last
  /// start dominates. That nothing is between must hold for the whole store.
  case innerEntries
  /// There are two steps, and of the events between two of these instants, which ascend, the first
  /// one of step 1 and the last one of step 2 are enough; that is, to have some event of step 2 not
  /// before one of step 1 is all that matters.
  case stretches(cuts: [Int64])
}

/// What is wanted of each segment.
struct StepCollection: Sendable {
  var plan: StepPlan
  var masks: SharedStepMasks
  var range: TimeRange
  var filter: BoundPredicate?
  var breakdown: Breakdown?
  var thinning: EventThinning
  /// Only users with such a hash are wanted; rows without a user count as hash 0.
  var hashes: ClosedRange<UInt64>
  var budget: MemoryBudget
}

/// What a segment holds of that.
struct CollectedSegment: Sendable {
  var events: UserEvents
  /// The values of the breakdown that `events` numbers.
  var values: BreakdownValues?
  /// Rows that fill a step but have no user.
  var rowsWithoutUser: Int
}

/// Decodes and filters one segment into the list of its users' events.
struct StepCollector: ~Copyable {
  private let reader: SegmentReader
  private let collection: StepCollection
  /// The users' events so far.
  private var events: UserEventsBuilder
  /// Rows that fill a step but have no user.
  private var rowsWithoutUser = 0
  /// By code of the event column's dictionary: the steps filled without condition.
  private var dictionaryMarks: [UInt32] = []
  /// By row of the block: the steps that its event fills, if it is selected.
  private var rowMarks = GrowableBuffer<UInt32>(capacity: Limits.blockRowsMax)
  /// The events of the block that fill a step, in the order of rows.
  private var packed = GrowableBuffer<UInt64>(capacity: Limits.blockRowsMax)
  private var joiner: StepJoiner
  private var breakdown: BreakdownEncoder?
  /// By row of the block: the number of its value of the breakdown; empty without one.
  private var rowValues: [UInt32] = []
  /// Those of the packed events.
  private var packedValues: [UInt32] = []
  /// The mark of events that fill step 1 and nothing else, if runs of them may be thinned out.
  private let thinnedMark: UInt32
  /// Where stretches begin within the segment, as times since its first, if these mean anything.
  private let cuts: [UInt64]
  private let hasStretches: Bool
  /// What every user has in the segment, if that is known without looking at events.
  private let markOfEveryone: UInt32?
  /// What of the list's memory the budget knows.
  private var accountedBytes = 0

  /// Creates the collector of a segment.
  /// - Parameter isAlone: whether no other segment has events between the first and the last of it.
  init(_ reader: SegmentReader, _ collection: StepCollection, isAlone: Bool) {
    self.reader = reader
    self.collection = collection
    let footer = reader.footer
    let eventsMax = collection.eventsMax(
      rows: footer.rowCount, users: footer.userCount, from: footer.minTime, to: footer.maxTime,
      events: footer.events?.lazy.map { ($0.name, $0.count) })
    markOfEveryone = collection.markOfEveryone(from: footer.minTime, to: footer.maxTime)
    events = UserEventsBuilder(
      baseTime: footer.minTime, hasValues: collection.breakdown != nil,
      users: collection.share(of: min(eventsMax, footer.userCount)),
      events: collection.share(of: eventsMax))
    breakdown = collection.breakdown.map { BreakdownEncoder($0) }
    joiner = StepJoiner(collection.masks)
    thinnedMark = isAlone ? collection.thinnedMark : .max
    let cuts = collection.cuts(from: footer.minTime, to: footer.maxTime)
    self.cuts = cuts ?? []
    hasStretches = cuts != nil
  }

  /// Collects all blocks.
  consuming func collect() throws -> CollectedSegment {
    if let markOfEveryone {
      try collectUsers(mark: markOfEveryone)
      return CollectedSegment(events: events.finish(), rowsWithoutUser: rowsWithoutUser)
    }
    if let event = reader.footer.column(role: .event),
      let dictionary = try reader.dictionary(column: event)
    {
      dictionaryMarks = marks(of: dictionary)
    }
    let request = ScanRequest(
      range: collection.range, filter: collection.filter, events: collection.plan.events,
      fields: (collection.breakdown?.fields ?? []) + [.canonical(.event)],
      marks: collection.plan.conditionals.map(\.predicate), needsTimes: true, needsUsers: true,
      userHashes: collection.hashes)
    try scan(reader, request) { block in try take(block) }
    let values = breakdown?.values
    return CollectedSegment(
      events: events.finish(), values: values, rowsWithoutUser: rowsWithoutUser)
  }

  /// Collects one event of `mark` for each user, at the first instant of the segment, which is as
  /// good as any other.
  private mutating func collectUsers(mark: UInt32) throws {
    let hashes = collection.hashes
    let request = ScanRequest(
      range: collection.range, needsUsers: true, userHashes: hashes)
    try scan(reader, request) { block in
      block.users.forEachTextRun { rows, user in
        let hash = user.map(StableHash.user) ?? 0
        guard hashes.contains(hash) else { return }
        guard let user, user.count > 0 else {
          rowsWithoutUser += rows.count
          return
        }
        events.reserve(1).events[0] = UInt64(mark)
        events.commit(1, user: user, isFlagged: true, hash: hash)
      }
      try account()
    }
  }

  private func marks(of events: TextList) -> [UInt32] {
    (0..<events.count).map { collection.plan.mask(of: events[$0]) }
  }

  private mutating func take(_ block: borrowing ScanBlock) throws {
    let event = block.columns[block.columns.count - 1]
    guard event.uniformKind == .text, event.codes.count == block.rowCount,
      block.times.count == block.rowCount
    else { throw SegmentDamage("block \(block.block): rows without event or time") }
    mark(event)
    for (conditional, rows) in zip(collection.plan.conditionals, block.marks) {
      for row in rows.rows {
        rowMarks.base[Int(row)] = try joiner.join(
          rowMarks.base[Int(row)], step: conditional.step)
      }
    }
    breakdown?.encode(block, into: &rowValues)
    guard let marked = pack(block.mask, times: block.times) else {
      throw SegmentDamage("block \(block.block) of timestamp: not of the segment's day")
    }
    gather(marked, users: block.users)
    try account()
  }

  /// Reports how much memory the list takes by now.
  private mutating func account() throws {
    let bytes = events.allocatedBytes
    guard collection.budget.take(bytes - accountedBytes) else { throw ListsTooLarge() }
    accountedBytes = bytes
    if events.isTooLarge { throw ListsTooLarge() }
  }

  /// Sets `rowMarks` to the steps that the event of each row fills without condition.
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

  /// Fills `packed` with those of `rows` that fill a step, and returns which these are; nil when
  /// one lies too far from the first event for a segment of one day.
  private mutating func pack(_ rows: RowMask, times: [Int64]) -> RowMask? {
    packed.truncate(to: 0)
    packed.reserve(rows.rowCount)
    let (marks, target, base) = (rowMarks.base, packed.base, events.baseTime)
    var farthest: UInt64 = 0
    let marked = RowMask(rows) { marked in
      rows.words.withUnsafeBufferPointer { rows in
        times.withUnsafeBufferPointer { times in
          packed.count = evt_pack_events(
            times.baseAddress, marks, rows.baseAddress, times.count, base,
            UInt32(PackedEvent.markBits), target, marked, &farthest)
        }
      }
    }
    if breakdown != nil { packedValues = marked.rows.map { rowValues[Int($0)] } }
    return farthest < PackedEvent.timeLimit ? marked : nil
  }

  /// Adds the packed events, those of the rows `marked`, to the lists of their users.
  private mutating func gather(_ marked: RowMask, users: ColumnVector) {
    let hashes = collection.hashes
    let everyone = hashes == 0 ... .max
    let areEntries = joiner.areEntries
    var next = 0
    areEntries.withUnsafeBufferPointer { areEntries in
      marked.words.withUnsafeBufferPointer { words in
        users.forEachTextRun { rows, user in
          let first = next
          next += words.bitCount(in: rows)
          guard first < next, everyone || hashes.contains(user.map(StableHash.user) ?? 0) else {
            return
          }
          if let user, user.count > 0 {
            add(first..<next, areEntries, user: user)
          } else {
            rowsWithoutUser += next - first
          }
        }
      }
    }
  }

  /// Adds the packed events `range`, all of one user.
  @inline(__always)
  private mutating func add(
    _ range: Range<Int>, _ areEntries: UnsafeBufferPointer<Bool>, user: UnsafeRawBufferPointer
  ) {
    let places = events.reserve(range.count)
    for place in range where !packedValues.isEmpty {
      places.values[place - range.lowerBound] = packedValues[place]
    }
    let source = packed.base + range.lowerBound
    let (kept, hasEntry) =
      hasStretches
      ? thinStretches(source, range.count, into: places.events)
      : thin(source, range.count, into: places.events, areEntries)
    events.commit(kept, user: user, isFlagged: hasEntry)
  }

  /// Copies `events` but the inner ones of entries that follow one another; tells how many are left
  /// and whether there is an entry.
  @inline(__always)
  private func thin(
    _ events: UnsafeMutablePointer<UInt64>, _ count: Int,
    into target: UnsafeMutablePointer<UInt64>, _ areEntries: UnsafeBufferPointer<Bool>
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
      target[kept] = event
      kept += 1
      secondLast = last
      last = mark
    }
    return (kept, hasEntry)
  }

  /// Copies `events` but those that their stretch does not need; tells how many are left and
  /// whether there is an entry.
  private func thinStretches(
    _ events: UnsafeMutablePointer<UInt64>, _ count: Int,
    into target: UnsafeMutablePointer<UInt64>
  ) -> (count: Int, hasEntry: Bool) {
    var hasEntry = false
    var kept = 0
    // Whether the last event kept is of step 2 and can be replaced by a later one.
    var isReplaceable = false
    var cut = 0
    for index in 0..<count {
      let event = events[index]
      while cut < cuts.count, event >> PackedEvent.markBits >= cuts[cut] {
        cut += 1
        isReplaceable = false
      }
      if event & 1 != 0, !hasEntry {
        hasEntry = true
        isReplaceable = false
      } else if event & 2 != 0 {
        if isReplaceable { kept -= 1 }
        isReplaceable = true
      } else {
        continue
      }
      target[kept] = event
      kept += 1
    }
    return (kept, hasEntry)
  }
}

extension StepCollection {
  /// At most about so many events are collected of a segment with so many rows and users between
  /// two instants, as far as the numbers of its events tell.
  func eventsMax(
    rows: Int, users: Int, from least: Int64, to greatest: Int64,
    events: (some Sequence<(name: String, count: UInt64)>)?
  ) -> Int {
    let rowsMax = events.map { plan.rowsMax(rowCount: rows, events: $0) } ?? rows
    guard let cuts = cuts(from: least, to: greatest) else { return rowsMax }
    // Two for each stretch of a user; those who go on in the next block may have more.
    let runs = min(users, Limits.segmentRowsMax) + Limits.segmentRowsMax / Limits.blockRowsMax
    return min(rowsMax, runs * 2 * (cuts.count + 1))
  }

  /// How many of `count` things of users belong to those of the wanted hashes, about.
  fileprivate func share(of count: Int) -> Int {
    let width = Double(hashes.upperBound - hashes.lowerBound)
    return min(count, Int(Double(count) * (width / 0x1p64)) + 1)
  }

  /// The mark of the entries of which the inner ones are not kept. A breakdown may tell them apart.
  fileprivate var thinnedMark: UInt32 {
    if case .innerEntries = thinning, breakdown == nil { return plan.entryMask }
    return .max
  }

  /// Where stretches begin between two instants, as times since the first; nil if these mean
  /// nothing, or a breakdown may tell the events of one apart.
  fileprivate func cuts(from least: Int64, to greatest: Int64) -> [UInt64]? {
    guard case .stretches(let cuts) = thinning, breakdown == nil else { return nil }
    return cuts.filter { $0 > least && $0 <= greatest }.map { UInt64(bitPattern: $0 &- least) }
  }

  /// What every user has who has any row between two instants, when that follows from the question
  /// alone: every event is of the same steps, and it makes no difference which of the times it has.
  func markOfEveryone(from least: Int64, to greatest: Int64) -> UInt32? {
    guard filter == nil, breakdown == nil, case .stretches(let cuts) = thinning,
      range.covers(least: least, greatest: greatest),
      !cuts.contains(where: { $0 > least && $0 <= greatest })
    else { return nil }
    return plan.markOfEveryEvent
  }
}

extension UnsafeBufferPointer<UInt64> {
  /// How many bits are set among `bits`, which are not empty; 64 a word, least significant first.
  @inline(__always)
  fileprivate func bitCount(in bits: Range<Int>) -> Int {
    let (first, last) = (bits.lowerBound >> 6, (bits.upperBound - 1) >> 6)
    let fromFirst: UInt64 = ~0 << UInt64(bits.lowerBound & 63)
    let toLast: UInt64 = ~0 >> UInt64(63 - (bits.upperBound - 1) & 63)
    if first == last { return (self[first] & fromFirst & toLast).nonzeroBitCount }
    var count = (self[first] & fromFirst).nonzeroBitCount + (self[last] & toLast).nonzeroBitCount
    for word in first + 1..<last { count += self[word].nonzeroBitCount }
    return count
  }
}
