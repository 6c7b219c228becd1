// Counts the users of merged event lists into cohorts.

import EvtCore

/// What the pure part of a cohort question needs besides the events.
struct CohortRules: Sendable {
  /// The marks of events: bit 0 stands for the start, bit 1 for the return.
  static let startMark: UInt32 = 1
  static let returnMark: UInt32 = 2

  var frame: CohortFrame
  var mode: CohortMode
  /// Users who began before it are in no cohort.
  var since: Int64?
}

/// Finds out for one user after the other to which cohort and periods the user belongs.
struct CohortCount {
  private let rules: CohortRules
  private let ranks: [UInt32]?
  private var tally: CohortTally
  /// By bucket, the row of its cohort, if there is no breakdown; -1 where nobody began yet.
  private var rows: [Int32]

  private init(_ rules: CohortRules, ranks: [UInt32]?) {
    self.rules = rules
    self.ranks = ranks
    tally = CohortTally(periodCount: rules.frame.countedPeriods)
    rows = ranks == nil ? [Int32](repeating: -1, count: rules.frame.cohortCount) : []
  }

  /// Counts all users of `lists`, which stand in the order of time where they can; users with a
  /// start are flagged, values number the breakdown.
  /// - Parameters:
  ///   - hashes: only users with such a hash are looked at.
  ///   - ranks: by value, its place in the order of values; nil without a breakdown.
  /// - Throws: `AnalyticsError.invalid` when there are too many groups.
  static func tally(
    of lists: [UserEvents], hashes: ClosedRange<UInt64> = 0 ... .max, rules: CohortRules,
    ranks: [UInt32]?, pool: WorkerPool
  ) throws -> CohortTally {
    // Ranges whose entries fit a core's cache, several a job: a job has a tally of its own.
    let entries = lists.reduce(0) { $0 + $1.userCount }
    let ranges = hashes.cut(into: max(pool.threads * 4, min(entries / 16_384, 1_024)))
    let jobs = min(ranges.count, pool.threads * 4)
    let parts = try pool.map(count: jobs) { job in
      var count = CohortCount(rules, ranks: ranks)
      var merge = UserMerge(lists: lists)
      for range in ranges[(ranges.count * job / jobs)..<(ranges.count * (job + 1) / jobs)] {
        merge.forEachUser(in: range) { merge, entries in
          guard merge.isFlagged(entries) else { return }
          merge.gather(entries)
          count.add(merge.timeline)
        }
        try count.tally.checkSize()
      }
      return count.tally
    }
    var total = CohortTally(periodCount: rules.frame.countedPeriods)
    for part in parts { try total.add(part) }
    return total
  }

  /// Adds one user.
  @inline(__always)
  private mutating func add(_ timeline: borrowing UserTimeline) {
    let times = timeline.times.elements
    let marks = timeline.marks.elements
    var first = 0
    while first < times.count, marks[first] & CohortRules.startMark == 0 { first += 1 }
    guard first < times.count else { return }
    let start = times[first]
    if let since = rules.since, start < since { return }
    let cohort = rules.frame.bucket(of: start)
    let row = row(cohort, timeline, start: first)
    tally.add(userTo: row)
    // What happened in the same instant may have happened after it.
    while first > 0, times[first - 1] == start { first -= 1 }
    switch rules.frame.periods {
    case .buckets:
      let frame = rules.frame
      addPeriods(row, times, marks, from: first) { frame.bucket(of: $0) &- cohort }
    case .elapsed(let length):
      let length = UInt64(length)
      addPeriods(row, times, marks, from: first) { time in
        Int(UInt64(bitPattern: time &- start) / length)
      }
    case .windows(let windows):
      for (period, window) in windows.enumerated() {
        let isRetained = (first..<times.count).contains { index in
          let elapsed = UInt64(bitPattern: times[index] &- start)
          return marks[index] & CohortRules.returnMark != 0
            && elapsed >= UInt64(window.from) && elapsed < UInt64(window.to)
        }
        if isRetained { tally.add(to: row, period: period) }
      }
    }
  }

  /// Adds the user to the periods of the returns from event `first` on; with `after` to the last
  /// one of them alone, which stands for all before.
  @inline(__always)
  private mutating func addPeriods(
    _ row: Int, _ times: UnsafeBufferPointer<Int64>, _ marks: UnsafeBufferPointer<UInt32>,
    from first: Int, period: (Int64) -> Int
  ) {
    let end = rules.frame.countedPeriods
    var last = -1
    for index in first..<times.count where marks[index] & CohortRules.returnMark != 0 {
      let current = period(times[index])
      if current == last { continue }
      last = current
      if rules.mode == .on, current < end { tally.add(to: row, period: current) }
    }
    if rules.mode == .after, last >= 0 { tally.add(to: row, period: min(last, end - 1)) }
  }

  /// The row of the cohort of a user whose start is event `start`.
  @inline(__always)
  private mutating func row(
    _ cohort: Int, _ timeline: borrowing UserTimeline, start: Int
  ) -> Int {
    if let ranks { return groupRow(cohort, timeline, start: start, ranks) }
    if rows[cohort] < 0 { rows[cohort] = Int32(tally.row(of: .init(group: 0, cohort: cohort))) }
    return Int(rows[cohort])
  }

  /// Of several starts in one instant the one with the least value counts.
  private mutating func groupRow(
    _ cohort: Int, _ timeline: borrowing UserTimeline, start: Int, _ ranks: [UInt32]
  ) -> Int {
    let times = timeline.times.elements
    let marks = timeline.marks.elements
    let values = timeline.values.elements
    var group = values[start]
    var index = start + 1
    while index < times.count, times[index] == times[start] {
      if marks[index] & CohortRules.startMark != 0, ranks[Int(values[index])] < ranks[Int(group)] {
        group = values[index]
      }
      index += 1
    }
    return tally.row(of: .init(group: group, cohort: cohort))
  }
}
