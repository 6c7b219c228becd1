// The end of every SELECT: windows, order, LIMIT BY, DISTINCT, LIMIT.

import EvtCore

/// A row of an answer and what it is ordered by.
struct SortableRow: Sendable {
  var columns: [Value]
  /// The keys of the order, those of LIMIT BY, then what decides between equal rows.
  var order: [Value]
}

extension SelectPlan {
  /// The row of an answer that is made of `values`, which are those of a row of events or of a
  /// group. With windows the values themselves are kept, since windows see all rows.
  func row(_ values: [Value], ties: [Value] = []) -> SortableRow {
    guard windows.isEmpty else { return SortableRow(columns: values, order: ties) }
    return SortableRow(
      columns: columns.map { $0.expression.evaluate(values) },
      order: order.map { $0.expression.evaluate(values) }
        + (limitBy?.keys.map { $0.evaluate(values) } ?? []) + ties)
  }

  /// The first `limit` rows in order; equal ones keep the order in which they came.
  func firstRows(_ rows: [SortableRow], _ limit: Int?) -> [SortableRow] {
    let first = order.count + (limitBy?.keys.count ?? 0)
    let ties = first..<max(first, rows.first?.order.count ?? 0)
    let keys = order + ties.map { _ in OrderKey.ascending }
    let sorted = RowOrder(rows, keys, at: Array(order.indices) + Array(ties))
    return sorted.first(limit ?? .max).map { rows[$0] }
  }

  /// Whether a row of `values` comes before `row` in the order.
  func isBefore(_ values: [Value], _ row: SortableRow) -> Bool {
    for (index, key) in order.enumerated() {
      let result = key.compare(key.expression.evaluate(values), row.order[index])
      if result != .equal { return result == .below }
    }
    return false
  }
}

/// Finishes the rows of a SELECT.
struct RowFinish {
  private let plan: SelectPlan
  /// How many values behind the order decide between equal rows.
  var tieKeys = 0

  init(_ plan: SelectPlan) { self.plan = plan }

  /// The rows of the answer.
  /// - Throws: `QueryError`.
  func finish(_ found: [SortableRow], _ budget: MemoryBudget) throws -> [[Value]] {
    var rows = found
    if !plan.windows.isEmpty {
      var unordered = plan
      (unordered.order, unordered.limitBy) = ([], nil)
      rows = try windowed(unordered.firstRows(found, nil), budget)
    }
    if plan.isOrdered || tieKeys > 0 {
      let isCut = plan.limitBy == nil && !plan.isDistinct && plan.fill == nil
      rows = plan.firstRows(rows, isCut ? plan.neededRows : nil)
    }
    if let limitBy = plan.limitBy { rows = Self.limited(rows, limitBy, from: plan.order.count) }
    if plan.isDistinct {
      var seen: Set<[Value]> = []
      rows = rows.filter { seen.insert($0.columns.map(\.plain)).inserted }
    }
    if let fill = plan.fill { rows = try RowFilling(plan, fill, budget).filled(rows) }
    return rows.dropFirst(plan.offset).prefix(plan.limit ?? .max).map(\.columns)
  }

  /// Computes the windows over the values of all rows, and of these the columns.
  private func windowed(
    _ rows: [SortableRow], _ budget: MemoryBudget
  ) throws -> [SortableRow] {
    var values = rows.map(\.columns)
    for window in plan.windows {
      let results = try WindowEvaluation(window, values, budget).run()
      for index in values.indices { values[index].append(results[index]) }
    }
    var unwindowed = plan
    unwindowed.windows = []
    return zip(values, rows).map { unwindowed.row($0, ties: $1.order) }
  }

  /// The first rows of each group of equal values of the keys.
  private static func limited(
    _ rows: [SortableRow], _ limitBy: SelectPlan.LimitBy, from start: Int
  ) -> [SortableRow] {
    var seen: [[Value]: Int] = [:]
    return rows.filter { row in
      let key = row.order[start..<(start + limitBy.keys.count)].map(\.plain)
      let place = seen[key, default: 0]
      seen[key] = place + 1
      return place >= limitBy.offset && place - limitBy.offset < limitBy.limit
    }
  }
}
