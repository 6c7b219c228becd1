// What catalogue and footers can answer without reading a block.

import Columnar
import EvtCore

/// Splits an aggregation into what metadata answers and what must be scanned.
enum MetadataAnswer {
  /// The parts known from metadata, and the segments that must be scanned, in order.
  static func split(
    _ plan: AggregatePlan, _ source: any QuerySource
  ) throws -> (answered: [PartialResult], toScan: [Int]) {
    let summaries = source.summaries
    let segmentsByDay = Dictionary(grouping: summaries.indices) { summaries[$0].day }
    var answered: [PartialResult] = []
    var toScan: [Int] = []
    let shape = Shape(plan)
    for (index, summary) in summaries.enumerated() {
      guard plan.request.range.overlaps(least: summary.minTime, greatest: summary.maxTime),
        hasWantedEvent(summary, plan.request.events)
      else { continue }
      let isAlone = (segmentsByDay[summary.day]?.count ?? 0) == 1
      if let shape,
        let part = try shape.answer(
          summary, isAlone: isAlone, { try source.reading(segment: index) { $0.footer } })
      {
        answered.append(part)
        source.meter?.noteAnswered(segment: index)
      } else {
        toScan.append(index)
      }
    }
    return (answered, toScan)
  }

  private static func hasWantedEvent(_ summary: SegmentSummary, _ wanted: [String]?) -> Bool {
    guard let wanted, let events = summary.events else { return true }
    let names = Set(wanted.map { ExactText($0) })
    return events.contains { names.contains(ExactText($0.name)) }
  }

  /// A query that metadata may answer: counts by event and stretches of time, and users per day.
  private struct Shape {
    private enum Key {
      case event
      case bucket(GroupKey, CalendarBuckets)
    }

    private let keys: [Key]
    private let range: TimeRange
    private let events: Set<ExactText>?
    private let aggregates: [BoundAggregate]
    private let countsUsers: Bool

    init?(_ plan: AggregatePlan) {
      guard !plan.hasFilter else { return nil }
      var keys: [Key] = []
      for key in plan.keys {
        switch key.source {
        case .field(let index) where plan.request.fields[index].role == .event:
          keys.append(.event)
        case .timeBucket(_, let buckets, _):
          keys.append(.bucket(key, buckets))
        default: return nil
        }
      }
      self.keys = keys
      range = plan.request.range
      events = plan.request.events.map { Set($0.map { ExactText($0) }) }
      aggregates = plan.aggregates
      guard plan.aggregates.allSatisfy({ $0.countsRows || $0.countsUsers(plan) }) else {
        return nil
      }
      countsUsers = plan.aggregates.contains { !$0.countsRows }
      // Users of a day are known only over all its events.
      if countsUsers {
        guard events == nil, keys.count == 1, case .bucket = keys[0], !plan.unitesGroups else {
          return nil
        }
      }
    }

    /// The part of one segment, nil when it must be scanned.
    func answer(
      _ summary: SegmentSummary, isAlone: Bool, _ footer: () throws -> SegmentFooter
    ) throws -> PartialResult? {
      let isCovered = range.covers(least: summary.minTime, greatest: summary.maxTime)
      if isCovered, let times = times(summary.minTime...summary.maxTime) {
        if countsUsers {
          guard isAlone, case .bucket(_, let buckets) = keys[0],
            buckets.isDay(summary.day, at: summary.minTime)
          else { return nil }
        }
        return answer(summary, times)
      }
      guard !countsUsers, Self.isOnQuarter(range.since), Self.isOnQuarter(range.until) else {
        return nil
      }
      return try answer(footer())
    }

    /// Counts of quarter hours; nil when one of them lies in two buckets.
    private func answer(_ footer: SegmentFooter) -> PartialResult? {
      guard let events = footer.events else { return nil }
      var counts = CountGrid()
      var rows = [Int?](repeating: nil, count: 96)
      for event in events where isWanted(event.name) {
        let column = counts.column(hasEvents ? event.name : nil)
        for quarter in event.quarters where quarter.quarter < 96 {
          let number = Int(quarter.quarter)
          let start = footer.day.start &+ Int64(number) * UTCDay.quarterNanoseconds
          guard range.contains(start) else { continue }
          if rows[number] == nil {
            guard let times = times(start...(start &+ (UTCDay.quarterNanoseconds - 1))) else {
              return nil
            }
            rows[number] = counts.row(times)
          }
          if let row = rows[number] { counts.add(UInt64(quarter.count), row: row, column: column) }
        }
      }
      return part(counts, users: 0)
    }

