// Which groups of an aggregation make which bucket of which series.

import Columnar
import EvtCore
import Query

/// Buckets, series, and the place of each group in them.
struct TrendLayout {
  /// The first and the last instant of each, without gaps.
  let buckets: [ClosedRange<Int64>]
  private let events: [String]
  /// The series of each event.
  private let breakdown: [TrendGroup]
  /// By group, the number of its series times the number of buckets, plus that of its bucket.
  private let cells: [Int]
  private let isCumulative: Bool

  /// The number of series.
  var seriesCount: Int { max(1, events.count) * breakdown.count }

  /// Lays out `groups`, whose keys are the start of a bucket, the event if several are asked for,
  /// and the value of the breakdown if there is one, ranked by themselves unless `ranking` is
  /// given.
  init(
    _ query: TrendQuery, _ groups: AggregateGroups, _ buckets: [ClosedRange<Int64>],
    ranking: TrendRanking?, _ pool: WorkerPool
  ) throws {
    events = query.events
    isCumulative = query.isCumulative
    self.buckets = buckets
    let keys = (0..<groups.count).map { groups.keys(of: $0) }
    let starts = keys.map { if case .time(let start) = $0[0] { start } else { Int64.min } }
    let places: [Int]
    if let ranking {
      breakdown = ranking.groups
      places = keys.map { ranking.place(of: $0.last.map { RollupValue(shownAs: $0) }) }
    } else if query.breakdown != nil {
      (breakdown, places) = try Self.ranking(groups, keys, top: query.top, pool)
    } else {
      (breakdown, places) = ([.all], [Int](repeating: 0, count: keys.count))
    }

    let bucketNumbers = Dictionary(buckets.enumerated().map { ($1.lowerBound, $0) }) { $1 }
    let eventNumbers = Dictionary(events.enumerated().map { (ExactText($1), $0) }) { $1 }
    let (bucketCount, groupCount) = (buckets.count, breakdown.count)
    cells = keys.indices.map { group in
      var event = 0
      if eventNumbers.count > 1, case .text(let name) = keys[group][1] {
        event = eventNumbers[ExactText(name)] ?? 0
      }
      let bucket = bucketNumbers[starts[group]] ?? 0
      return (event * groupCount + places[group]) * bucketCount + bucket
    }
  }

  /// The series with the figures of `groups`.
  func series(_ groups: AggregateGroups, _ pool: WorkerPool) throws -> [TrendSeries] {
    let unions = GroupUnions(
      unionByGroup: cells.map { UInt32($0) }, count: seriesCount * buckets.count,
      runLength: isCumulative ? max(1, buckets.count) : 1)
    let figures = try groups.figures(of: unions, pool: pool)
    return (0..<seriesCount).map { number in
      TrendSeries(
        event: events.isEmpty ? nil : events[number / breakdown.count],
        group: breakdown[number % breakdown.count],
        figures: Array(figures[number * buckets.count..<(number + 1) * buckets.count]))
    }
  }

  /// All buckets that hold an instant of `span`, without gaps.
  static func buckets(
    _ calendar: CalendarBuckets, _ span: ClosedRange<Int64>?
  ) -> [ClosedRange<Int64>] {
    guard var start = span?.lowerBound, let last = span?.upperBound else { return [] }
    var buckets: [ClosedRange<Int64>] = []
    while true {
      let bucket = calendar.bucket(containing: start)
      buckets.append(bucket)
      guard bucket.upperBound < last else { return buckets }
      start = bucket.upperBound + 1
    }
  }

  /// The values of the breakdown with the greatest totals of the first aggregate, then all others
  /// together; and by group its place among them.
  private static func ranking(
    _ groups: AggregateGroups, _ keys: [[ResultValue]], top: Int, _ pool: WorkerPool
  ) throws -> ([TrendGroup], places: [Int]) {
    guard let key = keys.first?.indices.last else { return ([], []) }
    let values = groups.ranks(key: key)
    let valueCount = (values.max() ?? -1) + 1
    let order = try groups.order(
      of: GroupUnions(unionByGroup: values.map { UInt32($0) }, count: valueCount), pool: pool)
    var placeByValue = [Int](repeating: top, count: valueCount)
    for (place, value) in order.prefix(top).enumerated() { placeByValue[value] = place }
    let places = values.map { placeByValue[$0] }
    var breakdown = [TrendGroup](
      repeating: .other, count: min(valueCount, top == Int.max ? top : top + 1))
    for (group, place) in places.enumerated() where place < top {
      breakdown[place] = .value(keys[group][key])
    }
    return (breakdown, places)
  }
}
