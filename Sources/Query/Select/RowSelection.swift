// Rows from rows: what the columns and the order are made of, and no more than are wanted.

import Columnar
import EvtCore

/// Selects rows one by one.
struct RowSelection: Sendable {
  private let plan: SelectPlan
  private let request: ScanRequest
  /// The fields that columns, order and windows read.
  private let used: [Int]
  /// How many values a row has: windows stand behind all fields.
  private let width: Int

  init(_ plan: SelectPlan, _ request: ScanRequest) {
    self.plan = plan
    used = plan.usedFields.filter { $0 < request.fields.count }.sorted()
    width = request.fields.count
    // Only what is shown is decoded for every row; conditions decode their fields themselves.
    var request = request
    request.fields = used.map { request.fields[$0] }
    self.request = request
  }

  /// The rows, in order if there is one; those that the order leaves open stand as they are stored:
  /// by day, and within a day by segment and user.
  func run(
    on source: any RowSource, _ pool: WorkerPool, _ budget: MemoryBudget
  ) throws -> [SortableRow] {
    if plan.neededRows == 0 { return [] }
    let parts = source.parts(request)
    // Without an order the first parts may have all that is wanted.
    // With one, they tell of the others what cannot be wanted.
    let step =
      plan.neededRows == nil
      ? parts.count : plan.order.isEmpty ? pool.threads : Self.orderedParts * pool.threads
    var rows = ChosenRows(self, budget)
    for start in stride(from: 0, to: parts.count, by: max(1, step)) {
      if rows.isFull { break }
      let batch = parts[start..<min(parts.count, start + step)]
      let cutoff = rows.cutoff
      let found = try pool.map(count: batch.count) { number in
        var chosen = ChosenRows(self, budget, cutoff: cutoff)
        try source.scan(part: batch[start + number], request) {
          if !chosen.isFull { try chosen.add($0) }
        }
        return chosen
      }
      for part in found { try rows.append(part) }
    }
    return rows.rows
  }

  /// Parts that each thread takes before what they chose is put together.
  private static let orderedParts = 4

  /// The rows of a scan that are still wanted.
  private struct ChosenRows {
    private let selection: RowSelection
    private let budget: MemoryBudget
    private let limit: Int?
    private(set) var rows: [SortableRow] = []
    /// The order of the last of the rows that are wanted, once there are enough: none that does not
    /// come before it can be wanted.
    private(set) var cutoff: SortableRow?
    /// How many rows the budget knows of.
    private var accounted = 0
    /// By place among the fields that are read, whether the order needs it.
    private let ordering: [Int]

    init(_ selection: RowSelection, _ budget: MemoryBudget, cutoff: SortableRow? = nil) {
      self.selection = selection
      self.cutoff = cutoff
      self.budget = budget
      limit = selection.plan.neededRows
      var read: Set<Int> = []
      for key in selection.plan.order { key.expression.collectFields(into: &read) }
      ordering = selection.used.indices.filter { read.contains(selection.used[$0]) }
    }

    private var isOrdered: Bool { !selection.plan.order.isEmpty }

    /// Whether no further row can be wanted.
    var isFull: Bool { !isOrdered && limit.map { rows.count >= $0 } ?? false }

    mutating func add(_ block: borrowing ScanBlock) throws {
      let plan = selection.plan
      let fields = selection.request.fields
      var values = [Value](repeating: .null, count: selection.width)
      var readers = fields.indices.map { ValueReader(block.columns[$0], fields[$0].type) }
      SelectedRows(block).forEach { _, row in
        if isFull { return }
        if let cutoff {
          for index in ordering { values[selection.used[index]] = readers[index].value(row) }
          if !plan.isBefore(values, cutoff) { return }
        }
        for index in readers.indices {
          values[selection.used[index]] = readers[index].value(row)
        }
        rows.append(plan.row(values))
        if let limit, isOrdered, rows.count >= max(2 * limit, Self.rowsBeforeCut) { cut(to: limit) }
      }
      try account()
    }

    private mutating func account() throws(QueryError) {
      let width = MemoryLayout<Value>.stride * (plan.columns.count + plan.order.count) + 96
      let change = rows.count - accounted
      guard change <= 0 || budget.take(change * width) else {
        throw .tooMuchMemory(what: "the answer", limitBytes: budget.limitBytes)
      }
      if change < 0 { budget.release(-change * width) }
      accounted = rows.count
    }

    /// Rows that are worth sorting to learn what is still wanted.
    private static let rowsBeforeCut = 1_024

    private mutating func cut(to limit: Int) {
      rows = plan.firstRows(rows, limit)
      cutoff = rows.last
    }

    mutating func append(_ part: ChosenRows) throws(QueryError) {
      rows += part.rows
      accounted += part.accounted
      if let limit, isOrdered, rows.count / 2 >= limit { cut(to: limit) }
      try account()
    }

    private var plan: SelectPlan { selection.plan }
  }
}

/// Reads the values of one column of a block; equal texts are made once.
struct ValueReader {
  private let vector: ColumnVector
  private let type: FieldType
  private var lastCode: UInt32 = .max
  private var last: Value = .null

  init(_ vector: ColumnVector, _ type: FieldType) {
    self.vector = vector
    self.type = type
  }

  /// The value of `row`.
  mutating func value(_ row: Int) -> Value {
    guard vector.kind(row) == .text else { return vector.evaluated(row, as: type) }
    let code = vector.codes[row]
    if code != lastCode {
      lastCode = code
      last = vector.evaluated(row, as: type)
    }
    return last
  }
}
