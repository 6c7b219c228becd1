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
      case bucket(unit: Int64, isDate: Bool)
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
        case .timeBucket(_, let unit, let isDate)
        where unit % UTCDay.quarterNanoseconds == 0 && UTCDay.nanoseconds % unit == 0:
          keys.append(.bucket(unit: unit, isDate: isDate))
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
        guard events == nil, keys.count == 1,
          case .bucket(UTCDay.nanoseconds, _) = keys[0]
        else { return nil }
      }
    }

    /// The part of one segment, nil when it must be scanned.
    func answer(
      _ summary: SegmentSummary, isAlone: Bool, _ footer: () throws -> SegmentFooter
    ) throws -> PartialResult? {
      if countsUsers, !isAlone { return nil }
      let isCovered = range.covers(least: summary.minTime, greatest: summary.maxTime)
      let needsQuarters = keys.contains {
        if case .bucket(let unit, _) = $0 { unit < UTCDay.nanoseconds } else { false }
      }
      if isCovered, !needsQuarters { return answer(summary) }
      guard !countsUsers, Self.isOnQuarter(range.since), Self.isOnQuarter(range.until) else {
        return nil
      }
      let footer = try footer()
      guard let events = footer.events else { return nil }
      var builder = PartBuilder(keyCount: keys.count, aggregates)
      for event in events where isWanted(event.name) {
        for quarter in event.quarters {
          let time = footer.day.start &+ Int64(quarter.quarter) * UTCDay.quarterNanoseconds
          guard range.contains(time) else { continue }
          builder.add(values(event.name, time), UInt64(quarter.count), users: 0)
        }
      }
      return builder.part
    }

    private func answer(_ summary: SegmentSummary) -> PartialResult? {
      var builder = PartBuilder(keyCount: keys.count, aggregates)
      let needsEvents =
        events != nil || keys.contains { if case .event = $0 { true } else { false } }
      if !needsEvents {
        builder.add(values("", summary.day.start), summary.rowCount, users: summary.userCount)
        return builder.part
      }
      guard let known = summary.events else { return nil }
      for event in known where isWanted(event.name) {
        builder.add(values(event.name, summary.day.start), event.count, users: 0)
      }
      return builder.part
    }

    private func isWanted(_ event: String) -> Bool { events?.contains(ExactText(event)) ?? true }

    private func values(_ event: String, _ time: Int64) -> [Value] {
      keys.map { key in
        switch key {
        case .event: .text(event)
        case .bucket(let unit, let isDate):
          isDate
            ? .date(UTCDay(containing: time).number) : .time(TimeFunctions.floor(time, to: unit))
        }
      }
    }

    private static func isOnQuarter(_ bound: Int64?) -> Bool {
      bound.map { $0 % UTCDay.quarterNanoseconds == 0 } ?? true
    }
  }

  /// Collects counts by key values.
  private struct PartBuilder {
    private let keyCount: Int
    private let aggregates: [BoundAggregate]
    private var groups: [[Value]: Int] = [:]
    private var order: [[Value]] = []
    private var counts: [UInt64] = []
    private var users: [UInt64] = []

    init(keyCount: Int, _ aggregates: [BoundAggregate]) {
      self.keyCount = keyCount
      self.aggregates = aggregates
    }

    mutating func add(_ values: [Value], _ count: UInt64, users userCount: UInt64) {
      let group = groups[values] ?? order.count
      if group == order.count {
        groups[values] = group
        order.append(values)
        counts.append(0)
        users.append(0)
      }
      counts[group] += count
      users[group] += userCount
    }

    var part: PartialResult {
      var tables = [ValueTable](repeating: ValueTable(), count: keyCount)
      var codes: [UInt32] = []
      for values in order {
        for (key, value) in values.enumerated() { codes.append(tables[key].code(value)) }
      }
      // Without keys there is one group, also when nothing was added.
      let hasOnlyGroup = keyCount == 0
      let rows = hasOnlyGroup ? [counts.reduce(0, +)] : counts
      return PartialResult(
        keyValues: tables.map(\.values), groupCodes: codes, groupCount: rows.count, counts: rows,
        states: aggregates.map { $0.countsRows ? .rows : .countedEntities(users) })
    }
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
