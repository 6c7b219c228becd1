// Rows for what is missing in the order: WITH FILL.

import EvtCore

/// `WITH FILL FROM a TO b STEP c` of a key of the order.
struct FillPlan: Sendable {
  /// From one value to the next.
  enum Step: Sendable {
    case number(Value)
    case span(TimeSpan)
  }

  /// The place of the key in the order. Each combination of the keys before it is filled alone.
  var key: Int
  var from: Value?
  /// The first value that is no longer filled in behind the last row.
  var to: Value?
  var step: Step
}

/// Adds rows to sorted ones.
struct RowFilling {
  private let plan: SelectPlan
  private let fill: FillPlan
  private let budget: MemoryBudget

  init(_ plan: SelectPlan, _ fill: FillPlan, _ budget: MemoryBudget) {
    self.plan = plan
    self.fill = fill
    self.budget = budget
  }

  /// The rows, and those that are missing between them.
  /// - Throws: `QueryError`.
  func filled(_ rows: [SortableRow]) throws(QueryError) -> [SortableRow] {
    var filled: [SortableRow] = []
    if rows.isEmpty {
      var next = fill.from
      try add(upTo: nil, &next, like: nil, standard(rows), to: &filled)
    }
    let standard = standard(rows)
    var start = rows.startIndex
    while start < rows.endIndex {
      let prefix = rows[start].order.prefix(fill.key)
      let end = rows[start...].firstIndex { $0.order.prefix(fill.key) != prefix } ?? rows.endIndex
      var next = fill.from
      var rest = rows[start..<end]
      func isNull(_ row: SortableRow) -> Bool { row.order[fill.key].isNull }
      // Nulls stand at one end, which values are not counted to.
      let first = rest.prefix(while: isNull)
      filled += first
      rest = rest.dropFirst(first.count)
      for row in rest.prefix(while: { !isNull($0) }) {
        let value = row.order[fill.key]
        try check(value)
        next = next ?? value
        try add(upTo: value, &next, like: row, standard, to: &filled)
        filled.append(row)
      }
      try add(upTo: nil, &next, like: rows[start], standard, to: &filled)
      filled += rest.drop { !isNull($0) }
      start = end
    }
    return filled
  }

  private var key: OrderKey { plan.order[fill.key] }

  /// Adds rows from `next` on below `end` and the end of the plan, and goes on with `next` behind
  /// `end`. Without an end, and without one in the plan, there is nothing to count to.
  private func add(
    upTo end: Value?, _ next: inout Value?, like row: SortableRow?, _ standard: [Value],
    to rows: inout [SortableRow]
  ) throws(QueryError) {
    guard var value = next, end != nil || fill.to != nil else { return }
    while isBelow(value, end, orEqual: true) {
      // Behind the end nothing is missing, however far it is to the next row.
      guard isBelow(value, fill.to, orEqual: false) else { break }
      // What is there is not missing.
      if isBelow(value, end, orEqual: false) {
        rows.append(try made(value, like: row, standard))
      }
      guard let following = stepped(value) else { break }
      value = following
    }
    next = value
  }

  private func isBelow(_ value: Value, _ end: Value?, orEqual: Bool) -> Bool {
    guard let end else { return true }
    let order = key.compare(value, end)
    return order == .below || orEqual && order == .equal
  }

  /// The value one step on; nil where there is none.
  private func stepped(_ value: Value) -> Value? {
    let following =
      switch fill.step {
      case .number(let step):
        step.integer.map { value.moved(by: $0) } ?? Arithmetic.apply(.add, value, step)
      case .span(let span): BoundExpression.add(span, to: value)
      }
    return key.compare(value, following) == .below && !following.isNull ? following : nil
  }

  /// A row of `value` that has nothing else but the keys before it.
  private func made(
    _ value: Value, like row: SortableRow?, _ standard: [Value]
  ) throws(QueryError) -> SortableRow {
    guard budget.take(MemoryLayout<Value>.stride * (standard.count + plan.order.count) + 96) else {
      throw .tooMuchMemory(what: "WITH FILL", limitBytes: budget.limitBytes)
    }
    let before = row?.order ?? [Value](repeating: .null, count: fill.key)
    var made = SortableRow(columns: standard, order: before.prefix(fill.key) + [value])
    for (index, column) in plan.columns.enumerated() {
      let place = plan.order.prefix(made.order.count).firstIndex {
        $0.expression == column.expression
      }
      if let place, row != nil || place == fill.key { made.columns[index] = made.order[place] }
    }
    return made
  }

  /// By column, what stands where nothing is known: null, or the default of ClickHouse's types.
  private func standard(_ rows: [SortableRow]) -> [Value] {
    plan.columns.enumerated().map { index, column in
      if column.isNullable { return .null }
      if case .date = rows.first?.columns[index] { return .date(0) }
      return column.families.standard
    }
  }

  /// Refuses what cannot be counted from one to the next.
  private func check(_ value: Value) throws(QueryError) {
    let kind = Self.kind(value)
    for (name, bound) in [("FROM", fill.from), ("TO", fill.to)] {
      guard let bound, Self.kind(bound) != kind else { continue }
      throw .usage(
        "WITH FILL \(name) is \(Self.shown(bound)), but what is filled is \(Self.shown(value))")
    }
    switch (fill.step, kind) {
    case (.number, .number), (.number, .time), (.span, .time): return
    case (.span(let span), .date) where span.nanoseconds % UTCDay.nanoseconds == 0: return
    case (.number, .date): return
    default: break
    }
    throw .usage("WITH FILL STEP leads from \(Self.shown(value)) to no other")
  }

  private enum Kind { case number, time, date, other }

  private static func kind(_ value: Value) -> Kind {
    switch value {
    case .int, .double, .decimal: .number
    case .time: .time
    case .date: .date
    case .null, .bool, .text, .json, .array, .tuple: .other
    }
  }

  private static func shown(_ value: Value) -> String {
    if case .date = value { "a date" } else { value.family?.singular ?? "null" }
  }
}
