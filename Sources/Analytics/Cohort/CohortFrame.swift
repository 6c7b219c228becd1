// The buckets and periods of a cohort answer, and which of them are over.

import EvtCore

/// Tells which cohort an instant begins, in which period another one lies, and whether a period can
/// be judged yet.
struct CohortFrame: Sendable {
  /// How periods are told.
  enum Periods: Sendable {
    /// By the buckets of the calendar.
    case buckets
    /// By so many nanoseconds of elapsed time each.
    case elapsed(Int64)
    /// By windows of elapsed time.
    case windows([CohortWindow])
  }

  let periods: Periods
  /// The periods that an answer has.
  let periodCount: Int
  /// The periods in which somebody can be: the first of those.
  let countedPeriods: Int
  /// The buckets in which users begin, and behind these the ones of later periods as far as they
  /// are observed.
  let buckets: [ClosedRange<Int64>]
  /// How many of the buckets can be cohorts.
  let cohortCount: Int
  /// The first instant that was not observed.
  let observationEnd: Int64
  /// Slots of this length from the first bucket on, and the bucket of the first instant of each.
  private let slotLength: UInt64
  private let slots: [UInt32]

  /// Cells, cohorts times periods, that an answer may have.
  static let cellsMax = 1_000_000

  /// Creates the frame of the cohorts that begin in `span`.
  /// - Throws: `AnalyticsError.invalid` when there would be too many.
  init(
    _ periods: Periods, count periodCount: Int, calendar: CalendarBuckets,
    span: ClosedRange<Int64>, observationEnd: Int64
  ) throws(AnalyticsError) {
    self.periods = periods
    self.periodCount = periodCount
    self.observationEnd = observationEnd
    let length = UInt64(bitPattern: span.upperBound &- span.lowerBound)
    let expected = Int(length / UInt64(calendar.unit.nominalNanoseconds)) + 1
    try Self.check(cohorts: expected, periods: min(periodCount, expected))
    var buckets = [calendar.bucket(containing: span.lowerBound)]
    Self.extend(&buckets, calendar, to: span.upperBound, count: .max)
    cohortCount = buckets.count
    Self.extend(&buckets, calendar, to: observationEnd, count: cohortCount + periodCount - 1)
    self.buckets = buckets
    switch periods {
    case .buckets: countedPeriods = min(periodCount, cohortCount)
    case .elapsed(let period):
      countedPeriods = Int(min(UInt64(periodCount), length / UInt64(period) + 1))
    case .windows: countedPeriods = periodCount
    }
    try Self.check(cohorts: cohortCount, periods: countedPeriods)
    slotLength = UInt64(calendar.unit == .hour ? 3_600_000_000_000 : UTCDay.nanoseconds)
    slots = Self.slots(of: buckets[..<cohortCount], length: slotLength)
  }

  /// Appends the buckets that follow, until one holds `end` or there are `count`.
  private static func extend(
    _ buckets: inout [ClosedRange<Int64>], _ calendar: CalendarBuckets, to end: Int64, count: Int
  ) {
    while let last = buckets.last, last.upperBound < end, buckets.count < count {
      buckets.append(calendar.bucket(containing: last.upperBound + 1))
    }
  }

  private static func slots(
    of buckets: ArraySlice<ClosedRange<Int64>>, length: UInt64
  ) -> [UInt32] {
    guard let first = buckets.first, let last = buckets.last else { return [] }
    let span = UInt64(bitPattern: last.upperBound &- first.lowerBound)
    var bucket = 0
    return (0...span / length).map { slot in
      let instant = first.lowerBound &+ Int64(bitPattern: slot * length)
      while buckets[bucket].upperBound < instant { bucket += 1 }
      return UInt32(bucket)
    }
  }

  /// Makes sure that the answer is not longer than anybody reads.
  static func check(cohorts: Int, periods: Int) throws(AnalyticsError) {
    let (cells, overflow) = cohorts.multipliedReportingOverflow(by: periods)
    guard overflow || cells > cellsMax else { return }
    throw .invalid(
      "\(cohorts) cohorts of \(periods) periods are more than the \(cellsMax) cells that an answer"
        + " has at most: take a coarser --every, fewer --periods, or a shorter range with --last"
        + " or --since")
  }

  /// The bucket that holds `instant`, which lies in one that can be a cohort.
  @inline(__always)
  func bucket(of instant: Int64) -> Int {
    let slot = UInt64(bitPattern: instant &- buckets[0].lowerBound) / slotLength
    var bucket = Int(slots[Int(slot)])
    while buckets[bucket].upperBound < instant { bucket += 1 }
    return bucket
  }

  /// Where one bucket ends and another begins, and `since`, if that is none of these: between two
  /// such instants it makes no difference when a user began or came back. Nil when it always does.
  func cuts(since: Int64?) -> [Int64]? {
    guard case .buckets = periods else { return nil }
    let starts = buckets[..<cohortCount].map(\.lowerBound)
    guard let since, since > buckets[0].lowerBound else { return starts }
    return [starts[0], since] + starts.dropFirst()
  }

  /// Whether `period` of the cohort of bucket `cohort` is over for all users that could be in it.
  func state(cohort: Int, period: Int) -> CohortCell.State {
    let (begin, end) = extent(cohort: cohort, period: period)
    guard let begin, begin < observationEnd else { return .notObservable }
    guard let end, end <= observationEnd else { return .inProgress }
    return .complete
  }

  /// The first instant of the period for the first user that can be in the cohort, and the first
  /// one behind it for the last; nil where time does not reach.
  private func extent(cohort: Int, period: Int) -> (begin: Int64?, end: Int64?) {
    switch periods {
    case .buckets:
      guard cohort + period < buckets.count else { return (nil, nil) }
      let bucket = buckets[cohort + period]
      return (bucket.lowerBound, Self.sum(bucket.upperBound, 1))
    case .elapsed(let length):
      let from = Self.product(Int64(period), length)
      let to = Self.product(Int64(period) + 1, length)
      return (
        from.flatMap { Self.sum(buckets[cohort].lowerBound, $0) },
        to.flatMap { Self.sum(buckets[cohort].upperBound, $0) }
      )
    case .windows(let windows):
      return (
        Self.sum(buckets[cohort].lowerBound, windows[period].from),
        Self.sum(buckets[cohort].upperBound, windows[period].to)
      )
    }
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64? {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : sum
  }

  private static func product(_ left: Int64, _ right: Int64) -> Int64? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : product
  }
}
