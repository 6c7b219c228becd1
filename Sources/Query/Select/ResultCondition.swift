// Conditions on the rows of an answer: what --fail-if and --warn-if look for.

import Columnar
import EvtCore

/// An expression over the columns of an answer, such as `users < 50`, or over all its rows, such as
/// `count() = 0`.
public struct ResultCondition: Sendable {
  /// The text as typed.
  public var text: String { expression.source.text }
  private let expression: Expression

  /// What a condition found.
  public struct Finding: Hashable, Sendable {
    /// The rows for which it holds, in order; none when it is about all rows.
    public var rows: [Int]
    /// Whether it holds for a row, or for all of them together.
    public var holds: Bool
  }

  /// Parses `text`.
  /// - Throws: `QueryError.expression`.
  public init(parsing text: String) throws(QueryError) {
    expression = try Expression(parsing: text)
  }

  /// Looks at `rows`, whose values stand in the order of `columns`.
  /// - Throws: `QueryError`, also for columns that the answer does not have.
  public func look(
    at rows: [[ResultValue]], columns: [String], now: Int64, pool: WorkerPool
  ) throws -> Finding {
    let values = rows.map { $0.map(Value.init) }
    let table = MemoryTable(
      columns.indices.map { Self.field(columns[$0], values.lazy.map { [at = $0] row in row[at] }) },
      values)
    let binder = Binder(over: table.fields, now: now)
    do {
      if ExpressionBinding(binder: binder, source: expression.source)
        .holdsAggregate(expression.root)
      {
        return Finding(rows: [], holds: try holdsForAll(table, binder, pool))
      }
      return try find(in: table, binder)
    } catch QueryError.unknownField(let name, _, let place) {
      throw Self.unknownColumn(name, place, columns)
    }
  }

  private func find(in table: MemoryTable, _ binder: Binder) throws -> Finding {
    var binder = binder
    let predicate = try binder.predicate(expression)
    var found: [Int] = []
    try table.scan(part: 0, ScanRequest(filter: predicate)) { block in
      found += block.mask.rows.map { block.block * Limits.blockRowsMax + Int($0) }
    }
    return Finding(rows: found, holds: !found.isEmpty)
  }

  /// As HAVING of a SELECT without groups: it is about one group, also when there are no rows.
  private func holdsForAll(
    _ table: MemoryTable, _ binder: Binder, _ pool: WorkerPool
  ) throws -> Bool {
    let span = expression.root.span
    let one = SelectItem(node: SyntaxNode(.number("1"), span: span), span: span)
    let select = SelectSyntax(
      items: [one], from: .one, having: expression.root, span: span)
    var planner = try SelectPlanner(
      select, expression.source, binder, range: .all, scope: QueryScope())
    let plan = try planner.plan()
    guard case .groups(let aggregation, let having) = plan.rows else { return false }
    let groups = try aggregation.groups(on: table, pool: pool)
    return try !GroupSelection(plan, having).rows(groups, pool).rows.isEmpty
  }

  /// The column of `values`; one without any can be compared with everything.
  private static func field(_ name: String, _ values: some Sequence<Value>) -> BoundField {
    var kinds: ValueKinds = []
    var isTime = false
    for value in values {
      kinds.formUnion(ValueKinds(value.kind))
      if case .time = value { isTime = true }
    }
    var field = BoundField(
      name: name, role: .property, kinds: kinds, type: isTime ? .instant : .plain)
    field.isNullable = kinds.contains(.init(.null))
    return field
  }

  private static func unknownColumn(
    _ name: String, _ place: SourceExcerpt?, _ columns: [String]
  ) -> QueryError {
    let position = place.map { "\($0.position): " } ?? ""
    return .usage(
      "\(position)the answer has no column \"\(name)\""
        + QueryError.didYouMean(NearestNames.find(name, among: columns))
        + "; it has " + columns.joined(separator: ", "))
  }
}

extension Value {
  /// The value that an answer shows.
  fileprivate init(_ result: ResultValue) {
    switch result {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .decimal(let text): self = ExactDecimal(parsing: text.utf8).map { .decimal($0) } ?? .null
    case .text(let text): self = .text(text)
    case .json(let text): self = .json(Array(text.utf8))
    case .time(let time): self = .time(time)
    }
  }
}
