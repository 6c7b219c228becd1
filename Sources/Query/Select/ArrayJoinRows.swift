// The rows of an ARRAY JOIN: one for each item.

import Columnar
import EvtCore

/// How rows become several.
struct ArrayJoinPlan: Sendable {
  /// Which rows are read, and of them the fields that are no items.
  var request: ScanRequest
  /// One within the other, the first outermost.
  var joins: [ArrayJoin]
  /// All fields, items among them.
  var fields: [BoundField]

  /// The arrays of which it is not known whether their items are times, dates or neither.
  var mayHoldTimes: Bool {
    joins.contains { join in
      join.columns.contains { $0.item.kinds.isEmpty || $0.item.type == .instant }
    }
  }
}

/// Rows of a source, each once for each item of its arrays.
struct ArrayJoinRows: RowSource {
  private let source: any RowSource
  private let plan: ArrayJoinPlan
  /// Where the fields of the source stand among all.
  private let places: [Int]
  /// By join, where its items stand among all fields.
  private let itemPlaces: [[Int]]

  init(_ source: any RowSource, _ plan: ArrayJoinPlan) {
    self.source = source
    self.plan = plan
    func place(_ field: BoundField) -> Int {
      guard let place = plan.fields.firstIndex(of: field) else {
        preconditionFailure("BUG: \(field.name) is no field of an ARRAY JOIN")
      }
      return place
    }
    places = plan.request.fields.map(place)
    itemPlaces = plan.joins.map { $0.columns.map { place($0.item) } }
  }

  func parts(_ request: ScanRequest) -> [Int] { source.parts(plan.request) }

  func scan(
    part: Int, _ request: ScanRequest, _ body: (borrowing ScanBlock) throws -> Void
  ) throws {
    var rows: [[Value]] = []
    try forEach(part: part) { row in
      rows.append(row)
      guard rows.count == Limits.blockRowsMax else { return true }
      try MemoryTable(plan.fields, rows).scan(part: 0, request, body)
      rows.removeAll(keepingCapacity: true)
      return true
    }
    if !rows.isEmpty { try MemoryTable(plan.fields, rows).scan(part: 0, request, body) }
  }

  /// Calls `body` with the values of each row until it returns false.
  private func forEach(part: Int, _ body: ([Value]) throws -> Bool) throws {
    var goesOn = true
    try source.scan(part: part, plan.request) { block in
      guard goesOn else { return }
      let fields = plan.request.fields
      var readers = fields.indices.map { ValueReader(block.columns[$0], fields[$0].type) }
      try SelectedRows(block).forEach { _, row in
        guard goesOn else { return }
        var values = [Value](repeating: .null, count: plan.fields.count)
        for index in readers.indices { values[places[index]] = readers[index].value(row) }
        goesOn = try expand(values, 0, body)
      }
    }
  }

  private func expand(
    _ row: [Value], _ number: Int, _ body: ([Value]) throws -> Bool
  ) throws -> Bool {
    guard number < plan.joins.count else { return try body(row) }
    let join = plan.joins[number]
    let arrays = join.columns.map { $0.array.evaluate(row).items ?? [] }
    let count = arrays[0].count
    if let other = arrays.first(where: { $0.count != count }) {
      throw QueryError.usage(
        "the arrays of ARRAY JOIN have \(count) and \(other.count) items in one row")
    }
    var values = row
    if count == 0, join.keepsEmpty {
      for (place, column) in zip(itemPlaces[number], join.columns) {
        values[place] = column.ofNone
      }
      return try expand(values, number + 1, body)
    }
    for index in 0..<count {
      for (place, items) in zip(itemPlaces[number], arrays) { values[place] = items[index] }
      if try !expand(values, number + 1, body) { return false }
    }
    return true
  }

  /// By column of the joins, what the integers and texts of its items mean. Rows are read until
  /// each column had an item.
  func itemTypes() throws -> [FieldType?] {
    let columns = itemPlaces.flatMap { $0 }
    var found = [FieldType?](repeating: nil, count: columns.count)
    for part in source.parts(plan.request) {
      try forEach(part: part) { row in
        for (index, place) in columns.enumerated() {
          found[index] = found[index] ?? FieldType(of: row[place])
        }
        return found.contains(nil)
      }
      if !found.contains(nil) { break }
    }
    return found
  }
}
