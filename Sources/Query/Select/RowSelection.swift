// The rows of an answer from rows: the columns, their order, and no more than are wanted.

import Columnar
import EvtCore

/// Selects rows one by one.
struct RowSelection: Sendable {
  private let plan: SelectPlan
  private let request: ScanRequest
  /// The fields that columns and order read.
  private let used: [Int]

  init(_ plan: SelectPlan, _ request: ScanRequest) {
    self.plan = plan
    var read: Set<Int> = []
    for column in plan.columns { column.expression.collectFields(into: &read) }
    for key in plan.order { key.expression.collectFields(into: &read) }
    used = read.sorted()
    // Only what is shown is decoded for every row; conditions decode their fields themselves.
    var request = request
    request.fields = used.map { request.fields[$0] }
    self.request = request
  }

  /// The rows in order; those that the order leaves open stand as they are stored: by day, and
  /// within a day by segment and user.
  func run(
    on events: any QuerySource, _ table: MemoryTable?, _ pool: WorkerPool, _ budget: MemoryBudget
  ) throws -> [[Value]] {
    if let table {
      var chosen = ChosenRows(self, budget)
      try table.scan(request) { try chosen.add($0) }
      return chosen.finish().map(\.columns)
    }
    let segments = events.summaries.indices.filter {
      request.range.overlaps(
        least: events.summaries[$0].minTime, greatest: events.summaries[$0].maxTime)
    }
    // Without an order the first segments may have all that is wanted.
    let step = plan.order.isEmpty && plan.neededRows != nil ? pool.threads : segments.count
    var rows = ChosenRows(self, budget)
    for start in stride(from: 0, to: segments.count, by: max(1, step)) {
      if rows.isFull { break }
      let batch = segments[start..<min(segments.count, start + step)]
      let parts = try pool.map(count: batch.count) { number in
        try events.reading(segment: batch[start + number]) { reader in
          var chosen = ChosenRows(self, budget)
          try scan(reader, request) { if !chosen.isFull { try chosen.add($0) } }
          return chosen.finish()
        }
      }
      for part in parts { rows.append(part) }
    }
    return rows.finish().map(\.columns)
  }

  /// The rows of a scan that are still wanted.
  private struct ChosenRows {
    private let selection: RowSelection
    private let budget: MemoryBudget
    private let limit: Int?
    private var rows: [SortableRow] = []

    init(_ selection: RowSelection, _ budget: MemoryBudget) {
      self.selection = selection
      self.budget = budget
      limit = selection.plan.neededRows
    }

    private var isOrdered: Bool { !selection.plan.order.isEmpty }

    /// Whether no further row can be wanted.
    var isFull: Bool { !isOrdered && limit.map { rows.count >= $0 } ?? false }

    mutating func add(_ block: borrowing ScanBlock) throws {
      let plan = selection.plan
      let fields = selection.request.fields
      var values = [Value](repeating: .null, count: (selection.used.last ?? -1) + 1)
      let vectors = fields.indices.map { (block.columns[$0], fields[$0].type) }
      let before = rows.count
      SelectedRows(block).forEach { _, row in
        if isFull { return }
        for (slot, (vector, type)) in zip(selection.used, vectors) {
          values[slot] = vector.evaluated(row, as: type)
        }
        rows.append(
          SortableRow(
            columns: plan.columns.map { $0.expression.evaluate(values) },
            order: plan.order.map { $0.expression.evaluate(values) }))
      }
      let width = MemoryLayout<Value>.stride * (plan.columns.count + plan.order.count) + 96
      if let limit, isOrdered, rows.count / 2 >= limit {
        rows = sorted
      } else {
        guard budget.take((rows.count - before) * width) else {
          throw QueryError.tooMuchMemory(what: "the answer", limitBytes: budget.limitBytes)
        }
      }
    }

    mutating func append(_ part: [SortableRow]) {
      rows += part
      if let limit, isOrdered, rows.count / 2 >= limit { rows = sorted }
    }

    func finish() -> [SortableRow] { isOrdered ? sorted : Array(rows.prefix(limit ?? .max)) }

    /// The first rows in order; equal ones keep the order in which they came.
    private var sorted: [SortableRow] {
      let keys = selection.plan.order
      let places = rows.indices.sorted { left, right in
        for (index, key) in keys.enumerated() {
          let order = key.compare(rows[left].order[index], rows[right].order[index])
          if order != .equal { return order == .below }
        }
        return left < right
      }
      return places.prefix(limit ?? .max).map { rows[$0] }
    }
  }
}
