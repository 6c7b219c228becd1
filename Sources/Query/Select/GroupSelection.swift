// Rows from groups: HAVING, the columns, the totals.

import EvtCore

/// Makes rows of groups.
struct GroupSelection {
  private let plan: SelectPlan
  private let having: BoundExpression?

  init(_ plan: SelectPlan, _ having: BoundExpression?) {
    self.plan = plan
    self.having = having
  }

  /// A row for each group, in no order; the keys decide between equal ones. With them the totals of
  /// all these groups, if they are wanted.
  /// - Throws: `QueryError`.
  func rows(
    _ merge: consuming GroupMerge, _ pool: WorkerPool
  ) throws -> (rows: [SortableRow], totals: [Value]?) {
    if let sets = plan.groupingSets {
      var rows: [SortableRow] = []
      for (number, groups) in try sets.groups(merge, pool).enumerated() {
        for group in groups {
          let values = group.keys + group.figures + (plan.marksKeys ? group.marks : [])
          rows += chosen(values, ties: [.int(Int64(number))] + group.keys)
        }
      }
      return (rows, nil)
    }
    guard plan.hasTotals else {
      let groups = try merge.finish(pool)
      let chosen = chosen(groups.present, groups.keys, groups.figures)
      return (chosen.map(\.row), nil)
    }
    let figures = try merge.figures(
      of: GroupUnions(
        unionByGroup: (0..<merge.groups.count).map { UInt32($0) }, count: merge.groups.count),
      pool)
    let chosen = chosen(merge.groups.present, merge.groups.keys) { figures[$0] }
    var unions = [UInt32](repeating: 1, count: merge.groups.count)
    for group in chosen.map(\.group) { unions[group] = 0 }
    let all = try merge.figures(of: GroupUnions(unionByGroup: unions, count: 2), pool)
    let noKeys = [Value](repeating: .null, count: merge.groups.keyCount)
    let values = noKeys + all[0] + noKeys
    return (chosen.map(\.row), plan.columns.map { $0.expression.evaluate(values) })
  }

  private func chosen(
    _ groups: [Int], _ keys: (Int) -> [Value], _ figures: (Int) -> [Value]
  ) -> [(group: Int, row: SortableRow)] {
    var chosen: [(group: Int, row: SortableRow)] = []
    // All of these groups are by all keys.
    let marks = plan.marksKeys ? plan.aggregation?.keys.map { _ in Value.int(0) } ?? [] : []
    for group in groups {
      let ties = keys(group)
      for row in self.chosen(ties + figures(group) + marks, ties: ties) {
        chosen.append((group, row))
      }
    }
    return chosen
  }

  /// The rows of a group that HAVING lets pass.
  private func chosen(_ values: [Value], ties: [Value]) -> [SortableRow] {
    expanded(values).compactMap { values in
      if let having, having.evaluate(values).truth != true { return nil }
      return plan.row(values, ties: ties)
    }
  }

  /// The values of a group with each combination of items of the plan's arrays.
  private func expanded(_ values: [Value]) -> [[Value]] {
    plan.groupArrays.reduce([values]) { rows, array in
      rows.flatMap { row in (array.evaluate(row).items ?? []).map { row + [$0] } }
    }
  }
}
