// A trend by brute force: every figure of every bucket from the rows themselves.

import EvtCore
import Query
import TestSupport

@testable import Analytics

/// Answers a `TrendQuery` by looking at all rows for each figure. Conditions are not looked at.
struct NaiveTrend {
  var query: TrendQuery
  var rows: [TestEvent]
  /// The property of `query.breakdown`.
  var property = "context.device"

  private var selected: [TestEvent] {
    rows.filter { row in
      query.range.contains(row.time)
        && (query.events.isEmpty || query.events.contains(row.event))
    }
  }

  /// The answer in the interval `interval`.
  func result(_ interval: TrendInterval) throws -> TrendResult {
    let buckets = buckets(calendar(interval))
    let groups = try self.groups()
    let events: [String?] = query.events.isEmpty ? [nil] : query.events
    var series: [TrendSeries] = []
    for event in events {
      for group in groups {
        let own = selected.filter { row in
          (event == nil || row.event == event) && isIn(group, row, groups)
        }
        series.append(
          TrendSeries(
            event: event, group: group,
            figures: try buckets.map { bucket in
              let first = query.isCumulative ? Int64.min : bucket.lowerBound
              let inside = own.filter { first <= $0.time && $0.time <= bucket.upperBound }
              return try query.aggregates.map { try Self.figure($0.name, inside) }
            }))
      }
    }
    return TrendResult(
      interval: interval,
      buckets: buckets.map { span in
        let starts = query.range.since.map { span.lowerBound < $0 } ?? false
        let ends = query.range.until.map { $0 <= span.upperBound } ?? false
        return TrendBucket(span: span, isPartial: starts || ends || query.now <= span.upperBound)
      }, series: series, warnings: [])
  }

  private func calendar(_ interval: TrendInterval) -> CalendarBuckets {
    let unit: CalendarBuckets.Unit =
      switch interval {
      case .minute: .minutes(1)
      case .quarterHour: .minutes(15)
      case .hour: .minutes(60)
      case .day, .auto: .day
      case .week: .week(query.weekStart)
      case .month: .month
      }
    return CalendarBuckets(unit, zone: query.zone)
  }

  private func buckets(_ calendar: CalendarBuckets) -> [ClosedRange<Int64>] {
    let times = rows.map(\.time)
    guard let start = query.range.since ?? times.min(),
      let end = query.range.until.map({ $0 - 1 }) ?? times.max()
    else { return [] }
    var buckets = [calendar.bucket(containing: start)]
    while let last = buckets.last, last.upperBound < end {
      buckets.append(calendar.bucket(containing: last.upperBound + 1))
    }
    return buckets
  }

  private func groups() throws -> [TrendGroup] {
    guard query.breakdown != nil else { return [.all] }
    let byValue = Dictionary(grouping: selected) { value($0) }
    let totals = try byValue.map { value, rows in
      (value: value, total: Self.number(try Self.figure(query.aggregates[0].name, rows)))
    }
    let ordered = totals.sorted { left, right in
      if left.total != right.total { return (left.total ?? -1e300) > (right.total ?? -1e300) }
      switch (left.value, right.value) {
      case (.text(let a), .text(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
      case (.text, _): return true
      default: return false
      }
    }
    let kept = ordered.prefix(query.top).map { TrendGroup.value($0.value) }
    return ordered.count > query.top ? kept + [.other] : kept
  }

  private func value(_ row: TestEvent) -> ResultValue {
    if case .text(let text) = row.values[property] ?? .absent { .text(text) } else { .null }
  }

  private func isIn(_ group: TrendGroup, _ row: TestEvent, _ groups: [TrendGroup]) -> Bool {
    switch group {
    case .all: true
    case .value(let value): self.value(row) == value
    case .other: !groups.contains(.value(value(row)))
    }
  }

  // MARK: - Figures

  /// Prices in hundredths.
  private static func prices(_ rows: [TestEvent]) -> [Int] {
    rows.compactMap { row in
      switch row.values["properties.price"] ?? .absent {
      case .int(let value): Int(value) * 100
      case .double(let bits): Int((Double(bitPattern: bits) * 100).rounded())
      default: nil
      }
    }
  }

  static func figure(_ name: String, _ rows: [TestEvent]) throws -> ResultValue {
    let prices = prices(rows)
    switch name {
    case "count": return .int(Int64(rows.count))
    case "users": return .int(Int64(Set(rows.compactMap(\.user).filter { !$0.isEmpty }).count))
    case "sessions": return .int(Int64(Set(rows.compactMap(\.session)).count))
    case "uniq:price": return .int(Int64(Set(prices).count))
    case "sum:price": return .double(Double(prices.reduce(0, +)) / 100)
    case "avg:price":
      return prices.isEmpty
        ? .null : .double(Double(prices.reduce(0, +)) / Double(100 * prices.count))
    case "max:price": return prices.max().map { .double(Double($0) / 100) } ?? .null
    default: throw Unknown(name: name)
    }
  }

  struct Unknown: Error { var name: String }

  static func number(_ value: ResultValue) -> Double? {
    switch value {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The same answer with numbers of one value in one form.
  static func plain(_ result: TrendResult) -> TrendResult {
    var result = result
    for index in result.series.indices {
      result.series[index].figures = result.series[index].figures.map { figures in
        figures.map { value in number(value).map { .double($0) } ?? value }
      }
    }
    return result
  }
}
