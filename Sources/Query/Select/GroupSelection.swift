// The rows of an answer from groups: HAVING, the columns, their order.

/// Makes rows of groups.
struct GroupSelection {
  private let plan: SelectPlan
  private let having: BoundExpression?

  init(_ plan: SelectPlan, _ having: BoundExpression?) {
    self.plan = plan
    self.having = having
  }

  /// The rows in order; those that the order leaves open stand by their keys.
  func rows(_ groups: GroupTable) -> [[Value]] {
    var rows: [SortableRow] = []
    for group in groups.present {
      let keys = groups.keys(of: group)
      let values = keys + groups.figures(of: group)
      if let having, having.evaluate(values).truth != true { continue }
      rows.append(
        SortableRow(
          columns: plan.columns.map { $0.expression.evaluate(values) },
          order: plan.order.map { $0.expression.evaluate(values) } + keys))
    }
    let keyOrder = OrderKey(expression: .constant(.null), isDescending: false, nullsFirst: false)
    rows.sort { left, right in
      for (index, pair) in zip(left.order, right.order).enumerated() {
        let key = index < plan.order.count ? plan.order[index] : keyOrder
        let order = key.compare(pair.0, pair.1)
        if order != .equal { return order == .below }
      }
      return false
    }
    return rows.map(\.columns)
  }
}

/// A row of an answer and what it is ordered by.
struct SortableRow: Sendable {
  var columns: [Value]
  var order: [Value]
}