    /// Counts of all rows of a segment, which lie in one bucket.
    private func answer(_ summary: SegmentSummary, _ times: [Value]) -> PartialResult? {
      var counts = CountGrid()
      let row = counts.row(times)
      if events == nil, !hasEvents {
        counts.add(summary.rowCount, row: row, column: counts.column(nil))
        return part(counts, users: summary.userCount)
      }
      guard let known = summary.events else { return nil }
      for event in known where isWanted(event.name) {
        counts.add(event.count, row: row, column: counts.column(hasEvents ? event.name : nil))
      }
      return part(counts, users: 0)
    }

    private func isWanted(_ event: String) -> Bool { events?.contains(ExactText(event)) ?? true }

    private var hasEvents: Bool { keys.contains { if case .event = $0 { true } else { false } } }

    /// The values of the keys that are times, for all instants of `span`; nil when they differ.
    private func times(_ span: ClosedRange<Int64>) -> [Value]? {
      var values: [Value] = []
      for case .bucket(let key, _) in keys {
        guard let value = key.value(of: span) else { return nil }
        values.append(value)
      }
      return values
    }

    private static func isOnQuarter(_ bound: Int64?) -> Bool {
      bound.map { $0 % UTCDay.quarterNanoseconds == 0 } ?? true
    }

    /// The counts as a part; `users` are those of its only group.
    private func part(_ counts: CountGrid, users: UInt64) -> PartialResult {
      var tables = [ValueTable](repeating: ValueTable(), count: keys.count)
      var codes: [UInt32] = []
      var rows: [UInt64] = []
      for (times, event, count) in counts.cells {
        rows.append(count)
        var times = times[...]
        for (index, key) in keys.enumerated() {
          switch key {
          case .event: codes.append(tables[index].code(.text(event ?? "")))
          case .bucket: codes.append(tables[index].code(times.popFirst() ?? .null))
          }
        }
      }
      // Without keys there is one group, also when nothing was added.
      if keys.isEmpty { rows = [rows.reduce(0, +)] }
      return PartialResult(
        keyValues: tables.map(\.values), groupCodes: codes, groupCount: rows.count, counts: rows,
        states: aggregates.map {
          $0.countsRows ? .rows : .countedEntities(rows.map { _ in users })
        })
    }
  }

  /// Counts by stretch of time and event.
  private struct CountGrid {
    private var rows: [[Value]] = []
    private var events: [String?] = []
    /// By event, by stretch of time.
    private var counts: [[UInt64]] = []

    /// The number of the stretch with these values, which is new when they are not those of the
    /// last one.
    mutating func row(_ times: [Value]) -> Int {
      if rows.last != times { rows.append(times) }
      return rows.count - 1
    }

    /// The number of `event`, which is new when it is not the last one; nil stands for all events.
    mutating func column(_ event: String?) -> Int {
      if events.isEmpty || event != nil {
        events.append(event)
        counts.append([])
      }
      return events.count - 1
    }

    mutating func add(_ count: UInt64, row: Int, column: Int) {
      let missing = row + 1 - counts[column].count
      if missing > 0 { counts[column] += [UInt64](repeating: 0, count: missing) }
      counts[column][row] += count
    }

    /// What is not 0.
    var cells: [(times: [Value], event: String?, count: UInt64)] {
      zip(events, counts).flatMap { event, counts in
        counts.enumerated().filter { $0.element > 0 }.map { (rows[$0.offset], event, $0.element) }
      }
    }
  }
}

extension CalendarBuckets {
  /// Whether the bucket of `instant`, which is of `day`, is just that day.
  fileprivate func isDay(_ day: UTCDay, at instant: Int64) -> Bool {
    let bucket = bucket(containing: instant)
    return bucket.lowerBound == day.start
      && bucket.upperBound &- day.start == UTCDay.nanoseconds - 1
  }
}

extension BoundAggregate {
  /// Whether it is the number of all rows.
  fileprivate var countsRows: Bool { function == .count && input == nil && condition == nil }

  /// Whether it is the number of users of all rows.
  fileprivate func countsUsers(_ plan: AggregatePlan) -> Bool {
    guard function == .distinct(.identified), condition == nil,
      case .field(let index) = input?.source
    else { return false }
    return plan.request.fields[index].role == .user
  }
}
