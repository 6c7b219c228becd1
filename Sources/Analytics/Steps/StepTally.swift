// Finds the rows of many steps in one scan.

import Columnar
import EvtCore
import Query
import Synchronization

/// What is kept of the times of matching rows. The order in which they come must not matter.
protocol TimeTally: Sendable {
  /// Adds `count` rows at `time`.
  mutating func add(_ time: Int64, count: Int)
  /// Adds the rows of `other`.
  mutating func add(_ other: Self)
  /// Whether it makes no difference which of the times least...greatest a row has.
  func isIndifferent(least: Int64, greatest: Int64) -> Bool
}

extension StepSelection {
  /// Returns `empty`, one tally a step, with the times within `range` of the rows of each step.
  /// Segments of which the metadata tells enough are not opened.
  /// - Throws: the error of the source.
  func tally<Tally: TimeTally>(
    into empty: [Tally], range: TimeRange, source: some QuerySource, pool: WorkerPool
  ) throws -> [Tally] {
    precondition(empty.count == tests.count, "BUG: a tally is missing")
    let total = SharedTallies(empty)
    let summaries = source.summaries
    let wanted = summaries.indices.filter { index in
      range.overlaps(least: summaries[index].minTime, greatest: summaries[index].maxTime)
    }
    _ = try pool.map(count: wanted.count) { number in
      let index = wanted[number]
      if let part = tally(of: summaries[index], into: empty, range: range) {
        total.add(part)
        return
      }
      total.add(
        try source.reading(segment: index) { reader in
          var segment = SegmentTally(selection: self, tallies: empty)
          try segment.scan(reader, range: range)
          return segment.tallies
        })
    }
    return total.tallies
  }

  /// The tallies of a segment when its summary is enough.
  private func tally<Tally: TimeTally>(
    of summary: SegmentSummary, into empty: [Tally], range: TimeRange
  ) -> [Tally]? {
    let (least, greatest) = (summary.minTime, summary.maxTime)
    guard conditions.isEmpty, let events = summary.events,
      range.covers(least: least, greatest: greatest),
      empty.allSatisfy({ $0.isIndifferent(least: least, greatest: greatest) })
    else { return nil }
    var tallies = empty
    for event in events {
      for step in tests.indices where tests[step].matches(event.name) {
        tallies[step].add(least, count: Int(clamping: event.count))
      }
    }
    return tallies
  }
}

extension StepSelection.Test {
  /// Whether every row of the event `name` matches.
  fileprivate func matches(_ name: String) -> Bool {
    switch self {
    case .any: true
    case .events(let names): names.contains(ExactText(name))
    case .condition: false
    }
  }
}

/// The tallies of one segment, block by block.
private struct SegmentTally<Tally: TimeTally> {
  let selection: StepSelection
  var tallies: [Tally]
  /// By code of the segment's dictionary of events: the steps that every such row matches.
  private var dictionarySteps: [[Int]]?

  init(selection: StepSelection, tallies: [Tally]) {
    self.selection = selection
    self.tallies = tallies
  }

  mutating func scan(_ reader: SegmentReader, range: TimeRange) throws {
    let request = ScanRequest(
      range: range, events: selection.events.map { $0.map(\.text) }, fields: [.canonical(.event)],
      marks: selection.conditions, needsTimes: true)
    try Query.scan(reader, request) { try add($0) }
  }

  private mutating func add(_ block: borrowing ScanBlock) throws {
    let event = block.columns[0]
    guard event.uniformKind == .text, event.codes.count == block.rowCount,
      block.times.count == block.rowCount
    else { throw SegmentDamage("block \(block.block): rows without event or time") }
    let steps = steps(by: event)
    if let selected = block.selectedRows {
      for row in selected { add(block.times[Int(row)], to: steps[Int(event.codes[Int(row)])]) }
    } else {
      for row in 0..<block.rowCount { add(block.times[row], to: steps[Int(event.codes[row])]) }
    }
    for (step, test) in selection.tests.enumerated() {
      guard case .condition(let number) = test else { continue }
      for row in block.marks[number].rows { tallies[step].add(block.times[Int(row)], count: 1) }
    }
  }

  @inline(__always)
  private mutating func add(_ time: Int64, to steps: [Int]) {
    for step in steps { tallies[step].add(time, count: 1) }
  }

  /// By code of `event`: the steps that every such row matches.
  private mutating func steps(by event: ColumnVector) -> [[Int]] {
    if event.usesSegmentDictionary, let known = dictionarySteps, known.count == event.texts.count {
      return known
    }
    let tests = selection.tests
    let steps = (0..<event.texts.count).map { code in
      let name = event.texts[code]
      return tests.indices.filter { tests[$0].matches(name) }
    }
    if event.usesSegmentDictionary { dictionarySteps = steps }
    return steps
  }
}

/// Tallies that several threads add to.
private final class SharedTallies<Tally: TimeTally>: Sendable {
  private let state: Mutex<[Tally]>

  init(_ empty: [Tally]) { state = Mutex(empty) }

  var tallies: [Tally] { state.withLock { $0 } }

  func add(_ part: [Tally]) {
    state.withLock { total in for step in total.indices { total[step].add(part[step]) } }
  }
}
