// What a query would do: --explain.

import Columnar
import EvtCore

/// The steps of a query in words, those of inner queries before the outer.
struct PlanExplanation {
  private let events: any QuerySource
  private(set) var rows: [[ResultValue]] = []

  static let columns = ["step", "detail"]

  init(_ events: any QuerySource) { self.events = events }

  private mutating func add(_ step: String, _ detail: String) {
    rows.append([.text(step), .text(detail)])
  }

  /// Adds the steps of a SELECT.
  /// - Throws: the errors of the source, whose footers are read.
  mutating func add(
    _ select: SelectSyntax, _ plan: SelectPlan, _ tables: SelectTables, in text: SourceText
  ) throws {
    add("select", plan.columns.map(\.name).joined(separator: ", "))
    for side in tables.sides { add("from", name(side)) }
    if let condition = select.condition { add("where", Self.line(text, condition)) }
    let aggregation = plan.aggregation
    if case .events = tables { try addScan(plan) }
    if let join = plan.join { addJoin(join, tables) }
    if let arrays = plan.arrayJoin { add("array join", "\(arrays.joins.count) within each row") }
    if let aggregation {
      let keys = select.groupBy.map { Self.line(text, $0) }
      add("group by", keys.isEmpty ? "all rows" : keys.joined(separator: ", "))
      if let sets = plan.groupingSets { add("grouping sets", "\(sets.sets.count)") }
      if let having = select.having { add("having", Self.line(text, having)) }
      add("aggregates", "\(aggregation.aggregates.count)")
    }
    if !plan.windows.isEmpty { add("windows", "\(plan.windows.count) over rows in memory") }
    if !select.orderBy.isEmpty {
      add("order by", select.orderBy.map { Self.line(text, $0.node) }.joined(separator: ", "))
    }
    if let fill = plan.fill { add("fill", Self.line(text, select.orderBy[fill.key].node)) }
    if let limit = plan.limit {
      add("limit", plan.offset > 0 ? "\(limit) behind \(plan.offset)" : "\(limit)")
    }
  }

  /// Adds the steps of a question of flags.
  /// - Throws: the errors of the source, whose footers are read.
  mutating func add(_ query: AggregateQuery, _ plan: AggregatePlan) throws {
    add("from", name(.events(alias: "events", query.range)))
    if let condition = query.condition { add("where", condition.text) }
    try addScan(plan.request, plan)
    let keys = plan.keys.map(\.name)
    add("group by", keys.isEmpty ? "all rows" : keys.joined(separator: ", "))
    add("aggregates", query.aggregates.map(\.name).joined(separator: ", "))
    if let top = query.top { add("limit", "\(top)") }
  }

  private func name(_ table: SelectTables) -> String {
    switch table {
    case .events(let alias, _):
      let rows = events.summaries.reduce(0) { $0 + $1.rowCount }
      return "events\(alias == "events" ? "" : " AS \(alias)"): \(rows) rows in"
        + " \(events.summaries.count) segments"
    case .memory(let table, let alias):
      let columns = table.fields.map(\.name).joined(separator: ", ")
      return (alias ?? "a query") + ": " + (columns.isEmpty ? "one row" : columns)
    case .join: return "a join"
    }
  }

  // MARK: - Scans

  /// What the rows of a plan are read from.
  private mutating func addScan(_ plan: SelectPlan) throws {
    if let arrays = plan.arrayJoin { return try addScan(arrays.request, nil) }
    switch plan.rows {
    case .groups(let groups, _): try addScan(groups.request, groups)
    case .rows(var request):
      request.fields = plan.usedFields.filter { $0 < request.fields.count }.sorted()
        .map { request.fields[$0] }
      try addScan(request, nil)
    }
  }

  private mutating func addScan(
    _ request: ScanRequest, _ aggregation: AggregatePlan?
  ) throws {
    addRange(request)
    var toScan = SegmentRows(events).parts(request)
    if let aggregation {
      let split = try MetadataAnswer.split(aggregation, events)
      if !split.answered.isEmpty { add("metadata", "answers \(split.answered.count) segments") }
      toScan = split.toScan
    }
    var cost = ScanCost()
    for segment in toScan {
      try events.reading(segment: segment) { cost.add($0, request) }
    }
    add(
      "scan",
      "\(cost.blocks) of \(cost.allBlocks) blocks in \(toScan.count) segments, \(cost.rows) rows")
    if !cost.columns.isEmpty {
      let columns = cost.columns.sorted { $0.key < $1.key }
      add("reads", columns.map { "\($0.key) \(Self.size($0.value))" }.joined(separator: ", "))
    }
  }

  private mutating func addRange(_ request: ScanRequest) {
    if request.range != .all {
      let since = request.range.since.map { TimeText.format($0) } ?? "the first event"
      let until = request.range.until.map { TimeText.format($0) } ?? "the last event"
      add("range", "\(since) to \(until)")
    }
    if let names = request.events { add("events", names.joined(separator: ", ")) }
  }

  /// What a scan of segments would read at most.
  private struct ScanCost {
    var blocks = 0
    var allBlocks = 0
    var rows = 0
    /// By field, the stored bytes of its blocks.
    var columns: [String: UInt64] = [:]

    mutating func add(_ reader: SegmentReader, _ request: ScanRequest) {
      let footer = reader.footer
      allBlocks += footer.blockCount
      guard let scan = SegmentScan(reader, request) else { return }
      let wanted = (0..<footer.blockCount).filter { scan.mayRead(block: $0) }
      blocks += wanted.count
      rows += wanted.reduce(0) { $0 + footer.rows(inBlock: $1) }
      var fields = request.fields
      fields += request.filter?.fields ?? []
      fields += request.marks.flatMap(\.fields)
      if request.events != nil { fields.append(.canonical(.event)) }
      if request.needsTimes { fields.append(.canonical(.timestamp)) }
      for field in Set(fields) {
        guard let column = reader.column(of: field) else { continue }
        let bytes = wanted.reduce(UInt64(0)) {
          $0 + UInt64(footer.columns[column].blocks[$1].storedBytes)
        }
        columns[field.name, default: 0] += bytes
      }
    }
  }

  private static func size(_ bytes: UInt64) -> String {
    switch bytes {
    case ..<10_000: "\(bytes) B"
    case ..<10_000_000: "\(bytes >> 10) KiB"
    default: "\(bytes >> 20) MiB"
    }
  }

  // MARK: - Joins

  private mutating func addJoin(_ join: JoinPlan, _ tables: SelectTables) {
    for (number, step) in join.steps.enumerated() {
      let keys = step.keys.count
      add(
        step.keepsLeft ? "left join" : "join",
        "table \(number + 2) by \(keys) key\(keys == 1 ? "" : "s")"
          + (step.residual == nil ? "" : ", and a condition on both"))
    }
    if JoinRows.joinsByUser(join, tables.sides) { add("parts", "users by the hash of their id") }
  }

  /// The text of an expression in one line.
  private static func line(_ text: SourceText, _ node: SyntaxNode) -> String {
    text.slice(node.span).split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
  }
}
