// Cohorts by brute force: every cell from the rows themselves.

import EvtCore
import Query
import TestSupport

@testable import Analytics

/// Answers a `CohortQuery` by looking at all events of each user for each cell.
struct NaiveCohort {
  var query: CohortQuery
  /// Those that meet the filter.
  var rows: [TestEvent]
  var meets: (TestEvent, EventStep.Condition) -> Bool
  /// The value of the breakdown.
  var value: (TestEvent) -> ResultValue
  /// The values in their order.
  var values: [ResultValue]

  /// What is known of one user.
  private struct User {
    var start: Int64
    var value: ResultValue
    /// The times of all events that could be returns.
    var returns: [Int64]
  }

  /// The answer.
  var result: CohortResult {
    let periods: [ResultValue] =
      query.windows.isEmpty
      ? (0..<query.periods).map { .int(Int64($0)) } : query.windows.map { .text($0.name) }
    let users = users
    var result = CohortResult(
      periods: periods, all: table(users), groups: [], remainingGroups: 0, remainingUsers: 0,
      eventsWithoutUser: eventsWithoutUser, warnings: [])
    guard query.breakdown != nil else { return result }
    let groups = values.map { value in (value, users.filter { $0.value == value }) }
      .filter { !$0.1.isEmpty }.enumerated()
      .sorted { ($1.element.1.count, $0.offset) < ($0.element.1.count, $1.offset) }.map(\.element)
    result.groups = groups.prefix(query.top).map { CohortGroup(value: $0.0, table: table($0.1)) }
    result.remainingGroups = groups.dropFirst(query.top).count
    result.remainingUsers = groups.dropFirst(query.top).reduce(0) { $0 + $1.1.count }
    return result
  }

  // MARK: - Users

  private var observed: [TestEvent] {
    rows.filter { row in query.range.until.map { row.time < $0 } ?? true }
  }

  private func matches(_ row: TestEvent, _ step: EventStep) -> Bool {
    step.alternatives.contains { alternative in
      (alternative.event == nil || alternative.event == row.event)
        && alternative.condition.map { meets(row, $0) } ?? true
    }
  }

  private var eventsWithoutUser: Int {
    observed.count { row in
      (row.user ?? "").isEmpty
        && (matches(row, query.start.step) || matches(row, query.comeback.step))
    }
  }

  private var users: [User] {
    let byUser = Dictionary(grouping: observed.filter { !($0.user ?? "").isEmpty }) { $0.user }
    return byUser.values.compactMap { events in
      let starts = events.filter { matches($0, query.start.step) }
      guard let start = starts.map(\.time).min() else { return nil }
      if let since = query.range.since, start < since { return nil }
      let openers = starts.filter { $0.time == start }.map(value)
      return User(
        start: start, value: values.first(where: openers.contains) ?? .null,
        returns: events.filter { $0.time >= start && matches($0, query.comeback.step) }
          .map(\.time))
    }
  }

  // MARK: - Cells

  private var calendar: CalendarBuckets {
    let unit: CalendarBuckets.Unit =
      switch query.interval {
      case .hour: .minutes(60)
      case .day: .day
      case .week: .week(query.weekStart)
      case .month: .month
      }
    return CalendarBuckets(unit, zone: query.zone)
  }

  private var length: Int64 {
    switch query.interval {
    case .hour: 3_600_000_000_000
    case .day: 86_400_000_000_000
    case .week, .month: 7 * 86_400_000_000_000
    }
  }

  private var observationEnd: Int64 { min(query.range.until ?? query.now, query.now) }

  private func bucket(_ period: Int, from start: Int64) -> ClosedRange<Int64> {
    var bucket = calendar.bucket(containing: start)
    for _ in 0..<period { bucket = calendar.bucket(containing: bucket.upperBound + 1) }
    return bucket
  }

  /// The instants of `period` for a user who began at `start`, half-open.
  private func span(_ period: Int, from start: Int64) -> (begin: Int64, end: Int64) {
    if !query.windows.isEmpty {
      return (start + query.windows[period].from, start + query.windows[period].to)
    }
    if query.clock == .rolling {
      return (start + Int64(period) * length, start + Int64(period + 1) * length)
    }
    let bucket = bucket(period, from: start)
    return (bucket.lowerBound, bucket.upperBound + 1)
  }

  private func isRetained(_ user: User, _ period: Int) -> Bool {
    let (begin, end) = span(period, from: user.start)
    let isAfter = query.windows.isEmpty && query.mode == .after
    return user.returns.contains { $0 >= begin && (isAfter || $0 < end) }
  }

  private func table(_ users: [User]) -> CohortTable {
    let cohorts = Dictionary(grouping: users) { calendar.bucket(containing: $0.start) }
    let rows = cohorts.sorted { $0.key.lowerBound < $1.key.lowerBound }.map { row($0, $1) }
    let count = query.windows.isEmpty ? query.periods : query.windows.count
    return CohortTable(rows: rows, means: (0..<count).map { mean(rows, $0) })
  }

  private func row(_ bucket: ClosedRange<Int64>, _ users: [User]) -> CohortRow {
    let count = query.windows.isEmpty ? query.periods : query.windows.count
    var row = CohortRow(start: bucket.lowerBound, size: users.count, cells: [])
    for period in 0..<count {
      let begin = span(period, from: bucket.lowerBound).begin
      let end = span(period, from: bucket.upperBound).end
      if end > observationEnd {
        row.cells.append(
          CohortCell(state: begin < observationEnd ? .inProgress : .notObservable))
        continue
      }
      let retained = users.count { isRetained($0, period) }
      row.cells.append(CohortCell(state: .complete, retained: retained))
      row.cells[period].rate = share(retained, base(row, period))
    }
    return row
  }

  private func base(_ row: CohortRow, _ period: Int) -> Int? {
    query.reference == .prev && period > 0 ? row.cells[period - 1].retained : row.size
  }

  private func share(_ part: Int, _ whole: Int?) -> Double? {
    guard let whole, whole > 0 else { return nil }
    return 100 * Double(part) / Double(whole)
  }

  private func mean(_ rows: [CohortRow], _ period: Int) -> Double? {
    let complete = rows.filter { $0.cells[period].state == .complete && base($0, period) != nil }
    if query.mean == .simple {
      let rates = complete.compactMap { $0.cells[period].rate }
      return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }
    let part = complete.reduce(0) { $0 + ($1.cells[period].retained ?? 0) }
    return share(part, complete.reduce(0) { $0 + (base($1, period) ?? 0) })
  }
}
